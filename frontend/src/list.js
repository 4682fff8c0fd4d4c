// The list: choosing rows, the bulk bar, sorts, keys of rows.
import { $, $$, getJson, on, postJson, ready, typing, word } from "./dom.js";
import { visit } from "./nav.js";

const ticks = () => $$("[data-list] tbody .ck");
const main = () => $("#main");
let lastTick = null;

// ---------- choosing ----------
function tell() {
  const all = ticks();
  const chosen = all.filter((tick) => tick.checked);
  const head = $("[data-all]");
  if (head) {
    head.checked = chosen.length > 0 && chosen.length === all.length;
    head.indeterminate = chosen.length > 0 && chosen.length < all.length;
  }
  const everything = $("#bulk [name=all]")?.value === "1";
  const label = $("[data-chosen]");
  if (label) label.textContent = everything ? word("allselected", { n: $("[data-count]")?.textContent ?? "" }) : word("selected", { n: chosen.length });
  const button = $("[data-choose-all]");
  if (button) button.hidden = everything;
  return chosen.length;
}
function forgetAll() {
  const all = $("#bulk [name=all]");
  if (all) all.value = "";
}
on("click", "[data-list] tbody .ck", (event, tick) => {
  const all = ticks();
  if (event.shiftKey && lastTick && lastTick.isConnected) {
    const [from, to] = [all.indexOf(lastTick), all.indexOf(tick)].sort((a, b) => a - b);
    for (const between of all.slice(from, to + 1)) between.checked = tick.checked;
  }
  lastTick = tick;
  forgetAll();
  tell();
});
on("change", "[data-all]", (event, head) => {
  for (const tick of ticks()) tick.checked = head.checked;
  forgetAll();
  tell();
});
on("click", "[data-choose-all]", () => {
  for (const tick of ticks()) tick.checked = true;
  $("#bulk [name=all]").value = "1";
  tell();
});
on("click", "[data-choose-none]", () => {
  for (const tick of ticks()) tick.checked = false;
  forgetAll();
  main().classList.remove("selecting");
  tell();
});
on("click", "[data-selecting]", () => {
  main().classList.add("selecting");
  tell();
});
// On a phone, while choosing, a press on the card ticks it.
on("click", ".selecting .lst tr", (event, row) => {
  if (event.target.closest(".tick")) return;
  event.preventDefault();
  event.stopPropagation();
  row.querySelector(".ck")?.click();
}, true);
ready((root) => {
  if ($("[data-list]", root)) tell();
});

// A file or a printed page comes by the browser itself.
on("click", "[data-plain]", (event, button) => {
  event.preventDefault();
  const form = button.form;
  const { action } = form;
  form.action = button.getAttribute("formaction");
  HTMLFormElement.prototype.submit.call(form);
  form.action = action;
});

// ---------- count, sort ----------
on("submit", "[data-exact]", async (event, form) => {
  event.preventDefault();
  event.stopPropagation();
  const place = $("[data-count]");
  const button = $("button", form);
  button.textContent = word("counting");
  button.disabled = true;
  try {
    let answer = await postJson(form.action, new FormData(form));
    while (answer.poll && form.isConnected) {
      const job = await getJson(answer.poll);
      if (job.state === "done") answer = { text: job.text };
      else if (!["running", "waiting"].includes(job.state)) throw new Error(job.state);
      else await new Promise((resolve) => setTimeout(resolve, 700));
    }
    if (answer.text) place.textContent = answer.text;
    form.remove();
  } catch {
    button.textContent = word("retry");
    button.disabled = false;
  }
}, true);
// A press sorts by one column; Shift adds a second one, or turns or takes away what it added. The focus stays on the head.
on("click", "a[data-sort]", (event, link) => {
  if (event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  const url = event.shiftKey ? link.dataset.add : link.href;
  const column = link.closest("th").dataset.col;
  if (url) visit(url).then(() => $(`th[data-col="${CSS.escape(column)}"] a`)?.focus({ preventScroll: true }));
}, true);
// Backspace in the empty find box takes the last filter away.
on("keydown", "[data-find]", (event, input) => {
  if (event.key === "Backspace" && !input.value) $$("[data-unchip]").at(-1)?.click();
  if (event.key === "Escape") input.blur();
});

// ---------- keys of rows ----------
const rows = () => $$("[data-list] tbody tr");
export const current = () => $("[data-list] tr.cur");
export function goTo(row) {
  current()?.classList.remove("cur");
  row?.classList.add("cur");
  $("a.nm", row)?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
}
// With Shift the row one leaves and the one one comes to are chosen.
export function walk(step, choosing = false) {
  const [all, leave] = [rows(), current()];
  goTo(all[leave ? Math.max(0, Math.min(all.indexOf(leave) + step, all.length - 1)) : 0]);
  if (!choosing) return;
  for (const row of [leave, current()]) if (row && !$(".ck", row)?.checked) $(".ck", row)?.click();
}
export function listKey(event) {
  if (!$("[data-list]") || typing(event.target)) return false;
  const key = event.key.toLowerCase();
  if (key === "j" || event.key === "ArrowDown") walk(1, event.shiftKey);
  else if (key === "k" || event.key === "ArrowUp") walk(-1, event.shiftKey);
  else if (key === "x" && current()) $(".ck", current())?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey: event.shiftKey }));
  else if (event.key === "Enter" && current() && document.activeElement === document.body) $("a.nm", current())?.click();
  else if (event.key === "Escape" && $("[data-list] tbody .ck:checked")) $("[data-choose-none]")?.click();
  else if (key === "p" && current() && $("[data-writes]")) visit(`${$("a.nm", current()).href}#write-call`);
  else if (key === "f") $("[data-find]")?.focus();
  else if (key === "s") $("th a[data-sort]")?.focus();
  else return false;
  return true;
}
on("focusin", "[data-list] tbody tr", (event, row) => {
  current()?.classList.remove("cur");
  if (event.target.matches(":focus-visible")) row.classList.add("cur");
});
