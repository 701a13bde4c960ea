// The stage: what is said beside the picture, time as a handle, and the lens. What every first screen has is looked at in
// everyone.spec.js.

import { Reel } from "../../www/ui/reel.js";
import { seen } from "./first-screen.js";
import { partsOf } from "./parts.js";
import { CARDS, expect, metrics, open, pause, pixels, reached, test, view } from "./site.js";

test("what an experiment says is beside the picture, and its notices are over it", async ({ page, site }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await open(page, `${site}#/vae?backend=cpu&latent=99`);
  await reached(page, 2);
  await seen(page, [".notice", ".try button"]);
  const hero = await partsOf(page, [".hero > figure"]);
  await page.locator(".notice button").click();
  await expect(page.locator(".notice")).toHaveCount(0);
  expect(await partsOf(page, [".hero > figure"]), "nothing has moved").toEqual(hero);
  await page.locator(".try button").first().click();
  await seen(page, [".hero > figure", ".trial", ".transport"]);
});

test("the headline says figures with their references, as the model that is shown has them", async ({ page, site }) => {
  await open(page, `${site}#/elbo?steps=100`);
  await expect.poll(async () => (await page.locator(".headline").textContent()) ?? "").toContain("its ceiling, is");
  const shown = await page.evaluate(
    () => /** @type {any} */ (document.querySelector("tilde-exhibit")).session.last.metrics,
  );
  const numbers = await page.locator(".headline b").allTextContents();
  expect(numbers.map((text) => Number(text.replace("−", "-")))).toEqual(
    [shown.elbo, shown.elbo_reference, shown.kl].map((value) => expect.closeTo(value, 3)),
  );
});

test("one looks back through the run with the slider of time, and comes back to the present", async ({
  page,
  site,
}) => {
  await open(page, `${site}#/mixture?steps=30`);
  const time = page.locator(".scrub input");
  const where = page.locator(".transport .where");
  await expect(where).toContainText("step 30");
  await page.locator("button.play").click();
  await expect(where).toContainText("step 150", { timeout: 30_000 });
  await pause(page);
  const plane = view(page, "plane");
  const now = await pixels(plane);
  await time.focus();
  await page.keyboard.press("Home");
  await expect(where).toContainText("looking back at step");
  expect(await pixels(plane), "the picture is another").not.toBe(now);
  await expect(time).toHaveAttribute("aria-valuetext", /as it was at step/);
  const past = await page.locator(".headline").textContent();
  await page.keyboard.press("End");
  await expect(where).toContainText("step 150");
  expect(await pixels(plane)).toBe(now);
  expect(await page.locator(".headline").textContent()).not.toBe(past);
  // What is done by hand is done to the present model.
  await page.keyboard.press("Home");
  await page.getByRole("button", { name: "Start elsewhere" }).click();
  await expect(where).not.toContainText("looking back");
});

test("trails join the places of points in frames that were kept; the run before stays as faint rings", async ({
  page,
  site,
}) => {
  await open(page, `${site}#/gan2d?backend=cpu&hidden=8&layers=1&batch=32`);
  await reached(page, 40);
  await pause(page);
  const points = view(page, "points");
  const trails = page.locator('[data-view="points"]').getByRole("button", { name: "Trails" });
  const now = await pixels(points);
  // Pictures are long texts: what is said of them is whether they are alike.
  const isNow = async () => (await pixels(points)) === now;
  await expect(trails).toHaveAttribute("aria-pressed", "false");
  await trails.click();
  expect(await isNow(), "with trails").toBe(false);
  await trails.click();
  expect(await isNow(), "without them").toBe(true);
  await page.getByRole("button", { name: "Reset" }).click();
  const hide = page.getByRole("button", { name: "Hide previous run" });
  await expect(hide).toBeVisible();
  await expect.poll(async () => (await metrics(page)).step).toBe(0);
  const ghosted = await pixels(points);
  await hide.click();
  await expect.poll(async () => (await pixels(points)) === ghosted, "without the run before").toBe(false);
});

test("a layer that the words of its view leave out is drawn, and in the key, once it is asked for", async ({
  page,
  site,
}) => {
  await open(page, `${site}#/denoising?steps=3&backend=cpu`);
  await expect(page.locator(".transport .where")).toContainText("step 3");
  const figure = page.locator('[data-view="arrows"]');
  const [tool, key] = [figure.getByRole("button", { name: "exact arrows" }), figure.locator(".keys .vectors.truth")];
  await expect(tool).toHaveAttribute("aria-pressed", "false");
  await expect(key).toHaveCount(0);
  const without = await pixels(view(page, "arrows"));
  await tool.click();
  await expect(key).toHaveText("exact arrows");
  expect((await pixels(view(page, "arrows"))) === without, "with it").toBe(false);
  await tool.click();
  await expect(key).toHaveCount(0);
  expect((await pixels(view(page, "arrows"))) === without, "without it").toBe(true);
});

