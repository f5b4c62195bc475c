import { element, filled, newUuid } from "./device.js";
import { box, button } from "./sealed.js";

// One inspection: where it is, the checklist, and the signature. Each answer is kept as it is given.
const SCHEMA = 1;
const PAUSE = 700; // after the last letter that was typed

export class Checklist {
  // `page` shows screens and keeps what it is given.
  constructor(page, of) {
    Object.assign(this, { page, of, say: page.say, satchel: page.satchel });
    this.previews = new Map();
  }

  // The pack may have been renewed since.
  get now() {
    return this.satchel.one(this.of.id) ?? this.of;
  }

  get notes() {
    return this.satchel.notesOf(this.of.id);
  }

  get signed() {
    return this.now.signed || this.notes.some(({ kind }) => kind === "sign");
  }

  get begun() {
    return this.now.state !== "assigned" || this.notes.length > 0 || this.satchel.photosOf(this.of.id).length > 0;
  }

  get closed() {
    return this.signed || this.now.gone || !["assigned", "visited", "sent_back"].includes(this.now.state);
  }

  filledIn(check) {
    const value = this.satchel.noteOf(this.of.id, check.key)?.value;
    return value !== undefined && value !== null && value !== "";
  }

  photos(check) {
    return (this.now.photos[check.key] ?? 0) + this.satchel.photosOf(this.of.id, check.key).length;
  }

  // What keeps from signing: not noted, or without the photograph that is asked for.
  get missing() {
    return this.now.checks.filter((one) => (one.needed && !this.filledIn(one)) || (one.photo && this.filledIn(one) && !this.photos(one)));
  }

  event(kind, data) {
    return { uuid: newUuid(), kind, inspection_id: this.of.id, device_time: new Date().toISOString(), schema: SCHEMA, data };
  }

  screen(title, parts, back = () => this.page.list()) {
    this.page.screen({ title, parts, back, place: this.now.programme });
  }

  // --- the way in ---

  begin() {
    return this.begun ? this.checklist() : this.door();
  }

  door() {
    const { say, now } = this;
    const parts = [
      element("p", now.place, { className: "doorstep-address" }),
      element("p", filled(say.days, { first: now.first_day, last: now.last_day }), { className: "soft" }),
      element("p", filled(say.together, { names: now.others.join("、") }), { className: "soft" }),
      element("p", say.placeHelp),
      button(say.beginHere, () => this.arrive(true), "main doorstep-big"),
      button(say.beginAnywhere, () => this.arrive(false), "quiet doorstep-big"),
    ];
    this.screen(now.name, parts);
  }

  async arrive(told) {
    const at = told ? await this.page.position() : null;
    if (await this.page.keep(() => this.satchel.write(this.event("arrive", at ?? {})))) this.checklist();
  }

  // --- the checklist ---

  checklist() {
    const { say, now } = this;
    this.progress = element("p", "", { className: "doorstep-summary", role: "status" });
    const parts = [this.progress];
    if (now.words && now.state === "sent_back") parts.push(box("note tone-warning", element("p", filled(say.sentBack, { reason: now.words }))));
    if (now.differs.length) parts.push(this.differences());
    const headings = new Map();
    for (const check of now.checks) headings.set(check.part, [...(headings.get(check.part) ?? []), check]);
    for (const [part, checks] of headings) {
      const cards = checks.map((check) => this.item(check));
      parts.push(box("stack", part ? element("h3", part, { className: "doorstep-group" }) : null, ...cards));
    }
    if (!this.closed) parts.push(button(say.toSign, () => this.summing(), "main doorstep-big"));
    else parts.push(element("p", this.signed ? say.signed : say.closed, { className: "soft" }));
    this.screen(now.name, parts);
    this.count();
  }

  differences() {
    const list = element("ul", "", { className: "plain-list stack-tight" });
    for (const { title, said } of this.now.differs) {
      list.append(element("li", `${title}: ${said.map(([who, value]) => `${who} ${value}`).join(" · ")}`));
    }
    return box("card stack-tight", element("h3", this.say.differs, { className: "card-title" }), list);
  }

