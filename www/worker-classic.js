// The same worker as one classic script, for frames with an opaque origin, where only a worker made
// from a blob may start. Bundled into vendor/worker.js; always the build that every browser runs, and
// the CPU only: no browser has WebGPU there.

import { serve } from "./engine/serve.js";
// @ts-ignore: built by wasm-pack, absent until then
import * as energies from "../pkg/energies/simd/tilde_web.js";
// @ts-ignore
import * as foundations from "../pkg/foundations/simd/tilde_web.js";
// @ts-ignore
import * as latents from "../pkg/latents/simd/tilde_web.js";
// @ts-ignore
import * as generators from "../pkg/generators/simd/tilde_web.js";

const PARTS = { energies, foundations, latents, generators };

serve(/** @type {any} */ (self), (base) => ({
  build: "simd",
  load: async (_, part) => {
    const wasm = PARTS[part];
    await wasm.default({ module_or_path: new URL(`pkg/${part}/simd/tilde_web_bg.wasm`, base) });
    return /** @type {any} */ (wasm);
  },
}));
