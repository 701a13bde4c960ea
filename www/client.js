// The page's end of the worker: starts it, sends calls, hands out answers and frames.

import { TildeError, revive } from "./errors.js";
import { get } from "./fetch.js";

/**
 * @typedef {import("./protocol.js").FromWorker} FromWorker
 * @typedef {import("./protocol.js").Card} Card
 * @typedef {{ cards: Card[], build: string }} Ready
 *
 * @typedef {object} Call
 * @property {(value: any) => void} resolve
 * @property {(error: unknown) => void} reject
 * @property {((progress: { done: number, total: number, rate: number }) => void)|undefined} progress
 *
 * @typedef {object} RunListener
 * @property {(frame: import("./protocol.js").Frame) => void} [frame]
 * @property {(state: import("./protocol.js").Tensor[]) => void} [kept]
 * @property {(error: TildeError, status: import("./protocol.js").Status, stopped: boolean) => void} [notice]
 */

/** The folder of the site, under any sub-path. */
export const BASE = new URL("../", import.meta.url);

/**
 * Whether this document has an opaque origin (a frame with `sandbox="allow-scripts"` alone): storage
 * throws there, and only a classic worker from a blob may start.
 */
export const isOpaque = () => globalThis.origin === "null";

/**
 * Where a module worker may start from. A worker's script must be of the page's own origin: an article
 * on another site gets a blob that imports ours.
 */
function workerAddress() {
  const { href, origin } = new URL("worker.js", import.meta.url);
  if (origin === location.origin) return href;
  return URL.createObjectURL(new Blob([`import ${JSON.stringify(href)};`], { type: "text/javascript" }));
}

/** Hears how far modules have come: events `loading` with bytes in `detail`. */
export const loadings = new EventTarget();

// (func (result v128) i32.const 0 i8x16.splat): valid only where there is SIMD.
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11,
]);

/** What this browser would need and does not have, or "". */
function lacking() {
  if (typeof WebAssembly === "undefined") return "WebAssembly";
  if (!WebAssembly.validate(SIMD_PROBE)) return "SIMD in WebAssembly";
  if (typeof Worker === "undefined") return "workers";
  if (typeof OffscreenCanvas === "undefined") return "OffscreenCanvas";
  return "";
}

/** @param {string} path from the site's root */
const fetched = (path) => get(new URL(path, BASE));

