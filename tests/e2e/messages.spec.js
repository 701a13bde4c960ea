// Messages that cross between windows and threads: whatever arrives, the answer is a word or nothing.

import { expect, test } from "@playwright/test";
import { serve } from "../../www/engine/serve.js";
import { CODES } from "../../www/errors.js";

/** A few thousand with every change, a million in the slow tests. */
const MESSAGES = process.env.SLOW ? 1_000_000 : 3000;

/** Numbers that look random and are the same every time. @param {number} seed */
function draws(seed) {
  return () => {
    seed = (seed * 1_664_525 + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
}

/** Anything that can be cloned. @param {() => number} draw @param {string[]} words @param {number} [depth] @returns {any} */
function anything(draw, words, depth = 0) {
  const pick = (/** @type {any} */ list) => list[Math.floor(draw() * list.length)];
  switch (Math.floor(draw() * (depth > 2 ? 6 : 9))) {
    case 0:
      return pick([null, undefined, true, false, NaN, -1, 0, 1, 2 ** 40, 0.5, Infinity]);
    case 1:
    case 2:
    case 3:
      return pick(words);
    case 4:
      return Math.floor(draw() * 4);
    case 5:
      return new Float32Array(Math.floor(draw() * 3));
    case 6:
      return Array.from({ length: draw() * 4 }, () => anything(draw, words, depth + 1));
    default: {
      const keys = Array.from({ length: 1 + draw() * 5 }, () => pick(words));
      return Object.fromEntries(keys.map((key) => [key, anything(draw, words, depth + 1)]));
    }
  }
}

// Whoever comes after in this process is in no window.
test.afterAll(() => {
  for (const name of ["parent", "window", "addEventListener"]) Reflect.deleteProperty(globalThis, name);
});

test("a frame hears four commands, and nothing else that is sent to it", async () => {
  test.setTimeout(600_000);
  /** @type {((event: any) => void)[]} */
  const listeners = [];
  const around = { postMessage: () => {} };
  Object.assign(globalThis, {
    parent: around,
    window: globalThis,
    addEventListener: (/** @type {string} */ name, /** @type {any} */ listener) =>
      name === "message" && listeners.push(listener),
  });
  const { listenToParent } = await import("../../www/ui/frame-messages.js");
  /** @type {string[]} */
  const heard = [];
  const exhibit = new Proxy(
    {},
    {
      get: (_, name) => {
        if (name === "session") return {};
        return () => heard.push(String(name));
      },
    },
  );
  listenToParent(() => /** @type {any} */ (exhibit));
  const draw = draws(3);
  const words = [
    "tilde",
    "value",
    "play",
    "pause",
    "step",
    "reset",
    "load",
    "close",
    "constructor",
    "__proto__",
    "key",
  ];
  for (let i = 0; i < MESSAGES; i++) {
    const data = draw() < 0.5 ? { tilde: anything(draw, words), value: anything(draw, words) } : anything(draw, words);
    const source = draw() < 0.9 ? around : {};
    const before = heard.length;
    for (const listener of listeners) listener({ data, source });
    if (heard.length > before && source !== around) throw new Error("a stranger was heard");
  }
  expect(heard.length).toBeGreaterThan(10);
  expect(new Set(heard)).toEqual(new Set(["play", "pause", "step", "reset"]));
});

test("the worker answers every call with a result or a code, whatever it is asked", async () => {
  test.setTimeout(1_200_000);
  const card = { id: "fake", parts: ["fake"], tensors: false, phases: ["one"], views: [] };
  const web = {
    backend: "cpu",
    description: "fake",
    train: async () => {},
    metrics: async () => ({ step: 0 }),
    frame: async () => ({
      metrics: { step: 0 },
      pictures: [],
      losses: { names: [], stride: 1, steps: [], values: [] },
    }),
    inputs: async () => [],
    act: async () => ({ settings: {}, own: false }),
    set: async () => {},
    reset: async () => {},
    sample: async () => ({}),
    view: async () => ({}),
    step: async () => {},
    export_state: async () => [],
    import_state: async () => {},
    free: () => {},
  };
  /** @type {any[]} */
  const sent = [];
  const port = /** @type {any} */ ({
    postMessage: (/** @type {any} */ message) => sent.push(message),
    onmessage: null,
  });
  const empty = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
  const loaders = /** @type {any} */ ({
    build: "simd",
    exhibits: async () => ({ WebRun: { open: async () => web }, exports: {} }),
    part: async () => empty,
  });
  serve(port, () => loaders);
  await port.onmessage({
    data: { type: "start", base: "http://nowhere/", build: "", backend: "cpu", exhibit: "", cards: [card] },
  });
  const draw = draws(4);
  const methods = ["play", "pause", "frame", "train", "metrics", "sample", "view", "step", "act", "inputs", "set", "reset", "save", "load", "close", "parse", "open", "constructor", "__proto__", "enqueue", "advance"]; // prettier-ignore
  const words = ["exhibit", "settings", "seed", "data", "backend", "views", "until", "pace", "every", "fake", "full", "phase", "inputs", "__proto__"]; // prettier-ignore
  let asked = 0;
  for (let i = 0; i < MESSAGES; i++) {
    if (i % 10 === 0) {
      // A run to be asked, in place of the one that was closed.
      await port.onmessage({
        data: {
          type: "call",
          id: asked++,
          run: 1,
          method: "open",
          args: [{ exhibit: "fake", seed: 1, settings: {}, backend: "cpu" }],
        },
      });
    }
    const method = methods[Math.floor(draw() * methods.length)];
    // To train or to play without an end is what it is asked for, and is stopped by another message.
    if (method === "train" || method === "play") continue;
    const args = Array.from({ length: draw() * 4 }, () => anything(draw, words));
    const run = draw() < 0.9 ? 1 : anything(draw, words);
    if (draw() < 0.1) await port.onmessage({ data: { type: draw() < 0.5 ? "abort" : "ack", id: asked, run } });
    await port.onmessage({ data: { type: "call", id: asked++, run, method, args } });
  }
  await expect
    .poll(() => sent.filter(({ type }) => type === "result" || type === "error").length, { timeout: 60_000 })
    .toBe(asked);
  const codes = new Set(sent.filter(({ type }) => type === "error").map(({ error }) => error.code));
  for (const code of codes) expect(CODES).toContain(code);
  expect(sent.filter(({ type }) => type === "result").length).toBeGreaterThan(asked / 10);
});
