import { onContent, remember, remembered } from "./content.js";

// Which columns a reader wants is a matter of the desk, not of the record: it stays in the browser.
function columns(frame) {
  const holder = frame.querySelector("[data-columns]");
  if (!holder) return;
  const key = `kepu:columns:${frame.dataset.table}`;
  const boxes = [...holder.querySelectorAll("input")];
  const kept = remembered(key, null);
  const show = (box) => {
    for (const cell of frame.querySelectorAll(`[data-column="${CSS.escape(box.value)}"]`)) {
      cell.hidden = !box.checked;
    }
  };
  for (const box of boxes) {
    if (kept) box.checked = !kept.includes(box.value);
    show(box);
    box.addEventListener("change", () => {
      show(box);
      remember(key, boxes.filter((b) => !b.checked).map((b) => b.value));
    });
  }
  holder.hidden = boxes.length === 0;
}

function pill(label, href) {
  const link = document.createElement("a");
  link.className = "pill";
  link.textContent = label;
  link.href = href;
  if (href === location.search) link.setAttribute("aria-current", "true");
  return link;
}

function press(label, name, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = name;
  button.textContent = label;
  button.addEventListener("click", act);
  return button;
}

function filters(place) {
  const key = `kepu:filters:${place.dataset.saved}`;
  const draw = () => {
    const kept = remembered(key, []);
    place.replaceChildren();
    for (const one of kept) {
      const drop = press("×", "pill pill-drop", () => {
        remember(key, kept.filter((other) => other.name !== one.name));
        draw();
      });
      drop.setAttribute("aria-label", `${place.dataset.dropWords} ${one.name}`);
      place.append(pill(one.name, one.query), drop);
    }
    if (location.search && !kept.some((one) => one.query === location.search)) {
      place.append(press(place.dataset.saveWords, "pill", () => ask(kept)));
    }
    place.hidden = !place.children.length;
  };
  const ask = (kept) => {
    const input = document.createElement("input");
    input.className = "input input-short";
    input.setAttribute("aria-label", place.dataset.askWords);
    input.placeholder = place.dataset.askWords;
    input.maxLength = 20;
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") draw();
      if (event.key !== "Enter" || !input.value.trim()) return;
      const name = input.value.trim();
      const others = kept.filter((one) => one.name !== name);
      remember(key, [...others, { name, query: location.search }]);
      draw();
    });
    place.lastChild.replaceWith(input);
    input.focus();
  };
  draw();
}

onContent((root) => {
  root.querySelectorAll("[data-table]").forEach(columns);
  root.querySelectorAll("[data-saved]").forEach(filters);
});
