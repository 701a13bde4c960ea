// Tilde as a library: open an exhibit, train it, look at it, save it. Everything runs in a worker.

import { Client } from "./client.js";
import { TildeError } from "./errors.js";
import * as safetensors from "./safetensors.js";
import { checkAll, checkSeed, complete, ownPoints, settingOf } from "./settings.js";
import { checkData, checkPayload } from "./data/check.js";
import { words } from "./ui/words.js";

export { TildeError };

/**
 * @typedef {import("./protocol.js").Card & { title: string }} Card
 * @typedef {import("./protocol.js").Backend} Backend
 * @typedef {import("./protocol.js").Metrics} Metrics
 * @typedef {import("./protocol.js").Status} Status
 * @typedef {import("./protocol.js").Value} Value
 */

/** Written into saved weights, so that a later version can tell what it reads. */
export const VERSION = "1";

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
  static async start({ backend = "auto", build = "", exhibit = "" } = {}) {
    if (!["auto", "webgpu", "cpu"].includes(backend))
      throw new TildeError("bad-setting", `backend = ${backend} does not fit: it takes auto, webgpu or cpu.`);
    if (!["", "simd", "relaxed"].includes(build))
      throw new TildeError("bad-setting", `build = ${build} does not fit: it takes simd or relaxed.`);
    const client = await Client.start(build, backend === "webgpu" ? "webgpu" : "cpu", String(exhibit));
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
   * @param {{ seed?: number, settings?: Record<string, unknown>, data?: object, backend?: Backend, inputs?: import("./protocol.js").GivenInput[] }} [options]
   *   without a seed, one is drawn; `run.seed` tells it. `inputs` are what `run.inputs()` gave
   * @returns {Promise<Run>}
   */
  async open(id, { seed = randomSeed(), settings = {}, data, backend = this.#requested, inputs = [] } = {}) {
    const card = this.exhibits.find((each) => each.id === id);
    if (!card)
      throw new TildeError(
        "unknown-exhibit",
        `There is no exhibit "${id}". There are: ${this.exhibits.map((each) => each.id).join(", ")}.`,
      );
    const own = data ? checkData(card, data) : undefined;
    const options = {
      exhibit: id,
      seed: checkSeed(seed),
      settings: { ...complete(card, settings), ...(own?.points && ownPoints(card)) },
      data: own,
      inputs: inputs.map(({ id, payload }) => ({ id, payload: checkPayload(card, id, payload) })),
      backend,
    };
    const number = this.#client.nextRun();
    return new Run(this.#client, number, card, await this.#client.call(number, "open", [options]));
  }

  /**
   * Reads an IDX, NPY or CSV file (already unzipped).
   * @param {string} name
   * @param {Uint8Array} bytes
   * @returns {Promise<import("./protocol.js").Parsed>}
   */
  parse(name, bytes) {
    return this.#client.call(0, "parse", [name, bytes]);
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
   * @param {{ signal?: AbortSignal, onprogress?: (progress: { done: number, total: number, rate: number }) => void }} [options]
   * @returns {Promise<Metrics>} always with finite `step` and `loss`
   */
  async train(n, { signal, onprogress } = {}) {
    return this.#call("train", [count(n, "train", 0)], { signal, progress: onprogress });
  }

  /**
   * Draws from the present model, and changes nothing.
   * @param {number} n
   * @param {{ seed?: number }} [options]
   * @returns {Promise<import("./protocol.js").Samples>}
   */
  async sample(n, { seed = randomSeed() } = {}) {
    return this.#call("sample", [count(n, "sample", 1), checkSeed(seed)]);
  }

  /**
   * All figures.
   * @param {{ deep?: boolean }} [options] false leaves out the costly ones
   * @returns {Promise<Metrics>}
   */
  async metrics({ deep = true } = {}) {
    return this.#call("metrics", [deep]);
  }

  /**
   * Live settings apply at once. Any other builds the model again in place, from the same seed: its
   * weights start anew and `step` is 0 again.
   * @param {string} id
   * @param {Value} value
   */
  async set(id, value) {
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
        `"${this.card.id}" has no phase "${phase}". It has: ${this.card.phases.join(", ")}.`,
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
        `"${this.card.id}" has no view "${id}". It has: ${this.card.views.map((view) => view.id).join(", ")}.`,
      );
    return this.#call("view", [id]);
  }

  /** Starts anew, from the same seed or another. @param {{ seed?: number }} [options] */
  async reset({ seed = this.seed } = {}) {
    this.status = await this.#call("reset", [checkSeed(seed)]);
  }

  /**
   * Weights, optimiser and counters as safetensors; exhibit, settings, seed and step in its metadata.
   * @returns {Promise<Uint8Array>}
   */
  async save() {
    const { tensors, step } = await this.#call("save", []);
    const { seed, settings, backend } = this.status;
    return safetensors.write(tensors, {
      format: "tilde",
      version: VERSION,
      exhibit: this.card.id,
      seed: String(seed),
      step: String(step),
      backend,
      settings: JSON.stringify(settings),
    });
  }

  /**
   * Continues from the bytes of `save`, with their settings and seed.
   * @param {Uint8Array} bytes
   */
  async load(bytes) {
    const { tensors, metadata } = safetensors.read(bytes);
    if (metadata.exhibit !== this.card.id)
      throw new TildeError(
        "bad-file",
        `These are weights of ${metadata.exhibit ? `"${metadata.exhibit}"` : "another program"}, and this is "${this.card.id}".`,
      );
    let args;
    try {
      args = [tensors, complete(this.card, JSON.parse(metadata.settings)), checkSeed(Number(metadata.seed))];
    } catch (error) {
      const why = error instanceof TildeError ? error.message : "They are no JSON.";
      throw new TildeError("bad-file", `The settings in this file of weights cannot be used. ${why}`);
    }
    this.status = await this.#call("load", args);
  }

  /** Frees it. Training under way is given up; calls after this are refused. */
  close() {
    if (this.#closed) return;
    this.#call("close", []).catch(() => {}); // the worker may be gone already, which is fine
    this.#client.forget(this.#number);
    this.#closed = true;
  }

  /** Trains until `pause`, posting frames to the listener. @param {import("./protocol.js").PlayOptions} options */
  async play(options) {
    await this.#call("play", [options]);
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
  async frame(views, { deep = false } = {}) {
    return this.#call("frame", [views, deep]);
  }

  /**
   * Where frames, and notices of what went wrong while playing, go.
   * @param {import("./client.js").RunListener} listener
   */
  listen(listener) {
    this.#client.listen(this.#number, {
      ...listener,
      notice: (error, status, stopped) => {
        this.status = status;
        listener.notice?.(error, status, stopped);
      },
    });
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

/** @param {unknown} n @param {string} what @param {number} least */
function count(n, what, least) {
  if (!Number.isSafeInteger(n) || /** @type {number} */ (n) < least)
    throw new TildeError("bad-setting", `${what}(${String(n)}) does not fit: it takes a whole number from ${least}.`);
  return n;
}

const randomSeed = () => crypto.getRandomValues(new Uint32Array(1))[0];