/** The worker of a document with an opaque origin. */
async function classicWorker() {
  const script = await (await fetched("www/vendor/worker.js")).text();
  return new Worker(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
}

/**
 * Tells a listener. What it throws is its own: it is reported as if an event listener had thrown it, and everything
 * else goes on.
 * @template {unknown[]} A
 * @param {((...args: A) => unknown)|undefined} listener
 * @param {A} args
 */
function tell(listener, ...args) {
  try {
    listener?.(...args);
  } catch (error) {
    reportError(error);
  }
}

/** One worker and the calls under way. */
export class Client {
  #worker;
  #lock = `tilde-engine-${Math.random().toString(36).slice(2)}`;
  /** @type {Card[]} */
  #cards = [];
  #last = 0;
  #lastRun = 0;
  /** @type {Map<number, Call>} */
  #calls = new Map();
  /** @type {Map<number, RunListener>} */
  #listeners = new Map();
  /** @type {(ready: Ready) => void} */
  #ready = () => {};
  /** @type {(error: unknown) => void} */
  #failed = () => {};
  #closed = false;
  /** Once the worker has ended by itself. @type {TildeError|undefined} */
  #over;
  #gone = new AbortController();
  /** @type {(error: TildeError) => void} */
  #end = () => {};

  /**
   * Resolves when the worker has ended by itself, as one does that a browser has no memory for.
   * @type {Promise<TildeError>}
   */
  ended = new Promise((resolve) => (this.#end = resolve));

  /**
   * Cards and wasm build, once the engine has started.
   * @type {Promise<Ready>}
   */
  ready = new Promise((resolve, reject) => {
    this.#ready = resolve;
    this.#failed = reject;
  });

  /**
   * @param {Worker} worker
   * @param {Promise<Card[]>} cards
   * @param {string} build for the CPU: "" (the fastest), "simd" or "relaxed"
   * @param {import("./protocol.js").BackendName} backend whose engine is fetched first
   * @param {string} exhibit whose module is
   */
  constructor(worker, cards, build, backend, exhibit) {
    this.#worker = worker;
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(
        new TildeError(
          "no-start",
          event.message || "The engine could not be loaded: the server must send www/ and pkg/ as they were built.",
        ),
      );
    };
    cards.then(
      (cards) => {
        this.#cards = cards;
        worker.postMessage({ type: "start", base: BASE.href, build, backend, exhibit, cards, lock: this.#lock });
      },
      (error) => this.#fail(error),
    );
  }

  /**
   * Starts a worker in the way this document allows.
   * @param {string} [build]
   * @param {import("./protocol.js").BackendName} [backend]
   * @param {string} [exhibit]
   */
  static async start(build = "", backend = "cpu", exhibit = "") {
    if (location.protocol === "file:")
      throw new TildeError("no-start", "Opened from a file. Serve the folder instead: ./build.sh");
    const lacks = lacking();
    if (lacks)
      throw Object.assign(new TildeError("no-start", `This browser has no ${lacks}. Any current browser has it.`), {
        lacks,
      });
    const cards = fetched("pkg/cards.json").then((response) => response.json());
    cards.catch(() => {}); // heard of below, unless the script fails first
    if (isOpaque()) return new Client(await classicWorker(), cards, "simd", backend, exhibit);
    return new Client(new Worker(workerAddress(), { type: "module" }), cards, build, backend, exhibit);
  }

  /** A number for a run about to be opened. */
  nextRun() {
    return ++this.#lastRun;
  }

  /**
   * @param {number} run
   * @param {string} method
   * @param {unknown[]} args
   * @param {{ signal?: AbortSignal, progress?: Call["progress"] }} [options]
   * @returns {Promise<any>}
   */
  call(run, method, args, { signal, progress } = {}) {
    if (this.#closed)
      return Promise.reject(new TildeError("closed", "Tilde is closed. Start it again with Tilde.start()."));
    if (this.#over) return Promise.reject(this.#over);
    if (signal?.aborted) return Promise.reject(signal.reason);
    const id = ++this.#last;
    const abort = () => this.#worker.postMessage({ type: "abort", id });
    signal?.addEventListener("abort", abort, { once: true });
    return new Promise((resolve, reject) => {
      this.#post({ type: "call", id, run, method, args });
      this.#calls.set(id, { resolve, reject, progress });
    })
      .catch((error) => {
        throw signal?.aborted && error?.code === "aborted" ? signal.reason : error;
      })
      .finally(() => signal?.removeEventListener("abort", abort));
  }

  /** @param {number} run @param {RunListener} listener */
  listen(run, listener) {
    this.#listeners.set(run, listener);
  }

  /** @param {number} run */
  forget(run) {
    this.#listeners.delete(run);
  }

  /** Ends the worker; calls under way are rejected. */
  close() {
    this.#closed = true;
    this.#gone.abort();
    this.#worker.terminate();
    this.#fail(new TildeError("closed", "Tilde was closed."));
  }

  /**
   * Hears of the worker's end: it holds a lock for as long as it lives, which is then ours. There are no locks in a
   * document with an opaque origin or that is not secure.
   */
  #watch() {
    const { signal } = this.#gone;
    const ended = () => {
      this.#over = new TildeError(
        "engine-ended",
        "The engine has ended by itself: the browser may have run out of memory. Start it again.",
      );
      this.#fail(this.#over);
      this.#end(this.#over);
    };
    navigator.locks?.request(this.#lock, { signal }, ended).catch(() => {});
  }

  /** Sends a call. @param {import("./protocol.js").CallMessage} message */
  #post(message) {
    try {
      this.#worker.postMessage(message);
    } catch (error) {
      // What cannot be copied, such as a buffer that was given away.
      throw new TildeError(
        "bad-data",
        `This cannot be passed to ${message.method}: ${/** @type {Error} */ (error).message}`,
      );
    }
  }

  /** @param {FromWorker} message */
  #receive(message) {
    switch (message.type) {
      case "loading":
        return loadings.dispatchEvent(new CustomEvent("loading", { detail: message.loaded }));
      case "ready":
        this.#watch();
        return this.#ready({ cards: this.#cards, build: message.build });
      case "failed":
        return this.#fail(revive(message.error));
      case "frame":
        tell(this.#listeners.get(message.run)?.frame, message.frame);
        return this.#acknowledge(message.run);
      case "kept":
        return tell(this.#listeners.get(message.run)?.kept, message.state);
      case "notice":
        return tell(this.#listeners.get(message.run)?.notice, revive(message.notice), message.status, message.stopped);
      case "progress": {
        const { done, total, rate } = message;
        return tell(this.#calls.get(message.id)?.progress, { done, total, rate });
      }
      default:
        return this.#settle(message);
    }
  }

  /** @param {import("./protocol.js").ResultMessage|import("./protocol.js").ErrorMessage} message */
  #settle(message) {
    const call = this.#calls.get(message.id);
    this.#calls.delete(message.id);
    if (message.type === "result") call?.resolve(message.value);
    else call?.reject(revive(message.error));
  }

  /** Asks for the next frame when the browser is ready to show one. @param {number} run */
  #acknowledge(run) {
    const acknowledge = () => this.#worker.postMessage({ type: "ack", run });
    // A hidden tab gets no animation frames, and needs none drawn.
    if (document.hidden) acknowledge();
    else requestAnimationFrame(acknowledge);
  }

  /** @param {TildeError} error */
  #fail(error) {
    this.ready.catch(() => {}); // perhaps nobody awaits it any longer
    this.#failed(error);
    for (const { reject } of this.#calls.values()) reject(error);
    this.#calls.clear();
  }
}
