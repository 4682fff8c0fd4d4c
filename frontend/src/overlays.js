// Menus, dialogs, sheets, pop-ups, the bell, theme and rail.
import { $, $$, adopt, make, on, page, part, postJson, ready, withQuery, word } from "./dom.js";
import { failNote, show } from "./nav.js";

// ---------- menus: <details class="menu"> that behave like menus ----------
document.addEventListener("click", (event) => {
  for (const menu of $$("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.("details.menu") || !menu.open) return;
  for (const other of $$("details.menu[open]")) if (other !== menu && !other.contains(menu)) other.open = false;
  if (menu.dataset.bell) ringBell(menu);
  keepInside(menu.querySelector(":scope > .pop"));
  if (menu.closest(".builder")) menu.querySelector(":scope > .pop").scrollIntoView({ block: "nearest" });
  const narrow = $("[data-narrow]", menu);
  if (narrow) {
    narrow.value = "";
    for (const item of $$(".it[hidden]", menu)) item.hidden = false;
    if (matchMedia("(hover: hover)").matches) narrow.focus();
  }
}, true);
function keepInside(pop) {
  if (!pop) return;
  pop.style.translate = "";
  const box = pop.getBoundingClientRect();
  const left = box.left < 8 ? 8 - box.left : box.right > innerWidth - 8 ? innerWidth - 8 - box.right : 0;
  if (left) pop.style.translate = `${left}px`;
}
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu) return;
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const items = $$(".it, .colpick input, .msg", menu).filter((item) => item.offsetParent);
    const at = items.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    items[(at + items.length) % items.length]?.focus();
    event.preventDefault();
  }
});
// A long menu is narrowed by typing; Enter takes the first that is left.
on("input", "[data-narrow]", (event, input) => {
  const wanted = input.value.trim().toLowerCase();
  for (const item of $$(".it", input.parentElement)) item.hidden = !`${item.textContent} ${item.dataset.keys ?? ""}`.toLowerCase().includes(wanted);
});
on("keydown", "[data-narrow]", (event, input) => {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  $(".it:not([hidden])", input.parentElement)?.click();
});
// A menu of ticks says what is ticked.
on("change", ".valpick input", (event, input) => {
  const menu = input.closest(".valpick");
  const said = $$("label", menu).filter((label) => $("input", label).checked).map((label) => label.textContent.trim());
  if (said.length) $("summary .cut", menu).textContent = said.join(", ");
});
async function ringBell(menu) {
  const panel = await part(menu.dataset.bell, ".panel").catch(() => null);
  if (!panel || !menu.isConnected) return;
  const box = menu.querySelector(".bellbox");
  box.replaceChildren(panel);
  adopt(panel);
  keepInside(box);
}

// ---------- theme, rail, folded groups: at once here, kept on the server ----------
// keepalive: who goes on to another page at once is not left with the old choice
const prefer = (values) => postJson(document.body.dataset.preferences, values, { keepalive: true }).catch(() => {});
on("submit", "[data-theme] form, form:has([name=theme])", (event) => {
  const value = event.submitter?.value;
  if (!value) return;
  event.preventDefault();
  event.stopPropagation();
  if (value === "system") delete document.documentElement.dataset.bsTheme;
  else document.documentElement.dataset.bsTheme = value;
  for (const item of $$("[data-theme] .it")) item.classList.toggle("on", item.value === value);
  $(".menu[open]")?.removeAttribute("open");
  prefer({ theme: value });
}, true);
on("submit", "[data-rail]", (event) => {
  event.preventDefault();
  event.stopPropagation();
  const folded = $("#tg-app").classList.toggle("rail-folded");
  for (const link of $$("#rail a")) link.title = folded ? link.textContent.trim() : "";
  prefer({ rail: folded ? "folded" : "wide" });
}, true);
on("click", "[data-fold] > summary", (event, summary) => {
  const group = summary.parentElement;
  prefer({ fold: group.dataset.fold, folded: group.open ? 1 : 0 }); // it is still as it was before the press
});

// ---------- dialogs and sheets that stand in the page ----------
on("click", "[data-opens]", (event, button) => {
  const dialog = document.getElementById(button.dataset.opens);
  if (!dialog) return;
  button.closest("details.menu")?.removeAttribute("open");
  dialog.showModal();
});
on("click", "dialog [data-close]", (event, button) => {
  event.preventDefault();
  event.stopPropagation();
  button.closest("dialog").close();
}, true);
document.addEventListener("click", (event) => {
  if (event.target.tagName === "DIALOG" && !event.target.matches("[role=alertdialog]")) event.target.close();
});

// ---------- a part of another page as dialog (Act.dialog, bulk acts) or pop-up (filters) ----------
export function frameOf(content, css) {
  const dialog = make("dialog", { class: css });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  return fill(dialog, content);
}
export function fill(dialog, content) {
  dialog.replaceChildren(content);
  const title = content.querySelector("h1, h2");
  if (title) {
    title.id ||= `t-${Date.now()}`;
    dialog.setAttribute("aria-labelledby", title.id);
  }
  adopt(dialog);
  return dialog;
}
const isWide = () => matchMedia("(min-width: 768px)").matches;

