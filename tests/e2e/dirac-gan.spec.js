// The Dirac-GAN: players begin where they are put, their earlier way stays, and each way of stepping is heard at once.

import { expect, metrics, open, pause, reached, settled, test } from "./site.js";

/** The layers of the large picture, by id. @param {import("./site.js").Page} page @returns {Promise<Record<string, number[]>>} */
const drawn = (page) =>
  page.evaluate(async () => {
    const { session } = /** @type {any} */ (document.querySelector("tilde-exhibit"));
    const { layers } = await session.run.view("game");
    return Object.fromEntries(layers.map((/** @type {any} */ { id, data }) => [id, [...data]]));
  });

test("players that are dragged begin a new way, and the way before stays", async ({ page, site }) => {
  await open(page, `${site}#/dirac-gan?steps=40`);
  await reached(page, 40);
  await pause(page);
  const before = await drawn(page);
  expect(before).not.toHaveProperty("earlier");
  expect(before.trail).toHaveLength(4 * 40);
  const pad = page.getByRole("slider", { name: "Place of the players" });
  const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (await pad.boundingBox());
  const at = (/** @type {number} */ across, /** @type {number} */ up) =>
    /** @type {const} */ ([box.x + box.width * across, box.y + box.height * (1 - up)]);
  await page.mouse.move(...at(0.5, 0.5));
  await page.mouse.down();
  await page.mouse.move(...at(0.9, 0.3), { steps: 4 });
  await page.mouse.up();
  await settled(page);
  await expect.poll(async () => (await drawn(page)).place[0]).toBeCloseTo(2, 1);
  const after = await drawn(page);
  expect(after.place[1]).toBeCloseTo(-1, 1);
  expect(after.earlier).toEqual(before.trail);
  expect(after.trail).toHaveLength(0);
  // The run goes on from there.
  await page.getByRole("button", { name: "Step", exact: true }).click();
  await expect.poll(async () => (await drawn(page)).trail.length).toBe(4);
});

test("a penalty turns the spiral inwards at once, and taking turns keeps its size", async ({ page, site }) => {
  await open(page, `${site}#/dirac-gan?steps=20`);
  await reached(page, 20);
  await pause(page);
  const said = page.locator(".headline");
  await expect(said).toContainText("farther away");
  expect((await metrics(page)).radius).toBeGreaterThan(1);
  await page.evaluate(() => /** @type {any} */ (document.querySelector("tilde-exhibit")).session.change({ r1: 0.5 }));
  await expect(said).toContainText("nearer");
  const { radius, radius_reference: theory } = await metrics(page);
  expect(radius).toBeLessThan(1);
  expect(radius).toBeCloseTo(theory, 6);
  await page.evaluate(() =>
    /** @type {any} */ (document.querySelector("tilde-exhibit")).session.change({ r1: 0, method: "alternating" }),
  );
  await expect(said).toContainText("neither nearer nor farther");
  expect((await metrics(page)).radius).toBeCloseTo(1, 9);
});
