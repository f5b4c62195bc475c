import { element, filled, newUuid } from "./device.js";
import { standing } from "./satchel.js";

// One address, from the door to the last question: a screen at a time, each answer kept before the
// next screen is shown.
const SCHEMA = 1;
const MOST_LISTED = 6; // of more adults the table chooses among the first six
const LETTERS = "ABCDEFGH";

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

export class Doorstep {
  // `page` shows a screen, keeps what it is given, and goes back to the list.
  constructor(page, of) {
    this.page = page;
    this.say = page.say;
    this.satchel = page.satchel;
    this.of = of;
    this.booklet = page.satchel.booklet(of);
    this.language = document.documentElement.lang.startsWith("en") ? "en" : "zh-hans";
    this.now = standing(of, page.satchel.notesOf(of.id));
    this.draft = page.satchel.drafts.get(of.id) ?? null;
  }

  begin() {
    if (this.draft) return this.step(this.draft.step);
    return this.door();
  }

  show(title, parts, traits = {}) {
    this.page.screen({ title, parts, back: () => this.page.list(), place: this.satchel.title(this.of.id), ...traits });
  }

  // --- at the door ---

  door() {
    const { say, of, now } = this;
    const parts = [element("p", of.address || say.noAddress, { className: "doorstep-address" })];
    if (of.gone) parts.push(element("p", say.gone, { className: "error" }));
    if (now.attempts.length) parts.push(this.history());
    if (now.held) parts.push(button(say.correct, () => this.correct(), "quiet"));
    if (!now.held?.complete) {
      parts.push(button(say.ask, () => this.household(), "main doorstep-big"));
      parts.push(...this.outcomes(["nobody", "refused", "unable", "nodoor"]));
    }
    this.show(`${of.community} ${of.number}`, parts, { place: of.fieldwork });
  }

  history() {
    const list = element("ul", "", { className: "plain-list small soft" });
    for (const one of this.now.attempts) {
      list.append(element("li", `${this.page.time(one.at)} · ${this.page.outcomes.get(one.outcome)?.words ?? one.outcome}`));
    }
    return list;
  }

  // Words first, the code of the standard small beside them.
  outcomes(groups, household = {}) {
    return groups.map((group) => {
      const rows = [...this.page.outcomes.values()].filter((one) => one.group === group);
      const buttons = rows.map((one) => this.outcome(one, household));
      return box("stack-tight", element("h3", this.say[group], { className: "doorstep-group" }), ...buttons);
    });
  }

  outcome(one, household) {
    const made = button(one.words, () => this.attempt(one, household), "quiet doorstep-outcome");
    made.append(element("code", one.code, { className: "small soft" }));
    return made;
  }

  attempt(one, household) {
    const again = element("input", "", { type: "datetime-local", className: "input input-short", id: "again-at" });
    const label = element("label", this.say.again, { className: "label", htmlFor: "again-at" });
    const save = button(this.say.save, async () => {
      const again_at = again.value ? new Date(again.value).toISOString() : null;
      const data = { outcome: one.code, ...household, again_at };
      if (await this.send("attempt", newUuid(), data)) await this.page.list(this.say.written);
    }, "main doorstep-big");
    const parts = [one.again ? box("field", label, again, element("p", this.say.againHelp, { className: "help" })) : null, save];
    this.show(one.words, parts.filter(Boolean), { back: () => this.door() });
  }

  send(kind, uuid, data) {
    const event = { uuid, kind, case_id: this.of.id, device_time: new Date().toISOString(), schema: SCHEMA, data };
    return this.page.keep(() => this.satchel.write(event));
  }

  // --- who lives there, and who is asked ---

  household() {
    const known = this.now.household;
    if (known) return this.person(known.adults, known.chosen);
    const counts = box("doorstep-counts", ...Array.from({ length: 13 }, (_, n) => n).map((n) => button(String(n), () => this.counted(n), "quiet")));
    this.show(this.say.adults, [element("p", this.say.adultsHelp, { className: "soft" }), counts], { back: () => this.door(), keys: counts });
  }

