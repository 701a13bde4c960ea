// Tilde as a library: open an exhibit, train it, look at it, save it. Everything runs in a worker.

import { Client } from "./client.js";
import { TildeError, shown } from "./errors.js";
import { getModule } from "./fetch.js";
import { brought, checkAll, checkSeed, complete, ownPoints, settingOf } from "./settings.js";
import { checkData, checkPayload } from "./data/check.js";
import { ChosenFiles } from "./data/read.js";
import { words } from "./ui/words.js";

export { TildeError };

/** What reads and writes files of weights: few visits need it. @returns {Promise<typeof import("./weights.js")>} */
const weightsModule = () => getModule(new URL("./weights.js", import.meta.url));

/**
 * @typedef {import("./protocol.js").Card & { title: string }} Card
 * @typedef {import("./protocol.js").Backend} Backend
 * @typedef {import("./protocol.js").Metrics} Metrics
 * @typedef {import("./protocol.js").Status} Status
 * @typedef {import("./protocol.js").Value} Value
 */

/** Samples that are drawn at a time. */
const MOST_SAMPLES = 65_536;

/** The engine: one worker, the exhibits it knows, and the runs opened on it. */
export class Tilde {
  #client;
  #build;
  #cards;
  #requested;
  #gpu;

  /**
   * @param {Client} client
   * @param {string} build
   * @param {Card[]} cards
   * @param {Backend} requested
   * @param {import("./protocol.js").Gpu|undefined} gpu
   */
  constructor(client, build, cards, requested, gpu) {
    this.#client = client;
    this.#build = build;
    this.#cards = cards;
    this.#requested = requested;
    this.#gpu = gpu;
  }

