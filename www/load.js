// Fetches and starts a wasm module; for the CPU, of its two builds the one that this browser can run.

// (func (param v128 v128 v128) (result v128) … f32x4.relaxed_madd). A module with an unknown opcode
// fails validation whole: this one is valid only where relaxed SIMD is.
const RELAXED_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2,
  253, 133, 2, 11,
]);

/**
 * Whether this browser runs relaxed SIMD.
 * @returns {boolean}
 */
export const hasRelaxedSimd = () => WebAssembly.validate(RELAXED_PROBE);

/**
 * The build for the CPU: "simd" where it is asked for, because its numbers are the same everywhere,
 * else the fastest that runs.
 * @param {string} wanted
 * @returns {"simd"|"relaxed"}
 */
export const chooseBuild = (wanted) => (wanted !== "simd" && hasRelaxedSimd() ? "relaxed" : "simd");

/**
 * @param {string} base address of the site's root, ending in "/"
 * @param {string} module a folder of pkg/: "bench", or a part of the course with "simd", "relaxed" or "gpu"
 * @returns {Promise<import("./protocol.js").Wasm>}
 */
export async function loadWasm(base, module) {
  const folder = new URL(`pkg/${module}/`, base);
  const binary = fetch(new URL("tilde_web_bg.wasm", folder)); // while its glue is still on the way
  binary.catch(() => {}); // awaited below, unless the glue fails first
  const wasm = await import(new URL("tilde_web.js", folder).href);
  await wasm.default({ module_or_path: binary });
  return wasm;
}
