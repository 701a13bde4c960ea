// Checks the words of the exhibits: what several say alike is written once, in common.json, and every
// id of a card has its words. The build stops at a copy; the end-to-end tests ask for the words of
// each card and of what its pictures show.

import { readFile, readdir } from "node:fs/promises";
import { overlay } from "../ui/words.js";

const WORDS = new URL("../words/", import.meta.url);
/** Words of the page, of all exhibits, and those parts of an exhibit's that are its alone. */
const NOT_EXHIBITS = [
  "ui.json",
  "front.json",
  "embed.json",
  "hood.json",
  "common.json",
  "contents.json",
  "questions.json",
];
const OWN_PARTS = ["title", "short", "question", "experiments"];

/** @typedef {Record<string, any>} Tree */

/**
 * All texts of a tree by dotted path.
 * @param {Tree} tree
 * @param {string[]} [path]
 * @returns {[path: string, text: string][]}
 */
const texts = (tree, path = []) =>
  Object.entries(tree).flatMap(([key, value]) => {
    const here = [...path, key];
    if (typeof value === "string") return [/** @type {[string, string]} */ ([here.join("."), value])];
    return value && typeof value === "object" && !Array.isArray(value) ? texts(value, here) : [];
  });

/** @param {Tree} tree @param {string} path @returns {any} */
const at = (tree, path) => path.split(".").reduce((/** @type {any} */ node, key) => node?.[key], tree);

/**
 * Copies, as sentences: a word of common.json said again, a word that two exhibits say alike at a path
 * where common.json is silent, and any third copy.
 * @param {Tree} common
 * @param {Record<string, Tree>} exhibits their own words by id
 * @returns {string[]}
 */
export function copies(common, exhibits) {
  const found = [];
  /** @type {Map<string, string[]>} ids by path and text */
  const said = new Map();
  for (const [id, own] of Object.entries(exhibits)) {
    for (const [path, text] of texts(own)) {
      if (OWN_PARTS.includes(path.split(".")[0])) continue;
      if (at(common, path) === text) found.push(`${id}.json repeats common.json: ${path} = "${text}". Remove it.`);
      const key = JSON.stringify([path, text]);
      said.set(key, [...(said.get(key) ?? []), id]);
    }
  }
  for (const [key, ids] of said) {
    const [path, text] = JSON.parse(key);
    const allowed = at(common, path) === undefined ? 1 : 2;
    if (ids.length > allowed) found.push(`${ids.join(", ")} say alike: ${path} = "${text}". Write it in common.json.`);
  }
  return found;
}

/**
 * The paths that the words of a card must fill.
 * @param {import("../protocol.js").Card} card
 * @returns {string[]}
 */
export const wanted = (card) => [
  "title",
  "question",
  ...card.settings.flatMap(({ id, choices = [] }) => [
    `settings.${id}.label`,
    `settings.${id}.hint`,
    ...choices.map((choice) => `settings.${id}.choices.${choice}`),
  ]),
  ...card.metrics.flatMap(({ id, curve }) => [
    `metrics.${id}.label`,
    `metrics.${id}.hint`,
    ...(curve ? [`curves.${curve}`] : []),
  ]),
  ...card.views.flatMap(({ id }) => [`views.${id}.label`, `views.${id}.hint`]),
  ...card.actions.flatMap(({ id }) => [`actions.${id}.label`, `actions.${id}.hint`]),
  ...card.phases.flatMap((id) => [`phases.${id}.label`, `phases.${id}.hint`, `phases.${id}.doing`]),
  ...card.experiments.flatMap(({ id }) =>
    ["label", "ask", "predict", "options", "answer", "look", "explain"].map((part) => `experiments.${id}.${part}`),
  ),
];

/**
 * What is wrong with the sentences of a card's headline: there are one to three, and each names figures of the card.
 * @param {import("../protocol.js").Card} card
 * @param {Tree} words
 * @returns {string[]}
 */
export function misled(card, { headline = [] }) {
  const known = new Set(card.metrics.flatMap(({ id }) => [id, `${id}_reference`]));
  const texts = /** @type {string[]} */ (headline.flat());
  const wrong = texts.filter((text) => {
    const named = [...text.matchAll(/\{(\w+)\}/g)].map(([, id]) => id);
    return !named.length || named.some((id) => !known.has(id));
  });
  return headline.length >= 1 && headline.length <= 3 ? wrong : [...wrong, `${headline.length} sentences`];
}

/**
 * Those of the paths that have no words.
 * @param {string[]} paths
 * @param {Tree} words of an exhibit, over the common ones
 * @returns {string[]}
 */
export const missing = (paths, words) => paths.filter((path) => (at(words, path) ?? "") === "");

/**
 * Paths of an exhibit's own words that name nothing on its card.
 * @param {import("../protocol.js").Card} card
 * @param {Tree} own
 * @returns {string[]}
 */
export function idle(card, own) {
  const known = new Set(wanted(card).flatMap((path) => [path, path.split(".").slice(0, 2).join(".")]));
  const parts = ["settings", "metrics", "curves", "views", "actions", "phases", "experiments"];
  const choices = Object.entries(own.settings ?? {}).flatMap(([id, setting]) =>
    Object.keys(setting.choices ?? {}).map((choice) => `settings.${id}.choices.${choice}`),
  );
  return [...parts.flatMap((part) => Object.keys(own[part] ?? {}).map((id) => `${part}.${id}`)), ...choices].filter(
    (path) => !known.has(path),
  );
}

/**
 * Sentences that know a line or a curve by black or white: what is black on a light page is white on a dark one.
 * @param {Tree} words
 * @returns {string[]}
 */
export const inked = (words) =>
  (JSON.stringify(words).match(/[^."]*\b(?:black|white)\b[^."]*/gi) ?? []).filter((text) =>
    /\b(?:line|curve)s?\b/i.test(text),
  );

/**
 * The words of a language as they are written.
 * @param {string} language a folder of www/words
 * @returns {Promise<{ common: Tree, exhibits: Record<string, Tree> }>}
 */
export async function read(language) {
  const folder = new URL(`${language}/`, WORDS);
  const json = async (/** @type {string} */ file) => JSON.parse(await readFile(new URL(file, folder), "utf8"));
  const files = (await readdir(folder)).filter((file) => file.endsWith(".json") && !NOT_EXHIBITS.includes(file));
  const own = await Promise.all(files.map(async (file) => [file.replace(/\.json$/, ""), await json(file)]));
  return { common: await json("common.json"), exhibits: Object.fromEntries(own) };
}

/** The words of an exhibit as the page has them. @param {string} language @param {string} id @returns {Promise<Tree>} */
export async function wordsOf(language, id) {
  const { common, exhibits } = await read(language);
  return overlay(common, exhibits[id]);
}

/** Throws where a language says something twice. */
export async function checkWords() {
  for (const language of await readdir(WORDS)) {
    const { common, exhibits } = await read(language);
    const found = copies(common, exhibits);
    if (found.length) throw new Error(`Words of ${language} are written more than once:\n${found.join("\n")}`);
  }
}
