// Runs a function on the page and again on each piece htmx brings in.
export function onContent(prepare) {
  prepare(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.target !== document.body) prepare(event.target);
  });
}

export function words() {
  return JSON.parse(document.body.dataset.words || "{}");
}

// Storage may be refused (private windows, chat apps); a choice is then kept for the page only.
export function remembered(key, fallback) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? fallback;
  } catch {
    return fallback;
  }
}

export function remember(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    return;
  }
}
