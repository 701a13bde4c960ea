// What a first visit downloads until the first step is on screen, as a host sends dist/: gzipped.

import { execFileSync } from "node:child_process";
import { dist } from "../../www/tools/dist.mjs";
import { serve } from "../../www/tools/serve.mjs";
import { expect, test } from "./site.js";

/** What `gzip -9` makes of it: the measure of the budgets in build.sh. @param {Buffer} body */
const gzipped = (body) => execFileSync("gzip", ["-9", "-c"], { input: body, maxBuffer: 1 << 26 }).length;

for (const [words, address, wasm, total] of /** @type {const} */ ([
  ["to the front page", "", 200_000, 300_000],
  ["on the CPU", "#/gan2d?backend=cpu", 200_000, 300_000],
  ["by an address that names the GPU", "#/gan2d?backend=webgpu", 220_000, 345_000],
])) {
  test(`a first visit ${words} is small`, async ({ page, context }, info) => {
    const root = info.outputPath("dist");
    await dist(root);
    const host = await serve({ root });
    /** @type {Promise<{ url: string, bytes: number }>[]} */
    const sizes = [];
    const weigh = (/** @type {import("@playwright/test").Response} */ response) => {
      sizes.push(response.body().then((body) => ({ url: response.url(), bytes: gzipped(body) })));
    };
    context.on("response", weigh);
    /** @type {string[]} */
    const requested = [];
    context.on("request", (request) => requested.push(request.url()));
    await page.addInitScript(() => {
      const note = (/** @type {Event} */ event) => {
        if (/** @type {CustomEvent} */ (event).detail.metrics.step >= 1)
          /** @type {any} */ (window).steppedAt ??= performance.now();
      };
      addEventListener("tilde:step", note, true);
    });
    await page.goto(`${host.address}${address}`);
    await page.waitForFunction(() => "steppedAt" in window);
    context.off("response", weigh); // what comes after this has no test to be weighed in
    const weighed = await Promise.all([...sizes]);
    // What the page asks for once a step is on screen is no part of it. The page knows when something was asked for
    // only once it has come whole, which for a picture may be after its answer began.
    await page.waitForFunction(() =>
      [...document.images].every(({ currentSrc }) => !currentSrc || performance.getEntriesByName(currentSrc).length),
    );
    const later = await page.evaluate(() => {
      const { steppedAt } = /** @type {any} */ (window);
      const asked = performance.getEntriesByType("resource");
      return asked.filter(({ startTime }) => startTime > steppedAt).map(({ name }) => name);
    });
    // The page has no entry of what is still under way, and none of what the engine's worker asks for.
    const firstLater = requested.findIndex((url) => later.includes(url));
    const inTime = firstLater < 0 ? requested : requested.slice(0, firstLater);
    const all = weighed.filter(({ url }) => inTime.includes(url));
    host.close();
    const sum = (/** @type {typeof all} */ list) => list.reduce((total, { bytes }) => total + bytes, 0);
    const modules = all.filter(({ url }) => url.endsWith(".wasm"));
    const found = `${modules.map(({ url, bytes }) => `${new URL(url).pathname} ${bytes}`).join(", ")}; ${sum(modules)} of wasm, ${sum(all)} in all`;
    info.annotations.push({ type: "bytes", description: found });
    expect(modules.filter(({ url }) => url.includes("/pkg/engine/")).length, found).toBe(1);
    expect(sum(modules), found).toBeLessThan(wasm);
    expect(sum(all), found).toBeLessThan(total);
  });
}
