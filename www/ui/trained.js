// Weights that the site ships, for experiments that would take minutes from scratch. `./build.sh weights` makes them.

import { get } from "../fetch.js";

/**
 * @param {string} name of a card's experiment
 * @returns {Promise<Uint8Array>} safetensors
 */
export async function fetchWeights(name) {
  const { body } = await get(new URL(`../weights/${name}.safetensors.gz`, import.meta.url));
  const plain = /** @type {ReadableStream} */ (body).pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}
