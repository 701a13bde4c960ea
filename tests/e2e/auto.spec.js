// Autoencoders, denoising and energies: what a person does to their pictures.

import { expect, metrics, open, pause, pixels, reached, test, view } from "./site.js";

/** @param {import("./site.js").Page} page @param {string} id @returns {Promise<any>} a picture's numbers */
const picture = (page, id) =>
  page.evaluate(async (view) => {
    const { layers } = await /** @type {any} */ (document.querySelector("tilde-exhibit")).session.run.view(view);
    return layers.map((/** @type {any} */ { id, data, shape }) => ({ id, data: [...data], shape: [...shape] }));
  }, id);

test("what is drawn on the pad is corrupted and restored", async ({ page, site }) => {
  await open(page, `${site}#/denoising?backend=cpu&data=digits8&steps=200`);
  await reached(page, 200);
  const figure = page.locator('[data-view="pad"]');
  await figure.getByRole("button", { name: "Erase" }).click();
  const drawn = async () => (await picture(page, "pad"))[0].data.slice(0, 64);
  await expect.poll(async () => (await drawn()).every((/** @type {number} */ x) => x === 0)).toBe(true);
  await figure.getByRole("button", { name: "Draw" }).click();
  await figure.scrollIntoViewIfNeeded();
  const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (
    await view(page, "pad").boundingBox()
  );
  // Down the middle of the first of the three pictures.
  const x = box.x + box.width / 6;
  await page.mouse.move(x, box.y + box.height * 0.2);
  await page.mouse.down();
  await page.mouse.move(x, box.y + box.height * 0.8, { steps: 12 });
  await page.mouse.up();
  await expect.poll(async () => (await drawn()).filter((/** @type {number} */ x) => x > 0.5).length).toBeGreaterThan(5);
  const [{ data }] = await picture(page, "pad");
  const column = (/** @type {number} */ which) =>
    data.filter((/** @type {number} */ _, /** @type {number} */ i) => i % 8 === which && i < 64);
  expect(Math.max(...column(0))).toBe(0);
  expect(Math.max(...column(7))).toBe(0);
  expect(data.slice(128).some((/** @type {number} */ x) => x > 0.3)).toBe(true);
});

test("points that are painted become what is mended", async ({ page, site }) => {
  await open(page, `${site}#/denoising?backend=cpu`);
  await reached(page, 20);
  await pause(page);
  await page.locator('[data-view="arrows"]').getByRole("button", { name: "Clear" }).click();
  await page.locator('[data-view="arrows"]').getByRole("button", { name: "Draw" }).click();
  const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (
    await view(page, "arrows").boundingBox()
  );
  await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.75);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, box.y + box.height * 0.75, { steps: 12 });
  await page.mouse.up();
  await expect(page.locator('[data-setting="data"] select')).toHaveValue("drawn");
  // The line lies at y = −1.5, and so do the exact reconstructions of what is corrupted.
  const best = async () => {
    const layers = await picture(page, "pad");
    const { data } = layers.find((/** @type {any} */ { id }) => id === "best");
    return data.filter((/** @type {number} */ _, /** @type {number} */ i) => i % 2);
  };
  await expect.poll(async () => (await best()).every((/** @type {number} */ y) => Math.abs(y + 1.5) < 0.3)).toBe(true);
});

test("the ring in the code plane decodes another image, and says how far the nearest code is", async ({
  page,
  site,
}) => {
  await open(page, `${site}#/autoencoder?backend=cpu&steps=100`);
  await reached(page, 100);
  const pad = page.getByRole("slider", { name: "A place in the code plane" });
  await pad.scrollIntoViewIfNeeded();
  const here = view(page, "here");
  const before = await pixels(here);
  // It begins where an image is: its numbers, and what is made of them.
  const parts = (/** @type {any[]} */ layers) => layers.map(({ id, data }) => [id, data.length]);
  expect(parts(await picture(page, "here"))).toEqual([["image", 64], ["made", 64], ["numbers", 2]]); // prettier-ignore
  expect((await metrics(page)).nearest).toBe(0);
  await pad.focus();
  for (let i = 0; i < 10; i++) await page.keyboard.press("Shift+ArrowRight");
  for (let i = 0; i < 10; i++) await page.keyboard.press("Shift+ArrowUp");
  await expect.poll(() => pixels(here)).not.toBe(before);
  // Keys that come faster than pictures are all counted.
  const place = async () => [...(await picture(page, "codes")).find((/** @type {any} */ { id }) => id === "code").data];
  await expect.poll(async () => (await place()).map((x) => Math.round(1000 * x))).toEqual([3000, 3000]);
  // No image is near the corner of the plane.
  expect(parts(await picture(page, "here"))[0][0]).toBe("near");
  await expect.poll(async () => (await metrics(page)).nearest).toBeGreaterThan(0.5);
});

test("chains are scattered, and walk by hand", async ({ page, site }) => {
  await open(page, `${site}#/energy?backend=cpu`);
  await reached(page, 30);
  await pause(page);
  const chains = async () =>
    (await picture(page, "landscape")).find((/** @type {any} */ { id }) => id === "chains").data;
  const before = await chains();
  await page.getByRole("button", { name: "Scatter" }).click();
  await expect.poll(chains).not.toEqual(before);
  const scattered = await chains();
  await page.getByRole("button", { name: "Walk", exact: true }).click();
  await expect.poll(chains).not.toEqual(scattered);
  const moved = (await chains()).map((/** @type {number} */ x, /** @type {number} */ i) => Math.abs(x - scattered[i]));
  // One step: √(2·0.0005) = 0.03 of noise, and at most 0.06 of slope.
  expect(Math.max(...moved)).toBeLessThan(0.5);
});
