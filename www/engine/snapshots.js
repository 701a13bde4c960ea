// The states that a run can go back to: where training began, and the last two.

/** @typedef {import("../protocol.js").Tensor} Tensor */

/** Least and most time between two of them, in milliseconds: no more than this is lost with a device. */
const LEAST_MS = 3000;
const MOST_MS = 4500;

/** Kept in order; the first stays. */
export class Snapshots {
  /** @type {Tensor[][]} */
  #kept = [];
  /** The one that was gone back to, while no other came after it. @type {Tensor[]|undefined} */
  #used;
  #at = -Infinity;
  #cost = 0;

  /** Whether another is due. Costly ones are taken less often. */
  get due() {
    return performance.now() - this.#at > Math.min(Math.max(LEAST_MS, 20 * this.#cost), MOST_MS);
  }

  /** Whether there is none yet. */
  get empty() {
    return !this.#kept.length;
  }

  /** The last one. */
  get last() {
    return this.#kept.at(-1);
  }

  /** All of them, the last one first. */
  get all() {
    return this.#kept.toReversed();
  }

  /** @param {Tensor[]} state @param {number} cost milliseconds that it took */
  add(state, cost) {
    const [first, ...rest] = this.#kept;
    this.#kept = first ? [first, ...rest.slice(-1), state] : [state];
    this.#used = undefined;
    this.#at = performance.now();
    this.#cost = cost;
  }

  /**
   * What to go back to after a divergence: the last one. If it has led to another divergence before there was
   * a newer one, its weights were finite but past saving, and the one before it has its turn.
   */
  back() {
    if (this.#used && this.#used === this.last && this.#kept.length > 1) this.#kept.pop();
    this.#used = this.last;
    this.#at = performance.now();
    return this.#used;
  }

  /** Forgets all: another model has taken the place. */
  clear() {
    this.#kept = [];
    this.#used = undefined;
    this.#at = -Infinity;
  }
}
