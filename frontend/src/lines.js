// Lines of parts inside their parent's form: rows come from the template, removed rows say so and stay unseen.
import { $, $$, adopt, make, on } from "./dom.js";

function renumber(editor) {
  $$(".lrow:not(.gone)", editor).forEach((row, at) => {
    const number = $(".lcap .num", row);
    if (number) number.textContent = at + 1;
  });
}
on("click", "[data-add-line]", (event, button) => {
  event.preventDefault();
  const editor = button.closest("[data-lines]");
  const name = editor.dataset.lines;
  const used = $$(".lrow", editor).map((row) => Number(row.dataset.line.slice(name.length + 1)));
  const next = Math.max(-1, ...used.filter(Number.isFinite)) + 1;
  const row = $("template", editor).content.firstElementChild.cloneNode(true);
  for (const element of [row, ...$$("*", row)]) {
    for (const attribute of [...element.attributes]) {
      if (attribute.value.includes("__n__")) element.setAttribute(attribute.name, attribute.value.replaceAll("__n__", next));
    }
  }
  const caption = $(".lcap", row);
  if (caption) caption.append(make("span", { class: "num" }, ""));
  $("template", editor).before(row);
  renumber(editor);
  adopt(row);
  $("input:not([type=hidden]), select, textarea", row)?.focus();
  editor.dispatchEvent(new Event("input", { bubbles: true }));
});
on("click", "[data-remove-line]", (event, button) => {
  event.preventDefault();
  const row = button.closest(".lrow");
  const editor = row.closest("[data-lines]");
  const rows = $$(".lrow:not(.gone)", editor);
  const near = rows[rows.indexOf(row) + 1] ?? rows[rows.indexOf(row) - 1];
  // A row the server has never seen is simply taken out; a known one is sent as removed.
  if ($(`[name="${CSS.escape(row.dataset.line)}-id"]`, row)) {
    $("[data-gone]", row).value = "1";
    row.classList.add("gone");
  } else row.remove();
  renumber(editor);
  (near ? $("[data-remove-line]", near) : $("[data-add-line]", editor))?.focus();
  editor.dispatchEvent(new Event("input", { bubbles: true }));
});

// What can be chosen of a product stands in its line as soon as it is picked there.
const choosing = (box) => box.dataset.name.endsWith("-product") && $(".picks", box.closest(".lrow"));
on("picked", ".lrow .picker", (event, box) => {
  const picks = choosing(box);
  if (!picks) return;
  const wish = $("input", picks);
  for (const old of $$("select", picks)) old.remove();
  const options = Map.groupBy(event.detail.choices ?? [], ([option]) => option);
  for (const [option, choices] of options) {
    const select = make("select", { class: "form-select", name: wish.name.replace(/__text$/, ""), "aria-label": option }, make("option", { value: "" }, `${option} —`));
    for (const [, value, words] of choices) select.append(make("option", { value }, `${option}: ${words}`));
    wish.before(select);
  }
});
on("input", ".lrow .picker", (event, box) => {
  const picks = choosing(box);
  if (picks && !$("input[type=hidden]", box).value) for (const old of $$("select", picks)) old.remove();
});