test("frames that are kept are few, small and evenly spread", () => {
  const frame = (/** @type {number} */ step, /** @type {number} */ length) =>
    /** @type {any} */ ({ metrics: { step }, views: { a: { layers: [{ data: { length }, labels: [] }] } } });
  const reel = new Reel();
  for (let step = 0; step < 5000; step++) reel.add(frame(step, 10));
  expect(reel.length).toBeGreaterThan(90);
  expect(reel.length).toBeLessThanOrEqual(200);
  const steps = Array.from({ length: reel.length }, (_, i) => reel.at(i)?.metrics.step ?? NaN);
  expect(new Set(steps.slice(1).map((step, i) => step - steps[i])).size).toBe(1);
  expect(5000 - steps[steps.length - 1]).toBeLessThanOrEqual(steps[1] - steps[0]);
  reel.clear();
  for (let step = 0; step < 100; step++) reel.add(frame(step, 2 ** 20));
  expect(reel.length).toBeLessThanOrEqual(8);
  expect(reel.length).toBeGreaterThan(3);
});

for (const { id, views } of CARDS)
  for (const { id: twin, twin: side } of views.filter(({ twin }) => twin !== "none"))
    test(`${id}: the large picture and "${twin}" make a pair`, async ({ page, site }) => {
      const shapes = async () => {
        const [large, other] = await partsOf(
          page,
          [views[0].id, twin].map((id) => `.hero [data-view="${id}"] canvas`),
        );
        const size = (/** @type {typeof large} */ { edges }) => [edges.right - edges.left, edges.bottom - edges.top];
        const figures = await partsOf(page, [views[0].id, twin].map((id) => `.hero figure[data-view="${id}"]`)); // prettier-ignore
        return { large, other, sizes: other && [size(large), size(other)], figures: figures.map(size) };
      };
      await page.setViewportSize({ width: 1280, height: 800 });
      await open(page, `${site}#/${id}?steps=3&backend=cpu`);
      await expect(page.locator(".transport .where")).toContainText("step 3");
      const { large, other, sizes, figures } = await shapes();
      expect(figures.length).toBe(2);
      figures[0].forEach((length, i) => expect(length).toBeCloseTo(figures[1][i], 1));
      // Two planes are read across; images beside a plane have a shape of their own.
      const kindOf = (/** @type {string} */ id) => views.find((each) => each.id === id)?.kind;
      const alike = kindOf(twin) !== "images" && views[0].kind !== "images";
      if (alike) {
        expect(sizes[0]).toEqual(sizes[1]);
        expect(other.edges.top).toBe(large.edges.top);
      }
      expect(other.edges.left < large.edges.left).toBe(side === "left");
      // As large as the room allows: the words below take little.
      for (const [width] of sizes) expect(width).toBeGreaterThan(330);
      // Two runs side by side take the place of the pair, and give it back.
      await page.getByRole("button", { name: "Two side by side" }).click();
      await expect(page.locator(`.hero [data-view="${twin}"]`)).toHaveCount(0);
      await page.getByRole("button", { name: "One alone" }).click();
      await expect(page.locator(`.hero [data-view="${twin}"]`)).toHaveCount(1);
      // A phone has the large one alone, and the other below it.
      await page.setViewportSize({ width: 390, height: 844 });
      await expect(page.locator(`.rest [data-view="${twin}"]`)).toHaveCount(1);
    });

for (const { id, actions } of CARDS)
  for (const { answer, view: on } of actions.filter(({ kind, answer }) => kind === "drag" && answer))
    test(`${id}: what the model makes of a place is shown at the hand, as in the view "${answer}"`, async ({
      page,
      site,
    }) => {
      await page.setViewportSize({ width: 1280, height: 800 });
      await open(page, `${site}#/${id}?steps=3&backend=cpu`);
      await expect(page.locator(".transport .where")).toContainText("step 3");
      const pad = page.locator(`[data-view="${on}"] .pad`).first();
      const lens = page.locator(".lens canvas");
      await expect(page.locator(".lens")).toBeHidden();
      // Before anybody touches it, the answer stands beside the picture.
      await expect(page.locator(`.side [data-view="${answer}"] canvas`)).toBeVisible();
      await pad.focus();
      await page.keyboard.press("ArrowLeft");
      await expect(lens).toBeVisible();
      const drawn = () => pixels(lens);
      const first = await drawn();
      for (let i = 0; i < 7; i++) await page.keyboard.press("Shift+ArrowLeft");
      await expect.poll(drawn).not.toBe(first);
      await seen(page, [".lens"]);
      await page.locator("button.play").focus();
      await expect(lens).toBeHidden();
    });
