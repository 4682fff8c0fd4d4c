// Drawing an area: a circle from its middle, a rectangle from corner to corner, a polygon corner by corner.
import * as L from "leaflet/dist/leaflet-src.esm.js";
import { $$, make } from "../dom.js";
import { MOST, box, circle, polygon } from "./areas.js";

const NEAR = 12; // pixels: a press so near the first corner closes a polygon
const STYLE = { className: "map-area", interactive: false };

export function tools(frame, map, done) {
  const pane = map.getContainer();
  const said = make("output", { class: "map-said", hidden: true });
  frame.append(said);
  let tool = "move";
  let start = null; // where a circle or rectangle begins
  let corners = [];
  let shown = null;

  const tell = (text) => {
    said.hidden = !text;
    said.textContent = text;
  };
  function show(layer) {
    shown?.remove();
    shown = layer?.addTo(map) ?? null;
  }
  function reset() {
    [start, corners] = [null, []];
    show(null);
    tell("");
  }
  function choose(name) {
    reset();
    tool = name;
    for (const button of $$("[data-tool]", frame)) button.setAttribute("aria-pressed", button.dataset.tool === name);
    pane.classList.toggle("drawing", name !== "move");
    map.dragging[name === "move" ? "enable" : "disable"]();
    map.doubleClickZoom[name === "move" ? "enable" : "disable"]();
  }
  function finish(area) {
    choose("move");
    done(area);
  }
  const where = (event) => map.mouseEventToLatLng(event);
  const kilometres = (metres) => `${new Intl.NumberFormat(document.documentElement.lang, { maximumSignificantDigits: 3 }).format(metres / 1000)} km`;

  for (const button of $$("[data-tool]", frame)) button.addEventListener("click", () => choose(button.dataset.tool));
  pane.addEventListener("pointerdown", (event) => {
    if (tool === "move" || event.button || !event.isPrimary) return;
    event.preventDefault();
    pane.setPointerCapture(event.pointerId);
    if (tool !== "polygon") start = where(event);
  });
  pane.addEventListener("pointermove", (event) => {
    if (tool === "polygon" && corners.length) show(L.polygon([...corners, where(event)], STYLE));
    if (!start) return;
    const here = where(event);
    if (tool === "box") return show(L.rectangle(L.latLngBounds(start, here), STYLE));
    const radius = map.distance(start, here);
    tell(kilometres(radius));
    show(L.circle(start, { ...STYLE, radius }));
  });
  pane.addEventListener("pointerup", (event) => {
    if (tool === "polygon" && event.isPrimary && !event.button) {
      const here = where(event);
      const first = corners[0] && map.latLngToContainerPoint(corners[0]);
      if (corners.length > 2 && first.distanceTo(map.latLngToContainerPoint(here)) < NEAR) return finish(polygon(corners));
      corners.push(here);
      show(L.polygon(corners, STYLE));
      if (corners.length === MOST) finish(polygon(corners));
      return;
    }
    if (!start) return;
    const [from, here] = [start, where(event)];
    const moved = map.latLngToContainerPoint(from).distanceTo(map.latLngToContainerPoint(here));
    if (moved < 4) return reset();
    finish(tool === "circle" ? circle(from, map.distance(from, here)) : box(from, here));
  });
  pane.addEventListener("pointercancel", reset);
  pane.addEventListener("dblclick", () => {
    // the second press of the two has set the last corner once more
    const found = corners.filter((corner, at) => !at || !corner.equals(corners[at - 1]));
    if (tool === "polygon" && found.length > 2) finish(polygon(found));
  });
  frame.addEventListener("keydown", (event) => {
    if (tool === "move") return;
    if (event.key === "Escape") {
      event.stopPropagation();
      choose("move");
    } else if (event.key === "Enter" && corners.length > 2) {
      event.preventDefault();
      finish(polygon(corners));
    }
  });
}
