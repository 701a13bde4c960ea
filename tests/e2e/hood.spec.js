// "Under the hood": measuring leaves the run as it is, and what cannot be shown is said. What the hood of every exhibit
// shows is looked at in everyone.spec.js.

import { typical } from "../../www/engine/measure.js";
import { CARDS, expect, open, test } from "./site.js";

test.use({ pace: "steady" });

/** The small settings of a card, as an address has them. @param {import("../../www/protocol.js").Card} card */
const small = ({ small }) => new URLSearchParams(/** @type {any} */ (small));

/**
 * Checkpoints of a run that is measured after three steps, and of one that is not: after three steps, and two more.
 * @param {import("@playwright/test").Page} page
 * @param {import("../../www/protocol.js").Card} card
 * @param {"cpu"|"webgpu"} backend
 * @param {number} [most] entries that are measured
 */
const runs = (page, card, backend, most = Infinity) =>
  page.evaluate(
    async ({ id, settings, backend, most }) => {
      const { Tilde } = await import(new URL("./www/tilde.js", location.href).href);
      const tilde = await Tilde.start({ backend, exhibit: id });
      const state = async (/** @type {any} */ run) => [
        [...(await run.save())].join(),
        await run.metrics({ deep: false }),
      ];
      const trained = async (/** @type {boolean} */ measured) => {
        const run = await tilde.open(id, { seed: 7, settings, backend });
        await run.train(3);
        const states = [await state(run)];
        const times = [];
        if (measured) {
          const { entries } = await run.plan();
          for (let i = 0; i < entries.length && i < most; i++)
            times.push({ count: entries[i].kernels.length, ...(await run.measure(i)) });
          states.push(await state(run));
        }
        await run.train(2);
        states.push(await state(run));
        run.close();
        return { states, times };
      };
      const [plain, measured] = [await trained(false), await trained(true)];
      tilde.close();
      return { plain: plain.states, measured: measured.states, times: measured.times };
    },
    { id: card.id, settings: Object.fromEntries(typed(card)), backend, most },
  );

/** The small settings of a card as values. @param {import("../../www/protocol.js").Card} card */
const typed = (card) =>
  [...small(card)].map(([id, text]) => {
    const kind = card.settings.find((setting) => setting.id === id)?.kind;
    const value = kind === "flag" ? text === "true" : kind === "int" || kind === "float" ? Number(text) : text;
    return /** @type {const} */ ([id, value]);
  });

for (const card of CARDS.filter(({ tensors }) => tensors))
  test(`${card.id}: measuring every kernel leaves the run as it is`, async ({ page, site }) => {
    test.setTimeout(240_000);
    await page.goto(`${site}blank.html`);
    const { plain, measured, times } = await runs(page, card, "cpu");
    expect(measured[0]).toEqual(plain[0]);
    expect(measured[1], "measured").toEqual(plain[0]);
    expect(measured[2], "and trained on").toEqual(plain[1]);
    expect(plain[1]).not.toEqual(plain[0]);
    for (const { by, count, kernels, entry } of times) {
      expect(by).toBe("kernels");
      expect(kernels.length).toBe(count);
      for (const ms of kernels) expect(ms).toBeGreaterThan(0);
      expect(entry).toBeGreaterThan(0);
    }
  });

test("a round in which something else ran is not counted, and short ones only where there are no others", () => {
  const round = (/** @type {number} */ ms, runs = 10) => ({ ms, runs });
  expect(typical([round(1), round(1.2), round(9), round(0.8)], 0.5)).toEqual({ ms: 3, runs: 30 });
  expect(typical([round(0, 1), round(0, 2), round(1), round(1)], 0.5)).toEqual({ ms: 2, runs: 20 });
  expect(typical([round(0), round(0.1), round(0), round(0)], 0.5)).toEqual({ ms: 0.1, runs: 40 });
  expect(typical([round(80, 1)], 0.5)).toEqual({ ms: 80, runs: 1 });
});

test("on a GPU an entry is timed whole, and the run stays as it is", async ({ page, site }) => {
  test.setTimeout(240_000);
  await page.goto(`${site}blank.html`);
  const card = /** @type {any} */ (CARDS.find(({ id }) => id === "gan2d"));
  const { plain, measured, times } = await runs(page, card, "webgpu", 1);
  expect(measured[1], "measured").toEqual(plain[0]);
  expect(measured[2], "and trained on").toEqual(plain[1]);
  expect(times[0].by).toMatch(/^(timestamps|submits)$/);
  expect(times[0].entry).toBeGreaterThan(0);
});

test("what is embedded or presented has no hood", async ({ page, site }) => {
  for (const mode of ["embed", "present"]) {
    await open(page, `${site}?${mode}#/gan2d?steps=1`);
    await expect(page.locator(".hood")).toHaveCount(0);
  }
});

test("another model has another plan, and what was open stays open", async ({ page, site }) => {
  await open(page, `${site}#/gan2d?backend=cpu&steps=1`);
  const hood = page.locator(".hood");
  await hood.locator("> summary").click();
  const first = hood.locator(".entry").first();
  await first.locator("summary").click();
  const costs = first.locator("summary span").first();
  const before = await costs.textContent();
  await page.evaluate(() => /** @type {any} */ (document.querySelector("tilde-exhibit")).session.change({ hidden: 8 }));
  await expect(costs).not.toHaveText(before ?? "");
  await expect(first.locator("tr.kernel").first()).toBeVisible();
});

test("a plan that is not the engine's is not shown", async ({ page, site }) => {
  await page.route("**/pkg/plan/tilde_web.js", (route) =>
    route.fulfill({
      contentType: "text/javascript",
      body: "export default async () => ({}); export const describe_plan = () => ({ layout: Uint32Array.of(1), entries: [] });",
    }),
  );
  await open(page, `${site}#/gan2d?backend=cpu&steps=1`);
  await page.locator(".hood > summary").click();
  await expect(page.locator(".hood .plan")).toContainText("not the one that the engine runs");
});

test.describe(() => {
  test.use({ quietly: false });

  test("what does not come is said, and asked for again when it is opened again", async ({ page, site }) => {
    await open(page, `${site}#/gan2d?backend=cpu&steps=1`);
    await page.route("**/pkg/source/**", (route) => route.abort());
    const hood = page.locator(".hood");
    await hood.locator("> summary").click();
    await expect(page.locator(".notice")).toContainText("gan2d.json could not be fetched");
    await expect(hood).not.toHaveAttribute("open");
    await page.unroute("**/pkg/source/**");
    await hood.locator("> summary").click();
    await expect(hood.getByRole("tab").first()).toBeVisible();
    await expect(hood.locator("section")).toHaveCount(2);
    await expect(hood.locator(".entry").first()).toBeVisible();
  });
});
