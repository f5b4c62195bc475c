import { onContent } from "./content.js";
import { csrf, element, filled, forgetPages, keepPage, newUuid, online, reach } from "./device.js";
import { Photos } from "./photos.js";
import { all, put, take, works } from "./shelf.js";
import * as vault from "./vault.js";

// The visit page goes on without a network: what is reported is kept on the device as events that are
// only ever added, and sent when the network is back. The server answers each by its uuid, so that
// sending twice does nothing twice; what it refuses stays here until it was read.
const EVERY = 30_000;
const SCHEMA = 1;
const MOST = 50; // events sent in one request

class Visit {
  constructor(root) {
    this.root = root;
    this.order = Number(root.dataset.visit);
    this.person = root.dataset.person;
    this.say = JSON.parse(root.dataset.say);
    this.queue = root.querySelector("[data-queue]");
    this.refused = root.querySelector("[data-refused]");
    this.sending = false;
    this.photos = new Photos({ ...this, newUuid, csrf });
  }

  async begin() {
    this.prefill();
    this.ripen();
    setInterval(() => this.ripen(), EVERY);
    if (!(await works())) {
      this.root.querySelector("[data-no-storage]").hidden = false;
      return;
    }
    keepPage(this.root.dataset.assets.split(" ")).then((kept) => {
      this.root.querySelector("[data-works]").hidden = !kept; // said once it is so, not before
    });
    for (const form of this.root.querySelectorAll("form[data-offline]")) {
      form.addEventListener("submit", (event) => this.submit(event, form));
    }
    this.photos.begin(() => this.wake());
    this.panel("set", (pin) => this.choose(pin));
    this.panel("ask", (pin) => this.unlock(pin));
    this.root.querySelector("[data-pin-later]").addEventListener("click", () => this.hide("set"));
    window.addEventListener("online", async () => {
      keepPage(this.root.dataset.assets.split(" ")); // or take it off the shelf, if it is not ours now
      await this.send();
    });
    setInterval(() => this.send(), EVERY);
    await this.show();
    await this.send();
  }

  // Who scanned the code with the telephone's own camera comes with it in the address; without a network
  // the page is the one kept before, which does not know it.
  prefill() {
    const input = this.root.querySelector("#code");
    const code = new URLSearchParams(location.search).get("code");
    if (input && code && !input.value) input.defaultValue = code.slice(0, 8);
  }

  // A page kept the day before is opened at the visit: what could not be done yet can be by then.
  ripen() {
    for (const button of this.root.querySelectorAll("[data-begins]")) {
      if (Date.now() < Date.parse(button.dataset.begins)) continue;
      button.hidden = button.disabled = false;
      button.previousElementSibling.hidden = true;
    }
  }

  // With a network the server answers the form itself, and a slip of the pen is put right at once;
  // only what cannot be sent now goes the long way.
  async submit(event, form) {
    event.preventDefault();
    const data = Object.fromEntries(new FormData(form));
    delete data.csrfmiddlewaretoken;
    delete data.form_key; // an event has a name of its own
    if ("attended" in data) data.attended = Number(data.attended);
    if (await online()) {
      await this.send(false);
      if (!(await vault.waiting(this.person)).length) {
        const token = form.querySelector("[name=csrfmiddlewaretoken]");
        token.value = csrf(); // the page may come from the cache of an older session
        form.submit();
        return;
      }
    }
    await this.write(form.dataset.offline, data);
  }

  async write(kind, data) {
    const event = {
      uuid: newUuid(),
      kind,
      order_id: this.order,
      device_time: new Date().toISOString(),
      schema: SCHEMA,
      data,
    };
    await vault.keep(this.person, event);
    await this.offerPin();
    await this.show();
  }

  async offerPin() {
    if ((await vault.state(this.person)) === "none" && crypto.subtle) this.unhide("set");
  }

  async wake() {
    if (await online()) await this.send();
    else await this.offerPin();
  }

  // One at a time; a second call while one is under way would only send the same again.
  async send(renew = true) {
    if (this.sending || !navigator.onLine) return;
    this.sending = true;
    try {
      const done = await this.sendAll();
      await this.sendPhotos();
      await this.show();
      if (done && renew && !this.typing()) location.reload();
    } finally {
      this.sending = false;
    }
  }

