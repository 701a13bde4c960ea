// One opened exhibit in the worker: its wasm run, what it was opened with, and the snapshot that it
// can go back to. Calls come one at a time, in order.

import { TildeError, describe } from "../errors.js";
import { DRAWN } from "../settings.js";
import { openFastest } from "./choose.js";
import { Pace, breathe } from "./pace.js";

/**
 * @typedef {import("../protocol.js").Values} Values
 * @typedef {import("../protocol.js").Value} Value
 * @typedef {import("../protocol.js").Metrics} Metrics
 * @typedef {import("../protocol.js").Tensor} Tensor
 * @typedef {import("../protocol.js").WebRun} WebRun
 * @typedef {import("../protocol.js").Payload} Payload
 *
 * @typedef {object} Engine  what all runs share
 * @property {import("./modules.js").Modules} modules
 * @property {import("./assets.js").Assets} assets
 *
 * @typedef {{ aborted: boolean }} Token
 */

const SNAPSHOT_MS = 3000;

/** A run and everything it takes to build it again. */
export class EngineRun {
  #engine;
  #options;
  /** @type {WebRun} */
  #web;
  #why;
  #notice;
  /** @type {Promise<unknown>} */
  #queue = Promise.resolve();
  /** @type {Tensor[]|undefined} */
  #snapshot;
  #snapshotAt = 0;
  #snapshotCost = 0;
  #busy = 0;
  /** The last step whose losses were sent. */
  #shown = 0;

  /**
   * @param {Engine} engine
   * @param {import("../protocol.js").OpenOptions} options
   * @param {WebRun} web
   * @param {string} why
   * @param {(notice: import("../protocol.js").Described, run: EngineRun) => void} notice
   */
  constructor(engine, options, web, why, notice) {
    this.#engine = engine;
    this.#options = { ...options, settings: { ...options.settings } };
    this.#web = web;
    this.#why = why;
    this.#notice = notice;
  }

  /**
   * @param {Engine} engine
   * @param {import("../protocol.js").OpenOptions} options
   * @param {(notice: import("../protocol.js").Described, run: EngineRun) => void} notice
   */
  static async open(engine, options, notice) {
    const { modules } = engine;
    // Without tensors there is nothing to choose.
    const backend = modules.card(options.exhibit).tensors ? options.backend : "cpu";
    const on = (/** @type {import("../protocol.js").BackendName} */ name) =>
      openOn(engine, options, name, options.inputs);
    if (backend !== "auto") return new EngineRun(engine, options, await on(backend), "", notice);
    const gpu = await modules.gpu();
    // Fetched while the CPU's run opens; a failure is reported when a run is opened in it.
    if (gpu.available && !gpu.software) modules.place(options.exhibit, "webgpu").catch(() => {});
    const { run, why } = await openFastest(on, gpu, options.seed);
    return new EngineRun(engine, options, run, why, notice);
  }

  /** Seconds spent computing. */
  get busy() {
    return this.#busy / 1000;
  }

  /** @returns {import("../protocol.js").Status} */
  get status() {
    const { seed, settings, data } = this.#options;
    return {
      backend: this.#web.backend,
      description: this.#web.description,
      why: this.#why,
      seed,
      settings: { ...settings },
      own: Boolean(data),
    };
  }