  count() {
    const { checks } = this.now;
    this.progress.textContent = filled(this.say.progress, { done: checks.filter((one) => this.filledIn(one)).length, n: checks.length });
  }

  item(check) {
    const id = `check-${check.key}`;
    const found = this.satchel.noteOf(this.of.id, check.key);
    const card = box("card check-item");
    card.setAttribute("role", "group");
    card.setAttribute("aria-labelledby", id);
    card.append(element("p", check.title + (check.needed ? "" : ` ${this.say.mayBeLeft}`), { id, className: "check-title" }));
    if (check.text) card.append(element("p", check.text, { className: "small soft" }));
    const draw = { yes_no: () => this.yesNo(check, found), choice: () => this.choice(check, found), number: () => this.number(check, found), text: () => this.text(check, found) };
    card.append(draw[check.kind](), this.remark(check, found, id), this.camera(check, id));
    return card;
  }

  async set(check, change) {
    const now = this.satchel.noteOf(this.of.id, check.key);
    const data = { item: check.key, value: now?.value ?? null, note: now?.note ?? "", ...change, turn: this.satchel.nextTurn(this.of.id) };
    const kept = await this.page.keep(async () => this.satchel.note(this.event("note", { ...data, device: await this.page.device() })));
    if (kept) this.count();
    return kept;
  }

  choices(check, rows, chosen) {
    const made = rows.map(([value, words]) => {
      const one = button(words, async () => {
        if (!(await this.set(check, { value }))) return;
        made.forEach((other) => other.setAttribute("aria-pressed", String(other === one)));
      }, "quiet", { disabled: this.closed });
      one.setAttribute("aria-pressed", String(chosen === value));
      return one;
    });
    return box("check-choices", ...made);
  }

  yesNo(check, found) {
    return this.choices(check, [[true, this.say.yes], [false, this.say.no]], found?.value);
  }

  choice(check, found) {
    return this.choices(check, check.choices.map((one) => [one, one]), found?.value);
  }

  // Kept a moment after the last letter, and when the field is left.
  typed(input, act) {
    let waits = null;
    let kept = input.value;
    const keep = async () => {
      clearTimeout(waits);
      if (input.value === kept) return;
      const said = input.value;
      if ((await act(said)) !== false) kept = said;
    };
    input.disabled = this.closed;
    input.addEventListener("input", () => {
      clearTimeout(waits);
      waits = setTimeout(keep, PAUSE);
    });
    input.addEventListener("change", keep);
    return input;
  }

  number(check, found) {
    const range = filled(this.say.range, { least: check.least, most: check.most, unit: check.unit }).trim();
    const error = element("p", "", { className: "error", hidden: true, id: `wrong-${check.key}` });
    const input = element("input", "", { className: "input input-short", inputMode: "decimal", value: found?.value ?? "" });
    input.setAttribute("aria-label", `${check.title} ${range}`);
    input.setAttribute("aria-describedby", error.id);
    this.typed(input, (said) => {
      const value = said.trim() === "" ? null : Number(said.replace("，", ".").replace(",", "."));
      const wrong = value !== null && !(value >= check.least && value <= check.most);
      error.textContent = wrong ? range : "";
      error.hidden = !wrong;
      return wrong ? false : this.set(check, { value });
    });
    return box("stack-tight", box("row", input, element("span", check.unit)), element("p", range, { className: "help" }), error);
  }

  text(check, found) {
    const input = element("textarea", "", { className: "input", rows: 3, maxLength: 1000, value: found?.value ?? "" });
    input.setAttribute("aria-label", check.title);
    return this.typed(input, (value) => this.set(check, { value: value.trim() || null }));
  }

  remark(check, found, id) {
    const more = element("details", "", { className: "more", open: Boolean(found?.note) });
    const input = element("textarea", "", { className: "input", rows: 2, maxLength: 1000, value: found?.note ?? "" });
    input.setAttribute("aria-label", `${this.say.remark}: ${check.title}`);
    more.append(element("summary", this.say.remark), this.typed(input, (note) => this.set(check, { note: note.trim() })));
    more.querySelector("summary").setAttribute("aria-describedby", id);
    return more;
  }

  // --- photographs ---

