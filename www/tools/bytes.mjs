// Where the bytes of the wasm modules are. `node www/tools/bytes.mjs` prints docs/bytes.md: sizes as they are
// downloaded, and code by the crate that it is from, by the names that the compiler left in what is in
// target/names. With FILE… it lists the functions of those files, the largest first.

import { execFileSync } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { readModule } from "./wasm.mjs";

/**
 * The crate that a function is from. A method of a trait belongs to the type that has it, a generic
 * function to the crate that wrote it.
 * @param {string} name
 */
export function crateOf(name) {
  // wasm-bindgen writes names out; the engine's are as the compiler mangled them, in its new way or its old.
  const [, length, rest] = /^_R.*?C(?:s\w*?_)?(\d+)_?([a-z]\w*)/.exec(name) ?? [];
  if (length) return rest.slice(0, Number(length));
  name = name
    .replace(/^_ZN\d+_?/, "")
    .replace(/\$LT\$/g, "<")
    .replace(/\$RF\$/g, "&")
    .replace(/\$u20\$/g, " ")
    .replace(/\$u5b\$/g, "[")
    .replace(/\.\.|(?<=^[a-z_]+)\d/g, "::");
  const first = /^[<&*\[\s(]*(?:mut |dyn |const )*([a-z_][\w]*)(?:\[[0-9a-f]+\])?::/i.exec(name)?.[1];
  return first ?? "other";
}

/**
 * The functions' names and bytes of code, and the bytes of data.
 * @param {Uint8Array} bytes of a module
 */
export function sizes(bytes) {
  const { sections, names, code, imported } = readModule(bytes);
  const data = sections.find(({ kind }) => kind === 11);
  return {
    functions: code.map(({ size }, i) => ({ name: names.get(imported + i) ?? "", size })),
    data: data ? data.content.end - data.from : 0,
  };
}

/** Bytes by crate, most first. @param {ReturnType<typeof sizes>["functions"]} functions @returns {[string, number][]} */
export function byCrate(functions) {
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const { name, size } of functions) sums.set(crateOf(name), (sums.get(crateOf(name)) ?? 0) + size);
  return [...sums].sort((a, b) => b[1] - a[1]);
}

/** The modules, by the folder or file of pkg/ that a page fetches. */
async function modules() {
  const names = (await readdir(new URL("../../target/names/", import.meta.url))).map((file) => file.slice(0, -5));
  return Promise.all(
    names.sort().map(async (name) => {
      const [, folder, rest] = /^pkg-(engine|chapter|files|bench)-?(.*)$/.exec(name) ?? [];
      const place = rest ? `${folder}/${rest}` : folder;
      const plain = folder === "engine" && rest !== "gpu";
      const file = plain ? `${place}.wasm` : `${place}/tilde_${folder === "engine" ? "engine" : "web"}_bg.wasm`;
      const shipped = await readFile(new URL(`../../pkg/${file}`, import.meta.url));
      const named = await readFile(new URL(`../../target/names/${name}.wasm`, import.meta.url));
      return { place, gzipped: gzipped(shipped), bytes: shipped.length, ...sizes(named) };
    }),
  );
}

/** What `gzip -9` makes of it: the measure of the budgets in build.sh. @param {Buffer} bytes */
const gzipped = (bytes) => execFileSync("gzip", ["-9", "-c"], { input: bytes, maxBuffer: 1 << 26 }).length;

/** Thousands of bytes. @param {number} bytes */
const kilo = (bytes) => (bytes / 1000).toFixed(1);

/** @param {string[]} cells */
const row = (cells) => `| ${cells.join(" | ")} |`;

/** The page docs/bytes.md. */
async function report() {
  const all = await modules();
  const heads = all.map(({ place }) => place);
  /** @type {Map<string, string[]>} */
  const lines = new Map();
  const total = new Map();
  for (const [column, { functions, data }] of all.entries()) {
    for (const [name, size] of [...byCrate(functions), ["(data)", data]]) {
      const line = lines.get(String(name)) ?? heads.map(() => "");
      line[column] = kilo(Number(size));
      lines.set(String(name), line);
      total.set(String(name), (total.get(String(name)) ?? 0) + Number(size));
    }
  }
  const shown = [...lines]
    .filter(([name]) => total.get(name) >= 2000)
    .sort((a, b) => total.get(b[0]) - total.get(a[0]));
  return [
    "# Where the bytes are",
    "",
    "`./build.sh bytes` writes this page. What a visitor downloads of each wasm module, in thousands of bytes:",
    "",
    row(["module", "gzipped", "as it is"]),
    row(["---", "--:", "--:"]),
    ...all.map(({ place, gzipped, bytes }) => row([place, kilo(gzipped), kilo(bytes)])),
    "",
    "Code by the crate that it is from, before `wasm-opt` and uncompressed. A generic function counts for the crate",
    "that wrote it, so that `core` and `alloc` are mostly our own uses of iterators and vectors. Crates of less than",
    "two thousand bytes in all modules together are left out.",
    "",
    row(["crate", ...heads]),
    row(["---", ...heads.map(() => "--:")]),
    ...shown.map(([name, line]) => row([name === "(data)" ? name : `\`${name}\``, ...line])),
  ].join("\n");
}

if (process.argv[1] === import.meta.filename) {
  const files = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
  if (!files.length) console.log(await report());
  for (const file of files) {
    const { functions } = sizes(await readFile(file));
    for (const { name, size } of functions.sort((a, b) => b.size - a.size)) console.log(`${size}\t${name}`);
  }
}
