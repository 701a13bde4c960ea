// Puts the plotting library from npm into www/vendor, where the page loads it from.

import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { transform } from "esbuild";

const FILES = { "dist/uPlot.d.ts": "uplot.d.ts", "dist/uPlot.min.css": "uplot.css", LICENSE: "uplot.LICENSE" };

/** Fills www/vendor. */
export async function vendor() {
  const from = new URL("../../node_modules/uplot/", import.meta.url);
  const to = new URL("../vendor/", import.meta.url);
  await mkdir(to, { recursive: true });
  for (const [source, target] of Object.entries(FILES)) await copyFile(new URL(source, from), new URL(target, to));
  // Its ES module is published unminified only.
  const { code } = await transform(await readFile(new URL("dist/uPlot.esm.js", from), "utf8"), { minify: true });
  await writeFile(new URL("uplot.js", to), code);
}
