// Reading the bytes of a wasm module.

const utf8 = new TextDecoder();

/** Reads wasm's numbers and names from bytes. */
export class Reader {
  /** @param {Uint8Array} bytes @param {number} [at] @param {number} [end] */
  constructor(bytes, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }
  /** Another reader of what this one has left. */
  again() {
    return new Reader(this.bytes, this.at, this.end);
  }
  byte() {
    return this.bytes[this.at++];
  }
  number() {
    let value = 0;
    for (let shift = 0, byte = 128; byte & 128; shift += 7) {
      byte = this.byte();
      value += (byte & 127) * 2 ** shift;
    }
    return value;
  }
  /** A number with a sign, of at most 32 bits. */
  signed() {
    let value = 0;
    let shift = 0;
    for (let byte = 128; byte & 128;) {
      byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      shift += 7;
      if (!(byte & 128) && byte & 64) value -= 2 ** shift;
    }
    return value;
  }
  name() {
    const length = this.number();
    return utf8.decode(this.bytes.subarray(this.at, (this.at += length)));
  }
  /** A part of so many bytes, which are skipped. */
  part() {
    const length = this.number();
    return new Reader(this.bytes, this.at, (this.at += length));
  }
  /** Items, as many as the number before them says. @template T @param {() => T} read @returns {T[]} */
  list(read) {
    return Array.from({ length: this.number() }, read);
  }
}

/** @param {Reader} section */
function limits(section) {
  const flags = section.number();
  section.number();
  if (flags & 1) section.number();
}

/** The functions that are imported: they have the first indices. @param {Reader} section the imports */
function importedFunctions(section) {
  let functions = 0;
  section.list(() => {
    section.name();
    section.name();
    const what = section.byte();
    if (what === 0) {
      functions++;
      section.number();
    } else if (what === 1) {
      section.at++;
      limits(section);
    } else if (what === 2) limits(section);
    else section.at += 2;
  });
  return functions;
}

/** Names of functions by index. @param {Reader} section "name" @param {Map<number, string>} names */
function functionNames(section, names) {
  while (section.at < section.end) {
    const which = section.byte();
    const part = section.part();
    if (which === 1) part.list(() => names.set(part.number(), part.name()));
  }
}

/**
 * What a module is made of: its sections (custom ones by name, with the reader behind it), and the bytes of its
 * functions by index, counted from the beginning of the code section.
 * @param {Uint8Array} bytes
 */
export function readModule(bytes) {
  /** @type {{ kind: number, name: string, whole: Uint8Array, from: number, content: Reader }[]} */
  const sections = [];
  /** @type {Map<number, string>} */
  const names = new Map();
  /** @type {{ start: number, end: number, size: number }[]} */
  const code = [];
  let imported = 0;
  const all = new Reader(bytes, 8);
  while (all.at < all.end) {
    const start = all.at;
    const kind = all.byte();
    const content = all.part();
    const from = content.at;
    const name = kind === 0 ? content.name() : "";
    sections.push({ kind, name, whole: bytes.subarray(start, content.end), from, content });
    const inside = new Reader(bytes, content.at, content.end);
    if (kind === 2) imported = importedFunctions(inside);
    if (name === "name") functionNames(inside, names);
    if (kind === 10)
      inside.list(() => {
        const start = inside.at - from;
        const body = inside.part();
        code.push({ start, end: body.end - from, size: body.end - body.at });
      });
  }
  return { bytes, sections, names, code, imported };
}
