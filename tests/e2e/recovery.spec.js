// What goes wrong in the real modules, and how the page goes on: weights that stop being numbers, GPUs that are
// lost, files that do not come, models that cannot take the place of another, and work that takes long.

import { CARDS, expect, metrics, open, reached, settled, test } from "./site.js";

/** @typedef {import("@playwright/test").Page} Page */

/**
 * The page's worker, whose engines the test can reach. "poison" writes NaN over all float state once it next
 * trains; "lose" destroys the GPU's devices, and with "gone" no other is found; from "blind" to "seeing" no model that is
 * opened can be drawn. It says what it has heard.
 */
const WORKER = `
import { serve } from "./engine/serve.js";
import { loaders } from "./load.js";

const [devices, loaded] = [new Set(), new Set()];
let [poisoned, gone] = [false, false];
const orders = new BroadcastChannel("orders");
orders.onmessage = ({ data }) => {
  if (data === "blind" || data === "seeing") globalThis.blind = data === "blind";
  if (data === "poison") poisoned = true;
  if (data === "gone") gone = true;
  if (data === "lose") for (const device of devices) device.destroy();
  if (data === "lose") devices.clear();
  orders.postMessage({ heard: data });
};
const request = globalThis.GPUAdapter?.prototype.requestDevice;
if (request)
  GPUAdapter.prototype.requestDevice = async function (...args) {
    if (gone) throw new Error("There is no GPU any more.");
    const device = await request.apply(this, args);
    devices.add(device);
    return device;
  };
/** The engine, which spoils what is trained on it when it is told to. */
function spoilt(engine) {
  const words = new Map();
  const keep = (answer) => (words.set(answer[0], answer[1]), answer);
  return {
    load: (program) => {
      const answer = engine.load(program);
      return answer instanceof Promise ? answer.then(keep) : keep(answer);
    },
    run: (handle, schedule, times) => {
      engine.run(handle, schedule, times);
      if (!poisoned) return;
      poisoned = false;
      engine.write(handle, 0, 0, new Uint32Array(words.get(handle)).fill(0x7fc00000));
    },
    write: (...args) => engine.write(...args),
    read: (...args) => engine.read(...args),
    finite: (handle) => engine.finite(handle),
    free: (handle) => engine.free(handle),
  };
}
serve(self, (base, wanted) => {
  const all = loaders(base, wanted);
  return { ...all, engine: async (backend) => spoilt(await all.engine(backend)) };
});
`;

/** @param {Page} page */
async function reachable(page) {
  await page.route("**/www/worker.js", (route) => route.fulfill({ contentType: "text/javascript", body: WORKER }));
  await page.route("**/www/engine/run.js", async (route) => {
    const text = await (await route.fetch()).text();
    const opened = "  if (queue) queues.set(web, queue);";
    expect(text).toContain(opened);
    const body = text.replace(
      opened,
      `  if (globalThis.blind)
    web.frame = () => Promise.reject(Object.assign(new Error("No picture."), { code: "not-finite" }));
${opened}`,
    );
    await route.fulfill({ contentType: "text/javascript", body });
  });
}

/** Tells the worker, and waits until it has heard. @param {Page} page @param {"poison"|"lose"|"gone"|"blind"|"seeing"} what */
const order = (page, what) =>
  page.evaluate(
    (what) =>
      new Promise((resolve) => {
        const channel = new BroadcastChannel("orders");
        channel.onmessage = ({ data }) => {
          if (data.heard !== what) return;
          channel.close();
          resolve(undefined);
        };
        channel.postMessage(what);
      }),
    what,
  );

/** @param {Page} page @param {string} text */
const notice = (page, text) => page.locator(".notice", { hasText: text });

/** The session behind the page. @param {Page} page */
const state = (page) =>
  page.evaluate(() => {
    const { playing, settings, step, run } = /** @type {any} */ (document.querySelector("tilde-exhibit")).session;
    return { playing, settings, step, status: run.status };
  });

