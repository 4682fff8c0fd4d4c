// Figures of reports and cards are asked for anew once a minute while somebody looks at them, and at once when he hears of something
// new: an alarm that rang, a task that was given.
import { $, $$, adopt, part } from "./dom.js";

const EVERY = 60_000;
async function freshen(box, url, selector) {
  if (box.contains(document.activeElement)) return; // he is at work in it
  const fresh = await part(url, selector).catch(() => null);
  if (!fresh || !box.isConnected || box.contains(document.activeElement)) return;
  fresh.dataset.fresh = url;
  fresh.removeAttribute("data-load");
  if (fresh.innerHTML === box.innerHTML) return;
  box.replaceWith(fresh);
  adopt(fresh);
}
function look() {
  if (document.hidden) return;
  for (const panel of $$(".panel[data-fresh^='/cards/']")) freshen(panel, panel.dataset.fresh, ".panel");
  const report = $(".card.rep");
  if (report) freshen(report, location.href, ".card.rep");
}
setInterval(look, EVERY);
document.addEventListener("crm:news", look);
