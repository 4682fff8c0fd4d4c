// The composer: drafts, @ for a colleague, Ctrl-Enter.
import { $, $$, avatar, getJson, make, mod, on, postJson, ready, withQuery, word } from "./dom.js";

// ---------- drafts ----------
const DRAFT_EVERY = 5000;
const waiting = new WeakMap();
on("input", "[data-composer] .ctext", (event, area) => {
  const box = area.closest("[data-composer]");
  if (!box.dataset.draft) return;
  clearTimeout(waiting.get(area));
  waiting.set(area, setTimeout(() => keep(box, area), DRAFT_EVERY));
});
async function keep(box, area) {
  const form = area.closest("form");
  const mark = $("[data-draft-mark]", form);
  try {
    const answer = await postJson(box.dataset.draft, { kind: form.dataset.kind, text: area.value });
    if (mark?.isConnected) mark.textContent = word("draftsaved", { time: answer.saved });
  } catch {
    if (mark?.isConnected) mark.textContent = word("changed");
  }
}
on("submit", "[data-composer] form", (event, form) => {
  clearTimeout(waiting.get($(".ctext", form)));
  // a mention whose words were deleted again is not told to anybody
  const text = $(".ctext", form).value;
  for (const input of $$("[name=mention]", form)) if (!text.includes(`@${input.dataset.label}`)) input.remove();
}, true);
on("keydown", "[data-composer] textarea, [data-composer] input", (event, control) => {
  if (event.key === "Enter" && mod(event)) {
    event.preventDefault();
    control.form.requestSubmit($("button:not([type])", control.form));
  }
});
on("change", "[name=composer-kind]", (event, radio) => {
  const form = $(`[data-kind="${radio.value}"]`, radio.closest("[data-composer]"));
  $(".cline input, .ctext", form)?.focus();
});

// ---------- @ ----------
let pop = null;
let asked = null;
on("input", "[data-mention] .ctext", async (event, area) => {
  const before = area.value.slice(0, area.selectionStart);
  const found = before.match(/(?:^|[^\p{L}\p{N}_])@([\p{L}\p{N}_.-]{0,20})$/u);
  if (!found || event.isComposing) {
    asked?.abort();
    return close();
  }
  if (pop) pop.stale = true; // its hits are of other letters
  asked?.abort();
  const mine = (asked = new AbortController());
  const answer = await getJson(withQuery(area.closest("[data-mention]").dataset.mention, { q: found[1] }), mine.signal).catch(() => null);
  if (!answer || mine !== asked) return;
  if (!answer.hits.length) return close();
  open(area, answer.hits, found[1].length);
});
function open(area, hits, typed) {
  const eager = pop?.eager;
  close();
  const id = `${area.id}-at`;
  pop = make("ul", { class: "pop hits", role: "listbox", id, "aria-label": "@" }, hits.map((hit, at) =>
    make("li", { role: "option", id: `${id}-${at}`, "aria-selected": at === 0 ? "true" : "false" }, hit.avatar ? avatar(hit.avatar, "sm") : null, make("span", { class: "grow cut" }, hit.label), make("small", {}, hit.sub ?? ""))));
  pop.hits = hits;
  pop.typed = typed;
  pop.area = area;
  area.setAttribute("aria-activedescendant", `${id}-0`);
  area.setAttribute("aria-controls", id);
  area.closest("[data-composer]").append(pop);
  if (eager) take(hits[0]);
}
function close() {
  if (!pop) return;
  pop.area.removeAttribute("aria-activedescendant");
  pop.area.removeAttribute("aria-controls");
  pop.remove();
  pop = null;
}
function take(hit) {
  const { area, typed } = pop;
  const end = area.selectionStart;
  area.setRangeText(`@${hit.label} `, end - typed - 1, end, "end");
  if (!$$("[name=mention]", area.form).some((input) => input.value === hit.value)) {
    const input = make("input", { type: "hidden", name: "mention", value: hit.value });
    input.dataset.label = hit.label;
    area.form.append(input);
  }
  close();
  area.focus();
}
document.addEventListener("keydown", (event) => {
  if (!pop || event.target !== pop.area || event.isComposing) return;
  const items = [...pop.children];
  const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const next = (at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length;
    items.forEach((item, place) => item.setAttribute("aria-selected", place === next));
    pop.area.setAttribute("aria-activedescendant", items[next].id);
    items[next].scrollIntoView({ block: "nearest" });
  } else if ((event.key === "Enter" && !mod(event)) || event.key === "Tab") {
    if (pop.stale) pop.eager = true; // taken when the answer comes
    else take(pop.hits[at]);
  }
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("mousedown", (event) => {
  const item = event.target.closest?.(".composer > .hits li");
  if (item && pop) {
    event.preventDefault();
    take(pop.hits[[...pop.children].indexOf(item)]);
  } else if (pop && !pop.contains(event.target)) close();
});
ready(() => {
  if (pop && !pop.isConnected) pop = null;
});
