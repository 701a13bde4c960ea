// Data and inputs from outside, checked before they cross to the worker.

import { TildeError, shown } from "../errors.js";

/** @typedef {import("../protocol.js").Card} Card */

/** Bounds that hold for every loader. */
export const LIMITS = Object.freeze({
  bytes: 256 << 20,
  files: 2000,
  pixels: 40_000_000,
  text: 8 << 20,
});

/** @param {string} message @returns {never} */
function refuse(message) {
  throw new TildeError("bad-data", message);
}

/** @param {unknown} data @param {string} what @returns {Float32Array} */
function finite(data, what) {
  if (!(data instanceof Float32Array))
    refuse(
      `${what} must be a Float32Array, found ${data === undefined ? "nothing" : Object.prototype.toString.call(data).slice(8, -1)}.`,
    );
  // Of a buffer that was transferred elsewhere nothing is left, and every call on it throws.
  if (!data.length) return new Float32Array();
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) refuse(`${what} must be finite numbers, found ${data[at]} at index ${at}.`);
  return data;
}

/** @param {unknown} shape @param {number} rank @param {string} pattern @param {number} length */
function shaped(shape, rank, pattern, length) {
  const fits = Array.isArray(shape) && shape.length === rank && shape.every((n) => Number.isSafeInteger(n) && n > 0);
  if (!fits) refuse(`shape must be ${pattern}, found ${shown(shape)}.`);
  if (shape.reduce((product, n) => product * n, 1) !== length)
    refuse(`shape [${shape.join(", ")}] does not fit ${length} values.`);
  return shape;
}

/** Of a text; what it holds is checked where it is read. @param {unknown} text */
function checkText(text) {
  if (typeof text !== "string") refuse(`text must be a string, found ${typeof text}.`);
  if (text.length > LIMITS.text)
    refuse(
      `text must have at most ${LIMITS.text.toLocaleString("en")} code units, found ${text.length.toLocaleString("en")}.`,
    );
  return text;
}

/** @param {unknown} labels @param {number} count @param {string} nouns @returns {Uint32Array} */
function checkLabels(labels, count, nouns) {
  if (!Array.isArray(labels) && !ArrayBuffer.isView(labels)) refuse("labels must be an array of whole numbers.");
  const given = Array.from(/** @type {ArrayLike<number>} */ (labels));
  const odd = given.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < 2 ** 32));
  if (odd >= 0) refuse(`labels must be whole numbers from 0, found ${shown(given[odd])} at index ${odd}.`);
  if (given.length !== count) refuse(`labels must be one for each of the ${count} ${nouns}, found ${given.length}.`);
  return Uint32Array.from(given);
}

/**
 * The user's data for an exhibit: `{ images, shape: [N, H, W], labels? }`, `{ points, shape: [N, 2] }` (with
 * `labels` of two classes where the exhibit tells them apart) or `{ text }`.
 * @param {Card} card
 * @param {any} data
 * @returns {import("../protocol.js").UserData}
 */
export function checkData(card, data) {
  const kind =
    ["images", "points", "text"].find((each) => data?.[each] !== undefined) ??
    refuse("data must have images, points or a text.");
  // A network is a text, too, and points with classes are points.
  const also = new Map([
    ["points", "classes"],
    ["text", "network"],
  ]).get(kind);
  if (!card.data.some((each) => each === kind || each === also))
    refuse(`"${card.id}" takes no ${kind} of your own${card.data.length ? `, only ${card.data.join(" or ")}` : ""}.`);
  if (kind === "text") return { text: checkText(data.text) };
  const values = finite(data[kind], kind);
  if (kind === "points") {
    const shape = shaped(data.shape, 2, "[N, 2]", values.length);
    if (shape[1] !== 2) refuse(`shape must be [N, 2], found [${shape.join(", ")}].`);
    if (!card.data.includes("classes")) return { points: values, shape };
    return { points: values, shape, labels: checkLabels(data.labels, shape[0], "points") };
  }
  const shape = shaped(data.shape, 3, "[N, H, W]", values.length);
  const outside = values.find((value) => value < 0 || value > 1);
  if (outside !== undefined) refuse(`images must lie in 0 to 1, found ${outside}.`);
  if (data.labels === undefined) return { images: values, shape };
  return { images: values, shape, labels: checkLabels(data.labels, shape[0], "images") };
}

/**
 * @param {Card} card
 * @param {string} id of an action
 * @param {import("../protocol.js").Payload} payload
 */
export function checkPayload(card, id, payload) {
  const action = card.actions.find((each) => each.id === id);
  if (!action)
    refuse(
      `"${card.id}" has no action "${shown(id)}". It has: ${card.actions.map((each) => each.id).join(", ") || "none"}.`,
    );
  const { points, at, picks, text } = payload ?? {};
  if (action.kind === "brush" && finite(points, "points").length % 2) refuse("points must be [N, 2]: x, y, x, y, …");
  if (
    action.kind === "drag" &&
    !(Array.isArray(at) && at.length === 2 && at.every((v) => typeof v === "number" && v >= 0 && v <= 1))
  )
    refuse(`at must be an array of two numbers from 0 to 1, found ${shown(at)}.`);
  const isPick = action.kind === "pick" || action.kind === "pick-one";
  if (isPick && !(Array.isArray(picks) && picks.every((n) => Number.isSafeInteger(n) && n >= 0)))
    refuse(`picks must be an array of whole numbers from 0, found ${shown(picks)}.`);
  const line = action.kind === "text" || action.kind === "edit";
  if (line && (typeof text !== "string" || !text))
    refuse(`text must be a string of one character or more, found ${shown(text)}.`);
  // Nothing else crosses to the worker: it might not be cloneable.
  return {
    ...(action.kind === "brush" && { points }),
    ...(action.kind === "drag" && { at: [...(at ?? [])] }),
    ...(isPick && { picks: [...(picks ?? [])] }),
    ...(line && { text }),
  };
}
