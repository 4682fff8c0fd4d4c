// Fields that show only while another one has a certain value: `data-when` names it, `data-is` its values ("*": any).
import { $$, on, ready } from "./dom.js";

const ASKING = "form:has([data-when])";

function values(form, name) {
  return $$(`[name="${CSS.escape(name)}"]`, form)
    .filter((control) => !/^(checkbox|radio)$/.test(control.type) || control.checked)
    .flatMap((control) => control.value.split(",")).filter(Boolean);
}
function judge(form) {
  for (const field of $$("[data-when]", form)) {
    const now = values(form, field.dataset.when);
    const wanted = field.dataset.is.split(",");
    const shows = wanted[0] === "*" ? now.length > 0 : now.some((value) => wanted.includes(value));
    field.hidden = !shows;
    for (const control of $$("input, select, textarea", field)) control.toggleAttribute("data-unasked", !shows);
  }
}
ready((root) => {
  for (const form of root.closest?.(ASKING) ? [root.closest(ASKING)] : $$(ASKING, root)) judge(form);
});
on("input", ASKING, (event, form) => judge(form));
on("change", ASKING, (event, form) => judge(form));
