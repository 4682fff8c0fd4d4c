// Small things: passwords shown, Caps Lock, copying a number, printing, uploads, ticks of the home page, re-planning.
import { $, icon, make, on, postJson, ready, word } from "./dom.js";
import { failNote } from "./nav.js";
import { toast } from "./toasts.js";

on("click", "[data-eye]", (event, button) => {
  const input = $("input", button.parentElement);
  const show = input.type === "password";
  input.type = show ? "text" : "password";
  button.setAttribute("aria-pressed", show);
  button.setAttribute("aria-label", word(show ? "hidepw" : "showpw"));
  button.replaceChildren(icon(show ? "eye-off" : "eye"));
  input.focus();
});
for (const type of ["keydown", "keyup"]) {
  on(type, "[data-caps]", (event, input) => {
    const hint = $("[data-caps-hint]", input.closest("form"));
    if (hint && event.getModifierState) hint.hidden = !event.getModifierState("CapsLock");
  });
}
on("click", "[data-copy]", async (event, button) => {
  const text = button.dataset.copy;
  const done = await navigator.clipboard?.writeText(text).then(() => true, () => false) || copyByHand(text, button);
  if (done) toast(word("done"));
});
// A house without a certificate: the browser lends its clipboard to nobody, but copies what is selected.
function copyByHand(text, button) {
  const area = make("textarea", { class: "vh" });
  area.value = text;
  button.after(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  button.focus();
  return done;
}
on("click", "[data-print]", () => print());
ready(() => {
  if ($("body > .paper, body > .drawings")) setTimeout(() => print(), 300);
});

// ---------- upload ----------
on("change", "[data-drop] input", (event, input) => {
  const mark = $("[data-file-name]", input.closest("[data-drop]"));
  if (mark && input.files[0]) mark.textContent = input.files[0].name;
});
for (const [type, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
  on(type, "[data-drop]", (event, drop) => drop.classList.toggle("over", over));
}

// ---------- import: a changed column asks for the plan anew ----------
on("change", "[data-replan], [data-match] .plan select, [data-match] .plan input", (event, select) => select.form.requestSubmit($("button[value=plan]", select.form)));

// ---------- waiting for me: done at once, five seconds to think better of it ----------
on("submit", "form[data-tick]", async (event, form) => {
  event.preventDefault();
  event.stopPropagation();
  const button = $("button", form);
  const row = form.closest("li");
  const draw = (done) => {
    button.setAttribute("aria-pressed", done);
    row.classList.toggle("done", done);
  };
  const was = button.getAttribute("aria-pressed") === "true";
  draw(!was);
  try {
    await postJson(was ? form.dataset.tick : form.action);
  } catch {
    draw(was);
    return failNote(word("failed"));
  }
  if (was || !form.dataset.tick) return;
  toast(word("taken"), { undo: () => postJson(form.dataset.tick).then(() => draw(false), () => failNote(word("failed"))) });
}, true);
