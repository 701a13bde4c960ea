// The Rust source of each exhibit as HTML, for "Under the hood": pkg/source/ID.json has the files of its folder, the
// model first. Highlighted here, so that the page needs no library for it; by classes, so that its colours are the
// page's own.

import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import hljs from "highlight.js/lib/core";
import rust from "highlight.js/lib/languages/rust";

const MODELS = new URL("../../crate/models/src/", import.meta.url);
const OUT = new URL("../../pkg/source/", import.meta.url);
/** After the model, in this order; what is not named is part of the model. */
const LAST = ["mod.rs", "picture.rs", "measure.rs", "card.rs"];
/** What only tests compile. */
const TESTS = /^(tests|golden)\.rs$/;

hljs.registerLanguage("rust", rust);

/** Comments of the documentation are told from others. @param {string} text of Rust */
export const highlighted = (text) =>
  hljs
    .highlight(text, { language: "rust" })
    .value.replace(/<span class="hljs-comment">(?=\/\/[/!])/g, '<span class="hljs-comment doc">');

/**
 * The files of an exhibit: the model, then what drives, draws and measures it.
 * @param {string} id
 * @returns {Promise<import("../protocol.js").Source[]>}
 */
export async function sourceOf(id) {
  const folder = id.replaceAll("-", "_");
  const place = (/** @type {string} */ name) => (name === "model.rs" ? -1 : LAST.indexOf(name) + 1);
  const names = (await readdir(new URL(`${folder}/`, MODELS)))
    .filter((name) => name.endsWith(".rs") && !TESTS.test(name))
    .sort((a, b) => place(a) - place(b) || a.localeCompare(b));
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(`${folder}/${name}`, MODELS), "utf8");
      return { name, path: `crate/models/src/${folder}/${name}`, html: highlighted(text) };
    }),
  );
}

/** Writes pkg/source, a file for each exhibit of the registry. */
export async function sources() {
  const cards = JSON.parse(await readFile(new URL("../../pkg/cards.json", import.meta.url), "utf8"));
  await rm(OUT, { recursive: true, force: true });
  await mkdir(OUT, { recursive: true });
  for (const { id } of cards) await writeFile(new URL(`${id}.json`, OUT), JSON.stringify(await sourceOf(id)));
}
