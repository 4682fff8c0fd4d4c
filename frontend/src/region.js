// The region cascade: one box, three columns; letters filter by pinyin or initials, arrows move, Enter takes.
import { $, $$, freshId, getJson, icon, make, on, ready, word } from "./dom.js";

const loaded = new Map();
const regions = (url) => {
  if (!loaded.has(url)) loaded.set(url, getJson(url).catch((error) => (loaded.delete(url), Promise.reject(error))));
  return loaded.get(url);
};
let open = null; // {box, input, panel, path, column, found, at}

ready((root) => {
  for (const box of $$("[data-region]", root)) {
    const input = $("input:not([type=hidden])", box);
    if (input.getAttribute("role")) continue;
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-haspopup": "dialog" })) input.setAttribute(name, value);
    if (hidden(box).value) regions(box.dataset.url).then((all) => aside(box, pathTo(all, hidden(box).value))).catch(() => {});
  }
});
const hidden = (box) => $("input[type=hidden]", box);

function pathTo(list, code, path = []) {
  for (const region of list) {
    if (region.code === code) return [...path, region];
    const below = pathTo(region.children ?? [], code, [...path, region]);
    if (below.length) return below;
  }
  return [];
}
const names = (path) => path.map((region) => region.name).join(" / ");
// Dialling code and postcode follow by themselves at the right end.
function aside(box, path) {
  $(".aside", box)?.remove();
  const from = (key) => path.findLast((region) => region[key])?.[key];
  const dial = from("dial");
  const post = from("post");
  if (dial && post && box.clientWidth > 420) box.append(make("span", { class: "aside num" }, word("dial", { dial, post })));
}

