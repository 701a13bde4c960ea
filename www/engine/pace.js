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

/** Time after which what was counted for a rate has faded to a third. */
const FADES_MS = 2000;

/**
 * Iterations a second by the clock on the wall: what measuring, drawing, waiting and other runs take between two slices
 * is part of it.
 */
export class Rate {
  /** When the last slice began, and its iterations. @type {{ at: number, n: number }|undefined} */
  #last;
  #n = 0;
  #ms = 0;

  /**
   * A slice begins.
   * @param {number} at milliseconds
   * @param {number} n its iterations
   */
  begins(at, n) {
    if (this.#last) {
      const took = at - this.#last.at;
      const fades = Math.exp(-took / FADES_MS);
      this.#n = this.#n * fades + this.#last.n;
      this.#ms = this.#ms * fades + took;
    }
    this.#last = { at, n };
  }

  /** 0 where nothing is known yet. */
  get value() {
    return this.#ms ? (1000 * this.#n) / this.#ms : 0;
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
