// Fetches and starts the wasm modules; of the two builds of the CPU's engine, the one that this browser
// can run.

import { startCpu } from "./engine/cpu.js";
import { fetchPart } from "./engine/parts.js";
import { getModule, startModule } from "./fetch.js";

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
 * @param {string} folder of pkg/
 * @param {string} [name] of what wasm-bindgen wrote there
 * @returns {Promise<any>} the module, as its TypeScript types describe it, and what its wasm exports
 */
export async function loadWasm(base, folder, name = "tilde_web") {
  const at = new URL(`pkg/${folder}/`, base);
  const glue = getModule(new URL(`${name}.js`, at));
  glue.catch(() => {}); // awaited below, unless the module fails first
  const exports = await startModule(new URL(`${name}_bg.wasm`, at), async (binary) => {
    binary.catch(() => {}); // likewise
    const { default: start } = await glue;
    return start({ module_or_path: binary });
  });
  return { ...(await glue), exports };
}

/**
 * @param {string} base address of the site's root, ending in "/"
 * @param {import("./protocol.js").BackendName} backend
 * @param {string} build of the CPU's
 * @returns {Promise<import("./protocol.js").Engine>}
 */
export const loadEngine = (base, backend, build) =>
  backend === "webgpu"
    ? loadWasm(base, "engine/gpu", "tilde_engine")
    : startModule(new URL(`pkg/engine/${build}.wasm`, base), startCpu);

/**
 * All modules of the site.
 * @param {string} base address of the site's root, ending in "/"
 * @param {string} [wanted] build of the CPU's engine
 * @returns {import("./engine/modules.js").Loaders}
 */
export function loaders(base, wanted = "") {
  const build = chooseBuild(wanted);
  return {
    build,
    engine: (backend) => loadEngine(base, backend, build),
    exhibits: () => loadWasm(base, "exhibits"),
    part: (name) => fetchPart(base, name),
    files: () => loadWasm(base, "files"),
    plan: () => loadWasm(base, "plan"),
  };
}
