// Drafts and the guard against leaving: what was typed is never lost by a wrong press.
import { $, icon, on, postJson, ready, word } from "./dom.js";
import { ask } from "./nav.js";

const EVERY = 5000;
let dirty = false;
let timer;
const form = () => $("[data-form]");
const mark = () => $(".tg-head [data-draft-mark]");

function say(name, text) {
  mark()?.replaceChildren(name ? icon(name, "s14") : "", text);
}
document.addEventListener("input", (event) => {
  if (!event.target.closest?.("[data-form]") || event.target.closest("dialog")) return;
  dirty = true;
  if (!form().dataset.draft) return;
  if (!timer) say("point-f", word("changed"));
  timer ??= setTimeout(keep, EVERY);
});
document.addEventListener("change", (event) => {
  if (event.target.closest?.("[data-form]") && !event.target.closest("dialog")) dirty = true;
});

// Passwords and files never go into a draft.
function content(whole) {
  const data = new FormData(whole);
  for (const secret of whole.querySelectorAll("input[type=password], input[type=file]")) data.delete(secret.name);
  return data;
}
// Two tabs each keep their own; without a connection it waits in this browser.
const local = () => `draft:${location.pathname}`;
async function keep() {
  timer = null;
  const whole = form();
  if (!whole?.dataset.draft || !dirty) return true;
  const data = content(whole);
  try {
    const answer = await postJson(whole.dataset.draft, data);
    if (whole.isConnected) say("cloud-check", word("draftsaved", { time: answer.saved }));
    sessionStorage.removeItem(local());
    return true;
  } catch {
    sessionStorage.setItem(local(), JSON.stringify([...data].filter(([name, value]) => typeof value === "string" && name !== "csrf_token")));
    if (whole.isConnected) say("cloud-off", word("draftlocal"));
    timer = setTimeout(keep, EVERY);
    return false;
  }
}
ready((root) => {
  if (!root.querySelector?.("[data-form]") && !root.matches?.("[data-form]")) return;
  clearTimeout(timer);
  timer = null;
  dirty = form().hasAttribute("data-dirty");
  const kept = sessionStorage.getItem(local());
  if (!kept) return;
  sessionStorage.removeItem(local());
  fill(JSON.parse(kept));
});
// What could not be sent before: put back into the simple controls.
function fill(pairs) {
  const whole = form();
  const values = Map.groupBy(pairs, ([name]) => name);
  for (const control of whole.elements) {
    const got = values.get(control.name)?.map(([, value]) => value);
    if (!control.name || ["submit", "button", "file", "password"].includes(control.type) || control.name.startsWith("_")) continue;
    if (control.type === "checkbox" || control.type === "radio") control.checked = !!got?.includes(control.value);
    else if (got) control.value = got[0];
  }
  dirty = true;
  say("cloud-off", word("draftlocal"));
}

// ---------- leaving ----------
on("submit", "[data-form]", () => {
  clearTimeout(timer);
  timer = null;
  dirty = false;
});
document.addEventListener("htmx:response:error", ({ detail }) => {
  if (detail.ctx.request.form?.matches("[data-form]")) dirty = true;
});
addEventListener("beforeunload", (event) => {
  if (dirty && form()) event.preventDefault();
});
async function leave(go) {
  const answers = [
    { label: word("goon"), value: "" },
    { label: word("discard"), value: "discard", css: "btn-warn" },
  ];
  if (form().dataset.draft) answers.push({ label: word("keep"), value: "keep", css: "btn-primary" });
  const answer = await ask(word("leave"), answers, word("leavetext"));
  if (!answer) return;
  if (answer === "keep") {
    clearTimeout(timer);
    if (!(await keep())) return;
  }
  if (answer === "discard" && form()?.dataset.draft) await postJson(form().dataset.draft, { discard: 1 }).catch(() => {});
  dirty = false;
  go();
}
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || !dirty || !form() || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || link.target || link.getAttribute("href").startsWith("#") || link.closest("dialog")) return;
  if (link.matches("[data-palette-open], [data-help], [data-focus], [data-drawer]") || !link.protocol.startsWith("http")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  leave(() => link.click());
}, true);