  /**
   * Runs a job after all that were asked for before it. A lost device is built again and the job is
   * tried once more.
   * @template T
   * @param {() => Promise<T>} job
   * @returns {Promise<T>}
   */
  enqueue(job) {
    const result = this.#queue.then(async () => {
      const start = performance.now();
      try {
        return await job();
      } catch (error) {
        if (describe(error).code !== "device-lost") throw error;
        await this.#rebuild(describe(error));
        return await job();
      } finally {
        this.#busy += performance.now() - start;
      }
    });
    this.#queue = result.catch(() => {});
    return result;
  }

  /**
   * Trains in slices, so that the worker can hear an abort between them.
   * @param {number} n
   * @param {Token} token
   * @param {(done: number, rate: number) => void} progress
   */
  async train(n, token, progress) {
    const pace = new Pace();
    const start = performance.now();
    await this.#keep();
    for (let done = 0; done < n;) {
      if (token.aborted) throw new TildeError("aborted", `Stopped after ${done} of ${n} steps.`);
      const slice = Math.min(pace.slice, n - done);
      const before = performance.now();
      await this.#web.train(slice);
      const now = performance.now();
      pace.took(slice, now - before);
      done += slice;
      progress(done, (1000 * done) / (now - start));
      await this.keepIfDue();
      await breathe();
    }
    return this.metrics(false);
  }

  /**
   * One slice of playing: `n` iterations, or `n` times one phase of them.
   * @param {number} n
   * @param {string} phase
   */
  async advance(n, phase) {
    if (!this.#snapshot) await this.#keep();
    if (phase) for (let i = 0; i < n; i++) await this.#web.step(phase);
    else await this.#web.train(n);
  }

  /**
   * The figures. If one is not finite the run goes back to its last finite weights and says so. Where only
   * costly ones are not, such as those of a chain that runs away from a model that has hardly learned, the
   * weights are sound: these figures are left out.
   * @param {boolean} deep
   * @returns {Promise<Metrics>}
   */
  metrics(deep) {
    return this.#finite((deep) => this.#web.metrics(deep), deep);
  }

  /**
   * Figures, pictures, and the losses of the steps since the last frame: one round trip to the device.
   * @param {string[]} views
   * @param {boolean} deep
   */
  async frame(views, deep) {
    const frame = await this.#finite((deep) => this.#web.frame(views, deep, this.#shown), deep);
    this.#shown = frame.losses.steps.at(-1) ?? this.#shown;
    return frame;
  }

  /**
   * @template T
   * @param {(deep: boolean) => Promise<T>} ask
   * @param {boolean} deep
   * @returns {Promise<T>}
   */
  async #finite(ask, deep) {
    try {
      return await ask(deep);
    } catch (error) {
      if (describe(error).code !== "not-finite") throw error;
      if (deep) return this.#finite(ask, false);
      if (!this.#snapshot) throw error;
      await this.#web.import_state(this.#snapshot);
      this.#shown = 0;
      throw new TildeError(
        "not-finite",
        "Training diverged: a figure was no longer a finite number. The last finite weights are back; try a smaller learning rate.",
      );
    }
  }

  /** Takes a snapshot if the last one is old. Costly snapshots are taken less often. */
  async keepIfDue() {
    if (performance.now() - this.#snapshotAt > Math.max(SNAPSHOT_MS, 20 * this.#snapshotCost)) await this.#keep();
  }

  /** @param {string} id */
  view(id) {
    return this.#web.view(id);
  }

  /** @param {number} n @param {number} seed */
  sample(n, seed) {
    return this.#web.sample(n, seed);
  }

  /** @param {string} phase */
  step(phase) {
    return this.#web.step(phase);
  }

  /**
   * @param {string} id
   * @param {Payload} payload
   */
  async act(id, payload) {
    const { settings, own } = await this.#web.act(id, payload);
    this.#options.settings = settings;
    if (!own) this.#options.data = undefined;
    return this.status;
  }

  /**
   * Live settings apply at once; others build the model again from the same seed.
   * @param {Values} values
   * @param {boolean} live whether all of them are
   */
  async set(values, live) {
    if (live) {
      for (const [id, value] of Object.entries(values)) {
        await this.#web.set(id, value);
        this.#options.settings[id] = value;
      }
    } else {
      const settings = { ...this.#options.settings, ...values };
      // Data of the card replace those of the user.
      const data = "data" in values && values.data !== DRAWN ? undefined : this.#options.data;
      await this.#reopen({ ...this.#options, settings, data });
    }
    return this.status;
  }

  /** @param {number} seed */
  async reset(seed) {
    await this.#web.reset(seed);
    this.#options.seed = seed;
    this.#snapshot = undefined;
    this.#shown = 0;
    return this.status;
  }

  /** What was put in by hand and still counts. */
  inputs() {
    return this.#web.inputs();
  }

  /** Weights and the step they belong to. */
  async save() {
    const { step } = await this.#web.metrics(false);
    return { tensors: await this.#web.export_state(), step };
  }

  /**
   * @param {Tensor[]} state
   * @param {Values} settings that it was saved with
   * @param {number} seed
   */
  async load(state, settings, seed) {
    await this.#reopen({ ...this.#options, settings, seed }, async (web) => {
      await web.import_state(state);
      await web.metrics(false).catch((error) => {
        if (describe(error).code !== "not-finite") throw error;
        throw new TildeError("bad-file", "These weights are not finite numbers, so the present model is kept.");
      });
    });
    return this.status;
  }

  /** Frees the wasm run once nothing is under way. */
  close() {
    return this.enqueue(async () => this.#web.free());
  }

  async #keep() {
    const start = performance.now();
    await this.metrics(false); // refuses to keep weights that have diverged
    this.#snapshot = await this.#web.export_state();
    this.#snapshotAt = performance.now();
    this.#snapshotCost = this.#snapshotAt - start;
  }

  /**
   * @param {import("../protocol.js").OpenOptions} options
   * @param {(web: WebRun) => Promise<void>} [prepare]
   */
  async #reopen(options, prepare) {
    // The old model is freed only once the new one is open, so that a failure keeps the old one.
    const web = await openOn(this.#engine, options, this.#web.backend, await this.#web.inputs());
    try {
      await prepare?.(web);
    } catch (error) {
      web.free();
      throw error;
    }
    this.#web.free();
    this.#web = web;
    this.#options = options;
    this.#snapshot = undefined;
    this.#shown = 0;
  }

  /** @param {import("../protocol.js").Described} lost */
  async #rebuild(lost) {
    const snapshot = this.#snapshot;
    const inputs = await this.#web.inputs();
    let web;
    try {
      web = await openOn(this.#engine, this.#options, this.#web.backend, inputs);
    } catch {
      web = await openOn(this.#engine, this.#options, "cpu", inputs);
      this.#why = "gpu-lost";
    }
    if (snapshot) await web.import_state(snapshot);
    this.#web.free();
    this.#web = web;
    this.#shown = 0;
    this.#notice(lost, this);
  }
}

/**
 * @param {Engine} engine
 * @param {import("../protocol.js").OpenOptions} options
 * @param {import("../protocol.js").BackendName} backend
 * @param {import("../protocol.js").GivenInput[]} inputs that were given to the run in whose place it is opened
 */
async function openOn(engine, { exhibit, seed, settings, data }, backend, inputs = []) {
  const { modules, assets } = engine;
  const [chapter, place, files] = await Promise.all([
    modules.chapter(exhibit),
    modules.place(exhibit, backend),
    assets.of(settings),
  ]);
  return chapter.WebRun.open(exhibit, { seed, settings, data, inputs, place, ...files });
}
