const LASTS = 8000;

function leave(toast) {
  const close = toast.querySelector("[data-toast-close]");
  if (close) {
    close.hidden = false;
    close.addEventListener("click", () => toast.remove());
  }
  // One that offers an undo stays: a slow reader must not lose the way back.
  if (!toast.querySelector("form, [data-undo]")) setTimeout(() => toast.remove(), LASTS);
}

function icon(name) {
  const holder = document.createElement("template");
  const sheet = document.querySelector(".icon use")?.getAttribute("href").split("#")[0] ?? "";
  holder.innerHTML = `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href="${sheet}#${name}"></use></svg>`;
  return holder.content.firstChild;
}

function undoForm(url, label) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = url;
  const token = document.createElement("input");
  token.type = "hidden";
  token.name = "csrfmiddlewaretoken";
  token.value = document.body.dataset.csrf;
  const button = document.createElement("button");
  button.className = "button button-undo";
  button.textContent = label;
  form.append(token, button);
  return form;
}

// {words, tone, undo}; words are set as text, so nothing in them can act.
export function say({ words, tone = "success", undo = "" }) {
  const place = document.querySelector("[data-toasts]");
  if (!place) return;
  const toast = document.createElement("div");
  toast.className = "toast";
  const text = document.createElement("span");
  text.textContent = words;
  const drawn = { success: "check", danger: "alarm", warning: "warning" };
  toast.append(icon(drawn[tone] ?? "info"), text);
  if (undo.startsWith("/")) toast.append(undoForm(undo, place.dataset.undoWords));
  const close = document.createElement("button");
  close.className = "button button-icon";
  close.type = "button";
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", place.dataset.closeWords);
  close.append(icon("cross"));
  toast.append(close);
  place.append(toast);
  leave(toast);
}

document.querySelectorAll("[data-toast]").forEach(leave);

// A view answering htmx says so by the header HX-Trigger: {"kepu:toast": {"words": …, "undo": …}}.
document.addEventListener("kepu:toast", (event) => say(event.detail));
