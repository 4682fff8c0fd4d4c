// Lines of parts inside their parent's form: rows come from the template, removed rows say so and stay unseen.
import { $, $$, adopt, make, on, page } from "./dom.js";

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

// ---------- what lines would come to, told while they are filled in ----------
let asked = 0;
on("change", "form[data-form]", (event, form) => {
  const field = event.target.closest("[data-field]")?.dataset.field ?? "";
  const editors = $$("[data-tells]", form);
  if (editors.some((one) => one.contains(event.target) || (field && one.dataset.tells.split(" ").includes(field)))) tell(form);
});
async function tell(form) {
  const mine = (asked += 1);
  const body = new FormData(form);
  body.set("_tell", "1");
  const answer = await page(form.action, { method: "POST", body }).catch(() => null); // without it all is told when it is saved
  if (!answer || mine !== asked || !form.isConnected) return;
  for (const editor of $$("[data-tells]", form)) {
    const rows = $$(".lrow", editor);
    const told = $$(`[data-lines="${editor.dataset.lines}"] .lrow`, answer.document);
    if (rows.length === told.length) rows.forEach((row, at) => renew(row, told[at], body));
  }
}
function renew(row, told, sent) {
  const fields = $$("[data-field]", told);
  $$("[data-field]", row).forEach((field, at) => {
    const fresh = fields[at];
    const [still, now] = [$(".static", field), $(".static", fresh)];
    if (still && now) return void (still.textContent = now.textContent);
    const [picks, offered] = [$(".picks", field), $(".picks", fresh)];
    if (picks && offered) return void choices(picks, offered, told.dataset.line, row.dataset.line);
    const [box, other] = [$("input:not([type=hidden])", field), $("input:not([type=hidden])", fresh)];
    if (!box || !other) return;
    box.placeholder = other.placeholder;
    if (box.value === sent.get(box.name) && !$("[data-picker]", field)) box.value = other.value;
  });
}
// What can be chosen follows the product of the line.
function choices(picks, offered, from, to) {
  const said = (one) => $$("option", one).map((option) => option.value).join("\n");
  if (said(picks) === said(offered)) return;
  const wish = $("input", picks);
  $$("select", picks).forEach((select) => select.remove());
  for (const select of $$("select", offered)) {
    select.name = select.name.replace(from, to);
    wish.before(document.adoptNode(select));
  }
}
