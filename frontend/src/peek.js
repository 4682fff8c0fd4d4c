// A look at the record of a row, at the right, without leaving the list: Space opens and closes it, the keys of rows go on.
import { $, make, on, page, word } from "./dom.js";
import { current, goTo, walk } from "./list.js";
import { failNote } from "./nav.js";
import { fill, frameOf } from "./overlays.js";

let row = null; // the one that is looked at
async function look(dialog) {
  row = current();
  const { href } = $("a.nm", row);
  const answer = await page(href).catch(() => null);
  const [head, numbers, facts] = [".rec-id", ".nums", ".facts, .facts-wide"].map((part) => answer?.document.querySelector(part));
  if (!head || !facts) return failNote(word("offline"));
  for (const act of head.querySelectorAll(".rec-acts")) act.remove();
  for (const act of facts.querySelectorAll("form, .menu, .ib")) act.remove();
  const open = make("a", { class: "btn btn-sm", href }, word("open"));
  const close = make("button", { type: "button", class: "ib", "data-close": true, "aria-label": word("close") }, "×");
  const whole = make("div", { class: "dlg-b peek" }, make("div", { class: "row-x" }, open, make("span", { class: "grow" }), close),
    ...[head, numbers, facts].filter(Boolean).map((part) => document.adoptNode(part)));
  const shown = dialog?.isConnected ? fill(dialog, whole) : frameOf(whole, "drawer");
  if (!shown.open) {
    shown.dataset.peek = "";
    shown.addEventListener("close", () => row.isConnected && goTo(row));
    shown.showModal();
  }
  open.focus();
}
export function peekKey(event) {
  const target = event.target.closest("a, button, summary, input, select, textarea");
  if (event.key !== " " || !current() || (target && !target.matches("a.nm"))) return false;
  look();
  return true;
}
on("keydown", "dialog[data-peek]", (event, dialog) => {
  const key = event.key.toLowerCase();
  const step = { j: 1, arrowdown: 1, k: -1, arrowup: -1 }[key];
  if (step) {
    walk(step);
    look(dialog);
  } else if (event.key === " " && !event.target.closest("button")) dialog.close();
  else if (event.key === "Enter" && !event.target.closest("button, a")) $("a", dialog).click();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
