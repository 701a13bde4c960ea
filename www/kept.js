// What a file of weights says of the data: the data themselves where they are small and nobody else has them,
// and what they are, so that weights that are loaded without them, or with others, are told apart. The command
// writes and reads the same (crate/models/src/kept.rs).

import { TildeError } from "./errors.js";
import { DRAWN } from "./settings.js";

/**
 * @typedef {import("./protocol.js").Card} Card
 * @typedef {import("./protocol.js").Tensor} Tensor
 * @typedef {import("./protocol.js").UserData} UserData
 * @typedef {import("./protocol.js").GivenInput} GivenInput
 * @typedef {Record<string, string|undefined>} Metadata
 */

/** Bytes of data of one's own, up to which they are saved in the file itself. */
const MOST = 1 << 20;
const PAINTED = "painted.";

/** Whether an action paints the data, which "clear" in the same picture takes back. @param {Card} card @param {string} id */
function paints({ actions }, id) {
  const [brush, clear] = [id, "clear"].map((name) => actions.find((action) => action.id === name));
  return brush?.kind === "brush" && brush.view === clear?.view;
}

/** Pixels as bytes. @param {Float32Array} images */
const pixels = (images) => Uint8Array.from(images, (x) => Math.fround(Math.fround(x * 255) + 0.5));

/** Bytes four to a word, the first one lowest, after their number. @param {Uint8Array} bytes */
function packed(bytes) {
  const words = new Uint32Array(1 + Math.ceil(bytes.length / 4));
  words[0] = bytes.length;
  bytes.forEach((byte, i) => (words[1 + (i >> 2)] |= byte << (8 * (i & 3))));
  return words;
}

/** @param {Uint32Array} words @param {string} name */
function unpacked(words, name) {
  const [length, rest] = [words[0] ?? 0, words.subarray(1)];
  if (rest.length !== Math.ceil(length / 4)) throw bad(`its "${name}" holds no data.`);
  return Uint8Array.from({ length }, (_, i) => rest[i >> 2] >>> (8 * (i & 3)));
}

/**
 * The tensors of data of one's own, if they are small, and of what was painted.
 * @param {Card} card
 * @param {UserData|undefined} data
 * @param {GivenInput[]} inputs
 * @returns {Tensor[]}
 */
export function tensors(card, data, inputs) {
  /** @type {Tensor[]} */
  const out = [];
  const words = (/** @type {string} */ name, /** @type {Uint32Array} */ values) =>
    out.push({ name, dtype: "U32", shape: [values.length], data: values });
  const points = (/** @type {string} */ name, /** @type {Float32Array} */ values) =>
    out.push({ name, dtype: "F32", shape: [values.length / 2, 2], data: values });
  if (data?.points && data.points.byteLength <= MOST) {
    points("data.points", data.points);
    if (data.labels?.length) words("data.labels", packed(Uint8Array.from(data.labels)));
  }
  if (data?.images && data.images.length <= MOST) {
    const bytes = packed(pixels(data.images));
    const all = new Uint32Array(4 + bytes.length);
    all.set([...(data.shape ?? []), 255]);
    all.set(bytes, 4);
    words("data.images", all);
    if (data.labels?.length) words("data.labels", packed(Uint8Array.from(data.labels)));
  }
  if (data?.text !== undefined) {
    const bytes = new TextEncoder().encode(data.text);
    if (bytes.length <= MOST) words("data.text", packed(bytes));
  }
  for (const [id, values] of painted(card, inputs)) points(PAINTED + id, values);
  return out;
}

/**
 * The points that were painted with each brush.
 * @param {Card} card
 * @param {GivenInput[]} inputs
 * @returns {[string, Float32Array][]}
 */
function painted(card, inputs) {
  const brushes = card.actions.filter(({ id }) => paints(card, id));
  const strokes = (/** @type {string} */ id) =>
    inputs.filter((input) => input.id === id).flatMap(({ payload }) => [.../** @type {any} */ (payload.points ?? [])]);
  return brushes
    .map(({ id }) => /** @type {[string, Float32Array]} */ ([id, Float32Array.from(strokes(id))]))
    .filter(([, values]) => values.length);
}

/**
 * What a file brings besides the state of its model.
 * @param {Tensor[]} state
 * @returns {{ data: UserData|undefined, inputs: GivenInput[] }}
 */