  async sendAll() {
    const events = (await vault.readable(this.person)).slice(0, MOST);
    if (!events.length) return 0;
    const answer = await reach(this.root.dataset.sync, {
      method: "POST",
      redirect: "manual",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf() },
      body: JSON.stringify({ person: this.person, events }),
    }).catch(() => null);
    if (!answer) return 0;
    if (!answer.ok) {
      await this.stopped(answer);
      return 0;
    }
    const { events: answers } = await answer.json();
    for (const one of answers) await this.settle(one, events);
    return answers.length;
  }

  async sendPhotos() {
    const stopped = await this.photos.send();
    if (stopped) await this.stopped(stopped);
  }

  // Signed out, or somebody else is signed in: the queue stays, and is locked.
  async stopped(answer) {
    const redirected = answer.type === "opaqueredirect" || answer.status === 200;
    this.signedOut = redirected || [401, 403, 409].includes(answer.status);
    if (this.signedOut) await Promise.all([forgetPages(), vault.lock()]);
  }

  async settle({ uuid, outcome, reason }, events) {
    const event = events.find((one) => one.uuid === uuid);
    if (outcome === "refused") {
      const { kind, order_id, device_time } = event;
      await put("refusals", { uuid, person: this.person, kind, order_id, at: device_time, reason });
    }
    await take("events", uuid);
  }

  typing() {
    if (this.photos.used) return true;
    const inputs = this.root.querySelectorAll("form[data-offline] input:not([type=hidden])");
    return [...inputs].some((input) => input.value !== input.defaultValue && input.offsetParent);
  }

  async show() {
    await this.photos.show();
    const events = await vault.waiting(this.person);
    const shots = await vault.waiting(this.person, "photos");
    const sealed = [...events, ...shots].some((one) => one.sealed);
    const locked = (await vault.state(this.person)) === "locked" && sealed;
    const waits = [[this.say.waiting, events.length], [this.say.shots, shots.length]].filter(([, n]) => n);
    this.queue.textContent = waits.map(([words, n]) => filled(words, { n })).join(" ");
    if (this.signedOut && (events.length || shots.length)) this.queue.textContent += ` ${this.say.signedOut}`;
    this.root.querySelector("[data-pin=ask]").hidden = !locked || Boolean(this.signedOut);
    for (const form of this.root.querySelectorAll("form[data-offline]")) {
      const own = events.find((one) => one.order_id === this.order && one.kind === form.dataset.offline);
      form.hidden = Boolean(own);
      this.note(form, own && filled(this.say.kept, { time: new Date(own.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) }));
    }
    await this.showRefused();
  }

  note(form, words) {
    let place = form.nextElementSibling;
    if (!place?.matches("[data-kept]")) {
      place = element("p", "");
      place.dataset.kept = "";
      form.after(place);
    }
    place.textContent = words ?? "";
    place.hidden = !words;
  }

  async showRefused() {
    const rows = (await all("refusals")).filter((row) => row.person === this.person && !row.of);
    this.refused.hidden = !rows.length;
    this.refused.querySelector("ul").replaceChildren(...rows.map((row) => this.refusal(row)));
  }

  refusal(row) {
    const item = element("li", `${this.say[row.kind] ?? row.kind} · ${row.reason} `, { className: "row" });
    const read = element("button", this.say.read, { type: "button", className: "button button-quiet" });
    read.addEventListener("click", async () => {
      await take("refusals", row.uuid);
      await this.show();
    });
    item.append(read);
    return item;
  }

  panel(name, act) {
    const form = this.root.querySelector(`[data-pin=${name}] form`);
    const error = form.querySelector("[data-pin-error]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const input = form.querySelector("input");
      error.textContent = await act(input.value);
      error.hidden = !error.textContent;
      input.value = "";
    });
  }

  async choose(pin) {
    if (!/^\d{4,12}$/.test(pin)) return this.say.pinShort;
    await vault.choose(this.person, pin);
    this.hide("set");
    await this.show();
    return "";
  }

  async unlock(pin) {
    if (!(await vault.unlock(this.person, pin))) return this.say.pinWrong;
    this.hide("ask");
    await this.send();
    return "";
  }

  hide(name) {
    this.root.querySelector(`[data-pin=${name}]`).hidden = true;
  }

  unhide(name) {
    this.root.querySelector(`[data-pin=${name}]`).hidden = false;
  }
}

// Where the browser can read QR pictures, the code need not be typed.
async function offerCamera(button) {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return;
  const formats = await window.BarcodeDetector.getSupportedFormats();
  if (!formats.includes("qr_code")) return;
  button.hidden = false;
  button.addEventListener("click", () => scan(button));
}

async function scan(button) {
  const video = button.parentElement.querySelector("video");
  const stream = await navigator.mediaDevices
    .getUserMedia({ video: { facingMode: "environment" } })
    .catch(() => null);
  button.closest(".field").querySelector("[data-scan-refused]").hidden = Boolean(stream);
  if (!stream) return;
  const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  const input = document.getElementById(button.dataset.scan);
  const look = async () => {
    const [seen] = await detector.detect(video).catch(() => []);
    if (!seen && stream.active && video.isConnected) return requestAnimationFrame(look);
    for (const track of stream.getTracks()) track.stop();
    video.hidden = true;
    if (seen) input.value = seen.rawValue.trim().slice(-6);
    input.focus();
    return undefined;
  };
  look();
}

onContent((root) => {
  root.querySelectorAll("[data-visit]").forEach((page) => new Visit(page).begin());
  root.querySelectorAll("[data-scan]").forEach(offerCamera);
  // A session that ended by itself leads here: visits it kept go as if somebody had signed out.
  if (root.querySelector("[data-nobody]")) forgetPages();
});

// Signing out takes the key and the kept pages away; the sealed queue stays.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-signs-out]");
  if (!form || !window.indexedDB) return;
  event.preventDefault();
  const soon = new Promise((resolve) => setTimeout(resolve, 1_000));
  await Promise.race([Promise.allSettled([forgetPages(true), vault.lock()]), soon]);
  form.submit();
});
