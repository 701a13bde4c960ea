// What a page says in words: pictures for whoever cannot see them, settings that do nothing, the end of a film.

import { alternative } from "../../www/ui/alternatives.js";
import { idleBy } from "../../www/settings.js";
import { Words } from "../../www/ui/words.js";
import { readFileSync } from "node:fs";
import { Session } from "../../www/ui/session.js";
import { onClock } from "./clock.js";
import { CARDS, expect, metrics, open, pause, reached, test } from "./site.js";

const ui = new Words(JSON.parse(readFileSync(new URL("../../www/words/en/ui.json", import.meta.url), "utf8")));
const own = new Words({ layers: { data: "data", model: "generated", field: "D(x)" } });

/** Clouds around places. @param {[number, number][]} places @param {number} each */
const clouds = (places, each) =>
  Float32Array.from(
    places.flatMap(([x, y]) =>
      Array.from({ length: each }, (_, i) => [x + 0.05 * Math.cos(i), y + 0.05 * Math.sin(2 * i)]).flat(),
    ),
  );
const ring = /** @type {[number, number][]} */ (
  Array.from({ length: 8 }, (_, i) => [2 * Math.cos((i * Math.PI) / 4), 2 * Math.sin((i * Math.PI) / 4)])
);
/** @param {string} id @param {string} kind @param {Float32Array} data @param {number[]} [shape] @param {number[]} [labels] */
const layer = (id, kind, data, shape = [data.length / 2, 2], labels = []) => ({
  id,
  kind,
  role: "data",
  data,
  shape,
  labels: Uint32Array.from(labels),
});
const said = (/** @type {any[]} */ layers, extent = [-3, 3, -3, 3]) =>
  alternative(/** @type {any} */ ({ layers, extent, range: [0, 0.5, 1], columns: 0 }), { ui, own });

test("a picture is said as it is seen", () => {
  const data = layer("data", "points", clouds(ring, 40));
  expect(said([data])).toBe("data: 320 points, in 8 clusters");
  expect(said([data, layer("model", "points", clouds(ring.slice(0, 7), 40))])).toBe(
    "data: 320 points, in 8 clusters; generated: 280 points, on 7 of these 8 clusters",
  );
  // A stray is on no cluster, and a few are not said to be.
  const strays = layer("model", "points", clouds([ring[0], [0, 0]], 100));
  expect(said([data, strays])).toContain("on 1 of these 8 clusters");
  expect(said([layer("data", "points", clouds([[0, 0]], 50))])).toBe("data: 50 points");
  expect(said([layer("model", "points", Float32Array.of(1, -2))])).toBe("generated at 1.00, −2.00");
  expect(said([layer("data", "points", Float32Array.of(1, 2, 3, 4), [2, 2], [0, 1])])).toBe(
    "data: 2 points of 2 classes",
  );
  const field = Float32Array.from({ length: 16 }, (_, i) => (i === 15 ? 1 : 0));
  expect(said([layer("field", "field", field, [4, 4])])).toBe("D(x) from 0 to 1.00, highest at the upper right");
  expect(said([layer("model", "images", new Float32Array(128).fill(0.25), [2, 8, 8])])).toBe(
    "generated: 2 images of 8 by 8 pixels, 25 % ink",
  );
  expect(said([layer("model", "bars", Float32Array.of(1, 3, 2), [3], [97, 98, 99])])).toContain(
    "the highest 3.00 at b",
  );
  expect(said([layer("model", "curves", Float32Array.of(0, 1, 1, 4, 2, 2))])).toBe(
    "generated: from 1.00 at 0 to 2.00 at 2.00, between 1.00 and 4.00",
  );
});

test("a setting that does nothing is disabled and says why, until it does something", async ({ page, site }) => {
  await open(page, `${site}#/ddpm?backend=cpu&hidden=16&layers=1`);
  await pause(page);
  const eta = page.locator('[data-setting="eta"]');
  const sampler = page.locator('[data-setting="sampler"] select');
  await sampler.selectOption("ddim");
  await expect(eta.locator("input").first()).toBeEnabled();
  await expect(eta.locator(".why")).toBeEmpty();
  await sampler.selectOption({ index: 0 });
  await expect(eta.locator("input").first()).toBeDisabled();
  await expect(eta.locator("input").nth(1)).toBeDisabled();
  await expect(eta.locator(".why")).toContainText("Does nothing now. It needs Sampler: ");
});

