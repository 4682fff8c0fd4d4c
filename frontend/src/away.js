// What /road/ keeps of somebody on this phone: how much of it waits shows on every page, and signing out anywhere deletes it.
import { $, on, ready, word } from "./dom.js";
import { ask } from "./nav.js";
import { count, forget, isThere } from "./road/store.js";

const user = () => Number(document.body.dataset.user);
const waiting = async () => (user() && (await isThere()) ? count("waiting", user()) : 0);

ready(async (root) => {
  if (root !== document.body) return;
  const mark = $("#phone-waits");
  const waits = mark ? await waiting().catch(() => 0) : 0;
  if (!waits) return;
  $("[data-n]", mark).textContent = waits;
  mark.hidden = false;
});

on("submit", "form[action$='/sign-out']", async (event, form) => {
  if (form.dataset.left) return;
  event.preventDefault();
  event.stopPropagation();
  const waits = await waiting().catch(() => 0);
  if (waits) {
    const said = await ask(word("notsent", { n: waits }), [{ label: word("signout"), value: "leave", css: "btn-warn" }, { label: word("look"), value: "look", css: "btn-primary" }], word("notsenttext"));
    if (said === "look") location.href = "/road/#waiting";
    if (said !== "leave") return;
  }
  if (await isThere().catch(() => false)) await forget(user()).catch(() => {});
  form.dataset.left = "yes";
  form.requestSubmit();
}, true);
