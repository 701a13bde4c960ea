// The loop behind the play button: train a slice, now and then post a frame, never run ahead of the
// page by more than one frame.

import { describe } from "../errors.js";
import { Pace, Rate, breathe } from "./pace.js";

/**
 * @typedef {import("../protocol.js").Frame} Frame
 * @typedef {import("../protocol.js").PlayOptions} PlayOptions
 *
 * @typedef {object} Listener
 * @property {(frame: Frame, transfer: Transferable[]) => void} frame
 * @property {(error: import("../protocol.js").Described) => void} fail
 */

/** @type {import("../protocol.js").Losses} */
const NONE = { names: [], stride: 1, steps: new Uint32Array(), values: new Float32Array() };
const STEADY_MS = 100;
const PHASE_MS = 700;
/** Steps that are caught up with at most. */
const LATE = 5;
/**
 * Least time between costly figures. They take at most a twentieth of the time in the long run, and more at first, when
 * they change most: after each one comes a pause twice as long as that after the one before, in terms of what it took.
 */
const DEEP_MS = 500;
const LONGEST = 20;
/** Least duration of a whole run that rises: a model of two numbers would be done before anyone sees it train. */
const WHOLE_MS = 4000;
/**
 * A run that rises begins with so many steps a second, or fewer if it is a short one: its first events are what there
 * is to see. Its speed doubles every second.
 */
const FIRST_RATE = 10;
const SHORTEST = 75;
const GROWTH = Math.LN2;
/** About a frame: the shortest wait between two slices. */
const WAIT_MS = 16;

/**
 * @typedef {object} Beside  a run that goes with another
 * @property {() => { run: import("./run.js").EngineRun, player: Player }|undefined} opened  it, until it is closed
 * @property {string[]} views
 *
 * @typedef {Omit<PlayOptions, "beside"> & { beside?: Beside }} Options
 */

/** Plays one run, and another beside it. */
export class Player {
  #run;
  #phases;
  /** Pictures that are read together with the large one. @type {string[]} */
  #twins;
  /** Steps a second at which a run that rises begins. */
  #first;
  #listener;
  /** @type {Options|undefined} */
  #options;
  /** @type {string[]} */
  #views = [];
  #loop = Promise.resolve();
  #wake = () => {};
  #acknowledged = true;
  #pace = new Pace();
  #spare = 0;
  /** When the next step is due, where they have a time. */
  #due = 0;
  #rate = new Rate();
  #turn = 0;
  /** Whether nobody wants to see how it ends. */
  #leave = false;
  /** The last figures. @type {import("../protocol.js").Metrics} */
  #known = {};
  #phase = "";

  /**
   * @param {import("./run.js").EngineRun} run
   * @param {Pick<import("../protocol.js").Card, "phases"|"budget"|"views">} card
   * @param {Listener} listener
   */
  constructor(run, { phases, budget, views }, listener) {
    this.#run = run;
    this.#twins = views.filter(({ twin }) => twin !== "none").map(({ id }) => id);
    this.#phases = phases;
    this.#first = Math.min(FIRST_RATE, budget / SHORTEST);
    this.#listener = listener;
  }

  /** The page has drawn the last frame. */
  acknowledge() {
    this.#acknowledged = true;
  }

  /**
   * Starts, or changes how it plays.
   * @param {Options} options
   */
  play(options) {
    const running = this.#options;
    this.#options = options;
    this.#views = options.views;
    this.#wake();
    if (!running) this.#loop = this.#loop.then(() => this.#play());
  }

  /**
   * Stops after the slice under way and its last frame.
   * @param {boolean} [look] whether there is to be a last frame
   */
  async pause(look = true) {
    this.#options = undefined;
    this.#leave = !look;
    this.#run.hurry();
    this.#wake();
    await this.#loop;
  }

