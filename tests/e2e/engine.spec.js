// Failures in the worker, with a model that fails on request. Runs without a page.

import { expect, test } from "@playwright/test";
import { Rate } from "../../www/engine/pace.js";
import { Player } from "../../www/engine/play.js";
import { Queue } from "../../www/engine/queue.js";
import { EngineRun } from "../../www/engine/run.js";
import * as safetensors from "../../www/safetensors.js";
import { ADDRESS_VERSION, format, parse, split } from "../../www/ui/address.js";
import { onClock } from "./clock.js";

/**
 * A model whose only weight is its step. From `breaks` on its weights are not finite, which the modules throw
 * whatever they are asked, and at `loses` its device goes. (The modules themselves diverge and lose their
 * devices in recovery.spec.js.)
 */
class Fake {
  step = 0;
  /** @type {number[]} */
  slices = [];
  backend = /** @type {"cpu"|"webgpu"} */ ("webgpu");
  description = "fake";
  freed = false;
  static breaks = Infinity;
  static loses = Infinity;
  /** Whether every device goes there, not the first alone. */
  static often = false;
  /** The step at which a costly figure alone is not finite. */
  static strays = Infinity;
  /** @type {Fake[]} */
  static opened = [];
  static async open(/** @type {string} */ _, /** @type {any} */ options) {
    const fake = new Fake();
    fake.backend = options.place.backend;
    Fake.opened.push(fake);
    return fake;
  }
  async train(/** @type {number} */ n) {
    this.slices.push(n);
    this.step += n;
    if (this.step >= Fake.breaks) throw broken();
    if (this.step < Fake.loses) return;
    if (!Fake.often) Fake.loses = Infinity;
    if (this.backend === "webgpu") throw Object.assign(new Error("The device was lost."), { code: "device-lost" });
  }
  async steps_done() {
    return this.step;
  }
  async metrics(/** @type {boolean} */ deep) {
    if (this.step >= Fake.breaks || (deep && this.step === Fake.strays)) throw broken();
    return { step: this.step, loss: 1 / (1 + this.step) };
  }
  async frame(/** @type {string[]} */ views, /** @type {boolean} */ deep) {
    const losses = { names: [], stride: 1, steps: new Uint32Array(), values: new Float32Array() };
    return { metrics: await this.metrics(deep), pictures: views.map(() => ({ layers: [] })), losses };
  }
  async inputs() {
    return [];
  }
  async alphabet() {
    return "";
  }
  async export_state() {
    return [{ name: "step", dtype: "F32", shape: [1], data: Float32Array.of(this.step) }];
  }
  async import_state(/** @type {{ data: Float32Array }[]} */ [{ data }]) {
    this.step = data[0];
  }
  free() {
    this.freed = true;
  }
}

const broken = () => Object.assign(new Error("The weights are not finite."), { code: "not-finite" });

/** @param {(notice: { code: string }) => void} [notice] */
async function open(notice = () => {}) {
  Object.assign(Fake, { breaks: Infinity, loses: Infinity, often: false, strays: Infinity, opened: [] });
  const engine = /** @type {any} */ ({
    modules: {
      card: () => ({ tensors: true, views: [], actions: [], settings: [] }),
      exhibit: async () => ({ WebRun: Fake }),
      place: async (/** @type {string} */ _, /** @type {string} */ backend) => ({ backend }),
    },
    assets: { of: async () => ({}) },
  });
  return EngineRun.open(engine, { exhibit: "fake", seed: 1, settings: { rate: 1 }, backend: "webgpu" }, notice);
}

const token = () => ({ aborted: false });

test("a loss that is no longer finite stops training and brings the last finite weights back", async () => {
  const run = await open();
  await run.train(10, token(), () => {});
  Fake.breaks = 15;
  await expect(run.train(10, token(), () => {})).rejects.toMatchObject({ code: "not-finite" });
  expect(await run.metrics(false)).toEqual({ step: 10, loss: 1 / 11 });
});

