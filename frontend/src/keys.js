// Keys that work everywhere. One-letter keys never fire while somebody types, and can be switched off.
import { $, $$, mod, typing } from "./dom.js";
import { cellKey } from "./cell.js";
import { listKey } from "./list.js";
import { openPalette } from "./palette.js";
import { peekKey } from "./peek.js";
import { recordKey } from "./record.js";

let goTo = 0; // G was pressed: the next letter is a place
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const key = event.key.toLowerCase();
  if (mod(event) && key === "k" && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    return openPalette();
  }
  if ($("dialog[open]") || !$("#tg-app")) return;
  if (event.altKey && /^[1-9]$/.test(event.key)) {
    const tab = $$("#main .tabs a")[Number(event.key) - 1];
    if (tab) {
      event.preventDefault();
      tab.click();
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.body.dataset.keys === "off") return;
  if (act(event, key)) event.preventDefault();
});
function act(event, key) {
  if (goTo && Date.now() - goTo < 1500) {
    goTo = 0;
    const place = $(`[data-go="${CSS.escape(event.key.toUpperCase())}"]`);
    place?.click();
    return !!place;
  }
  goTo = 0;
  if (event.key === "/") return openPalette(), true;
  if (event.key === "?") return $("#keys").showModal(), true;
  if (key === "g") return (goTo = Date.now()), true;
  if (event.target.closest?.("details.menu[open]")) return false;
  if (cellKey(event) || peekKey(event) || listKey(event) || recordKey(event)) return true;
  if (key === "n" && !$("#main [data-key=N]")) {
    const menu = $("#create");
    if (!menu) return false;
    menu.open = true;
    $(".it", menu)?.focus();
    return true;
  }
  if (!/^[a-z]$/.test(key)) return false;
  const button = $$(`#main [data-key="${key.toUpperCase()}"]`).find((one) => one.offsetParent);
  button?.click();
  return !!button;
}
