// What a device keeps until it can be sent: one IndexedDB database, opened once, closed by the browser.
const NAME = "kepu-visits";
const VERSION = 3; // 2: photographs have a store of their own; 3: papers and notes of interviews
const STORES = {
  events: "uuid",
  vaults: "person",
  refusals: "uuid",
  photos: "uuid",
  papers: "id", // addresses, booklets and interviews begun, always sealed
  notes: "uuid", // what interviewers wrote down, always sealed
};

let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      const there = asked.result.objectStoreNames;
      for (const [store, keyPath] of Object.entries(STORES)) {
        if (!there.contains(store)) asked.result.createObjectStore(store, { keyPath });
      }
    };
    asked.onsuccess = () => {
      // A page of a later version may want to add a store.
      asked.result.onversionchange = () => asked.result.close();
      resolve(asked.result);
    };
    asked.onerror = asked.onblocked = () => reject(asked.error);
  });
  return opened;
}

// Runs one request in a transaction of its own, done when the transaction is.
async function run(store, mode, request) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode, { durability: "strict" });
    const asked = request(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

// Several changes, all of them or none: [store, "put", row] or [store, "delete", key].
export async function together(changes) {
  if (!changes.length) return;
  const database = await open();
  await new Promise((resolve, reject) => {
    const stores = [...new Set(changes.map(([store]) => store))];
    const transaction = database.transaction(stores, "readwrite", { durability: "strict" });
    transaction.oncomplete = resolve;
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
    try {
      for (const [store, verb, what] of changes) transaction.objectStore(store)[verb](what);
    } catch (error) {
      transaction.abort();
      reject(error);
    }
  });
}

export const put = (store, row) => run(store, "readwrite", (rows) => rows.put(row));
export const take = (store, key) => run(store, "readwrite", (rows) => rows.delete(key));
export const find = (store, key) => run(store, "readonly", (rows) => rows.get(key));
export const all = (store) => run(store, "readonly", (rows) => rows.getAll());

// Browsers inside chat apps and private windows may offer no storage, or one that fails.
export async function works() {
  try {
    await all("events");
    return true;
  } catch {
    return false;
  }
}
