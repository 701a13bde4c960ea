// Files from the person's machine, as data for an exhibit. Everything stays in the browser.

import { TildeError } from "../errors.js";
import { LIMITS } from "./check.js";
import { readPictures, shrink } from "./pictures.js";

/**
 * @typedef {{ kind: "images", images: Float32Array, shape: number[], labels?: Uint32Array }} Images
 * @typedef {{ kind: "points", points: Float32Array, shape: number[] }} Points
 * @typedef {{ kind: "text", text: string }} Text
 * @typedef {{ kind: "weights", bytes: Uint8Array }} Weights
 * @typedef {(name: string, bytes: Uint8Array) => Promise<import("../protocol.js").Parsed>} Parse
 */

const PICTURE = /\.(png|jpe?g|webp|gif|bmp)$/i;

/** @param {string} message @returns {TildeError} */
const bad = (message) => new TildeError("bad-file", message);

/**
 * @param {File[]} files several pictures, or an IDX file with its labels, or one of anything else
 * @param {Parse} parse of the wasm module, for IDX, NPY and CSV
 * @param {boolean} asText whether whatever is not weights is a text
 * @returns {Promise<Images|Points|Text|Weights>}
 */
export async function readFiles(files, parse, asText = false) {
  if (files.length > LIMITS.files) throw bad(`Expected at most ${LIMITS.files} files, found ${files.length}.`);
  for (const file of files) {
    if (file.size > LIMITS.bytes)
      throw bad(
        `${file.name}: expected at most ${LIMITS.bytes >> 20} MiB, found ${Math.ceil(file.size / 2 ** 20)} MiB.`,
      );
  }
  if (!files.length) throw bad("Expected a file, found none.");
  const [first] = files;
  if (/\.safetensors$/i.test(first.name)) return { kind: "weights", bytes: await bytesOf(first) };
  if (asText) return { kind: "text", text: textOf(first.name, await bytesOf(first)) };
  if (files.every(({ name, type }) => PICTURE.test(name) || type.startsWith("image/"))) return readPictures(files);
  const parsed = [];
  for (const file of files) parsed.push(await parse(file.name, await bytesOf(file)));
  return combine(parsed);
}

/** @param {string} name @param {Uint8Array} bytes */
function textOf(name, bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw bad(`${name}: expected text in UTF-8, found other bytes.`);
  }
}

/**
 * Images with the labels that came with them, in whichever order they were chosen.
 * @param {import("../protocol.js").Parsed[]} parsed
 * @returns {Images|Points}
 */
function combine(parsed) {
  const points = parsed.find(({ kind }) => kind === "points");
  if (points) return { kind: "points", points: /** @type {Float32Array} */ (points.data), shape: points.shape };
  const images = parsed.find(({ kind }) => kind === "images");
  if (!images) throw bad("Expected a file of images, found only labels. Choose both files together.");
  const labels =
    images.labels ?? /** @type {Uint32Array|undefined} */ (parsed.find(({ kind }) => kind === "labels")?.data);
  if (labels && labels.length !== images.shape[0])
    throw bad(`Expected ${images.shape[0]} labels, one for each image, found ${labels.length}.`);
  return { kind: "images", ...shrink(/** @type {Float32Array} */ (images.data), images.shape), labels };
}

/** The bytes of a file, unzipped if they are gzip. @param {File} file @returns {Promise<Uint8Array>} */
async function bytesOf(file) {
  const [a, b] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  if (a !== 0x1f || b !== 0x8b) return new Uint8Array(await file.arrayBuffer());
  const chunks = [];
  let size = 0;
  try {
    const reader = file.stream().pipeThrough(new DecompressionStream("gzip")).getReader();
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      if (!value) continue;
      size += value.length;
      if (size > LIMITS.decoded) {
        await reader.cancel();
        break;
      }
      chunks.push(value);
    }
  } catch {
    throw bad(`${file.name}: expected gzip, found a file that starts like it and then breaks off.`);
  }
  if (size > LIMITS.decoded)
    throw bad(`${file.name}: expected at most ${LIMITS.decoded >> 20} MiB unzipped, found more.`);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
