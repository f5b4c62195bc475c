import { asBlob, asText, shrink } from "./photos.js";
import { Satchel } from "./satchel.js";
import { all, find, put, take, together } from "./shelf.js";
import * as vault from "./vault.js";

// What an inspector carries: checklists, and photographs that wait to be sent, sealed like all else.
export class Checklists extends Satchel {
  constructor(person) {
    super(person, { of: "inspections", about: "inspection_id", listed: "inspections" });
    this.photos = []; // that were not sent: what can be known without opening them
  }

  async open() {
    await super.open();
    this.photos = (await all("photos")).filter(this.mine);
  }

  async waiting() {
    return [...(await super.waiting()), ...(await all("photos")).filter(this.mine)];
  }

  title(id) {
    return this.one(id)?.name ?? "";
  }

  // --- what stands of an item: what the server told, and the notes since ---

  noteOf(id, key) {
    const said = this.notesOf(id).filter(({ kind, data }) => kind === "note" && data.item === key);
    const told = this.one(id)?.findings[key];
    return [told, ...said.map(({ data }) => data)].filter(Boolean).sort((one, other) => one.turn - other.turn).pop();
  }

  // A turn goes on from everything known, and never falls behind the clock.
  nextTurn(id) {
    const told = Object.values(this.one(id)?.findings ?? {});
    const said = this.notesOf(id).map(({ data }) => data);
    return [...told, ...said].reduce((most, { turn = 0 }) => Math.max(most, turn + 1), Date.now());
  }

  // A later word about the same item takes the place of one that was not sent yet.
  async note(event) {
    const same = ({ sent, event: { kind, data, inspection_id } }) =>
      !sent && kind === "note" && inspection_id === event.inspection_id && data.item === event.data.item;
    const before = this.notes.filter(same);
    const base = before.length ? before[0].event.data.base : this.noteOf(event.inspection_id, event.data.item)?.turn ?? 0;
    event.data.base = base;
    await this.write(event, { instead: before.map(({ uuid }) => uuid), keepsDraft: true });
  }

  // --- photographs ---

  async addPhoto(head, file) {
    const small = await shrink(file);
    const content = await asText(small);
    const row = { ...head, person: this.person, of: this.of, sealed: await vault.sealed(this.person, { content, type: small.type }) };
    await put("photos", row);
    this.photos.push(row);
    return small;
  }

  async picture(row) {
    const { content, type } = await vault.unsealed(this.person, row.sealed);
    return asBlob(content, type);
  }

  photosOf(id, key = null) {
    return this.photos.filter((row) => row.inspection_id === id && (key === null || row.item === key));
  }

  async dropPhoto({ uuid }) {
    await take("photos", uuid);
    this.photos = this.photos.filter((row) => row.uuid !== uuid);
  }

  // Answered: it goes, and the reader is told where it was not taken. Unreadable: it stays, and says so.
  async settlePhoto(row, { outcome, reason }) {
    if (outcome === "held") {
      const kept = { ...(await find("photos", row.uuid)), held: reason };
      await put("photos", kept);
      this.photos = this.photos.map((one) => (one.uuid === row.uuid ? kept : one));
      return;
    }
    const changes = [["photos", "delete", row.uuid]];
    if (outcome === "refused") {
      const event = { uuid: row.uuid, kind: "photo", device_time: row.at, inspection_id: row.inspection_id };
      changes.push(["refusals", "put", await this.told(event, reason)]);
    }
    await together(changes);
    this.photos = this.photos.filter(({ uuid }) => uuid !== row.uuid);
    const photos = this.one(row.inspection_id)?.photos;
    if (photos && outcome !== "refused") photos[row.item] = (photos[row.item] ?? 0) + 1;
  }
}
