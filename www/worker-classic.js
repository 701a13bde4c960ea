// The same worker as one classic script, for frames with an opaque origin, where only a worker made
// from a blob may start. Bundled into vendor/worker.js; always the build that every browser runs, and
// the CPU only: no browser has WebGPU there.

import { startCpu } from "./engine/cpu.js";
import { fetchPart } from "./engine/parts.js";
import { serve } from "./engine/serve.js";
import { startModule } from "./fetch.js";
// @ts-ignore: the glue of every module in pkg/, made by tools/bundle.mjs
import { MODULES } from "tilde:modules";

/** @param {string} base @param {string} folder of pkg/ @returns {Promise<any>} */
async function start(base, folder) {
  const wasm = MODULES[folder];
  const exports = await startModule(new URL(`pkg/${folder}/tilde_web_bg.wasm`, base), (binary) =>
    wasm.default({ module_or_path: binary }),
  );
  return { ...wasm, exports };
}

serve(/** @type {any} */ (self), (base) => ({
  build: "simd",
  engine: () => startModule(new URL("pkg/engine/simd.wasm", base), startCpu),
  exhibits: () => start(base, "exhibits"),
  part: (name) => fetchPart(base, name),
  files: () => start(base, "files"),
  plan: () => start(base, "plan"),
}));
