// Fails if sibling modules of a crate import each other in a circle: `npm run circles`.
//
// It reads the text of crate/*/src, without comments and unit tests, and follows every path that
// starts with crate::, super:: or self:: (in `use` or elsewhere) through the modules' own `use`
// lines to the module that defines the name. Modules a and b with the same parent are joined by an
// edge a → b if a file of a, or below it, names something in b, or below it.
//
// It does not see methods (a call says no path), what macros write, or a circle between a module and
// its own parent, which Rust's idiom of a folder with `mod.rs` makes everywhere. A module written inside
// another's file counts as that file.
import fs from "node:fs";
import path from "node:path";
import process from "node:process";

/**
 * @typedef {{ children: Map<string, Module>, parent: Module | null, name: string,
 *   uses: Map<string, string[]>, globs: string[][], paths: string[][] }} Module
 */

/** A source text without comments, strings and what only tests compile. @param {string} text */
function code(text) {
  let rest = text.replace(/"(?:\\.|[^"\\])*"|'(?:\\.[^']*|[^'\\])'|\/\/.*|\/\*[\s\S]*?\*\//g, (found) =>
    found[0] === "/" ? "" : '""',
  );
  let out = "";
  for (let at; (at = rest.indexOf("#[cfg(test)]")) >= 0;) {
    out += rest.slice(0, at);
    rest = rest.slice(at);
    // What the attribute stands before ends with its body, or with a semicolon if it has none.
    let end = rest.search(/[;{]/);
    for (let depth = rest[end] === "{" ? 1 : 0; depth > 0 && ++end < rest.length;) {
      if (rest[end] === "{") depth++;
      if (rest[end] === "}") depth--;
    }
    rest = rest.slice(end + 1);
  }
  return out + rest;
}

/** The paths of a `use` tree, each with the name that it makes visible. @param {string} tree */
function useTree(tree) {
  /** @type {{ path: string[], name: string }[]} */
  const found = [];
  /** @param {string} text @param {string[]} before */
  const walk = (text, before) => {
    const brace = text.indexOf("{");
    if (brace < 0) {
      const [whole, alias] = text.trim().split(/\s+as\s+/);
      const parts = [...before, ...whole.split("::").map((s) => s.trim())].filter(Boolean);
      if (parts.at(-1) === "self") parts.pop();
      if (parts.length) found.push({ path: parts, name: alias ?? parts[parts.length - 1] });
      return;
    }
    const head = text
      .slice(0, brace)
      .split("::")
      .map((s) => s.trim())
      .filter(Boolean);
    let depth = 0;
    let from = brace + 1;
    for (let i = brace; i < text.length; i++) {
      if (text[i] === "{") depth++;
      const last = text[i] === "}" && --depth === 0;
      if ((text[i] === "," && depth === 1) || last) {
        if (text.slice(from, i).trim()) walk(text.slice(from, i), [...before, ...head]);
        from = i + 1;
        if (last) break;
      }
    }
  };
  walk(tree, []);
  return found;
}

/** The modules of a crate, from the file of its root. @param {string} root */
function modules(root) {
  /** @param {string} file @param {string} folder @param {string} name @param {Module | null} parent */
  const read = (file, folder, name, parent) => {
    /** @type {Module} */
    const module = { children: new Map(), parent, name, uses: new Map(), globs: [], paths: [] };
    const text = code(fs.readFileSync(file, "utf8"));
    const body = text.replace(/\buse\s+([^;]+);/g, (_, /** @type {string} */ tree) => {
      for (const { path: parts, name } of useTree(tree)) {
        if (name === "*") module.globs.push(parts.slice(0, -1));
        else module.uses.set(name, parts);
        module.paths.push(parts);
      }
      return "";
    });
    for (const [whole] of body.matchAll(/\b(?:crate|super|self)(?:\s*::\s*\w+)+/g)) {
      module.paths.push(whole.split("::").map((s) => s.trim()));
    }
    for (const [, child] of body.matchAll(/\bmod\s+(\w+)\s*;/g)) {
      // In the module's own folder, or beside its file where a path attribute says so.
      const inner = [path.join(folder, child), path.join(path.dirname(file), child)].find(
        (at) => fs.existsSync(`${at}.rs`) || fs.existsSync(path.join(at, "mod.rs")),
      );
      if (!inner) throw new Error(`${file}: the module ${child} is not where it should be.`);
      const own = fs.existsSync(`${inner}.rs`) ? `${inner}.rs` : path.join(inner, "mod.rs");
      module.children.set(child, read(own, inner, child, module));
    }
    return module;
  };
  return read(root, path.dirname(root), "", null);
}

