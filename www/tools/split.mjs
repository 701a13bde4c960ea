// Divides the exhibits' module into a main one and parts that are fetched when an exhibit needs them:
//
//   node www/tools/split.mjs unlink LINKED OUT
//     what the linker wrote, without its notes, which other tools would carry along
//   node www/tools/split.mjs divide LINKED TEXT CARDS WORK OUT
//     LINKED has relocations; TEXT is the module that came of it, as text and with the functions' names. Writes the
//     main module and its parts to OUT, and to WORK the same with names and parts.json: what each exhibit needs
//   node www/tools/split.mjs cards CARDS PARTS OUT
//     the cards with their parts

import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { divide } from "./split/divide.mjs";
import { readLinked } from "./split/linked.mjs";
import { assembleAll } from "./split/threads.mjs";
import { write } from "./split/write.mjs";
import { readModule } from "./wasm.mjs";

/** Bytes of code, before they are made smaller, that are worth a request of their own. */
const WORTH = 4000;

/**
 * A call into another module takes longer than one within, and is never inlined. So exhibits that compute without an
 * engine have copies in their own part of all that others share with them, of mathematics, and of functions of so
 * few bytes.
 */
const INNER = /4libm4math/;
const SMALL = 400;

/** @param {string} linked @param {string} out */
async function unlink(linked, out) {
  const { bytes, sections } = readModule(await readFile(linked));
  const kept = sections.filter(({ name }) => !/^(linking|reloc\.)/.test(name));
  await writeFile(out, Buffer.concat([bytes.subarray(0, 8), ...kept.map(({ whole }) => whole)]));
}

/**
 * The exhibits' entrances, by their ids (crate/models/src/exhibits.rs).
 * @param {import("./split/linked.mjs").Node[]} functions
 */
function entrances(functions) {
  /** @type {Map<string, import("./split/linked.mjs").Node>} */
  const found = new Map();
  for (const node of functions) {
    const [, id] = /8exhibits9entrances\d+([a-z0-9_]+?)(?:17h[0-9a-f]{16}E)?$/.exec(node.name) ?? [];
    if (id) found.set(id.replaceAll("_", "-"), node);
  }
  if (!found.size) throw new Error("no exhibit has an entrance in this module");
  return found;
}

/** @param {string} linked @param {string} text @param {string} cards @param {string} work @param {string} out */
async function divideModule(linked, text, cards, work, out) {
  const bytes = await readFile(linked);
  const read = readLinked(bytes);
  const { part, needs } = divide(read.exports, entrances(read.functions), WORTH);
  const version = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
  const small = new Set(
    read.functions.filter((of) => of.size <= SMALL || INNER.test(of.name) || part.has(of)).map(({ name }) => name),
  );
  /** @type {{ id: string, tensors: boolean }[]} */
  const all = JSON.parse(await readFile(cards, "utf8"));
  const plain = new Set(all.flatMap(({ id, tensors }) => (tensors ? [] : [id])));
  const copies = (/** @type {string} */ part) => (plain.has(part) ? small : new Set());
  await mkdir(`${work}/named`, { recursive: true });
  const texts = write(await readFile(text, "utf8"), part, copies, read, version);
  const given = [...texts].map(([name, text]) => ({ name, text, fast: plain.has(name) }));
  for (const { name, named, bare } of await assembleAll(given)) {
    await writeFile(`${work}/named/${name || "main"}.wasm`, named);
    await writeFile(`${out}/${name || "tilde_web_bg"}.wasm`, bare);
  }
  await writeFile(`${work}/parts.json`, JSON.stringify(needs));
}

/** @param {string} cards @param {string} parts @param {string} out */
async function addParts(cards, parts, out) {
  const [all, needs] = await Promise.all([cards, parts].map(async (file) => JSON.parse(await readFile(file, "utf8"))));
  await writeFile(
    out,
    JSON.stringify(all.map((/** @type {any} */ card) => ({ ...card, parts: needs[card.id] ?? [] }))),
  );
}

const [command, ...files] = process.argv.slice(2);
const commands = { unlink, divide: divideModule, cards: addParts };
// @ts-ignore: each takes its own number of files
await commands[command](...files);
