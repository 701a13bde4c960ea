// Copies what a static host needs into dist/, with scripts, styles and words made small: node www/tools/dist.mjs [folder]
// Every file keeps its name, and every address in the site is relative, so it works under any sub-path, and what an
// article imports is where it was.

import { cp, mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));
const SOURCES_ONLY = new Set(["tools", "worker-classic.js"]);
const SOURCE_TYPES = /\.(md|d\.ts)$|^(package\.json|\.gitignore)$/;

/** What a kind of file is made into. @type {Record<string, (text: string) => Promise<string>>} */
const small = {
  ".js": async (text) => (await transform(text, { minify: true, format: "esm", target: "es2022" })).code,
  ".css": async (text) => (await transform(text, { loader: "css", minify: true })).code,
  ".json": async (text) => JSON.stringify(JSON.parse(text)),
};

/** @param {string} from @param {string} to */
async function copy(from, to) {
  if (SOURCES_ONLY.has(basename(from)) || SOURCE_TYPES.test(basename(from))) return;
  if ((await stat(from)).isDirectory()) {
    for (const name of await readdir(from)) await copy(join(from, name), join(to, name));
    return;
  }
  await mkdir(dirname(to), { recursive: true });
  // Libraries are small already.
  const shrink = from.includes("/vendor/") ? undefined : small[extname(from)];
  if (shrink) await writeFile(to, await shrink(await readFile(from, "utf8")));
  else await cp(from, to, { dereference: true });
}

/** Writes the site into a folder, which is emptied first. @param {string} target */
export async function dist(target) {
  await rm(target, { recursive: true, force: true });
  for (const part of ["index.html", "www", "pkg"]) await copy(join(root, part), join(target, part));
}

if (process.argv[1] === import.meta.filename) {
  const target = process.argv[2] ?? join(root, "dist");
  await dist(target);
  console.log(`Upload the contents of ${target} to any static host.`);
}