/** Whether all that a checkpoint would hold is finite. @param {Page} page */
const sound = (page) =>
  page.evaluate(async () => {
    const { session } = /** @type {any} */ (document.querySelector("tilde-exhibit"));
    const { read } = await import(new URL("./www/safetensors.js", location.href).href);
    const { tensors } = read(await session.save()); // refuses numbers that are not finite
    return tensors.length > 0;
  });

/** The address of an exhibit with its settings for tests. @param {import("../../www/protocol.js").Card} card */
const small = ({ id, small }) => `#/${id}?${new URLSearchParams(small)}&backend=cpu`;

const gan = /** @type {import("../../www/protocol.js").Card} */ (CARDS.find(({ id }) => id === "gan2d"));

test.describe("a divergence", () => {
  test("is told, rolled back, and gone on from with the lower rate", async ({ page, site }) => {
    test.setTimeout(180_000);
    await reachable(page);
    const rate = 0.05;
    await page.goto(
      `${site}#/denoising?learning_rate=${rate}&schedule=false&sigma=0.05&batch=16&hidden=512&layers=1&backend=cpu`,
    );
    await reached(page, 20);
    await order(page, "poison");
    const button = notice(page, "Training diverged").getByRole("button", { name: "Continue with" });
    await expect(button).toBeVisible({ timeout: 60_000 });
    await settled(page);
    const { step, playing } = await state(page);
    expect(playing).toBe(false);
    expect(await sound(page)).toBe(true);
    await button.click();
    await reached(page, step + 20);
    const after = await state(page);
    expect(after.settings.learning_rate).toBeLessThan(rate);
    expect(after.status.settings.learning_rate).toBe(after.settings.learning_rate);
    await expect(notice(page, "Training diverged")).toHaveCount(0);
    expect((await metrics(page)).loss).toBeGreaterThan(0);
  });
});

test.describe("a GPU that is lost", () => {
  for (const [count, times] of /** @type {[number, string][]} */ ([
    [3, "three times"],
    [20, "twenty times @slow"],
  ]))
    test(`${times}: training goes on by itself each time, at most five seconds back`, async ({ page, site }) => {
      test.setTimeout(60_000 + count * 60_000);
      await reachable(page);
      await page.addInitScript(() => {
        /** When which step was seen. @type {[number, number][]} */
        const seen = [];
        Object.assign(window, { seen });
        const note = (/** @type {any} */ { detail }) => seen.push([performance.now(), detail.metrics.step]);
        addEventListener("tilde:step", note, true);
      });
      await page.goto(site + small(gan).replace("backend=cpu", "backend=webgpu"));
      await reached(page, 2, 60_000);
      expect((await state(page)).status.backend).toBe("webgpu");
      // Slow enough for all of it, and longer than what may be lost.
      await page.getByLabel("Speed").selectOption("steady");
      await page.waitForTimeout(7000);
      for (let loss = 0; loss < count; loss++) {
        const { step, at } = await page.evaluate(() => {
          const { session } = /** @type {any} */ (document.querySelector("tilde-exhibit"));
          return { step: session.step, at: performance.now() };
        });
        await order(page, "lose");
        const told = notice(page, "The GPU was lost");
        await told.waitFor({ timeout: 60_000 });
        const after = await state(page);
        expect(after.playing).toBe(true);
        expect(after.status.backend).toBe("webgpu");
        // How long ago the first step was seen that is lost, and the longest that one had to wait for another.
        const { back, pause } = await page.evaluate(
          ({ at, kept }) => {
            const before = /** @type {any} */ (window).seen.filter((/** @type {number[]} */ [when]) => when <= at);
            const first = before.findLastIndex((/** @type {number[]} */ [, step]) => step <= kept) + 1;
            const times = [...before.slice(first).map((/** @type {number[]} */ [when]) => when), at];
            return { back: at - times[0], pause: Math.max(0, ...times.slice(1).map((when, i) => when - times[i])) };
          },
          { at, kept: after.step },
        );
        // It is looked at between two slices: what a slow machine takes for one comes on top.
        expect(back).toBeLessThan(5000 + pause);
        await told.getByRole("button", { name: "Close" }).click();
        // Beyond where it was.
        await reached(page, step + 3, 60_000);
      }
    });

  test("and does not come back: the CPU takes over", async ({ page, site }) => {
    test.setTimeout(120_000);
    await reachable(page);
    await page.goto(site + small(gan).replace("backend=cpu", "backend=webgpu"));
    await reached(page, 5);
    const { step } = await state(page);
    await order(page, "gone");
    await order(page, "lose");
    await expect.poll(async () => (await state(page)).status.backend, { timeout: 60_000 }).toBe("cpu");
    await reached(page, step + 5);
    expect((await state(page)).status.why).toBe("gpu-lost");
  });
});

