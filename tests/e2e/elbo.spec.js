// The emoji lab: dragging q trades the bound for the gap, and the handle follows q as it trains.

import { expect, metrics, open, pause, reached, settled, test } from "./site.js";

test("dragging q moves the bound and the gap, and not their sum", async ({ page, site }) => {
  await open(page, `${site}#/elbo?backend=cpu`);
  await reached(page, 5);
  await pause(page);
  const before = await metrics(page);
  const pad = page.getByRole("slider", { name: "Place of q" });
  await pad.scrollIntoViewIfNeeded();
  const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (await pad.boundingBox());
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.5);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, box.y + box.height * 0.2, { steps: 5 });
  await page.mouse.up();
  await expect.poll(async () => (await metrics(page)).elbo).not.toBe(before.elbo);
  const after = await metrics(page);
  for (const { elbo, kl, elbo_reference: truth } of [before, after]) expect(elbo + kl).toBeCloseTo(truth, 9);
  expect(after.elbo_reference).toBe(before.elbo_reference);
  await expect(pad).toHaveAttribute("aria-valuetext", /90 % across/);
  // q trains, and the handle follows it.
  await page.getByRole("button", { name: "Put q back" }).click();
  await expect(pad).not.toHaveAttribute("aria-valuetext", /90 % across/);
  await settled(page);
});

test("a discrete z has no reparameterised gradient, and says so", async ({ page, site }) => {
  await open(page, `${site}#/elbo?backend=cpu&objective=reparameterised`);
  await reached(page, 5);
  await page.locator('[data-setting="model"] select').selectOption("discrete");
  await expect(page.getByText(/no reparameterised gradient/)).toBeVisible();
  await page.locator('[data-setting="objective"] select').selectOption("score");
  await page.locator('[data-setting="model"] select').selectOption("discrete");
  await expect.poll(async () => "variance_reparameterised" in (await metrics(page))).toBe(false);
});