test("weights that are finite but lead to a divergence again make room for those before them", async () => {
  const run = await open();
  const step = async () => (await run.metrics(false)).step;
  const diverge = () => expect(run.train(1, token(), () => {})).rejects.toMatchObject({ code: "not-finite" });
  for (const steps of [10, 5, 5]) await run.train(steps, token(), () => {});
  Fake.breaks = 20;
  // Each call keeps the weights that it begins with.
  await expect(run.enqueue(() => run.metrics(false))).rejects.toMatchObject({ code: "not-finite" });
  expect(await step()).toBe(15);
  for (const known of [10, 0, 0]) {
    Fake.breaks = 0;
    await expect(run.enqueue(() => run.metrics(false))).rejects.toMatchObject({ code: "not-finite" });
    Fake.breaks = Infinity;
    expect(await step()).toBe(known);
  }
  await run.train(3, token(), () => {});
  Fake.breaks = 4;
  await diverge();
  expect(await step()).toBe(3);
});

test("a snapshot that is refused makes room for the one before it", async () => {
  const run = await open();
  for (const steps of [10, 5]) await run.train(steps, token(), () => {});
  await run.train(0, token(), () => {});
  const [fake] = Fake.opened;
  const take = fake.import_state;
  fake.import_state = async (state) => {
    if (state[0].data[0] === 15) throw Object.assign(new Error("'chain' is not finite."), { code: "bad-file" });
    return take.call(fake, state);
  };
  Fake.breaks = 0;
  await expect(run.enqueue(() => run.metrics(false))).rejects.toMatchObject({ code: "not-finite" });
  Fake.breaks = Infinity;
  expect((await run.metrics(false)).step).toBe(10);
});

test("a costly figure that alone is not finite is left out, and training goes on", async () => {
  const run = await open();
  Fake.strays = 10;
  await run.train(10, token(), () => {});
  expect(await run.metrics(true)).toEqual({ step: 10, loss: 1 / 11 });
  expect((await run.frame([], true)).metrics.step).toBe(10);
  expect(await run.train(5, token(), () => {})).toMatchObject({ step: 15 });
  // Without weights that are sound it is a divergence all the same.
  Fake.breaks = 15;
  await expect(run.metrics(true)).rejects.toMatchObject({ code: "not-finite" });
});

test("playing into a divergence ends with a frame of finite weights, and says why", async () => {
  const run = await open();
  /** @type {import("../../www/protocol.js").Frame[]} */
  const frames = [];
  /** @type {string[]} */
  const failures = [];
  const player = new Player(run, CARD, {
    frame: (frame) => frames.push(frame),
    fail: ({ code }) => failures.push(code),
  });
  Fake.breaks = 5;
  player.play({ views: [], pace: "full", phase: "", until: 1e6, every: 0 });
  await expect.poll(() => failures).toEqual(["not-finite"]);
  await player.pause();
  expect(frames.at(-1)).toMatchObject({ playing: false, stopped: "not-finite" });
  expect(frames.at(-1)?.metrics.loss).toBeGreaterThan(0);
});

for (const pace of /** @type {const} */ (["rising", "full"]))
  test(`playing stops at its budget, and never runs ahead of the page by more than a frame, ${pace}`, async () => {
    const run = await open();
    /** @type {import("../../www/protocol.js").Frame[]} */
    const frames = [];
    let ended = 0;
    await onClock(10_000, (clock) => {
      const frame = (/** @type {import("../../www/protocol.js").Frame} */ frame) => {
        frames.push(frame);
        ended = clock.now;
      };
      const player = new Player(run, CARD, { frame, fail: () => {} });
      player.play({ views: [], pace, phase: "", until: 500, every: 0 });
    });
    expect(frames.at(-1)?.stopped).toBe("until");
    // A model whose steps cost nothing is slowed down, so that it can be watched, unless somebody chose full speed.
    if (pace === "rising") expect(ended).toBeGreaterThan(3500);
    expect(ended).toBeLessThan(pace === "rising" ? 7500 : 100);
    expect(frames.at(-1)?.metrics.step).toBe(500);
    // The first frame was not acknowledged, so only the last one follows it.
    expect(frames.length).toBe(2);
  });

