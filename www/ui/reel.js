// Frames of a run that are kept, so that one can go back through them. Memory is bounded: when they are too many or too
// large, every second one is given up, and from then on every second one is kept.

/** @typedef {import("../protocol.js").Frame} Frame */

const FRAMES = 200;
const BYTES = 32 * 2 ** 20;

/** The bytes of a frame's pictures. @param {Frame} frame */
const sizeOf = ({ views }) =>
  Object.values(views).reduce(
    (sum, { layers }) => sum + layers.reduce((sum, { data, labels }) => sum + 4 * (data.length + labels.length), 0),
    0,
  );

/** Frames of one run, evenly spread over those that there were. */
export class Reel {
  /** @type {Frame[]} */
  #frames = [];
  #bytes = 0;
  #stride = 1;
  #seen = 0;

  /** How many are kept. */
  get length() {
    return this.#frames.length;
  }

  /** @param {Frame} frame */
  add(frame) {
    if (this.#seen++ % this.#stride) return;
    this.#frames.push(frame);
    this.#bytes += sizeOf(frame);
    while (this.#frames.length > 1 && (this.#frames.length > FRAMES || this.#bytes > BYTES)) {
      this.#frames = this.#frames.filter((_, i) => i % 2 === 0);
      this.#bytes = this.#frames.reduce((sum, each) => sum + sizeOf(each), 0);
      this.#stride *= 2;
    }
  }

  /** @param {number} index from 0, the oldest @returns {Frame|undefined} */
  at(index) {
    return this.#frames[index];
  }

  /** The last `most` of those before a frame, the oldest first; of all if it is not kept. @param {Frame} frame @param {number} most */
  before(frame, most) {
    const at = this.#frames.indexOf(frame);
    return this.#frames.slice(0, at < 0 ? this.length : at).slice(-most);
  }

  clear() {
    this.#frames = [];
    [this.#bytes, this.#stride, this.#seen] = [0, 1, 0];
  }
}
