// Files that only some exhibits need, fetched once, when one of them is opened.

/**
 * The 8×8 digits and the text of the lessons, as the wasm module takes them.
 * @typedef {{ digits?: Uint8Array, digit_labels?: Uint8Array, lessons?: string }} Files
 */

/** Fetches from the folder that the site stands in. */
export class Assets {
  #base;
  /** @type {Map<string, Promise<Files>>} */
  #loaded = new Map();

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
    if (values.some((value) => /digits/.test(value))) return this.#once("digits", () => this.#digits());
    if (values.includes("lessons")) return this.#once("lessons", () => this.#lessons());
    return {};
  }

  /** @param {string} what @param {() => Promise<Files>} load */
  #once(what, load) {
    let files = this.#loaded.get(what);
    if (!files) {
      files = load().catch((error) => {
        this.#loaded.delete(what); // so that the next try asks again
        throw error;
      });
      this.#loaded.set(what, files);
    }
    return files;
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
    const response = await fetch(new URL(path, this.#base));
    if (!response.ok)
      throw Object.assign(new Error(`${path} is missing on this server (${response.status}).`), { code: "bad-data" });
    return new Uint8Array(await response.arrayBuffer());
  }
}
