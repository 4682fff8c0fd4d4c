// Likely duplicates: when somebody leaves a field by which records are told apart, the form is compared with what is stored.
import { $, adopt, on, token } from "./dom.js";

let asked = "";
let running = null;

on("focusout", "[data-form] [name]", async (event, control) => {
  const form = control.closest("form"); // while the next page comes in, two forms stand in the document for a moment
  const box = $("[data-twins]", form);
  const fields = box?.dataset.fields.split(" ") ?? [];
  const told = (one) => fields.includes(one.name?.replace(/-\d+-/, "-")); // addresses-0-street is addresses-street
  if (!told(control)) return;
  const data = new FormData(form);
  const typed = [...form.elements].filter(told);
  const now = typed.map((one) => one.value.trim()).join("\n");
  if (now === asked || now === typed.map((one) => one.defaultValue?.trim() ?? "").join("\n")) return;
  asked = now;
  running?.abort();
  running = new AbortController();
  data.set("csrf_token", token());
  const answer = await fetch(box.dataset.twins, { method: "POST", body: data, headers: { Accept: "text/html" }, signal: running.signal }).catch(() => null);
  const text = answer?.ok ? (await answer.text().catch(() => null))?.trim() : null; // the next question may come while it is read
  if (text == null || !box.isConnected) return;
  if (text) control.closest("[data-field]")?.append(box);
  const reason = $("[name=_twins_reason]", box)?.value;
  box.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.children);
  control.classList.toggle("is-warn", !!text);
  if (reason && $("[name=_twins_reason]", box)) $("[name=_twins_reason]", box).value = reason;
  adopt(box);
});
// What it said was of other words.
on("input", "[data-form] .is-warn", (event, control) => control.classList.remove("is-warn"));
