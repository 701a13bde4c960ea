// What a first visit downloads until the first step is on screen, as a host sends it: gzipped.

import { gzipSync } from "node:zlib";
import { expect, open, reached, test } from "./site.js";

for (const [words, address, wasm] of /** @type {const} */ ([
  ["on the CPU", "#/gan2d?backend=cpu", 200_000],
  ["by an address that names the GPU", "#/gan2d?backend=webgpu", 220_000],
])) {
  test(`a first visit ${words} is small`, async ({ page, site, context }) => {
    /** @type {Promise<{ url: string, bytes: number }>[]} */
    const sizes = [];
    context.on("response", (response) => {
      sizes.push(response.body().then((body) => ({ url: response.url(), bytes: gzipSync(body, { level: 9 }).length })));
    });
    await open(page, `${site}${address}`);
    await reached(page, 1);
    const all = await Promise.all(sizes);
    const sum = (/** @type {typeof all} */ list) => list.reduce((total, { bytes }) => total + bytes, 0);
    const modules = all.filter(({ url }) => url.endsWith(".wasm"));
    const found = `${modules.map(({ url, bytes }) => `${new URL(url).pathname} ${bytes}`).join(", ")}; ${sum(all)} in all`;
    test.info().annotations.push({ type: "bytes", description: found });
    expect(modules.length, found).toBe(2);
    expect(sum(modules), found).toBeLessThan(wasm);
    expect(sum(all), found).toBeLessThan(350_000);
  });
}
