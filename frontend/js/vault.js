import { all, find, put, together } from "./shelf.js";

// A queue is sealed by a key made from the PIN. While its owner is signed in the key lies beside it,
// for the browser to use and nobody to read out; on signing out it goes, and only the PIN brings it back.
const ROUNDS = 600_000; // PBKDF2-SHA256; a PIN is short, so each guess has to cost something
const LASTS = 12 * 3_600_000;
const CHECK = "kepu";
const QUEUES = ["events", "photos"];
const SEALED = ["events", "photos", "notes", "papers", "refusals"];

const bytes = (text) => new TextEncoder().encode(text);
const text = (octets) => new TextDecoder().decode(octets);

async function keyFrom(pin, salt) {
  const raw = await crypto.subtle.importKey("raw", bytes(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(how, raw, { name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
}

async function seal(key, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const octets = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes(JSON.stringify(value)));
  return { iv, octets };
}

async function unseal(key, { iv, octets }) {
  return JSON.parse(text(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, octets)));
}

const fresh = (vault) => vault?.key && Date.now() - vault.openedAt < LASTS;

// "none": no PIN was chosen yet; "open": the key is here; "locked": only the PIN opens it.
export async function state(person) {
  const vault = await find("vaults", person);
  if (!vault) return "none";
  return fresh(vault) ? "open" : "locked";
}

export async function choose(person, pin) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const key = await keyFrom(pin, salt);
  await put("vaults", { person, salt, check: await seal(key, CHECK), key, openedAt: Date.now() });
  await sealAll(person);
}

// What was written down while there was no key.
async function sealAll(person) {
  for (const store of QUEUES) {
    for (const row of await waiting(person, store)) if (row.plain) await keep(person, row.plain, store);
  }
}

// False when the PIN is another one.
export async function unlock(person, pin) {
  const vault = await find("vaults", person);
  const key = await keyFrom(pin, vault.salt);
  try {
    await unseal(key, vault.check);
  } catch {
    return false;
  }
  await put("vaults", { ...vault, key, openedAt: Date.now() });
  await sealAll(person);
  return true;
}

export async function lock() {
  for (const { key, ...vault } of await all("vaults")) await put("vaults", vault);
}

// Only what is needed to count and to find the order again stays readable.
export async function keep(person, event, store = "events") {
  const vault = await find("vaults", person);
  const head = { uuid: event.uuid, person, order_id: event.order_id, kind: event.kind, at: event.device_time };
  const body = fresh(vault) ? { sealed: await seal(vault.key, event) } : { plain: event };
  await put(store, { ...head, ...body });
}

export async function waiting(person, store = "events") {
  const events = (await all(store)).filter((event) => event.person === person && !event.of); // of a visit
  return events.sort((one, other) => (one.at < other.at ? -1 : 1));
}

// One row in clear, or null while only the PIN opens it.
export async function read(person, row) {
  if (row.plain) return row.plain;
  const vault = await find("vaults", person);
  return fresh(vault) ? unseal(vault.key, row.sealed) : null;
}

// What can be read of the queue now: everything while the vault is open, else what was never sealed.
export async function readable(person) {
  const found = [];
  for (const row of await waiting(person)) {
    const event = await read(person, row);
    if (event) found.push(event);
  }
  return found;
}

// --- what never lies here in clear ----------------------------------------------------------------

// Thrown instead of laying something down in clear.
export class Locked extends Error {}

export async function sealed(person, value) {
  const vault = await find("vaults", person);
  if (!fresh(vault)) throw new Locked();
  return seal(vault.key, value);
}

export async function unsealed(person, what) {
  const vault = await find("vaults", person);
  if (!fresh(vault)) throw new Locked();
  return unseal(vault.key, what);
}

async function sealedRows(person) {
  const found = [];
  for (const store of SEALED) {
    for (const row of await all(store)) if (row.person === person && row.sealed) found.push([store, row]);
  }
  return found;
}

// How much only the PIN opens and nobody else has.
export async function unsent(person) {
  return (await sealedRows(person)).filter(([store, row]) => store !== "refusals" && !row.sent && !row.copy).length;
}

// Without its PIN it is of no use to anybody: all that is sealed goes, and the lock with it.
export async function discard(person) {
  const rows = await sealedRows(person);
  await together([
    ...rows.map(([store, row]) => [store, "delete", row.uuid ?? row.id]),
    ["vaults", "delete", person],
  ]);
}
