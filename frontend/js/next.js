// Where a sheet is keyed, Enter goes to the next field instead of sending what is half done.
document.addEventListener("keydown", (event) => {
  const here = event.target;
  if (event.key !== "Enter" || event.isComposing || !here.matches?.("[data-next]")) return;
  event.preventDefault();
  const fields = [...here.form.querySelectorAll("input:not([type=hidden]), textarea, button")];
  const next = fields[fields.indexOf(here) + 1];
  next?.focus();
  next?.select?.();
});
