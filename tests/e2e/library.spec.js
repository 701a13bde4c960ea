// The library as others script it: what it promises, and what it refuses.

import { readFileSync } from "node:fs";
import { CODES } from "../../www/errors.js";
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

test("another seed is a fresh start, whatever the data; a file goes on from it", async ({ page, site }) => {
  await page.goto(`${site}blank.html`);
  const found = await page.evaluate(async (base) => {
    const { Tilde } = await import(`${base}www/tilde.js`);
    const tilde = await Tilde.start({ backend: "cpu" });
    const again = await tilde.open("vae", { seed: 7 });
    await again.reset({ seed: 9 });
    const fresh = await tilde.open("vae", { seed: 9 });
    const [a, b] = [await again.train(5), await fresh.train(5)];
    await fresh.load(await again.save());
    const [c, d] = [await again.train(5), await fresh.train(5)];
    const titles = tilde.exhibits.map((/** @type {any} */ card) => card.title);
    tilde.close();
    return {
      started: [a, b].map((each) => JSON.stringify(each)),
      wentOn: [c, d].map((each) => JSON.stringify(each)),
      titles,
    };
  }, site);
  expect(found.started[0]).toBe(found.started[1]);
  expect(found.wentOn[0]).toBe(found.wentOn[1]);
  expect(found.titles).toContain("Variational autoencoder");
});

test("data of one's own, painted or given, are what the settings say, and outlive a rebuild", async ({
  page,
  site,
}) => {
  await page.goto(`${site}blank.html`);
  const found = await page.evaluate(async (base) => {
    const { Tilde } = await import(`${base}www/tilde.js`);
    const tilde = await Tilde.start({ backend: "cpu" });
    const first = async (/** @type {any} */ run) => [...(await run.view("points")).layers[0].data];
    const near = (/** @type {number[]} */ values) => values.every((value) => Math.abs(value - 1) < 0.5);
    const painted = await tilde.open("gan2d", { seed: 1 });
    await painted.act("brush", { points: Float32Array.of(1, 1) });
    const choice = painted.settings.data;
    await painted.set("noise", 3);
    const rebuilt = near(await first(painted));
    await painted.reset({ seed: 2 });
    const reset = near(await first(painted));
    const given = await tilde.open("gan2d", {
      seed: 1,
      data: { points: new Float32Array(40).fill(1), shape: [20, 2] },
    });
    const named = given.settings.data;
    await given.set("data", "spiral");
    await given.set("noise", 3);
    const spiral = near(await first(given));
    await given.set("data", "drawn");
    const back = near(await first(given));
    const images = { images: new Float32Array(40 * 64), shape: [40, 8, 8] };
    const vae = await tilde.open("vae", { seed: 1, data: images });
    await vae.set("data", "strokes");
    const { shape } = await vae.sample(1);
    tilde.close();
    return { choice, rebuilt, reset, named, spiral, back, shape };
  }, site);
  expect(found).toEqual({
    choice: "drawn",
    rebuilt: true,
    reset: true,
    named: "drawn",
    spiral: false,
    back: true,
    shape: [1, 28, 28],
  });
});

test("weights of a text keep their characters before another text", async ({ page, site }) => {
  await page.goto(`${site}blank.html`);
  const { remark, lacked, losses } = await page.evaluate(async (base) => {
    const { Tilde } = await import(`${base}www/tilde.js`);
    const tilde = await Tilde.start({ backend: "cpu" });
    const settings = { width: 16, layers: 1, heads: 2, context: 16, batch: 4, characters: 20_000 };
    // More than a megabyte: the file names it, and does not hold it.
    const run = await tilde.open("gpt", { seed: 1, settings, data: { text: "ab ba bab. ".repeat(100_000) } });
    await run.train(40);
    const weights = await run.save();
    const losses = [(await run.metrics()).test_loss];
    run.close();
    const other = await tilde.open("gpt", { seed: 1, settings, data: { text: "xab bax bab. ".repeat(500) } });
    const { remark } = await other.load(weights);
    losses.push((await other.metrics()).test_loss);
    const lacked = await other.act("sentence", { text: "x" }).catch((/** @type {Error} */ error) => error.message);
    tilde.close();
    return { remark, lacked, losses };
  }, site);
  expect(remark).toContain("a text of 1,100,000 characters of your own");
  expect(remark).toContain("Characters that the weights do not know are left out");
  // Without its x the other text is the same one.
  expect(Math.abs(losses[1] - losses[0])).toBeLessThan(0.05);
  expect(lacked).toContain("never seen 'x'");
});

test("closing a run ends its training, and leaves the worker to the others", async ({ page, site }) => {
  await page.goto(`${site}blank.html`);
  const codes = await page.evaluate(async (base) => {
    const { Tilde } = await import(`${base}www/tilde.js`);
    const tilde = await Tilde.start({ backend: "cpu" });
    const [run, other] = [await tilde.open("gan2d"), await tilde.open("rbm")];
    const long = run.train(1e7).catch((/** @type {any} */ error) => error.code);
    run.close();
    const found = [await long, (await other.train(1)).step];
    tilde.close();
    return found;
  }, site);
  expect(codes).toEqual(["closed", 1]);
});