test("a rate counts all the time between two slices", () => {
  const steady = new Rate();
  for (let i = 0; i < 50; i++) steady.begins(100 * i, 1);
  expect(steady.value).toBeCloseTo(10, 9);
  // Ten slices of ten milliseconds, then a picture of a hundred: fifty a second, at every moment.
  const drawn = new Rate();
  let [at, low, high] = [0, Infinity, 0];
  for (let i = 0; i < 200; i++) {
    drawn.begins(at, 1);
    at += i % 10 === 9 ? 110 : 10;
    if (i > 100) [low, high] = [Math.min(low, drawn.value), Math.max(high, drawn.value)];
  }
  expect(low).toBeGreaterThan(43);
  expect(high).toBeLessThan(58);
});

/** What a player asks a card. */
const CARD = { phases: [], budget: 1000, views: [] };

/**
 * Plays for so long, and acknowledges each frame.
 * @param {EngineRun} run
 * @param {number} ms
 * @param {"steady"|"full"|"rising"} pace
 * @param {import("../../www/protocol.js").View[]} [views] of the card, all of which are wanted
 */
async function played(run, ms, pace, views = []) {
  /** @type {import("../../www/protocol.js").Frame[]} */
  const frames = [];
  /** @type {Player} */
  const player = new Player(
    run,
    { ...CARD, views },
    {
      frame: (frame) => {
        frames.push(frame);
        player.acknowledge();
      },
      fail: () => {},
    },
  );
  await onClock(ms, async () => {
    player.play({ views: views.map(({ id }) => id), pace, phase: "", until: 1e6, every: 40 });
    await new Promise((resolve) => setTimeout(resolve, ms));
    await player.pause();
  });
  return frames;
}

test("each frame has the large picture and its twin, and one of the others in turn", async () => {
  const run = await open();
  const views = ["film", "samples", "forward", "losses"].map((id) => ({
    id,
    twin: id === "forward" ? "left" : "none",
  }));
  const frames = await played(run, 2000, "steady", /** @type {any} */ (views));
  const sent = frames.map(({ views }) => Object.keys(views));
  // The first and the last have all.
  expect([sent[0].length, sent.at(-1)?.length]).toEqual([4, 4]);
  const between = sent.slice(1, -1);
  expect(between.length).toBeGreaterThan(4);
  for (const ids of between) expect(ids.slice(0, 2)).toEqual(["film", "forward"]);
  const turns = between.map((ids) => ids.slice(2).join());
  expect(turns.filter((id, i) => id !== turns[i % 2])).toEqual([]);
  expect(new Set(turns)).toEqual(new Set(["samples", "losses"]));
});

for (const [what, ms] of /** @type {[string, number][]} */ ([
  ["", 0],
  ["whose steps take half of the time", 50],
]))
  test(`ten steps a second are ten by the clock on the wall, and are said to be: a model ${what}`, async () => {
    const run = await open();
    Fake.opened[0].train = async function (n) {
      await new Promise((resolve) => setTimeout(resolve, ms));
      this.step += n;
    };
    const frames = await played(run, 10_000, "steady");
    const { metrics, rate } = /** @type {import("../../www/protocol.js").Frame} */ (frames.at(-1));
    expect(Math.abs(metrics.step - 100)).toBeLessThanOrEqual(2);
    expect(Math.abs(rate - 10)).toBeLessThan(0.2);
  });

