// Lessons drive the pictures: each claim does what it says.

import { readFile } from "node:fs/promises";
import { claims, misclaimed } from "../../www/tools/check-lessons.mjs";
import { readClaim, valuesOf } from "../../www/ui/claims.js";
import { CARDS, expect, open, test } from "./site.js";

test.use({ pace: "steady" });

/** A claim is played to this step at most here: what it says of later ones is the exhibit's own matter. */
const FEW = 3;

const lesson = (/** @type {string} */ id) => readFile(new URL(`../../www/words/en/${id}.md`, import.meta.url), "utf8");

test("a claim that names what its card does not have is found", () => {
  const card = /** @type {import("../../www/protocol.js").Card} */ (CARDS.find(({ id }) => id === "vae"));
  const good =
    "[a](do:beta=12&play=800&point=kl-bars) [b](do:point=terms) [c](do:play=10) [d](do:point=test_elbo) [e](do:point=weight_decay)";
  expect(misclaimed(card, good)).toEqual([]);
  for (const [wrong, why] of [
    ["bta=2", 'no setting "bta"'],
    ["beta=21", 'beta cannot be "21"'],
    ["data=digits9", 'data cannot be "digits9"'],
    ["linear=true", "linear does nothing then"],
    ["play=0", '"0" is no step'],
    ["play=soon", '"soon" is no step'],
    ["point=kl-bar", 'no view, curve, figure or setting "kl-bar"'],
    ["", "it does nothing"],
  ])
    expect(misclaimed(card, `${good} [d](do:${wrong})`).join(), wrong).toContain(why);
  expect(misclaimed(card, "[a](do:play=10)").join()).toContain("has 1 claims");
});

for (const card of CARDS)
  test(`${card.id}: each claim of its lesson sets, plays and points`, async ({ page, site }) => {
    test.setTimeout(240_000);
    const all = claims(await lesson(card.id));
    expect(misclaimed(card, await lesson(card.id))).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ reducedMotion: "reduce" });
    const small = new URLSearchParams(/** @type {any} */ (card).small);
    await open(page, `${site}#/${card.id}?${small}`);
    const buttons = page.locator("article .claim");
    await expect(buttons).toHaveCount(all.length);
    for (const [i, text] of all.entries())
      await test.step(text, async () => {
        const claim = readClaim(text);
        const button = buttons.nth(i);
        const stop = claim.play && Math.min(Number(claim.play), FEW);
        if (stop)
          await button.evaluate((element, text) => element.setAttribute("data-do", text), text.replace(/play=\d+/, `play=${stop}`)); // prettier-ignore
        await button.click();
        await expect(page.locator("tilde-exhibit .pointed")).toBeInViewport({ ratio: 0.3 });
        const state = () =>
          page.evaluate(() => {
            const { settings, playing, step, problem } = /** @type {any} */ (document.querySelector("tilde-exhibit"))
              .session;
            return { settings: { ...settings }, playing, step, problem: problem?.message };
          });
        await expect.poll(async () => (await state()).settings).toMatchObject(valuesOf(card, claim));
        if (stop)
          await expect
            .poll(state, { timeout: 60_000 })
            .toMatchObject({ playing: false, step: Number(stop), problem: undefined });
        await page.keyboard.press("Escape");
        await expect(button).toBeFocused();
        await expect(button).toBeInViewport();
      });
  });

test("a claim that names no data leaves the reader's own, and plays the same run again", async ({ page, site }) => {
  await open(page, `${site}#/gan2d?batch=32&hidden=8&layers=1`);
  const painted = [1, 0, 1.1, 0.1, 0.9, 0, 1, 0.2];
  await page.evaluate(async (points) => {
    const { session } = /** @type {any} */ (document.querySelector("tilde-exhibit"));
    await session.act("brush", { points: Float32Array.from(points) });
  }, painted);
  const own = () =>
    page.evaluate(async () => {
      const { session } = /** @type {any} */ (document.querySelector("tilde-exhibit"));
      const { inputs } = await session.own();
      return { data: session.settings.data, points: inputs.map((/** @type {any} */ each) => [...each.payload.points]) };
    });
  const before = await own();
  expect(before.data).toBe("drawn");
  const button = page.locator("article .claim").nth(1);
  await button.evaluate((element, few) => {
    const text = element.getAttribute("data-do") ?? "";
    element.setAttribute("data-do", text.replace(/play=\d+/, `play=${few}`));
  }, FEW);
  await button.click();
  await expect
    .poll(() =>
      page.evaluate(() => {
        const { playing, step, settings } = /** @type {any} */ (document.querySelector("tilde-exhibit")).session;
        return { playing, step, objective: settings.objective };
      }),
    )
    .toEqual({ playing: false, step: FEW, objective: "minimax" });
  expect(await own()).toEqual(before);
});
