// Chosen files are named before they are sent, so that a wrong photograph is noticed in time.
const size = (octets) =>
  octets < 1e6 ? `${Math.max(1, Math.round(octets / 1e3))} KB` : `${(octets / 1e6).toFixed(1)} MB`;

function line(file) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.textContent = file.name;
  const octets = document.createElement("span");
  octets.className = "soft figures";
  octets.textContent = size(file.size);
  item.append(name, octets);
  return item;
}

document.addEventListener("change", (event) => {
  const list = event.target.closest("[data-file]")?.querySelector("[data-file-list]");
  if (!list) return;
  list.replaceChildren(...[...event.target.files].map(line));
  list.hidden = !event.target.files.length;
});
