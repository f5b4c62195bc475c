import { words } from "./content.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);

// The same units as the server's: two days and more in days, three hours and more in hours.
function length(span, say) {
  const n = (unit) => Math.floor(span / unit);
  if (span < MINUTE) return say.moment;
  if (n(DAY) >= 2) return fill(say.day, { n: n(DAY) });
  if (n(HOUR) >= 3) return fill(say.hour, { n: n(HOUR) });
  const rest = n(MINUTE) - n(HOUR) * 60;
  const minutes = fill(say.minute, { n: rest });
  if (n(HOUR) === 0) return minutes;
  const hours = fill(say.hour, { n: n(HOUR) });
  return rest ? `${hours} ${minutes}` : hours;
}

function read(chip, now, say) {
  const due = Date.parse(chip.getAttribute("datetime"));
  if (now > due) return ["over", fill(say.over, { length: length(now - due, say) })];
  const left = fill(say.left, { length: length(due - now, say) });
  if (now >= Date.parse(chip.dataset.red)) return ["red", fill(say.red, { left })];
  if (now >= Date.parse(chip.dataset.amber)) return ["amber", fill(say.amber, { left })];
  return ["calm", left];
}

function tick() {
  const say = words();
  for (const chip of document.querySelectorAll("[data-clock]")) {
    const [tone, text] = read(chip, Date.now(), say);
    const place = chip.querySelector("[data-clock-words]");
    if (chip.dataset.tone !== tone) chip.dataset.tone = tone;
    if (place.textContent !== text) place.textContent = text;
  }
}

// The server's reading stands for the first half minute; a page left open then keeps time.
setInterval(tick, MINUTE / 2);
document.addEventListener("visibilitychange", () => document.hidden || tick());
