// For everyone: small screens, screen readers, words, and a fast start.

import { idle, misled, missing, read, wanted, wordsOf } from "../../www/tools/check-words.mjs";
import { firstScreen } from "./first-screen.js";
import { fetchedForHood, underTheHood } from "./hood.js";
import { CARDS, COLOUR_RULES, expect, open, pause, reached, resize, test, violations } from "./site.js";

test.use({ pace: "steady" });

/** @typedef {import("./site.js").Page} Page */

const EXHIBITS = CARDS.map(({ id }) => id);
/** One that has everything an exhibit can have below its first screen. */
const EXAMPLE = CARDS.find(({ tensors, experiments }) => tensors && experiments.length);

/** Texts of the pictures, and whether they are drawn and in the page. @param {Page} page */
const pictures = (page) =>
  page.evaluate(() => {
    const root = /** @type {any} */ (document.querySelector("tilde-exhibit")).shadowRoot;
    return [...root.querySelectorAll("canvas")].map((canvas) => ({
      name: canvas.getAttribute("aria-label") ?? canvas.closest('[role="img"]')?.getAttribute("aria-label") ?? "",
      drawn: canvas.getAttribute("role") === "img",
      hidden: !canvas.checkVisibility(),
    }));
  });

// One visit of each exhibit, since to open one costs most: everybody looks at it. What fails does not keep the rest from
// being looked at.
for (const card of CARDS) {
  const { id } = card;
  test(`${id}: first screen, words, texts of pictures, narrow screens, menus, hood, axe`, async ({
    page,
    site,
    context,
  }) => {
    test.setTimeout(240_000);
    const asked = fetchedForHood(context);
    await page.setViewportSize({ width: 1280, height: 800 });
    await open(page, `${site}#/${id}`);
    await reached(page, 3);
    await pause(page);
    await test.step("the first screen", () => firstScreen(page, card));

    await test.step("every id of its card has words", async () => {
      const { card, layers } = await page.evaluate(async () => {
        const { card, run } = /** @type {any} */ (document.querySelector("tilde-exhibit")).session;
        const layers = new Set();
        for (const view of card.views) for (const layer of (await run.view(view.id)).layers) layers.add(layer.id);
        return { card: JSON.parse(JSON.stringify(card)), layers: [...layers] };
      });
      const paths = [...wanted(card), ...layers.map((/** @type {string} */ layer) => `layers.${layer}`)];
      const words = await wordsOf("en", id);
      expect.soft(missing(paths, words), "ids without words").toEqual([]);
      expect.soft(misled(card, words), "the headline").toEqual([]);
      const { exhibits } = await read("en");
      expect.soft(idle(card, exhibits[id]), "words without an id").toEqual([]);
      await expect.soft(page.locator("article math").first()).toBeAttached();
    });

    await test.step("keys name the classes that are there, axes say that they are logarithmic", async () => {
      const shown = await page.evaluate(async () => {
        const exhibit = /** @type {any} */ (document.querySelector("tilde-exhibit"));
        const { card, run } = exhibit.session;
        const all = [];
        for (const { id, kind } of card.views) {
          const figure = exhibit.shadowRoot.querySelector(`[data-view="${id}"]`);
          const numerals = figure.querySelector(".keys .numerals")?.dataset.classes ?? "";
          const { layers } = await run.view(id);
          const points = layers.find((/** @type {any} */ each) => each.kind === "points" && each.labels.length > 1);
          all.push({ id, kind, numerals, labels: [...new Set(points?.labels)], x: figure.querySelector(".axis.x")?.textContent }); // prettier-ignore
        }
        return all;
      });
      for (const { id, kind, numerals, labels, x } of shown) {
        const named = numerals.split(" ").filter((/** @type {string} */ each) => /\d/.test(each)).map(Number); // prettier-ignore
        expect.soft(labels, `the classes of ${id}`).toEqual(expect.arrayContaining(named));
        expect.soft(named.length, `how many of ${id}`).toBe(Math.min(3, labels.length));
        if (kind === "log-curves" && x) expect.soft(x, id).toContain("logarithmic");
      }
    });

    await test.step("every picture has a name, and says what it shows", async () => {
      const all = await pictures(page);
      expect.soft(all.filter(({ drawn, hidden }) => drawn && !hidden).length, "pictures").toBeGreaterThan(0);
      for (const { name, drawn, hidden } of all) {
        expect.soft(name).toMatch(/\S/);
        expect.soft(name).not.toMatch(/\{\w+\}|undefined|NaN/);
        if (drawn) expect.soft(name).toMatch(/[Ss]tep \d/);
        if (drawn && !hidden) expect.soft(name).toMatch(/: .*\d.*Step/);
      }
    });

    for (const [width, height] of [
      [1280, 800],
      [390, 844],
    ])
      await test.step(`nothing covers an open menu at ${width} × ${height}`, async () => {
        await resize(page, width, height);
        const summary = page.getByText("Take away", { exact: true });
        await summary.click();
        // A trial click waits until nothing lies over the button.
        for (const button of await page.locator(".menu .sheet button").all()) await button.click({ trial: true });
        await summary.click();
      });

    await resize(page, 1280, 900);
    await page.locator("details.more summary").click();
    // Source, plan and shaders have the same styles everywhere, and axe looks at each of their words for seconds.
    const withHood = card === EXAMPLE;
    if (withHood) await underTheHood(page, card, asked);
    for (const [colorScheme, rules] of /** @type {["light"|"dark", string[]?][]} */ ([
      ["light"],
      // The same page in other colours.
      ["dark", COLOUR_RULES],
    ]))
      await test.step(`axe finds no violation, ${colorScheme}`, async () => {
        await page.emulateMedia({ colorScheme });
        expect.soft(await violations(page, rules), colorScheme).toEqual([]);
      });
    if (!withHood) await underTheHood(page, card, asked);
    for (const width of [360, 390])
      await test.step(`it fits a screen of ${width} pixels`, async () => {
        await resize(page, width, 800);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        expect.soft(wide, `width of the page on a screen of ${width}`).toBeLessThanOrEqual(width);
      });
  });
}

