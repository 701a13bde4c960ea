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

/** Where in pkg/ a module of target/names is. @param {string} name */
function shipped(name) {
  if (name === "exhibits-main") return "exhibits/tilde_web_bg.wasm";
  if (name === "engine-gpu") return "engine/gpu/tilde_engine_bg.wasm";
  const [, folder, rest] = /^(exhibits|engine)-(.*)$/.exec(name) ?? [];
  return folder ? `${folder}/${rest}.wasm` : `${name}/tilde_web_bg.wasm`;
}

/** The columns of the table of crates: the exhibits' parts are two of them. @param {string} name */
function column(name) {
  if (/^exhibits-shared/.test(name)) return "exhibits, shared parts";
  if (/^exhibits-(?!main)/.test(name)) return "exhibits, own parts";
  return name === "exhibits-main" ? "exhibits, main" : name.replace("-", "/");
}

/** All modules. */
async function modules() {
  const names = (await readdir(new URL("../../target/names/", import.meta.url))).map((file) => file.slice(4, -5));
  return Promise.all(
    names.sort().map(async (name) => {
      const bytes = await readFile(new URL(`../../pkg/${shipped(name)}`, import.meta.url));
      const named = await readFile(new URL(`../../target/names/pkg-${name}.wasm`, import.meta.url));
      return { name, gzipped: gzipped(bytes), bytes: bytes.length, ...sizes(named) };
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
  const cards = JSON.parse(await readFile(new URL("../../pkg/cards.json", import.meta.url), "utf8"));
  const size = (/** @type {string} */ name) => all.find((module) => module.name === name)?.gzipped ?? 0;
  const sum = (/** @type {string[]} */ names) => names.reduce((sum, name) => sum + size(name), 0);
  const exhibits = cards.map((/** @type {import("../protocol.js").Card} */ { id, parts, tensors }) => {
    const engine = tensors ? size("engine-relaxed") : 0;
    const needed = size("exhibits-main") + sum(parts.map((part) => `exhibits-${part}`));
    return row([`\`${id}\``, kilo(size(`exhibits-${id}`)), kilo(needed), kilo(needed + engine), String(parts.length)]);
  });
  const tour = sum(all.map(({ name }) => name).filter((name) => /^exhibits-|^engine-relaxed$/.test(name)));

  const heads = [...new Set(all.map(({ name }) => column(name)))].sort();
  /** Bytes by crate and column. @type {Map<string, Map<string, number>>} */
  const lines = new Map();
  for (const { name, functions, data } of all)
    for (const [crate, bytes] of /** @type {[string, number][]} */ ([...byCrate(functions), ["(data)", data]])) {
      const line = lines.get(crate) ?? new Map();
      lines.set(crate, line.set(column(name), (line.get(column(name)) ?? 0) + bytes));
    }
  const total = (/** @type {Map<string, number>} */ line) => [...line.values()].reduce((a, b) => a + b);
  const shown = [...lines].filter(([, line]) => total(line) >= 2000).sort((a, b) => total(b[1]) - total(a[1]));
  const cell = (/** @type {number|undefined} */ bytes) => (bytes ? kilo(bytes) : "");
  return [
    "# Where the bytes are",
    "",
    "`./build.sh bytes` writes this page. What a visitor downloads, in thousands of bytes. The exhibits are one module,",
    "divided into a main one and parts (`www/tools/split`):",
    "",
    row(["module", "gzipped", "as it is"]),
    row(["---", "--:", "--:"]),
    ...all.map(({ name, gzipped, bytes }) => row([name.replace("-", "/"), kilo(gzipped), kilo(bytes)])),
    "",
    `All exhibits with the CPU's engine: ${kilo(tour)}, gzipped. Of each, its own part, all that it needs of the exhibits'`,
    "module, the same with the CPU's engine if it takes tensors, and in how many parts beside the main one:",
    "",
    row(["exhibit", "own", "needed", "with the engine", "parts"]),
    row(["---", "--:", "--:", "--:", "--:"]),
    ...exhibits,
    "",
    "Code by the crate that it is from, uncompressed; that of `bench`, `files` and the engines before `wasm-opt`. A",
    "generic function counts for the crate that wrote it, so that `core` and `alloc` are mostly our own uses of iterators",
    "and vectors. Crates of less than two thousand bytes in all modules together are left out.",
    "",
    row(["crate", ...heads]),
    row(["---", ...heads.map(() => "--:")]),
    ...shown.map(([name, line]) =>
      row([name === "(data)" ? name : `\`${name}\``, ...heads.map((head) => cell(line.get(head)))]),
    ),
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
