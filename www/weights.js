// A file of weights and the run that it belongs to: exhibit, version, settings, seed and step in its metadata. The
// rules are those of the command (crate/cli/src/weights); tests/cases/checkpoints.json has a case of each.

import { TildeError, shown } from "./errors.js";
import * as safetensors from "./safetensors.js";
import { LAST_SEED, complete } from "./settings.js";

/**
 * @typedef {import("./protocol.js").Card} Card
 * @typedef {import("./protocol.js").Tensor} Tensor
 * @typedef {import("./protocol.js").Values} Values
 */

/** Of the files that are written now. */
export const VERSION = 1;

/** The largest count of steps from which a run can go on. */
const LAST_STEP = 2 ** 31 - 1;

/**
 * @param {Card} card
 * @param {import("./protocol.js").Status} status of the run
 * @param {number} step
 * @param {Tensor[]} tensors
 * @param {Record<string, string|undefined>} about what the data are: see kept.js
 * @returns {Uint8Array}
 */
export function write(card, { seed, settings, backend }, step, tensors, about) {
  return safetensors.write(tensors, {
    format: "tilde",
    version: String(VERSION),
    exhibit: card.id,
    seed: String(seed),
    step: String(step),
    backend,
    settings: JSON.stringify(settings),
    ...about,
  });
}

/**
 * @param {Card} card
 * @param {Uint8Array} bytes
 * @returns {{ tensors: Tensor[], settings: Values, seed: number, metadata: Record<string, string|undefined> }}
 */
export function read(card, bytes) {
  const { tensors, metadata } = safetensors.read(bytes);
  const exhibit = metadata.exhibit;
  if (exhibit === undefined) throw bad(`expected weights of "${card.id}", found those of another program`);
  if (exhibit !== card.id) throw bad(`expected weights of "${card.id}", found those of "${shown(exhibit)}"`);
  const version = whole(metadata, "version", Number.MAX_SAFE_INTEGER);
  if (version > VERSION)
    throw bad(`it was saved by a newer Tilde, whose files have version ${version}; this one reads ${VERSION}`);
  whole(metadata, "step", LAST_STEP);
  return { tensors, seed: whole(metadata, "seed", LAST_SEED), settings: settingsOf(card, metadata), metadata };
}

/**
 * A whole number, written in digits alone.
 * @param {Record<string, string|undefined>} metadata
 * @param {string} key
 * @param {number} most
 */
function whole(metadata, key, most) {
  const text = metadata[key];
  const fits = text !== undefined && /^\d{1,16}$/.test(text) && Number(text) <= most;
  if (!fits) throw bad(`expected a ${key} from 0 to ${most}, found ${text === undefined ? "none" : shown(text)}`);
  return Number(text);
}

/** @param {Card} card @param {Record<string, string|undefined>} metadata @returns {Values} */
function settingsOf(card, metadata) {
  let given;
  try {
    given = JSON.parse(metadata.settings ?? "");
  } catch {
    throw bad("expected its settings as JSON, found something else");
  }
  try {
    return complete(card, given);
  } catch (error) {
    throw bad(`its settings cannot be used. ${/** @type {Error} */ (error).message.replace(/\.$/, "")}`);
  }
}

/** @param {string} what */
const bad = (what) => new TildeError("bad-file", `These weights cannot be used: ${what}.`);
