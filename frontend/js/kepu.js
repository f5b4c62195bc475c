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
import "./visit.js";
import { onContent } from "./content.js";

// After a refused form the reader stands at the list of what to put right.
onContent((root) => root.querySelector("[data-focus]")?.focus());