  counted(adults) {
    if (!adults) return this.attempt(this.page.outcomes.get("4.7"), { adults: 0 });
    return this.person(adults, this.of.row[Math.min(adults, MOST_LISTED) - 1]);
  }

  person(adults, chosen) {
    const words = adults === 1 ? this.say.onlyOne : filled(this.say.chosen, { adults, chosen });
    const parts = [
      element("p", words, { className: "doorstep-chosen" }),
      element("p", this.say.chosenHelp, { className: "soft" }),
      button(this.say.here, () => this.start(adults, chosen), "main doorstep-big"),
      ...this.outcomes(["person"], { adults, chosen }),
      button(this.say.recount, () => { this.now.household = null; this.household(); }, "plain"),
    ];
    this.show(this.say.who, parts, { back: () => this.door() });
  }

  async start(adults, chosen) {
    this.draft = {
      case_id: this.of.id, uuid: newUuid(), kind: "interview", adults, chosen, step: 0, last: 0,
      begun_at: new Date().toISOString(), background: {}, answers: {}, seconds: {},
    };
    this.page.position().then((at) => at && Object.assign(this.draft ?? {}, at));
    await this.go(0);
  }

  async correct() {
    const { version, answers, background, seconds, begun_at, ended_at } = this.now.held;
    this.draft = {
      case_id: this.of.id, uuid: newUuid(), kind: "correction", base: version, begun_at, ended_at,
      answers: { ...answers }, background: { ...background }, seconds: { ...seconds },
      adults: null, chosen: null, step: this.steps, last: this.steps,
    };
    await this.go(this.steps);
  }

  // --- questions: about the person, then the booklet, then everything on one page ---

  get questions() {
    const { background, meeting } = this.satchel.pack;
    return this.of.meets ? [...background, ...(meeting ?? [])] : background;
  }

  get steps() {
    return this.questions.length + this.booklet.length;
  }

  async go(step) {
    const draft = { ...this.draft, step, last: Math.max(step, this.draft.last ?? 0) };
    if (!(await this.page.keep(() => this.satchel.keepDraft(draft)))) return;
    this.draft = draft;
    this.step(step);
  }

  step(step) {
    this.page.leaveClock();
    if (step < this.questions.length) return this.question(this.questions[step]);
    if (step < this.steps) return this.item(this.booklet[step - this.questions.length]);
    return this.review();
  }

  question({ key, title, options }) {
    const choose = (value) => this.answer("background", key, value);
    this.asked(title, options.map(([value, words]) => [value, words, ""]), this.draft.background[key], choose);
  }

  item({ code, said }) {
    const [stem, ...options] = said[this.language] ?? said["zh-hans"] ?? Object.values(said)[0];
    const rows = options.map((words, at) => [LETTERS[at], words, LETTERS[at]]);
    rows.push(["", this.say.dontKnow, ""]);
    this.page.startClock((seconds) => {
      this.draft.seconds[code] = Math.round(((this.draft.seconds[code] ?? 0) + seconds) * 10) / 10;
    });
    this.asked(stem, rows, this.draft.answers[code], (value) => this.answer("answers", code, value));
  }

  asked(title, rows, chosen, choose) {
    const options = box("doorstep-options", ...rows.map(([value, words, letter]) => {
      const made = button("", () => choose(value), `quiet doorstep-option${value === "" ? " doorstep-unknown" : ""}`);
      if (letter) made.append(element("strong", letter));
      made.append(element("span", words));
      made.setAttribute("aria-pressed", String(value === chosen));
      return made;
    }));
    const { step, last } = this.draft;
    const nav = box("row row-apart",
      step ? button(this.say.back, () => this.go(step - 1), "quiet") : null,
      chosen !== undefined ? button(last >= this.steps ? this.say.toReview : this.say.next, () => this.go(last >= this.steps ? this.steps : step + 1), "quiet") : null,
    );
    const bar = element("progress", "", { className: "progress", max: this.steps, value: step });
    const count = filled(this.say.count, { n: step + 1, of: this.steps });
    bar.setAttribute("aria-label", count);
    this.show(title, [element("p", count, { className: "small soft" }), bar, options, nav, this.ways()], { keys: options, asks: true });
  }