test("a run that rises shows its first steps one by one, and is soon at full speed", async () => {
  const run = await open();
  const frames = await played(run, 12_000, "rising");
  const steps = frames.map(({ metrics }) => metrics.step);
  // In the first second it does fifteen, of which each is seen.
  expect(steps.slice(0, 12)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  // It doubles every second: so after 10 s it has done 10/ln 2 · 2¹⁰ of them.
  const after = (/** @type {number} */ s) => (10 / Math.LN2) * (2 ** s - 1);
  expect(steps.at(-1)).toBeGreaterThan(after(11));
  expect(steps.at(-1)).toBeLessThan(after(12.5));
});

test("at full speed the rate that is said is that of the clock on the wall, frames and all", async () => {
  const run = await open();
  const fake = Fake.opened[0];
  const frame = fake.frame.bind(fake);
  /** When which step was done. @type {[number, number][]} */
  const done = [];
  // A picture that takes as long as ten steps.
  fake.frame = async (views, deep) => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return frame(views, deep);
  };
  fake.train = async function (n) {
    await new Promise((resolve) => setTimeout(resolve, 10 * n));
    this.step += n;
    done.push([performance.now(), this.step]);
  };
  const frames = await played(run, 10_000, "full");
  const [[start, from], [end, to]] = [done[0], done[done.length - 2]];
  const wall = (1000 * (to - from)) / (end - start);
  const said = frames.filter(({ metrics }) => metrics.step > from + 100).map(({ rate }) => rate);
  const mean = said.reduce((sum, rate) => sum + rate, 0) / said.length;
  expect(said.length).toBeGreaterThan(20);
  expect(Math.abs(mean / wall - 1)).toBeLessThan(0.1);
});

test("costly figures come soon after the start, and take a twentieth of the time in the long run", async () => {
  const run = await open();
  const fake = Fake.opened[0];
  const frame = fake.frame.bind(fake);
  /** When each of them was asked for. @type {number[]} */
  const asked = [];
  const start = performance.now();
  fake.frame = async (views, deep) => {
    if (deep) asked.push(performance.now());
    if (deep) await new Promise((resolve) => setTimeout(resolve, 1500));
    return frame(views, deep);
  };
  fake.train = async function (n) {
    await new Promise((resolve) => setTimeout(resolve, 10 * n));
    this.step += n;
  };
  await played(run, 300_000, "full");
  // Within a quarter of a minute three times, each after a longer pause than the one before.
  const at = asked.map((time) => time - start);
  expect(at[0]).toBeLessThan(1000);
  expect(at[1]).toBeLessThan(6500);
  expect(at[2]).toBeLessThan(15_000);
  const late = at.filter((time) => time > 60_000);
  const share = (1500 * (late.length - 1)) / (late[late.length - 1] - late[0]);
  expect(share).toBeGreaterThan(0.03);
  expect(share).toBeLessThan(0.055);
});

test("playing anew starts with small slices: the model may be a far larger one", async () => {
  const run = await open();
  const player = new Player(run, CARD, { frame: () => {}, fail: () => {} });
  const options = { views: [], pace: /** @type {const} */ ("full"), phase: "", until: 20_000, every: 0 };
  const { slices } = Fake.opened[0];
  await onClock(10_000, () => player.play(options));
  expect(slices.reduce((sum, n) => sum + n, 0)).toBe(20_000);
  expect(Math.max(...slices)).toBeGreaterThan(16);
  slices.length = 0;
  await onClock(10_000, () => player.play({ ...options, until: 40_000 }));
  expect(slices[0]).toBe(1);
  expect(Math.max(...slices)).toBeGreaterThan(16);
});

test("a lost device is built again, from the last snapshot, and the call goes on", async () => {
  /** @type {string[]} */
  const notices = [];
  const run = await open(({ code }) => notices.push(code));
  await run.train(10, token(), () => {});
  Fake.loses = 12;
  const { step } = await run.train(5, token(), () => {});
  expect(notices).toEqual(["device-lost"]);
  expect(step).toBe(15);
  expect(Fake.opened.map(({ freed }) => freed)).toEqual([true, false]);
});

test("where one device after the other is lost, the CPU takes over", async () => {
  /** @type {string[]} */
  const notices = [];
  const run = await open(({ code }) => notices.push(code));
  Object.assign(Fake, { loses: 3, often: true });
  expect(await run.train(5, token(), () => {})).toMatchObject({ step: 5 });
  expect(notices).toEqual(["device-lost", "device-lost", "device-lost"]);
  expect(run.status).toMatchObject({ backend: "cpu", why: "gpu-lost" });
});

