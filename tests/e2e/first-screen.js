// The teaching moment on the first screen: what has to be in the window before anybody scrolls.

import { partsOf, wrong } from "./parts.js";
import { SOON, expect, resize } from "./site.js";

/** What fails does not keep the rest from being looked at. */
const soft = expect.configure({ soft: true });

/**
 * Parts are seen whole, and none lies over another; of each selector the first.
 * @param {import("./site.js").Page} page
 * @param {string[]} selectors
 */
export async function seen(page, selectors) {
  const { width, height } = /** @type {{ width: number, height: number }} */ (page.viewportSize());
  const looked = async () => {
    const parts = await partsOf(page, selectors);
    const firsts = selectors.flatMap((selector) => parts.find(({ name }) => name === selector) ?? []);
    const missing = selectors.filter((selector) => !firsts.some(({ name }) => name === selector));
    return [...missing.map((name) => `${name} is not seen`), ...wrong(firsts, width, height)];
  };
  await soft.poll(looked, { ...SOON, message: `at ${width} × ${height}`, timeout: 5000 }).toEqual([]);
}

/** Pads that do not lie exactly over the canvas that they are for. @param {import("./site.js").Page} page */
const astray = (page) =>
  page.evaluate(() => {
    const root = /** @type {any} */ (document.querySelector("tilde-exhibit")).shadowRoot;
    const seen = [...root.querySelectorAll(".pad")].filter((pad) => pad.checkVisibility());
    const edges = (/** @type {Element} */ element) => {
      const { left, top, right, bottom } = element.getBoundingClientRect();
      return [left, top, right, bottom];
    };
    return seen.flatMap((pad) => {
      const [on, over] = [edges(pad.parentElement.querySelector("canvas")), edges(pad)];
      return on.some((edge, i) => Math.abs(edge - over[i]) > 1.5) ? [`${pad.ariaLabel}: ${over} over ${on}`] : [];
    });
  });

/**
 * Texts of the first screen that break off, or are too long for where they stand: a caption has two lines below the large
 * picture and three at its side, an experiment two.
 * @param {import("./site.js").Page} page
 */
const cut = (page) =>
  page.evaluate(() => {
    const root = /** @type {any} */ (document.querySelector("tilde-exhibit")).shadowRoot;
    const lines = { ".hero > figure > .about": 2, ".side .about": 3, ".try b": 2, ".try span": 2, ".question": 3 };
    return Object.entries(lines).flatMap(([selector, most]) =>
      [...root.querySelectorAll(`.screen ${selector}`)].flatMap((text) => {
        if (!text.checkVisibility()) return [];
        const { webkitLineClamp, textOverflow, lineHeight } = getComputedStyle(text);
        const count = Math.round(text.clientHeight / parseFloat(lineHeight));
        const clipped = [webkitLineClamp !== "none", textOverflow === "ellipsis", text.scrollHeight > text.clientHeight + 1, text.scrollWidth > text.clientWidth + 1]; // prettier-ignore
        const around = text.closest("figure, button") ?? root.querySelector(".top");
        const outside = text.getBoundingClientRect().bottom > around.getBoundingClientRect().bottom + 1;
        return clipped.includes(true) || outside || count > most
          ? [`${selector}, ${count} lines: ${text.innerText}`]
          : [];
      }),
    );
  });

/**
 * Large pictures that are higher or wider than their room. Text is scrolled, and no picture.
 * @param {import("./site.js").Page} page
 */
const overflowing = (page) =>
  page.evaluate(() => {
    const root = /** @type {any} */ (document.querySelector("tilde-exhibit")).shadowRoot;
    return [...root.querySelectorAll(".hero > figure:not(.of-text) > .box")]
      .filter((box) => box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1)
      .map((box) => `${box.scrollWidth} × ${box.scrollHeight} in ${box.clientWidth} × ${box.clientHeight}`);
  });

/**
 * Picture, transport, first experiment and first setting of the exhibit that is open are on the first screen, and on a
 * phone its sheet rises without hiding the picture.
 * @param {import("./site.js").Page} page paused
 * @param {import("../../www/protocol.js").Card} card
 */
export async function firstScreen(page, { experiments, settings }) {
  const field = settings.some(({ view, more }) => !view && !more) ? ".rail [data-setting]" : ".hero [data-setting]";
  for (const [width, height] of [
    [1280, 800],
    [1440, 900],
    [1920, 1080],
  ]) {
    await resize(page, width, height);
    await expect(page.locator(".exhibit.narrow")).toHaveCount(0);
    await seen(page, [".title", ".question", ".hero > figure", ".transport", ".try button"]);
    await seen(page, [field]);
    await expect.poll(() => astray(page), `pads at ${width} × ${height}`).toEqual([]);
    await soft.poll(() => cut(page), `texts cut at ${width} × ${height}`).toEqual([]);
  }

  await resize(page, 390, 844);
  await expect(page.locator(".exhibit.narrow")).toHaveCount(1);
  await page.evaluate(() => scrollTo(0, 0));
  await seen(page, [".title", ".question", ".hero > figure", ".transport", ".handle"]);
  await expect.poll(() => astray(page), "pads on a phone").toEqual([]);
  await soft.poll(() => overflowing(page), "large pictures cut on a phone").toEqual([]);
  const first = page.locator(".try b").first();
  await expect(page.locator(".handle")).toContainText(String(await first.textContent()));
  await page.locator(".handle").click();
  await seen(page, [".hero > figure", ".transport", ".try button"]);
  expect(experiments.length).toBeGreaterThan(0);
  await page.locator(".handle").click();
  await expect(first).toBeHidden();
}
