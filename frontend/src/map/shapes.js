// Outlines of countries, provinces and cities, unpacked from the files that frontend/maps.mjs makes; an administrator's own are plain.
import { getJson } from "../dom.js";

const STEPS = 1024; // of a degree
const kept = new Map();

// [{id, polygons: [[ring …] …]}], rings of [latitude, longitude].
export function shapes(url) {
  if (!kept.has(url)) kept.set(url, getJson(url).then(({ features }) => features.map(({ id, polygons }) => ({ id, polygons: polygons.map((rings) => rings.map(unpack)) }))));
  kept.get(url).catch(() => kept.delete(url));
  return kept.get(url);
}

function unpack(ring) {
  if (typeof ring[0] !== "string") return ring.map(([east, north]) => [north, east]);
  let [text, x, y] = ring;
  const step = (at) => {
    const value = text.charCodeAt(at) - 64;
    return (value >> 1) ^ -(value & 1);
  };
  const points = [];
  for (let at = 0; at < text.length; at += 2) {
    x += step(at);
    y += step(at + 1);
    points.push([y / STEPS, x / STEPS]);
  }
  return points;
}
