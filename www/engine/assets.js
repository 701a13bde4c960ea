// Files that only some exhibits need, fetched once, when one of them is opened.

/**
 * The 8×8 digits as the wasm module takes them.
 * @typedef {{ digits?: Uint8Array, digit_labels?: Uint8Array }} Digits
 */

/** Fetches from the folder that the site stands in. */
export class Assets {
  #base;
  /** @type {Promise<Digits>|undefined} */
  #digits;

  /** @param {string} base address of the site's root, ending in "/" */
  constructor(base) {
    this.#base = base;
  }

  /**
   * What an exhibit needs beside its settings.
   * @param {import("../protocol.js").Values} settings
   * @returns {Promise<Digits>}
   */
  async of(settings) {
    if (!Object.values(settings).some((value) => typeof value === "string" && /digits/.test(value))) return {};
    this.#digits ??= this.#load().catch((error) => {
      this.#digits = undefined; // so that the next try asks again
      throw error;
    });
    return this.#digits;
  }

  async #load() {
    const [digits, digit_labels] = await Promise.all(
      ["images", "labels"].map((part) => this.#bytes(`www/data/digits8-${part}.idx`)),
    );
    return { digits, digit_labels };
  }

  /** @param {string} path */
  async #bytes(path) {
    const response = await fetch(new URL(path, this.#base));
    if (!response.ok)
      throw Object.assign(new Error(`${path} is missing on this server (${response.status}).`), { code: "bad-data" });
    return new Uint8Array(await response.arrayBuffer());
  }
}
