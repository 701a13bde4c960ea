// Files that only some exhibits need, fetched once, when one of them is opened.

/**
 * The 8×8 digits and the text of the lessons, as the wasm module takes them.
 * @typedef {{ digits?: Uint8Array, digit_labels?: Uint8Array, lessons?: string }} Files
 */

import { Once, get } from "../fetch.js";

/** Fetches from the folder that the site stands in. */
export class Assets {
  #base;
  /** @type {Once<Files>} */
  #loaded = new Once();

  /** @param {string} base address of the site's root, ending in "/" */
  constructor(base) {
    this.#base = base;
  }

  /**
   * What an exhibit needs beside its settings.
   * @param {import("../protocol.js").Values} settings
   * @returns {Promise<Files>}
   */
  async of(settings) {
    const values = Object.values(settings).map(String);
    if (values.some((value) => /digits/.test(value))) return this.#loaded.get("digits", () => this.#digits());
    if (values.includes("lessons")) return this.#loaded.get("lessons", () => this.#lessons());
    return {};
  }

  async #digits() {
    const [digits, digit_labels] = await Promise.all(
      ["images", "labels"].map((part) => this.#bytes(`www/data/digits8-${part}.idx`)),
    );
    return { digits, digit_labels };
  }

  async #lessons() {
    return { lessons: new TextDecoder().decode(await this.#bytes("www/data/lessons.txt")) };
  }

  /** @param {string} path */
  async #bytes(path) {
    const response = await get(new URL(path, this.#base));
    return new Uint8Array(await response.arrayBuffer());
  }
}