async function unfold(box) {
  const input = $("input:not([type=hidden])", box);
  if (input.readOnly || open?.box === box) return;
  fold();
  let all;
  try {
    all = await regions(box.dataset.url);
  } catch {
    return; // the typed text is read by the server
  }
  if (open?.box === box || !box.isConnected || !box.contains(document.activeElement)) return;
  const panel = make("div", { class: "pop casc", id: freshId("casc"), role: "group", "aria-label": input.labels?.[0]?.textContent.trim() });
  box.append(panel);
  input.setAttribute("aria-expanded", "true");
  const path = pathTo(all, hidden(box).value);
  open = { box, input, panel, all, path, column: Math.max(0, path.length - 1), found: null, at: 0 };
  draw();
}
function fold() {
  if (!open) return;
  open.input.setAttribute("aria-expanded", "false");
  open.input.removeAttribute("aria-activedescendant");
  open.panel.remove();
  open = null;
}
const lists = () => [open.all, open.path[0]?.children ?? [], open.path[1]?.children ?? []];
function draw() {
  const { panel, path } = open;
  if (open.found) {
    const list = make("ul", { role: "listbox", id: `${panel.id}-0`, "aria-label": panel.getAttribute("aria-label") }, open.found.length
      ? open.found.map((one, at) => item(one.at(-1), at === open.at, false, names(one), one))
      : make("li", { role: "option", "aria-selected": "false", class: "ink3" }, word("none")));
    panel.replaceChildren(list);
    panel.classList.add("flat");
  } else {
    panel.classList.remove("flat");
    panel.replaceChildren(...lists().map((list, column) => make("ul", { role: "listbox", id: `${panel.id}-${column}`, "aria-label": `${column + 1}` }, list.length
      ? list.map((region) => item(region, column === open.column && path[column] === region, path[column] === region, region.name, [...path.slice(0, column), region], (region.children ?? []).length))
      : make("li", { role: "option", "aria-disabled": "true", "aria-selected": "false", class: "vh" }, "—"))));
  }
  open.input.setAttribute("aria-controls", [...panel.children].map((list) => list.id).join(" "));
  panel.scrollIntoView({ block: "nearest" }); // on a phone it would open behind the bar
  const current = $(".cur", panel);
  current?.scrollIntoView({ block: "nearest" });
  for (const chosen of $$(".sel", panel)) chosen.scrollIntoView({ block: "nearest" });
  if (current) open.input.setAttribute("aria-activedescendant", current.id);
}
function item(region, current, chosen, label, path, deeper) {
  const line = make("li", { role: "option", id: freshId("rg"), class: `${current ? "cur" : ""} ${chosen ? "sel" : ""}`.trim(), "aria-selected": chosen || current ? "true" : "false" }, make("span", { class: "cut" }, label), deeper ? icon("chevron-right") : null);
  line.path = path;
  return line;
}
function take(path, stay) {
  const { box, input } = open;
  hidden(box).value = path.at(-1)?.code ?? "";
  input.value = names(path);
  aside(box, path);
  if (!stay) {
    fold();
    input.focus();
  }
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

// "cz" finds 崇左 and 常州, "gxcz" only the first: keys of a region after keys of those above it.
function search(text) {
  const wanted = text.trim().toLowerCase().replace(/[\s/]+/g, "");
  if (!wanted) return null;
  const found = [];
  const walk = (list, path) => {
    for (const region of list) {
      const here = [...path, region];
      if (fits(here, wanted)) found.push(here);
      if (found.length < 60) walk(region.children ?? [], here);
    }
  };
  walk(open.all, []);
  return found.sort((a, b) => a.length - b.length).slice(0, 40);
}
function fits(path, wanted) {
  const last = path.at(-1);
  const own = [last.name.toLowerCase(), ...last.keys.split(" ")];
  if (own.some((key) => key.startsWith(wanted))) return true;
  if (path.length < 2) return false;
  return path.slice(0, -1).some((above) => [above.name.toLowerCase(), ...above.keys.split(" ")].some((head) =>
    wanted.startsWith(head) && wanted.length > head.length && own.some((key) => key.startsWith(wanted.slice(head.length)))));
}

const isInput = "[data-region] > input:not([type=hidden])";
on("focusin", isInput, (event, input) => unfold(input.closest("[data-region]")));
on("click", isInput, (event, input) => unfold(input.closest("[data-region]")));
on("input", isInput, async (event, input) => {
  if (event.target !== input) return;
  const box = input.closest("[data-region]");
  if (!open) await unfold(box);
  hidden(box).value = "";
  $(".aside", box)?.remove();
  if (!open || event.isComposing) return;
  open.found = search(input.value);
  open.at = 0;
  open.path = open.found ? open.path : [];
  const eager = box.dataset.eager;
  delete box.dataset.eager;
  if (eager && open.found?.length) take(open.found[0]);
  else draw();
});
on("keydown", isInput, (event, input) => {
  if (!open || open.input !== input || event.isComposing) {
    const box = input.closest("[data-region]");
    if (event.key === "ArrowDown") unfold(box);
    if (event.key === "Enter" && !event.isComposing && !event.ctrlKey && !event.metaKey && input.value.trim() && !hidden(box).value) {
      event.preventDefault(); // the table is still on its way
      box.dataset.eager = "yes";
    }
    return;
  }
  const { key } = event;
  if (key === "Escape") {
    event.stopPropagation();
    fold();
  } else if (key === "Enter" && !event.ctrlKey && !event.metaKey) {
    if (open.found) {
      if (!open.found[open.at]) return;
      take(open.found[open.at]);
    } else if (open.path.length) take(open.path.slice(0, open.column + 1));
    else return;
  } else if (key === "ArrowDown" || key === "ArrowUp") {
    const step = key === "ArrowDown" ? 1 : -1;
    if (open.found) {
      if (open.found.length) open.at = (open.at + step + open.found.length) % open.found.length;
    } else {
      const list = lists()[open.column];
      const at = list.indexOf(open.path[open.column]);
      open.path = [...open.path.slice(0, open.column), list[(at + step + list.length) % list.length]];
      take(open.path, true);
    }
    draw();
  } else if (!open.found && (key === "ArrowRight" || key === "ArrowLeft")) {
    const next = open.column + (key === "ArrowRight" ? 1 : -1);
    if (next < 0 || next > 2 || (next > open.column && !lists()[next]?.length)) return;
    open.column = next;
    open.path = key === "ArrowRight" ? [...open.path.slice(0, next), open.path[next] ?? lists()[next][0]] : open.path.slice(0, next + 1);
    take(open.path, true);
    draw();
  } else return;
  event.preventDefault();
});
on("focusout", isInput, (event, input) => {
  setTimeout(() => {
    if (open?.input === input && !open.box.contains(document.activeElement)) {
      if (open.found?.length === 1 && input.value) take(open.found[0], true);
      fold();
    }
  }, 0);
});
document.addEventListener("mousedown", (event) => {
  if (!open) return;
  const line = event.target.closest?.(".casc li");
  if (line && open.panel.contains(line)) {
    event.preventDefault();
    if (!line.path) return;
    open.path = line.path;
    open.column = line.path.length - 1;
    const deeper = (line.path.at(-1).children ?? []).length;
    take(line.path, deeper > 0 && !open.found);
    if (open) {
      open.column = Math.min(2, line.path.length - 1);
      draw();
    }
  } else if (!open.box.contains(event.target)) fold();
});