  /** Gives up a frame of its own that takes long. */
  hurry() {
    if (this.#options) this.#run.hurry();
  }

  /**
   * One frame at once, for a run that is paused.
   * @param {string[]} views
   * @param {boolean} deep
   */
  frame(views, deep) {
    return this.#run.enqueue(() => this.#frame(views, deep, ""));
  }

  async #play() {
    this.#acknowledged = true;
    this.#rate = new Rate();
    this.#due = performance.now();
    this.#pace = new Pace(); // a rebuilt model may be a thousand times as large
    const stopped = await this.#attempt(() => this.#train());
    this.#options = undefined;
    // The last frame has all figures. If it finds a divergence, the one after it has finite weights: those of
    // an earlier snapshot each time.
    let why = stopped;
    for (let tries = 0; tries < 4 && !this.#leave; tries++) {
      const failed = await this.#attempt(() => this.#send(this.#views, true, why));
      if (!failed) return;
      if (failed === "aborted") break;
      why = failed;
    }
    // Somebody could not wait for it: that it has stopped is said all the same.
    this.#listener.frame({ ...this.#about(why), metrics: this.#known, losses: NONE, views: {}, deep: false }, []);
  }

  /**
   * Reports what fails.
   * @param {() => Promise<string>} job
   * @returns {Promise<string>} what the job gave, or the code of what went wrong
   */
  async #attempt(job) {
    try {
      return await job();
    } catch (error) {
      const described = describe(error);
      if (described.code !== "aborted") this.#listener.fail(described);
      return described.code;
    }
  }

  /** @returns {Promise<string>} why it stopped: "" (asked to) or "until" */
  async #train() {
    /** @type {Options|undefined} */
    let known;
    let [left, rebuilt] = [0, 0];
    let [shown, cost] = [0, 0];
    let [deepAt, deepCost, patience] = [performance.now(), 0, 1];
    let { stage } = this.#known;
    for (let options = this.#options; options; options = this.#options) {
      // A run that was built again stands at an earlier step.
      if (options !== known || rebuilt !== this.#run.rebuilt) {
        [known, rebuilt] = [options, this.#run.rebuilt];
        left = options.until - (options.phase ? 0 : await this.#step());
      }
      if (left <= 0) return "until";
      left -= await this.#slice(options, left);
      const now = performance.now();
      // A frame may cost at most half of the time: a heavy picture slows pictures, not training.
      if (this.#acknowledged && now - shown >= Math.max(options.every, 2 * cost)) {
        const deep = now - deepAt > Math.max(DEEP_MS, patience * deepCost);
        const views = shown ? this.#turnOf(options.views) : options.views;
        await this.#send(views, deep, "").catch((error) => {
          if (describe(error).code !== "aborted") throw error;
        });
        const took = performance.now() - now;
        if (deep) [deepAt, deepCost, patience] = [now + took, took, Math.min(LONGEST, 2 * patience)];
        else cost = took;
        // What is learned has changed: figures of before would speak of something else.
        if (!deep && this.#known.stage !== stage) deepAt = -Infinity;
        stage = this.#known.stage;
        shown = now;
      }
      await this.#run.enqueue(() => this.#run.keepIfDue());
      await this.#rest(options);
    }
    return "";
  }

  /** Iterations done so far. */
  #step() {
    return this.#run.enqueue(() => this.#run.steps());
  }

  /** Whether no single step has a time of its own. @param {Options} options */
  #free({ pace }) {
    return pace === "full" || pace === "rising";
  }

  /** @param {Options} options */
  #slow({ pace }) {
    return pace === "phases" && this.#phases.length > 0;
  }

  /**
   * @param {Options} options
   * @param {number} left
   * @returns {Promise<number>} how much of `until` it used
   */
  async #slice(options, left) {
    const slow = this.#slow(options);
    if (slow) this.#phase = this.#phases[(this.#phases.indexOf(this.#phase) + 1) % this.#phases.length];
    else this.#phase = options.phase;
    // Least duration of an iteration, in milliseconds. Exponential in time is linear in steps, so it goes on where it was
    // after a pause.
    const rate = this.#first + GROWTH * (options.until - left);
    const least = options.pace === "rising" ? Math.max(WHOLE_MS / Math.max(1, options.until), 1000 / rate) : 0;
    const most = Math.max(1, Math.floor(WAIT_MS / least));
    const n = this.#free(options) ? Math.min(this.#pace.slice, Math.ceil(left), most) : 1;
    const start = performance.now();
    this.#rate.begins(start, slow ? 1 / this.#phases.length : n);
    await this.#run.enqueue(() => this.#run.advance(n, this.#phase));
    if (options.beside) await this.#take(options.beside, n);
    const took = performance.now() - start;
    this.#pace.took(n, took);
    this.#spare = n * least - took;
    return slow ? 1 / this.#phases.length : n;
  }

  /**
   * Takes the run beside it along. One that was opened a moment ago catches up, in as many slices as that takes.
   * @param {Beside} beside
   * @param {number} n iterations that this run has just done, or phases
   */
  async #take(beside, n) {
    const { run } = beside.opened() ?? {};
    if (!run) return;
    try {
      const behind = (await this.#step()) - (await run.enqueue(() => run.steps()));
      const steps = this.#phase && behind <= 1 ? n : Math.min(behind, 4 * n);
      if (steps > 0) await run.enqueue(() => run.advance(steps, this.#phase));
    } catch (error) {
      this.#lose(beside, error);
    }
  }

  /** Shows the run beside it, at the same step. @param {boolean} deep */
  async #show(deep) {
    const beside = this.#options?.beside;
    const { player } = beside?.opened() ?? {};
    if (beside && player) await player.#send(beside.views, deep, "").catch((error) => this.#lose(beside, error));
  }

  /** The run beside it cannot go on: it says so, and this one goes on alone. @param {Beside} beside @param {unknown} error */
  #lose(beside, error) {
    const described = describe(error);
    if (described.code === "aborted") return;
    const { player } = beside.opened() ?? {};
    if (player) player.#listener.fail(described); // one that was closed meanwhile has nothing to say
    if (this.#options?.beside === beside) this.#options = { ...this.#options, beside: undefined };
  }

  /** @param {Options} options @returns {Promise<void>} */
  #rest(options) {
    const free = this.#free(options);
    if (free && this.#spare <= 0) return breathe();
    // A step that comes late, unless by very much, does not make the ones after it late.
    const now = performance.now();
    const each = this.#slow(options) ? PHASE_MS : STEADY_MS;
    this.#due = Math.max(this.#due + each, now - LATE * each);
    const wait = free ? this.#spare : Math.max(0, this.#due - now);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, wait);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /**
   * The pictures of one frame: the large one and its twin each time, the others in turn.
   * @param {string[]} views
   */
  #turnOf(views) {
    const [main, others] = [views.slice(0, 1), views.slice(1)];
    const [twins, rest] = [true, false].map((twin) => others.filter((id) => this.#twins.includes(id) === twin));
    return [...main, ...twins, ...(rest.length ? [rest[this.#turn++ % rest.length]] : [])];
  }

  /** @param {string[]} views @param {boolean} deep @param {string} stopped @returns {Promise<string>} "" */
  async #send(views, deep, stopped) {
    const frame = await this.#run.enqueue(() => this.#frame(views, deep, stopped));
    this.#acknowledged = false;
    this.#listener.frame(frame, buffersOf(frame));
    await this.#show(deep);
    return "";
  }

  /** @param {string[]} ids @param {boolean} deep @param {string} stopped @returns {Promise<Frame>} */
  async #frame(ids, deep, stopped) {
    const { metrics, pictures, losses } = await this.#run.frame(ids, deep);
    this.#known = metrics;
    const views = Object.fromEntries(ids.map((id, i) => [id, pictures[i]]));
    return { ...this.#about(stopped), metrics, views, losses, deep };
  }

  /** What a frame says about how it plays. @param {string} stopped */
  #about(stopped) {
    const [rate, busy, playing] = [this.#rate.value, this.#run.busy, Boolean(this.#options)];
    return { rate, busy, playing, phase: this.#phase, stopped };
  }
}

/** @param {Frame} frame @returns {Transferable[]} the buffers that need not be copied */
function buffersOf(frame) {
  const buffers = Object.values(frame.views).flatMap(({ layers }) => layers.map(({ data }) => data.buffer));
  return /** @type {Transferable[]} */ ([...new Set(buffers)]);
}
