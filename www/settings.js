// Values of an exhibit's settings: checked strictly for the library, corrected for the page.

import { TildeError, shown } from "./errors.js";

/**
 * @typedef {import("./protocol.js").Setting} Setting
 * @typedef {import("./protocol.js").Card} Card
 * @typedef {import("./protocol.js").Value} Value
 * @typedef {import("./protocol.js").Values} Values
 */

/** The largest seed: numbers up to here are exact in JavaScript. */
export const LAST_SEED = Number.MAX_SAFE_INTEGER;

/** Id of the choice of data that the user paints. */
export const DRAWN = "drawn";

/** @param {Card} card @returns {Values} */
export const defaults = (card) => Object.fromEntries(card.settings.map((setting) => [setting.id, setting.default]));

/** What a setting accepts, in words for messages. @param {Setting} setting */
export function accepts({ kind, min, max, choices }) {
  if (kind === "choice") return `one of ${choices?.join(", ")}`;
  if (kind === "flag") return "true or false";
  return `a ${kind === "int" ? "whole number" : "number"} from ${min} to ${max}`;
}

/** @param {Setting} setting @param {unknown} value */
function isValid({ kind, min = -Infinity, max = Infinity, choices = [] }, value) {
  if (kind === "choice") return typeof value === "string" && choices.includes(value);
  if (kind === "flag") return typeof value === "boolean";
  return typeof value === "number" && value >= min && value <= max && (kind === "float" || Number.isInteger(value));
}

/**
 * The setting of that name, or an error that lists the names there are.
 * @param {Card} card
 * @param {string} id
 * @returns {Setting}
 */
export function settingOf(card, id) {
  const setting = card.settings.find((each) => each.id === id);
  if (!setting)
    throw new TildeError(
      "bad-setting",
      `"${card.id}" has no setting "${shown(id)}". It has: ${card.settings.map((each) => each.id).join(", ")}.`,
    );
  return setting;
}

/**
 * Refuses what does not fit, with a message that says what would.
 * @param {Card} card
 * @param {string} id
 * @param {unknown} value
 * @returns {Value}
 */
export function check(card, id, value) {
  const setting = settingOf(card, id);
  if (!isValid(setting, value))
    throw new TildeError("bad-setting", `${id} = ${shown(value)} does not fit: it takes ${accepts(setting)}.`);
  return /** @type {Value} */ (value);
}

/** Several of them. @param {Card} card @param {unknown} values @returns {Values} */
export function checkAll(card, values) {
  if (typeof values !== "object" || values === null || Array.isArray(values))
    throw new TildeError("bad-setting", `settings = ${shown(values)} does not fit: it takes values by name.`);
  return Object.fromEntries(Object.entries(values).map(([id, value]) => [id, check(card, id, value)]));
}

/** All settings: the defaults with `values`, checked, on top. @param {Card} card @param {unknown} values */
export const complete = (card, values) => ({ ...defaults(card), ...checkAll(card, values) });

/**
 * The choice of the card that stands for points of the user's own, painted or given, if it has one.
 * @param {Card} card
 * @returns {Values} empty if not
 */
export function ownPoints(card) {
  const setting = card.settings.find(({ choices }) => choices?.includes(DRAWN));
  return setting ? { [setting.id]: DRAWN } : {};
}

/**
 * The choices that alone can learn from data of the user's own, which bring them.
 * @param {Card} card
 * @returns {Values}
 */
export const brought = (card) =>
  Object.fromEntries(card.settings.filter(({ own }) => own).map(({ id, own }) => [id, own]));

/**
 * What keeps a setting from doing anything as things stand: another setting, and the values that it would need.
 * @param {Setting} setting
 * @param {Values} settings as they are
 * @param {object|undefined} own data of the user's own, which stand in place of the choice of data
 * @returns {[string, string[]]|undefined}
 */
export const idleBy = (setting, settings, own) =>
  setting.when.find(
    ([id, values]) => !values.some((value) => (id === "data" && own ? value in own : value === String(settings[id]))),
  );

/** @param {unknown} seed @returns {number} */
export function checkSeed(seed) {
  if (!Number.isSafeInteger(seed) || /** @type {number} */ (seed) < 0)
    throw new TildeError(
      "bad-setting",
      `seed = ${shown(seed)} does not fit: it takes a whole number from 0 to ${LAST_SEED}.`,
    );
  return /** @type {number} */ (seed);
}

/**
 * Reads a value from text (an address, an attribute, an experiment). Out of range is clamped.
 * @param {Setting} setting
 * @param {string} text
 * @returns {{ value: Value, note: ""|"clamped"|"ignored" }}
 */
export function read(setting, text) {
  const { kind, min = -Infinity, max = Infinity } = setting;
  if (kind === "flag") {
    const value = text === "" || text === "true" ? true : text === "false" ? false : undefined;
    return value === undefined ? { value: setting.default, note: "ignored" } : { value, note: "" };
  }
  if (kind === "choice")
    return isValid(setting, text) ? { value: text, note: "" } : { value: setting.default, note: "ignored" };
  const number = text.trim() === "" ? NaN : Number(text);
  if (Number.isNaN(number)) return { value: setting.default, note: "ignored" };
  const value = Math.min(Math.max(kind === "int" ? Math.round(number) : number, min), max);
  return { value, note: value === number ? "" : "clamped" };
}
