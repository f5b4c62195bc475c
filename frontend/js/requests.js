import { words } from "./content.js";
import { say } from "./toasts.js";

document.addEventListener("htmx:configRequest", (event) => {
  const { verb, headers } = event.detail;
  if (verb !== "get") headers["X-CSRFToken"] = document.body.dataset.csrf;
});

// A page that looks again by itself, every few seconds, looks again: nothing of anybody's was lost.
document.addEventListener("htmx:sendError", (event) => {
  if (!event.detail.requestConfig?.triggeringEvent) return;
  say({ words: words().failed, tone: "danger" });
});

// A refusal of the server (a rule, a right) arrives as a problem body with a sentence for people.
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  let told = words().refused;
  try {
    told = JSON.parse(xhr.responseText).detail || told;
  } catch {
    // Not a problem body: the general sentence stands.
  }
  say({ words: told, tone: "danger" });
});
