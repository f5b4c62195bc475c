import { csrf, element, filled, keepPage, reach } from "./device.js";
import { take, works } from "./shelf.js";
import * as vault from "./vault.js";

// A page that works with no network for days: what it shows and what is written down lies on the device,
// sealed under a PIN, and is sent when the network is back. Which page it is, its `satchel` knows.
const EVERY = 30_000;
const MOST = 20; // notes sent in one request

export function button(words, act, kind = "quiet", traits = {}) {
  const made = element("button", words, { type: "button", className: `button button-${kind}`, ...traits });
  made.addEventListener("click", act);
  return made;
}

export function box(className, ...children) {
  const made = element("div", "", { className });
  made.append(...children.filter(Boolean));
  return made;
}

export class SealedPage {
  constructor(root, name, satchel) {
    Object.assign(this, { root, name, satchel, person: satchel.person, say: JSON.parse(root.dataset.say) });
    this.assets = root.dataset.assets.split(" ");
    this.stage = this.part("stage");
  }

  // What a page listens for besides.
  listen() {}

  part(name) {
    return this.root.querySelector(`[data-${name}]`);
  }

  // Two windows would write over each other, so the second one waits.
  async begin() {
    if (!(await works()) || !crypto.subtle) {
      this.part("no-storage").hidden = false;
      return;
    }
    keepPage(this.assets).then((kept) => (this.part("works").hidden = !kept));
    if (!navigator.locks) return this.wake();
    const late = setTimeout(() => (this.part("elsewhere").hidden = false), 2_000);
    navigator.locks.request(`kepu-${this.name}:${this.person}`, () => {
      clearTimeout(late);
      this.part("elsewhere").hidden = true;
      this.wake();
      return new Promise(() => {}); // until the window is closed
    });
  }

  async wake() {
    navigator.storage?.persist?.().catch(() => {}); // so that the browser does not tidy it away
    this.panel("set", (pin, again) => this.choose(pin, again));
    this.panel("ask", (pin) => this.unlock(pin));
    this.discarding();
    this.listen();
    window.addEventListener("online", () => {
      keepPage(this.assets);
      this.send();
    });
    setInterval(() => this.send(), EVERY);
    await this.enter();
  }

  // --- the PIN ---

  async enter() {
    const state = await vault.state(this.person);
    this.part("pin=set").hidden = state !== "none";
    this.part("pin=ask").hidden = state !== "locked";
    this.stage.hidden = state !== "open";
    if (state === "open") {
      await this.satchel.open();
      await this.list();
      await this.send();
    } else {
      this.root.querySelector(`[data-pin=${state === "none" ? "set" : "ask"}] input`).focus();
      await this.count();
    }
  }

