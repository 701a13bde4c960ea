// Parts of the exhibits' module. The main one is there from the first exhibit on; functions and data that only some
// of them need are in parts, which share its memory and its table (www/tools/split).

import { startModule } from "../fetch.js";
import { compile } from "./compile.js";

/** @typedef {Record<string, WebAssembly.ExportValue>} Exports */

/** Fetches and compiles a part. @param {string} base address of the site's root, ending in "/" @param {string} name */
export const fetchPart = (base, name) =>
  startModule(new URL(`pkg/exhibits/${name}.wasm`, base), async (file) => compile(await file));

/** The parts that have been started. */
export class Parts {
  /** What the main module and all parts export. @type {Exports} */
  #exports = {};
  /** @type {Set<string>} */
  #started = new Set();

  /** @param {Exports} exports of the main module */
  constructor(exports) {
    Object.assign(this.#exports, exports);
  }

  /**
   * Starts those that are not. Each may use what the main module and those before it export.
   * @param {string[]} names @param {WebAssembly.Module[]} modules
   */
  start(names, modules) {
    for (const [i, name] of names.entries()) {
      // A second start would write its data anew.
      if (this.#started.has(name)) continue;
      const { exports } = new WebAssembly.Instance(modules[i], { "": this.#exports });
      Object.assign(this.#exports, exports);
      this.#started.add(name);
    }
  }
}
