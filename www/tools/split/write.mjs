// Writes a module as several: text of wasm in, text of wasm out.

/**
 * @typedef {{ kind: string, name: string, text: string }} Form  one of a module's parts, as it is written
 * @typedef {import("./linked.mjs").Node} Node
 * @typedef {import("./linked.mjs").Segment} Segment
 * @typedef {ReturnType<typeof import("./linked.mjs").readLinked>} Linked
 */

const NAME = String.raw`\$(?:"(?:[^"\\]|\\.)*"|[^\s()]+)`;
/** What a function's body says of other functions, tables and globals. */
const REFERENCE = new RegExp(String.raw`\((call|return_call|ref\.func|global\.[gs]et|table\.\w+) (${NAME})`, "g");
const STACK = "$__stack_pointer";

/** The parts of a module that binaryen has written: each begins behind one space. @param {string} text @returns {Form[]} */
function forms(text) {
  return text
    .slice(text.indexOf("\n ("), text.lastIndexOf("\n)"))
    .split(/\n (?=\()/)
    .slice(1)
    .map((form) => {
      const [, kind, name = ""] = new RegExp(String.raw`^\((\w+) (${NAME})?`).exec(form) ?? [];
      return { kind, name, text: form };
    });
}

/** A function's parameters and results without their names. @param {string} text of the function */
function signature(text) {
  const head = text.slice(0, text.indexOf("\n")).replace(new RegExp(String.raw`^\(func ${NAME}`), "");
  return [...head.matchAll(/\((param|result) ([^)]*)\)/g)]
    .map(([, what, types]) => `(${what} ${types.replace(/^\$\S+ /, "")})`)
    .join(" ");
}

