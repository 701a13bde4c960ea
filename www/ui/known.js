// What is known of a run's figures: costly ones come only with some frames, and stay as they are until the next ones come.

/** @typedef {import("../protocol.js").Frame} Frame */

/** Costly figures that are older than this are said with the step they are of, in milliseconds. */
const OLD_MS = 1500;

/** The figures of a run. */
export class KnownFigures {
  /** When all figures came last, and of what step. */
  #at = 0;
  #step = 0;
  /** Those that come only then. @type {string[]} */
  #costly = [];
  /** Those of the last frame that had no costly ones. @type {Set<string>} */
  #quick = new Set();
  /** Whether the costly ones have ever been old in this run. */
  #old = false;

  /** A run begins. */
  begin() {
    this.#old = false;
  }

  /**
   * A frame with all that is known. Where costly figures are old, it says of what step they are; in a run that plays it goes
   * on to do so, lest this come and go.
   * @param {Frame} frame
   * @param {Frame|undefined} last  the completed one before it
   * @returns {Frame}
   */
  completed(frame, last) {
    const now = performance.now();
    const metrics = frame.deep ? frame.metrics : this.#with(frame.metrics, last?.metrics);
    if (frame.deep) [this.#at, this.#step] = [now, metrics.step];
    else this.#costly = Object.keys(metrics).filter((id) => !(id in frame.metrics));
    const behind = this.#costly.length > 0 && this.#step !== metrics.step;
    this.#old ||= behind && now - this.#at > OLD_MS;
    const measured = (frame.playing ? this.#old : behind) ? { step: this.#step, ids: this.#costly } : undefined;
    return { ...frame, metrics, measured };
  }

  /**
   * Quick figures with the costly ones before them. What came with the last quick ones and does not with these is not known
   * any more.
   * @param {Frame["metrics"]} metrics
   * @param {Frame["metrics"]} [last]
   * @returns {Frame["metrics"]}
   */
  #with(metrics, last = {}) {
    const before = Object.entries(last).filter(([id]) => !this.#quick.has(id));
    this.#quick = new Set(Object.keys(metrics));
    return { ...Object.fromEntries(before), ...metrics };
  }
}
