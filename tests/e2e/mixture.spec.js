// Mixtures: the two halves of an iteration, and points of the user's own.

import { expect, metrics, open, pause, reached, test, view } from "./site.js";

/** The labels of the points. @param {import("./site.js").Page} page @returns {Promise<number[]>} */
const labels = (page) =>
  page.evaluate(async () => [
    ...(await /** @type {any} */ (document.querySelector("tilde-exhibit")).session.run.view("plane")).layers[0].labels,
  ]);

test("E shares the points out, M moves the components", async ({ page, site }) => {
  await open(page, `${site}#/mixture?backend=cpu`);
  await pause(page);
  await page.getByRole("button", { name: "Reset" }).click();
  await pause(page);
  await page.getByRole("button", { name: "E step" }).click();
  await expect.poll(async () => new Set(await labels(page)).size).toBeGreaterThan(1);
  const said = page.locator(".transport .where");
  await expect(said).toContainText(/^E step: \d+ of 300 points changed hands/);
  const before = await metrics(page);
  await page.getByRole("button", { name: "M step" }).click();
  await expect(said).toContainText("M step: components moved to their points");
  await expect.poll(async () => (await metrics(page)).log_likelihood).toBeGreaterThan(before.log_likelihood);
});

test("a painted stroke is what is fitted", async ({ page, site }) => {
  await open(page, `${site}#/mixture?backend=cpu`);
  await reached(page, 3);
  await pause(page);
  await page.getByRole("button", { name: "Draw" }).click();
  const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (
    await view(page, "plane").boundingBox()
  );
  await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.3);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + box.height * 0.3, { steps: 12 });
  await page.mouse.up();
  await expect(page.locator('[data-setting="data"] select')).toHaveValue("drawn");
  const { step } = await metrics(page);
  await page.locator("button.play").click();
  await reached(page, step + 5);
  const samples = () =>
    page.evaluate(async () => [
      ...(await /** @type {any} */ (document.querySelector("tilde-exhibit")).sample(50, { seed: 1 })).data,
    ]);
  // The stroke lies at y = 1.2, and so do samples of what was fitted to it.
  expect((await samples()).filter((_, i) => i % 2).every((y) => Math.abs(y - 1.2) < 0.5)).toBe(true);
});

test("it is watched phase by phase, until somebody waits for an end", async ({ page, site }) => {
  // As for whoever comes for the first time.
  await page.addInitScript(() => localStorage.removeItem("tilde:pace"));
  await open(page, `${site}#/mixture?backend=cpu`);
  const speed = page.getByLabel("Speed");
  await expect(speed).toHaveValue("phases");
  await expect(page.locator(".transport .where")).toContainText(/^[EM] step: /);
  await page.evaluate(() => {
    const { session } = /** @type {any} */ (document.querySelector("tilde-exhibit"));
    session.perform(session.card.experiments[3]);
  });
  await expect(speed).toHaveValue("rising");
  await reached(page, 30);
});
