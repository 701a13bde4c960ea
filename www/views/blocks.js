// Views that are elements of the page, not pictures: texts, networks, tables. Few exhibits have one, so each comes when a
// card names it.

import { getModule } from "../fetch.js";

/**
 * @typedef {object} Block
 * @property {HTMLElement} element
 * @property {number} [height]  that it needs, where that does not follow from its element, in CSS pixels
 * @property {(picture: import("../protocol.js").Picture) => void} show
 * @property {(text: string) => void} describe  the text alternative
 * @property {(id: string, send: import("../ui/touch.js").Send) => void} [connect]  lets it be edited
 *
 * @typedef {new (words: import("../ui/words.js").Words, id: string) => Block} BlockClass
 */

/** By the kind of view. @type {Record<string, { file: string, name: string }>} */
const FILES = {
  text: { file: "./text.js", name: "TextBlock" },
  network: { file: "./network.js", name: "NetworkBlock" },
  table: { file: "./table.js", name: "TableBlock" },
};

/** Those that have come. @type {Map<string, BlockClass>} */
const loaded = new Map();

/** Fetches what views of these kinds need, once. @param {string[]} kinds */
export async function loadBlocks(kinds) {
  const wanted = Object.entries(FILES).filter(([kind]) => kinds.includes(kind) && !loaded.has(kind));
  const load = async (/** @type {typeof wanted[0]} */ [kind, { file, name }]) =>
    loaded.set(kind, (await getModule(new URL(file, import.meta.url)))[name]);
  await Promise.all(wanted.map(load));
}

/**
 * The element of a view, if its kind is one; `loadBlocks` has fetched it.
 * @param {string} kind
 * @param {import("../ui/words.js").Words} words
 * @param {string} id of the view
 * @returns {Block|undefined}
 */
export function blockOf(kind, words, id) {
  const Block = loaded.get(kind);
  return Block && new Block(words, id);
}
