// The form: keys, sections, required fields, the first thing that is wrong.
import { $, $$, make, mod, on, postJson, ready, word } from "./dom.js";

const form = () => $("[data-form]");

// ---------- checks on leaving the field: here what the browser knows, the rest by one question to the server ----------
// One line beneath the box: the hint, or what is wrong in its place.
function tell(control, text) {
  const field = control.closest("[data-field]");
  const hint = $(".hint:not(.bad)", field);
  let line = $(".hint.bad", field);
  if (text && !line) {
    line = make("p", { class: "hint bad", id: `${control.id}-needed` });
    field.append(line);
  }
  if (text) line.textContent = text;
  else line?.remove();
  if (hint) hint.hidden = !!text || !hint.textContent;
  control.classList.toggle("is-bad", !!text);
  control.toggleAttribute("aria-invalid", !!text);
  if (text) {
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", line.id);
  } else if (hint) control.setAttribute("aria-describedby", hint.id);
  else control.removeAttribute("aria-describedby");
}
function needed(control) {
  const empty = !control.value.trim();
  if (empty) tell(control, word("required"));
  else if ($(".hint.bad", control.closest("[data-field]"))?.textContent === word("required")) tell(control, "");
  return !empty;
}
on("focusout", "[data-check]", async (event, control) => {
  const value = control.value.trim();
  if (!value) return control.getAttribute("aria-required") === "true" || tell(control, "");
  if (value === control.dataset.checked || (value === control.defaultValue && !control.classList.contains("is-bad"))) return;
  const answer = await postJson(control.dataset.check, { field: control.name, value }).catch(() => null);
  if (!answer || control.value.trim() !== value) return;
  control.dataset.checked = value;
  tell(control, answer.error);
});
const isRequired = "[data-form] [aria-required=true]";
on("focusout", isRequired, (event, control) => {
  if (control.dataset.touched || control.value) needed(control);
});
on("input", isRequired, (event, control) => {
  control.dataset.touched = "1";
  if (control.classList.contains("is-bad")) needed(control);
});
// A row of lines that stands as it began is nothing: the server leaves it out, so nothing in it is missing.
const asItBegan = (control) => {
  if (control.matches("select")) return control.selectedIndex === Math.max(0, [...control.options].findIndex((one) => one.defaultSelected));
  return control.matches("[type=checkbox]") ? control.checked === control.defaultChecked : control.value === control.defaultValue;
};
const isNothing = (row) => !!row && $$("input, select, textarea", row).every(asItBegan);
on("submit", "[data-form]", (event, whole) => {
  if (event.submitter?.formNoValidate) return;
  const bad = $$("[aria-required=true]", whole).filter((control) => !control.disabled && !control.closest(".gone, template, [data-when][hidden]") && !isNothing(control.closest(".lrow")) && !needed(control));
  if (!bad.length) return;
  event.preventDefault();
  event.stopPropagation();
  bad[0].closest("details:not([open])")?.setAttribute("open", "");
  bad[0].focus();
  bad[0].scrollIntoView({ block: "center" });
}, true);
// What was refused and is now being mended loses its red edge.
on("input", ".is-bad", (event, control) => {
  if (!control.matches("[aria-required=true]") || control.value) control.classList.remove("is-bad");
  delete control.dataset.checked;
});

// ---------- sections ----------
let spy = null;
ready((root) => {
  const toc = $(".toc", root);
  const scroller = toc?.closest(".tg-scroll");
  if (!toc) return;
  spy?.disconnect();
  spy = new IntersectionObserver(() => {
    const top = scroller.getBoundingClientRect().top;
    const sections = $$("[data-section]", scroller);
    const atEnd = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 4 && scroller.scrollTop > 0;
    const here = atEnd ? sections.at(-1) : sections.findLast((section) => section.getBoundingClientRect().top - top < 90) ?? sections[0];
    for (const link of $$("a", toc)) link.classList.toggle("on", link.hash === `#${here?.id}`);
  }, { root: scroller, threshold: [0, 0.25, 0.5, 0.75, 1] });
  for (const section of $$("[data-section]", scroller)) spy.observe(section);
});
on("click", ".toc a", (event, link) => {
  const section = $(link.hash);
  if (!section) return;
  event.preventDefault();
  $("details", section)?.setAttribute("open", "");
  section.scrollIntoView({ block: "start", behavior: "smooth" });
  $("input:not([type=hidden]), select, textarea", section)?.focus({ preventScroll: true });
});

// ---------- keys ----------
document.addEventListener("keydown", (event) => {
  const whole = form() ?? $("[data-conflict]");
  if (!whole || event.defaultPrevented || event.isComposing || $("dialog[open]")) return;
  if (event.key === "Enter" && mod(event)) {
    const button = event.shiftKey ? $("[data-save-new]", whole) : $("[data-save]", whole);
    if (!button) return;
    event.preventDefault();
    whole.requestSubmit(button);
  } else if (event.key === "ArrowUp" && event.altKey) {
    const details = event.target.closest?.("[data-section] details");
    if (!details) return;
    event.preventDefault();
    details.open = !details.open;
    $("summary", details).focus();
  } else if (event.key === "Escape" && whole.matches("[data-form]")) {
    event.preventDefault(); // else this very Escape would close the question it opens
    $("[data-cancel]", whole)?.click();
  }
});

// ---------- two versions ----------
on("change", "[data-side]", (event, head) => {
  for (const pick of $$(`[data-conflict] tbody .ck[type=radio][value="${head.dataset.side}"]`)) pick.checked = true;
  for (const pick of $$("[data-conflict] tbody .ck[type=checkbox]")) pick.checked = pick.value === head.dataset.side;
});
on("change", "[data-conflict] tbody .ck", (event, pick) => {
  for (const head of $$("[data-side]")) head.checked = false;
  // a long text keeps at least one of the two
  if (pick.type === "checkbox" && !$$(`[name="${pick.name}"]:checked`).length) pick.checked = true;
});
on("keydown", "[data-conflict] tbody .ck", (event, pick) => {
  const cells = $$("[data-conflict] tbody tr").map((row) => $$(".ck", row));
  const row = cells.findIndex((picks) => picks.includes(pick));
  const side = cells[row].indexOf(pick);
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
  if (!step) return;
  event.preventDefault();
  const next = cells[row + step[0]]?.[Math.max(0, Math.min(side + step[1], 1))];
  next?.focus();
  if (step[1] && next?.type === "radio") next.click();
});
