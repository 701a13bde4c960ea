// The GPU that the browser offers. JavaScript asks, because it learns more than a wasm module can.

/** Parts of the names of software GPUs. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render/i;

/**
 * Whether there is WebGPU here, whether it is a software GPU, and its name to show.
 * @returns {Promise<import("../protocol.js").Gpu>}
 */
export async function findGpu() {
  // The adapter that the GPU backend will ask for.
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
  if (!adapter) return { available: false, software: false, emulated: false, description: "" };
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  return {
    available: true,
    software: isFallbackAdapter || SOFTWARE.test(`${vendor} ${architecture} ${description}`),
    emulated: isFallbackAdapter,
    description: description || `${vendor} ${architecture}`.trim(),
  };
}
