import "../css/inspections.css";
import { Checklist } from "./checklist.js";
import { Checklists } from "./checklists.js";
import { onContent } from "./content.js";
import { csrf, element, filled, newUuid } from "./device.js";
import { upload } from "./photos.js";
import { box, button, SealedPage } from "./sealed.js";
import { find, put } from "./shelf.js";

// An inspector's page: the inspections one goes on, and of each its checklist.
const SCHEMA = 1;
const AGAIN = 600_000; // between two tries of a photograph that the server did not take

class Inspections extends SealedPage {
  constructor(root) {
    super(root, "inspections", new Checklists(root.dataset.inspections));
    this.tried = new Map(); // photographs, since the page was opened
  }

  // Which of a person's devices this is; it tells nothing of anybody.
  async device() {
    const id = this.satchel.id("device");
    const known = await find("papers", id);
    if (known) return known.device;
    const device = newUuid();
    await put("papers", { id, person: this.person, of: "device", device });
    return device;
  }

  // Photographs first: a report is signed with all of them. One at a time, the oldest first.
  async sendFirst() {
    let some = false;
    for (const row of this.photosToSend()) {
      this.tried.set(row.uuid, Date.now());
      const answer = await this.handPhoto(row);
      if (!(await this.answered(answer))) {
        if (!answer || ![413, 422].includes(answer.status)) break;
        await this.satchel.settlePhoto(row, { outcome: "held", reason: this.say.unreadable });
        continue;
      }
      await this.satchel.settlePhoto(row, JSON.parse(answer.text));
      some = true;
    }
    return some;
  }

  // One that is held is tried again when the page is opened, and now and then; after all others.
  photosToSend() {
    const due = ({ uuid, held }) => !held || Date.now() - (this.tried.get(uuid) ?? 0) > AGAIN;
    return this.satchel.photos.filter(due).sort((one, other) => Boolean(one.held) - Boolean(other.held));
  }

  async handPhoto(row) {
    const body = new FormData();
    const said = { uuid: row.uuid, inspection_id: row.inspection_id, item: row.item, device_time: row.at, schema: SCHEMA, person: this.person };
    for (const [name, value] of Object.entries(said)) body.set(name, value);
    body.set("file", await this.satchel.picture(row), "photo.jpg");
    const answer = await upload(this.root.dataset.photos, body, csrf(), () => {});
    if (!answer) return null;
    const there = answer.responseURL.endsWith(this.root.dataset.photos);
    return { ok: there && answer.status === 200, status: there ? answer.status : 401, text: answer.responseText };
  }

  // A signature waits for the photographs of its report.
  toSend() {
    const waits = new Set(this.satchel.photos.filter(({ held }) => !held).map(({ inspection_id }) => inspection_id));
    return super.toSend().filter(({ event }) => event.kind !== "sign" || !waits.has(event.inspection_id));
  }

  async list(words = "", anew = true) {
    this.tell(words);
    const { pack, things } = this.satchel;
    if (!pack) this.stage.replaceChildren(element("p", this.say.needsNetwork, { className: "soft" }));
    else if (!things.length) this.stage.replaceChildren(element("p", this.say.none, { className: "soft" }));
    else {
      const list = element("ul", "", { className: "plain-list stack-tight" });
      list.append(...things.map((of) => this.line(of)));
      this.stage.replaceChildren(list);
    }
    this.listed = true;
    await this.count();
    if (words && anew) this.send();
  }

  line(of) {
    const one = new Checklist(this, of);
    const item = element("li", "");
    const door = button("", () => one.begin(), "quiet doorstep-line");
    door.append(element("strong", of.name), element("span", of.place));
    const done = of.checks.filter((check) => one.filledIn(check)).length;
    const state = one.signed ? this.say.signedShort : filled(this.say.progress, { done, n: of.checks.length });
    const days = filled(this.say.days, { first: of.first_day, last: of.last_day });
    door.append(element("span", `${of.state_words} · ${state} · ${days}`, { className: "small soft" }));
    item.append(box("", door));
    return item;
  }
}

onContent((root) => {
  root.querySelectorAll("[data-inspections]").forEach((page) => new Inspections(page).begin());
});
