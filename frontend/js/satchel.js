import { all, find, take, together } from "./shelf.js";
import * as vault from "./vault.js";

// What somebody carries who works without a network: things as the server gave them, what was begun, and
// notes that wait to be sent. All of it is sealed; nothing is laid down before a PIN is.
const PACK = "pack";
const FIRST = "interviews"; // was here alone, and its rows say nothing of whose they are

export class Satchel {
  // `of` names the page, `about` how a note says what it is about, `listed` where the pack lists that.
  constructor(person, { of, about, listed }) {
    Object.assign(this, { person, of, about, listed });
    this.pack = null;
    this.drafts = new Map(); // by what they are about
    this.notes = []; // in the order they were written
  }

  id(name) {
    return this.of === FIRST ? `${this.person}:${name}` : `${this.person}:${this.of}:${name}`;
  }

  mine = (row) => row.person === this.person && (row.of ?? FIRST) === this.of;

  async row(name, value, traits = {}) {
    return { id: this.id(name), person: this.person, of: this.of, ...traits, sealed: await vault.sealed(this.person, value) };
  }

  // Raises vault.Locked.
  async open() {
    const papers = (await all("papers")).filter(this.mine);
    this.pack = null;
    this.drafts.clear();
    for (const row of papers) {
      const value = await vault.unsealed(this.person, row.sealed);
      if (row.id === this.id(PACK)) this.pack = value;
      else this.drafts.set(value[this.about], value);
    }
    const rows = (await all("notes")).filter(this.mine);
    rows.sort((one, other) => one.place - other.place);
    this.notes = [];
    for (const row of rows) this.notes.push({ ...row, event: await vault.unsealed(this.person, row.sealed) });
  }

  // What waits is known of even while only the PIN opens it.
  async waiting() {
    return (await all("notes")).filter((row) => this.mine(row) && !row.sent);
  }

  get things() {
    return this.pack?.[this.listed] ?? [];
  }

  one(id) {
    return this.things.find((one) => one.id === id);
  }

  notesOf(id) {
    return this.notes.filter(({ event }) => event[this.about] === id).map(({ event }) => event);
  }

  // What a pack keeps besides of things that were taken back.
  renewed() {
    return {};
  }

  // What was sent before the server gave its view of things is part of it now. Something that was
  // taken back stays while anything of it is only here.
  async renew(fresh) {
    const own = new Set([...this.drafts.keys(), ...this.notes.filter(({ sent }) => !sent).map(({ event }) => event[this.about])]);
    const given = new Set(fresh[this.listed].map(({ id }) => id));
    const gone = this.things.filter(({ id }) => own.has(id) && !given.has(id));
    const things = [...fresh[this.listed], ...gone.map((one) => ({ ...one, gone: true }))];
    const pack = { ...fresh, ...this.renewed(fresh, gone), [this.listed]: things };
    const known = this.notes.filter(({ sent }) => sent);
    await together([
      ["papers", "put", await this.row(PACK, pack, { copy: true })],
      ...known.map(({ uuid }) => ["notes", "delete", uuid]),
    ]);
    this.pack = pack;
    this.notes = this.notes.filter(({ sent }) => !sent);
  }

  async keepDraft(draft) {
    await together([["papers", "put", await this.row(`case-${draft[this.about]}`, draft)]]);
    this.drafts.set(draft[this.about], draft);
  }

  async dropDraft(id) {
    await take("papers", this.id(`case-${id}`));
    this.drafts.delete(id);
  }

  // The note is there and the draft is gone, or neither; `instead` of notes of these ids, that were not sent.
  async write(event, { instead = [], keepsDraft = false } = {}) {
    const place = 1 + this.notes.reduce((most, one) => Math.max(most, one.place), Date.now());
    const row = { uuid: event.uuid, person: this.person, of: this.of, place, sealed: await vault.sealed(this.person, event) };
    await together([
      ["notes", "put", row],
      ...(keepsDraft ? [] : [["papers", "delete", this.id(`case-${event[this.about]}`)]]),
      ...instead.map((uuid) => ["notes", "delete", uuid]),
    ]);
    if (!keepsDraft) this.drafts.delete(event[this.about]);
    this.notes = this.notes.filter(({ uuid }) => !instead.includes(uuid));
    this.notes.push({ ...row, event });
  }

  // What the server answered: taken in, refused and kept for a person there, or `held`: only here.
  async settle({ uuid, outcome, reason }) {
    const row = await find("notes", uuid);
    const note = this.notes.find((one) => one.uuid === uuid);
    if (!row || !note) return;
    const held = outcome === "held";
    const changes = [["notes", "put", held ? { ...row, held: reason } : { ...row, sent: true }]];
    if (["refused", "conflict"].includes(outcome)) changes.push(["refusals", "put", await this.told(note.event, reason)]);
    await together(changes);
    Object.assign(note, held ? { held: reason } : { sent: true });
  }

  // What the reader has to be told of something that was sent.
  async told({ uuid, kind, device_time, [this.about]: about }, reason) {
    const said = await vault.sealed(this.person, { place: this.title(about), reason });
    return { uuid, of: this.of, person: this.person, kind, at: device_time, sealed: said };
  }

  async refusals() {
    const rows = (await all("refusals")).filter((row) => row.person === this.person && row.of === this.of);
    return Promise.all(rows.map(async (row) => ({ ...row, ...(await vault.unsealed(this.person, row.sealed)) })));
  }
}
