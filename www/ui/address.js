// The address of an exhibit: `#/vae?beta=4&seed=7&v=1`. It holds what differs from the defaults, and a version.

import { defaults, read } from "../settings.js";

/**
 * @typedef {import("../protocol.js").Card} Card
 * @typedef {import("../protocol.js").Values} Values
 *
 * @typedef {object} Warning
 * @property {"unknown"|"clamped"|"ignored"|"newer"} kind
 * @property {string} key
 * @property {string} value
 *
 * @typedef {object} Place
 * @property {Values} settings  all of them
 * @property {number} seed
 * @property {import("../protocol.js").Backend} backend
 * @property {number} steps     to train before it is shown
 * @property {Warning[]} warnings
 */

/** Raised when addresses of older versions would be read differently. */
export const ADDRESS_VERSION = 1;

/** The seed of an address that names none, so that the same address gives the same run. */
export const DEFAULT_SEED = 1;

const MOST_STEPS = 100_000;

/** Splits the part after `#`. @param {string} hash @returns {{ id: string, query: URLSearchParams }} */
export function split(hash) {
  const [path, query = ""] = hash.replace(/^#?\/?/, "").split("?");
  return { id: decodeURIComponent(path), query: new URLSearchParams(query) };
}

/**
 * Reads the settings of an address, or of the attributes of an element. Nothing is refused: an invalid
 * value is left out or clamped, with a warning.
 * @param {Card} card
 * @param {Iterable<[string, string]>} pairs
 * @returns {Place}
 */
export function parse(card, pairs) {
  /** @type {Place} */
  const place = { settings: defaults(card), seed: DEFAULT_SEED, backend: "auto", steps: 0, warnings: [] };
  const warn = (/** @type {Warning["kind"]} */ kind, /** @type {string} */ key, /** @type {string} */ value) =>
    place.warnings.push({ kind, key, value });
  for (const [key, value] of pairs) {
    const setting = card.settings.find(({ id }) => id === key);
    if (setting) {
      const result = read(setting, value);
      place.settings[key] = result.value;
      if (result.note) warn(result.note, key, value);
    } else if (key === "seed" || key === "steps") {
      const n = Math.round(Number(value));
      const most = key === "seed" ? Number.MAX_SAFE_INTEGER : MOST_STEPS;
      if (value === "" || Number.isNaN(n)) warn("ignored", key, value);
      else {
        place[key] = Math.min(most, Math.max(0, n));
        if (place[key] !== Number(value)) warn("clamped", key, value);
      }
    } else if (key === "backend") {
      if (value === "auto" || value === "cpu" || value === "webgpu") place.backend = value;
      else warn("ignored", key, value);
    } else if (key === "v") {
      if (Number(value) > ADDRESS_VERSION) warn("newer", key, value);
    } else if (key !== "build") {
      warn("unknown", key, value); // `build` is read where the engine starts
    }
  }
  return place;
}

/**
 * @param {Card} card
 * @param {{ settings: Values, seed: number, backend: string, steps?: number, build?: string }} state
 * @returns {string} from `#/` on
 */
export function format(card, { settings, seed, backend, steps = 0, build = "" }) {
  const query = new URLSearchParams();
  for (const setting of card.settings) {
    const value = settings[setting.id];
    if (value !== undefined && value !== setting.default) query.set(setting.id, String(value));
  }
  if (seed !== DEFAULT_SEED) query.set("seed", String(seed));
  if (backend !== "auto") query.set("backend", backend);
  if (build) query.set("build", build);
  if (steps) query.set("steps", String(steps));
  const text = query.toString();
  return `#/${card.id}${text ? `?${text}&v=${ADDRESS_VERSION}` : ""}`;
}
