// The Gantt chart: the end of a bar is drawn to another day and saved there; refused, it goes back and a sentence says why.
import { on, page, token, word } from "./dom.js";
import { failNote, visit } from "./nav.js";

let held = null; // the end in hand, its bar and where both were
on("pointerdown", "[data-gend]", (event, end) => {
  const bar = end.parentElement.querySelector(".gb");
  held = { end, bar, start: event.clientX, wide: end.parentElement.getBoundingClientRect().width, days: 0, x: Number.parseFloat(end.getAttribute("x")), width: Number.parseFloat(bar.getAttribute("width")) };
  end.setPointerCapture(event.pointerId);
  event.preventDefault();
});
document.addEventListener("pointermove", (event) => {
  if (!held) return;
  const all = Number(held.end.closest("[data-gantt]").dataset.days);
  const least = Math.ceil(1 - (held.width * all) / 100);
  held.days = Math.max(least, Math.round(((event.clientX - held.start) / held.wide) * all));
  const more = (held.days * 100) / all;
  held.end.setAttribute("x", `${held.x + more}%`);
  held.bar.setAttribute("width", `${held.width + more}%`);
});
document.addEventListener("pointerup", async () => {
  if (!held) return;
  const now = held;
  held = null;
  if (!now.days) return;
  const chart = now.end.closest("[data-gantt]");
  const day = new Date(`${now.end.dataset.day}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + now.days);
  const body = new FormData();
  body.set("csrf_token", token());
  body.set("field", chart.dataset.gantt);
  body.set(chart.dataset.gantt, day.toISOString().slice(0, 10));
  body.set("was", now.end.dataset.was);
  const answer = await page(now.end.dataset.drop, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.ok) return visit(location.href, { push: false });
  now.end.setAttribute("x", `${now.x}%`);
  now.bar.setAttribute("width", `${now.width}%`);
  let said = null;
  try {
    said = JSON.parse(answer.text).error;
  } catch { /* no JSON: no connection, or a page */ }
  failNote(said ?? answer?.document.querySelector(".hint.bad, [role=alert]")?.textContent ?? word("offline"));
});
