// Files from the person's machine, as data for an exhibit. Everything stays in the browser.

import { TildeError } from "../errors.js";
import { LIMITS } from "./check.js";
import { readPictures, shrink } from "./pictures.js";

/**
 * @typedef {{ kind: "images", images: Float32Array, shape: number[], labels?: Uint32Array }} Images
 * @typedef {{ kind: "points", points: Float32Array, shape: number[] }} Points
 * @typedef {{ kind: "weights", bytes: Uint8Array }} Weights
 * @typedef {(name: string, bytes: Uint8Array) => Promise<import("../protocol.js").Parsed>} Parse
 */

const PICTURE = /\.(png|jpe?g|webp|gif|bmp)$/i;

/** @param {string} message @returns {TildeError} */
const bad = (message) => new TildeError("bad-file", message);

/**
 * @param {File[]} files several pictures, or an IDX file with its labels, or one of anything else
 * @param {Parse} parse of the wasm module, for IDX and NPY
 * @returns {Promise<Images|Points|Weights>}
 */
export async function readFiles(files, parse) {
  if (files.length > LIMITS.files) throw bad(`Expected at most ${LIMITS.files} files, found ${files.length}.`);
  for (const file of files) {
    if (file.size > LIMITS.bytes) throw bad(`${file.name}: expected at most ${LIMITS.bytes >> 20} MiB, found ${Math.ceil(file.size / 2 ** 20)} MiB.`);
  }
  if (!files.length) throw bad("Expected a file, found none.");
  if (files.every(({ name, type }) => PICTURE.test(name) || type.startsWith("image/"))) return readPictures(files);
  const [first] = files;
  if (/\.safetensors$/i.test(first.name)) return { kind: "weights", bytes: await bytesOf(first) };
  if (/\.(csv|tsv|txt)$/i.test(first.name)) return readPoints(first.name, await first.text());
  const parsed = [];
  for (const file of files) parsed.push(await parse(file.name, await bytesOf(file)));
  return combine(parsed);
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
  const labels = images.labels ?? /** @type {Uint32Array|undefined} */ (parsed.find(({ kind }) => kind === "labels")?.data);
  if (labels && labels.length !== images.shape[0]) throw bad(`Expected ${images.shape[0]} labels, one for each image, found ${labels.length}.`);
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
  if (size > LIMITS.decoded) throw bad(`${file.name}: expected at most ${LIMITS.decoded >> 20} MiB unzipped, found more.`);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/**
 * Points as text: two numbers a line, with or without a heading.
 * @param {string} name
 * @param {string} text
 * @returns {Points}
 */
export function readPoints(name, text) {
  const lines = text.split(/\r?\n/).filter((line) => line.trim());
  if (lines.length > LIMITS.rows) throw bad(`${name}: expected at most ${LIMITS.rows} rows, found ${lines.length}.`);
  const rows = lines.map((line) => line.trim().split(/[,;\t ]+/).map(Number));
  if (rows.length && rows[0].some(Number.isNaN)) rows.shift();
  const wrong = rows.findIndex((row) => row.length < 2 || !Number.isFinite(row[0]) || !Number.isFinite(row[1]));
  if (wrong >= 0) throw bad(`${name}: expected two numbers in each row, found "${lines[wrong + lines.length - rows.length].slice(0, 40)}" in row ${wrong + 1}.`);
  if (rows.length < 2) throw bad(`${name}: expected at least two rows of two numbers, found ${rows.length}.`);
  return { kind: "points", points: standardise(rows), shape: [rows.length, 2] };
}

/** Centred, and scaled to the size of the exhibits' own data. @param {number[][]} rows */
function standardise(rows) {
  const mean = [0, 1].map((axis) => rows.reduce((sum, row) => sum + row[axis], 0) / rows.length);
  const spread = Math.sqrt(rows.reduce((sum, row) => sum + (row[0] - mean[0]) ** 2 + (row[1] - mean[1]) ** 2, 0) / rows.length / 2) || 1;
  // The ring of eight has a standard deviation of √2 along each axis.
  return Float32Array.from(rows.flatMap((row) => [0, 1].map((axis) => ((row[axis] - mean[axis]) / spread) * Math.SQRT2)));
}
