// The record page: field history in place, panels, earlier entries, long notes.
import { $, $$, adopt, make, on, page, part, ready, word } from "./dom.js";
import { failNote, visit } from "./nav.js";
import { toast } from "./toasts.js";

on("click", "a[data-unfold]", async (event, link) => {
  event.preventDefault();
  event.stopPropagation();
  const fact = link.closest(".fact");
  const open = fact.nextElementSibling?.matches(".hist") ? fact.nextElementSibling : null;
  fact.classList.toggle("hot", !open);
  link.setAttribute("aria-expanded", !open);
  if (open) return open.remove();
  const history = await part(link.href, "#field-history").catch(() => null);
  if (!history) {
    fact.classList.remove("hot");
    link.setAttribute("aria-expanded", false);
    return failNote(word("offline"));
  }
  history.removeAttribute("id");
  fact.after(history);
}, true);

on("click", "a[data-append]", async (event, link) => {
  event.preventDefault();
  event.stopPropagation();
  link.setAttribute("aria-busy", "true");
  const answer = await page(link.href).catch(() => null);
  link.removeAttribute("aria-busy");
  const list = $(link.dataset.append);
  const more = answer?.document.querySelector(link.dataset.append);
  if (!list || !more) return failNote(word("offline"));
  const fresh = [...more.children].map((child) => document.adoptNode(child));
  // a day that goes on does not get its heading twice
  const last = $$(".day", list).at(-1)?.textContent;
  if (fresh[0]?.matches(".day") && fresh[0].textContent === last) fresh.shift();
  list.append(...fresh);
  for (const child of fresh) adopt(child);
  const next = answer.document.querySelector(`a[data-append="${link.dataset.append}"]`);
  if (next) link.href = next.href;
  else link.closest(".tl-more")?.remove();
  longNotes(list);
}, true);

// Panels load when they are seen; one that fails is one small box.
async function fill(panel, url) {
  panel.setAttribute("aria-busy", "true");
  const fresh = await part(url, ".panel").catch(() => null);
  if (!panel.isConnected) return;
  if (fresh) {
    fresh.removeAttribute("data-load");
    fresh.dataset.fresh = url;
    panel.replaceWith(fresh);
    adopt(fresh);
  } else {
    panel.removeAttribute("aria-busy");
    panel.classList.add("fail");
    $(".body", panel)?.replaceChildren(word("failed"), " ", make("a", { class: "lnk", href: url, "data-retry": true }, word("retry")));
  }
}
const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    fill(target, target.dataset.load);
  }
});
on("click", "a[data-retry]", (event, link) => {
  event.preventDefault();
  event.stopPropagation();
  fill(link.closest(".panel"), link.href);
}, true);

function longNotes(root) {
  for (const box of $$("[data-fold4]", root)) {
    const text = box.firstElementChild;
    box.classList.toggle("is-long", text.scrollHeight > text.clientHeight + 2);
  }
}
on("click", "[data-more4]", (event, button) => {
  button.closest("[data-fold4]").classList.add("is-open");
  button.remove();
});
ready((root) => {
  for (const panel of $$(".panel[data-load]", root)) seen.observe(panel);
  longNotes(root);
});

// To the next or previous record of the list one came from; quick presses go as many records. The focus stays on the
// button it was on.
let moving = Promise.resolve();
function step(which) {
  if (!$("[data-step]")) return false;
  moving = moving.then(async () => {
    const link = $(`[data-step="${which}"]`);
    const stays = document.activeElement?.matches("[data-step]");
    if (link) await visit(link.href);
    if (link && stays) ($(`[data-step="${which}"]`) ?? $("[data-step]"))?.focus();
  });
  return true;
}
on("keydown", "[data-step]", (event) => {
  const which = { ArrowDown: "next", ArrowUp: "prev" }[event.key];
  if (!which) return;
  event.preventDefault();
  step(which);
});

export function recordKey(event) {
  if (!$("[data-record]")) return false;
  const tabs = $$(".rtabs a");
  const at = tabs.findIndex((tab) => tab.matches(".on"));
  if (event.key === "[" || event.key === "]") tabs[at + (event.key === "]" ? 1 : -1)]?.click();
  else if (event.key.toLowerCase() === "j") return step("next");
  else if (event.key.toLowerCase() === "k") return step("prev");
  else if ($(`[data-write="${CSS.escape(event.key.toUpperCase())}"]`)) focusOn($(`[data-write="${CSS.escape(event.key.toUpperCase())}"]`).id);
  else if (event.key.toLowerCase() === "y") navigator.clipboard?.writeText(location.href).then(() => toast(word("copied")));
  else return false;
  return true;
}

// Goes to a control of this page: opens what hides it, then focuses.
export function focusOn(id) {
  const target = document.getElementById(id);
  if (!target) return false;
  target.closest("details:not([open])")?.setAttribute("open", "");
  const kind = target.closest("[data-kind]")?.dataset.kind;
  if (kind) {
    const tab = $(`[name=composer-kind][value="${kind}"]`);
    if (tab) tab.checked = true;
  }
  const place = target.matches("input, textarea, select, button, [tabindex]") ? target : $("input:not([type=hidden]), textarea, select, button", target);
  const inner = kind && $(".cline input", target.closest("form")) ? $(".cline input", target.closest("form")) : place;
  inner?.focus();
  inner?.scrollIntoView({ block: "center" });
  return true;
}
// A link may lead to a control of the page it opens: #write-note.
const aim = (hash) => hash && focusOn(decodeURIComponent(hash.slice(1)));
document.addEventListener("crm:arrived", (event) => aim(event.detail));
ready((root) => {
  if (root === document.body && $("[data-composer]")) aim(location.hash);
});
on("click", "a[data-focus]", (event, link) => {
  if (!focusOn(link.dataset.focus)) return;
  event.preventDefault();
  event.stopPropagation();
}, true);
