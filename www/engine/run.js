// One opened exhibit in the worker: its wasm run, what it was opened with, and the snapshot that it
// can go back to. Calls come one at a time, in order.

import { TildeError, describe } from "../errors.js";
import { DRAWN } from "../settings.js";
import * as kept from "../kept.js";
import { openFastest } from "./choose.js";
import { Pace, breathe } from "./pace.js";
import { Queue } from "./queue.js";
import { Snapshots } from "./snapshots.js";

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
 * @typedef {{ aborted: boolean, stop?: () => void }} Token  of a call that can be given up
 */

/** How long something may be measured and drawn that nobody waits for any more, in milliseconds. */
const PATIENCE_MS = 250;

/** What is under way on the CPU for a run. @type {WeakMap<WebRun, Queue>} */
const queues = new WeakMap();

/** The program of a run, as its engine has it. @type {WeakMap<WebRun, import("./measure.js").Loaded>} */
const programs = new WeakMap();

/** Devices that may be lost one after the other before the CPU takes over. */
const LOSSES = 3;

/** A run and everything it takes to build it again. */
export class EngineRun {
  #engine;
  /** @type {import("../protocol.js").OpenOptions} */
  #options;
  /** @type {WebRun} */
  #web;
  #why;
  #notice;
  /** @type {Promise<unknown>} */
  #queue = Promise.resolve();
  #snapshots = new Snapshots();
  /** Is told each state that it could go back to. @type {((state: Tensor[]) => void)|undefined} */
  onkept;
  /** How often it was built again, each time at an earlier step. */
  rebuilt = 0;
  #busy = 0;
  /** The last step whose losses were sent. */
  #shown = 0;
  /** Since when it is being measured or drawn; 0 if it is not. */
  #looking = 0;

  /**
   * @param {Engine} engine
   * @param {import("../protocol.js").OpenOptions} options
   * @param {WebRun} web
   * @param {string} why
   * @param {(notice: import("../protocol.js").Described, run: EngineRun) => void} notice
   */
  constructor(engine, options, web, why, notice) {
    this.#engine = engine;
    // What it began from is not what another model in its place begins from.
    this.#options = { ...options, settings: { ...options.settings }, state: undefined };
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
    const run = await EngineRun.#open(engine, options, notice);
    if (!options.state) return run;
    try {
      await run.#web.import_state(options.state);
      run.#snapshots.add(options.state, 0);
    } catch (error) {
      if (describe(error).code !== "bad-file") throw error;
      await run.reset(run.status.seed); // one that does not fit is as good as none
    }
    return run;
  }

