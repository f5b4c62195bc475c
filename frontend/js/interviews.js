import "../css/interviews.css";
import { Cases, standing } from "./cases.js";
import { onContent } from "./content.js";
import { element, filled } from "./device.js";
import { Doorstep } from "./doorstep.js";
import { box, button, SealedPage } from "./sealed.js";

// An interviewer's page: addresses, booklets, answers.
const SOON = 86_400_000; // an appointment within a day is due

class Interviews extends SealedPage {
  constructor(root) {
    super(root, "interviews", new Cases(root.dataset.interviews));
    this.outcomes = new Map(JSON.parse(root.dataset.outcomes).map((one) => [one.code, one]));
    this.clock = null;
  }

  listen() {
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("visibilitychange", () => (document.hidden ? this.holdClock() : this.goClock()));
  }

  leave(back) {
    this.leaveClock();
    back();
  }

  // A figure chooses the option of that place, and so a keyboard is enough.
  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input, textarea, select")) return;
    const at = Number(event.key);
    const options = this.keys?.querySelectorAll("button");
    if (!options || !/^\d$/.test(event.key)) return;
    const unknown = this.keys.querySelector(".doorstep-unknown");
    const counted = this.keys.matches(".doorstep-counts");
    const chosen = counted ? options[at] : at ? options[at - 1] : unknown;
    if (!chosen) return;
    event.preventDefault();
    chosen.click();
  }

  async list(words = "", anew = true) {
    this.leaveClock();
    this.keys = null;
    this.root.classList.remove("interviews-asking");
    this.tell(words);
    if (!this.satchel.pack) {
      this.stage.replaceChildren(element("p", this.say.needsNetwork, { className: "soft" }));
    } else {
      const rows = this.satchel.pack.cases.map((of) => this.about(of));
      this.stage.replaceChildren(...(rows.length ? this.sections(rows) : [element("p", this.say.none, { className: "soft" })]));
    }
    this.listed = true;
    await this.count();
    if (words && anew) this.send();
  }

  about(of) {
    const now = standing(of, this.satchel.notesOf(of.id));
    const draft = this.satchel.drafts.has(of.id);
    const due = Boolean(now.again && new Date(now.again) - Date.now() < SOON);
    return { of, now, draft, due, done: Boolean(now.held?.complete) };
  }

  sections(rows) {
    const done = rows.filter((row) => row.done).length;
    const parts = [element("p", filled(this.say.summary, { n: rows.length, done }), { className: "doorstep-summary" })];
    const first = rows.filter((row) => row.draft || (row.due && !row.done));
    if (first.length) parts.push(this.section(this.say.due, first, true));
    const communities = new Map();
    for (const row of rows) communities.set(row.of.community, [...(communities.get(row.of.community) ?? []), row]);
    for (const [name, some] of communities) parts.push(this.section(name, some, false));
    return parts;
  }

  section(title, rows, named) {
    const list = element("ul", "", { className: "plain-list stack-tight" });
    list.append(...rows.map((row) => this.line(row, named)));
    const done = rows.filter((row) => row.done).length;
    const heading = element("h2", named ? title : `${title} · ${done}/${rows.length}`, { className: "card-title" });
    return box("card stack-tight", heading, list);
  }

  line({ of, now, draft, done }, named) {
    const item = element("li", "");
    const door = button("", () => new Doorstep(this, of).begin(), "quiet doorstep-line");
    door.append(element("strong", named ? `${of.community} ${of.number}` : String(of.number)));
    door.append(element("span", of.address || this.say.noAddress));
    const last = now.last && this.outcomes.get(now.last.outcome)?.words;
    const state = draft ? this.say.begun : done ? this.say.finished : last ?? this.say.untried;
    const when = now.again && !done ? ` · ${filled(this.say.comeAgain, { time: this.time(now.again) })}` : "";
    door.append(element("span", `${state}${when}`, { className: `small ${done ? "tone-success" : "soft"}` }));
    item.append(door);
    return item;
  }

  // --- how long an item is on the screen; not while the page is hidden ---

  startClock(add) {
    this.clock = { add, since: document.hidden ? null : performance.now() };
  }

  holdClock() {
    if (!this.clock || this.clock.since === null) return;
    this.clock.add((performance.now() - this.clock.since) / 1000);
    this.clock.since = null;
  }

  goClock() {
    if (this.clock) this.clock.since = performance.now();
  }

  leaveClock() {
    this.holdClock();
    this.clock = null;
  }
}

onContent((root) => {
  root.querySelectorAll("[data-interviews]").forEach((page) => new Interviews(page).begin());
});
