// Columns: chosen in their dialog, put in order and made wide by pointer or keys. Other lists in an order move the same way.
import { $, $$, icon, make, on, postJson, word } from "./dom.js";
import { failNote } from "./nav.js";

const STEP = 16; // pixels; the style sheet has a class for each width
const [NARROWEST, WIDEST] = [4, 40];

// ---------- order ----------
function move(item, down) {
  const other = down ? item.nextElementSibling : item.previousElementSibling;
  if (!other || other.matches("[data-fixed]") || item.matches("[data-fixed]")) return;
  if (down) other.after(item);
  else other.before(item);
  item.scrollIntoView({ block: "nearest" });
  keepOrder(item.parentElement);
}
on("click", "[data-up], [data-down], [data-move-up], [data-move-down]", (event, button) => {
  event.preventDefault(); // without scripts the button sends its form
  move(button.closest("li"), button.matches("[data-down], [data-move-down]"));
  button.focus();
});
// A list that is saved as it stands (data-order: where), a moment after the last move.
let waiting;
function keepOrder(list) {
  if (!list.dataset.order) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const order = new FormData();
    for (const item of list.children) order.append("code", item.dataset.name);
    postJson(list.dataset.order, order).catch(() => failNote(word("offline")));
  }, 300);
}
on("pointerdown", "[data-grip]", (event, grip) => {
  const item = grip.closest("li");
  event.preventDefault();
  item.classList.add("lifted");
  follow(item.parentElement, event, ({ clientY }) => { // the item itself moves, and would lose the pointer
    const middle = (one) => one.getBoundingClientRect().top + one.offsetHeight / 2;
    while (item.previousElementSibling && !item.previousElementSibling.matches("[data-fixed]") && clientY < middle(item.previousElementSibling)) move(item, false);
    while (item.nextElementSibling && clientY > middle(item.nextElementSibling)) move(item, true);
  }, () => item.classList.remove("lifted"));
});
// The pointer is ours until it is lifted, wherever it goes.
function follow(handle, { pointerId }, moved, lifted) {
  handle.setPointerCapture(pointerId);
  const end = () => {
    handle.removeEventListener("pointermove", moved);
    lifted();
  };
  handle.addEventListener("pointermove", moved);
  handle.addEventListener("lostpointercapture", end, { once: true });
}

// ---------- the columns of a list ----------
// What their dialog has besides boxes to tick is made when it is needed: a list has many columns, and most are never moved.
function dress(dialog) {
  for (const line of $$("li:not([data-dressed])", dialog)) {
    const { name } = line.dataset;
    const label = $("label", line).textContent.trim();
    const mover = (way) => make("button", { type: "button", class: "ib sm", [`data-${way}`]: true, "aria-label": word(way, { name: label }) }, icon(`arrow-${way}`, "s14"));
    const width = $("[name=width]", line) ?? make("input", { type: "hidden", name: "width", value: `${name}:0` });
    line.append(width, make("span", { class: "ink3 t12 num", "data-px": true }, pixels(Number(width.value.split(":")[1]))));
    if (!line.matches("[data-fixed]")) {
      line.prepend(make("span", { class: "grip", "data-grip": true, "aria-hidden": "true" }, icon("grip-vertical", "s14")));
      line.append(mover("up"), mover("down"));
    }
    line.dataset.dressed = "";
  }
}
document.addEventListener("toggle", ({ target }) => target.id === "columns" && target.open && dress(target), true);
const pixels = (steps) => (steps ? `${steps * STEP} px` : "");

// ---------- width ----------
const headOf = (name) => $(`[data-list] th[data-col="${CSS.escape(name)}"]`);
function lineOf(name) {
  dress($("#columns"));
  return $(`#columns li[data-name="${CSS.escape(name)}"]`);
}
const stepsOf = (name) => Number(headOf(name)?.className.match(/\bw-(\d+)/)?.[1] ?? 0);
const fit = (steps) => Math.max(NARROWEST, Math.min(steps, WIDEST));

// 0 is as wide as what stands in it.
function widen(name, steps) {
  const head = headOf(name);
  for (const row of head?.closest("table").rows ?? []) {
    const cell = row.cells[head.cellIndex];
    cell.className = `${cell.className.replace(/ ?\bw-\d+/, "")}${steps ? ` w-${steps}` : ""}`.trim();
  }
  const line = lineOf(name);
  $("[name=width]", line).value = `${name}:${steps}`;
  $("[data-px]", line).textContent = pixels(steps);
}
const keep = (name) => postJson($("#columns form").action, { width: `${name}:${stepsOf(name)}` }).catch(() => failNote(word("offline")));

on("pointerdown", "[data-wide]", (event, handle) => {
  const head = handle.closest("th");
  const { col: name } = head.dataset;
  const [from, wide] = [event.clientX, head.offsetWidth];
  event.preventDefault();
  let changed = false;
  follow(handle, event, ({ clientX }) => {
    const steps = fit(Math.round((wide + clientX - from) / STEP));
    changed ||= steps !== stepsOf(name);
    if (changed) widen(name, steps);
  }, () => changed && keep(name));
});
on("dblclick", "[data-wide]", (event, handle) => {
  const { col: name } = handle.closest("th").dataset;
  widen(name, 0);
  keep(name);
});

// ---------- keys in the dialog ----------
on("keydown", "#columns li, [data-order] li", (event, item) => {
  const { name } = item.dataset;
  const down = event.key === "ArrowDown";
  if (event.altKey && (down || event.key === "ArrowUp")) {
    const { target } = event;
    move(item, down);
    target.focus();
  } else if ((event.key === "ArrowLeft" || event.key === "ArrowRight") && item.closest("#columns") && headOf(name)) {
    const now = stepsOf(name) || Math.round(headOf(name).offsetWidth / STEP);
    widen(name, fit(now + (event.key === "ArrowRight" ? 1 : -1)));
  } else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
on("click", "#columns [aria-disabled=true]", (event) => event.preventDefault());
