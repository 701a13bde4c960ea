// The library as others script it: what it promises, and what it refuses.

import { expect, test } from "./site.js";

test("open, train, sample, set, reset, abort, close", async ({ page, site }) => {
  await page.goto(`${site}blank.html`);
  const result = await page.evaluate(async (base) => {
    const { Tilde } = await import(`${base}www/tilde.js`);
    const tilde = await Tilde.start({ backend: "cpu" });
    const run = await tilde.open("gan2d", { seed: 7, settings: { noise: 3 } });
    const trained = await run.train(20);
    const samples = await run.sample(10, { seed: 1 });
    const again = await run.sample(10, { seed: 1 });
    await run.set("learning_rate", 0.001);
    const kept = (await run.metrics()).step;
    await run.set("noise", 4);
    const rebuilt = (await run.metrics()).step;
    await run.reset({ seed: 8 });
    const controller = new AbortController();
    const long = run.train(1e7, { signal: controller.signal }).then(
      () => "finished",
      (/** @type {Error} */ error) => error.name,
    );
    setTimeout(() => controller.abort(), 100);
    const aborted = await long;
    run.close();
    const closed = await run.metrics().catch((/** @type {any} */ error) => error.code);
    tilde.close();
    const gone = await tilde.open("gan2d").catch((/** @type {any} */ error) => error.code);
    return {
      backend: run.backend,
      trained,
      shape: samples.shape,
      same: String(samples.data) === String(again.data),
      kept,
      rebuilt,
      aborted,
      closed,
      gone,
    };
  }, site);
  expect(result).toMatchObject({
    backend: "cpu",
    shape: [10, 2],
    same: true,
    kept: 20,
    rebuilt: 0,
    aborted: "AbortError",
    closed: "closed",
    gone: "closed",
  });
  expect(result.trained.step).toBe(20);
  for (const value of Object.values(result.trained)) expect(Number.isFinite(value)).toBe(true);
});

test("what does not fit is refused with its code", async ({ page, site }) => {
  await page.goto(`${site}blank.html`);
  const codes = await page.evaluate(async (base) => {
    const { Tilde } = await import(`${base}www/tilde.js`);
    const tilde = await Tilde.start({ backend: "cpu" });
    const run = await tilde.open("vae", { seed: 1 });
    const code = (/** @type {Promise<unknown>} */ promise) =>
      promise.then(
        () => "accepted",
        (/** @type {any} */ error) => error.code,
      );
    const image = (/** @type {number} */ value) => new Float32Array(64).fill(value);
    const found = {
      exhibit: await code(tilde.open("nothing")),
      setting: await code(tilde.open("vae", { settings: { colour: 1 } })),
      nan: await code(run.set("beta", NaN)),
      range: await code(run.set("beta", -1)),
      text: await code(run.set("beta", "4")),
      seed: await code(tilde.open("vae", { seed: -1 })),
      shape: await code(tilde.open("vae", { data: { images: image(0), shape: [1, 8, 9] } })),
      outside: await code(tilde.open("vae", { data: { images: image(2), shape: [1, 8, 8] } })),
      notFinite: await code(tilde.open("vae", { data: { images: image(NaN), shape: [1, 8, 8] } })),
      kind: await code(tilde.open("vae", { data: { points: new Float32Array(4), shape: [2, 2] } })),
      count: await code(run.train(-1)),
      phase: await code(run.step("sideways")),
      view: await code(run.view("nothing")),
      file: await code(run.load(new Uint8Array(100))),
      backend: await code(Tilde.start({ backend: "abacus" })),
    };
    tilde.close();
    return found;
  }, site);
  expect(codes).toEqual({
    exhibit: "unknown-exhibit",
    setting: "bad-setting",
    nan: "bad-setting",
    range: "bad-setting",
    text: "bad-setting",
    seed: "bad-setting",
    shape: "bad-data",
    outside: "bad-data",
    notFinite: "bad-data",
    kind: "bad-data",
    count: "bad-setting",
    phase: "bad-setting",
    view: "bad-setting",
    file: "bad-file",
    backend: "bad-setting",
  });
});