  panel(name, act) {
    const form = this.root.querySelector(`[data-pin=${name}] form`);
    const error = form.querySelector("[data-pin-error]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const inputs = [...form.querySelectorAll("input")];
      const typed = inputs.map((input) => input.value);
      for (const input of inputs) input.value = "";
      error.textContent = await act(...typed);
      if (error.textContent) inputs[0].focus();
      error.hidden = !error.textContent;
    });
  }

  // Twice, for nobody can look a slip of the finger up afterwards.
  async choose(pin, again) {
    if (!/^\d{6,12}$/.test(pin)) return this.say.pinShort;
    if (pin !== again) return this.say.pinDiffers;
    await vault.choose(this.person, pin);
    await this.enter();
    return "";
  }

  async unlock(pin) {
    if (!(await vault.unlock(this.person, pin))) return this.say.pinWrong;
    if (this.unkept) return this.keepAgain();
    await this.enter();
    return "";
  }

  discarding() {
    const form = this.part("discard");
    const typed = form.querySelector("input");
    const end = form.querySelector("button");
    const allowed = () => typed.value.trim().toUpperCase() === this.say.discardWord.toUpperCase();
    typed.addEventListener("input", () => (end.disabled = !allowed()));
    form.addEventListener("toggle", async () => {
      form.querySelector("[data-lost]").textContent = filled(this.say.lost, { n: await vault.unsent(this.person) });
    });
    end.addEventListener("click", async () => {
      if (!allowed()) return;
      await vault.discard(this.person);
      location.reload();
    });
  }

  // --- keeping: true once it is laid down; otherwise the reader is told, and nothing is lost ---

  async keep(act) {
    try {
      await act();
    } catch (error) {
      if (error instanceof vault.Locked) {
        this.unkept = act;
        this.stage.hidden = true;
        this.part("pin=ask").hidden = false;
      } else this.tell(this.say.noRoom, true);
      return false;
    }
    this.tell("");
    this.count();
    return true;
  }

  // The PIN was asked for in the middle of an interview: what was answered is kept first.
  async keepAgain() {
    const act = this.unkept;
    this.unkept = null;
    this.part("pin=ask").hidden = true;
    this.stage.hidden = false;
    if (await this.keep(act)) await this.list();
    return "";
  }

  tell(words, wrong = false) {
    const place = this.part("told");
    place.textContent = words;
    place.className = wrong ? "error" : "soft";
  }

  // --- sending ---

  // One at a time. What is held stays here and is tried again.
  async send() {
    if (!navigator.onLine || (await vault.state(this.person)) !== "open") return;
    if (this.sending) {
      this.onceMore = true;
      return;
    }
    this.sending = true;
    let changed = false;
    try {
      do {
        this.onceMore = false;
        changed = (await this.sendFirst()) || changed;
        changed = (await this.sendAll()) || changed;
      } while (this.onceMore);
      changed = (await this.fetchPack()) || changed;
    } catch (error) {
      if (!(error instanceof vault.Locked)) this.tell(this.say.noRoom, true);
    } finally {
      this.sending = false;
    }
    await this.count();
    if (this.listed && changed) await this.list(this.part("told").textContent, false);
  }

  async sendFirst() {
    return false;
  }

  // Whether anything was answered.
  async sendAll() {
    const queue = [];
    const notes = this.toSend();
    while (notes.length) queue.push(notes.splice(0, MOST));
    let some = 0;
    for (let at = 0; at < queue.length; at += 1) {
      const answer = await this.hand(queue[at]);
      if (!(await this.answered(answer))) {
        if (!answer || ![413, 422].includes(answer.status)) return some > 0;
        // One of them cannot be read: it must not hold up the others.
        if (queue[at].length > 1) queue.push(...queue[at].map((note) => [note]));
        else await this.satchel.settle({ uuid: queue[at][0].uuid, outcome: "held", reason: this.say.unreadable });
        continue;
      }
      for (const one of (await answer.json()).events) await this.satchel.settle(one);
      some += 1;
    }
    return some > 0;
  }

  // A room that has something to send besides does that first, and may hold notes back meanwhile.
  toSend() {
    return this.satchel.notes.filter(({ sent }) => !sent);
  }

  hand(notes) {
    const body = JSON.stringify({ person: this.person, events: notes.map(({ event }) => event) });
    const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf() };
    return reach(this.root.dataset.sync, { method: "POST", redirect: "manual", headers, body }).catch(() => null);
  }

  // Whether it tells anything new.
  async fetchPack() {
    const answer = await reach(this.root.dataset.pack, { redirect: "manual" }).catch(() => null);
    if (!(await this.answered(answer))) return false;
    const told = () => JSON.stringify({ ...this.satchel.pack, at: "" });
    const before = told();
    await this.satchel.renew(await answer.json());
    return told() !== before;
  }

  // Signed out: all stays, and is told. Somebody else is signed in: it is locked besides.
  async answered(answer) {
    if (!answer) return false;
    this.signedOut = answer.type === "opaqueredirect" || [401, 403, 409].includes(answer.status);
    if (answer.status === 409) {
      await vault.lock();
      await this.enter();
    }
    return answer.ok;
  }

  async count() {
    const waiting = await this.satchel.waiting();
    const held = waiting.filter((one) => one.held).map((one) => one.held);
    const going = navigator.onLine && !this.signedOut && !held.length;
    const words = waiting.length ? [filled(going ? this.say.sending : this.say.waiting, { n: waiting.length })] : [];
    this.part("queue").textContent = [...words, ...new Set(held)].join(" ");
    this.part("signed-out").hidden = !this.signedOut;
    await this.showRefused().catch(() => {}); // locked meanwhile
  }

  async showRefused() {
    if ((await vault.state(this.person)) !== "open") return;
    const rows = await this.satchel.refusals();
    this.part("refused").hidden = !rows.length;
    this.part("refused").querySelector("ul").replaceChildren(...rows.map((row) => this.refusal(row)));
  }

  refusal({ uuid, place, kind, reason }) {
    const item = element("li", "", { className: "row row-apart" });
    const read = button(this.say.read, async () => {
      await take("refusals", uuid);
      await this.showRefused();
    });
    item.append(element("span", `${place} · ${this.say[kind] ?? kind} · ${reason}`), read);
    return item;
  }

  // --- screens ---

  screen({ title, parts, back, place = "", keys = null, asks = false }) {
    this.listed = false;
    this.keys = keys;
    this.root.classList.toggle("interviews-asking", asks);
    const heading = element("h2", title, { tabIndex: -1, className: "doorstep-title" });
    const top = box("row row-apart", button(this.say.toList, () => this.leave(back), "plain"), element("span", place, { className: "small soft" }));
    this.stage.replaceChildren(asks ? element("p", place, { className: "small soft" }) : top, heading, ...parts);
    heading.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  leave(back) {
    back();
  }

  time(moment) {
    return new Date(moment).toLocaleString(document.documentElement.lang, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
  }

  // To about 100 m, and only if the person holding the device allows it.
  position() {
    return new Promise((resolve) => {
      if (!navigator.geolocation) return resolve(null);
      const rough = (degrees) => Math.round(degrees * 1000) / 1000;
      const found = ({ coords }) => resolve({ latitude: rough(coords.latitude), longitude: rough(coords.longitude) });
      return navigator.geolocation.getCurrentPosition(found, () => resolve(null), { maximumAge: 60_000, timeout: 20_000 });
    });
  }
}
