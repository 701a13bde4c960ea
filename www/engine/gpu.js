// What GPU the browser offers. It tells a page more about it than it tells a wasm module.

/** Parts of the names of GPUs that are programs. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render/i;

/**
 * Whether there is WebGPU here, whether a CPU plays it, and its name for people.
 * @returns {Promise<import("../protocol.js").Gpu>}
 */
export async function findGpu() {
  // The adapter that the GPU backend will ask for.
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
  if (!adapter) return { available: false, software: false, description: "" };
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  return {
    available: true,
    software: isFallbackAdapter || SOFTWARE.test(`${vendor} ${architecture} ${description}`),
    description: description || `${vendor} ${architecture}`.trim(),
  };
}
