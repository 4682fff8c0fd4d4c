// A cell is changed where it stands: double click, or F2 on the row; Tab goes on to the next cell, Esc leaves.
import { $, $$, on, page, ready, withQuery, word } from "./dom.js";
import { current, goTo } from "./list.js";
import { failNote } from "./nav.js";
import { frameOf } from "./overlays.js";

const heads = () => $$("[data-list] thead th");
const editable = (cell) => heads()[cell.cellIndex]?.dataset.edit !== undefined;
let back = null; // the row to come back to, and the cell to go on with

export async function editCell(cell) {
  const row = cell.closest("tr");
  const { pathname } = new URL($("a.nm", row).href);
  const column = heads()[cell.cellIndex].dataset.col;
  const answer = await page(withQuery(`${pathname}/cell`, { field: column, back: location.pathname + location.search })).catch(() => null);
  const content = answer?.document.querySelector("#dialog");
  if (!content) return failNote(answer?.document.querySelector("#main h1")?.textContent ?? word("offline"));
  const box = cell.getBoundingClientRect();
  const dialog = frameOf(document.adoptNode(content), "dlg celldlg");
  dialog.dataset.path = pathname;
  dialog.dataset.column = column;
  dialog.addEventListener("close", () => row.isConnected && goTo(row));
  dialog.showModal();
  if (matchMedia("(min-width: 768px)").matches) {
    const size = dialog.getBoundingClientRect();
    dialog.style.left = `${Math.max(8, Math.min(box.left - 8, innerWidth - size.width - 8))}px`;
    dialog.style.top = `${Math.max(8, Math.min(box.top - 8, innerHeight - size.height - 8))}px`;
  }
  const control = $("input:not([type=hidden]), select, textarea", dialog);
  control?.focus();
  control?.select?.();
}
on("dblclick", "[data-list] tbody td", (event, cell) => {
  if (!editable(cell) || event.target.closest("a, button, input")) return;
  getSelection()?.removeAllRanges();
  editCell(cell);
});
export function cellKey(event) {
  if (event.key !== "F2") return false;
  const cell = current() && [...current().cells].find(editable);
  if (cell) editCell(cell);
  return !!cell;
}
on("keydown", "dialog.celldlg", (event, dialog) => {
  if (event.isComposing) return;
  const form = $("form", dialog);
  if (event.key === "Enter" && event.target.matches("select")) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Tab" && !event.target.closest("button, a")) {
    event.preventDefault();
    const columns = heads().filter((head) => head.dataset.edit !== undefined).map((head) => head.dataset.col);
    const at = columns.indexOf(dialog.dataset.column) + (event.shiftKey ? -1 : 1);
    back = { path: dialog.dataset.path, column: columns[at] };
    form.requestSubmit();
  }
});
on("submit", "dialog.celldlg form", (event, form) => {
  back ??= { path: form.closest("dialog").dataset.path };
}, true);
// The list has come anew: the dialog over it closes after its parts were looked at.
ready((root) => {
  if (back && $("[data-list]", root)) setTimeout(resume, 0);
});
function resume() {
  if (!back) return;
  const { path, column } = back;
  back = null;
  const row = $$("[data-list] tbody tr").find((one) => new URL($("a.nm", one)?.href ?? "/", location.href).pathname === path);
  if (!row) return;
  goTo(row);
  row.classList.add("cur");
  const cell = column && row.cells[heads().findIndex((head) => head.dataset.col === column)];
  if (cell) editCell(cell);
}