  /**
   * Starts the engine. "webgpu" is refused (`no-webgpu`) where there is no adapter; "auto" decides
   * for each exhibit that is opened.
   * @param {{ backend?: Backend, build?: ""|"simd"|"relaxed", exhibit?: string }} [options] `build` is
   *   for the CPU: "simd" gives the same bits on every machine, and is chosen wherever relaxed SIMD is
   *   missing. `exhibit` is what will be opened first, so that only its module is fetched
   * @returns {Promise<Tilde>}
   */
  static async start(options) {
    const { backend = "auto", build = "", exhibit = "" } = optionsOf(options, "start");
    checkBackend(backend);
    if (!["", "simd", "relaxed"].includes(build))
      throw new TildeError("bad-setting", `build = ${shown(build)} does not fit: it takes simd or relaxed.`);
    const client = await Client.start(build, backend === "webgpu" ? "webgpu" : "cpu", shown(exhibit));
    try {
      const [ready, ui] = await Promise.all([client.ready, words("ui")]);
      const cards = ready.cards.map((card) => ({ ...card, title: ui.get(`contents.${card.id}`) }));
      const gpu = backend === "auto" ? await client.call(0, "gpu", []) : undefined;
      return new Tilde(client, ready.build, cards, backend, gpu);
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /** What it runs on: "cpu" or "webgpu". With "auto", each run decides for itself: see `run.backend`. */
  get backend() {
    if (this.#requested !== "auto") return this.#requested;
    return this.#gpu?.available && !this.#gpu.software ? "webgpu" : "cpu";
  }

  /** Which wasm build runs on the CPU: "simd" or "relaxed". */
  get build() {
    return this.#build;
  }

  /** The cards of all exhibits. @returns {Card[]} */
  get exhibits() {
    return this.#cards;
  }

  /**
   * @param {string} id of an exhibit
   * @param {{ seed?: number, settings?: Record<string, unknown>, data?: object, backend?: Backend, inputs?: import("./protocol.js").GivenInput[], state?: import("./protocol.js").Tensor[], kept?: boolean }} [options]
   *   without a seed, one is drawn; `run.seed` tells it. `inputs` are what `run.inputs()` gave. With `kept`, the listener
   *   `kept` hears every few seconds of a state that another run of the same can be opened with as `state`, should the
   *   engine end; one that does not fit is left out, and the run begins at its first step
   * @returns {Promise<Run>}
   */
  async open(id, options) {
    const given = optionsOf(options, "open");
    const { seed = randomSeed(), settings = {}, data, backend = this.#requested, inputs = [], state, kept } = given;
    checkBackend(backend);
    const card = this.exhibits.find((each) => each.id === id);
    if (!card)
      throw new TildeError(
        "unknown-exhibit",
        `There is no exhibit "${shown(id)}". There are: ${this.exhibits.map((each) => each.id).join(", ")}.`,
      );
    const own = data === undefined || data === null ? undefined : checkData(card, data);
    if (!Array.isArray(inputs))
      throw new TildeError("bad-data", `inputs = ${shown(inputs)} does not fit: it takes what run.inputs() gave.`);
    const opened = {
      exhibit: id,
      seed: checkSeed(seed),
      settings: {
        ...complete(card, own ? { ...brought(card), ...settings } : settings),
        ...(own?.points && ownPoints(card)),
      },
      data: own,
      inputs: inputs.map((input) => ({ id: input?.id, payload: checkPayload(card, input?.id, input?.payload) })),
      backend,
      state,
      kept: Boolean(kept),
    };
    const number = this.#client.nextRun();
    return new Run(this.#client, number, card, await this.#client.call(number, "open", [opened]));
  }

  /**
   * Reads an IDX, NPY or CSV file (already unzipped).
   * @param {string} name
   * @param {Uint8Array} bytes
   * @returns {Promise<import("./protocol.js").Parsed>}
   */
  async parse(name, bytes) {
    if (typeof name !== "string")
      throw new TildeError("bad-data", `parse takes the name of a file first, found ${shown(name)}.`);
    if (!(bytes instanceof Uint8Array))
      throw new TildeError("bad-data", `parse takes a Uint8Array second, found ${kindOf(bytes)}.`);
    return this.#client.call(0, "parse", [name, bytes]);
  }

  /**
   * Resolves when the worker has ended by itself, as one does that a browser has no memory for. All its runs are gone.
   * @returns {Promise<TildeError>}
   */
  get ended() {
    return this.#client.ended;
  }

  /**
   * Files that were chosen together for an exhibit, before it is decided how they are read.
   * @param {{ data: string[] }} card
   */
  files(card) {
    return new ChosenFiles(this.#client, card.data);
  }

  /** Ends the worker and every run on it. */
  close() {
    this.#client.close();
  }
}

/** An opened exhibit. Calls are queued in order. */
export class Run {
  #client;
  #number;
  #closed = false;

  /**
   * @param {Client} client
   * @param {number} number
   * @param {Card} card
   * @param {Status} status
   */
  constructor(client, number, card, status) {
    this.#client = client;
    this.#number = number;
    /** The exhibit's card. */
    this.card = card;
    /** What it is now: backend, device in words, seed, settings. */
    this.status = status;
  }

  /** "cpu" or "webgpu". */
  get backend() {
    return this.status.backend;
  }

  get seed() {
    return this.status.seed;
  }

  get settings() {
    return this.status.settings;
  }

  /**
   * Does `n` of the exhibit's iterations.
   * @param {number} n
   * @param {object} [options]
   * @param {AbortSignal} [options.signal]
   * @param {(progress: { done: number, total: number, rate: number }) => void} [options.onprogress]
   * @returns {Promise<Metrics>} `step`, `loss` once it is known, and what else is quickly measured
   */
  async train(n, options) {
    const { signal, onprogress } = optionsOf(options, "train");
    checkSignal(signal);
    const progress = callable(onprogress, "onprogress");
    return this.#call("train", [count(n, "train", 0, Number.MAX_SAFE_INTEGER)], { signal, progress });
  }

  /**
   * Draws from the present model, and changes nothing.
   * @param {number} n
   * @param {{ seed?: number, signal?: AbortSignal }} [options]
   * @returns {Promise<import("./protocol.js").Samples>}
   */
  async sample(n, options) {
    const { seed = randomSeed(), signal } = optionsOf(options, "sample");
    return this.#call("sample", [count(n, "sample", 1, MOST_SAMPLES), checkSeed(seed)], {
      signal: checkSignal(signal),
    });
  }

  /**
   * All figures, over all held-out data. What is not known yet is left out; an estimate `x` has its standard error
   * `x_se` beside it.
   * @param {{ deep?: boolean, whole?: boolean, signal?: AbortSignal }} [options] `deep: false` leaves out the costly
   *   ones; `whole: false` measures on a sample of the held-out data, as the page does
   * @returns {Promise<Metrics>}
   */
  async metrics(options) {
    const { deep = true, whole = deep, signal } = optionsOf(options, "metrics");
    return this.#call("metrics", [Boolean(deep), Boolean(whole)], { signal: checkSignal(signal) });
  }

  /**
   * Live settings apply at once. Any other builds the model again in place, from the same seed: its
   * weights start anew and `step` is 0 again.
   * @param {string} id
   * @param {Value} value
   */
  async set(id, value) {
    settingOf(this.card, id);
    return this.change({ [id]: value });
  }

  /**
   * Several settings at once: one rebuild at most.
   * @param {Record<string, unknown>} values
   */
  async change(values) {
    const checked = checkAll(this.card, values);
    const live = Object.keys(checked).every((id) => settingOf(this.card, id).live);
    this.status = await this.#call("set", [checked, live]);
  }

  /** One phase of an iteration, by its id. @param {string} phase */
  async step(phase) {
    if (!this.card.phases.includes(phase))
      throw new TildeError(
        "bad-setting",
        `"${this.card.id}" has no phase "${shown(phase)}". It has: ${this.card.phases.join(", ")}.`,
      );
    await this.#call("step", [phase]);
  }

  /**
   * An input of the card: `points`, `at` or `picks`. What is painted becomes the data.
   * @param {string} id
   * @param {import("./protocol.js").Payload} [payload]
   */
  async act(id, payload = {}) {
    this.status = await this.#call("act", [id, checkPayload(this.card, id, payload)]);
  }

  /**
   * What was put in by hand and still counts, for a run that is opened in this one's place.
   * @returns {Promise<import("./protocol.js").GivenInput[]>}
   */
  async inputs() {
    return this.#call("inputs", []);
  }

  /** The numbers of a picture. @param {string} id @returns {Promise<import("./protocol.js").Picture>} */
  async view(id) {
    if (!this.card.views.some((view) => view.id === id))
      throw new TildeError(
        "bad-setting",
        `"${this.card.id}" has no view "${shown(id)}". It has: ${this.card.views.map((view) => view.id).join(", ")}.`,
      );
    return this.#call("view", [id]);
  }

  /** Starts anew, from the same seed or another. @param {{ seed?: number }} [options] */
  async reset(options) {
    const { seed = this.seed } = optionsOf(options, "reset");
    this.status = await this.#call("reset", [checkSeed(seed)]);
  }

  /**
   * The compiled plan: for each entry its kernels, with what they cost and their shaders. Nothing where an exhibit
   * computes without tensors.
   * @returns {Promise<import("./protocol.js").PlanShown|undefined>}
   */
  async plan() {
    return this.#call("plan", []);
  }

  /**
   * How long an entry of the plan takes, measured on a copy: the run stays as it is, and waits.
   * @param {number} entry its place in the plan
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<import("./protocol.js").Times>}
   */
  async measure(entry, options) {
    const { signal } = optionsOf(options, "measure");
    return this.#call("measure", [count(entry, "measure", 0, Number.MAX_SAFE_INTEGER)], {
      signal: checkSignal(signal),
    });
  }

  /**
   * Weights, optimiser and counters as safetensors, with small data of one's own; exhibit, settings, seed, step
   * and what the data are in its metadata.
   * @returns {Promise<Uint8Array>}
   */
  async save() {
    const { tensors, step, about } = await this.#call("save", []);
    const weights = await weightsModule();
    return weights.write(this.card, this.status, step, tensors, about);
  }

  /**
   * Continues from the bytes of `save`, with their settings, seed and data. What they learned from and the file
   * does not hold must be open already.
   * @param {Uint8Array} bytes
   * @returns {Promise<{ remark: string|undefined, data: import("./protocol.js").UserData|undefined }>} what is different of the data, and
   *   those of one's own that are open now
   */
  async load(bytes) {
    const weights = await weightsModule();
    const { tensors, settings, seed, metadata } = weights.read(this.card, bytes);
    const { status, remark, data } = await this.#call("load", [tensors, settings, seed, metadata]);
    this.status = status;
    return { remark, data };
  }

  /** Frees it. Training under way is given up; calls after this are refused. */
  close() {
    if (this.#closed) return;
    this.#call("close", []).catch(() => {}); // the worker may be gone already, which is fine
    this.#client.forget(this.#number);
    this.#closed = true;
  }

  /**
   * Trains until `pause`, posting frames to the listener. A run beside it, of the same exhibit, goes with it, and posts
   * frames of the same steps to its own.
   * @param {Omit<import("./protocol.js").PlayOptions, "beside"> & { beside?: { run: Run, views: string[] } }} options
   */
  async play(options) {
    const {
      views = [],
      pace = "full",
      phase = "",
      until = this.card.budget,
      every = 40,
      beside,
    } = optionsOf(options, "play");
    this.#known(views);
    if (!["full", "rising", "steady", "phases"].includes(pace))
      throw new TildeError(
        "bad-setting",
        `pace = ${shown(pace)} does not fit: it takes full, rising, steady or phases.`,
      );
    if (phase !== "" && !this.card.phases.includes(phase))
      throw new TildeError("bad-setting", `"${this.card.id}" has no phase "${shown(phase)}".`);
    if (!(typeof until === "number" && until >= 0 && typeof every === "number" && every >= 0))
      throw new TildeError("bad-setting", "until and every do not fit: they take numbers from 0.");
    if (beside && !(beside.run instanceof Run && beside.run.card.id === this.card.id && beside.run !== this))
      throw new TildeError("bad-setting", "beside does not fit: it takes another run of the same exhibit, and views.");
    if (beside) beside.run.#known(beside.views);
    const other = beside && { run: beside.run.#number, views: [...beside.views] };
    await this.#call("play", [{ views: [...views], pace, phase, until, every, beside: other }]);
  }

  /**
   * Says that what is being measured or drawn is not wanted any more, if it takes long.
   * @param {number} [patience] milliseconds from its beginning that it may take
   */
  hurry(patience) {
    this.#call("hurry", [patience]).catch(() => {}); // a run that is closed is in no hurry
  }

  /** Stops playing, after a last frame. */
  async pause() {
    await this.#call("pause", []);
  }

  /**
   * Figures and pictures now, for a run that is not playing.
   * @param {string[]} views
   * @param {{ deep?: boolean }} [options]
   * @returns {Promise<import("./protocol.js").Frame>}
   */
  async frame(views, options) {
    const { deep = false } = optionsOf(options, "frame");
    this.#known(views);
    return this.#call("frame", [[...views], Boolean(deep)]);
  }

  /**
   * Where frames, and notices of what went wrong while playing, go.
   * @param {import("./client.js").RunListener} listener
   */
  listen(listener) {
    callable(listener?.frame, "frame");
    callable(listener?.notice, "notice");
    callable(listener?.kept, "kept");
    this.#client.listen(this.#number, {
      ...listener,
      notice: (error, status, stopped) => {
        this.status = status;
        listener?.notice?.(error, status, stopped);
      },
    });
  }

  /** Refuses views that the card does not have. @param {unknown} views */
  #known(views) {
    const has = (/** @type {unknown} */ id) => this.card.views.some((view) => view.id === id);
    if (!Array.isArray(views) || !views.every(has))
      throw new TildeError(
        "bad-setting",
        `views = ${shown(views)} does not fit: "${this.card.id}" has ${this.card.views.map((view) => view.id).join(", ")}.`,
      );
  }

  /**
   * @param {string} method
   * @param {unknown[]} args
   * @param {Parameters<Client["call"]>[3]} [options]
   */
  #call(method, args, options) {
    if (this.#closed) return Promise.reject(new TildeError("closed", "This run is closed. Open the exhibit again."));
    return this.#client.call(this.#number, method, args, options);
  }
}

/**
 * Options by name: nothing, or an object.
 * @template T
 * @param {T|undefined} options
 * @param {string} what takes them
 * @returns {any}
 */
function optionsOf(options, what) {
  if (options === undefined) return {};
  if (typeof options !== "object" || options === null)
    throw new TildeError("bad-setting", `${what} takes an object of options, found ${shown(options)}.`);
  return options;
}

/** @param {unknown} value what kind of thing it is, for messages */
const kindOf = (value) => (value === undefined ? "nothing" : Object.prototype.toString.call(value).slice(8, -1));

/** @template T @param {T} listener @param {string} what @returns {T} */
function callable(listener, what) {
  if (listener !== undefined && listener !== null && typeof listener !== "function")
    throw new TildeError("bad-setting", `${what} = ${shown(listener)} does not fit: it takes a function.`);
  return listener;
}

/** @param {unknown} signal @returns {AbortSignal|undefined} */
function checkSignal(signal) {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw new TildeError("bad-setting", `signal = ${kindOf(signal)} does not fit: it takes an AbortSignal.`);
}

/** @param {unknown} backend */
function checkBackend(backend) {
  if (backend !== "auto" && backend !== "webgpu" && backend !== "cpu")
    throw new TildeError("bad-setting", `backend = ${shown(backend)} does not fit: it takes auto, webgpu or cpu.`);
}

/** @param {unknown} n @param {string} what @param {number} least @param {number} most */
function count(n, what, least, most) {
  if (!Number.isSafeInteger(n) || /** @type {number} */ (n) < least || /** @type {number} */ (n) > most)
    throw new TildeError(
      "bad-setting",
      `${what}(${shown(n)}) does not fit: it takes a whole number from ${least} to ${most}.`,
    );
  return n;
}

const randomSeed = () => crypto.getRandomValues(new Uint32Array(1))[0];
