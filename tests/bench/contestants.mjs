// Who takes part, and how a peer becomes one module that a page can load.
import { build } from "esbuild";
import { join } from "node:path";

/** `entry` is bundled; `module` is served as it stands. */
export const CONTESTANTS = [
  { id: "tilde", words: "Tilde, CPU", module: "/www/bench.js", backend: "cpu" },
  { id: "jax", words: "jax-js, wasm", entry: "adapters/jax.js", backend: "wasm" },
  { id: "tfjs", words: "TensorFlow.js, wasm", entry: "adapters/tfjs.js", backend: "wasm" },
];

/** Bundles a peer's adapter with its library, minified as a site would ship it; its address. */
export async function moduleOf(contestant, root) {
  if (contestant.module) return contestant.module;
  const path = `/target/bench/${contestant.id}.js`;
  await build({
    entryPoints: [join(root, "tests/bench", contestant.entry)],
    outfile: join(root, path),
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    legalComments: "none",
    logLevel: "error",
    // Only reached under Node.js.
    external: ["crypto", "fs", "node-fetch", "os", "path", "perf_hooks", "string_decoder", "util", "worker_threads"],
    define: { global: "globalThis", "process.env.NODE_ENV": '"production"' },
  });
  return path;
}