test("data of one's own count as what they are", () => {
  const setting = /** @type {any} */ ({ when: [["data", ["digits8", "images"]]] });
  expect(idleBy(setting, { data: "eight-gaussians" }, undefined)).toEqual(["data", ["digits8", "images"]]);
  expect(idleBy(setting, { data: "digits8" }, undefined)).toBeUndefined();
  expect(idleBy(setting, { data: "eight-gaussians" }, { images: [] })).toBeUndefined();
  expect(idleBy(setting, { data: "digits8" }, { points: [] })).toBeDefined();
});

test("a run and an experiment end with the last picture of the film", async ({ page, site }) => {
  await open(page, `${site}#/ddpm?backend=cpu&hidden=16&layers=1&sampling_steps=40`);
  await reached(page, 3);
  await page.evaluate(async () => {
    const { session } = /** @type {any} */ (document.querySelector("tilde-exhibit"));
    const settings = [
      ["hidden", "16"],
      ["layers", "1"],
      ["sampling_steps", "40"],
    ];
    await session.perform({ id: "short", settings, steps: 30, phase: "" });
  });
  const { step, denoised, denoised_reference } = await metrics(page);
  expect(step).toBe(30);
  expect(denoised_reference).toBe(40);
  expect(denoised).toBe(40);
});

test("figures that lag behind are of a step that is said, until all are measured", async () => {
  const card = CARDS[0];
  /** @type {(frame: any) => void} */
  let show = () => {};
  const run = { listen: (/** @type {any} */ listener) => (show = listener.frame), inputs: async () => [] };
  const start = /** @type {any} */ ({ settings: {}, seed: 1, backend: "cpu", steps: 0 });
  const session = new Session(/** @type {any} */ ({ open: async () => run }), card, start);
  await session.open({ steps: 0, look: false });
  const frame = (/** @type {number} */ step, /** @type {boolean} */ deep, playing = true) => {
    const metrics = deep ? { step, loss: 1, costly: step } : { step, loss: 1 };
    const losses = { names: [], stride: 1, steps: [], values: [] };
    show({ metrics, losses, views: {}, rate: 0, busy: 0, deep, playing, phase: "", stopped: "" });
    return session.last?.measured;
  };
  const later = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
  await onClock(5000, async () => {
    expect(frame(1, true)).toBeUndefined();
    await later(500);
    expect(frame(2, false), "a moment old").toBeUndefined();
    await later(1500);
    expect(frame(3, false)).toEqual({ step: 1, ids: ["costly"] });
    expect(session.last?.metrics.costly).toBe(1);
    // It does not come and go while the run plays; at rest all is of one step.
    expect(frame(4, true)).toEqual({ step: 4, ids: ["costly"] });
    expect(frame(5, false)).toEqual({ step: 4, ids: ["costly"] });
    expect(frame(6, true, false)).toBeUndefined();
    expect(frame(7, false, false), "at rest, and yet old").toEqual({ step: 6, ids: ["costly"] });
  });
});

test("a sentence whose figure is of an earlier step says so, and so does the figure", async ({ page, site }) => {
  await open(page, `${site}#/gpt?backend=cpu`);
  const sentence = page.locator(".headline p").first();
  await expect(sentence).toContainText(/\(at step [\d,]+\)$/, { timeout: 60_000 });
  const figure = page.locator('.figures [data-metric="test_loss"] small');
  await expect(figure).toContainText(/at step [\d,]+$/);
  await expect(page.locator('.figures [data-metric="loss"] small'), "of every step").not.toContainText("at step");
  await pause(page);
  // The last frame may have been given up by whoever could not wait for it.
  await page.evaluate(() => /** @type {any} */ (document.querySelector("tilde-exhibit")).session.refresh());
  await expect(sentence).not.toContainText("at step");
  await expect(figure).not.toContainText("at step");
});