  /**
   * @param {Engine} engine
   * @param {import("../protocol.js").OpenOptions} options
   * @param {(notice: import("../protocol.js").Described, run: EngineRun) => void} notice
   */
  static async #open(engine, options, notice) {
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
   * Runs a job after all that were asked for before it. After a divergence the last finite weights are put
   * back, whatever the job was, and it fails; a lost device is built again, and the job is done on the new one.
   * @template T
   * @param {() => Promise<T>} job
   * @returns {Promise<T>}
   */
  enqueue(job) {
    const result = this.#queue.then(async () => {
      const start = performance.now();
      try {
        return await this.#carryOut(job);
      } finally {
        this.#busy += performance.now() - start;
      }
    });
    this.#queue = result.catch(() => {});
    return result;
  }

  /** @template T @param {() => Promise<T>} job @returns {Promise<T>} */
  async #carryOut(job) {
    for (let losses = 1; ; losses++) {
      try {
        return await job();
      } catch (error) {
        const described = describe(error);
        if (described.code === "not-finite") throw await this.#restored(error);
        if (described.code !== "device-lost" || losses > LOSSES) throw error;
        await this.#rebuild(described, losses);
      }
    }
  }

  /**
   * Trains in slices, so that the worker can hear an abort between them.
   * @param {number} n
   * @param {Token} token
   * @param {(done: number, rate: number) => void} progress
   * @returns {Promise<Metrics>}
   */
  train(n, token, progress) {
    // A device that was lost goes on from a snapshot, and still to the same step.
    let [done, rebuilt, goal] = [0, 0, 0];
    return this.enqueue(async () => {
      const pace = new Pace();
      await this.#keep();
      const step = await this.#web.steps_done();
      if (rebuilt !== this.rebuilt && goal) done = Math.min(n - goal + step, done);
      else goal = step + n;
      rebuilt = this.rebuilt;
      const [start, before] = [performance.now(), done];
      while (done < n) {
        if (token.aborted) throw new TildeError("aborted", `Stopped after ${done} of ${n} steps.`);
        const slice = Math.min(pace.slice, n - done);
        const begun = performance.now();
        await this.#web.train(slice);
        const now = performance.now();
        pace.took(slice, now - begun);
        done += slice;
        progress(done, (1000 * (done - before)) / (now - start));
        await this.keepIfDue();
        await breathe();
      }
      return this.metrics(false);
    });
  }

  /**
   * One slice of playing: `n` iterations, or `n` times one phase of them.
   * @param {number} n
   * @param {string} phase
   */
  async advance(n, phase) {
    if (this.#snapshots.empty) await this.#keep();
    if (phase) for (let i = 0; i < n; i++) await this.#web.step(phase);
    else await this.#web.train(n);
  }

  /**
   * The figures. Where only costly ones are not finite, such as those of a chain that runs away from a model
   * that has hardly learned, the weights are sound: these figures are left out.
   * @param {boolean} deep
   * @param {boolean} [whole] of all held-out data, not of a sample
   * @returns {Promise<Metrics>}
   */
  metrics(deep, whole = false) {
    return this.#finite((deep) => (deep && whole ? this.#web.whole() : this.#web.metrics(deep)), deep);
  }

  /** Steps done, which cost nothing to know. @returns {Promise<number>} */
  steps() {
    return this.#web.steps_done();
  }

  /**
   * Somebody waits who has no use for the frame that is being measured and drawn: it is given up, unless it is
   * soon done.
   * @param {number} [patience] milliseconds from its beginning
   */
  hurry(patience = PATIENCE_MS) {
    const looking = this.#looking;
    if (!looking) return;
    const stop = () => {
      if (this.#looking === looking) queues.get(this.#web)?.stop();
    };
    const left = looking + patience - performance.now();
    if (left > 0) setTimeout(stop, left);
    else stop();
  }

  /**
   * A call that changes nothing, so that it can be given up in the middle.
   * @template T
   * @param {Token} token
   * @param {() => Promise<T>} job
   * @returns {Promise<T>}
   */
  stoppable(token, job) {
    return this.enqueue(async () => {
      if (token.aborted) throw new TildeError("aborted", "Stopped before it began.");
      token.stop = () => queues.get(this.#web)?.stop();
      try {
        return await job();
      } finally {
        token.stop = undefined;
        queues.get(this.#web)?.goOn();
      }
    });
  }

  /**
   * Figures, pictures, and the losses of the steps since the last frame: one round trip to the device.
   * @param {string[]} views
   * @param {boolean} deep
   */
  async frame(views, deep) {
    this.#looking = performance.now();
    try {
      const frame = await this.#finite((deep) => this.#web.frame(views, deep, this.#shown), deep);
      this.#shown = frame.losses.steps.at(-1) ?? this.#shown;
      return frame;
    } finally {
      this.#looking = 0;
      queues.get(this.#web)?.goOn();
    }
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
      if (describe(error).code !== "not-finite" || !deep) throw error;
      return this.#finite(ask, false);
    }
  }

  /**
   * Goes back to finite weights.
   * @param {unknown} error that says why
   * @returns {Promise<unknown>} the error to throw
   */
  async #restored(error) {
    if (!this.#snapshots.back()) return unfit("bad-data", error);
    await this.#putBack(this.#web);
    this.#shown = 0;
    return new TildeError(
      "not-finite",
      "Training diverged: its numbers were no longer finite. The last finite weights are back; try a smaller learning rate.",
    );
  }

  /**
   * Puts the last snapshot back that is taken: one in which a chain has run away is refused like any file.
   * @param {WebRun} web
   */
  async #putBack(web) {
    const { all } = this.#snapshots;
    for (const state of all) {
      const taken = await web.import_state(state).then(
        () => true,
        () => false,
      );
      if (taken) return;
    }
    if (all.length) await web.reset(this.#options.seed);
  }

  /** Takes a snapshot if the last one is old. */
  async keepIfDue() {
    if (this.#snapshots.due) await this.#keep();
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
  async step(phase) {
    await this.advance(1, phase);
    await this.keepIfDue();
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
      // Another model has no weights that know another alphabet.
      await this.#reopen({ ...this.#options, settings, data, alphabet: undefined });
    }
    return this.status;
  }

  /** @param {number} seed */
  async reset(seed) {
    await this.#web.reset(seed);
    this.#options.seed = seed;
    this.#snapshots.clear();
    this.#shown = 0;
    return this.status;
  }

  /**
   * What its engine has made of the program; nothing where it needs none.
   * @returns {Promise<import("../protocol.js").PlanShown|undefined>}
   */
  async plan() {
    const loaded = programs.get(this.#web);
    if (!loaded) return undefined;
    const { modules } = this.#engine;
    const [{ describe_plan }, gpu] = await Promise.all([modules.plan(), modules.gpu()]);
    const plan = describe_plan(loaded.program, this.#web.backend === "webgpu" && gpu.emulated);
    if (!plan || String(plan.layout) !== String(loaded.layout))
      throw new TildeError(
        "internal",
        "The plan is not the one that the engine runs: the modules are of two versions.",
      );
    loaded.kernels = plan.entries.map(({ kernels }) => kernels.map(({ updates }) => updates));
    return plan;
  }

  /**
   * How long an entry of the plan takes, measured on a copy.
   * @param {number} entry
   * @param {Token} token
   */
  async measure(entry, token) {
    const loaded = programs.get(this.#web);
    if (loaded && !loaded.kernels) await this.plan();
    const kernels = loaded?.kernels?.[entry];
    if (!loaded || kernels === undefined)
      throw new TildeError("bad-setting", `The plan of "${this.#options.exhibit}" has no entry ${entry}.`);
    const { measure } = await import("./measure.js");
    const times = await measure(loaded, entry, kernels, token);
    if (token.aborted) throw new TildeError("aborted", "Measuring was stopped.");
    return times;
  }

  /** What was put in by hand and still counts. */
  inputs() {
    return this.#web.inputs();
  }

  /** Weights, the step they belong to, and what they learned from. */
  async save() {
    const { exhibit, data, settings } = this.#options;
    const card = this.#engine.modules.card(exhibit);
    const [inputs, alphabet] = [await this.#web.inputs(), await this.#web.alphabet()];
    return {
      tensors: [...(await this.#web.export_state()), ...kept.tensors(card, data, inputs)],
      about: kept.about(card, data, inputs, settings, alphabet),
      step: await this.steps(),
    };
  }

  /**
   * @param {Tensor[]} state
   * @param {Values} settings that it was saved with
   * @param {number} seed
   * @param {Record<string, string|undefined>} metadata of the file
   */
  async load(state, settings, seed, metadata) {
    const card = this.#engine.modules.card(this.#options.exhibit);
    const given = kept.given(state);
    const data = given.data ?? (metadata.data_kind === "set" ? undefined : this.#options.data);
    // What was painted before is not what these weights learned from.
    const brush = (/** @type {string} */ id) =>
      card.actions.some((action) => action.id === id && action.kind === "brush");
    const inputs = [...given.inputs, ...(await this.#web.inputs()).filter(({ id }) => !brush(id))];
    const { alphabet } = metadata;
    const before = await this.#web.alphabet();
    /** @type {string|undefined} */
    let remark;
    const prepare = async (/** @type {WebRun} */ web) => {
      remark = kept.compare(metadata, kept.about(card, data, given.inputs, settings, await web.alphabet()));
      await web.import_state(state);
    };
    await this.#reopen({ ...this.#options, settings, seed, data, alphabet }, prepare, inputs);
    await this.#keep();
    if (remark && alphabet !== before) remark += " Characters that the weights do not know are left out of it.";
    return { status: this.status, remark, data };
  }

  /** Frees the wasm run once nothing is under way. */
  close() {
    return this.enqueue(async () => this.#web.free());
  }

  async #keep() {
    const start = performance.now();
    await this.#web.train(0); // refuses to keep weights that have diverged
    const state = await this.#web.export_state();
    this.onkept?.(state);
    this.#snapshots.add(state, performance.now() - start);
  }

  /**
   * Puts another model in the place of this one.
   * @param {import("../protocol.js").OpenOptions} options
   * @param {(web: WebRun) => Promise<void>} [prepare]
   * @param {import("../protocol.js").GivenInput[]} [inputs] those of the old one, if not said
   */
  async #reopen(options, prepare, inputs) {
    // The old model is freed only once the new one is open and has shown that it can be measured and drawn,
    // so that a failure keeps the old one.
    const web = await openOn(this.#engine, options, this.#web.backend, inputs ?? (await this.#web.inputs()));
    try {
      await prepare?.(web);
      await web.frame(
        this.#engine.modules.card(options.exhibit).views.map(({ id }) => id),
        false,
        0,
      );
    } catch (error) {
      web.free();
      if (describe(error).code !== "not-finite") throw error;
      throw unfit(prepare ? "bad-file" : "bad-data", error);
    }
    this.#web.free();
    this.#web = web;
    this.#options = options;
    this.#snapshots.clear();
    this.#shown = 0;
  }

  /**
   * Opens it on another device, and there goes on from the last snapshot.
   * @param {import("../protocol.js").Described} lost
   * @param {number} losses how many devices were lost over the present job
   */
  async #rebuild(lost, losses) {
    const inputs = await this.#web.inputs();
    const on = (/** @type {import("../protocol.js").BackendName} */ backend) =>
      openOn(this.#engine, this.#options, backend, inputs);
    // It may be lost again while the run is being opened.
    const same = async () => (losses < LOSSES ? on(this.#web.backend) : undefined);
    const again = await same().catch(() => same().catch(() => undefined));
    const web = again ?? (await on("cpu"));
    if (!again && this.#web.backend !== "cpu") this.#why = "gpu-lost";
    await this.#putBack(web);
    this.#web.free();
    this.#web = web;
    this.#shown = 0;
    this.rebuilt++;
    this.#notice(lost, this);
  }
}

/**
 * Of a model that gives no numbers before it has trained: no divergence, since there is nothing to go back to.
 * @param {"bad-data"|"bad-file"} code
 * @param {unknown} error that says which
 */
const unfit = (code, error) =>
  new TildeError(
    code,
    code === "bad-file"
      ? "These weights are not finite numbers, so the present model is kept."
      : `A model of these settings and data gives no finite numbers, so it is not used. ${describe(error).message}`,
  );

/**
 * @param {Engine} engine
 * @param {import("../protocol.js").OpenOptions} options
 * @param {import("../protocol.js").BackendName} backend
 * @param {import("../protocol.js").GivenInput[]} inputs that were given to the run in whose place it is opened
 */
async function openOn(engine, { exhibit, seed, settings, data, alphabet }, backend, inputs = []) {
  const { modules, assets } = engine;
  const [{ WebRun }, place, files] = await Promise.all([
    modules.exhibit(exhibit),
    modules.place(exhibit, backend),
    assets.of(settings),
  ]);
  /** @type {import("./measure.js").Loaded|undefined} */
  let loaded;
  const its = place.engine && noted(place.engine, (program) => (loaded = program));
  const queue = backend === "cpu" && its ? new Queue(its) : undefined;
  const own = { ...place, engine: queue ?? its };
  const web = await WebRun.open(exhibit, { seed, settings, data, inputs, alphabet, place: own, ...files });
  if (queue) queues.set(web, queue);
  if (loaded) programs.set(web, loaded);
  return web;
}

/**
 * The same engine, of which is noted what is loaded on it.
 * @param {import("../protocol.js").Engine} engine
 * @param {(loaded: import("./measure.js").Loaded) => void} note
 * @returns {import("../protocol.js").Engine}
 */
function noted(engine, note) {
  const load = (/** @type {Uint8Array} */ given) => {
    const program = given.slice(); // it lies in a memory that goes on
    const loaded = (/** @type {Uint32Array} */ answer) => {
      note({ engine, program, handle: answer[0], layout: answer.slice(1) });
      return answer;
    };
    const answer = engine.load(program);
    return answer instanceof Promise ? answer.then(loaded) : loaded(answer);
  };
  return { ...engine, load };
}
