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
  /** @type {Promise<boolean>|undefined} whether it has come */
  #coming;

  /** @param {URL} at */
  constructor(at) {
    this.#at = at;
  }

  /**
   * The module, if it has come. Else it is on its way, and `again` is called once it is there; if it does not come, the
   * next picture tries again.
   * @param {() => void} again
   * @returns {T|undefined}
   */
  get(again) {
    if (this.#module) return this.#module;
    if (!this.#coming) {
      this.#coming = getModule(this.#at)
        .then((module) => Boolean((this.#module = module)))
        .catch(() => false)
        .finally(() => (this.#coming = undefined));
      this.#coming.then((come) => come && again());
    }
    return undefined;
  }
}
