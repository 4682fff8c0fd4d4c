// A map of a page: outlines that are shaded, points, lines, an area; what it shows stands in data-map (viewmodels/map.py).
import * as L from "leaflet/dist/leaflet-src.esm.js";
import { $, $$, getJson, make, withQuery } from "../dom.js";
import { visit } from "../nav.js";
import { box as boxOf, layerOf } from "./areas.js";
import { shapes } from "./shapes.js";
import { tools } from "./tools.js";

const CHINA = [[18, 73.5], [53.6, 135]];
const TOUCH = 26; // pixels
const CLOSE = 15; // how far one goes in by pressing several that stand together; further in they are a list

export async function draw(box) {
  const said = JSON.parse(box.dataset.map);
  const map = L.map($(".map-pane", box), {
    attributionControl: Boolean(said.tiles), zoomControl: false, worldCopyJump: true, minZoom: 1, maxZoom: 18, zoomSnap: 0.25, zoomDelta: 1,
    scrollWheelZoom: !said.small, maxBounds: [[-88, -540], [88, 540]], fadeAnimation: false,
  });
  map.fitBounds(CHINA, { animate: false }); // circles have bounds only where there is a view
  if (said.tiles) {
    map.attributionControl.setPrefix(false);
    L.tileLayer(said.tiles, { attribution: clean(said.credit), className: "map-tiles", maxZoom: 18 }).addTo(map);
  }
  box.classList.toggle("tiled", Boolean(said.tiles));
  const outlines = said.shapes ? await shapes(said.shapes).catch(() => []) : [];
  if (!box.isConnected) return map.remove();
  const land = L.featureGroup(outlines.map((one) => outline(one, said.regions?.[one.id]))).addTo(map);
  const lines = L.featureGroup((said.lines ?? []).map(line)).addTo(map);
  const asked = (said.areas ?? []).map(([text, out]) => layerOf(text, { className: `map-area${out ? " out" : ""}`, interactive: false }).addTo(map)).filter((_, at) => !said.areas[at][1]);
  const area = said.area ? layerOf(said.area, { className: "map-area", interactive: false }).addTo(map) : null;
  const points = L.featureGroup((said.points ?? []).map(point)).addTo(map);
  const near = [lines, points].map((group) => group.getBounds()).filter((bounds) => bounds.isValid());
  const first = area?.getBounds() ?? (asked.length ? L.featureGroup(asked).getBounds() : null) ?? (said.bounds ? L.latLngBounds(said.bounds) : land.getLayers().length ? land.getBounds() : near.reduce((all, one) => all.extend(one), L.latLngBounds([])));
  map.fitBounds(first.isValid() ? first : CHINA, { padding: [12, 12], maxZoom: 14, animate: false });
  for (const button of $$("[data-zoom]", box)) button.addEventListener("click", () => map.setZoom(map.getZoom() + Number(button.dataset.zoom)));
  if (said.draw) tools(box, map, (drawn) => visit(withQuery(said.draw, { [said.asked]: drawn })));
  if (said.more) follow(map, said.more, box);
  new ResizeObserver(() => map.invalidateSize()).observe(box);
  box.dataset.drawn = "yes"; // a browser test waits for this
}

// Attributions are an administrator's words: text and nothing else.
function clean(text) {
  return make("i", {}, text ?? "").innerHTML;
}

const words = (text) => make("span", {}, text);

function outline({ id, polygons }, region) {
  const found = L.polygon(polygons, { className: `map-land s${region?.step ?? 0}${region?.url ? " goes" : ""}${id ? "" : " frame"}`, interactive: Boolean(region), bubblingMouseEvents: true });
  if (region) found.bindTooltip(words(region.label), { sticky: true });
  if (region?.url) found.on("click", () => found._map.dragging.enabled() && visit(region.url));
  return found;
}

function line({ path, label }) {
  const found = L.polyline(path, { className: "map-line", interactive: Boolean(label) });
  return label ? found.bindTooltip(words(label), { sticky: true }) : found;
}

function point({ at, label, url, kind, text, box }) {
  const size = text && text.length > 3 ? " wide" : "";
  const icon = L.divIcon({ className: `map-pin ${kind ?? ""}${text ? " many" : ""}${size}`, html: make("span", {}, text ?? ""), iconSize: null });
  const found = L.marker(at, { icon, keyboard: false, riseOnHover: true, zIndexOffset: { here: 1000, ours: 500, rough: -500 }[kind] ?? 0 });
  if (label) found.bindTooltip(words(label), { direction: "top", offset: [0, -8] });
  found.on("click", () => {
    const map = found._map;
    if (!map.dragging.enabled()) return; // an area is being drawn
    const bounds = box && L.latLngBounds(box);
    if (bounds && map.getZoom() < CLOSE && !bounds.getSouthWest().equals(bounds.getNorthEast(), 1e-4)) map.fitBounds(bounds.pad(0.2), { maxZoom: CLOSE + 1 });
    else if (url) visit(url);
  });
  return found;
}

const short = (n) => (n < 10_000 ? String(n) : `${Math.floor(n / 1000)}k`);

// What would lie on each other becomes one: the larger takes the smaller in.
function gathered(map, points) {
  const found = [];
  for (const one of [...points].sort((a, b) => b.n - a.n)) {
    const spot = map.latLngToLayerPoint(one.at);
    const near = found.find((other) => other.spot.distanceTo(spot) < TOUCH);
    if (!near) {
      found.push({ ...one, spot });
      continue;
    }
    const bounds = L.latLngBounds(near.box).extend(L.latLngBounds(one.box));
    Object.assign(near, { n: near.n + one.n, box: [bounds.getSouthWest(), bounds.getNorthEast()].map(({ lat, lng }) => [lat, lng]), label: "" });
  }
  return found;
}

// Points of what is looked at, asked for anew whenever that moves.
function follow(map, url, box) {
  const layer = L.featureGroup().addTo(map);
  let running = null;
  let waiting = 0;
  const note = $("[data-map-note]", box.parentElement);
  async function ask() {
    running?.abort();
    running = new AbortController();
    const bounds = map.getBounds();
    const edges = [Math.max(-90, bounds.getSouth()), Math.max(-180, bounds.getWest()), Math.min(90, bounds.getNorth()), Math.min(180, bounds.getEast())];
    box.dataset.points = "asked";
    try {
      const { points, list, asked, note: told } = await getJson(withQuery(url, { box: edges.map((edge) => edge.toFixed(6)).join(",") }), running.signal);
      layer.clearLayers();
      for (const one of gathered(map, points)) point(one.n === 1 ? one : { ...one, text: short(one.n), url: withQuery(list, { [asked]: boxOf(...one.box.map((corner) => L.latLng(corner))) }) }).addTo(layer);
      if (note) note.textContent = told ?? "";
      box.dataset.points = "there";
    } catch { /* moved on meanwhile, or no connection: what is drawn stays */ }
  }
  map.on("moveend", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 120);
  });
  ask();
}
