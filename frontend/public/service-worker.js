// Keeps the pages of visits, interviews and inspections, and what they are drawn with, for when there is no network. Nothing else:
// every other page comes from the server or not at all, so that nobody acts on an old one. Instead of
// such a page stands a small one of our own, which leads to what was kept.
const KEPT = "kepu-visits-1";
const VISIT = /^\/orders\/\d+\/visit\/$/;
const SEALED = /^\/(interviews|inspections)\/$/; // nothing of anybody stands in it: what it shows is sealed elsewhere
const PATIENCE = 5000;

const works = (path) => VISIT.test(path) || SEALED.test(path);
const pathOf = ({ url }) => new URL(url).pathname;

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  const clean = async () => {
    for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

self.addEventListener("message", (event) => {
  if (event.data.keep) event.waitUntil(keep(event.data.keep).then((all) => event.ports[0]?.postMessage(all)));
  if (event.data.forget) event.waitUntil(forget(event.data.forget));
});

// A session that ended takes the visits; who signs out takes everything.
async function forget(what) {
  if (what === "everything") return caches.delete(KEPT);
  const shelf = await caches.open(KEPT);
  const visits = (await shelf.keys()).filter((one) => VISIT.test(pathOf(one)));
  return Promise.all(visits.map((one) => shelf.delete(one, { ignoreVary: true })));
}

// Says whether all of them are on the shelf now.
async function keep(addresses) {
  const shelf = await caches.open(KEPT);
  for (const address of addresses) {
    const answer = await fetch(address, { cache: "no-store" }).catch(() => null);
    if (answer && answer.ok && !answer.redirected) await shelf.put(address, answer);
    else if (answer && !given(answer) && !SEALED.test(address)) await shelf.delete(address, { ignoreVary: true });
  }
  const found = await Promise.all(addresses.map((address) => shelf.match(address, { ignoreVary: true })));
  return found.every(Boolean);
}

// False when the server no longer gives the page to whoever is here: signed out, or no business of theirs.
function given(answer) {
  const sentAway = answer.type === "opaqueredirect" || answer.redirected;
  return !(sentAway || [401, 403, 404].includes(answer.status));
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  const visit = request.mode === "navigate" && works(address.pathname);
  const drawn = address.pathname.startsWith("/static/kepu/");
  const answer = visit || drawn ? fresh(request, address.pathname) : null;
  if (request.mode === "navigate") event.respondWith((answer ?? fetch(request)).catch(noNetwork));
  else if (answer) event.respondWith(answer);
});

// The network first, within a few seconds; then what was kept.
async function fresh(request, path) {
  // Pages vary by cookie, which a worker cannot see; signing out forgets them instead.
  const kept = await caches.match(path, { ignoreVary: true });
  const asked = fetch(request);
  if (!kept) return asked;
  asked.then(async (answer) => given(answer) || SEALED.test(path) || (await caches.open(KEPT)).delete(path, { ignoreVary: true }), () => null);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, kept));
  return Promise.race([asked.then((answer) => (answer.status < 500 ? answer : kept), () => kept), late]);
}

// Both languages, for the worker does not know the reader's; 200 would be a lie, and 503 is what it is.
async function noNetwork() {
  const shelf = await caches.open(KEPT);
  const kept = await shelf.keys();
  const look = kept.find(({ url }) => url.endsWith(".css"));
  const doors = await Promise.all(kept.filter((one) => works(pathOf(one))).map((one) => door(shelf, one)));
  const body = `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>没有网络 · No network</title>
<meta name="viewport" content="width=device-width, initial-scale=1">${look ? `<link rel="stylesheet" href="${new URL(look.url).pathname}">` : ""}</head>
<body><main class="content"><h1>没有网络</h1><p>这一页要连上网才能打开。上门服务的签到、拍照和报告，以及入户访问和现场考察，在打开过的页面上照常能做，先记在本机，连上网后自动送出。</p>
<p lang="en">No network: this page cannot be opened now. Checking in, photographs, reports of visits, interviews and inspections work on the pages kept on this device.</p>
${doors.length ? `<ul>${doors.join("")}</ul>` : `<p>本机没有留存这样的页面：出发前请先打开一次。</p><p lang="en">No such page is kept on this device: open it once before you set out.</p>`}
</main></body></html>`;
  return new Response(body, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

// The words of the title stand escaped in the kept page, and are passed on as they stand.
async function door(shelf, request) {
  const page = await (await shelf.match(request, { ignoreVary: true })).text();
  const path = pathOf(request);
  return `<li><a href="${path}">${page.match(/<title>([^<]*)<\/title>/)?.[1] ?? path}</a></li>`;
}