  // Answering again from the last page leads back to it.
  async answer(kind, key, value) {
    this.page.leaveClock();
    this.draft = { ...this.draft, [kind]: { ...this.draft[kind], [key]: value } };
    await this.go(this.draft.last >= this.steps ? this.steps : this.draft.step + 1);
  }

  ways() {
    const pause = button(this.say.pause, async () => {
      this.page.leaveClock();
      if (await this.page.keep(() => this.satchel.keepDraft(this.draft))) await this.page.list(this.say.paused);
    }, "plain");
    const stop = button(this.say.breakOff, () => this.breakOff(), "plain");
    return box("row", pause, this.draft.kind === "interview" ? stop : this.dropping());
  }

  dropping() {
    return button(this.say.dropCorrection, async () => {
      if (await this.page.keep(() => this.satchel.dropDraft(this.of.id))) await this.page.list();
    }, "plain");
  }

  breakOff() {
    this.page.leaveClock();
    const done = Object.keys(this.draft.answers).length;
    const parts = [
      element("p", filled(this.say.breakOffHelp, { n: done, of: this.booklet.length })),
      button(this.say.breakOffNow, () => this.finish(false), "main doorstep-big"),
      button(this.say.goOn, () => this.step(this.draft.step), "quiet"),
    ];
    this.show(this.say.breakOff, parts, { back: () => this.step(this.draft.step) });
  }

  review() {
    const { draft, say } = this;
    const list = element("ol", "", { className: "plain-list stack-tight" });
    let missing = 0;
    this.questions.forEach(({ key, title, options }, at) => {
      const told = options.find(([value]) => value === draft.background[key])?.[1];
      missing += told ? 0 : 1;
      list.append(this.line(title, told, at));
    });
    this.booklet.forEach(({ code, said }, at) => {
      const [stem, ...options] = said[this.language] ?? Object.values(said)[0];
      const letter = draft.answers[code];
      const told = letter === "" ? say.dontKnow : letter && `${letter} ${options[LETTERS.indexOf(letter)] ?? ""}`;
      missing += told ? 0 : 1;
      list.append(this.line(`${at + 1}. ${stem}`, told, this.questions.length + at));
    });
    const finish = button(draft.kind === "correction" ? say.sendCorrection : say.finish, () => this.finish(true), "main doorstep-big", { disabled: missing > 0 });
    const gap = missing ? element("p", filled(say.missing, { n: missing }), { className: "error" }) : null;
    this.show(say.review, [element("p", say.reviewHelp, { className: "soft" }), gap, finish, list, this.ways()].filter(Boolean), { asks: true });
  }

  line(title, told, step) {
    const item = element("li", "", { className: "card card-tight" });
    const change = button(this.say.change, () => this.go(step), "quiet");
    change.setAttribute("aria-label", `${this.say.change}: ${title}`);
    item.append(element("p", title, { className: "small soft" }), box("row row-apart", element("strong", told ?? this.say.noAnswer), change));
    return item;
  }

  async finish(complete) {
    const { kind, uuid, base, begun_at, ended_at, answers, background, seconds, adults, chosen, latitude, longitude } = this.draft;
    const whole = complete || (kind === "correction" && this.now.held?.complete === true);
    const data = { begun_at, ended_at: ended_at ?? new Date().toISOString(), complete: whole, answers, background, seconds };
    if (kind === "correction") data.base = base;
    else Object.assign(data, { adults, chosen }, latitude === undefined ? {} : { latitude, longitude });
    if (await this.send(kind, uuid, data)) await this.page.list(kind === "correction" ? this.say.correctionDone : this.say.done);
  }
}
