// The one engine of a page: all exhibits on it share a worker.

import { Tilde } from "../tilde.js";

/** @type {Promise<Tilde>|undefined} */
let engine;

/**
 * Starts it at the first call, and again after a failure.
 * @returns {Promise<Tilde>}
 */
export function theEngine() {
  // A link may name the wasm build, so that it gives the same bits wherever that build runs.
  const build = new URLSearchParams(location.hash.split("?")[1]).get("build") === "simd" ? "simd" : "";
  engine ??= Tilde.start({ backend: "auto", build }).catch((error) => {
    engine = undefined;
    throw error;
  });
  return engine;
}
