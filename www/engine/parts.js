// The parts of the course, each with wasm modules of its own, so that nobody downloads all exhibits to
// see one. They are those of crate/models/src/exhibits.rs.

/** @typedef {"foundations"|"latents"|"energies"|"generators"} Part */

/** Chapters 1 to 3, 4 and 5, 6 and 7; all others are in "generators". @type {Record<string, Part>} */
const PARTS = {
  boundary: "foundations",
  crossover: "foundations",
  "bayes-net": "foundations",
  elbo: "foundations",
  mixture: "foundations",
  autoencoder: "latents",
  denoising: "latents",
  vae: "latents",
  rbm: "energies",
  ais: "energies",
  dbn: "energies",
  dbm: "energies",
  energy: "energies",
};

/** @param {string} exhibit an id, known or not @returns {Part} */
export const partOf = (exhibit) => PARTS[exhibit] ?? "generators";
