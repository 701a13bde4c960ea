// The address of an exhibit: `#/vae?beta=4&seed=7&v=1`. It holds what differs from the defaults, what was put in by
// hand (packed.js), and a version, by whose defaults it is read (old-defaults.js).

import { LAST_SEED, accepts, defaults, read } from "../settings.js";
import { oldDefaults, versionOf } from "./old-defaults.js";

/**
 * @typedef {import("../protocol.js").Card} Card
 * @typedef {import("../protocol.js").Values} Values
 *
 * @typedef {object} Warning
 * @property {"unknown"|"clamped"|"ignored"|"newer"|"own"} kind
 * @property {string} key
 * @property {string} value
 *
 * @typedef {object} Place
 * @property {Values} settings  all of them
 * @property {number} seed
 * @property {import("../protocol.js").Backend} backend
 * @property {number} steps     to train before it is shown
 * @property {Values} [beside]  settings in which a second run beside it differs, if there is one
 * @property {string} trial     the experiment that it proposes, or ""
 * @property {string} own       what was put in by hand, packed
 * @property {Warning[]} warnings
 */

/** Of the addresses that are written now. */
export const ADDRESS_VERSION = versionOf();

/** The seed of an address that names none, so that the same address gives the same run. */
export const DEFAULT_SEED = 1;

const MOST_STEPS = 100_000;

/** Characters of an id that are kept: what is longer names nothing. */
const LONGEST_ID = 60;

/** What an address may hold beside settings, by its name there. No setting of a card has one of these names. */
export const RESERVED = ["seed", "backend", "build", "steps", "beside", "try", "own", "v"];

/** @param {string} text @returns {string} as it is, where it is not well encoded */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Splits the part after `#`. @param {string} hash @returns {{ id: string, query: URLSearchParams }} */
export function split(hash) {
  const [path, ...query] = hash.replace(/^#?\/?/, "").split("?");
  const id = decoded(path).replace(/\/+$/, "").toLowerCase().slice(0, LONGEST_ID);
  return { id, query: new URLSearchParams(query.join("?")) };
}

/**
 * What a key of an address accepts, in words for messages.
 * @param {Card} card
 * @param {string} key
 */
export function acceptsOf(card, key) {
  if (key === "seed") return `a whole number from 0 to ${LAST_SEED}`;
  if (key === "steps") return `a whole number from 0 to ${MOST_STEPS}`;
  if (key === "v") return "a whole number from 1";
  if (key === "backend") return "one of auto, webgpu, cpu";
  if (key === "build") return "one of simd, relaxed";
  if (key === "try") return `one of ${card.experiments.map(({ id }) => id).join(", ")}`;
  if (key === "beside") return "settings and values, as in beta:4,latent:2";
  const setting = card.settings.find(({ id }) => id === key);
  return setting ? accepts(setting) : "";
}

/**
 * Reads the settings of an address, or of the attributes of an element. Nothing is refused: an invalid
 * value is left out or clamped, with a warning.
 * @param {Card} card
 * @param {Iterable<[string, string]>} given
 * @returns {Place}
 */
export function parse(card, given) {
  const pairs = [...given];
  /** @type {Place} */
  const place = {
    settings: defaults(card),
    seed: DEFAULT_SEED,
    backend: "auto",
    steps: 0,
    trial: "",
    own: "",
    warnings: [],
  };
  const warn = (/** @type {Warning["kind"]} */ kind, /** @type {string} */ key, /** @type {string} */ value) =>
    place.warnings.push({ kind, key, value });
  const version = versionIn(pairs, warn);
  for (const [key, value] of [...oldDefaults(card.id, version), ...pairs]) {
    const setting = card.settings.find(({ id }) => id === key);
    if (setting) {
      const result = read(setting, value);
      place.settings[key] = result.value;
      if (result.note) warn(result.note, key, value);
    } else if (key === "seed" || key === "steps") {
      const n = Math.round(Number(value));
      const most = key === "seed" ? LAST_SEED : MOST_STEPS;
      if (value.trim() === "" || Number.isNaN(n)) warn("ignored", key, value);
      else {
        place[key] = Math.min(most, Math.max(0, n));
        if (place[key] !== Number(value)) warn("clamped", key, value);
      }
    } else if (key === "backend") {
      if (value === "auto" || value === "cpu" || value === "webgpu") place.backend = value;
      else warn("ignored", key, value);
    } else if (key === "build") {
      // It is read where the engine starts.
      if (value !== "simd" && value !== "relaxed") warn("ignored", key, value);
    } else if (key === "beside") {
      place.beside = besideOf(card, value, warn);
    } else if (key === "try") {
      if (card.experiments.some(({ id }) => id === value)) place.trial = value;
      else warn("ignored", key, value);
    } else if (key === "own") {
      place.own = value;
    } else if (key !== "v") {
      warn("unknown", key, value);
    }
  }
  return place;
}

/**
 * The settings in which a second run differs: "beta:4,latent:2".
 * @param {Card} card
 * @param {string} text
 * @param {(kind: Warning["kind"], key: string, value: string) => void} warn
 * @returns {Values}
 */
function besideOf(card, text, warn) {
  /** @type {Values} */
  const values = {};
  for (const part of text.split(",").filter(Boolean)) {
    const [id, value = ""] = part.split(":");
    const setting = card.settings.find((each) => each.id === id);
    const result = setting && read(setting, value);
    if (!result || result.note === "ignored") warn("ignored", "beside", part);
    else values[id] = result.value;
    if (result?.note === "clamped") warn("clamped", id, value);
  }
  return values;
}

/**
 * The version that an address says it is of; the present one where it says nothing.
 * @param {[string, string][]} pairs
 * @param {(kind: Warning["kind"], key: string, value: string) => void} warn
 */
function versionIn(pairs, warn) {
  const text = pairs.findLast(([key]) => key === "v")?.[1];
  if (text === undefined) return ADDRESS_VERSION;
  const version = Number(text);
  if (Number.isInteger(version) && version >= 1) {
    if (version > ADDRESS_VERSION) warn("newer", "v", text);
    return version;
  }
  warn("ignored", "v", text);
  return ADDRESS_VERSION;
}

/**
 * @param {Card} card
 * @param {{ settings: Values, seed: number, backend: string, steps?: number, build?: string, beside?: Values, trial?: string }} state
 * @param {string} [own] what was put in by hand, packed
 * @returns {string} from `#/` on
 */
export function format(card, { settings, seed, backend, steps = 0, build = "", beside, trial = "" }, own = "") {
  const query = new URLSearchParams();
  for (const setting of card.settings) {
    const value = settings[setting.id];
    if (value !== undefined && value !== setting.default) query.set(setting.id, String(value));
  }
  if (seed !== DEFAULT_SEED) query.set("seed", String(seed));
  if (backend !== "auto") query.set("backend", backend);
  if (build) query.set("build", build);
  if (steps) query.set("steps", String(steps));
  if (beside) {
    const different = Object.entries(beside).filter(([id, value]) => value !== settings[id]);
    query.set("beside", different.map((pair) => pair.join(":")).join(","));
  }
  if (own) query.set("own", own);
  if (trial) query.set("try", trial);
  const text = query.toString().replaceAll("%3A", ":").replaceAll("%2C", ",");
  return `#/${card.id}${text ? `?${text}&v=${ADDRESS_VERSION}` : ""}`;
}
