import { Satchel } from "./satchel.js";

// What an interviewer carries: addresses and booklets.
export class Cases extends Satchel {
  constructor(person) {
    super(person, { of: "interviews", about: "case_id", listed: "cases" });
  }

  booklet(of) {
    return this.pack?.booklets[of.booklet] ?? [];
  }

  title(id) {
    const of = this.one(id);
    return of ? `${of.community} ${of.number}` : "";
  }

  renewed(fresh, gone) {
    const booklets = { ...fresh.booklets };
    for (const one of gone) booklets[one.booklet] ??= this.booklet(one);
    return { booklets };
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
