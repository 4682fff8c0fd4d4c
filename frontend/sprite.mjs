// One SVG with a <symbol> for each icon named in icons.txt; `star-f` is the filled star.
// Stroke width is left to the style sheet (16 px wants 1.75, 24 px wants 1.5), so it stands on no symbol.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const OUTLINE = 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"';
const FILLED = 'fill="currentColor" stroke="none"';

export async function sprite(list, folder) {
  const names = (await readFile(list, "utf8"))
    .split("\n").map((line) => line.replace(/#.*/, "").trim()).filter(Boolean);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length) throw new Error(`icons.txt names twice: ${twice.join(", ")}`);
  const symbols = await Promise.all(names.sort().map((name) => symbol(name, folder)));
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

async function symbol(name, folder) {
  const filled = name.endsWith("-f");
  const plain = filled ? name.slice(0, -2) : name;
  const style = filled ? "filled" : "outline";
  let text;
  try {
    text = await readFile(join(folder, style, `${plain}.svg`), "utf8");
  } catch {
    const near = (await readdir(join(folder, style)))
      .map((file) => file.replace(".svg", "")).filter((file) => file.includes(plain.split("-")[0])).slice(0, 12);
    throw new Error(`icons.txt: Tabler has no ${style} icon "${plain}"; near it: ${near.join(", ") || "none"}`);
  }
  const inner = text
    .replace(/^[\s\S]*?<svg[\s\S]*?>/, "").replace(/<\/svg>\s*$/, "")
    .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
    .replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 24 24" ${filled ? FILLED : OUTLINE}>${inner}</symbol>`;
}
