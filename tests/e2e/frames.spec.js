// Frames and projectors: an embed shows the large picture and the transport in the height that it asks for, and a
// projector all of the stage, whatever its shape; for every exhibit.

import { serve } from "../../www/tools/serve.mjs";
import { CARDS, expect, open, pause, reached, test } from "./site.js";

/** @typedef {{ left: number, top: number, right: number, bottom: number }} Edges */
/** @typedef {{ name: string, edges: Edges }} Part */

/** Smallest text on a projector of 1,920 × 1,080 pixels, and smallest in a picture there. */
const [TEXT, MARKS] = [20, 18];

/** Where parts of an exhibit are, of those that are seen. @param {import("@playwright/test").Frame} frame @param {string[]} selectors @returns {Promise<Part[]>} */
const partsOf = (frame, selectors) =>
  frame.evaluate((selectors) => {
    const { shadowRoot } = /** @type {any} */ (document.querySelector("tilde-exhibit"));
    return selectors.flatMap((name) => {
      const seen = [...shadowRoot.querySelectorAll(name)].filter((each) => each.checkVisibility());
      return seen.map((each) => {
        const { left, top, right, bottom } = each.getBoundingClientRect();
        return { name, edges: { left, top, right, bottom } };
      });
    });
  }, selectors);

/** What is wrong with them: outside of the window, or one over another. @param {Part[]} parts @param {number} width @param {number} height */
function wrong(parts, width, height) {
  const found = parts
    .filter(({ edges }) => edges.left < -1 || edges.top < -1 || edges.right > width + 1 || edges.bottom > height + 1)
    .map(({ name, edges }) => `${name} is outside of ${width} × ${height}: ${JSON.stringify(edges)}`);
  parts.forEach(({ name, edges: a }, i) => {
    for (const { name: other, edges: b } of parts.slice(0, i))
      if (a.right > b.left + 1 && b.right > a.left + 1 && a.bottom > b.top + 1 && b.bottom > a.top + 1)
        found.push(`${name} lies over ${other}: ${JSON.stringify([a, b])}`);
  });
  return found;
}

/** The frame of the exhibit in a page around it. @param {import("./site.js").Page} page */
const frameOf = (page) => /** @type {import("@playwright/test").Frame} */ (page.frames().find((each) => each.parentFrame())); // prettier-ignore

/** A page that embeds an exhibit. @param {string} id @param {string} attributes of the frame @param {string} [script] */
const host = (id, attributes, script = '<script type="module" src="./www/frames.js"></script>') =>
  `<!doctype html><title>Host</title><link rel="icon" href="data:,"><body style="margin:0"><iframe src="./?embed#/${id}?backend=cpu" title="Tilde" style="border:0;display:block" ${attributes}></iframe>${script}`;

