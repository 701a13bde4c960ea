// Defaults that were others once. An address names only what differs from the defaults, so one of an older
// version is read with those of its time.
//
// Who changes a default of a card adds a line to CHANGED whose `before` is the present version plus one (or the
// present version, if it is not published yet). New addresses then have that version by themselves, and
// `node www/tools/defaults.mjs` notes its defaults in tests/cases/defaults.json, which the tests hold against
// what old addresses are read as.

/**
 * @typedef {object} Changed
 * @property {number} before   the first version with the new default
 * @property {string} exhibit
 * @property {string} setting
 * @property {string} was      the default until then, as an address would say it
 */

/** @type {Changed[]} */
export const CHANGED = [
  { before: 2, exhibit: "gan2d", setting: "instance_noise", was: "0" },
  { before: 2, exhibit: "rbm", setting: "hidden", was: "16" },
  { before: 2, exhibit: "rbm", setting: "algorithm", was: "cd" },
  { before: 2, exhibit: "rbm", setting: "k", was: "1" },
  { before: 3, exhibit: "dbm", setting: "learning_rate", was: "0.1" },
  { before: 3, exhibit: "energy", setting: "step_size", was: "0.002" },
  { before: 3, exhibit: "energy", setting: "jumps", was: "0" },
  { before: 3, exhibit: "mixture", setting: "start", was: "points" },
  { before: 4, exhibit: "denoising", setting: "learning_rate", was: "0.002" },
  { before: 5, exhibit: "mixture", setting: "start", was: "spread" },
  { before: 6, exhibit: "ddpm", setting: "follow", was: "false" },
  { before: 7, exhibit: "ais", setting: "machine", was: "digits" },
  { before: 7, exhibit: "bayes-net", setting: "given", was: "one" },
];

/**
 * The version of addresses that are written now.
 * @param {Changed[]} [changed]
 */
export const versionOf = (changed = CHANGED) => Math.max(1, ...changed.map(({ before }) => before));

/**
 * What the defaults of an exhibit were in a version, where they differ from those of now.
 * @param {string} exhibit
 * @param {number} version
 * @param {Changed[]} [changed]
 * @returns {[string, string][]} settings, each once
 */
export function oldDefaults(exhibit, version, changed = CHANGED) {
  // Of several changes of one setting, the first after that version counts.
  const later = changed.filter((each) => each.exhibit === exhibit && each.before > version);
  later.sort((a, b) => b.before - a.before);
  return [...new Map(later.map(({ setting, was }) => [setting, was]))];
}
