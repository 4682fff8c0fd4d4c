// Toasts: six seconds, longer while the pointer or the focus is on them; and the bars of running jobs.
import { $, $$, getJson, icon, make, on, ready, token, word } from "./dom.js";
import { visit } from "./nav.js";

const STAY = 6000;
function countDown(toast) {
  let timer;
  const go = () => {
    clearTimeout(timer);
    timer = setTimeout(() => toast.remove(), STAY);
  };
  const wait = () => clearTimeout(timer);
  for (const type of ["pointerenter", "focusin"]) toast.addEventListener(type, wait);
  for (const type of ["pointerleave", "focusout"]) toast.addEventListener(type, go);
  go();
}

export function toast(text, { undo, undoLabel = word("undo"), stay = false } = {}) {
  const close = make("button", { type: "button", class: "x", "data-toast-close": true, "aria-label": word("close") }, icon("x", "s14"));
  const box = make("div", { class: "toast-x", "data-toast": true }, make("div", { class: "grow" }, text));
  if (undo) {
    const button = make("button", { type: "button", class: "u" }, undoLabel);
    button.addEventListener("click", () => {
      box.remove();
      undo();
    });
    box.append(button);
  }
  box.append(close);
  $("#toasts")?.append(box);
  if (!stay) countDown(box);
  return box;
}
on("click", "[data-toast-close]", (event, button) => button.closest("[data-toast]").remove());

// ---------- jobs: every two seconds while one runs and somebody looks ----------
const EVERY = 2000;
const watched = new WeakSet();
function watch(box) {
  if (watched.has(box) || !["running", "waiting"].includes(box.dataset.state)) return;
  watched.add(box);
  const again = () => setTimeout(look, EVERY);
  async function look() {
    if (!box.isConnected) return;
    if (document.hidden) return again();
    let news;
    try {
      news = await getJson(box.dataset.poll);
    } catch {
      return again();
    }
    if (!box.isConnected) return;
    draw(box, news);
    if (["running", "waiting"].includes(news.state)) return again();
    box.dataset.state = news.state;
    if (box.dataset.then === "reload") return visit(location.href, { push: false });
    ended(box, news);
  }
  again();
}
const shown = (number) => Number(number).toLocaleString("en-US");
function draw(box, news) {
  const set = (selector, text) => {
    const at = $(selector, box);
    if (at && text != null) at.textContent = text;
  };
  set("[data-toast-text]", box.matches("[data-toast]") ? news.told : news.text);
  if (news.done != null) set("[data-done]", shown(news.done));
  if (news.total) set("[data-total]", shown(news.total));
  const bar = $("progress", box);
  if (bar && news.total) {
    bar.max = news.total;
    bar.value = news.done;
  }
  for (const [name, number] of Object.entries(news.counts ?? {})) set(`[data-n="${name}"]`, shown(number));
}
function ended(box, news) {
  $("progress", box)?.remove();
  $("[data-cancel]", box)?.closest("form").remove();
  const close = $("[data-toast-close]", box);
  if (news.undo) close?.before(make("form", { class: "inline", method: "post", action: news.undo.url, "hx-boost": "false" }, make("input", { type: "hidden", name: "csrf_token", value: token() }), make("button", { class: "u" }, news.undo.label)));
  if (news.url) close?.before(make("a", { href: news.url, "hx-boost": "false" }, news.label ?? word("ok")));
  if (news.state === "done" && box.matches("[data-toast]") && !news.undo && !news.url) countDown(box);
}
ready((root) => {
  for (const box of [root, ...$$("[data-poll]", root)]) if (box.matches?.("[data-poll]")) watch(box);
  for (const box of $$("[data-toast]:not([data-poll])", root)) if (!box.dataset.counting) {
    box.dataset.counting = "1";
    countDown(box);
  }
});
// A cancel button of a toast acts where one stands.
on("submit", "form[data-quiet]", async (event, form) => {
  event.preventDefault();
  event.stopPropagation();
  const button = $("button", form);
  button.disabled = true;
  await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } }).catch(() => {});
}, true);
