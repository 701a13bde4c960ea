// The CPU's engine for one run, in pieces: what it is asked takes effect in the order of the calls, as on a
// GPU, and the worker reads its messages in between. What is short is done at once.

/**
 * @typedef {import("../protocol.js").Engine} Engine
 *
 * @typedef {object} Job  what waits
 * @property {Iterator<void, void>|undefined} [run]  does a piece a time
 * @property {(() => void)|undefined} [write]
 * @property {(() => void)|undefined} [answer]
 * @property {((error: unknown) => void)|undefined} [refuse]
 */

/** Longest stretch of computing before messages are read, and longest piece of it, in milliseconds. */
const STRETCH_MS = 50;
const PIECE_MS = 20;
/** A shorter time cannot be measured. */
const TICK_MS = 0.02;

const { port1, port2 } = new MessageChannel();
/** When the present stretch began; 0 where messages were read since. */
let since = 0;
/** Queues with something left to do. @type {Set<Queue>} */
const busy = new Set();

port1.onmessage = () => {
  since = 0;
  // In turn: each that cannot finish goes to the end.
  const [first] = busy;
  if (!first) return;
  busy.delete(first);
  first.go();
};

/** Begins a stretch, if none is under way. */
function stretch() {
  if (since) return;
  since = performance.now();
  port2.postMessage(0);
}

const stopped = () => Object.assign(new Error("It was stopped."), { code: "aborted" });

const tired = () => performance.now() - since > STRETCH_MS;

/** @implements {Engine} */
export class Queue {
  #engine;
  /** @type {Job[]} */
  #jobs = [];
  /** Milliseconds that each entry takes, as far as they are known. @type {number[]} */
  #costs = [];
  #stopped = false;
  /** What went wrong in it, which whoever asks next is told. @type {unknown} */
  #trapped;

  /** @param {Engine} engine whose answers are there at once */
  constructor(engine) {
    this.#engine = engine;
  }

  /** @param {Uint8Array} program */
  load(program) {
    return this.#engine.load(program);
  }

  /** @param {number} handle @param {Uint32Array} schedule @param {number} times */
  run(handle, schedule, times) {
    if (this.#stopped) return;
    const pairs = [];
    for (let i = 0; i < schedule.length; i += 2)
      if (schedule[i + 1]) pairs.push({ entry: schedule[i], count: schedule[i + 1] });
    this.#add({ run: this.#pieces(handle, pairs, times) });
    if (this.#trapped) throw this.#trapped;
  }

  /** @param {number} handle @param {number} arena @param {number} offset @param {Uint32Array} words */
  write(handle, arena, offset, words) {
    if (!this.#jobs.length) return this.#engine.write(handle, arena, offset, words);
    const kept = words.slice(); // they lie in a memory that goes on
    this.#add({ write: () => this.#engine.write(handle, arena, offset, kept) });
  }

  /** @param {number} handle @param {number} arena @param {number} offset @param {number} length */
  read(handle, arena, offset, length) {
    const read = () => /** @type {Uint32Array} */ (this.#engine.read(handle, arena, offset, length));
    return this.#waits ? this.#later(() => read().slice()) : read();
  }

  /** @param {number} handle */
  finite(handle) {
    const finite = () => Boolean(this.#engine.finite(handle));
    return this.#waits ? this.#later(finite) : finite();
  }

  /** @param {number} handle */
  free(handle) {
    this.stop();
    this.#engine.free(handle);
  }

  /**
   * Gives up what was asked and is not done, and what is asked from now on: it is answered with an error. What
   * is written is written, so that nothing stays as it was meant to be for a while only.
   */
  stop() {
    if (!this.#jobs.length) return;
    this.#stopped = true;
    const jobs = this.#jobs;
    this.#jobs = [];
    for (const { write, refuse } of jobs) {
      write?.();
      refuse?.(stopped());
    }
  }

  /** Takes on work again. */
  goOn() {
    this.#stopped = false;
  }

  /** Whether an answer cannot be there at once. */
  get #waits() {
    return this.#jobs.length > 0 || this.#stopped || Boolean(this.#trapped);
  }

  /** Goes on, until it is done or messages must be read. */
  go() {
    stretch();
    while (this.#jobs.length) {
      // The message that ends the stretch is on its way: with another one each time, those of the page would wait
      // behind ever more of them.
      if (tired()) return void busy.add(this);
      const [job] = this.#jobs;
      try {
        if (job.run && !job.run.next().done) continue;
        this.#jobs.shift();
        job.write?.();
        job.answer?.();
      } catch (error) {
        // A trap: nothing that comes after it can be trusted.
        this.#trapped = error;
        const jobs = this.#jobs;
        this.#jobs = [];
        for (const { refuse } of jobs) refuse?.(error);
      }
    }
  }

  /** @param {Job} job */
  #add(job) {
    this.#jobs.push(job);
    if (this.#jobs.length === 1) this.go();
  }

  /** @template T @param {() => T} ask @returns {Promise<T>} */
  #later(ask) {
    if (this.#trapped) return Promise.reject(this.#trapped);
    if (this.#stopped) return Promise.reject(stopped());
    return new Promise((resolve, reject) => {
      this.#jobs.push({ answer: () => resolve(ask()), refuse: reject });
    });
  }

  /**
   * A schedule `times` over, in pieces of some milliseconds.
   * @param {number} handle
   * @param {{ entry: number, count: number }[]} pairs
   * @param {number} times
   * @returns {Generator<void, void>}
   */
  *#pieces(handle, pairs, times) {
    const whole = Uint32Array.from(pairs.flatMap(({ entry, count }) => [entry, count]));
    for (let left = times; left > 0;) {
      const round = pairs.reduce((sum, { entry, count }) => sum + count * (this.#costs[entry] ?? Infinity), 0);
      const rounds = Math.min(left, Math.floor(PIECE_MS / Math.max(round, TICK_MS)));
      if (rounds > 0) {
        const took = this.#timed(handle, whole, rounds);
        for (const { entry } of pairs) this.#costs[entry] *= (1 + took / (rounds * Math.max(round, TICK_MS))) / 2;
        left -= rounds;
        yield;
        continue;
      }
      for (const { entry, count } of pairs) {
        for (let rest = count; rest > 0;) {
          const cost = this.#costs[entry] ?? Infinity;
          const n = Math.min(Math.max(Math.floor(PIECE_MS / cost), 1), rest);
          this.#costs[entry] = this.#timed(handle, Uint32Array.of(entry, n), 1) / n;
          rest -= n;
          yield;
        }
      }
      left--;
    }
  }

  /** @param {number} handle @param {Uint32Array} schedule @param {number} times @returns {number} milliseconds */
  #timed(handle, schedule, times) {
    const start = performance.now();
    this.#engine.run(handle, schedule, times);
    return Math.max(performance.now() - start, TICK_MS);
  }
}
