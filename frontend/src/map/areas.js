// Areas as addresses say them (crm_core/text/areas.py): read to be drawn, written from what was drawn.
import * as L from "leaflet/dist/leaflet-src.esm.js";

export const MOST = 100; // corners
const FURTHEST = 5_000; // kilometres

export function layerOf(text, options) {
  const [kind, rest] = text.includes(":") ? text.split(":") : ["circle", text];
  const points = rest.split(";").map((part) => part.split(",").map(Number));
  if (kind === "polygon") return L.polygon(points, options);
  const [numbers] = points;
  if (kind === "box") {
    const [south, west, north, east] = numbers;
    return L.rectangle([[south, west], [north, east < west ? east + 360 : east]], options);
  }
  return L.circle(numbers.slice(0, 2), { ...options, radius: numbers[2] * 1000 });
}

const number = (value, places = 6) => String(Number(value.toFixed(places)));
const place = ({ lat, lng }) => `${number(Math.max(-90, Math.min(90, lat)))},${number(((((lng + 180) % 360) + 360) % 360) - 180)}`;

export const circle = (middle, metres) => `circle:${place(middle)},${number(Math.max(0.001, Math.min(FURTHEST, metres / 1000)), 3)}`;
export const polygon = (corners) => `polygon:${corners.map(place).join(";")}`;
export function box(one, other) {
  const bounds = L.latLngBounds(one, other);
  return `box:${place(bounds.getSouthWest())},${place(bounds.getNorthEast())}`;
}
