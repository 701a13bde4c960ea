// Weights as safetensors: eight bytes of header length, a JSON header, the values, little-endian.
//
// The command reads them by the same rules (crate/cli/src/weights/file.rs): tests/cases/checkpoints.json has a file
// for each rule, and both readers are held against it.

import { TildeError } from "./errors.js";

/** @typedef {import("./protocol.js").Tensor} Tensor */

/** @typedef {{ bytes: number, read: (bytes: Uint8Array) => Tensor["data"], as: Tensor["dtype"] }} Type */

/** What is read, and as what: halves become singles. @type {Map<unknown, Type>} */
const TYPES = new Map([
  ["F32", { bytes: 4, read: (bytes) => new Float32Array(bytes.buffer), as: "F32" }],
  ["F64", { bytes: 8, read: (bytes) => new Float64Array(bytes.buffer), as: "F64" }],
  ["U32", { bytes: 4, read: (bytes) => new Uint32Array(bytes.buffer), as: "U32" }],
  ["F16", { bytes: 2, read: (bytes) => Float32Array.from(new Uint16Array(bytes.buffer), half), as: "F32" }],
  ["BF16", { bytes: 2, read: (bytes) => new Float32Array(Uint32Array.from(new Uint16Array(bytes.buffer), high).buffer), as: "F32" }], // prettier-ignore
]);

const MAX_BYTES = 128 << 20;
const MAX_HEADER = 1 << 20;

/** The bits of a `BF16` as those of a single: its upper half. @param {number} bits */
const high = (bits) => bits * 65_536;

/** A number of ten bits and five for the exponent (IEEE 754 binary16). @param {number} bits */
function half(bits) {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -24 * fraction);
}

/**
 * @param {Tensor[]} tensors
 * @param {Record<string, string|undefined>} metadata
 * @returns {Uint8Array}
 */
export function write(tensors, metadata) {
  // Whatever a tensor is called, it is only a name here.
  const header = Object.assign(Object.create(null), { __metadata__: metadata });
  let end = 0;
  for (const { name, dtype, shape, data } of tensors)
    header[name] = { dtype, shape, data_offsets: [end, (end += data.byteLength)] };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = 8 + Math.ceil(json.length / 8) * 8; // values stay aligned
  const bytes = new Uint8Array(start + end);
  bytes.fill(0x20, 8, start);
  bytes.set(json, 8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  let at = start;
  for (const { data } of tensors) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * @param {Uint8Array} bytes
 * @returns {{ tensors: Tensor[], metadata: Record<string, string|undefined> }} the metadata without a prototype
 */
export function read(bytes) {
  if (!(bytes instanceof Uint8Array)) throw bad("expected a Uint8Array");
  if (bytes.length > MAX_BYTES) throw bad(`expected at most ${MAX_BYTES} bytes, found ${bytes.length}`);
  if (bytes.length < 8) throw bad(`expected safetensors, found ${bytes.length} bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER || 8 + length > bytes.length)
    throw bad(`expected a header of at most ${MAX_HEADER} bytes, found a length of ${length}`);
  const { __metadata__: metadata, ...entries } = headerOf(bytes.subarray(8, 8 + length));
  const values = bytes.subarray(8 + length);
  const places = Object.entries(entries).map(([name, entry]) => placeOf(name, entry));
  checkPlaces(places, values.length);
  return { tensors: places.map((place) => tensor(place, values)), metadata: textsOf(metadata) };
}

/** @param {Uint8Array} bytes @returns {Record<string, any>} */
function headerOf(bytes) {
  /** @type {unknown} */
  let header;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {}
  if (!isObject(header)) throw bad("expected a JSON header, found something else");
  return header;
}

/** @param {unknown} value @returns {value is Record<string, any>} */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Half a pair of surrogates is no character. @param {unknown} text */
const isText = (text) => typeof text === "string" && !/\p{Surrogate}/u.test(text);

/** @param {unknown} metadata @returns {Record<string, string>} */
function textsOf(metadata) {
  const none = Object.create(null);
  if (metadata === undefined || metadata === null) return none;
  if (!isObject(metadata) || !Object.entries(metadata).flat().every(isText))
    throw bad("expected metadata of texts, found something else");
  return Object.assign(none, metadata);
}

/**
 * @typedef {object} Place
 * @property {string} name
 * @property {Type} type
 * @property {number[]} shape
 * @property {number} from
 * @property {number} to
 */

/** @param {unknown} n */
const isCount = (n) => Number.isSafeInteger(n) && /** @type {number} */ (n) >= 0;

/** @param {string} name @param {any} entry @returns {Place} */
function placeOf(name, entry) {
  const { dtype, shape, data_offsets: offsets } = isObject(entry) ? entry : {};
  const counts = (/** @type {unknown} */ list) => Array.isArray(list) && list.every(isCount);
  if (!isText(name) || typeof dtype !== "string" || !counts(shape) || !counts(offsets) || offsets.length !== 2)
    throw bad(`${name}: expected a type, a shape and two offsets`);
  const type = TYPES.get(dtype);
  if (!type) throw bad(`${name}: expected F32, F64, U32, F16 or BF16, found ${dtype.slice(0, 20)}`);
  const [from, to] = offsets;
  // Too large a product is no exact number, and fits nothing.
  const count = shape.reduce((/** @type {number} */ product, /** @type {number} */ n) => product * n, 1);
  if (to - from !== type.bytes * count) throw bad(`${name}: shape [${shape}] does not fit its ${to - from} bytes`);
  return { name, type, shape, from, to };
}

/** Every byte belongs to one tensor. @param {Place[]} places @param {number} length */
function checkPlaces(places, length) {
  let end = 0;
  for (const { name, from, to } of [...places].sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from < end) throw bad(`${name} shares bytes with another tensor`);
    if (from > end) throw bad(`the bytes before ${name} belong to no tensor`);
    end = to;
  }
  if (end !== length) throw bad(`its tensors take ${end} bytes, found ${length}`);
}

/** @param {Place} place @param {Uint8Array} values @returns {Tensor} */
function tensor({ name, type, shape, from, to }, values) {
  const data = type.read(values.slice(from, to)); // a copy, so that it is aligned
  if (!data.every(Number.isFinite)) throw bad(`${name} holds numbers that are not finite`);
  return { name, dtype: type.as, shape, data };
}

/** @param {string} what */
const bad = (what) => new TildeError("bad-file", `This is not a file of weights: ${what}.`);
