// Maps: the part that draws comes when a page has one.
import { $$, ready, word } from "./dom.js";
import { failNote } from "./nav.js";

ready((root) => {
  const boxes = $$("[data-map]", root).filter((box) => !box.dataset.drawn);
  if (!boxes.length) return;
  for (const box of boxes) box.dataset.drawn = "waits";
  import("./map/draw.js").then(({ draw }) => boxes.forEach(draw), () => failNote(word("offline")));
});
