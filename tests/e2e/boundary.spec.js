// Points of two classes, painted by hand, and models without a p(x).

import { expect, metrics, open, pause, reached, test, view } from "./site.js";

/** @typedef {import("@playwright/test").Page} Page */

/** Paints a line across the picture at a height. @param {Page} page @param {number} height share from the top */
async function stroke(page, height) {
  const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (
    await view(page, "boundary").boundingBox()
  );
  await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * height);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + box.height * height, { steps: 10 });
  await page.mouse.up();
}

/** Heights and classes of the training points. @param {Page} page @returns {Promise<{ y: number, label: number }[]>} */
const points = (page) =>
  page.evaluate(async () => {
    const { run } = /** @type {any} */ (document.querySelector("tilde-exhibit")).session;
    const { data, labels } = (await run.view("boundary")).layers.find((/** @type {any} */ { id }) => id === "data");
    return [...labels].map((label, i) => ({ y: data[2 * i + 1], label }));
  });

test("painted points keep their classes, whichever classifier learns them", async ({ page, site }) => {
  await open(page, `${site}#/boundary`);
  await reached(page, 3);
  await pause(page);
  await page.getByRole("button", { name: "Paint 0" }).click();
  await stroke(page, 0.25);
  await page.getByRole("button", { name: "Paint 1" }).click();
  await expect(page.getByRole("button", { name: "Paint 0" })).toHaveAttribute("aria-pressed", "false");
  await stroke(page, 0.75);
  await expect(page.locator('[data-setting="data"] select')).toHaveValue("drawn");
  const apart = async () => {
    const all = await points(page);
    const sides = [0, 1].map((label) => all.filter((point) => point.label === label));
    return sides[0].length > 3 && sides[1].length > 3 && all.every(({ y, label }) => y > 0 === (label === 0));
  };
  await expect.poll(apart).toBe(true);
  await page.locator('[data-setting="model"] select').selectOption("svm-linear");
  await expect.poll(apart).toBe(true);
  await page.locator("button.play").click();
  await reached(page, 10);
  expect((await metrics(page)).accuracy_train).toBe(1);
});

test("a model without p(x) says so, in the picture and when it is asked for samples", async ({ page, site }) => {
  await open(page, `${site}#/boundary?model=forest`);
  await reached(page, 3);
  await expect(page.locator('[data-view="density"]')).toContainText("this model knows P(y | x) only");
  await expect(page.locator('[data-view="samples"]')).toContainText("cannot be sampled");
  await page.getByText("Take away").click();
  await page.getByRole("button", { name: /PNG/ }).press("Enter");
  await expect(page.locator(".menu .note")).toContainText("This model cannot be sampled");
});

test("dragging the probe asks the model there, and leaves the data alone", async ({ page, site }) => {
  await open(page, `${site}#/boundary`);
  await reached(page, 3);
  await pause(page);
  // Far from all points, on the side of class 1.
  const at = (/** @type {string} */ id) => page.locator(`[data-view="${id}"] .at`);
  expect(await metrics(page)).toMatchObject({ decision: 1, typical: 0 });
  expect((await metrics(page)).sure).toBeGreaterThan(0.99);
  await expect(at("boundary")).toHaveText(/^class 1, \d+(\.\d)? % sure$/);
  await expect(at("density")).toHaveText("0 % of points are less likely");
  const probe = page.getByRole("slider", { name: "Probe" });
  await probe.focus();
  for (let i = 0; i < 4; i++) for (const key of ["ArrowLeft", "ArrowDown"]) await page.keyboard.press(`Shift+${key}`);
  // Among them.
  await expect.poll(async () => (await metrics(page)).typical).toBeGreaterThan(0.2);
  await expect(at("density")).not.toHaveText("0 % of points are less likely");
  await expect(page.locator('[data-setting="data"] select')).toHaveValue("clouds");
});
