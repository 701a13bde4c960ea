// Two settings side by side: one clock, one seed, and neither run knows of the other.

import { CARDS, expect, open, pause, reached, test } from "./site.js";

test.use({ pace: "steady" });

/** @typedef {import("../../www/protocol.js").Card} Card */

/** A setting that is not the one of the card's tests, with another value. @param {Card} card @returns {[string, string]} */
function different({ settings, small }) {
  const given = new Map(small);
  const setting = settings.find(({ id, when }) => id !== "data" && !given.has(id) && !when.length) ?? settings[0];
  const { id, kind, choices = [], min = 0, max = 1 } = setting;
  if (kind === "choice") return [id, choices.find((choice) => choice !== setting.default) ?? ""];
  if (kind === "flag") return [id, String(!setting.default)];
  const middle = (Number(setting.default) + (Number(setting.default) - min > max / 2 ? min : max)) / 2;
  return [id, String(kind === "int" ? Math.round(middle) : middle)];
}

for (const card of CARDS)
  test(`${card.id}: the second run stands where the first one does, and each is what it would be alone`, async ({
    page,
    site,
  }) => {
    const [id, value] = different(card);
    const small = card.small.map(([id, value]) => `${id}=${value}&`).join("");
    await open(page, `${site}#/${card.id}?${small}seed=5&backend=cpu&beside=${id}:${value}`);
    await reached(page, 4);
    await pause(page);
    await expect(page.locator(".hero > figure")).toHaveCount(2);
    await expect(page.locator(".which").nth(1)).toContainText("B · ");
    const runs = () =>
      page.evaluate(() => {
        const { session } = /** @type {any} */ (document.querySelector("tilde-exhibit"));
        return [session, session.beside].map(({ last, settings }) => ({
          step: last?.metrics.step,
          loss: last?.metrics.loss,
          settings,
        }));
      });
    await expect.poll(async () => new Set((await runs()).map(({ step }) => step)).size).toBe(1);
    const both = await runs();
    expect(String(both[1].settings[id])).toBe(value);
    const alone = await page.evaluate(
      async ([base, exhibit, view, both]) => {
        const { theEngine } = await import(`${base}www/ui/engine.js`);
        const tilde = await theEngine();
        const losses = [];
        for (const { step, settings } of /** @type {any} */ (both)) {
          const run = await tilde.open(exhibit, { seed: 5, settings, backend: "cpu" });
          await run.train(step);
          // The last frame of a run that pauses has the costly figures, too.
          losses.push((await run.frame([view], { deep: true })).metrics.loss);
          run.close();
        }
        return losses;
      },
      [site, card.id, card.views[0].id, both],
    );
    expect(both.map(({ loss }) => loss)).toEqual(alone);
  });

test("a setting of B, a reset and a click change both runs; the address holds what differs", async ({ page, site }) => {
  await open(page, `${site}#/gan2d?hidden=8&layers=1&batch=32&backend=cpu`);
  await page.getByRole("button", { name: "Two side by side" }).click();
  await expect(page.locator(".hero > figure")).toHaveCount(2);
  await pause(page);
  // Another rate applies at once, more noise begins both anew.
  await page.getByLabel("D steps per G step").first().fill("5");
  await page.getByLabel("D steps per G step").first().press("Enter");
  await expect(page).toHaveURL(/beside=discriminator_steps:5/);
  await expect(page.locator(".which").first()).toHaveText("A · D steps per G step 1");
  await expect(page.locator(".which").last()).toHaveText("B · D steps per G step 5");
  await page.getByRole("radio", { name: "A" }).check();
  await expect(page.getByLabel("D steps per G step").first()).toHaveValue("1");
  await pause(page);
  await page.getByRole("button", { name: "Reset" }).click();
  const steps = () =>
    page.evaluate(() => {
      const { session } = /** @type {any} */ (document.querySelector("tilde-exhibit"));
      return [session.step, session.beside.step];
    });
  await expect.poll(steps).toEqual([0, 0]);
  await page.getByRole("button", { name: "Step", exact: true }).click();
  await expect.poll(steps).toEqual([1, 1]);
  await page.getByRole("button", { name: "One alone" }).click();
  await expect(page.locator(".hero > figure")).toHaveCount(1);
  await expect(page).not.toHaveURL(/beside/);
});
