// What the phone keeps, in IndexedDB. Every row of a person carries his number, and is read by it alone.
//   meta     who (the person signed in here last, with what his forms ask)
//   kept     customers taken along          waiting  visits and changes that were not taken yet      photos   of waiting visits
const NAME = "road";
const STORES = { meta: "slot", kept: "slot", waiting: "key", photos: "key" };

let opened;
function open() {
  opened ??= new Promise((done, fail) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      for (const [store, keyPath] of Object.entries(STORES)) {
        const made = asked.result.createObjectStore(store, { keyPath });
        if (store !== "meta") made.createIndex("user", "user");
      }
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  return opened;
}

async function run(store, mode, act) {
  const database = await open();
  return new Promise((done, fail) => {
    const work = database.transaction(store, mode, { durability: "strict" });
    const asked = act(work.objectStore(store));
    work.oncomplete = () => done(asked.result);
    work.onerror = work.onabort = () => fail(work.error);
  });
}

export const get = (store, key) => run(store, "readonly", (rows) => rows.get(key));
export const put = (store, row) => run(store, "readwrite", (rows) => rows.put(row));
export const drop = (store, key) => run(store, "readwrite", (rows) => rows.delete(key));
export const of = (store, user) => run(store, "readonly", (rows) => rows.index("user").getAll(user));
export const count = (store, user) => run(store, "readonly", (rows) => rows.index("user").count(user));

const WHO = "who";
export const who = () => get("meta", WHO);
export const meet = (state) => put("meta", { slot: WHO, ...state });

export const slot = (user, id) => `${user}:${id}`;
export const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function dropAll(store, keep) {
  const rows = await run(store, "readonly", (all) => all.getAll());
  const path = STORES[store];
  for (const row of rows) if (!keep(row)) await drop(store, row[path]);
}

// Somebody else is signed in: what the one before took along goes; what he has not sent waits for him, unseen.
export const leaveOnly = (user) => dropAll("kept", (row) => row.user === user);

// Signing out: everything of this person goes from the phone.
export async function forget(user) {
  for (const store of ["kept", "waiting", "photos"]) await dropAll(store, (row) => row.user !== user);
  await drop("meta", WHO);
}

// Whether this browser keeps anything at all; asking makes nothing.
export const isThere = async () => !!globalThis.indexedDB && (!indexedDB.databases || (await indexedDB.databases()).some((one) => one.name === NAME));
