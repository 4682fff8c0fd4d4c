// Dates: words are read on leaving the box ("下周三", "next Wed"); the calendar is the browser's own.
import { $, getJson, make, on, withQuery } from "./dom.js";

const isBox = "[data-date] input:not(.native)";
on("focusout", isBox, async (event, input) => {
  const wrap = input.closest("[data-date]");
  const text = input.value.trim();
  const field = input.closest("[data-field]");
  const hint = field && $(".hint", field);
  if (!wrap.dataset.url || !text || input.dataset.read === text) return;
  let answer;
  try {
    answer = await getJson(withQuery(wrap.dataset.url, { q: text }));
  } catch (error) {
    if (error.status !== 422 || input.value.trim() !== text) return;
    input.classList.add("is-bad");
    wrap.title = error.body.error ?? "";
    if (hint && error.body.error) {
      hint.hidden = false;
      hint.className = "hint bad";
      hint.textContent = error.body.error;
    }
    return;
  }
  if (input.value.trim() !== text) return;
  input.value = answer.value;
  input.dataset.read = answer.value;
  input.classList.remove("is-bad");
  wrap.title = answer.label;
  if (hint) {
    hint.hidden = false;
    hint.className = "hint";
    hint.textContent = answer.label;
  } else {
    $("[data-said]", wrap)?.remove();
    input.after(make("span", { class: "ink3", "data-said": true }, answer.label));
  }
});
on("input", isBox, (event, input) => {
  input.classList.remove("is-bad");
  $("[data-said]", input.closest("[data-date]"))?.remove();
});
on("click", "[data-calendar]", (event, button) => {
  const wrap = button.closest("[data-date]");
  const input = $("input:not(.native)", wrap);
  let native = $(".native", wrap);
  if (!native) {
    native = make("input", { type: "date", class: "native", tabindex: "-1", "aria-hidden": "true" });
    wrap.append(native);
    native.addEventListener("change", () => {
      input.value = native.value + (/^\d{4}-\d\d-\d\d( \d\d:\d\d)$/.exec(input.value)?.[1] ?? ""); // the hour stays
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.focus();
    });
  }
  native.value = /^\d{4}-\d\d-\d\d/.test(input.value) ? input.value.slice(0, 10) : "";
  native.showPicker?.();
});
