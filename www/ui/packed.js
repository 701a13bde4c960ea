// What was put in by hand, as a part of an address: JSON, deflated, in the alphabet of base64url.

import { TildeError } from "../errors.js";
import { checkData, checkPayload } from "../data/check.js";

/**
 * @typedef {import("../protocol.js").Card} Card
 * @typedef {import("../protocol.js").GivenInput} GivenInput
 * @typedef {import("../protocol.js").Payload} Payload
 * @typedef {import("../protocol.js").UserData} UserData
 *
 * @typedef {object} Own  what is the user's own
 * @property {GivenInput[]} inputs
 * @property {UserData} [data]
 */

/** Characters that it may have in an address: what browsers, mails and courses pass on unharmed. */
export const MOST_CHARACTERS = 30_000;
/** Bytes that it may have when it is read again. */
const MOST_BYTES = 4 << 20;
/** The finest grid that numbers are looked for on, as a power of two. */
const FINEST = 16;

/** @param {ReadableStream<Uint8Array>} stream @returns {Promise<Uint8Array>} */
async function bytesOf(stream) {
  /** @type {Uint8Array[]} */
  const parts = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
    if (length > MOST_BYTES) {
      reader.cancel().catch(() => {});
      throw new TildeError("bad-data", "it is too large");
    }
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** @param {Uint8Array} bytes @param {CompressionStream|DecompressionStream} through */
const passed = (bytes, through) =>
  bytesOf(
    new Blob([/** @type {BlobPart} */ (bytes)])
      .stream()
      .pipeThrough(/** @type {ReadableWritablePair<Uint8Array, any>} */ (/** @type {unknown} */ (through))),
  );

/** Base64 of many bytes: `btoa` takes a string, and calls take only so many arguments. @param {Uint8Array} bytes */
function toBase64(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {string} text @returns {Uint8Array} */
const fromBase64 = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

/**
 * Numbers as short JSON. Those on a grid (what a brush paints is) become whole numbers, each less the one
 * before it of the same axis: `[bits, first, second, …]`. Others stay as they are: `[-1, …]`.
 * @param {Float32Array} values pairs
 * @returns {number[]}
 */
function shortened(values) {
  let bits = 0;
  for (const value of values) while (bits <= FINEST && !Number.isInteger(value * 2 ** bits)) bits++;
  if (bits > FINEST || values.some((value) => Math.abs(value) > 2 ** 20))
    return [-1, ...[...values].map((value) => Number(value.toPrecision(9)))];
  const whole = [...values].map((value) => value * 2 ** bits);
  return [bits, ...whole.map((value, i) => value - (whole[i - 2] ?? 0))];
}

/** The way back. @param {unknown} list @returns {Float32Array} */
function lengthened(list) {
  if (!Array.isArray(list) || !list.every(Number.isFinite)) throw new TildeError("bad-data", "it has no numbers");
  const [bits, ...rest] = list;
  if (bits === -1) return Float32Array.from(rest);
  if (!(bits >= 0 && bits <= FINEST)) throw new TildeError("bad-data", "its grid is not known");
  for (let i = 2; i < rest.length; i++) rest[i] += rest[i - 2];
  return Float32Array.from(rest, (value) => value / 2 ** bits);
}

/** @param {Payload} payload */
const toShort = ({ points, at, picks, text }) => ({ p: points && shortened(points), a: at, k: picks, t: text });

/** @param {any} short @returns {Payload} */
const toPayload = ({ p, a, k, t }) => ({ ...(p && { points: lengthened(p) }), at: a, picks: k, text: t });

/**
 * @param {Own} own
 * @returns {Promise<string>} "" if there is nothing
 */
async function packed({ inputs, data }) {
  if (!inputs.length && !data) return "";
  const json = JSON.stringify({
    i: inputs.map(({ id, payload }) => ({ id, ...toShort(payload) })),
    d: data && { p: data.points && shortened(data.points), l: data.labels && [...data.labels], t: data.text },
  });
  return toBase64(await passed(new TextEncoder().encode(json), new CompressionStream("deflate-raw")));
}

/**
 * As much of it as an address can hold.
 * @param {Own} own
 * @returns {Promise<{ text: string, lost: ("data"|"painted")[] }>} and what it cannot
 */
export async function pack({ inputs, data }) {
  // Images are too many bytes, whatever they show.
  if (data && !data.images) {
    const text = await packed({ inputs, data });
    if (text.length <= MOST_CHARACTERS) return { text, lost: [] };
  }
  /** @type {("data"|"painted")[]} */
  const lost = data ? ["data"] : [];
  const text = await packed({ inputs });
  if (text.length <= MOST_CHARACTERS) return { text, lost };
  return { text: "", lost: [...lost, "painted"] };
}

/**
 * What an address holds of one's own, checked as if it had just been given.
 * @param {Card} card
 * @param {string} text
 * @returns {Promise<Own>}
 */
export async function unpack(card, text) {
  let own;
  try {
    const bytes = await passed(fromBase64(text), new DecompressionStream("deflate-raw"));
    own = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (!Array.isArray(own?.i)) throw new TildeError("bad-data", "it has no inputs");
    const inputs = own.i.map((/** @type {any} */ { id, ...short }) => ({
      id,
      payload: checkPayload(card, id, toPayload(short)),
    }));
    return { inputs, data: own.d && checkData(card, dataOf(own.d)) };
  } catch {
    throw new TildeError("bad-data", "The address holds points, edits or data of its own that cannot be read.");
  }
}

/** @param {any} short @returns {object} */
function dataOf({ p, l, t }) {
  if (t !== undefined) return { text: t };
  const points = lengthened(p);
  return { points, shape: [points.length / 2, 2], ...(l && { labels: Uint32Array.from(l) }) };
}
