// Printing: what is changed shows at once what will come of it; a text that is written shows it while it is written.
import { $, $$, on, ready } from "./dom.js";

const fetched = async (url, body) => {
  const answer = await fetch(url, { method: "POST", body });
  return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
};

let asked = 0;
on("change", "[data-press]", async (event, form) => {
  const mine = (asked += 1);
  const focus = document.activeElement?.id;
  const page = await fetched(form.action, new FormData(form)).catch(() => null);
  const fresh = page && $("[data-press]", page);
  if (!fresh || mine !== asked) return;
  form.replaceWith(document.adoptNode(fresh));
  if (focus) document.getElementById(focus)?.focus();
});

let waiting = 0;
async function show(box) {
  const live = $(".live", box.closest(".field"));
  const page = await fetched(box.dataset.preview, new FormData(box.form)).catch(() => null);
  if (page) live.replaceChildren(...document.adoptNode(page.body).childNodes);
}
on("input", "[data-preview]", (event, box) => {
  clearTimeout(waiting);
  waiting = setTimeout(() => show(box), 300);
});
on("change", "form:has([data-preview])", (event, form) => event.target.matches("[data-preview]") || show($("[data-preview]", form)));
ready((root) => $$("[data-preview]", root).forEach(show)); // also of a text that is empty yet: what is said then
on("focusin", "[data-preview]", (event, box) => $(".live", box.closest(".field")).childElementCount || show(box));
on("click", "[data-word]", (event, button) => {
  const box = $("[data-preview]", button.closest(".field"));
  box.setRangeText(button.dataset.word, box.selectionStart, box.selectionEnd, "end");
  box.focus();
  show(box);
});
