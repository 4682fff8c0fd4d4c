// Picking a record: typeahead over a look-up, by keyboard or pointer; one or many.
import { $, $$, avatar, freshId, getJson, icon, make, on, ready, withQuery, word } from "./dom.js";

let open = null; // {box, input, list, hits, at}
let asked = null;
let timer;

const boxOf = (element) => element.closest("[data-picker]");
const hiddenOf = (box) => $("input[type=hidden]", box);
const many = (box) => "many" in box.dataset;

ready((root) => {
  for (const box of $$("[data-picker]", root)) {
    const input = $("input:not([type=hidden])", box);
    if (input.getAttribute("role")) continue;
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-haspopup": "listbox" })) input.setAttribute(name, value);
    input.dataset.label = input.value;
  }
});

async function look(box, text) {
  asked?.abort();
  const mine = (asked = new AbortController());
  let answer;
  try {
    const beside = (box.dataset.beside || "").split(",").filter(Boolean).map((name) => [`with.${name}`, box.closest("form")?.elements[name]?.value ?? ""]);
    answer = await getJson(withQuery(box.dataset.url, { q: text, ...Object.fromEntries(beside) }), mine.signal);
  } catch (error) {
    if (error.name === "AbortError") return;
    answer = { hits: [], failed: true };
  }
  if (mine !== asked || !box.isConnected) return;
  const taken = new Set($$("input[type=hidden]", box).map((input) => input.value));
  const hits = many(box) ? answer.hits.filter((hit) => !taken.has(hit.value)) : answer.hits;
  // A name nobody has used yet comes last, as a new one.
  const isNew = "creates" in box.dataset && text && !taken.has(text) && !answer.hits.some((hit) => hit.label.toLowerCase() === text.toLowerCase());
  show(box, isNew ? [...hits, { value: text, label: text, shown: word("new", { name: text }) }] : hits, answer.failed);
}
function show(box, hits, failed) {
  close();
  const input = $("input:not([type=hidden])", box);
  const id = freshId("hits");
  const lines = hits.map((hit, at) => make("li", { role: "option", id: `${id}-${at}`, "aria-selected": "false" },
    hit.avatar ? avatar(hit.avatar, "sm") : null, make("span", { class: "grow cut" }, hit.shown ?? hit.label), hit.sub ? make("small", {}, hit.sub) : null));
  const list = make("ul", { class: "pop hits", id, role: "listbox", "aria-label": input.labels?.[0]?.textContent.trim() || word("none") },
    lines.length ? lines : make("li", { class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, failed ? word("offline") : word("none")));
  box.append(list);
  input.setAttribute("aria-expanded", "true");
  input.setAttribute("aria-controls", id);
  open = { box, input, list, hits, at: -1 };
  if (hits.length) point(0);
  const eager = box.dataset.eager;
  delete box.dataset.eager;
  if (eager && hits.length) take(hits[0]);
}
function point(at) {
  const items = [...open.list.children];
  open.at = (at + open.hits.length) % open.hits.length;
  items.forEach((item, place) => item.setAttribute("aria-selected", place === open.at));
  items[open.at].scrollIntoView({ block: "nearest" });
  open.input.setAttribute("aria-activedescendant", items[open.at].id);
}
function close() {
  if (!open) return;
  open.input.setAttribute("aria-expanded", "false");
  open.input.removeAttribute("aria-activedescendant");
  open.list.remove();
  open = null;
}
function changed(box) {
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.dispatchEvent(new Event("change", { bubbles: true }));
}
function take(hit) {
  const { box, input } = open;
  close();
  if (many(box)) {
    input.value = "";
    const remove = make("button", { type: "button", "aria-label": word("remove", { name: hit.label }), "data-untoken": true }, icon("x", "s12"));
    input.before(make("span", { class: "token" }, hit.avatar ? avatar(hit.avatar, "sm") : null, make("span", { class: "cut" }, hit.label), make("input", { type: "hidden", name: box.dataset.name, value: hit.value }), remove));
  } else {
    hiddenOf(box).value = hit.value;
    input.value = input.dataset.label = hit.label;
    $(".av.in", box)?.remove();
    if (hit.avatar && !box.matches(".cchip")) box.prepend(avatar(hit.avatar, "sm in"));
  }
  input.focus();
  changed(box);
}
const isInput = "[data-picker] > input:not([type=hidden])";
on("input", isInput, (event, input) => {
  const box = boxOf(input);
  if (event.target !== input) return;
  if (!many(box)) {
    hiddenOf(box).value = ""; // half a name is nobody
    $(".av.in", box)?.remove();
  }
  clearTimeout(timer);
  asked?.abort(); // an answer to other letters that comes late is not shown as one to these
  asked = null;
  delete box.dataset.eager;
  if (open) open.stale = true; // these hits are of other letters
  if (event.isComposing) return;
  timer = setTimeout(() => look(box, input.value.trim()), 120);
});
on("compositionend", isInput, (event, input) => look(boxOf(input), input.value.trim()));
on("click", isInput, (event, input) => {
  if (!input.readOnly && open?.input !== input) {
    input.select();
    look(boxOf(input), "");
  }
});
on("keydown", isInput, (event, input) => {
  if (event.isComposing || input.readOnly) return;
  const mine = open?.input === input;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!mine) look(boxOf(input), hiddenOf(boxOf(input))?.value ? "" : input.value.trim());
    else if (open.hits.length) point(open.at + (event.key === "ArrowDown" ? 1 : -1));
  } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    if (mine && !open.stale && open.hits[open.at]) {
      event.preventDefault();
      take(open.hits[open.at]);
    } else if (input.value.trim() && (many(boxOf(input)) || !hiddenOf(boxOf(input)).value)) {
      // Enter was quicker than the answer: the first hit is taken when it comes, and the form is not sent.
      event.preventDefault();
      boxOf(input).dataset.eager = "yes";
    }
  } else if (event.key === "Escape" && mine) {
    event.preventDefault();
    event.stopPropagation();
    close();
  } else if (event.key === "Backspace" && !input.value && many(boxOf(input))) {
    $$(".token", boxOf(input)).at(-1)?.remove();
    changed(boxOf(input));
  }
});
// Leaving with one exact hit under the cursor takes it; an emptied box means nobody; half a name goes back to the last one.
on("focusout", isInput, (event, input) => {
  const box = boxOf(input);
  clearTimeout(timer);
  setTimeout(() => {
    if (open?.input !== input || document.activeElement === input) return;
    const exact = open.hits.find((hit) => hit.label === input.value.trim());
    if (exact && input.value) {
      const back = document.activeElement;
      take(exact);
      back?.focus?.();
    }
    close();
  }, 0);
  if (!many(box) && !input.value) input.dataset.label = "";
});
document.addEventListener("mousedown", (event) => {
  if (!open) return;
  const item = event.target.closest?.(".hits li");
  if (item && open.list.contains(item)) {
    event.preventDefault();
    const hit = open.hits[[...open.list.children].indexOf(item)];
    if (hit) take(hit);
  } else if (!open.box.contains(event.target)) close();
});
on("click", "[data-untoken]", (event, button) => {
  const box = boxOf(button);
  button.closest(".token").remove();
  $("input:not([type=hidden])", box).focus();
  changed(box);
});
on("click", ".picker.many", (event, box) => {
  if (event.target === box) $("input:not([type=hidden])", box).focus();
});
