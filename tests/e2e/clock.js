// A clock for what runs without a page. It stands still while anything is computed, and goes on to the next timer when
// everybody waits: what takes four seconds is over at once, to the millisecond, however busy the machine is.

import { setImmediate } from "node:timers/promises";

/**
 * Runs what measures time by `performance.now` and waits by `setTimeout`.
 * @template T
 * @param {number} ms how long at least
 * @param {(clock: { readonly now: number, spend: (ms: number) => void }) => T} act begins it; the clock goes on until
 *   its promise is kept, if it gives one; `spend` lets time go by as if something had been computed
 * @returns {Promise<Awaited<T>>}
 */
export async function onClock(ms, act) {
  const { setTimeout, clearTimeout } = globalThis;
  const start = performance.now();
  let [now, count, waiting] = [start, 0, true];
  /** @type {Map<number, { at: number, act: () => void }>} */
  const timers = new Map();
  Object.assign(performance, { now: () => now });
  Object.assign(globalThis, {
    setTimeout: (/** @type {() => void} */ act, wait = 0) => {
      timers.set(++count, { at: now + wait, act });
      return count;
    },
    clearTimeout: (/** @type {number} */ id) => void timers.delete(id),
  });
  try {
    const clock = {
      get now() {
        return now - start;
      },
      spend: (/** @type {number} */ took) => void (now += took),
    };
    const given = Promise.resolve(act(clock));
    given.catch(() => {}).finally(() => (waiting = false));
    for (;;) {
      // Promises and messages.
      for (let i = 0; i < 20; i++) await setImmediate();
      const [next] = [...timers].sort(([, a], [, b]) => a.at - b.at);
      if (!waiting && !(next?.[1].at <= start + ms)) return await given;
      if (!next) continue;
      timers.delete(next[0]);
      now = Math.max(now, next[1].at);
      next[1].act();
    }
  } finally {
    Reflect.deleteProperty(performance, "now");
    Object.assign(globalThis, { setTimeout, clearTimeout });
    for (const { at, act } of timers.values()) setTimeout(act, at - now);
  }
}
