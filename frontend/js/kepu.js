// Every page works without this file; it only makes pages quicker to use.
import "../css/kepu.css";
import "htmx.org/dist/htmx.esm.js";
import "./requests.js";
import "./clocks.js";
import "./toasts.js";
import "./menus.js";
import "./dialogs.js";
import "./preferences.js";
import "./tables.js";
import "./files.js";
import "./choices.js";
import "./next.js";
import "./copy.js";
import "./typed.js";
import "./drafts.js";
import "./visit.js";
import { onContent } from "./content.js";

// After a refused form the reader stands at the list of what to put right.
onContent((root) => root.querySelector("[data-focus]")?.focus());

// The way past the top leaves no trace in the address: a form sent from there would come back to
// it, and the browser would take the focus to the content instead of to what has to be put right.
document.querySelector(".skip")?.addEventListener("click", (event) => {
  event.preventDefault();
  const content = document.getElementById("content");
  content.focus({ preventScroll: true });
  content.scrollIntoView();
});
