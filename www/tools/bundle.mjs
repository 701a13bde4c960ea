// Bundles the worker as one classic script, for frames with an opaque origin.

import { access } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const path = (/** @type {string} */ relative) => fileURLToPath(new URL(relative, import.meta.url));

/** Folders of pkg/ with the glue of a module that the worker may start. @returns {Promise<string[]>} */
async function folders() {
  const wanted = ["exhibits", "files", "plan"];
  const built = await Promise.all(
    wanted.map((folder) =>
      access(path(`../../pkg/${folder}/tilde_web.js`)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return wanted.filter((_, i) => built[i]);
}

/** A module with the glue of all of them, by folder. @param {string[]} found @returns {import("esbuild").Plugin} */
const modules = (found) => ({
  name: "modules",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^tilde:modules$/ }, () => ({ path: "modules", namespace: "tilde" }));
    onLoad({ filter: /.*/, namespace: "tilde" }, () => ({
      resolveDir: path("../../pkg"),
      contents: [
        ...found.map((folder, i) => `import * as m${i} from "./${folder}/tilde_web.js";`),
        `export const MODULES = { ${found.map((folder, i) => `"${folder}": m${i}`).join(", ")} };`,
      ].join("\n"),
    }));
  },
});

/** Writes www/vendor/worker.js. Needs the modules in pkg/, which are built first. */
export async function bundle() {
  const found = await folders();
  if (!found.length) {
    console.warn(
      "pkg/ has no modules: the worker for sandboxed frames is not bundled. Build the wasm, then run this again.",
    );
    return;
  }
  await build({
    entryPoints: [path("../worker-classic.js")],
    outfile: path("../vendor/worker.js"),
    plugins: [modules(found)],
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
