// The teaching moment on the first screen: what has to be in the window before anybody scrolls, for every exhibit.

import { Reel } from "../../www/ui/reel.js";
import { CARDS, expect, open, pause, pixels, reached, test, view } from "./site.js";

/** @typedef {{ x: number, y: number, width: number, height: number }} Box */

/** @param {import("./site.js").Page} page @param {string} selector @returns {Promise<Box>} of the first that is seen */
async function boxOf(page, selector) {
  const box = await page.locator(`${selector} >> visible=true`).first().boundingBox();
  if (!box) throw new Error(`${selector} is not seen`);
  return box;
}

/** @param {Box} inner @param {Box} outer within a pixel */
const within = (inner, outer) =>
  inner.x >= outer.x - 1 &&
  inner.y >= outer.y - 1 &&
  inner.x + inner.width <= outer.x + outer.width + 1 &&
  inner.y + inner.height <= outer.y + outer.height + 1;

/** @param {Box} a @param {Box} b by more than a pixel */
const overlap = (a, b) =>
  a.x + a.width > b.x + 1 && b.x + b.width > a.x + 1 && a.y + a.height > b.y + 1 && b.y + b.height > a.y + 1;

/** @param {import("./site.js").Page} page @param {string[]} selectors inside the window, and none over another */
async function seen(page, selectors) {
  const { width, height } = /** @type {{ width: number, height: number }} */ (page.viewportSize());
  const boxes = await Promise.all(selectors.map((selector) => boxOf(page, selector)));
  boxes.forEach((box, i) => {
    const place = `${selectors[i]} at ${width} × ${height}: ${JSON.stringify(box)}`;
    expect.soft(within(box, { x: 0, y: 0, width, height }), place).toBe(true);
    for (let k = 0; k < i; k++) expect.soft(overlap(box, boxes[k]), `${selectors[k]} and ${place}`).toBe(false);
  });
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

for (const { id, experiments, settings } of CARDS) {
  const field = settings.some(({ view, more }) => !view && !more) ? ".rail [data-setting]" : ".hero [data-setting]";

  test(`${id}: picture, transport, first experiment and first setting are on the first screen`, async ({
    page,
    site,
  }) => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await open(page, `${site}#/${id}`);
    await reached(page, 2);
    await pause(page);
    for (const [width, height] of [
      [1280, 800],
      [1440, 900],
      [1920, 1080],
    ]) {
      await page.setViewportSize({ width, height });
      await expect(page.locator(".exhibit.narrow")).toHaveCount(0);
      await seen(page, [".title", ".question", ".hero > figure", ".transport", ".try button"]);
      await seen(page, [field]);
      await expect.poll(() => astray(page), `pads at ${width} × ${height}`).toEqual([]);
    }

    await page.setViewportSize({ width: 390, height: 844 });
    await expect(page.locator(".exhibit.narrow")).toHaveCount(1);
    await page.evaluate(() => scrollTo(0, 0));
    await seen(page, [".title", ".question", ".hero > figure", ".transport", ".handle"]);
    await expect.poll(() => astray(page), "pads on a phone").toEqual([]);
    const first = page.locator(".try b").first();
    await expect(page.locator(".handle")).toContainText(String(await first.textContent()));
    await page.locator(".handle").click();
    await seen(page, [".hero > figure", ".transport", ".try button"]);
    expect(experiments.length).toBeGreaterThan(0);
    await page.locator(".handle").click();
    await expect(first).toBeHidden();
  });
}

test("what an experiment says is beside the picture, and its notices are over it", async ({ page, site }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await open(page, `${site}#/vae?backend=cpu&latent=99`);
  await reached(page, 2);
  await seen(page, [".notice", ".try button"]);
  const hero = await boxOf(page, ".hero > figure");
  await page.locator(".notice button").click();
  await expect(page.locator(".notice")).toHaveCount(0);
  expect(await boxOf(page, ".hero > figure"), "nothing has moved").toEqual(hero);
  await page.locator(".try button").first().click();
  await seen(page, [".hero > figure", ".trial", ".transport"]);
});

