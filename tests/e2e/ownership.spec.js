// What the page learns from, as choices, painting, clearing and backends follow one another.

import { expect, open, pause, test } from "./site.js";

/** @typedef {import("@playwright/test").Page} Page */

/** Does something with the session, and tells where the data on screen lie then. @param {Page} page @param {(session: any) => Promise<unknown>} act */
const centre = async (page, act) => {
  const handle = await page.evaluateHandle(() => /** @type {any} */ (document.querySelector("tilde-exhibit")).session);
  await handle.evaluate(act);
  return handle.evaluate((session) => {
    const { data } = session.last.views.points.layers.find((/** @type {any} */ { role }) => role === "data");
    const mean = (/** @type {number} */ axis) =>
      data.filter((/** @type {number} */ _, /** @type {number} */ i) => i % 2 === axis).reduce(
        (/** @type {number} */ a, /** @type {number} */ b) => a + b, 0) / (data.length / 2); // prettier-ignore
    return [Math.round(mean(0)), Math.round(mean(1))];
  });
};

test("painted points stay on another backend", async ({ page, site }) => {
  await open(page, `${site}#/gan2d?backend=cpu`);
  await pause(page);
  const paint = (/** @type {any} */ session) => session.act("brush", { points: Float32Array.of(2, 1, 2.1, 1.1) });
  expect(await centre(page, paint)).toEqual([2, 1]);
  expect(await centre(page, (session) => session.reopen({ backend: "auto" }))).toEqual([2, 1]);
  expect(await centre(page, (session) => session.reopen({ backend: "cpu" }))).toEqual([2, 1]);
});

test("points that were brought are gone once they are cleared", async ({ page, site }) => {
  await open(page, `${site}#/gan2d?backend=cpu`);
  await pause(page);
  const bring = (/** @type {any} */ session) =>
    session.reopen({ data: { points: Float32Array.of(0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), shape: [6, 2] } });
  await centre(page, bring);
  await expect(page.locator('[data-setting="data"] select')).toHaveValue("own");
  const empty = await centre(page, (session) => session.act("clear", {}));
  await expect(page.locator('[data-setting="data"] select')).toHaveValue("drawn");
  expect(
    await page.evaluate(() => Boolean(/** @type {any} */ (document.querySelector("tilde-exhibit")).session.data)),
  ).toBe(false);
  expect(await centre(page, (session) => session.reopen({ backend: "cpu" }))).toEqual(empty);
  // What is painted then is the only choice of one's own, and outlives another.
  const paint = (/** @type {any} */ session) => session.act("brush", { points: Float32Array.of(2, 1, 2.1, 1.1) });
  expect(await centre(page, paint)).toEqual([2, 1]);
  await centre(page, (session) => session.change({ data: "grid-25" }));
  expect(await centre(page, (session) => session.change({ data: "drawn" }))).toEqual([2, 1]);
});
