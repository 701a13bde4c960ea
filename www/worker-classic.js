// The same worker as one classic script, for frames with an opaque origin, where only a worker made
// from a blob may start. Bundled into vendor/worker.js; always the build that every browser runs, and
// the CPU only: no browser has WebGPU there.

import { serve } from "./engine/serve.js";
// @ts-ignore: built by wasm-pack, absent until then
import * as wasm from "../pkg/simd/tilde_web.js";

serve(/** @type {any} */ (self), (base) => ({
  build: "simd",
  load: async () => {
    await wasm.default({ module_or_path: new URL("pkg/simd/tilde_web_bg.wasm", base) });
    return /** @type {any} */ (wasm);
  },
}));
