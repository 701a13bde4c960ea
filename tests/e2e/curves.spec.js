// What the curves show: every loss that the figures show, and values that no line would show.

import { tick } from "../../www/views/axes.js";
import { expect, metrics, open, test } from "./site.js";

/** A column of the history. @param {import("./site.js").Page} page @param {string} id @returns {Promise<(number|null)[]>} */
const column = (page, id) =>
  page.evaluate(
    (name) => /** @type {any} */ (document.querySelector("tilde-exhibit")).session.history.column(name),
    id,
  );

/** Pixels of a curve that are neither grey nor clear. @param {import("./site.js").Locator} curve */
const coloured = (curve) =>
  curve.locator("canvas").evaluate((element) => {
    const { width, height } = /** @type {HTMLCanvasElement} */ (element);
    const context = /** @type {HTMLCanvasElement} */ (element).getContext("2d");
    const { data } = /** @type {CanvasRenderingContext2D} */ (context).getImageData(0, 0, width, height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
      const [r, g, b, alpha] = data.subarray(i, i + 4);
      if (alpha > 128 && Math.max(r, g, b) - Math.min(r, g, b) > 60) count++;
    }
    return count;
  });

test("the loss of a network that does not learn has a curve, too", async ({ page, site }) => {
  await open(page, `${site}#/gan2d?discriminator_steps=0&steps=40`);
  await expect.poll(async () => (await metrics(page)).step).toBe(40);
  const { loss_d } = await metrics(page);
  expect((await column(page, "loss_d")).at(-1)).toBe(loss_d);
  expect((await column(page, "loss_g")).filter((value) => value !== null)).toHaveLength(40);
});

test("after weights are loaded, the curves begin at their step with every loss", async ({ page, site }) => {
  await open(page, `${site}#/gan2d?steps=20`);
  await expect.poll(async () => (await metrics(page)).step).toBe(20);
  await page.evaluate(async () => {
    const exhibit = /** @type {any} */ (document.querySelector("tilde-exhibit"));
    const weights = await exhibit.save();
    await exhibit.reset();
    await exhibit.load(weights);
    await exhibit.step();
  });
  for (const id of ["loss_d", "loss_g"]) {
    const values = await column(page, id);
    expect(values).toHaveLength(2);
    expect(values).not.toContain(null);
  }
});

test("the run before stays as a ghost if its data were the same", async ({ page, site }) => {
  const hide = page.getByRole("button", { name: "Hide previous run" });
  const change = (/** @type {object} */ settings) =>
    page.evaluate(
      (values) => /** @type {any} */ (document.querySelector("tilde-exhibit")).session.change(values),
      settings,
    );
  await open(page, `${site}#/boundary?steps=5`);
  await expect.poll(async () => (await metrics(page)).step).toBe(5);
  await change({ points: 100 });
  await expect(hide).toBeVisible();
  await change({ data: "twins" });
  await expect(hide).toBeHidden();
});

test("a single value is a point", async ({ page, site }) => {
  await open(page, `${site}#/vae?steps=1`);
  await expect.poll(async () => (await metrics(page)).step).toBe(1);
  for (const name of ["Loss", "The two terms", "Held-out bounds"]) {
    const curve = page.locator("figure.curve", { has: page.locator("strong", { hasText: name }) });
    await expect.poll(() => coloured(curve), name).toBeGreaterThan(10);
  }
});

test("numbers of an axis are not rounded to others", () => {
  expect([0, 2.5, 5, 7.5].map((value) => tick(value, 2.5))).toEqual(["0", "2.5", "5.0", "7.5"]);
  expect([0.25, 0.5, 0.75].map((value) => tick(value, 0.25))).toEqual(["0.25", "0.50", "0.75"]);
  expect([0.1, 0.3].map((value) => tick(value, 0.3 - 0.2))).toEqual(["0.1", "0.3"]);
  expect([-20, 20].map((value) => tick(value, 20))).toEqual(["−20", "20"]);
});