test("the contents name every exhibit, with a picture", async ({ page, site }) => {
  await open(page, `${site}#/gan2d`);
  const known = await page.evaluate(async () => {
    const { theEngine } = await import(new URL("./www/ui/engine.js", location.href).href);
    return (await theEngine()).exhibits.map((/** @type {any} */ { id }) => id);
  });
  expect([...EXHIBITS].sort()).toEqual(known.sort());
  const pictures = page.locator("#chapters img");
  await expect(pictures).toHaveCount(EXHIBITS.length);
  for (const picture of await pictures.all())
    await expect
      .poll(() => picture.evaluate((img) => /** @type {HTMLImageElement} */ (img).naturalWidth))
      .toBeGreaterThan(0);
});

for (const [hash, slowly] of /** @type {[string, boolean][]} */ ([
  ["", false],
  ["", true],
  ["#/gan2d", false],
  ["#/gan2d", true],
]))
  test(`nothing jumps while ${hash || "the front page"} ${slowly ? "arrives slowly" : "trains"}`, async ({
    page,
    site,
  }) => {
    await page.addInitScript(() => {
      /** What moved, and by how much. @type {[number, string[]][]} */
      const jumps = [];
      Object.assign(window, { jumps });
      new PerformanceObserver((list) => {
        for (const entry of /** @type {any[]} */ (list.getEntries()))
          jumps.push([
            entry.value,
            entry.sources.map((/** @type {any} */ { node, previousRect: from, currentRect: to }) => {
              const which = node?.nodeType === Node.ELEMENT_NODE ? `${node.localName}.${node.className}` : String(node);
              return `${which} from ${from.y} to ${to.y}, ${from.height} high, then ${to.height}`;
            }),
          ]);
      }).observe({ type: "layout-shift", buffered: true });
    });
    // What is said meanwhile stands there before the exhibit has its styles.
    if (slowly)
      await page.route("**/www/exhibit.css", async (route) => {
        await expect(page.locator("tilde-exhibit .arriving")).toBeVisible();
        await route.continue();
      });
    await page.goto(`${site}${hash}`);
    await expect(page.locator("tilde-exhibit button.play")).toBeVisible({ timeout: 60_000 });
    await page.waitForTimeout(slowly ? 500 : 3000);
    const jumps = await page.evaluate(() => /** @type {[number, string[]][]} */ (/** @type {any} */ (window).jumps));
    const moved = jumps.flatMap(([, sources]) => sources).filter((source) => /^tilde-exhibit/.test(source));
    expect(moved, "the exhibit itself").toEqual([]);
    expect(
      jumps.reduce((sum, [value]) => sum + value, 0),
      JSON.stringify(jumps),
    ).toBeLessThan(0.02);
  });

for (const [words, hash] of [
  ["an exhibit", "#/gan2d?backend=cpu"],
  ["the front page", ""],
])
  test(`from navigation to the first training step on screen, cold, ${words} @slow`, async ({ browser, site }) => {
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
      await page.goto(`${site}${hash}`);
      await page.waitForFunction(() => /** @type {any} */ (window).firstStep);
      times.push(await page.evaluate(() => /** @type {any} */ (window).firstStep));
      await context.close();
    }
    times.sort((a, b) => a - b);
    console.log(`cold start, ms: ${times.map(Math.round).join(" ")}`);
    expect(times[2]).toBeLessThan(1500);
  });

test("one goes along the course from an exhibit to the next and back", async ({ page, site }) => {
  await open(page, `${site}#/${EXHIBITS[0]}?steps=1`);
  await expect(page.locator("nav .previous")).toBeHidden();
  await page.locator("nav .next").click();
  await expect(page).toHaveURL(new RegExp(`#/${EXHIBITS[1]}`));
  await expect(page.locator("nav .previous")).toHaveAttribute("href", `#/${EXHIBITS[0]}`);
  await expect(page.locator("nav .previous")).toHaveAccessibleName(/^Previous: \S/);
  await page.locator("nav .previous").click();
  await expect(page).toHaveURL(new RegExp(`#/${EXHIBITS[0]}`));
});
