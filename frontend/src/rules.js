// The editor of rules: the sentence follows every change, and the cards follow what shapes them. Buttons are the form's own; without any of
// this each step is a page.
import { $, adopt, on, page, word } from "./dom.js";
import { failNote } from "./nav.js";

let asked = 0;
async function follow(form, element) {
  const mine = ++asked;
  const body = new FormData(form);
  body.set("do", "again");
  const answer = await page(form.action, { method: "POST", body }).catch(() => null);
  if (mine !== asked || !form.isConnected) return;
  const said = answer?.document.querySelector("#rule-said");
  if (!said) return failNote(word("offline"));
  if (element.matches("[data-shapes], [data-again]")) {
    const parts = document.adoptNode(answer.document.querySelector("#rule-parts"));
    for (const late of parts.querySelectorAll("[autofocus]")) late.removeAttribute("autofocus");
    $("#rule-parts").replaceWith(parts);
    adopt(parts);
    [...parts.querySelectorAll("select")].find((one) => one.name === element.name)?.focus();
  } else $("#rule-said").textContent = said.textContent;
}
on("change", "[data-rule] input, [data-rule] select, [data-rule] textarea", (event, element) => follow(element.form, element));
