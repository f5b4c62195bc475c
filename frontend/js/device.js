// What pages have in common that go on without a network: reaching the server, and being kept.
const PATIENCE = 5_000;

export const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, key) => values[key]);
export const csrf = () =>
  document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? document.body.dataset.csrf;

export function reach(address, options = {}) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  const asked = fetch(address, { cache: "no-store", signal: patience.signal, ...options });
  return asked.finally(() => clearTimeout(timer));
}

export async function online() {
  if (!navigator.onLine) return false;
  return reach("/health").then((answer) => answer.ok, () => false);
}

export function element(tag, text, traits = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  return Object.assign(made, traits);
}

// Older browsers know random numbers but not randomUUID.
export function newUuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const octets = crypto.getRandomValues(new Uint8Array(16));
  octets[6] = (octets[6] & 0x0f) | 0x40;
  octets[8] = (octets[8] & 0x3f) | 0x80;
  const hex = [...octets].map((octet) => octet.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// The page and what it is drawn with, for the next time it is opened without a network; whether all of
// it is kept.
export async function keepPage(assets) {
  if (!navigator.serviceWorker) return false;
  try {
    // Without a network it cannot be registered again, and need not be: the browser renews it by itself.
    if (!(await navigator.serviceWorker.getRegistration())) {
      await navigator.serviceWorker.register("/service-worker.js", { scope: "/" });
    }
    const { active } = await navigator.serviceWorker.ready;
    const line = new MessageChannel();
    const answer = new Promise((resolve) => (line.port1.onmessage = ({ data }) => resolve(data)));
    active.postMessage({ keep: [location.pathname, ...assets] }, [line.port2]);
    return await answer;
  } catch {
    return false; // Works as long as the page stays open.
  }
}

// Pages of visits name people; the page of interviews holds nothing, and goes only on signing out.
export async function forgetPages(everything = false) {
  const known = await navigator.serviceWorker?.getRegistration();
  known?.active?.postMessage({ forget: everything ? "everything" : "visits" });
}
