// Writes what a static host needs into dist/: node www/tools/dist.mjs [folder]
// Scripts are joined into few files, since each import of an import is a trip to the host and back; scripts, styles and
// words are made small. Every address in the site is relative, so it works under any sub-path, and whatever a page, an
// article or the site itself asks for by its address is where it was.

import { cp, mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));
const www = join(root, "www");
/** What a page loads, an article imports, or a worker begins with. */
const ENTRIES = ["start", "app", "document", "bench-page", "tilde", "exhibit", "embed", "frames", "worker"].map((name) => `${name}.js`); // prettier-ignore
const SOURCES_ONLY = new Set(["tools", "worker-classic.js"]);
const SOURCE_TYPES = /\.(md|d\.ts)$|^(package\.json|\.gitignore)$/;
/** A script of the site that is fetched by its address, not imported. */
const FETCHED = /(?<!from |import |import\()"(\.{1,2}\/[\w./-]+\.js)"/g;

/** What a kind of file is made into. @type {Record<string, (text: string) => Promise<string>>} */
const small = {
  ".css": async (text) => (await transform(text, { loader: "css", minify: true })).code,
  ".json": async (text) => JSON.stringify(JSON.parse(text)),
};

/** Whether it is one of our scripts, which are joined. Libraries are files of their own, and small already. @param {string} path */
const isScript = (path) => extname(path) === ".js" && path.startsWith(www) && !path.includes("/vendor/");

/** @param {string} from @param {string} to */
async function copy(from, to) {
  if (SOURCES_ONLY.has(basename(from)) || SOURCE_TYPES.test(basename(from)) || isScript(from)) return;
  if ((await stat(from)).isDirectory()) {
    for (const name of await readdir(from)) await copy(join(from, name), join(to, name));
    return;
  }
  await mkdir(dirname(to), { recursive: true });
  const shrink = from.includes("/vendor/") ? undefined : small[extname(from)];
  if (shrink) await writeFile(to, await shrink(await readFile(from, "utf8")));
  else await cp(from, to, { dereference: true });
}

/** Scripts that others fetch by their addresses. @returns {Promise<string[]>} */
async function fetched() {
  const found = new Set();
  for (const name of await readdir(www, { recursive: true })) {
    const path = join(www, name);
    if (!isScript(path) || SOURCES_ONLY.has(name.split("/")[0])) continue;
    for (const [, other] of (await readFile(path, "utf8")).matchAll(FETCHED)) {
      const there = resolve(dirname(path), other);
      if (isScript(there)) found.add(relative(www, there));
    }
  }
  return [...found];
}

/** A module's own address is no longer that of the file which it lies in: this stands for it until that is known. */
const PLACE = "tilde-place:";

/** @type {import("esbuild").Plugin} */
const places = {
  name: "places",
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const place = `new URL(${JSON.stringify(PLACE + relative(www, path))}, import.meta.url).href`;
      return { contents: text.replaceAll("import.meta.url", place) };
    });
  },
};

/**
 * Joins the scripts of www/.
 * @param {string} target the folder that www/ is in
 * @returns {Promise<Map<string, string[]>>} what each script imports before it can run, by its path in www/
 */
async function joined(target) {
  const outdir = join(target, "www");
  const { metafile } = await build({
    entryPoints: [...new Set([...ENTRIES, ...(await fetched())])].map((name) => join(www, name)),
    outbase: www,
    outdir,
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    target: "es2022",
    metafile: true,
    plugins: [places],
    logLevel: "warning",
  });
  const imports = new Map();
  for (const [file, { imports: all }] of Object.entries(metafile.outputs)) {
    const path = resolve(file);
    const text = await readFile(path, "utf8");
    const here = (/** @type {string} */ _, /** @type {string} */ name) =>
      relative(dirname(path), join(outdir, name)).replace(/^(?!\.)/, "./");
    await writeFile(path, text.replace(new RegExp(`${PLACE}([\\w./-]+)`, "g"), here));
    const now = all
      .filter(({ kind }) => kind === "import-statement")
      .map(({ path }) => relative(outdir, resolve(path)));
    imports.set(relative(outdir, path), now);
  }
  return imports;
}

/**
 * The page, which asks at once for what its scripts will.
 * @param {string} text @param {Map<string, string[]>} imports
 */
function preloading(text, imports) {
  const wanted = new Set();
  const add = (/** @type {string} */ name) => {
    for (const each of imports.get(name) ?? []) if (wanted.size !== wanted.add(each).size) add(each);
  };
  add("app.js");
  const links = [...wanted].map((name) => `<link rel="modulepreload" href="www/${name}" />`);
  return text.replace(/(\s*<link rel="modulepreload"[^>]*>)+/, `\n    ${links.join("\n    ")}`);
}

/** Writes the site into a folder, which is emptied first. @param {string} target */
export async function dist(target) {
  await rm(target, { recursive: true, force: true });
  for (const part of ["www", "pkg"]) await copy(join(root, part), join(target, part));
  const imports = await joined(target);
  await writeFile(join(target, "index.html"), preloading(await readFile(join(root, "index.html"), "utf8"), imports));
}

if (process.argv[1] === import.meta.filename) {
  const target = process.argv[2] ?? join(root, "dist");
  await dist(target);
  console.log(`Upload the contents of ${target} to any static host.`);
}
