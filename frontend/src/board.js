// Board and calendar: a card dragged to another column or day is saved there; refused, it goes back and a sentence says why.
import { $, $$, on, page, token, word } from "./dom.js";
import { failNote, visit } from "./nav.js";
import { openDialog } from "./overlays.js";

let card = null; // the one in hand, and where it came from
let home = null;
on("dragstart", "[data-card][draggable]", (event, found) => {
  card = found;
  home = { list: found.parentElement, next: found.nextElementSibling };
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
  requestAnimationFrame(() => found.classList.add("lifted"));
});
// In the calendar of several people a card stays with whose it is.
const elsewhere = (column) => card.dataset.of && column.dataset.of !== card.dataset.of;
on("dragover", "[data-slot]", (event, column) => {
  if (!card || elsewhere(column)) return;
  event.preventDefault();
  for (const other of $$("[data-slot]", column.closest("[data-board]"))) other.classList.toggle("over", other === column && !column.contains(home.list));
});
document.addEventListener("dragend", () => {
  card?.classList.remove("lifted");
  $("[data-slot].over")?.classList.remove("over");
  card = null;
});
on("drop", "[data-slot]", async (event, column) => {
  if (!card || column.contains(home.list) || elsewhere(column)) return;
  event.preventDefault();
  const [moved, from, board] = [card, home, column.closest("[data-board]")];
  $("[data-cards]", column).prepend(moved);
  const body = new FormData();
  body.set("csrf_token", token());
  const field = moved.dataset.field ?? board.dataset.board;
  body.set("field", field);
  body.set(field, [column.dataset.value, moved.dataset.time].filter(Boolean).join(" "));
  body.set("back", location.pathname + location.search); // where an act that asks more leads back to
  if (moved.dataset.was !== undefined) body.set("was", moved.dataset.was);
  const answer = await page(moved.dataset.drop, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
  let said = {};
  try {
    said = JSON.parse(answer.text);
  } catch { /* no JSON: no connection, or a page */ }
  if (answer?.ok && !said.dialog) return visit(location.href, { push: false });
  from.list.insertBefore(moved, from.next);
  if (said.dialog) return openDialog(said.dialog).catch(() => failNote(word("offline"))); // it comes there by an act that asks more
  failNote(said.error ?? answer?.document.querySelector(".hint.bad, [role=alert]")?.textContent ?? word("offline"));
});
