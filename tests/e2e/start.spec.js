// What keeps an exhibit from starting, and an engine from living: each is said in a sentence, with one thing to do.

import { expect, open, reached, test } from "./site.js";

test.use({ pace: "steady" });

// Browsers write to the console what does not arrive; here it is on purpose.
test.use({ quietly: false });

/** @typedef {import("./site.js").Page} Page */

/** The one sentence and the one button beside "Close". @param {Page} page */
async function notice(page) {
  const place = page.locator("tilde-exhibit .notice");
  await expect(place).toHaveCount(1);
  return { text: await place.locator("p").textContent(), actions: await place.getByRole("button").allTextContents() };
}

for (const [what, without, said] of /** @type {[string, string, RegExp][]} */ ([
  ["WebAssembly", "delete globalThis.WebAssembly", /no WebAssembly\. Any current browser/],
  ["SIMD", "WebAssembly.validate = () => false", /no SIMD in WebAssembly\. Any current browser/],
  ["workers", "delete globalThis.Worker", /no workers\. Any current browser/],
  ["OffscreenCanvas", "delete globalThis.OffscreenCanvas", /no OffscreenCanvas\. Any current browser/],
]))
  test(`without ${what} the page says so`, async ({ page, site }) => {
    await page.addInitScript(without);
    await page.goto(`${site}#/gan2d`);
    const { text, actions } = await notice(page);
    expect(text).toMatch(said);
    expect(actions).toEqual(["Copy the address, to open it in another browser", "Close"]);
  });

const engine = /\/pkg\/engine\/\w+\.wasm$/;

for (const [
  what,
  answer,
  said,
] of /** @type {[string, (route: import("@playwright/test").Route) => Promise<void>, RegExp][]} */ ([
  [
    "a web page in its place",
    (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>Sign in</title>" }),
    /\.wasm arrives as a web page/,
  ],
  ["nothing", (route) => route.fulfill({ status: 404, body: "" }), /\.wasm is missing on this server \(404\)/],
  [
    "other bytes",
    (route) => route.fulfill({ contentType: "application/wasm", body: "\0wasm" }),
    /\.wasm is no wasm module/,
  ],
  [
    "half of it",
    async (route) => {
      const response = await route.fetch();
      const body = await response.body();
      await route.fulfill({ contentType: "application/wasm", body: body.subarray(0, body.length / 2) });
    },
    /\.wasm arrived cut off, or is not what was built/,
  ],
]))
  test(`an engine that is answered with ${what} is said in words, and trying again tries again`, async ({
    page,
    site,
  }) => {
    await page.route(engine, answer);
    await page.goto(`${site}#/gan2d?backend=cpu`);
    const { text, actions } = await notice(page);
    expect(text).toMatch(said);
    expect(actions).toEqual(["Try again", "Close"]);
    await page.unroute(engine);
    await page.getByRole("button", { name: "Try again" }).click();
    await reached(page, 3);
    await expect(page.locator("tilde-exhibit .notice")).toHaveCount(0);
  });

test("an exhibit of another part of the course, without a connection, is said to need one", async ({
  page,
  site,
  context,
}) => {
  await open(page, `${site}#/gan2d?backend=cpu`);
  await reached(page, 3);
  await context.setOffline(true);
  await page.evaluate(() => (location.hash = "#/rbm?backend=cpu"));
  await expect(page.locator("tilde-exhibit .notice p")).toContainText(/no connection|connection gone/);
  await context.setOffline(false);
  await page.getByRole("button", { name: "Try again" }).click();
  await reached(page, 3);
});

test("a module on a slow line is said to be on its way", async ({ page, site }) => {
  await page.route(engine, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 4000));
    await route.continue();
  });
  await page.goto(`${site}#/gan2d?backend=cpu`);
  await expect(page.locator("tilde-exhibit .arriving")).toContainText(/on its way: \d+ kB/);
  await reached(page, 3);
  await expect(page.locator("tilde-exhibit .arriving")).toHaveCount(0);
});

test("a worker that ends by itself is started again, and the run goes on, at most five seconds back", async ({
  page,
  site,
}) => {
  await open(page, `${site}#/gan2d?backend=cpu&seed=7&noise=3`);
  // By the third snapshot a second or more of it is kept.
  const kept = () => page.evaluate(() => /** @type {any} */ (document.querySelector("tilde-exhibit")).session.step);
  await page.evaluate(() => {
    const { session } = /** @type {any} */ (document.querySelector("tilde-exhibit"));
    let [times, state] = [0, session.kept];
    Object.defineProperty(session, "kept", {
      get: () => state,
      set: (value) => {
        state = value;
        if (value && ++times === 2) Object.assign(window, { keptAt: session.step });
      },
    });
  });
  await page.waitForFunction(() => "keptAt" in window);
  const at = await page.evaluate(() => /** @type {any} */ (window).keptAt);
  expect(at).toBeGreaterThan(5);
  const end = () => Promise.all(page.workers().map((worker) => worker.evaluate(() => self.close()).catch(() => {})));
  await end();
  await expect(page.locator("tilde-exhibit .notice p")).toContainText("The engine ended by itself");
  // It never was before that step again: the frame in which it was kept came a moment before or after.
  await expect.poll(kept).toBeGreaterThan(0);
  expect(await kept()).toBeGreaterThan(at - 5);
  await reached(page, at + 5);
  const { seed, settings } = await page.evaluate(() => {
    const { seed, settings } = /** @type {any} */ (document.querySelector("tilde-exhibit")).session;
    return { seed, settings };
  });
  expect(seed).toBe(7);
  expect(settings.noise).toBe(3);
  // If it only ends again, a person is asked.
  await end();
  await expect(page.locator("tilde-exhibit .notice p")).toContainText("ended by itself again");
  await page.getByRole("button", { name: "Try again" }).click();
  await reached(page, 5);
});

test("the library hears of it, and every call is refused with its code", async ({ page, site }) => {
  await page.goto(`${site}blank.html`);
  const asking = page.evaluate(async (address) => {
    const { Tilde } = await import(`${address}www/tilde.js`);
    const tilde = await Tilde.start({ backend: "cpu" });
    const run = await tilde.open("gan2d", { seed: 1 });
    Object.assign(globalThis, { ready: true });
    const code = (/** @type {any} */ error) => error.code;
    const training = await run.train(1e9).catch(code);
    const { code: heard } = await tilde.ended;
    return { training, heard, later: await run.metrics().catch(code), opened: await tilde.open("gan2d").catch(code) };
  }, site);
  await page.waitForFunction(() => "ready" in globalThis);
  await page.workers()[0].evaluate(() => self.close());
  expect(await asking).toEqual({
    training: "engine-ended",
    heard: "engine-ended",
    later: "engine-ended",
    opened: "engine-ended",
  });
});
