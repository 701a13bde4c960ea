// Puts the plotting library and the emoji of the words into www/vendor, where the page loads them from.

import { copyFile, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { transform } from "esbuild";
import subset from "subset-font";

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
  await emoji(to);
}

/** All emoji that the words of any language have, each once, in their order. */
async function emojiOfWords() {
  const words = new URL("../words/", import.meta.url);
  const files = (await readdir(words, { recursive: true })).filter((file) => /\.(json|md)$/.test(file));
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, words), "utf8")));
  return [...new Set(texts.join("").match(/\p{Emoji_Presentation}/gu))].sort().join("");
}

/** A font of these emoji alone: not every machine has one. @param {URL} to */
async function emoji(to) {
  const from = new URL("../../node_modules/@fontsource/noto-emoji/", import.meta.url);
  const font = await readFile(new URL("files/noto-emoji-emoji-400-normal.woff2", from));
  await writeFile(new URL("emoji.woff2", to), await subset(font, await emojiOfWords(), { targetFormat: "woff2" }));
  await copyFile(new URL("LICENSE", from), new URL("emoji.LICENSE", to));
}