/** The module that a path leads to, or null if it leads out of the crate. @param {Module} from @param {string[]} parts */
function resolve(from, parts, depth = 0) {
  /** @type {Module} */
  let at = from;
  let rest = parts;
  if (parts[0] === "crate") {
    while (at.parent) at = at.parent;
  } else if (parts[0] === "super" && at.parent) {
    at = at.parent;
  } else if (parts[0] !== "self") {
    if (!at.children.has(parts[0])) return null;
    rest = ["", ...parts];
  }
  rest = rest.slice(1);
  while (rest.length) {
    const [name, ...after] = rest;
    const child = at.children.get(name);
    const use = at.uses.get(name);
    if (name === "super" && at.parent) at = at.parent;
    else if (child) at = child;
    else if (use && depth < 8) return resolve(at, [...use, ...after], depth + 1);
    else {
      const here = at;
      const shown = at.globs.map((glob) => resolve(here, glob, depth + 1)).find((m) => m?.children.has(name));
      const found = depth < 8 && shown?.children.get(name);
      if (!found) return at;
      at = found;
    }
    rest = after;
  }
  return at;
}

/** @param {Module} module */
const ancestors = (module) => {
  const out = [];
  for (let at = /** @type {Module | null} */ (module); at; at = at.parent) out.unshift(at);
  return out;
};

/** Every module of a tree. @param {Module} module @returns {Module[]} */
const all = (module) => [module, ...[...module.children.values()].flatMap(all)];

/** @param {Module} module */
const title = (module) =>
  ancestors(module)
    .slice(1)
    .map((m) => m.name)
    .join("::");

/** For each module, the siblings it names and one place for each. @param {Module} root */
function edges(root) {
  /** @type {Map<Module, Map<Module, string>>} */
  const out = new Map();
  for (const from of all(root)) {
    for (const parts of from.paths) {
      const to = resolve(from, parts);
      if (!to) continue;
      const [a, b] = [ancestors(from), ancestors(to)];
      let level = 0;
      while (level < a.length && level < b.length && a[level] === b[level]) level++;
      if (level === a.length || level === b.length) continue;
      const of = out.get(a[level]) ?? new Map();
      out.set(a[level], of.set(b[level], of.get(b[level]) ?? `${title(from)} names ${parts.join("::")}`));
    }
  }
  return out;
}

/** The sets of modules that reach each other. @param {Map<Module, Map<Module, string>>} graph */
function circles(graph) {
  /** @param {Module} from */
  const reached = (from) => {
    const seen = new Set();
    const stack = [...(graph.get(from)?.keys() ?? [])];
    for (let at; (at = stack.pop());) {
      if (!seen.has(at)) stack.push(...(graph.get(at)?.keys() ?? []));
      seen.add(at);
    }
    return seen;
  };
  const reach = new Map([...graph.keys()].map((m) => [m, reached(m)]));
  const done = new Set();
  const out = [];
  for (const [module, to] of reach) {
    if (done.has(module) || !to.has(module)) continue;
    const circle = [...reach.keys()].filter((other) => to.has(other) && reach.get(other)?.has(module));
    circle.forEach((m) => done.add(m));
    out.push(circle);
  }
  return out;
}

let failures = 0;
for (const name of fs.readdirSync("crate").sort()) {
  const root = ["lib.rs", "main.rs"].map((f) => path.join("crate", name, "src", f)).find((f) => fs.existsSync(f));
  if (!root) continue;
  const graph = edges(modules(root));
  const found = circles(graph);
  for (const circle of found) {
    const names = circle
      .map((m) => m.name)
      .sort()
      .join(", ");
    const parent = circle[0].parent ? title(circle[0].parent) : "";
    failures++;
    console.error(`crate/${name}${parent && `, ${parent}`}: ${names} import each other:`);
    for (const from of circle) {
      for (const [to, place] of graph.get(from) ?? []) {
        if (circle.includes(to)) console.error(`  ${from.name} → ${to.name}: ${place}`);
      }
    }
  }
  console.log(`crate/${name}: ${graph.size} modules import siblings, ${found.length} circles`);
}
process.exitCode = failures ? 1 : 0;
