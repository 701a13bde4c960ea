// The Boltzmann machines' own: the trap of annealing, and a clamped label.

import { expect, metrics, open, pause, reached, test } from "./site.js";

test("ais: from fair pixels the trap is tens of nats off, from mean pixels it is not", async ({ page, site }) => {
  await open(page, `${site}#/ais?backend=cpu&machine=trap&steps=50`);
  await reached(page, 50);
  const { error_pixels, error_uniform, ess_uniform } = await metrics(page);
  expect(Math.abs(error_pixels)).toBeLessThan(0.1);
  expect(error_uniform).toBeLessThan(-10);
  expect(ess_uniform).toBeLessThan(10);
});

test("dbn: a held label fills the whole grid with it", async ({ page, site }) => {
  test.setTimeout(120_000);
  await open(page, `${site}#/dbn?backend=cpu&steps=3500`);
  await reached(page, 3500, 90_000);
  // The ten rows by their mean picture: how far they are apart.
  const spread = () =>
    page.evaluate(async () => {
      const exhibit = /** @type {any} */ (document.querySelector("tilde-exhibit"));
      const { data } = (await exhibit.session.run.view("fantasies")).layers[0];
      const rows = Array.from({ length: 10 }, (_, r) =>
        Array.from({ length: 64 }, (_, i) => {
          let sum = 0;
          for (let k = 0; k < 10; k++) sum += data[(10 * r + k) * 64 + i] / 10;
          return sum;
        }),
      );
      const mean = rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i] / 10, 0));
      return rows.flat().reduce((sum, x, at) => sum + (x - mean[at % 64]) ** 2, 0);
    });
  const apart = await spread();
  await page.locator('[data-setting="digit"] select').selectOption("0");
  await page.locator("button.play").click();
  await reached(page, (await metrics(page)).step + 200);
  await pause(page);
  expect(await spread()).toBeLessThan(apart / 2);
});