export async function openDialog(url, options) {
  const answer = await page(url, options);
  const content = answer.document.querySelector("#dialog");
  if (!content) return show(answer);
  const dialog = frameOf(document.adoptNode(content), "dlg");
  dialog.showModal();
  first(dialog)?.focus();
}
const first = (root) => $("[autofocus]", root) ?? $("input:not([type=hidden], [hidden]), select, textarea", root) ?? $("button", root);

on("click", "a[data-dialog]", (event, link) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  link.closest("details.menu")?.removeAttribute("open");
  openDialog(link.href).catch(() => failNote(word("offline")));
}, true);
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  const form = event.target;
  if (button?.matches("[data-dialog]") || form.matches("[data-dialog]")) {
    event.preventDefault();
    event.stopPropagation();
    button?.closest("details.menu")?.removeAttribute("open");
    const body = new FormData(form, button);
    openDialog(button?.getAttribute("formaction") || form.action, { method: "POST", body }).catch(() => failNote(word("offline")));
  } else if (form.closest("dialog.dlg") && form.method === "post") {
    // A refused answer stays in the dialog; anything else is the next page.
    event.preventDefault();
    event.stopPropagation();
    send(form, button);
  }
}, true);
// Another field to edit wants another control: the question is asked anew.
on("change", "[data-again]", async (event, select) => {
  if (select.closest("[data-rule]")) return; // rules.js
  const body = new FormData(select.form);
  body.delete("go");
  if (select.dataset.again) body.set("do", select.dataset.again);
  const dialog = select.closest("dialog") ?? select.closest("#dialog").parentElement;
  const answer = await page(select.form.action, { method: "POST", body }).catch(() => null);
  const again = answer?.document.querySelector("#dialog");
  if (!again) return failNote(word("offline"));
  fill(dialog, document.adoptNode(again));
  first(dialog)?.focus();
});
async function send(form, button) {
  if (form.dataset.sending) return;
  form.dataset.sending = "1";
  button?.setAttribute("aria-busy", "true");
  try {
    const answer = await page(form.action, { method: "POST", body: new FormData(form, button) });
    const again = answer.document.querySelector("#dialog");
    const dialog = form.closest("dialog");
    if (!again) return await show(answer);
    dialog.replaceChildren(document.adoptNode(again));
    adopt(dialog);
    ($("[aria-invalid]", dialog) ?? first(dialog))?.focus();
  } catch {
    failNote(word("offline"));
  } finally {
    delete form.dataset.sending;
    button?.removeAttribute("aria-busy");
  }
}

on("click", "a[data-pop]", async (event, link) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  const anchor = link.closest(".chip, .menu, .phbar, dialog") ?? link;
  const box = anchor.getBoundingClientRect();
  link.closest("details.menu")?.removeAttribute("open");
  link.closest("dialog")?.close();
  const content = await part(link.href, "#dialog").catch(() => null);
  if (!content) return failNote(word("offline"));
  const dialog = frameOf(content, "popdlg");
  dialog.showModal();
  if (isWide()) {
    const size = dialog.getBoundingClientRect();
    dialog.style.left = `${Math.max(8, Math.min(box.left, innerWidth - size.width - 8))}px`;
    dialog.style.top = `${Math.max(8, Math.min(box.bottom + 4, innerHeight - size.height - 8))}px`;
  }
  chooseControl(dialog);
  focusControl(dialog);
}, true);
const focusControl = (dialog) => ($("[data-for]:not([hidden]) :is(input:not([type=hidden]), select)", dialog) ?? first(dialog))?.focus();
// Only the control of the chosen operator is shown and sent.
function chooseControl(root) {
  const op = $("[name=op]", root);
  if (!op) return;
  const wanted = (op.selectedOptions?.[0] ?? op).dataset.control;
  for (const box of $$("[data-for]", root)) {
    box.hidden = box.dataset.for !== wanted;
    for (const control of $$("input, select", box)) control.disabled = box.hidden;
  }
}
on("change", "[data-filter] [name=op]", (event, op) => chooseControl(op.form));
ready((root) => {
  for (const form of $$("[data-filter]", root)) chooseControl(form);
});
// What cannot be understood is said in the pop-up; anything else is the list.
on("submit", "dialog [data-filter]", async (event, form) => {
  event.preventDefault();
  event.stopPropagation();
  const dialog = form.closest("dialog");
  const answer = await page(withQuery(form.action, new FormData(form, event.submitter))).catch(() => null);
  const again = answer?.document.querySelector("#dialog");
  if (!answer) return failNote(word("offline"));
  if (!again || answer.ok) return show(answer);
  dialog.replaceChildren(document.adoptNode(again));
  adopt(dialog);
  chooseControl(dialog);
  focusControl(dialog);
}, true);

// ---------- help beside the screen ----------
on("click", "a[data-help]", async (event, link) => {
  event.preventDefault();
  event.stopPropagation();
  link.closest("details.menu")?.removeAttribute("open");
  const content = await part(link.href, "#help").catch(() => null);
  if (!content) return failNote(word("offline"));
  const close = make("button", { type: "button", class: "ib", "data-close": true, "aria-label": word("close") }, "×");
  const dialog = frameOf(make("div", { class: "dlg-b" }, make("div", { class: "row-x" }, make("span", { class: "grow" }), close), content), "drawer");
  dialog.showModal();
}, true);