for (const { id } of CARDS) {
  test(`${id}: an embed shows picture and transport in the height that it asks for`, async ({ page }) => {
    const { address, close } = await serve({
      root: process.env.SITE,
      pages: { "host.html": host(id, 'width="320"') },
    });
    await page.goto(`${address}host.html`);
    const frame = frameOf(page);
    const iframe = page.locator("iframe");
    await expect(frame.locator(".transport")).toBeVisible();
    const height = () => iframe.evaluate(({ style }) => parseFloat(style.height) || 0);
    let before = 0;
    for (const width of [320, 480, 768, 1000]) {
      await page.setViewportSize({ width, height: 900 });
      await iframe.evaluate((frame, width) => (frame.width = String(width)), width);
      // It is told again when the width has changed.
      await expect.poll(height).not.toBe(before);
      const looked = async () => {
        const parts = await partsOf(frame, [".title", ".question", ".hero > figure", ".transport"]);
        return [...wrong(parts, width, await height()), ...(parts.length < 4 ? ["parts are missing"] : [])];
      };
      await expect.poll(looked, `at ${width}`).toEqual([]);
      const [canvas] = await partsOf(frame, [".hero > figure > .box"]);
      expect(canvas.edges.bottom - canvas.edges.top, `the picture's height at ${width}`).toBeGreaterThan(120);
      before = await height();
      expect(before).toBeLessThan(1300);
    }
    // What it is given does not change what it asks for.
    const settled = await height();
    await frame.waitForTimeout(300);
    expect(await height(), "it asks for no more once it has it").toBe(settled);
    close();
  });

  test(`${id}: a projector shows all of the stage, and enlarges it`, async ({ page, site }) => {
    await page.setViewportSize({ width: 1280, height: 720 });
    await open(page, `${site}?present#/${id}?backend=cpu`);
    await reached(page, 2);
    await pause(page);
    for (const [width, height] of [
      [1280, 720],
      [1024, 768],
      [1920, 1080],
    ]) {
      await page.setViewportSize({ width, height });
      const parts = [".title", ".question", ".badge", ".hero > figure", ".side:not([hidden]) > figure", ".headline", ".transport > *"]; // prettier-ignore
      const looked = async () => wrong(await partsOf(page.mainFrame(), parts), width, height);
      await expect.poll(looked, `at ${width} × ${height}`).toEqual([]);
      const { beyond, blurred, texts } = await page.evaluate(() => {
        const exhibit = /** @type {any} */ (document.querySelector("tilde-exhibit"));
        const all = /** @type {HTMLElement[]} */ ([...exhibit.shadowRoot.querySelectorAll("*")]);
        const seen = all.filter((each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true }));
        const page = document.documentElement;
        const isOver = (/** @type {Element} */ { scrollWidth, scrollHeight, clientWidth, clientHeight }) =>
          scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1;
        return {
          beyond: [page, ...seen.filter((each) => each.matches(".box, .screen, .rail"))]
            .filter(isOver)
            .map((each) => [each.className, each.scrollWidth, each.clientWidth, each.scrollHeight, each.clientHeight].join(" ")), // prettier-ignore
          blurred: seen.flatMap((each) => {
            if (!(each instanceof HTMLCanvasElement)) return [];
            const drawn = each.width / each.getBoundingClientRect().width;
            return Math.abs(drawn / devicePixelRatio - 1) > 0.02 ? [`${drawn} ${each.parentElement?.className}`] : [];
          }),
          texts: seen
            .filter(({ childNodes }) => [...childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()))
            .filter((each) => !each.closest(".unseen, .u-hz, .node, .text"))
            .map((each) => [parseFloat(getComputedStyle(each).fontSize) * (/** @type {any} */ (each).currentCSSZoom ?? 1), each.className]), // prettier-ignore
        };
      });
      expect(beyond, `nothing is cut off at ${width} × ${height}`).toEqual([]);
      expect(blurred, `pictures have the screen's pixels at ${width} × ${height}`).toEqual([]);
      if (width === 1920) {
        expect(texts.length).toBeGreaterThan(5);
        expect(texts.filter(([size]) => Number(size) < TEXT)).toEqual([]);
      }
    }
    // Numbers and marks in pictures are drawn by this factor larger: 11 pixels is the least of them.
    const scale = await page.evaluate(() => {
      const exhibit = /** @type {any} */ (document.querySelector("tilde-exhibit"));
      return exhibit.shadowRoot.querySelector(".hero figure").currentCSSZoom;
    });
    expect(11 * scale).toBeGreaterThanOrEqual(MARKS);
  });
}

test("a frame whose page has said its height keeps it, and shows picture and transport", async ({ page }) => {
  const { address, close } = await serve({
    root: process.env.SITE,
    pages: { "host.html": host("gan2d", 'width="720" height="400"') },
  });
  await page.goto(`${address}host.html`);
  await expect(frameOf(page).locator(".transport")).toBeVisible();
  const looked = async () => wrong(await partsOf(frameOf(page), [".title", ".hero > figure", ".transport"]), 720, 400);
  await expect.poll(looked).toEqual([]);
  await expect(page.locator("iframe")).toHaveCSS("height", "400px");
  close();
});

test("only frames of this site are made higher, and only within reason", async ({ page }) => {
  const other = `<script>for (const height of [700, 1e9, NaN]) parent.postMessage({ tilde: "height", detail: { height } }, "*")</script>`;
  const { address, close } = await serve({
    root: process.env.SITE,
    pages: {
      "host.html": `<!doctype html><title>Host</title><link rel="icon" href="data:,"><script type="module" src="./www/frames.js"></script><iframe id="strange" srcdoc='${other}'></iframe><iframe id="own" src="./other.html"></iframe>`,
      "other.html": other,
    },
  });
  await page.goto(`${address}host.html`);
  await expect(page.locator("#own")).toHaveCSS("height", "700px");
  await expect(page.locator("#strange")).toHaveCSS("height", "150px");
  close();
});

test("an embed out of sight rests, and trains once it is seen", async ({ page }) => {
  const { address, close } = await serve({
    root: process.env.SITE,
    pages: {
      "host.html": host("gan2d", 'width="600" height="600"').replace("<iframe", '<p style="height:3000px"></p><iframe'),
    },
  });
  await page.goto(`${address}host.html`);
  const step = () =>
    frameOf(page).evaluate(
      () => /** @type {any} */ (document.querySelector("tilde-exhibit")).session?.last?.metrics.step ?? -1,
    );
  await expect.poll(step).toBe(0);
  await page.waitForTimeout(500);
  expect(await step()).toBe(0);
  await page.locator("iframe").scrollIntoViewIfNeeded();
  await expect.poll(step).toBeGreaterThan(5);
  close();
});
