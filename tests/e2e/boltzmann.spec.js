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

test("ais: images of one's own bring the machine that learns from them", async ({ page, site }) => {
  await open(page, `${site}#/ais?backend=cpu`);
  await reached(page, 1);
  await page.evaluate(async () => {
    const images = Float32Array.from({ length: 40 * 64 }, (_, i) => ((i * i) % 7 ? 0 : 1));
    const { session } = /** @type {any} */ (document.querySelector("tilde-exhibit"));
    await session.reopen({ data: { images, shape: [40, 8, 8] } });
  });
  await expect(page.getByLabel("Machine", { exact: true })).toHaveValue("digits");
  await reached(page, 2);
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

test("dbn: it says which machine learns, and there is no gain before there can be one", async ({ page, site }) => {
  await open(page, `${site}#/dbn?backend=cpu&first_steps=40&steps=20`);
  await reached(page, 20);
  await pause(page);
  const said = page.locator(".headline");
  const labels = () =>
    page.evaluate(async () => {
      const exhibit = /** @type {any} */ (document.querySelector("tilde-exhibit"));
      return [...(await exhibit.session.run.view("fantasies")).layers[0].labels];
    });
  await expect(said).toContainText("Machine 1 of 2 learns the images: 20 of 40 steps.");
  await expect(said).not.toContainText("Gained");
  expect(await metrics(page)).not.toHaveProperty("identity");
  expect(await labels()).toEqual([]);
  // Past the change of machines, what was said of the first one is gone, with the frame that says so.
  await page.locator("button.play").click();
  await expect.poll(async () => (await metrics(page)).step).toBeGreaterThan(60);
  await expect(said).toContainText("Machine 2 of 2 learns");
  await expect(said).not.toContainText("Machine 1 of 2");
  await pause(page);
  await expect(said).toContainText("Gained");
  expect(await metrics(page)).not.toHaveProperty("first_step");
  expect(await labels()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("rbm: a picked filter shows the data that switch it on most", async ({ page, site }) => {
  await open(page, `${site}#/rbm?backend=cpu&hidden=20&steps=200`);
  await reached(page, 200);
  await pause(page);
  const top = () =>
    page.evaluate(async () => {
      const { run } = /** @type {any} */ (document.querySelector("tilde-exhibit")).session;
      const [row] = (await run.view("fantasies")).layers;
      return row.id;
    });
  expect(await top()).toBe("data");
  await page.locator('[data-view="filters"] .pad').click();
  await expect.poll(top).toBe("on");
  // What each image gives the unit: the strongest first, and the least of them more than the images of before on average.
  const [before, after] = await page.evaluate(async () => {
    const { run } = /** @type {any} */ (document.querySelector("tilde-exhibit")).session;
    await run.act("unit", { picks: [3] });
    const filter = (await run.view("filters")).layers[0].data.slice(3 * 64, 4 * 64);
    const inputs = (/** @type {any} */ { data }) =>
      Array.from({ length: 9 }, (_, k) =>
        filter.reduce(
          (/** @type {number} */ sum, /** @type {number} */ w, /** @type {number} */ i) => sum + w * data[64 * k + i],
          0,
        ),
      );
    return [inputs((await run.view("data")).layers[0]), inputs((await run.view("fantasies")).layers[0])];
  });
  expect(after).toEqual([...after].sort((a, b) => b - a));
  expect(after[8]).toBeGreaterThan(before.reduce((sum, x) => sum + x, 0) / 9);
});
