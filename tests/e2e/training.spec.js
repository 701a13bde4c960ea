// A person opens the page and watches a model learn.

import { expect, metrics, open, pause, pixels, reached, settled, test, view } from "./site.js";

test("an exhibit opens already training, and its picture changes", async ({ page, site }) => {
  await open(page, `${site}#/gan2d`);
  await expect(page.locator("tilde-exhibit .title")).toHaveText("GAN in two dimensions");
  const before = await pixels(view(page, "points"));
  // It may have passed any given step by now.
  await reached(page, (await metrics(page)).step + 20);
  expect(await pixels(view(page, "points"))).not.toBe(before);
});

for (const id of ["vae", "rbm"]) {
  test(`${id}: the loss falls`, async ({ page, site }) => {
    await open(page, `${site}#/${id}?backend=cpu`);
    await reached(page, 1);
    await pause(page);
    await page.locator("button", { hasText: "Reset" }).click();
    await expect.poll(async () => (await metrics(page)).step).toBe(0);
    await page.locator("button", { hasText: /^Step$/ }).click();
    await expect.poll(async () => (await metrics(page)).step).toBe(1);
    const { loss } = await metrics(page);
    await page.locator("button.play").click();
    await reached(page, 150);
    await pause(page);
    expect((await metrics(page)).loss).toBeLessThan(loss);
  });
}

test("a pause holds, a step is one step, a phase is less", async ({ page, site }) => {
  await open(page, `${site}#/gan2d`);
  await reached(page, 5);
  await pause(page);
  const { step } = await metrics(page);
  await page.waitForTimeout(300);
  expect((await metrics(page)).step).toBe(step);
  await page.locator("button", { hasText: /^Step$/ }).click();
  await expect.poll(async () => (await metrics(page)).step).toBe(step + 1);
  const field = await pixels(view(page, "field"));
  await page.locator("button", { hasText: "Step D" }).click();
  await expect.poll(() => pixels(view(page, "field"))).not.toBe(field);
});

test("keys: space plays, s steps, r resets", async ({ page, site }) => {
  await open(page, `${site}#/gan2d`);
  await reached(page, 5);
  await page.keyboard.press("Space");
  await expect(page.locator("button.play")).toHaveText("Play");
  await settled(page);
  const { step } = await metrics(page);
  await page.keyboard.press("s");
  await expect.poll(async () => (await metrics(page)).step).toBe(step + 1);
  await page.keyboard.press("r");
  await expect.poll(async () => (await metrics(page)).step).toBe(0);
});

test("a run is slow at first; full speed is one choice, and is remembered", async ({ page, site }) => {
  await page.addInitScript(() => localStorage.removeItem("tilde:pace"));
  await open(page, `${site}#/mixture`);
  await reached(page, 2);
  const speed = page.getByLabel("Speed");
  // So short a run with phases begins phase by phase.
  await expect(speed).toHaveValue("phases");
  await speed.selectOption("rising");
  // It would take a twentieth of this at full speed.
  const start = Date.now();
  await reached(page, 12);
  expect(Date.now() - start).toBeGreaterThan(1000);
  await speed.selectOption("full");
  await reached(page, 150, 8000);
  expect(await page.evaluate(() => localStorage.getItem("tilde:pace"))).toBe("full");
});

test("slow motion says which part of an iteration it is in", async ({ page, site }) => {
  await open(page, `${site}#/gan2d`);
  await reached(page, 5);
  await page.getByLabel("Speed").selectOption("phases");
  await expect(page.locator(".where")).toContainText("D learned to tell them apart");
  await expect(page.locator(".where")).toContainText("G followed the arrows");
});

test("a live setting applies without a restart; one that rebuilds restarts, and the old run stays as a ghost", async ({
  page,
  site,
}) => {
  await open(page, `${site}#/gan2d`);
  await reached(page, 30);
  await pause(page);
  const { step } = await metrics(page);
  const rate = page.locator('[data-setting="learning_rate"] input.value');
  await rate.fill("0.01");
  await rate.press("Enter");
  await expect(page).toHaveURL(/learning_rate=0\.01/);
  expect((await metrics(page)).step).toBe(step);
  const noise = page.locator('[data-setting="noise"] input.value');
  await noise.fill("5");
  await noise.press("Enter");
  await expect.poll(async () => (await metrics(page)).step).toBe(0);
  await expect(page.getByRole("button", { name: "Hide previous run" })).toBeVisible();
});

test("a value out of range is clamped, and the page says so", async ({ page, site }) => {
  await open(page, `${site}#/gan2d`);
  const rate = page.locator('[data-setting="learning_rate"] input.value');
  await rate.fill("5");
  await rate.press("Enter");
  await expect(rate).toHaveValue("0.1");
  await expect(page.locator(".settings .note")).toContainText("Out of range");
});

test("an experiment asks for a prediction, runs, and explains", async ({ page, site }) => {
  await open(page, `${site}#/gan2d`);
  await page.getByRole("button", { name: /Freeze the critic/ }).click();
  await page.getByLabel("They run to where the frozen D is highest.").check();
  await page.getByRole("button", { name: "Run it" }).click();
  await expect(page.locator(".trial")).toContainText("As you predicted", { timeout: 90_000 });
  expect((await metrics(page)).step).toBe(400);
});

test("a picture that was asked for just before does not keep it from playing", async ({ page, site }) => {
  await open(page, `${site}#/gan2d`);
  await reached(page, 5);
  const before = await page.evaluate(async () => {
    const { session } = /** @type {any} */ (document.querySelector("tilde-exhibit"));
    await session.pause();
    session.refresh();
    session.play();
    return session.step;
  });
  await reached(page, before + 5);
});

test("a divergence stops, keeps finite weights and offers a smaller learning rate", async ({ page, site }) => {
  await open(page, `${site}#/gan2d`);
  await reached(page, 5);
  await page.evaluate(() => {
    const { session } = /** @type {any} */ (document.querySelector("tilde-exhibit"));
    const { run } = session;
    // The page's half of what the worker reports when a loss is no longer finite.
    session.dispatchEvent(
      new CustomEvent("problem", {
        detail: Object.assign(new Error("loss is no longer finite"), { code: "not-finite" }),
      }),
    );
    return run.pause();
  });
  await page.getByRole("button", { name: /^Continue with/ }).click();
  await expect(page).toHaveURL(/learning_rate=0\.0005/);
});

test("the back button goes back to the exhibit before", async ({ page, site }) => {
  await open(page, `${site}#/gan2d`);
  await page.getByRole("link", { name: /^Boltzmann machine/ }).click();
  await expect(page.locator("tilde-exhibit .title")).toHaveText("Restricted Boltzmann machine");
  await page.goBack();
  await expect(page.locator("tilde-exhibit .title")).toHaveText("GAN in two dimensions");
});

test("reduced motion: nothing plays by itself", async ({ browser, site }) => {
  const context = await browser.newContext({ reducedMotion: "reduce" });
  const page = await context.newPage();
  await open(page, `${site}#/gan2d`);
  await page.waitForTimeout(500);
  expect((await metrics(page)).step).toBe(0);
  await context.close();
});
