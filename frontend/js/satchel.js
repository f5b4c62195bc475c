import { all, find, take, together } from "./shelf.js";
import * as vault from "./vault.js";

// What an interviewer carries: addresses and booklets as the server gave them, interviews that were
// begun, and notes that wait to be sent. All of it is sealed; nothing is laid down before a PIN is.
const PACK = "pack";

export class Satchel {
  constructor(person) {
    this.person = person;
    this.pack = null;
    this.drafts = new Map(); // by address
    this.notes = []; // in the order they were written
  }

  id(name) {
    return `${this.person}:${name}`;
  }

  async row(name, value, traits = {}) {
    return { id: this.id(name), person: this.person, ...traits, sealed: await vault.sealed(this.person, value) };
  }

  // Raises vault.Locked.
  async open() {
    const papers = (await all("papers")).filter(({ person }) => person === this.person);
    this.pack = null;
    this.drafts.clear();
    for (const row of papers) {
      const value = await vault.unsealed(this.person, row.sealed);
      if (row.id === this.id(PACK)) this.pack = value;
      else this.drafts.set(value.case_id, value);
    }
    const rows = (await all("notes")).filter(({ person }) => person === this.person);
    rows.sort((one, other) => one.place - other.place);
    this.notes = [];
    for (const row of rows) this.notes.push({ ...row, event: await vault.unsealed(this.person, row.sealed) });
  }

  // What waits is known of even while only the PIN opens it.
  async waiting() {
    return (await all("notes")).filter(({ person, sent }) => person === this.person && !sent);
  }

  case(id) {
    return this.pack?.cases.find((one) => one.id === id);
  }

  booklet(of) {
    return this.pack?.booklets[of.booklet] ?? [];
  }

  notesOf(id) {
    return this.notes.filter(({ event }) => event.case_id === id).map(({ event }) => event);
  }

  // What was sent before the server gave its view of things is part of it now. An address that was
  // taken back stays while something of it is only here.
  async renew(fresh) {
    const own = new Set([...this.drafts.keys(), ...this.notes.filter(({ sent }) => !sent).map(({ event }) => event.case_id)]);
    const given = new Set(fresh.cases.map(({ id }) => id));
    const gone = (this.pack?.cases ?? []).filter(({ id }) => own.has(id) && !given.has(id));
    const booklets = { ...fresh.booklets };
    for (const one of gone) booklets[one.booklet] ??= this.booklet(one);
    const pack = { ...fresh, booklets, cases: [...fresh.cases, ...gone.map((one) => ({ ...one, gone: true }))] };
    const known = this.notes.filter(({ sent }) => sent);
    await together([
      ["papers", "put", await this.row(PACK, pack, { copy: true })],
      ...known.map(({ uuid }) => ["notes", "delete", uuid]),
    ]);
    this.pack = pack;
    this.notes = this.notes.filter(({ sent }) => !sent);
  }

  async keepDraft(draft) {
    await together([["papers", "put", await this.row(`case-${draft.case_id}`, draft)]]);
    this.drafts.set(draft.case_id, draft);
  }

  async dropDraft(id) {
    await take("papers", this.id(`case-${id}`));
    this.drafts.delete(id);
  }

  // The note is there and the draft is gone, or neither.
  async write(event) {
    const place = 1 + this.notes.reduce((most, one) => Math.max(most, one.place), Date.now());
    const row = { uuid: event.uuid, person: this.person, place, sealed: await vault.sealed(this.person, event) };
    await together([
      ["notes", "put", row],
      ["papers", "delete", this.id(`case-${event.case_id}`)],
    ]);
    this.drafts.delete(event.case_id);
    this.notes.push({ ...row, event });
  }

  // What the server answered: taken in, refused and kept for a person there, or `held`: only here.
  async settle({ uuid, outcome, reason }) {
    const row = await find("notes", uuid);
    const note = this.notes.find((one) => one.uuid === uuid);
    if (!row || !note) return;
    const held = outcome === "held";
    const changes = [["notes", "put", held ? { ...row, held: reason } : { ...row, sent: true }]];
    if (outcome === "refused") {
      const { case_id, kind, device_time } = note.event;
      const place = this.title(case_id);
      const said = await vault.sealed(this.person, { place, reason });
      changes.push(["refusals", "put", { uuid, of: "interviews", person: this.person, kind, at: device_time, sealed: said }]);
    }
    await together(changes);
    Object.assign(note, held ? { held: reason } : { sent: true });
  }

  title(id) {
    const of = this.case(id);
    return of ? `${of.community} ${of.number}` : "";
  }

  async refusals() {
    const rows = (await all("refusals")).filter((row) => row.person === this.person && row.of === "interviews");
    return Promise.all(rows.map(async (row) => ({ ...row, ...(await vault.unsealed(this.person, row.sealed)) })));
  }
}

// What stands of an address, as far as this device knows: what the server told, and the notes since.
export function standing(of, notes) {
  const attempts = [...of.attempts];
  let held = of.interview;
  for (const { kind, device_time, data } of notes) {
    if (kind === "attempt") attempts.push({ ...data, at: device_time });
    else held = { ...data, version: (held?.version ?? 0) + 1 };
    if (kind === "interview") attempts.push({ at: data.begun_at, outcome: data.complete ? "1.1" : "1.2", adults: data.adults, chosen: data.chosen });
  }
  attempts.sort((one, other) => new Date(one.at) - new Date(other.at));
  const household = attempts.findLast?.(({ chosen }) => chosen) ?? [...attempts].reverse().find(({ chosen }) => chosen);
  const last = attempts[attempts.length - 1];
  return { attempts, held, household, last, again: held?.complete ? null : last?.again_at };
}
