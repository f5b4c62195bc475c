import { onContent } from "./content.js";

// The clipboard is there on https and on this machine only; elsewhere the text is marked, for the reader to
// copy as they are used to.
onContent((root) => {
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
});

function mark(node) {
  getSelection().selectAllChildren(node);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const said = button.parentElement.querySelector("[role=status]");
  said.textContent = "";
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    said.textContent = said.dataset.copied;
  } catch {
    mark(document.getElementById(button.dataset.copyFrom));
    said.textContent = said.dataset.notCopied;
  }
});