test("a long call goes on to the same step when the device is lost on the way", async () => {
  const run = await open();
  await run.train(7, token(), () => {});
  Fake.loses = 900;
  expect(await run.train(1000, token(), () => {})).toMatchObject({ step: 1007 });
});

test("a model that cannot be drawn does not take the place of one that can", async () => {
  const run = await open();
  await run.train(3, token(), () => {});
  const frame = Fake.prototype.frame;
  for (const code of ["internal", "not-finite", "out-of-memory"]) {
    Fake.prototype.frame = async () => {
      throw Object.assign(new Error("No picture."), { code });
    };
    // Nothing has diverged: there was no training.
    const known = code === "not-finite" ? "bad-data" : code;
    await expect(run.enqueue(() => run.set({ rate: 2 }, false))).rejects.toMatchObject({ code: known });
    Fake.prototype.frame = frame;
    expect((await run.enqueue(() => run.metrics(false))).step).toBe(3);
    expect(run.status.settings).toEqual({ rate: 1 });
    expect(Fake.opened.at(-1)?.freed).toBe(true);
  }
});

test("weights that are not finite are refused, and the present model is kept", async () => {
  const run = await open();
  await run.train(3, token(), () => {});
  Fake.breaks = 100;
  const poison = [{ name: "step", dtype: /** @type {const} */ ("F32"), shape: [1], data: Float32Array.of(200) }];
  await expect(run.load(poison, { rate: 2 }, 1, {})).rejects.toMatchObject({ code: "bad-file" });
  expect((await run.metrics(false)).step).toBe(3);
  expect(run.status.settings).toEqual({ rate: 1 });
});

test("an abort is heard between slices", async () => {
  const run = await open();
  const stop = token();
  await expect(run.train(1e9, stop, (done) => (stop.aborted = done > 100))).rejects.toMatchObject({ code: "aborted" });
});

/**
 * An engine of one word, which each run of an entry adds its number to, in so many milliseconds of a clock.
 * @param {{ spend: (ms: number) => void }} clock @param {number} ms
 */
function slow(clock, ms) {
  let word = 0;
  const engine = {
    /** Most runs that it was asked for at once. */
    most: 0,
    /** Runs so far. */
    done: 0,
    load: () => new Uint32Array(),
    run(/** @type {number} */ _, /** @type {Uint32Array} */ schedule, /** @type {number} */ times) {
      let runs = 0;
      for (let i = 0; i < schedule.length; i += 2) {
        word += schedule[i] * schedule[i + 1] * times;
        runs += schedule[i + 1] * times;
      }
      clock.spend(ms * runs);
      engine.done += runs;
      engine.most = Math.max(engine.most, runs);
    },
    write: (/** @type {any[]} */ ...[, , , words]) => void ([word] = words),
    read: () => Uint32Array.of(word),
    finite: () => word < 1e6,
    free: () => {},
  };
  return engine;
}

test("what is short is done at once; what is long is done in pieces, in the order of the calls", () =>
  onClock(0, async (clock) => {
    const short = new Queue(slow(clock, 0));
    short.run(0, Uint32Array.of(1, 1, 2, 3), 5);
    expect(short.read(0, 0, 0, 1)).toEqual(Uint32Array.of(35));
    expect(short.finite(0)).toBe(true);

    const engine = slow(clock, 20);
    const long = new Queue(engine);
    long.run(0, Uint32Array.of(1, 20, 2, 10), 2);
    // A stretch of fifty milliseconds. The others of the sixty come once messages were read.
    expect(engine.done).toBe(3);
    const first = long.read(0, 0, 0, 1);
    const schedule = Uint32Array.of(1, 1);
    long.run(0, schedule, 3);
    schedule[0] = 100; // a memory that goes on
    const words = Uint32Array.of(7);
    const second = long.read(0, 0, 0, 1);
    long.write(0, 0, 0, words);
    words[0] = 8;
    const third = long.read(0, 0, 0, 1);
    expect(await Promise.all([first, second, third])).toEqual([80, 83, 7].map((x) => Uint32Array.of(x)));
  }));