export function given(state) {
  const of = (/** @type {string} */ name) => state.find((tensor) => tensor.name === name);
  const [points, images, labels, text] = ["points", "images", "labels", "text"].map((name) => of(`data.${name}`)?.data);
  /** @type {UserData|undefined} */
  let data;
  const classes = labels && Uint32Array.from(unpacked(/** @type {Uint32Array} */ (labels), "data.labels"));
  if (points) {
    if (classes && points.length !== 2 * classes.length) throw bad('its "data.labels" holds no classes of its points.');
    data = { points: /** @type {Float32Array} */ (points), shape: [points.length / 2, 2] };
  }
  if (images) {
    const words = /** @type {Uint32Array} */ (images);
    const [n, height, width, levels] = words;
    const bytes = unpacked(words.subarray(4), "data.images");
    if (!(levels > 0) || bytes.length !== n * height * width) throw bad('its "data.images" holds no images.');
    data = { images: Float32Array.from(bytes, (x) => x / levels), shape: [n, height, width] };
  }
  if (data && classes) data.labels = classes;
  if (text) data = { text: new TextDecoder().decode(unpacked(/** @type {Uint32Array} */ (text), "data.text")) };
  const inputs = state
    .filter(({ name }) => name.startsWith(PAINTED))
    .map(({ name, data }) => ({ id: name.slice(PAINTED.length), payload: { points: data } }));
  return { data, inputs: /** @type {GivenInput[]} */ (inputs) };
}

/**
 * What the data are: kind, shape, count and a hash, as metadata.
 * @param {Card} card
 * @param {UserData|undefined} data
 * @param {GivenInput[]} inputs
 * @param {import("./protocol.js").Values} settings
 * @param {string|undefined} alphabet of a model of text
 * @returns {Metadata}
 */
export function about(card, data, inputs, settings, alphabet) {
  let hash = 0x811c9dc5; // FNV-1a of 32 bits
  const add = (/** @type {Uint8Array} */ bytes) => bytes.forEach((byte) => (hash = Math.imul(hash ^ byte, 0x01000193)));
  const floats = (/** @type {Float32Array} */ x) => add(new Uint8Array(x.buffer, x.byteOffset, x.byteLength));
  let kind = "set";
  /** @type {number[]} */
  let shape = [];
  if (data?.text !== undefined) {
    [kind, shape] = ["text", [[...data.text].length]];
    add(new TextEncoder().encode(data.text));
  } else if (data?.images) {
    [kind, shape] = ["images", [...(data.shape ?? [])]];
    add(pixels(data.images));
    add(Uint8Array.from(data.labels ?? []));
  } else if (data?.points) {
    [kind, shape] = ["points", [data.points.length / 2, 2]];
    floats(data.points);
    add(Uint8Array.from(data.labels ?? []));
  }
  for (const [, points] of settings.data === DRAWN ? painted(card, inputs) : []) {
    shape = [(shape[0] ?? 0) + points.length / 2, 2];
    kind = "painted";
    floats(points);
  }
  /** @type {Metadata} */
  const out = { data_kind: kind };
  if (kind !== "set") {
    out.data_count = String(shape[0]);
    out.data_shape = shape.join(", ");
    out.data_hash = (hash >>> 0).toString(16).padStart(8, "0");
  }
  if (alphabet !== undefined) out.alphabet = alphabet;
  return out;
}

/**
 * Holds the present data against those that a file speaks of, and says what is different. A file of before
 * there was such metadata says nothing.
 * @param {Metadata} file
 * @param {Metadata} here
 * @returns {string|undefined}
 */
export function compare(file, here) {
  if (file.data_kind === undefined) return undefined;
  const [theirs, ours] = [described(file), described(here)];
  if (file.data_kind !== "set" && here.data_kind === "set")
    throw bad(
      `it learned from ${theirs}, which the file does not hold: more than a megabyte is left out. Open these data first, then the weights.`,
    );
  const sizes = (/** @type {Metadata} */ { data_shape = "" }) => data_shape.split(", ").slice(1).join();
  if (file.data_kind === "images" && here.data_kind === "images" && sizes(file) !== sizes(here))
    throw bad(`it learned from ${theirs}, and here are ${ours}.`);
  if (file.alphabet !== undefined && here.alphabet !== undefined && file.alphabet !== here.alphabet) {
    const lacks = (/** @type {string} */ a, /** @type {string} */ b) =>
      [...a].filter((c) => !b.includes(c)).slice(0, 20).join(""); // prettier-ignore
    throw bad(
      `it knows another alphabet than this text, which lacks "${lacks(file.alphabet, here.alphabet)}" and has "${lacks(here.alphabet, file.alphabet)}" besides. Open the text that it learned from first.`,
    );
  }
  if (file.data_hash === here.data_hash) return undefined;
  return `These weights learned from ${theirs}. All that is shown here is of ${ours}.`;
}

/** Data in words. @param {Metadata} metadata */
function described({ data_kind: kind, data_shape: shape = "" }) {
  const [n, ...sizes] = shape.split(", ");
  const many = (/** @type {string} */ noun) => `${Number(n).toLocaleString("en")} ${noun}${n === "1" ? "" : "s"}`;
  if (kind === "points") return `${many("point")} of your own`;
  if (kind === "painted") return `${many("point")} that were painted`;
  if (kind === "images") return `${many("image")} of ${sizes.join(" × ")} pixels of your own`;
  if (kind === "text") return `a text of ${many("character")} of your own`;
  return "a set of the exhibit's own";
}

/** @param {string} what */
const bad = (what) => new TildeError("bad-file", `This file of weights cannot be used: ${what}`);
