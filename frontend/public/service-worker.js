// Keeps the pages of visits, and what they are drawn with, for when there is no network. Nothing else:
// every other page comes from the server or not at all, so that nobody acts on an old one.
const KEPT = "kepu-visits-1";
const VISIT = /^\/orders\/\d+\/visit\/$/;
const PATIENCE = 5000;

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  const clean = async () => {
    for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

self.addEventListener("message", (event) => {
  if (event.data.keep) event.waitUntil(keep(event.data.keep));
  if (event.data.forget) event.waitUntil(caches.delete(KEPT));
});

async function keep(addresses) {
  const shelf = await caches.open(KEPT);
  for (const address of addresses) {
    const answer = await fetch(address, { cache: "no-store" }).catch(() => null);
    if (answer && answer.ok && !answer.redirected) await shelf.put(address, answer);
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  const visit = request.mode === "navigate" && VISIT.test(address.pathname);
  const drawn = address.pathname.startsWith("/static/kepu/");
  if (visit || drawn) event.respondWith(fresh(request, address.pathname));
});

// The network first, within a few seconds; then what was kept.
async function fresh(request, path) {
  // Pages vary by cookie, which a worker cannot see; signing out forgets them instead.
  const kept = await caches.match(path, { ignoreVary: true });
  const asked = fetch(request);
  if (!kept) return asked;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, kept));
  return Promise.race([asked.catch(() => kept), late]);
}
