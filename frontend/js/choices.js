// Many boxes are narrowed by words; what is ticked stays in sight, and is sent whatever is shown.
import { onContent } from "./content.js";

function narrow(search) {
  const field = search.closest("fieldset");
  const words = search.value.trim().toLowerCase();
  let left = 0;
  for (const choice of field.querySelectorAll(".choice")) {
    const fits = choice.textContent.toLowerCase().includes(words);
    choice.hidden = !fits && !choice.querySelector("input").checked;
    left += fits ? 1 : 0;
  }
  field.querySelector("[data-choices-none]").hidden = left > 0;
}

onContent((root) => {
  for (const tool of root.querySelectorAll("[data-choices-find]")) {
    tool.hidden = false;
    tool.querySelector("input").addEventListener("input", (event) => narrow(event.target));
  }
});

// Enter in the search would send a form that is not filled in yet.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.closest("[data-choices-find]")) event.preventDefault();
});
