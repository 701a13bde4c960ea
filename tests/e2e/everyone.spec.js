// For everyone: small screens, screen readers, words, and a fast start.

import { readFile } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import { idle, misled, missing, read, wanted, wordsOf } from "../../www/tools/check-words.mjs";
import { expect, open, pause, reached, test } from "./site.js";

/** The registry, as the page has it. @type {import("../../www/protocol.js").Card[]} */
const CARDS = JSON.parse(await readFile(new URL("../../pkg/cards.json", import.meta.url), "utf8"));
const EXHIBITS = CARDS.map(({ id }) => id);

for (const id of EXHIBITS) {
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    test(`${id}, ${colorScheme}: axe finds no violation`, async ({ page, site }) => {
      await page.emulateMedia({ colorScheme });
      await open(page, `${site}#/${id}`);
      await reached(page, 3);
      await pause(page);
      await page.locator("details.more summary").click();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(
        violations.map(({ id: rule, nodes }) => `${rule}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`),
      ).toEqual([]);
    });
  }

  for (const width of [360, 390]) {
    test(`${id}: fits a screen of ${width} pixels`, async ({ page, site }) => {
      await page.setViewportSize({ width, height: 800 });
      await open(page, `${site}#/${id}`);
      await reached(page, 3);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBeLessThanOrEqual(width);
    });
  }

  test(`${id}: every id of its card has words, and every picture a text`, async ({ page, site }) => {
    await open(page, `${site}#/${id}`);
    await reached(page, 3);
    await pause(page);
    const { card, layers } = await page.evaluate(async () => {
      const { card, run } = /** @type {any} */ (document.querySelector("tilde-exhibit")).session;
      const layers = new Set();
      for (const view of card.views) for (const layer of (await run.view(view.id)).layers) layers.add(layer.id);
      return { card: JSON.parse(JSON.stringify(card)), layers: [...layers] };
    });
    const paths = [...wanted(card), ...layers.map((/** @type {string} */ layer) => `layers.${layer}`)];
    const words = await wordsOf("en", id);
    expect(missing(paths, words), "ids without words").toEqual([]);
    expect(misled(card, words), "the headline").toEqual([]);
    const { exhibits } = await read("en");
    expect(idle(card, exhibits[id]), "words without an id").toEqual([]);
    for (const canvas of await page.locator("canvas[role=img]").all())
      expect(await canvas.getAttribute("aria-label")).toMatch(/[Ss]tep \d/);
    await expect(page.locator("article math").first()).toBeAttached();
  });
}

test("the contents name every exhibit, with a picture", async ({ page, site }) => {
  await open(page, site);
  const known = await page.evaluate(async () => {
    const { theEngine } = await import(new URL("./www/ui/engine.js", location.href).href);
    return (await theEngine()).exhibits.map((/** @type {any} */ { id }) => id);
  });
  expect([...EXHIBITS].sort()).toEqual(known.sort());
  const pictures = page.locator("#chapters img");
  await expect(pictures).toHaveCount(EXHIBITS.length);
  for (const picture of await pictures.all())
    expect(await picture.evaluate((img) => /** @type {HTMLImageElement} */ (img).naturalWidth)).toBeGreaterThan(0);
});

test("nothing jumps while it trains", async ({ page, site }) => {
  await page.addInitScript(() => {
    /** @type {any} */ (window).shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) /** @type {any} */ (window).shift += /** @type {any} */ (entry).value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await open(page, site);
  await page.waitForTimeout(3000);
  expect(await page.evaluate(() => /** @type {any} */ (window).shift)).toBeLessThan(0.02);
});

test("from navigation to the first training step on screen, cold @slow", async ({ browser, site }) => {
  const times = [];
  for (let i = 0; i < 5; i++) {
    const context = await browser.newContext(); // a new context has an empty cache
    const page = await context.newPage();
    await page.addInitScript(() =>
      addEventListener("tilde:step", (event) => {
        const detail = /** @type {CustomEvent} */ (event).detail;
        if (detail.metrics.step > 0) /** @type {any} */ (window).firstStep ??= performance.now();
      }),
    );
    await page.goto(`${site}#/gan2d?backend=cpu`);
    await page.waitForFunction(() => /** @type {any} */ (window).firstStep);
    times.push(await page.evaluate(() => /** @type {any} */ (window).firstStep));
    await context.close();
  }
  times.sort((a, b) => a - b);
  console.log(`cold start, ms: ${times.map(Math.round).join(" ")}`);
  expect(times[2]).toBeLessThan(1500);
});
