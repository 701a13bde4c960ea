// The module worker: picks the wasm build that this browser can run, and serves.

import { serve } from "./engine/serve.js";

// (func (param v128 v128 v128) (result v128) … f32x4.relaxed_madd): valid only where relaxed SIMD is.
const RELAXED_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2,
  253, 133, 2, 11,
]);

serve(/** @type {any} */ (self), async (base, wanted) => {
  const relaxed = WebAssembly.validate(RELAXED_PROBE);
  const build = wanted === "simd" || !relaxed ? "simd" : "relaxed";
  const folder = new URL(`pkg/${build}/`, base);
  const binary = fetch(new URL("tilde_web_bg.wasm", folder)); // while its glue is still on the way
  const wasm = await import(new URL("tilde_web.js", folder).href);
  await wasm.default({ module_or_path: binary });
  return { wasm, build };
});