test("what is stopped is answered with an error, and what was written is written", () =>
  onClock(0, async (clock) => {
    const engine = slow(clock, 5);
    const queue = new Queue(engine);
    queue.run(0, Uint32Array.of(1, 1000), 1);
    const read = /** @type {Promise<Uint32Array>} */ (queue.read(0, 0, 0, 1));
    queue.write(0, 0, 0, Uint32Array.of(3));
    queue.run(0, Uint32Array.of(1, 1000), 1);
    const finite = /** @type {Promise<boolean>} */ (queue.finite(0));
    queue.stop();
    await expect(read).rejects.toMatchObject({ code: "aborted" });
    await expect(finite).rejects.toMatchObject({ code: "aborted" });
    // Whoever has not heard of it yet gets nothing done either.
    queue.run(0, Uint32Array.of(1, 1), 1);
    await expect(queue.read(0, 0, 0, 1)).rejects.toMatchObject({ code: "aborted" });
    queue.goOn();
    queue.run(0, Uint32Array.of(1, 2), 1);
    expect(await queue.read(0, 0, 0, 1)).toEqual(Uint32Array.of(5));
    // In pieces of twenty milliseconds at most.
    expect(engine.most).toBeLessThanOrEqual(4);
  }));

test("a trap in the middle is told to everybody who waits, and to whoever asks then", () =>
  onClock(0, async (clock) => {
    const engine = slow(clock, 60);
    const queue = new Queue(engine);
    queue.run(0, Uint32Array.of(1, 3), 1);
    const read = /** @type {Promise<Uint32Array>} */ (queue.read(0, 0, 0, 1));
    engine.run = () => {
      throw new Error("unreachable");
    };
    await expect(read).rejects.toThrow("unreachable");
    expect(() => queue.run(0, Uint32Array.of(1, 1), 1)).toThrow("unreachable");
    await expect(queue.read(0, 0, 0, 1)).rejects.toThrow("unreachable");
  }));

test("safetensors: what is written is read, what is cut is refused", () => {
  const tensors = [
    { name: "w", dtype: /** @type {const} */ ("F32"), shape: [2, 2], data: Float32Array.of(1, -2, 0.5, 3) },
    { name: "count", dtype: /** @type {const} */ ("U32"), shape: [1], data: Uint32Array.of(2 ** 32 - 1) },
  ];
  const bytes = safetensors.write(tensors, { exhibit: "fake" });
  expect(safetensors.read(bytes)).toEqual({ tensors, metadata: { exhibit: "fake" } });
  for (const length of [0, 7, 20, bytes.length - 4]) {
    expect(() => safetensors.read(bytes.slice(0, length))).toThrow(/not a file of weights/);
  }
});

test("an address holds what differs from the defaults, and comes back the same", () => {
  const setting = { unit: "", live: true, more: false };
  const card = /** @type {any} */ ({
    id: "fake",
    settings: [
      { ...setting, id: "rate", kind: "float", min: 0, max: 1, default: 0.5, log: false },
      { ...setting, id: "kind", kind: "choice", choices: ["a", "b"], default: "a" },
    ],
  });
  const state = { settings: { rate: 0.25, kind: "a" }, seed: 7, backend: "cpu" };
  expect(format(card, { ...state, settings: { rate: 0.5, kind: "a" }, seed: 1, backend: "auto" })).toBe("#/fake");
  const hash = format(card, state);
  expect(hash).toBe(`#/fake?rate=0.25&seed=7&backend=cpu&v=${ADDRESS_VERSION}`);
  expect(parse(card, split(hash).query)).toMatchObject({ ...state, warnings: [] });
  const { settings, warnings } = parse(card, split("#/fake?rate=2&kind=c&colour=red&seed=x&v=9").query);
  expect(settings).toEqual({ rate: 1, kind: "a" });
  expect(warnings.map(({ kind }) => kind)).toEqual(["newer", "clamped", "ignored", "unknown", "ignored"]);
});