test("a broken file of weights is a bad file, whatever is wrong with it", async ({ page, site }) => {
  await page.goto(`${site}blank.html`);
  const found = await page.evaluate(async (base) => {
    const { Tilde } = await import(`${base}www/tilde.js`);
    const { read, write } = await import(`${base}www/safetensors.js`);
    const tilde = await Tilde.start({ backend: "cpu" });
    const run = await tilde.open("rbm", { seed: 1 });
    await run.train(3);
    const good = await run.save();
    const { tensors, metadata } = read(good);
    const [first, ...rest] = tensors;
    const header = (/** @type {string} */ text) => {
      const bytes = new Uint8Array(8 + text.length);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
      bytes.set(new TextEncoder().encode(text), 8);
      return bytes;
    };
    const poisoned = first.data.slice();
    poisoned[0] = NaN;
    /** @type {Record<string, unknown>} */
    const files = {
      nothing: undefined,
      buffer: good.buffer,
      "null header": header("null"),
      "null metadata": header('{"__metadata__":null}'),
      "null offsets": header('{"w":{"dtype":"F32","shape":[1],"data_offsets":null}}'),
      "negative shape": header('{"w":{"dtype":"F32","shape":[-1,-0],"data_offsets":[0,0]}}'),
      longer: new Uint8Array([...good, 0, 0, 0, 0]),
      NaN: write([{ ...first, data: poisoned }, ...rest], metadata),
      fewer: write(rest, metadata),
      "no settings": write(tensors, { ...metadata, settings: "null" }),
      "wrong setting": write(tensors, { ...metadata, settings: '{"hidden":1e9}' }),
      "wrong seed": write(tensors, { ...metadata, seed: "x" }),
    };
    const codes = [];
    for (const [name, file] of Object.entries(files))
      codes.push(`${name}: ${await run.load(file).catch((/** @type {any} */ error) => error.code)}`);
    const { step } = await run.train(1);
    tilde.close();
    return { codes, step };
  }, site);
  for (const code of found.codes) expect(code).toMatch(/: bad-file$/);
  expect(found.step).toBe(4);
});

test("README.md names every code, and no other", () => {
  const list = readFileSync(new URL("../../README.md", import.meta.url), "utf8").match(
    /stable `code`: (.*?) Its message/,
  )?.[1];
  expect([...(list?.matchAll(/`([\w-]+)`/g) ?? [])].map(([, code]) => code).sort()).toEqual([...CODES].sort());
});

