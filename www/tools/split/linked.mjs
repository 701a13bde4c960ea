// What reaches what in a module that was linked with --emit-relocs: wherever a function or a piece of data refers
// to another, a relocation says so. (https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md)

import { readModule } from "../wasm.mjs";

/**
 * A function or a piece of data. Functions keep their name in wasm-bindgen, data their place in memory.
 * @typedef {object} Node
 * @property {string} name       of a function; data have none
 * @property {number} at         where it begins: data in memory, functions in their section
 * @property {number} size       bytes
 * @property {boolean} constant  whether it stays as it is
 * @property {Set<Node>} to      what it refers to
 *
 * @typedef {import("../wasm.mjs").Reader} Reader
 * @typedef {{ address: number, at: number, bytes: Uint8Array }} Segment
 * @typedef {{ kind: number, index?: number, segment?: number, offset?: number, size?: number }} Symbol
 */

const EXPORT_SECTION = 7;
const DATA_SECTION = 11;
const FUNCTION = 0;
const DATA = 1;
const SECTION = 3;
const UNDEFINED = 16;
const EXPLICIT_NAME = 64;
const SYMBOL_TABLE = 8;
/** Relocations that name a type, and so neither a function nor data. */
const TYPE_INDEX = 6;
/** Relocations that are a symbol and so many bytes more. */
const WITH_ADDEND = new Set([3, 4, 5, 8, 9, 11]);

/** Where pieces of memory are: in memory, and in the section. @param {Reader} section */
function segments(section) {
  const from = section.at;
  return section.list(() => {
    if (section.number() !== 0) throw new Error("a segment of data has no place of its own");
    section.byte();
    const address = section.signed();
    section.byte();
    const content = section.part();
    return { address, at: content.at - from, bytes: content.bytes.subarray(content.at, content.end) };
  });
}

/** @param {Reader} table @returns {Symbol} */
function symbol(table) {
  const kind = table.byte();
  const flags = table.number();
  const defined = (flags & UNDEFINED) === 0;
  if (kind === DATA) {
    table.name();
    return defined ? { kind, segment: table.number(), offset: table.number(), size: table.number() } : { kind };
  }
  const index = table.number();
  if (kind !== SECTION && (defined || flags & EXPLICIT_NAME)) table.name();
  return { kind, index };
}

/** @param {Reader} section "linking" @returns {Symbol[]} */
function symbols(section) {
  section.number(); // its version
  while (section.at < section.end) {
    const which = section.byte();
    const part = section.part();
    if (which === SYMBOL_TABLE) return part.list(() => symbol(part));
  }
  return [];
}

/** Where in a section which symbol stands. @param {Reader} section "reloc.…" */
function relocations(section) {
  section.number(); // which section that is
  return section
    .list(() => {
      const type = section.byte();
      const [at, index] = [section.number(), section.number()];
      if (WITH_ADDEND.has(type)) section.signed();
      return { type, at, index };
    })
    .filter(({ type }) => type !== TYPE_INDEX);
}

/** The functions that are exported, by their index. @param {Reader} section */
function exported(section) {
  return section
    .list(() => {
      section.name();
      return { kind: section.byte(), index: section.number() };
    })
    .filter(({ kind }) => kind === FUNCTION)
    .map(({ index }) => index);
}

/** The last of a sorted list that begins at or before a place. @param {Node[]} list @param {number} at */
function before(list, at) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle].at <= at) low = middle + 1;
    else high = middle;
  }
  return list[low - 1];
}

/**
 * The pieces of data in the order of memory. Symbols that share bytes are one.
 * @param {Symbol[]} symbols
 * @param {{ address: number }[]} places of the segments
 */
function pieces(symbols, places) {
  const found = symbols.flatMap(({ segment = -1, offset = 0, size = 0 }) =>
    // Constants are in the first segment, what changes in those after it.
    places[segment] ? [{ at: places[segment].address + offset, size, constant: segment === 0 }] : [],
  );
  /** @type {Node[]} */
  const data = [];
  for (const { at, size, constant } of found.sort((a, b) => a.at - b.at)) {
    const last = data.at(-1);
    if (last && at < last.at + Math.max(last.size, 1)) last.size = Math.max(last.size, at + size - last.at);
    else data.push({ name: "", at, size, constant, to: new Set() });
  }
  return data;
}

/**
 * The functions and data of a module, those of the functions that are exported, and what memory holds at first.
 * @param {Uint8Array} bytes as the linker wrote them
 * @returns {{ functions: Node[], data: Node[], exports: Node[], memory: Segment[] }}
 */
export function readLinked(bytes) {
  const { sections, names, code, imported } = readModule(bytes);
  const section = (/** @type {number|string} */ wanted) => {
    const found = sections.find(({ kind, name }) => (kind === 0 ? name : kind) === wanted)?.content;
    if (!found) throw new Error(`the module has no section ${wanted}: it must be linked with --emit-relocs`);
    return found.again();
  };
  /** @type {Node[]} */
  const functions = code.map(({ start, size }, i) => ({
    name: names.get(imported + i) ?? "",
    at: start,
    size,
    constant: true,
    to: new Set(),
  }));
  const places = segments(section(DATA_SECTION));
  const named = symbols(section("linking"));
  const data = pieces(named, places);
  /** What a symbol stands for. @param {Symbol} symbol */
  const meant = ({ kind, index = 0, segment = -1, offset = 0 }) => {
    if (kind === FUNCTION) return functions[index - imported];
    return places[segment] && before(data, places[segment].address + offset);
  };
  const nodes = named.map(meant);

  const link = (/** @type {Node|undefined} */ from, /** @type {Node|undefined} */ to) => to && from?.to.add(to);
  for (const { at, index } of relocations(section("reloc.CODE"))) link(before(functions, at), nodes[index]);
  for (const { at, index } of relocations(section("reloc.DATA"))) {
    const segment = places.findLast((place) => place.at <= at);
    if (segment) link(before(data, at - segment.at + segment.address), nodes[index]);
  }
  const exports = exported(section(EXPORT_SECTION)).map((index) => functions[index - imported]);
  return { functions, data, exports, memory: places };
}
