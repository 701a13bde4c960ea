// Every word a person reads comes from www/words/LANGUAGE/.

import { Once, get } from "../fetch.js";

const LANGUAGE = "en";

/** @param {string} file */
const address = (file) => new URL(`../words/${LANGUAGE}/${file}`, import.meta.url);

/** Words by dotted path; where one is missing, its last part stands in, so that nothing is blank. */
export class Words {
  #tree;

  /** @param {any} tree */
  constructor(tree) {
    this.#tree = tree;
  }

  /** @param {string} path @returns {any} */
  find(path) {
    // Ids come from addresses, too: "constructor" is not a word that every object has.
    return path
      .split(".")
      .reduce((node, key) => (isTree(node) && Object.hasOwn(node, key) ? node[key] : undefined), this.#tree);
  }

  /**
   * @param {string} path
   * @param {Record<string, string|number>} [values] put in for `{name}`
   * @returns {string}
   */
  get(path, values) {
    const found = this.find(path);
    const text =
      typeof found === "string" ? found : (found?.label ?? path.split(".").at(-1)?.replaceAll("_", " ") ?? "");
    return values
      ? text.replace(/\{(\w+)\}/g, (/** @type {string} */ all, /** @type {string} */ name) =>
          String(values[name] ?? all),
        )
      : text;
  }

  /** @param {string} path @returns {string} a definition, or "" */
  hint(path) {
    return this.find(path)?.hint ?? "";
  }
}

/**
 * What `own` says, and where it says nothing, what `common` says at the same path.
 * @param {any} common
 * @param {any} own
 * @returns {any}
 */
export function overlay(common, own) {
  if (own === undefined) return common;
  if (!isTree(common) || !isTree(own)) return own;
  const keys = [...new Set([...Object.keys(common), ...Object.keys(own)])];
  return Object.fromEntries(keys.map((key) => [key, overlay(common[key], own[key])]));
}

/** @param {unknown} value */
const isTree = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** @type {Once<any>} */
const files = new Once();

/** A file of words, fetched once. @param {string} name @returns {Promise<any>} */
const file = (name) => files.get(name, async () => (await get(address(`${name}.json`))).json());

/**
 * The page's own words, or those of an exhibit over the words that exhibits share (common.json).
 * @param {string} name "ui", "front" for those of the front page, "hood" for those under the hood, "embed" for those of
 *   the dialogue for embeds, or an exhibit's id
 * @returns {Promise<Words>}
 */
export async function words(name) {
  if (name === "ui") {
    const [ui, contents] = await Promise.all([file(name), file("contents")]);
    return new Words({ ...ui, contents });
  }
  if (name === "front") {
    const [front, questions] = await Promise.all([file(name), file("questions")]);
    return new Words({ ...front, questions });
  }
  if (name === "hood" || name === "embed") return new Words(await file(name));
  const [common, own] = await Promise.all([file("common"), file(name)]);
  return new Words(overlay(common, own));
}

/**
 * The lesson, as HTML that was made at build time from Markdown in this repository.
 * @param {string} id of an exhibit
 * @returns {Promise<string>} empty where there is none
 */
export async function lesson(id) {
  const response = await get(address(`${id}.html`)).catch(() => undefined);
  return response ? response.text() : "";
}
