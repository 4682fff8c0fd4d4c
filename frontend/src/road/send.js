// Sending what waits. Each visit carries a key it got on the phone, each change the version it was made on, so that sending twice
// (an answer was lost) makes no second one and overwrites nothing.
import { drop, get, leaveOnly, meet, of, put, slot, who } from "./store.js";

const STATE = "/road/state.json";
const JSON_WANTED = { Accept: "application/json" };

// Who is signed in, from the house; null when it is not reached. `out` when nobody is.
export async function login() {
  let answer;
  try {
    answer = await fetch(STATE, { headers: JSON_WANTED, cache: "no-store" });
  } catch {
    return null;
  }
  if (answer.status === 401) {
    const before = await who();
    if (before) await meet({ ...before, out: true });
    return { out: true };
  }
  if (!answer.ok) return null;
  const { token, ...state } = await answer.json();
  await leaveOnly(state.user);
  await meet({ ...state, at: Date.now() });
  return { ...state, token }; // the token is kept nowhere
}

// Take customers along, or look at those that are along once more; what may not be read any more goes.
export async function take(user, ids) {
  for (let at = 0; at < ids.length; at += 50) {
    const some = ids.slice(at, at + 50);
    const answer = await fetch(`/road/customers.json?ids=${some.join(",")}`, { headers: JSON_WANTED, cache: "no-store" });
    if (!answer.ok) throw new Error(answer.statusText);
    const { customers } = await answer.json();
    for (const one of customers) await put("kept", { ...one, slot: slot(user, one.id), user, at: Date.now() });
    for (const id of some) if (!customers.some((one) => one.id === id)) await drop("kept", slot(user, id));
  }
}

// Sends one after the other; returns how many were taken and how many of them only proposed, or null when another page of the
// phone is at it.
export function send() {
  return navigator.locks.request("road", { ifAvailable: true }, async (mine) => {
    if (!mine) return null;
    const state = await login();
    const done = { taken: 0, proposed: 0 };
    if (!state || state.out) return done;
    const waiting = (await of("waiting", state.user)).sort((a, b) => a.made - b.made);
    for (const entry of waiting.filter((one) => one.state === "waiting")) {
      const said = await (entry.what === "visit" ? visit : change)(entry, state).catch(() => "later");
      if (said === "later") break; // the house is not reached, or has no time: everything waits
      if (said === "taken" || said === "proposed") done.taken += 1;
      if (said === "proposed") done.proposed += 1;
    }
    return done;
  });
}

// Words of a refusal; null when it is none of the entry's faults and is to be tried again.
async function refusal(answer) {
  if (answer.status === 401 || answer.status === 429 || answer.status >= 500) return null;
  const body = await answer.json().catch(() => ({}));
  return body.error || answer.statusText || String(answer.status);
}

async function visit(entry, state) {
  let note = entry.note;
  if (!note) {
    const body = new FormData();
    for (const [name, value] of entry.pairs) body.append(name, value);
    body.set("key", entry.key);
    const answer = await fetch(`/core/customer/${entry.customer}/note`, { method: "POST", body, headers: { ...JSON_WANTED, "X-CSRF-Token": state.token } });
    if (!answer.ok) return refused(entry, await refusal(answer));
    note = (await answer.json()).id;
    await put("waiting", { ...entry, note });
  }
  const photos = (await of("photos", state.user)).filter((one) => one.entry === entry.key).sort((a, b) => a.made - b.made);
  for (const photo of photos) {
    const body = new FormData();
    body.append("file", photo.blob, photo.name);
    const answer = await fetch(`/core/note/${note}/files`, { method: "POST", body, headers: { ...JSON_WANTED, "X-CSRF-Token": state.token, "Idempotency-Key": photo.key } });
    if (!answer.ok) return refused({ ...entry, note }, await refusal(answer));
    await drop("photos", photo.key);
  }
  await drop("waiting", entry.key);
  await take(state.user, [entry.customer]).catch(() => {});
  return "taken";
}

async function change(entry, state) {
  const body = new FormData();
  for (const [name, value] of entry.pairs) body.append(name, value);
  body.set("version", entry.version);
  body.set("back", STATE); // an answer that leads there says that it was saved
  const answer = await fetch(`/core/customer/${entry.customer}/edit`, { method: "POST", body, headers: { ...JSON_WANTED, "X-CSRF-Token": state.token } });
  const drawn = answer.headers.get("Content-Type")?.startsWith("text/html"); // of two versions, or the form with what is wrong
  const proposed = answer.status === 202; // where changes are reviewed it waits for a reviewer
  if (proposed || (answer.ok && answer.redirected && new URL(answer.url).pathname === STATE)) {
    await drop("waiting", entry.key);
    await take(state.user, [entry.customer]).catch(() => {});
    return proposed ? "proposed" : "taken";
  }
  if (drawn && (answer.status === 409 || answer.status === 422)) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const both = answer.status === 409 && page.querySelector("[data-conflict]");
    const said = [...page.querySelectorAll("[data-errors] li, .errsum")].map((one) => one.textContent.trim()).join(" ");
    await put("waiting", { ...entry, state: both ? "conflict" : "refused", reason: both ? "" : said });
    return "refused";
  }
  if (answer.ok) return "later"; // led elsewhere
  return refused(entry, await refusal(answer));
}

async function refused(entry, reason) {
  if (reason === null) return "later";
  await put("waiting", { ...entry, state: "refused", reason });
  return "refused";
}

// The page of two versions was left with a choice saved: the change is there.
export async function settled(key, user) {
  const entry = await get("waiting", key);
  if (entry?.user !== user || entry.what !== "change") return;
  await drop("waiting", key);
  await take(user, [entry.customer]).catch(() => {});
}
