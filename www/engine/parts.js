// The parts of the course, each with wasm modules of its own, so that nobody downloads all exhibits to
// see one. They are those of crate/models/src/exhibits.rs.

/** @typedef {"foundations"|"latents"|"energies"|"generators"} Part */

/** Chapters 1 and 2, 3 to 5, 6 and 7; all others are in "generators". @type {Record<string, Part>} */
const PARTS = {
  boundary: "foundations",
  crossover: "foundations",
  "bayes-net": "foundations",
  elbo: "latents",
  mixture: "latents",
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