/**
 * Lets the first `count` requests for an address fail.
 * @param {Page} page @param {string} glob @param {number} count
 * @returns {Promise<() => number>} how many there were
 */
async function failing(page, glob, count) {
  let asked = 0;
  await page.route(glob, (route) => (asked++ < count ? route.abort() : route.fallback()));
  return () => asked;
}

const FILES = [
  ["the words of an exhibit", "**/words/en/gan2d.json"],
  ["the shared words", "**/words/en/common.json"],
  ["the page's words", "**/words/en/ui.json"],
  ["a style sheet", "**/www/exhibit.css"],
  ["the cards", "**/pkg/cards.json"],
  ["the engine", "**/pkg/engine/*.wasm"],
  ["the exhibits' glue", "**/pkg/exhibits/tilde_web.js*"],
  ["the exhibits", "**/pkg/exhibits/tilde_web_bg.wasm"],
  ["a part of the exhibits", "**/pkg/exhibits/gan2d.wasm"],
];

test.describe("a file that does not come", () => {
  // A request that fails is an error on the console, whatever becomes of it.
  test.use({ quietly: false });

  for (const [name, glob] of FILES)
    test(`${name}: the page tries three times by itself, and "Try again" really tries`, async ({ page, site }) => {
      const asked = await failing(page, glob, 5);
      await page.goto(`${site}#/gan2d?backend=cpu`);
      const again = page.getByRole("button", { name: "Try again" });
      await expect(again).toBeVisible();
      expect(asked()).toBe(3);
      // Nothing trains unseen meanwhile.
      expect(await page.evaluate(() => /** @type {any} */ (document.querySelector("tilde-exhibit")).session)).toBe(
        undefined,
      );
      // Two more fail, and the page goes on by itself.
      await again.click();
      await expect(page.locator("tilde-exhibit .title")).toBeVisible();
      await reached(page, 5);
      expect(asked()).toBeGreaterThanOrEqual(6);
    });

  test("data: the page tries again by itself, then by hand", async ({ page, site }) => {
    await failing(page, "**/www/data/digits8-images.idx", 3);
    await page.goto(`${site}#/rbm?data=digits&backend=cpu`);
    await page.getByRole("button", { name: "Try again" }).click();
    await reached(page, 5);
  });

  test("a script of the page: it is loaded again by itself, then by hand", async ({ page, site }) => {
    await failing(page, "**/www/ui/session.js", 3);
    await page.goto(`${site}#/gan2d?backend=cpu`);
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.locator("tilde-exhibit .title")).toBeVisible();
    await reached(page, 5);
  });
});

