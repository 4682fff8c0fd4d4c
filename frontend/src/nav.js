// Going from page to page inside the frame: the server always answers a whole page, #main is taken out of it.
import htmx from "htmx.org/dist/htmx.esm.js";
import { $, $$, adopt, icon, make, on, page, ready, word } from "./dom.js";

const app = () => $("#tg-app");
const OOB = "#rail-menu,#top-left,#top-counts,#foot-left,#toasts";
let latest = null;

// A page without our frame (signed out), or of a newer build, is opened as a whole.
const foreign = (text) => !text.includes('id="tg-app"') || !text.includes(document.body.dataset.build);

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement?._htmx?.boosted) latest = ctx;
  app()?.classList.add("is-loading");
  busy(ctx.request.submitter, true);
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (latest === ctx || !latest) app()?.classList.remove("is-loading");
  busy(ctx.request.submitter, false);
});
function busy(button, is) {
  if (!button) return;
  button.toggleAttribute("aria-busy", is);
  if (is) button.setAttribute("aria-busy", "true");
}
document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  if (!ctx.response || !ctx.sourceElement?._htmx?.boosted) return;
  if (ctx !== latest) return event.preventDefault(); // an older click answered late
  if (foreign(ctx.text)) {
    event.preventDefault();
    location.assign(ctx.response.raw.url);
    return;
  }
  remember();
});
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.response || ctx.visit) arrived();
});
document.addEventListener("htmx:error", ({ detail }) => {
  if (detail.ctx && !detail.ctx.response) failNote(word("offline"));
});

// Shows a page already fetched, as a boosted link would.
export async function show(answer, { push = true } = {}) {
  if (!app() || foreign(answer.text)) return location.assign(answer.url);
  remember();
  const where = new URL(answer.url, location.href);
  aimed ||= where.hash;
  await htmx.swap({
    text: answer.text, target: $("#main"), select: "#main", swap: "outerHTML", selectOOB: OOB, sourceElement: document.body,
    push: push && where.pathname + where.search !== location.pathname + location.search ? where.pathname + where.search : null, visit: true,
  });
}
let aimed = ""; // the control of the next page that its address names
export async function visit(url, options) {
  app()?.classList.add("is-loading");
  aimed = new URL(url, location.href).hash;
  try {
    await show(await page(url), options);
  } catch {
    failNote(word("offline"));
  } finally {
    app()?.classList.remove("is-loading");
  }
}

// Back and forward: the frame stays, the page is asked anew, the place in it is found again.
const places = new Map();
const address = () => location.pathname + location.search;
let shown = address();
const scrollers = () => $$("#main, #main .rec-page, #main .tg-scroll"); // which of them scrolls depends on page and window
function remember() {
  places.set(shown, Math.max(...scrollers().map((box) => box.scrollTop)));
}
document.addEventListener("htmx:before:history:restore", (event) => {
  if (!app()) return;
  event.preventDefault();
  visit(address(), { push: false }).then(() => {
    for (const box of scrollers()) box.scrollTop = places.get(address()) ?? 0;
  });
});

function arrived() {
  shown = address();
  app()?.classList.remove("drawer-open", "selecting");
  for (const dialog of $$("dialog[open]")) dialog.close();
  for (const menu of $$("details.menu[open]")) menu.open = false;
  const main = $("#main");
  const first = $("[data-form] [autofocus]"); // after “Save and new” the field one was in would be taken up again
  if (first) first.focus({ preventScroll: true });
  else if (main && (document.activeElement === document.body || !document.activeElement)) main.focus({ preventScroll: true });
  $("[data-errors]")?.focus();
  document.dispatchEvent(new CustomEvent("crm:arrived", { detail: aimed || location.hash }));
  aimed = "";
}
ready((root) => {
  $(".tabs .on", root)?.scrollIntoView({ block: "nearest", inline: "center" });
});

// Something did not work: told where the eye is, in the page.
export function failNote(text) {
  const main = $("#main");
  if (!main) return;
  $(".failnote", main)?.remove();
  const close = make("button", { type: "button", class: "ib sm", "aria-label": word("close") }, icon("x"));
  const note = make("div", { class: "bar failnote" }, make("div", { class: "note red grow", role: "alert" }, icon("alert-triangle"), make("div", { class: "grow" }, text), close));
  close.addEventListener("click", () => note.remove());
  main.prepend(note);
}

// The drawer of a phone.
on("click", "[data-drawer]", (event) => {
  event.preventDefault();
  app().classList.add("drawer-open");
  $("#rail a")?.focus();
});
on("click", "[data-drawer-close]", () => app().classList.remove("drawer-open"));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && app()?.classList.contains("drawer-open")) app().classList.remove("drawer-open");
});

// The foot tells when the connection is lost.
const line = () => document.documentElement.classList.toggle("is-offline", !navigator.onLine);
addEventListener("online", line);
addEventListener("offline", line);
line();

// hx-confirm asks in a dialog of ours.
document.addEventListener("htmx:confirm", (event) => {
  const { ctx, issueRequest, dropRequest } = event.detail;
  event.preventDefault();
  const source = ctx.sourceElement;
  const label = source.querySelector("button, span")?.textContent.trim() || source.textContent.trim() || word("ok");
  const [, title, rest] = ctx.confirm.match(/^(.*?[?？])\s*(.*)$/s) ?? [null, ctx.confirm, ""]; // the question, then what follows from it
  ask(title, [{ label: word("cancel"), value: "" }, { label, value: "yes", css: source.closest("[data-danger], .red, .btn-warn") ? "btn-danger" : "btn-primary" }], rest)
    .then((answer) => (answer === "yes" ? issueRequest() : dropRequest()));
});

// A question with its answers as buttons; resolves to the value, "" when closed.
export function ask(title, answers, text = "") {
  return new Promise((resolve) => {
    const id = `ask-${Date.now()}`;
    const buttons = answers.map((answer) => make("button", { class: `btn ${answer.css ?? ""}`, value: answer.value }, answer.label));
    const dialog = make("dialog", { class: "dlg", role: "alertdialog", "aria-labelledby": id },
      make("form", { method: "dialog", "hx-boost": "false" },
        make("div", { class: "dlg-h" }, make("h2", { id }, title)),
        make("div", { class: "dlg-b ink2" }, text ? make("p", {}, text) : ""),
        make("div", { class: "dlg-f" }, buttons)));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue ?? "");
    });
    document.body.append(dialog);
    dialog.showModal();
    buttons.at(-1).focus();
  });
}

export { adopt };
