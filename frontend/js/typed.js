// A form that was refused comes back as the answer to a POST, which a browser cannot show again: Back would end
// in an error. So its entry in the history becomes the page the form stood on, and takes along what was typed,
// for this tab alone. Passwords, codes and files are given anew.
const TYPED = "input:not([type=hidden], [type=password], [type=file], [autocomplete=one-time-code]), select, textarea";

const controls = (form) => [...form.querySelectorAll(TYPED)].filter((one) => one.name);

function typed(form) {
  const names = new Set(controls(form).map((one) => one.name));
  return [...new FormData(form)].filter(([name, value]) => names.has(name) && typeof value === "string");
}

function keep(form) {
  history.replaceState({ ...history.state, action: form.action, typed: typed(form) }, "");
}

function put(one, given) {
  if (one.type === "checkbox" || one.type === "radio") one.checked = given.includes(one.value);
  else if (one.multiple) for (const each of one.options) each.selected = given.includes(each.value);
  else if (given.length) one.value = given.shift();
  one.dispatchEvent(new Event("change", { bubbles: true }));
}

function fill(form, pairs) {
  const given = new Map(controls(form).map((one) => [one.name, []]));
  for (const [name, value] of pairs) given.get(name)?.push(value);
  for (const one of controls(form)) put(one, given.get(one.name));
}

function stoodOn() {
  const before = document.referrer && new URL(document.referrer);
  return before?.origin === location.origin ? before.href : location.href;
}

const forms = [...document.querySelectorAll("main form[method=post]")];
if ("posted" in document.body.dataset) {
  for (const form of document.forms) form.action = form.action; // an empty one means this address
  history.replaceState(null, "", stoodOn());
  const refused = forms.find((form) => form.querySelector(".error-summary, [aria-invalid=true]"));
  if (refused) {
    keep(refused);
    refused.addEventListener("change", () => keep(refused));
  }
} else if (history.state?.typed) {
  const form = forms.find((one) => one.action === history.state.action);
  if (form) fill(form, history.state.typed);
}
