// What few pictures need comes when one does.

import { getModule } from "../fetch.js";

/**
 * A module that is fetched once a picture needs it.
 * @template T
 */
export class Late {
  #at;
  /** @type {T|undefined} */
  #module;
  /** What is drawn again once it has come; none while it is not on its way. @type {Set<() => void>|undefined} */
  #waiting;

  /** @param {URL} at */
  constructor(at) {
    this.#at = at;
  }

  /**
   * The module, if it has come. Else it is on its way, and `again` is called once it is there, for each picture that waits
   * for it; if it does not come, the next picture tries again.
   * @param {() => void} again  the same for the same picture
   * @returns {T|undefined}
   */
  get(again) {
    if (this.#module) return this.#module;
    if (!this.#waiting) this.#fetch();
    this.#waiting?.add(again);
    return undefined;
  }

  async #fetch() {
    const waiting = (this.#waiting = new Set());
    try {
      this.#module = await getModule(this.#at);
    } catch {
      return; // the next picture tries again
    } finally {
      this.#waiting = undefined;
    }
    for (const again of waiting) again();
  }
}
