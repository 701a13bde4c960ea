// Weights as safetensors: eight bytes of header length, a JSON header, the values, little-endian.

import { TildeError } from "./errors.js";

/** @typedef {import("./protocol.js").Tensor} Tensor */

const VALUES = { F32: Float32Array, F64: Float64Array, U32: Uint32Array };
const MAX_HEADER = 1 << 20;

/**
 * @param {Tensor[]} tensors
 * @param {Record<string, string>} metadata
 * @returns {Uint8Array}
 */
export function write(tensors, metadata) {
  /** @type {Record<string, unknown>} */
  const header = { __metadata__: metadata };
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
 * @returns {{ tensors: Tensor[], metadata: Record<string, string> }}
 */
export function read(bytes) {
  if (!(bytes instanceof Uint8Array)) throw bad("expected a Uint8Array");
  if (bytes.length < 8) throw bad(`expected safetensors, found ${bytes.length} bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER || 8 + length > bytes.length)
    throw bad(`expected a safetensors header of at most ${MAX_HEADER} bytes, found a length of ${length}`);
  /** @type {Record<string, any>} */
  let header;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch {
    throw bad("expected a JSON header, found something else");
  }
  const { __metadata__: metadata, ...entries } = header ?? {};
  const values = bytes.subarray(8 + length);
  const tensors = Object.entries(entries).map(([name, entry]) => tensor(name, entry, values));
  const held = tensors.reduce((sum, { data }) => sum + data.byteLength, 0);
  if (held !== values.length) throw bad(`its tensors take ${held} bytes, found ${values.length}`);
  return { tensors, metadata: metadata ?? {} };
}

/** @param {string} name @param {any} entry @param {Uint8Array} values @returns {Tensor} */
function tensor(name, entry, values) {
  const { dtype, shape, data_offsets } = entry ?? {};
  const [from, to] = Array.isArray(data_offsets) ? data_offsets : [NaN, NaN];
  const Values = VALUES[/** @type {keyof typeof VALUES} */ (dtype)];
  if (!Values) throw bad(`${name}: expected F32, F64 or U32, found ${dtype}`);
  const fits = Array.isArray(shape) && shape.every((n) => Number.isSafeInteger(n) && n >= 0);
  const count = fits ? shape.reduce((product, n) => product * n, 1) : NaN;
  if (!(from >= 0 && to <= values.length && from % 4 === 0 && to - from === Values.BYTES_PER_ELEMENT * count))
    throw bad(`${name}: shape [${shape}] does not fit its ${to - from} bytes`);
  const data = new Values(values.slice(from, to).buffer); // a copy, so that it is aligned
  if (!data.every(Number.isFinite)) throw bad(`${name} holds numbers that are not finite`);
  return { name, dtype, shape, data };
}

/** @param {string} what */
const bad = (what) => new TildeError("bad-file", `This is not a file of weights: ${what}.`);
