// The one engine of a page: all exhibits on it share a worker.

import { Tilde } from "../tilde.js";
import { split } from "./address.js";

/** The exhibit of an address that names none. */
export const FIRST = "gan2d";

/** @type {Promise<Tilde>|undefined} */
let engine;

/**
 * Starts it at the first call, and again after a failure.
 * @param {string} [exhibit] what will be opened first, if the address does not say
 * @returns {Promise<Tilde>}
 */
export function theEngine(exhibit = "") {
  const { id, query } = split(location.hash);
  if (engine) return engine;
  const starting = start(exhibit || id || FIRST, query).catch((error) => {
    engine = undefined;
    throw error;
  });
  engine = starting;
  starting.then(
    async (tilde) => {
      await tilde.ended;
      if (engine === starting) engine = undefined; // the next who asks gets another
    },
    () => {},
  );
  return starting;
}

/** @param {string} exhibit @param {URLSearchParams} query of the address */
async function start(exhibit, query) {
  // A link may name the wasm build, so that it gives the same bits wherever that build runs.
  const build = query.get("build") === "simd" ? "simd" : "";
  // A run on the GPU needs nothing of the CPU's module, unless there is no GPU here.
  if (query.get("backend") === "webgpu") {
    const tilde = await Tilde.start({ backend: "webgpu", build, exhibit }).catch(() => undefined);
    if (tilde) return tilde;
  }
  return Tilde.start({ backend: "auto", build, exhibit });
}
