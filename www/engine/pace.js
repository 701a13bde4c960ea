// How much to compute before the worker reads its messages again.

const SLICE_MS = 20;

/** Sizes slices of training so that each takes about twenty milliseconds. */
export class Pace {
  #slice = 1;

  /** Iterations in the next slice. */
  get slice() {
    return this.#slice;
  }

  /**
   * Adapts to the time that a slice took.
   * @param {number} iterations
   * @param {number} milliseconds
   */
  took(iterations, milliseconds) {
    const fits = (iterations * SLICE_MS) / Math.max(milliseconds, 0.05);
    // Never more than doubled or halved at once: the first slices are slow (caches, compilation).
    const next = Math.min(Math.max(fits, this.#slice / 2), this.#slice * 2);
    this.#slice = Math.min(Math.max(Math.round(next), 1), 8192);
  }
}

const { port1, port2 } = new MessageChannel();
/** @type {(() => void)[]} */
const waiting = [];
port1.onmessage = () => waiting.shift()?.();

/**
 * Lets the worker read its messages. A timer would cost four milliseconds each time, and promises
 * alone would never let a message in.
 * @returns {Promise<void>}
 */
export const breathe = () =>
  new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(0);
  });
