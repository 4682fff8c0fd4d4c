// Hears from the server what is new for me: a word about it, the counts above, the panel of messages. One tab of a browser
// holds the connection and tells the others.
import { $, $$, adopt, make, on, page, part, postJson, ready, token, typing, word } from "./dom.js";
import { failNote, show, visit } from "./nav.js";
import { toast } from "./toasts.js";

const AGAIN = 60_000; // after a refusal: signed out, or a server that is full
const AWAY = 5_000; // hidden tabs are in no hurry
const FOLLOW = [/^\/notices/, /^\/core\/message/, /^\/alarms$/]; // pages of messages are shown anew, unless somebody writes in them
const { live, news } = document.body.dataset;
const others = "BroadcastChannel" in window ? new BroadcastChannel("crm-live") : null;
const tabs = "locks" in navigator; // without https there are no locks: then whichever tab one looks at holds a connection
let source, lost = false;

function connect() {
  source?.close();
  source = new EventSource(live);
  source.addEventListener("open", () => {
    if (lost) freshen(Math.random() * AWAY); // what came meanwhile
    lost = false;
  });
  source.addEventListener("news", (event) => {
    const news = JSON.parse(event.data);
    others?.postMessage(news);
    take(news, true);
  });
  source.addEventListener("error", () => {
    lost = true;
    if (source.readyState === EventSource.CLOSED && (tabs || !document.hidden)) setTimeout(connect, AGAIN);
  });
}

let noticed = false;
function take({ news, count, spread }, mine) {
  counted(count);
  freshen(document.hidden ? AWAY : Math.random() * spread);
  if (!document.hidden) {
    others?.postMessage("seen");
    for (const one of news.slice(0, 3).reverse()) toast(`${one.title}: ${one.text}`, { undo: () => open(one), undoLabel: word("open") });
  } else if (mine) {
    noticed = false;
    setTimeout(() => noticed || news.slice(0, 3).forEach(call), 400); // unless somebody looks at another tab of ours
  }
}

// Whoever wants to be left alone is called when that is over, of what he has not seen by then.
const kept = [];
let later;
function call(one) {
  if (!one.quiet) return notify(one);
  kept.unshift(one);
  clearTimeout(later);
  later = setTimeout(() => kept.splice(0).slice(0, 3).forEach(notify), one.quiet);
}
document.addEventListener("visibilitychange", () => document.hidden || kept.splice(0));
others?.addEventListener("message", ({ data }) => {
  if (data !== "seen") return take(data, false);
  noticed = true;
  kept.splice(0);
});

async function open(one) {
  const body = new FormData();
  body.append("csrf_token", token());
  const answer = await page(one.open, { method: "POST", body }).catch(() => null);
  return answer ? show(answer) : failNote(word("offline"));
}

function notify(one) {
  if (!askable() || Notification.permission !== "granted") return;
  try {
    const shown = new Notification(one.title, { body: one.text, tag: one.open });
    shown.addEventListener("click", () => {
      window.focus();
      open(one);
    });
  } catch {
    // phones show none for a page alone
  }
}

// The bell counts on; the next page says it exactly.
function counted(more) {
  const bellMenu = $("#top-counts [data-bell] summary");
  if (!bellMenu) return;
  const dot = $(".dot", bellMenu) || bellMenu.appendChild(make("span", { class: "dot" }));
  const n = dot.textContent.endsWith("+") ? 100 : Number(dot.textContent) + more;
  dot.textContent = n < 100 ? n : "99+";
  bellMenu.setAttribute("aria-label", word("unread", { n: dot.textContent }));
  badge();
}

// What lists messages is shown anew, later where many were told at once: the panel of home and bell, and pages that follow.
let freshening;
function freshen(wait) {
  freshening ??= setTimeout(async () => {
    freshening = undefined;
    const panels = $$("[data-newest], [data-bell][open] .bellbox > .panel");
    if (panels.length) {
      const panel = await part(news, "#main .panel", { headers: { Accept: "text/html", "X-By-Itself": "1" } }).catch(() => null);
      for (const old of panel ? panels : []) {
        const now = panel.cloneNode(true);
        now.toggleAttribute("data-newest", "newest" in old.dataset);
        old.replaceWith(now);
        adopt(now);
      }
    }
    document.dispatchEvent(new Event("crm:news"));
    const lists = FOLLOW.some((path) => path.test(location.pathname));
    if (lists && !$("#main [data-form]") && !typing(document.activeElement) && !$("dialog[open]")) visit(location.href, { push: false });
  }, wait);
}

// How many are unread stands in the name of the tab.
function badge() {
  const count = $("#top-counts [data-bell] .dot")?.textContent;
  document.title = `${count ? `(${count}) ` : ""}${document.title.replace(/^\(\d+\+?\) /, "")}`;
}
document.addEventListener("crm:arrived", badge);

// ---------- notifications of this browser: asked for by a press only ----------
const askable = () => "Notification" in window && window.isSecureContext;
ready((root) => {
  for (const button of $$("[data-notify]", root)) button.hidden = !askable() || Notification.permission !== "default";
});
on("click", "[data-notify]", async (event, button) => {
  const answer = await Notification.requestPermission();
  button.hidden = answer !== "default";
  if (answer === "granted") toast(button.dataset.notify);
});

if (live) {
  ready((root) => root === document.body && badge());
  if (tabs) {
    navigator.locks.request("crm-live", () => {
      connect();
      return new Promise(() => {}); // until this tab goes; then another one holds it
    });
  } else {
    const turn = () => (document.hidden ? source?.close() : connect());
    document.addEventListener("visibilitychange", turn);
    turn();
  }
}

// What is before somebody's eyes has been read.
ready((root) => {
  for (const mark of $$("[data-seen]", root)) postJson(mark.dataset.seen).catch(() => {});
});
