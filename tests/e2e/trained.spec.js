// Weights that the site ships: what an experiment begins from where training would take minutes.

import { readFileSync, statSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { complete, defaults, read, settingOf } from "../../www/settings.js";
import * as weights from "../../www/weights.js";
import { CARDS, expect, metrics, open, test } from "./site.js";

/** Bytes that a file may have. */
const MOST = 500_000;

/** @typedef {import("../../www/protocol.js").Card} Card */

const SHIPPED = CARDS.flatMap((card) => card.experiments.map((experiment) => ({ card, experiment }))).filter(
  ({ experiment }) => experiment.weights,
);

test("there are exhibits that ship weights", () => {
  expect(SHIPPED.map(({ card }) => card.id)).toContain("ddpm");
});

for (const { card, experiment } of SHIPPED) {
  const file = new URL(`../../www/weights/${experiment.weights}.safetensors.gz`, import.meta.url);

  test(`${experiment.weights}: a small file of the experiment's settings and steps`, () => {
    expect(statSync(file).size).toBeLessThanOrEqual(MOST);
    const { settings, metadata } = weights.read(card, gunzipSync(readFileSync(file)));
    const given = experiment.settings.map(([id, text]) => [id, read(settingOf(card, id), text).value]);
    expect(settings).toEqual(complete(card, { ...defaults(card), ...Object.fromEntries(given) }));
    expect(metadata.step).toBe(String(experiment.steps));
  });

  test(`${card.id}: ${experiment.id} begins from weights, fetched only then; training from scratch is a click away`, async ({
    page,
    site,
  }) => {
    /** @type {string[]} */
    const asked = [];
    page.on("request", (request) => request.url().includes("/weights/") && asked.push(request.url()));
    await open(page, `${site}#/${card.id}?backend=cpu&try=${experiment.id}`);
    expect(asked).toEqual([]);
    await page.getByRole("button", { name: "Run it" }).click();
    const scratch = page.getByRole("button", { name: "Train from scratch" });
    await expect(scratch).toBeVisible({ timeout: 90_000 });
    expect(asked).toHaveLength(1);
    expect((await metrics(page)).step).toBe(experiment.steps);
    await expect(page.locator("button.play")).toHaveText("Continue");
    const film = card.metrics.find((metric) => metric.film)?.id;
    if (film) expect((await metrics(page))[film]).toBe((await metrics(page))[`${film}_reference`]);
    await scratch.click();
    await expect.poll(async () => (await metrics(page)).step).toBeLessThan(experiment.steps);
    await expect(page.locator("button.play")).toHaveText("Pause");
    expect(asked).toHaveLength(1);
  });
}