test("whatever is passed, a call is refused with words and a code, and the run goes on", async ({ page, site }) => {
  await page.goto(`${site}blank.html`);
  const found = await page.evaluate(async (base) => {
    const { Tilde } = await import(`${base}www/tilde.js`);
    /** @type {string[]} */
    const unhandled = [];
    addEventListener("unhandledrejection", (event) => unhandled.push(String(event.reason)));
    const tilde = await Tilde.start({ backend: "cpu" });
    const run = await tilde.open("gan2d", { seed: 1 });
    const loop = /** @type {any} */ ({});
    loop.self = loop;
    const gone = new Float32Array(2);
    structuredClone(gone, { transfer: [gone.buffer] });
    /** @type {any[]} */
    const odd = [null, 1, "x", true, NaN, Infinity, -1, 2 ** 40, 0.5, 10n, Symbol("s"), () => {}, loop, [], [null], gone, new Date(NaN), Object.create(null), new Proxy({}, {})]; // prettier-ignore
    const calls = /** @type {Record<string, (x: any) => unknown>} */ ({
      start: (x) => Tilde.start(x).then((/** @type {any} */ started) => started.close()),
      "start backend": (x) => Tilde.start({ backend: x }).then((/** @type {any} */ started) => started.close()),
      "start build": (x) =>
        Tilde.start({ backend: "cpu", build: x }).then((/** @type {any} */ started) => started.close()),
      open: (x) => tilde.open(x),
      "open options": (x) => tilde.open("gan2d", x).then((/** @type {any} */ opened) => opened.close()),
      "open seed": (x) => tilde.open("gan2d", { seed: x }).then((/** @type {any} */ opened) => opened.close()),
      "open settings": (x) => tilde.open("gan2d", { settings: x }).then((/** @type {any} */ opened) => opened.close()),
      "open data": (x) => tilde.open("gan2d", { data: x }).then((/** @type {any} */ opened) => opened.close()),
      "open points": (x) => tilde.open("gan2d", { data: { points: x, shape: x } }),
      "open inputs": (x) => tilde.open("gan2d", { inputs: x }).then((/** @type {any} */ opened) => opened.close()),
      "open input": (x) => tilde.open("gan2d", { inputs: [{ id: "brush", payload: x }] }),
      "open backend": (x) => tilde.open("gan2d", { backend: x }),
      parse: (x) => tilde.parse(x, new Uint8Array(4)),
      "parse bytes": (x) => tilde.parse("a.csv", x),
      "train count": (x) =>
        x === 1 || x === 2 ** 40 ? Promise.reject(Object.assign(new Error(), { code: "fine" })) : run.train(x),
      "train options": (x) => run.train(1, x),
      "train signal": (x) => run.train(1, { signal: x }),
      "train onprogress": (x) => run.train(1, { onprogress: x }),
      sample: (x) => run.sample(x),
      "sample options": (x) => run.sample(1, x),
      "sample seed": (x) => run.sample(1, { seed: x }),
      metrics: (x) => run.metrics(x),
      set: (x) => run.set(x, 1),
      "set value": (x) => run.set("learning_rate", x),
      change: (x) => run.change(x),
      step: (x) => run.step(x),
      act: (x) => run.act(x, {}),
      "act payload": (x) => run.act("brush", x),
      "act points": (x) => run.act("brush", { points: x }),
      view: (x) => run.view(x),
      reset: (x) => run.reset(x),
      "reset seed": (x) => run.reset({ seed: x }),
      load: (x) => run.load(x),
      listen: async (x) => run.listen(x),
      "listen frame": async (x) => run.listen({ frame: x }),
      play: (x) => run.play(x).then(() => run.pause()),
      "play views": (x) => run.play({ views: x }).then(() => run.pause()),
      "play pace": (x) => run.play({ pace: x }).then(() => run.pause()),
      "play until": (x) => run.play({ until: x }).then(() => run.pause()),
      frame: (x) => run.frame(x),
    });
    const answers = [];
    for (const [name, call] of Object.entries(calls))
      for (const x of odd) {
        const answer = await Promise.resolve()
          .then(() => call(x))
          .then(
            () => "accepted",
            (/** @type {any} */ error) => `${error?.code}: ${error?.message}`,
          );
        answers.push(`${name} ${typeof x} → ${answer}`);
      }
    run.listen({});
    const { step } = await run.metrics();
    const after = (await run.train(2)).step;
    await new Promise((resolve) => setTimeout(resolve, 50));
    tilde.close();
    return { answers, unhandled, more: after - step };
  }, site);
  const known = new RegExp(`→ (accepted|fine: |(${CODES.filter((code) => code !== "internal").join("|")}): .{10,})`);
  expect(found.answers.filter((answer) => !known.test(answer))).toEqual([]);
  expect(found.answers.find((answer) => answer.startsWith("sample number → bad-setting"))).toBeDefined();
  expect(found.unhandled).toEqual([]);
  expect(found.more).toBe(2);
});

test("an abort rejects with its own reason, and what a listener throws is reported and ends nothing", async ({
  page,
  site,
}) => {
  await page.goto(`${site}blank.html`);
  const found = await page.evaluate(async (base) => {
    const { Tilde } = await import(`${base}www/tilde.js`);
    /** @type {string[]} */
    const reported = [];
    addEventListener("error", (event) => {
      event.preventDefault();
      reported.push(event.error?.message);
    });
    addEventListener("unhandledrejection", (event) => reported.push(`unhandled ${event.reason}`));
    const tilde = await Tilde.start({ backend: "cpu" });
    const run = await tilde.open("gan2d", { seed: 1 });
    const own = new Error("of my own");
    const reasons = [];
    for (const reason of [own, "words", null, 0, undefined]) {
      const controller = new AbortController();
      const trained = run.train(1e7, { signal: controller.signal }).then(
        () => "finished",
        (/** @type {any} */ why) => why,
      );
      setTimeout(() => controller.abort(reason), 20);
      const why = await trained;
      reasons.push(why === reason ? "the same" : why?.name);
      // Too late to be heard.
      reasons.push(
        await run
          .train(1, { signal: controller.signal })
          .catch((/** @type {any} */ e) => (e === reason ? "the same" : e?.name)),
      );
    }
    const progress = await run.train(30, {
      onprogress: () => {
        throw new Error("progress");
      },
    });
    let frames = 0;
    run.listen({
      frame: () => {
        frames++;
        throw new Error("frame");
      },
    });
    await run.play({ views: [], until: 1e6, every: 0 });
    const start = performance.now();
    while (frames < 5 && performance.now() - start < 10_000) await new Promise((resolve) => setTimeout(resolve, 50));
    await run.pause();
    tilde.close();
    return { reasons, frames, step: progress.step, reported: [...new Set(reported)] };
  }, site);
  const same = ["the same", "the same"];
  expect(found.reasons).toEqual([...same, ...same, ...same, ...same, "AbortError", "AbortError"]);
  expect(found.frames).toBeGreaterThanOrEqual(5);
  expect(found.step).toBeGreaterThanOrEqual(30);
  expect(found.reported).toEqual(["progress", "frame"]);
});
