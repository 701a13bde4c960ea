// Fetches and starts the wasm module: of its two builds, the one that this browser can run.

// (func (param v128 v128 v128) (result v128) … f32x4.relaxed_madd). A module with an unknown opcode
// fails validation whole: this one is valid only where relaxed SIMD is.
const RELAXED_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133, 2, 11,
]);

/**
 * @param {string} base address of the site's root, ending in "/"
 * @param {string} wanted "simd" for the build whose numbers are the same everywhere, else the fastest
 * @returns {Promise<{ wasm: import("./protocol.js").Wasm, build: "simd"|"relaxed" }>}
 */
export async function loadWasm(base, wanted) {
  const build = wanted !== "simd" && WebAssembly.validate(RELAXED_PROBE) ? "relaxed" : "simd";
  const folder = new URL(`pkg/${build}/`, base);
  const wasm = await import(new URL("tilde_web.js", folder).href);
  await wasm.default({ module_or_path: new URL("tilde_web_bg.wasm", folder) });
  return { wasm, build };
}
