// How long the kernels of a run take. They are run on a copy of all that the run has on its engine, so that the run
// itself stays as it is.

import { breathe } from "./pace.js";

/**
 * @typedef {import("../protocol.js").Engine} Engine
 * @typedef {import("../protocol.js").Times} Times
 *
 * @typedef {object} Loaded  a program on an engine
 * @property {Engine} engine
 * @property {Uint8Array} program  as it was sent
 * @property {number} handle
 * @property {Uint32Array} layout  what the engine answered: first the words of each arena
 * @property {boolean[][]} [kernels]  of each entry, whether they change state, once its plan was looked at
 *
 * @typedef {{ aborted: boolean }} Token
 * @typedef {{ ms: number, runs: number }} Round  how long so many runs took
 */

/** In the order of `Arena::ALL` in crate/graph/src/plan.rs: state, state_u, work, work_u, data, data_u, io. */
const ARENAS = [0, 1, 2, 3, 4, 5, 6];
/** What a kernel writes that it may read too: state and state_u. */
const STATE = [0, 1];

/** Milliseconds of running that a kernel is measured by, and all of them together. */
const [KERNEL_MS, ALL_MS] = [8, 2000];
/** Where a kernel changes state: how often it runs before that is put back, so that values stay what they could be, and
    how much longer that may take than the running. */
const [REPEATS, AROUND] = [256, 3];
/** About how many rounds a kernel is measured in, and how much longer than the others one takes that is not counted. */
const [ROUNDS, DISTURBED] = [10, 1.5];
/** Milliseconds of running that an entry is measured by on a GPU, and how often it runs at most. */
const [ENTRY_MS, RUNS] = [40, 4096];
/** How often the way to a GPU and back is timed. */
const TRIPS = 5;

/**
 * Measures an entry of a loaded program.
 * @param {Loaded} loaded
 * @param {number} entry
 * @param {boolean[]} kernels whether they change state
 * @param {Token} token
 * @returns {Promise<Times>}
 */
export async function measure(loaded, entry, kernels, token) {
  const { engine, program, handle, layout } = loaded;
  const [copy] = await engine.load(program);
  try {
    for (const arena of ARENAS)
      engine.write(copy, arena, 0, (await engine.read(handle, arena, 0, layout[arena])).slice());
    const { kernel } = engine;
    if (!kernel) return await timeEntry(engine, copy, entry, token);
    const run = (/** @type {number} */ index, /** @type {number} */ times) => kernel(copy, entry, index, times);
    return await timeKernels(engine, copy, layout, run, kernels, token);
  } finally {
    engine.free(copy);
  }
}

/**
 * Each kernel by itself, in the order in which they run and on what those before it have left.
 * @param {Engine} engine whose answers are there at once
 * @param {number} copy
 * @param {Uint32Array} layout
 * @param {(index: number, times: number) => void} run
 * @param {boolean[]} updates
 * @param {Token} token
 * @returns {Promise<Times>}
 */
async function timeKernels(engine, copy, layout, run, updates, token) {
  const read = (/** @type {number} */ arena) =>
    /** @type {Uint32Array} */ (engine.read(copy, arena, 0, layout[arena])).slice();
  const enough = Math.min(KERNEL_MS, ALL_MS / updates.length);
  const kernels = [];
  let least = Infinity;
  for (const [index, update] of updates.entries()) {
    if (token.aborted) break;
    const before = update ? STATE.map(read) : [];
    const putBack = () => before.forEach((words, arena) => engine.write(copy, STATE[arena], 0, words));
    run(index, 1); // brings code and data near
    /** @type {Round[]} */
    const rounds = [];
    let [spent, times, since] = [0, 1, 1];
    const start = performance.now();
    while (!rounds.length || (spent < enough && performance.now() - start < AROUND * enough)) {
      if (since + times > REPEATS) {
        putBack();
        since = 0;
      }
      const begun = performance.now();
      run(index, times);
      const ms = performance.now() - begun;
      rounds.push({ ms, runs: times });
      spent += ms;
      since += times;
      if (ms < enough / ROUNDS) times = Math.min(2 * times, update ? REPEATS : Infinity);
    }
    const { ms, runs } = typical(rounds, enough / ROUNDS / 2);
    kernels.push(ms / runs);
    least = Math.min(least, runs);
    putBack();
    run(index, 1);
    await breathe();
  }
  return { by: "kernels", kernels, entry: kernels.reduce((sum, ms) => sum + ms, 0), runs: least };
}

/**
 * The sum of the rounds, but for those in which something else ran, too. A clock of a browser is coarse: rounds that are
 * too short for it are left out where there are others, and else are right together.
 * @param {Round[]} all
 * @param {number} short in milliseconds
 * @returns {Round}
 */
export function typical(all, short) {
  const long = all.filter(({ ms }) => ms >= short);
  const each = long.map(({ ms, runs }) => ms / runs).sort((a, b) => a - b);
  const most = DISTURBED * each[each.length >> 1];
  const kept = long.length ? long.filter(({ ms, runs }) => ms / runs <= most) : all;
  return kept.reduce((sum, { ms, runs }) => ({ ms: sum.ms + ms, runs: sum.runs + runs }), { ms: 0, runs: 0 });
}

/**
 * A whole entry on a GPU: by the GPU's own clock, or else by ours, without what the way there and back takes.
 * @param {Engine} engine
 * @param {number} copy
 * @param {number} entry
 * @param {Token} token
 * @returns {Promise<Times>}
 */
async function timeEntry(engine, copy, entry, token) {
  const done = () => engine.read(copy, 0, 0, 1);
  const clocked = async (/** @type {() => void} */ job) => {
    const begun = performance.now();
    job();
    await done();
    return performance.now() - begun;
  };
  let way = Infinity;
  for (let i = 0; i < TRIPS; i++) way = Math.min(way, await clocked(() => {}));
  const own = await engine.time?.(copy, entry, 1);
  const by = own === undefined ? "submits" : "timestamps";
  const run = async (/** @type {number} */ times) =>
    (await (own === undefined ? undefined : engine.time?.(copy, entry, times))) ??
    (await clocked(() => engine.run(copy, Uint32Array.of(entry, times), 1))) - way;
  let [times, took] = [1, await run(1)];
  while (took < ENTRY_MS && times < RUNS && !token.aborted) {
    // No more than twice of what was aimed at, and no less than progress.
    times = Math.min(RUNS, Math.max(2 * times, Math.ceil((times * ENTRY_MS) / Math.max(took, ENTRY_MS / 16))));
    took = await run(times);
  }
  return { by, kernels: [], entry: Math.max(took, 0) / times, runs: times };
}
