// The pages of the phone: customers taken along, the visit, the change, what waits. They work without connection; the addresses
// after # lead among them.
import { $, $$, icon, make, word } from "./plain.js";
import { change, visit } from "./road/entries.js";
import { login, send, settled, take } from "./road/send.js";
import { count, drop, forget, get, of, put, slot, who } from "./road/store.js";

const main = $("#main");
let state = null; // who is signed in, as far as the phone knows

// ---------- the frame ----------
export function show(title, ...content) {
  $("#title").textContent = title;
  $("#back").hidden = !location.hash || location.hash === "#";
  const made = content.flat().filter(Boolean);
  // What is drawn again as it stands stays: a finger may be on it just now.
  const stands = made.length === main.children.length && made.every((one, at) => one.isEqualNode(main.children[at]));
  if (stands && !made.some((one) => one.matches("form[data-ask]"))) return;
  main.replaceChildren(...made);
  main.scrollTop = 0;
  for (const form of $$("form[data-ask]", main)) form.dispatchEvent(new Event("input"));
  document.documentElement.dataset.ready = "yes";
}
export const note = (text, colour = "acc", picture = "alert-triangle") => make("div", { class: `note ${colour}`, role: "status" }, icon(picture), make("div", {}, text));
export const link = (href, picture, text, css = "btn") => make("a", { class: css, href }, icon(picture), text);
export function button(picture, text, act, css = "btn") {
  const made = make("button", { type: "button", class: css }, icon(picture), text);
  made.addEventListener("click", act);
  return made;
}

async function tell() {
  const waits = state ? await count("waiting", state.user) : 0;
  $("#waits").textContent = waits ? word("waiting", { n: waits }) : word("nothingwaits");
  $("#waiting").classList.toggle("some", waits > 0);
  document.documentElement.classList.toggle("is-offline", !navigator.onLine);
  $("#line").hidden = navigator.onLine;
}

// ---------- sending ----------
export async function deliver() {
  if (!state || state.out || !navigator.onLine) return tell();
  const done = await send();
  state = (await who()) ?? state;
  await tell();
  if (done?.taken) $("#said").textContent = [word("sent", { n: done.taken }), done.proposed ? word("proposed", { n: done.proposed }) : ""].filter(Boolean).join(" ");
  await redraw();
}

async function fresh() {
  const met = await login();
  state = await who();
  if (met && !met.out) {
    if (!met.offline) await leaveOffline();
    const old = Date.now() - met.days * 86_400_000;
    const kept = await of("kept", met.user);
    for (const one of kept) if (one.at < old) await drop("kept", one.slot);
    await take(met.user, kept.filter((one) => one.at >= old).map((one) => one.id)).catch(() => {});
    const key = new URLSearchParams(location.search).get("done");
    if (key) {
      await settled(key, met.user);
      history.replaceState(null, "", "/road/#waiting");
    }
  } else if (state && !met && state.at < Date.now() - state.days * 86_400_000) {
    for (const one of await of("kept", state.user)) await drop("kept", one.slot);
  }
}

async function leaveOffline() {
  for (const one of await of("kept", state.user)) await drop("kept", one.slot);
  for (const found of (await navigator.serviceWorker?.getRegistrations()) ?? []) if (new URL(found.scope).pathname === "/road/") await found.unregister();
  for (const name of (await globalThis.caches?.keys()) ?? []) if (name.startsWith("road-")) await caches.delete(name);
}

