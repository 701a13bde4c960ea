// Who takes part, and how a peer becomes one module that a page can load.
import { build } from "esbuild";
import { join } from "node:path";

/**
 * `group` says who is compared with whom. Of a contestant in the browser, `entry` is bundled and
 * `module` served as it stands; a native one is a process, see native.mjs.
 */
export const CONTESTANTS = [
  { id: "tilde-cpu", ours: true, group: "cpu", words: "Tilde, CPU", module: "/www/bench.js", backend: "cpu" },
  { id: "jax-wasm", group: "cpu", words: "jax-js, wasm", entry: "jax", backend: "wasm" },
  { id: "tfjs-wasm", group: "cpu", words: "TensorFlow.js, wasm", entry: "tfjs", backend: "wasm" },
  { id: "tilde-webgpu", ours: true, group: "gpu", words: "Tilde, WebGPU", module: "/www/bench.js", backend: "webgpu" },
  { id: "jax-webgpu", group: "gpu", words: "jax-js, WebGPU", entry: "jax", backend: "webgpu" },
  { id: "tfjs-webgpu", group: "gpu", words: "TensorFlow.js, WebGPU", entry: "tfjs", backend: "webgpu" },
  { id: "tfjs-webgl", group: "gpu", words: "TensorFlow.js, WebGL", entry: "tfjs", backend: "webgl" },
  { id: "tilde-native", ours: true, group: "native", words: "Tilde, native" },
  { id: "torch", group: "native", words: "PyTorch" },
];

/** Those whose id is, or begins with, one of the names. */
export function chosen(names) {
  const unknown = names.filter((name) => !CONTESTANTS.some(({ id }) => isNamed(id, name)));
  if (unknown.length) throw new Error(`There is no contestant ${unknown.join(", ")}; there are ${CONTESTANTS.map(({ id }) => id).join(", ")}.`);
  return CONTESTANTS.filter(({ id }) => names.some((name) => isNamed(id, name)));
}

const isNamed = (id, name) => id === name || id.startsWith(`${name}-`);

/** Bundles a peer's adapter with its library, minified as a site would ship it; its address. */
export async function moduleOf({ id, entry, module, backend }, root) {
  if (module) return module;
  const path = `/target/bench/${id}.js`;
  await build({
    entryPoints: [join(root, "tests/bench/adapters", entry, `${entry === "tfjs" ? backend : "adapter"}.js`)],
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
