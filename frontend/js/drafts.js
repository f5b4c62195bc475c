// Forms that lose nothing on a bad network: what is typed lies on this device until the server has it.
import { onContent, remember, remembered } from "./content.js";

const KEPT = "kepu-draft:";
const fields = (form) => [...form.querySelectorAll("input:not([type=hidden]), textarea")].filter((one) => one.name);
const typed = (form) => Object.fromEntries(fields(form).map((one) => [one.name, one.value]));
const key = (form) => KEPT + form.dataset.draft;

function forget(form) {
  try {
    localStorage.removeItem(key(form));
  } catch {
    return;
  }
}

// What was typed here and never reached the server stands in the form again, and is sent.
function restore(form) {
  const kept = remembered(key(form), null);
  form.addEventListener("input", () => remember(key(form), typed(form)));
  if (!kept) return;
  for (const one of fields(form)) if (one.name in kept) one.value = kept[one.name];
  if (!form.dataset.draftLast) send(form);
}

// Without the key of the form: a row that is sent again says what stands in it now.
async function send(form) {
  const body = new FormData(form);
  body.delete("form_key");
  const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
  const arrived = answer !== null && (answer.ok || answer.type === "opaqueredirect");
  if (arrived) forget(form);
  return arrived;
}

// What is over is kept no longer: the words of a review that was handed in, or stepped aside from.
function clear(element) {
  const over = KEPT + element.dataset.draftsOver;
  try {
    for (const one of Object.keys(localStorage)) if (one.startsWith(`${over}-`)) localStorage.removeItem(one);
  } catch {
    return;
  }
}

const waiting = () =>
  [...document.querySelectorAll("form[data-draft]:not([data-draft-last])")].filter((form) => remembered(key(form), null));

onContent((root) => {
  root.querySelectorAll("form[data-draft]").forEach(restore);
  root.querySelectorAll("[data-drafts-over]").forEach(clear);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  if (form?.dataset?.draft && event.detail.successful) forget(form);
});

window.addEventListener("online", () => waiting().forEach(send));

// Handing in comes after every row; one that cannot be sent keeps the whole here.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset?.draftLast) return;
  const rows = waiting();
  if (!rows.length) return;
  event.preventDefault();
  const arrived = await Promise.all(rows.map(send));
  if (arrived.every(Boolean)) form.requestSubmit();
});