// ---------- customers ----------
async function home() {
  const kept = (await of("kept", state.user)).sort((a, b) => a.name.localeCompare(b.name));
  const box = make("input", { class: "form-control", type: "search", placeholder: word("search"), "aria-label": word("search"), autocomplete: "off" });
  const list = make("ul", { class: "panel rows", id: "found" });
  const more = make("ul", { class: "panel rows", hidden: true });
  const rows = (text) => {
    const here = kept.filter((one) => one.name.toLowerCase().includes(text.toLowerCase()));
    list.replaceChildren(...here.map((one) => row(one, one.proposed?.length ? word("asks") : one.facts?.[0]?.[1])));
    list.hidden = !here.length;
    return here;
  };
  let asked;
  box.addEventListener("input", () => {
    const text = box.value.trim();
    rows(text);
    clearTimeout(asked);
    if (!navigator.onLine || (!text && kept.length)) return void (more.hidden = true);
    asked = setTimeout(async () => {
      const answer = await fetch(`/road/find.json?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } }).catch(() => null);
      if (!answer?.ok || box.value.trim() !== text) return;
      const { hits } = await answer.json();
      const rest = hits.filter((hit) => !kept.some((one) => one.id === hit.id));
      more.replaceChildren(...rest.map((hit) => row(hit, word("house"))));
      more.hidden = !rest.length;
    }, 200);
  });
  rows("");
  if (!kept.length) box.dispatchEvent(new Event("input")); // those one worked on last
  const leave = state.token === undefined ? make("button", { type: "button", class: "btn btn-quiet" }, icon("logout"), word("signout")) : null;
  leave?.addEventListener("click", signOut);
  show(word("title"),
    state.offline ? null : note(word("switchedoff"), "amber"),
    navigator.serviceWorker ? null : note(word("nohttps"), "amber"),
    kept.length ? null : note(word("empty"), "acc", "device-mobile"), make("div", { class: "rd-pad" }, box), list, more,
    kept.length ? make("p", { class: "ink3 t12 rd-pad" }, word("kept", { n: kept.length })) : null,
    make("div", { class: "rd-bar" }, make("span", { class: "ink3 grow cut" }, state.name), leave));
}

const row = (one, sub) => make("li", {}, make("a", { class: "grow rd-row", href: `#customer/${one.id}` }, make("b", { class: "fw6 cut" }, one.name), sub ? make("small", {}, sub) : null),
  make("a", { class: "ib", href: `#visit/${one.id}`, "aria-label": `${word("visit")}: ${one.name}` }, icon("map-pin-check", "s20")));

// A customer, taken along by being opened.
export async function customer(id) {
  const found = await get("kept", slot(state.user, id));
  if (found || !navigator.onLine) return found;
  const kept = await count("kept", state.user);
  if (kept >= state.most) throw new Error(word("most", { n: state.most }));
  await take(state.user, [id]).catch(() => {});
  return get("kept", slot(state.user, id));
}

async function record(id) {
  const one = await customer(id);
  if (!one) return show(word("title"), note(word(navigator.onLine ? "gone" : "nothere"), "amber"));
  const changed = (await of("waiting", state.user)).find((entry) => entry.what === "change" && entry.customer === id);
  const rid = button("trash", word("remove"), async () => {
    await drop("kept", one.slot);
    location.hash = "";
  }, "btn btn-quiet");
  show(one.name,
    one.proposed?.length ? note(word("proposes", { what: one.proposed.join(", ") }), "acc", "hourglass-low") : null,
    changed ? note(word(changed.state === "conflict" ? "conflict" : "changed"), "amber", "git-compare") : null,
    make("div", { class: "rd-bar" }, one.may ? link(`#visit/${id}`, "map-pin-check", word("visit"), "btn btn-primary grow") : null, one.phone ? link(`tel:${one.phone.replace(/[^\d+]/g, "")}`, "phone", word("call")) : null,
      one.may ? link(`#change/${id}`, "pencil", word("edit")) : null),
    make("dl", { class: "panel rd-facts" }, one.facts.map(([label, text]) => make("div", {}, make("dt", {}, label), make("dd", {}, text)))),
    one.people.length ? make("ul", { class: "panel rows" }, one.people.map((person) => make("li", {}, icon("user", "ink3"), make("span", { class: "grow" }, person.name), person.phone ? make("a", { class: "num", href: `tel:${person.phone.replace(/[^\d+]/g, "")}` }, person.phone) : null))) : null,
    make("ul", { class: "panel rows" }, one.entries.map((entry) => make("li", { class: "rd-entry" }, icon(entry.icon, "ink3"), make("div", { class: "grow" }, make("small", {}, `${entry.kind} · ${entry.when}`), make("p", { class: "lines" }, entry.text))))),
    make("div", { class: "rd-bar" }, navigator.onLine ? link(`/core/customer/${id}`, "arrow-up-right", word("open")) : null, rid));
}

// ---------- what waits ----------
const PICTURES = { waiting: ["cloud-up", "ink3"], refused: ["alert-triangle", "red"], conflict: ["git-compare", "amber"] };
async function waits() {
  const entries = (await of("waiting", state.user)).sort((a, b) => a.made - b.made);
  const photos = await of("photos", state.user);
  const met = entries.some((one) => one.state === "conflict") && navigator.onLine ? await login() : null;
  const line = (one) => {
    const [picture, colour] = PICTURES[one.state];
    const pictures = photos.filter((photo) => photo.entry === one.key).length;
    const acts = [];
    if (one.state === "conflict" && met?.token) acts.push(compare(one, met.token));
    if (!one.note) acts.push(link(`#${one.what}/${one.customer}/${one.key}`, "pencil", word("mend"), "btn btn-sm"));
    if (one.state === "refused") acts.push(button("cloud-up", word("again"), () => again(one), "btn btn-sm"));
    acts.push(button("trash", word("discard"), () => discard(one), "btn btn-sm btn-quiet"));
    return make("li", { class: "rd-entry", "data-entry": one.state }, icon(picture, colour), make("div", { class: "grow" },
      make("b", { class: "fw6" }, one.name), make("small", {}, `${word(one.what)} · ${new Date(one.made).toLocaleString(document.documentElement.lang)}${pictures ? ` · ${word("photos", { n: pictures })}` : ""}`),
      make("p", { class: "lines" }, one.words), one.reason ? make("p", { class: "hint bad" }, one.reason) : null,
      one.state === "conflict" ? make("p", { class: "hint warn" }, word("conflict")) : null, make("div", { class: "rd-acts" }, acts)));
  };
  show(word("waits"),
    entries.length ? make("ul", { class: "panel rows" }, entries.map(line)) : note(word("nothingwaits"), "acc", "cloud-check"),
    entries.length ? make("div", { class: "rd-bar" }, button("cloud-up", word("send"), deliver, "btn btn-primary grow")) : null);
}

// The page of two versions, as the desk has it; it leads back here once a choice is saved.
function compare(entry, token) {
  const said = [["csrf_token", token], ["version", entry.version], ["back", `/road/?done=${entry.key}`], ...entry.pairs];
  return make("form", { method: "post", action: `/core/customer/${entry.customer}/edit` }, said.map(([name, value]) => make("input", { type: "hidden", name, value })),
    make("button", { class: "btn btn-sm btn-primary" }, icon("git-compare"), word("compare")));
}

async function again({ key }) {
  const entry = await get("waiting", key);
  if (entry) await put("waiting", { ...entry, state: "waiting", reason: "" });
  await deliver();
}

async function discard(entry) {
  if (!confirm(word("discardsure", { name: entry.name }))) return;
  for (const photo of await of("photos", state.user)) if (photo.entry === entry.key) await drop("photos", photo.key);
  await drop("waiting", entry.key);
  await draw();
}

async function signOut() {
  const waiting = await count("waiting", state.user);
  if (waiting && !confirm(word("leavesure", { n: waiting }))) return void (location.hash = "waiting");
  const met = await login();
  await forget(state.user);
  if (!met?.token) return location.reload();
  const form = make("form", { method: "post", action: "/sign-out" }, make("input", { type: "hidden", name: "csrf_token", value: met.token }));
  document.body.append(form);
  form.submit();
}

// ---------- where one is ----------
// One after the other, so that the last address asked for is what shows in the end.
let drawing = Promise.resolve();
const draw = () => (drawing = drawing.then(page));
// What came from the house shows; a form somebody is filling stays, and so does what he searches for.
const redraw = () => ($("form[data-ask]", main) || $("[type=search]", main)?.value ? tell() : draw());

async function page() {
  await tell();
  if (!state) return show(word("title"), note(word("nobody"), "amber", "user"));
  if (state.out) return show(word("title"), note(word("out"), "amber", "user"), make("div", { class: "rd-bar" }, link("/sign-in?next=/road/", "login", word("signin"), "btn btn-primary grow")));
  const [which, id, key] = location.hash.slice(1).split("/");
  try {
    if (which === "customer") await record(Number(id));
    else if (which === "visit") await visit(state, Number(id), key);
    else if (which === "change") await change(state, Number(id), key);
    else if (which === "waiting") await waits();
    else await home();
  } catch (fault) {
    show(word("title"), note(fault.message || word("failed"), "red"));
  }
}

addEventListener("hashchange", () => {
  $("#said").textContent = "";
  draw().then(() => main.focus());
});
addEventListener("online", () => fresh().then(deliver));
addEventListener("offline", tell);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && deliver());
setInterval(deliver, 60_000);
$("#back").addEventListener("click", () => history.back());

state = await who();
if (state) await draw(); // at once with what is here, then with what the house says
await fresh();
await redraw();
if (state?.offline && !state.out) navigator.serviceWorker?.register("/road/worker.js");
await deliver();
