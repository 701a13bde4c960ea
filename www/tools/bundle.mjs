// Bundles the worker as one classic script, for frames with an opaque origin.

import { access } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const path = (/** @type {string} */ relative) => fileURLToPath(new URL(relative, import.meta.url));

/** Writes www/vendor/worker.js. Needs the modules in pkg/, which wasm-pack builds first. */
export async function bundle() {
  try {
    await access(path("../../pkg/generators/simd/tilde_web.js"));
  } catch {
    console.warn(
      "pkg/generators/simd is missing: the worker for sandboxed frames is not bundled. Build the wasm, then run this again.",
    );
    return;
  }
  await build({
    entryPoints: [path("../worker-classic.js")],
    outfile: path("../vendor/worker.js"),
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    legalComments: "none",
    // The glue's default address of the wasm, which is never used: it is always told one.
    define: { "import.meta.url": '""' },
    logLevel: "warning",
  });
}
