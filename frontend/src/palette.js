// The command palette: "/" or Ctrl-K anywhere, hits by name, pinyin, initials, phone or number.
import { $, $$, getJson, icon, make, on, withQuery, word } from "./dom.js";
import { visit } from "./nav.js";

const dialog = () => $("#palette");
let asked = null;
let answered = "";
let chosen = 0;
let held = ""; // the line somebody went to: an answer that comes later does not move it
let timer;

export function openPalette() {
  const box = dialog();
  if (!box || box.open) return;
  const input = $("input", box);
  input.value = held = "";
  $("#palette-hits").replaceChildren();
  box.showModal();
  input.focus();
  look("");
}
on("click", "[data-palette-open]", (event) => {
  if (event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  openPalette();
}, true);

async function look(text) {
  asked?.abort();
  const mine = (asked = new AbortController());
  try {
    const answer = await getJson(withQuery(document.body.dataset.palette, { q: text }), mine.signal);
    if (mine === asked) draw(answer, text);
  } catch (error) {
    if (error.name !== "AbortError" && mine === asked) empty(word("offline"));
  }
}
function empty(text) {
  $("#palette-hits").replaceChildren(make("p", { class: "cempty", role: "presentation" }, text));
  $("input", dialog()).removeAttribute("aria-activedescendant");
}

// The parts that matched are marked; spans are half-open and never overlap.
function marked(label, marks = []) {
  const pieces = [];
  let at = 0;
  for (const [from, to] of marks) {
    pieces.push(label.slice(at, from), make("mark", {}, label.slice(from, to)));
    at = to;
  }
  pieces.push(label.slice(at));
  return pieces.filter((piece) => piece !== "");
}
function line(hit, at) {
  const end = [];
  if (hit.status) end.push(make("span", { class: "st not-ph" }, make("span", { class: hit.status.colour || "ink3" }, icon(hit.status.icon)), hit.status.label));
  if (hit.hint) end.push(make("span", { class: "ink3 num not-ph" }, hit.hint));
  if (hit.key) end.push(make("kbd", { class: "keep" }, hit.key));
  end.push(make("kbd", {}, "↵"));
  const name = make("span", { class: "cut grow" }, make("b", {}, marked(hit.label, hit.marks)), hit.sub ? make("span", { class: "ink3" }, ` ${hit.sub}`) : null);
  return make("a", { class: "ci", role: "option", id: `hit-${at}`, href: hit.url, "aria-selected": "false", tabindex: "-1", "hx-boost": "false" }, icon(hit.icon || "arrow-right"), name, end);
}
function draw(answer, text) {
  answered = text;
  chosen = 0;
  const body = $("#palette-hits");
  if (!answer.groups.some((group) => group.hits.length)) return empty(text ? word("nothing", { q: text }) : word("none"));
  let at = 0;
  body.replaceChildren(...answer.groups.filter((group) => group.hits.length).map((group) =>
    make("div", { role: "group", "aria-label": group.label }, make("h3", { "aria-hidden": "true" }, group.label), group.hits.map((hit) => line(hit, at++)))));
  body.scrollTop = 0;
  choose(Math.max(0, held ? $$(".ci", body).findIndex((hit) => key(hit) === held) : 0));
}
const key = (hit) => `${hit.href} ${hit.textContent}`;
function hold(to) {
  choose(to);
  const hit = $$(".ci", dialog())[chosen];
  held = hit ? key(hit) : "";
}
function choose(to) {
  const hits = $$(".ci", dialog());
  if (!hits.length) return;
  chosen = (to + hits.length) % hits.length;
  hits.forEach((hit, at) => hit.setAttribute("aria-selected", at === chosen));
  hits[chosen].scrollIntoView({ block: "nearest" });
  $("input", dialog()).setAttribute("aria-activedescendant", hits[chosen].id);
}
function go(hit, apart) {
  if (!hit) return;
  if (apart) return void window.open(hit.href, "_blank", "noopener");
  dialog().close();
  if (hit.protocol.startsWith("http")) visit(hit.href);
  else location.href = hit.href; // tel:
}

on("input", "#palette input", (event, input) => {
  clearTimeout(timer);
  held = "";
  timer = setTimeout(() => look(input.value.trim()), 60);
});
on("submit", "#palette form", (event) => event.preventDefault(), true);
on("keydown", "#palette input", (event, input) => {
  if (event.isComposing) return;
  if (event.key === "Escape") {
    event.preventDefault(); // a search box would only empty itself
    dialog().close();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    hold(chosen + (event.key === "ArrowDown" ? 1 : -1));
  } else if (event.key === "Enter") {
    event.preventDefault();
    const apart = event.ctrlKey || event.metaKey;
    const open = () => go($$(".ci", dialog())[chosen], apart);
    // Enter may be quicker than the answer: then it waits for it.
    if (answered === input.value.trim()) open();
    else clearTimeout(timer), look(input.value.trim()).then(open);
  }
});
on("click", "#palette .ci", (event, hit) => {
  event.preventDefault();
  go(hit, event.ctrlKey || event.metaKey);
});
on("pointermove", "#palette .ci", (event, hit) => {
  const at = $$(".ci", dialog()).indexOf(hit);
  if (at !== chosen) hold(at);
});