/** @param {Uint8Array} bytes */
const escape = (bytes) => Array.from(bytes, (byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");

/**
 * What a file writes to memory. A few bytes between two pieces are cheaper than the beginning of another, if they
 * are constants: then they are what is there already, or will be.
 */
const GAP = 8;

/**
 * @param {Node[]} pieces of one file, in order
 * @param {Segment[]} memory
 */
function dataOf(pieces, memory) {
  /** @type {{ at: number, end: number, constant: boolean }[]} */
  const spans = [];
  for (const { at, size, constant } of pieces) {
    const last = spans.at(-1);
    if (last?.constant && constant && at - last.end <= GAP) last.end = at + size;
    else spans.push({ at, end: at + size, constant });
  }
  return spans.flatMap(({ at, end }) => {
    const segment = memory.findLast(({ address }) => address <= at);
    const bytes = segment?.bytes.subarray(at - segment.address, end - segment.address);
    // Memory is zero at first.
    return bytes?.some((byte) => byte) ? [`(data (i32.const ${at}) "${escape(bytes)}")`] : [];
  });
}

/** The places in the table of a file's functions. @param {Form[]} elements @param {(name: string) => boolean} own */
function elementsOf(elements, own) {
  const out = [];
  for (const { text } of elements) {
    const [, table, at, list] =
      new RegExp(String.raw`^\(elem ${NAME} \(table (${NAME})\) \(i32\.const (\d+)\) func (.*)\)$`, "s").exec(text) ??
      [];
    if (!list) throw new Error(`a table that is filled in another way: ${text.slice(0, 80)}`);
    const names = list.match(new RegExp(NAME, "g")) ?? [];
    for (let from = 0; from < names.length; from++) {
      if (!own(names[from])) continue;
      let to = from;
      while (to < names.length && own(names[to])) to++;
      out.push(`(elem (table ${table}) (i32.const ${Number(at) + from}) func ${names.slice(from, to).join(" ")})`);
      from = to;
    }
  }
  return out;
}

/**
 * The texts of all parts by name, and of the main module by "".
 * @param {string} text of the module
 * @param {Map<Node, string>} part  what is not in the main module
 * @param {(part: string) => Set<string>} copies  functions that a part has for itself, if it needs them
 * @param {Pick<Linked, "data" | "memory">} linked
 * @param {string} version  of the main module, which its parts ask for: they fit no other
 * @returns {Map<string, string>}
 */
export function write(text, part, copies, { data, memory }, version) {
  const all = forms(text);
  const of = (/** @type {string} */ kind) => all.filter((form) => form.kind === kind);
  const functions = new Map(of("func").map((form) => [form.name, form.text]));
  const homes = new Map([...part].map(([{ name }, place]) => [`$${name}`, place]));
  const home = (/** @type {string} */ name) => homes.get(name) ?? "";
  const table = of("table").find(({ text }) => text.endsWith("funcref)"))?.name;
  const signatures = new Map([...of("import").flatMap(imported), ...[...functions].map(signed)]);
  const parts = ["", ...new Set(part.values())].map((name) => {
    const own = [...functions.keys()].filter((to) => home(to) === name);
    const copied = new Set([...copies(name)].map((of) => `$${of}`).filter((of) => isPlain(functions.get(of))));
    return { name, ...gather(name, own, functions, copied, home) };
  });
  /** Short names of what crosses. */
  const crossing = new Map(
    [...new Set(parts.flatMap(({ foreign }) => [...foreign]))].map((name, i) => [name, i.toString(36)]),
  );

  const written = parts.map(({ name, bodies, foreign }) => {
    const first = name
      ? [
          ...of("type").map(({ text }) => text),
          '(import "" "memory" (memory 1))',
          `(import "" "${version}" (table ${table} 1 funcref))`,
          `(import "" "stack" (global ${STACK} (mut i32)))`,
          ...[...foreign].map((to) => `(import "" "${crossing.get(to)}" (func ${to} ${signatures.get(to)}))`),
        ]
      : [
          ...all.filter(({ kind }) => !["func", "elem", "data"].includes(kind)).map(({ text }) => text),
          `(export "${version}" (table ${table}))`,
          `(export "stack" (global ${STACK}))`,
        ];
    const exports = [...crossing].filter(([to]) => home(to) === name);
    const pieces = data.filter((piece) => (part.get(piece) ?? "") === name);
    const forms = [
      ...first,
      ...exports.map(([to, short]) => `(export "${short}" (func ${to}))`),
      ...dataOf(pieces, memory),
      ...elementsOf(of("elem"), (to) => home(to) === name),
      ...[...bodies].map((to) => functions.get(to)),
    ];
    return /** @type {const} */ ([name, `(module\n${forms.map((form) => ` ${form}\n`).join("")})\n`]);
  });
  return new Map(written);
}

/** The name and the signature of a function that is imported. @param {Form} form @returns {[string, string][]} */
function imported({ text }) {
  const [, name, types] = new RegExp(String.raw`\(func (${NAME})(.*)\)\)$`).exec(text) ?? [];
  return name ? [[name, types]] : [];
}

/** @param {[string, string]} function_ @returns {[string, string]} */
const signed = ([name, text]) => [name, signature(text)];

/** Whether a function refers to functions and to the stack alone. @param {string|undefined} text */
const isPlain = (text) =>
  text !== undefined && [...text.matchAll(REFERENCE)].every(([, what, to]) => isFunction(what) || to === STACK);

/** @param {string} what of a reference */
const isFunction = (what) => !/^(global|table)/.test(what);

/**
 * The functions that a part has: its own, and copies of what they need of others; and what they need of the others
 * themselves.
 * @param {string} part @param {string[]} own
 * @param {Map<string, string>} functions @param {Set<string>} copied @param {(name: string) => string} home
 */
function gather(part, own, functions, copied, home) {
  const bodies = new Set(own);
  /** @type {Set<string>} */
  const foreign = new Set();
  for (const name of bodies) {
    const text = functions.get(name) ?? "";
    if (part && !isPlain(text)) throw new Error(`${name} of ${part} needs what only the main module has`);
    for (const [, what, to] of text.matchAll(REFERENCE)) {
      if (!isFunction(what)) continue;
      if (copied.has(to)) bodies.add(to);
      else if (home(to) === part) continue;
      else if (!part) throw new Error(`${name} of the main module refers to ${to} of ${home(to)}`);
      else foreign.add(to);
    }
  }
  return { bodies, foreign };
}
