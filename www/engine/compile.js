// Compiles wasm that is fetched.

/** @param {Response} response @returns {Promise<WebAssembly.Module>} */
export async function compile(response) {
  // Some servers do not know the type of wasm, which streaming insists on.
  if (response.headers.get("Content-Type") === "application/wasm") return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}