  camera(check, id) {
    const words = element("p", "", { className: "small soft" });
    const shown = box("check-photos");
    const show = async () => {
      const waiting = this.satchel.photosOf(this.of.id, check.key);
      const n = this.photos(check);
      words.textContent = n || check.photo ? filled(n ? this.say.photos : this.say.photoAsked, { n, waiting: waiting.length }) : "";
      shown.replaceChildren(...(await Promise.all(waiting.map((row) => this.preview(row, show)))));
    };
    show();
    if (this.closed) return box("stack-tight", words, shown);
    const input = element("input", "", { type: "file", accept: "image/*", multiple: true });
    input.setAttribute("capture", "environment");
    input.setAttribute("aria-label", `${this.say.takePhoto}: ${check.title}`);
    const label = element("label", this.say.takePhoto, { className: "button button-quiet check-camera" });
    label.append(input);
    input.addEventListener("change", async () => {
      const files = [...input.files];
      input.value = "";
      for (const file of files) await this.photograph(check, file);
      await show();
      this.page.send();
    });
    return box("stack-tight", label, words, shown);
  }

  // When it was taken the device says; drawing it anew leaves out where.
  async photograph(check, file) {
    const taken = new Date(Math.min(file.lastModified || Date.now(), Date.now())).toISOString();
    const head = { uuid: newUuid(), inspection_id: this.of.id, item: check.key, at: taken };
    if (!file.type.startsWith("image/")) return this.page.tell(this.say.notPicture, true);
    return this.page.keep(() => this.satchel.addPhoto(head, file));
  }

  async preview(row, show) {
    if (!this.previews.has(row.uuid)) this.previews.set(row.uuid, URL.createObjectURL(await this.satchel.picture(row)));
    const picture = element("img", "", { src: this.previews.get(row.uuid), alt: "", width: 96, height: 72 });
    if (this.closed) return picture;
    const drop = button(this.say.dropPhoto, async () => {
      await this.satchel.dropPhoto(row);
      await show();
      await this.page.count();
    }, "plain");
    return box("stack-tight", picture, drop);
  }

  // --- the end of the visit ---

  summing() {
    const { say, satchel, missing } = this;
    const draft = satchel.drafts.get(this.of.id) ?? { inspection_id: this.of.id, opinion: this.now.opinion, venue_words: this.now.venue_words, venue_post: this.now.venue_post };
    const field = (name, words, help, rows) => {
      const traits = { className: "input", id: `sum-${name}`, value: draft[name] ?? "", maxLength: rows ? 1000 : 80 };
      const input = this.typed(element(rows ? "textarea" : "input", "", rows ? { ...traits, rows } : traits), (value) => {
        draft[name] = value;
        return this.page.keep(() => satchel.keepDraft({ ...draft }));
      });
      return box("field", element("label", words, { className: "label", htmlFor: input.id }), input, element("p", help, { className: "help" }));
    };
    const gaps = element("ul", "", { className: "lines" });
    missing.forEach(({ title }) => gaps.append(element("li", title)));
    const sign = button(say.sign, async () => {
      const said = Object.fromEntries(["opinion", "venue_words", "venue_post"].map((name) => [name, document.getElementById(`sum-${name}`).value.trim()]));
      if (!said.opinion) return this.page.tell(say.opinionAsked, true);
      said.sent_back_times = this.now.sent_back_times ?? 0; // the report that is signed, and none that comes back later
      if (await this.page.keep(() => satchel.write(this.event("sign", said)))) await this.page.list(say.signedNow);
    }, "main doorstep-big", { disabled: missing.length > 0 });
    const parts = [
      missing.length ? box("note tone-warning", box("note-body", element("strong", filled(say.missing, { n: missing.length })), gaps)) : null,
      field("opinion", say.opinion, say.opinionHelp, 4),
      box("card stack-tight", element("h3", say.venue, { className: "card-title" }), field("venue_words", say.venueWords, say.venueHelp, 3), field("venue_post", say.venuePost, say.venuePostHelp, 0)),
      element("p", say.signHelp, { className: "soft" }),
      sign,
    ];
    this.screen(say.toSign, parts.filter(Boolean), () => this.checklist());
  }
}