test("the headline says figures with their references, as the model that is shown has them", async ({ page, site }) => {
  await open(page, `${site}#/elbo?steps=100`);
  await expect.poll(async () => (await page.locator(".headline").textContent()) ?? "").toContain("its ceiling, is");
  const shown = await page.evaluate(
    () => /** @type {any} */ (document.querySelector("tilde-exhibit")).session.last.metrics,
  );
  const numbers = await page.locator(".headline b").allTextContents();
  expect(numbers.map((text) => Number(text.replace("−", "-")))).toEqual(
    [shown.elbo, shown.elbo_reference, shown.kl].map((value) => expect.closeTo(value, 3)),
  );
});

test("one looks back through the run with the slider of time, and comes back to the present", async ({
  page,
  site,
}) => {
  await open(page, `${site}#/mixture?steps=30`);
  const time = page.locator(".scrub input");
  const where = page.locator(".transport .where");
  await expect(where).toContainText("step 30");
  await page.locator("button.play").click();
  await expect(where).toContainText("step 150", { timeout: 30_000 });
  await pause(page);
  const plane = view(page, "plane");
  const now = await pixels(plane);
  await time.focus();
  await page.keyboard.press("Home");
  await expect(where).toContainText("looking back at step");
  expect(await pixels(plane), "the picture is another").not.toBe(now);
  await expect(time).toHaveAttribute("aria-valuetext", /as it was at step/);
  const past = await page.locator(".headline").textContent();
  await page.keyboard.press("End");
  await expect(where).toContainText("step 150");
  expect(await pixels(plane)).toBe(now);
  expect(await page.locator(".headline").textContent()).not.toBe(past);
  // What is done by hand is done to the present model.
  await page.keyboard.press("Home");
  await page.getByRole("button", { name: "Start elsewhere" }).click();
  await expect(where).not.toContainText("looking back");
});

test("frames that are kept are few, small and evenly spread", () => {
  const frame = (/** @type {number} */ step, /** @type {number} */ length) =>
    /** @type {any} */ ({ metrics: { step }, views: { a: { layers: [{ data: { length }, labels: [] }] } } });
  const reel = new Reel();
  for (let step = 0; step < 5000; step++) reel.add(frame(step, 10));
  expect(reel.length).toBeGreaterThan(90);
  expect(reel.length).toBeLessThanOrEqual(200);
  const steps = Array.from({ length: reel.length }, (_, i) => reel.at(i)?.metrics.step ?? NaN);
  expect(new Set(steps.slice(1).map((step, i) => step - steps[i])).size).toBe(1);
  expect(5000 - steps[steps.length - 1]).toBeLessThanOrEqual(steps[1] - steps[0]);
  reel.clear();
  for (let step = 0; step < 100; step++) reel.add(frame(step, 2 ** 20));
  expect(reel.length).toBeLessThanOrEqual(8);
  expect(reel.length).toBeGreaterThan(3);
});

for (const { id, actions } of CARDS)
  for (const { answer, view: on } of actions.filter(({ kind, answer }) => kind === "drag" && answer))
    test(`${id}: what the model makes of a place is shown at the hand, as in the view "${answer}"`, async ({
      page,
      site,
    }) => {
      await page.setViewportSize({ width: 1280, height: 800 });
      await open(page, `${site}#/${id}?steps=3&backend=cpu`);
      await expect(page.locator(".transport .where")).toContainText("step 3");
      const pad = page.locator(`[data-view="${on}"] .pad`).first();
      const lens = page.locator(".lens canvas");
      await expect(page.locator(".lens")).toBeHidden();
      await pad.focus();
      await page.keyboard.press("ArrowLeft");
      await expect(lens).toBeVisible();
      const drawn = () => pixels(lens);
      const first = await drawn();
      for (let i = 0; i < 4; i++) await page.keyboard.press("Shift+ArrowRight");
      await expect.poll(drawn).not.toBe(first);
      await seen(page, [".lens"]);
      await page.locator("button.play").focus();
      await expect(lens).toBeHidden();
    });