// One visit of each exhibit.
for (const card of CARDS)
  test(`${card.id}: a model that cannot be drawn is not let in, and a divergence is rolled back`, async ({
    page,
    site,
  }) => {
    test.setTimeout(120_000);
    await reachable(page);
    await page.goto(site + small(card));
    await reached(page, 2);
    // Small models would be done before anything can happen to them.
    await page.getByLabel("Speed").selectOption("steady");

    await test.step("what cannot be drawn is not let in", async () => {
      await settled(page);
      const before = await state(page);
      const rebuilding = card.settings.find(({ live, id }) => !live && id !== "data");
      await order(page, "blind");
      const left = await page.evaluate(async (/** @type {any} */ id) => {
        const { session } = /** @type {any} */ (document.querySelector("tilde-exhibit"));
        const setting = session.card.settings.find((/** @type {any} */ each) => each.id === id);
        const saved = await session.save();
        /** @type {string[]} */
        const problems = [];
        session.addEventListener("problem", (/** @type {any} */ { detail }) => problems.push(detail.code));
        const other = (/** @type {any} */ { kind, choices, min, max }, /** @type {any} */ now) =>
          kind === "flag"
            ? !now
            : kind === "choice"
              ? choices.find((/** @type {any} */ c) => c !== now)
              : now === min
                ? max
                : min;
        if (setting) await session.change({ [id]: other(setting, session.settings[id]) });
        const settings = problems.splice(0);
        await session.load(saved);
        const weights = problems.splice(0);
        await session.reopen({ settings: session.settings });
        return { settings, weights, data: problems };
      }, rebuilding?.id);
      await order(page, "seeing");
      expect(left).toEqual({ settings: rebuilding ? ["bad-data"] : [], weights: ["bad-file"], data: ["bad-data"] });
      expect(await state(page)).toEqual(before);
      // And it trains on.
      await page.locator("button.play").click();
      await reached(page, before.step + 1);
    });

    if (card.tensors)
      await test.step("a divergence is told, rolled back, and gone on from", async () => {
        await order(page, "poison");
        const button = notice(page, "Training diverged").getByRole("button", { name: "Continue" });
        await expect(button).toBeVisible({ timeout: 60_000 });
        await settled(page);
        const { step } = await state(page);
        expect(await sound(page)).toBe(true);
        await button.click();
        await reached(page, step + 3);
        expect(await sound(page)).toBe(true);
      });
  });

test.describe("a model that would take the place of another", () => {
  test("gpt: a text too short for its context is refused, and the model that runs is kept", async ({ page, site }) => {
    await open(page, `${site}#/gpt?backend=cpu`);
    await reached(page, 2);
    await settled(page);
    const before = await state(page);
    const codes = await page.evaluate(async () => {
      const { session } = /** @type {any} */ (document.querySelector("tilde-exhibit"));
      /** @type {string[]} */
      const codes = [];
      session.addEventListener("problem", (/** @type {any} */ { detail }) => codes.push(detail.code));
      const context = session.card.settings.find((/** @type {any} */ { id }) => id === "context");
      await session.reopen({
        settings: { ...session.settings, context: context.max },
        data: { text: "To be, or not to be. ".repeat(52) },
      });
      return codes;
    });
    const after = await state(page);
    if (codes.length) expect(after).toEqual(before);
    // Either way there is a model, and it trains.
    await page.locator("button.play").click();
    await reached(page, after.step + 1);
  });
});

test.describe("what takes long", () => {
  test("steps that were asked for at once: there is something to see, how far they are, and a stop", async ({
    page,
    site,
  }) => {
    await open(page, `${site}#/gpt?steps=100000&backend=cpu`);
    const line = page.locator("p.progress");
    await expect(line).toContainText("of 100,000 steps");
    await expect(page.locator("[data-view] canvas").first()).toBeVisible();
    await expect.poll(async () => (await line.textContent()) ?? "").toMatch(/second/);
    await line.getByRole("button", { name: "Stop" }).click();
    await expect(line).toBeHidden();
    await settled(page);
    const { step, playing } = await state(page);
    expect(step).toBeLessThan(100_000);
    expect(playing).toBe(false);
  });
});

test("a message is read within a stretch or two, however long the work goes on", async ({ page, site }) => {
  await page.goto(`${site}blank.html`);
  const waits = await page.evaluate(async () => {
    const { Queue } = await import(new URL("www/engine/queue.js", location.href).href);
    let pieces = 0;
    const run = () => {
      pieces++;
      for (const start = performance.now(); performance.now() - start < 20;);
    };
    const queue = new Queue({ run, read: () => new Uint32Array(1) });
    queue.run(0, Uint32Array.of(1, 150), 1);
    const read = queue.read(0, 0, 0, 1);
    const { port1, port2 } = new MessageChannel();
    const waits = /** @type {number[]} */ ([]);
    port1.onmessage = ({ data }) => {
      waits.push(pieces - data);
      port2.postMessage(pieces);
    };
    port2.postMessage(pieces);
    await read;
    port1.close();
    return waits;
  });
  // Pieces of twenty milliseconds; a stretch is of fifty.
  expect(waits.length).toBeGreaterThan(20);
  expect(Math.max(...waits)).toBeLessThan(8);
});
