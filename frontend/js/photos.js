import { put, take } from "./shelf.js";
import * as vault from "./vault.js";

// Photographs of a visit: made small on the device, kept like every other event until they are sent,
// one after the other. Drawing them anew leaves out where they were taken.
const SIDE = 1600;
const QUALITY = 0.82;
const LARGEST = 8 * 1024 * 1024;
const PATIENCE = 180_000; // for one photograph on a bad network
const SCHEMA = 1;

const byAddress = (file) =>
  new Promise((resolve, reject) => {
    const picture = new Image();
    picture.onload = () => resolve(picture);
    picture.onerror = reject;
    picture.src = URL.createObjectURL(file);
  });

// Older browsers know no bitmaps made from files.
const decoded = (file) =>
  window.createImageBitmap
    ? createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => byAddress(file))
    : byAddress(file);

export async function shrink(file) {
  const picture = await decoded(file);
  const [width, height] = [picture.naturalWidth ?? picture.width, picture.naturalHeight ?? picture.height];
  const scale = Math.min(1, SIDE / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const paper = canvas.getContext("2d");
  paper.fillStyle = "#fff"; // a picture may be transparent, a JPEG is not
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("empty"))), "image/jpeg", QUALITY);
  });
}

// The queue is sealed as text.
export const asText = (blob) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = reject;
    reader.readAsDataURL(blob);
  });

export function asBlob(text, type) {
  const letters = atob(text);
  const octets = new Uint8Array(letters.length);
  for (let n = 0; n < letters.length; n += 1) octets[n] = letters.charCodeAt(n);
  return new Blob([octets], { type });
}

// fetch tells nothing of how far an upload is.
export function upload(address, body, token, progress) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.timeout = PATIENCE;
    request.setRequestHeader("X-CSRFToken", token);
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onload = () => resolve(request);
    request.onerror = request.ontimeout = request.onabort = () => resolve(null);
    request.send(body);
  });
}

export class Photos {
  constructor({ root, person, order, say, newUuid, csrf }) {
    Object.assign(this, { person, order, say, newUuid, csrf });
    this.address = root.dataset.shots;
    this.root = root.querySelector("[data-photos]");
    this.words = this.root.querySelector("[data-shot-words]");
    this.list = this.root.querySelector("[data-shot-queue]");
    this.previews = new Map();
    this.sent = []; // since the page was opened; the server shows them from then on
    this.used = false;
  }

  // `wake` is called when something new waits to be sent.
  begin(wake) {
    this.root.querySelectorAll("[data-shot-camera]").forEach((label) => (label.hidden = false));
    this.root.querySelectorAll("[data-shot-send]").forEach((button) => (button.hidden = true));
    for (const form of this.root.querySelectorAll("[data-shot-form]")) {
      form.addEventListener("submit", (event) => event.preventDefault());
      form.addEventListener("click", () => (this.used = true)); // no reloading while the camera is open
      form.addEventListener("change", async ({ target }) => {
        const files = [...target.files];
        target.value = "";
        this.error = "";
        for (const file of files) await this.add(file, form.elements.kind.value);
        await wake();
      });
    }
  }

  async add(file, kind) {
    const shot = await this.prepared(file, kind);
    if (!shot) return;
    const event = {
      uuid: this.newUuid(),
      kind,
      order_id: this.order,
      device_time: new Date(Math.min(file.lastModified || Date.now(), Date.now())).toISOString(),
      schema: SCHEMA,
      name: file.name,
      type: shot.type,
      content: await asText(shot),
    };
    try {
      await vault.keep(this.person, event, "photos");
    } catch {
      this.error = this.say.noRoom;
    }
    await this.show();
  }

  async prepared(file, kind) {
    const picture = file.type.startsWith("image/");
    try {
      if (picture) return await shrink(file);
    } catch {
      this.error = this.say.notPicture;
      return null;
    }
    this.error = kind === "photo" ? this.say.notPicture : file.size > LARGEST ? this.say.tooLarge : "";
    return this.error ? null : file;
  }

  // The answer that stopped it, if one did. One at a time, the oldest first.
  async send() {
    for (const row of await vault.waiting(this.person, "photos")) {
      const event = await vault.read(this.person, row);
      if (!event) continue;
      const answer = await this.upload(event);
      if (!answer) break;
      if (answer.status === 422) continue; // stays here; the next may fare better
      if (answer.status !== 200 || !answer.responseURL.endsWith(this.address)) return answer;
      await this.settle(JSON.parse(answer.responseText), event);
    }
    await this.show();
    return null;
  }

  async upload(event) {
    const body = new FormData();
    for (const name of ["uuid", "kind", "order_id", "device_time", "schema", "name"]) body.set(name, event[name]);
    body.set("person", this.person);
    body.set("file", asBlob(event.content, event.type), event.name || "photo.jpg");
    this.sendingNow = event.uuid;
    await this.show();
    const bar = this.list.querySelector(`[data-shot="${event.uuid}"] progress`);
    const answer = await upload(this.address, body, this.csrf(), (share) => bar && (bar.value = share));
    this.sendingNow = "";
    return answer;
  }

  async settle({ uuid, outcome, reason }, event) {
    if (outcome === "refused") {
      const { kind, order_id, device_time } = event;
      await put("refusals", { uuid, person: this.person, kind, order_id, at: device_time, reason });
    }
    await take("photos", uuid);
    if (outcome !== "refused") this.sent.push({ uuid, kind: event.kind });
  }

  async show() {
    const rows = await vault.waiting(this.person, "photos");
    const count = rows.length ? this.say.shots.replace("{n}", rows.length) : "";
    this.words.textContent = [count, this.error].filter(Boolean).join(" ");
    const lines = [...this.sent, ...rows].map((row) => this.line(row));
    this.list.replaceChildren(...(await Promise.all(lines)));
  }

  state(row) {
    if (this.sent.includes(row)) return this.say.sent;
    return row.uuid === this.sendingNow ? this.say.sending : this.say.waits;
  }

  async line(row) {
    const item = document.createElement("li");
    item.className = "shot";
    item.dataset.shot = row.uuid;
    const sending = row.uuid === this.sendingNow;
    const words = document.createElement("span");
    words.className = "small soft";
    words.textContent = `${this.say[row.kind]} · ${this.state(row)}`;
    item.append(...(await this.preview(row)), words);
    if (sending) {
      const bar = document.createElement("progress");
      bar.className = "progress";
      bar.max = 1;
      bar.value = 0;
      bar.setAttribute("aria-label", this.say.sending);
      item.append(bar);
    }
    return item;
  }

  // Only while it can be read, and only once: a picture is large.
  async preview(row) {
    if (!this.previews.has(row.uuid)) {
      if (this.sent.includes(row)) return [];
      const event = await vault.read(this.person, row);
      if (!event?.type.startsWith("image/")) return [];
      this.previews.set(row.uuid, URL.createObjectURL(asBlob(event.content, event.type)));
    }
    const picture = document.createElement("img");
    picture.className = "shot-picture";
    picture.width = 160;
    picture.height = 120;
    picture.alt = "";
    picture.src = this.previews.get(row.uuid);
    return [picture];
  }
}
