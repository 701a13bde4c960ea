// The wasm modules: one for each backend and part of the course, fetched when it is first needed.

import { TildeError } from "../errors.js";
import { findGpu } from "./gpu.js";
import { partOf } from "./parts.js";

/**
 * @typedef {import("../protocol.js").BackendName} BackendName
 * @typedef {import("../protocol.js").Wasm} Wasm
 * @typedef {(backend: BackendName, part: import("./parts.js").Part) => Promise<Wasm>} Load  fetches and starts a module
 */

/** The modules that runs are opened in. */
export class Backends {
  #load;
  /** @type {Map<string, Promise<Wasm>>} */
  #modules = new Map();
  /** @type {Promise<import("../protocol.js").Gpu>|undefined} */
  #gpu;

  /** @param {Load} load */
  constructor(load) {
    this.#load = load;
  }

  /** What GPU there is. */
  gpu() {
    return (this.#gpu ??= findGpu());
  }

  /**
   * The module that has this exhibit and backend. That of the GPU is fetched only where there is one.
   * @param {BackendName} backend
   * @param {string} exhibit
   * @returns {Promise<Wasm>}
   */
  async module(backend, exhibit) {
    if (backend === "webgpu" && !(await this.gpu()).available)
      throw new TildeError("no-webgpu", 'This browser offers no WebGPU adapter. Use backend "auto" or "cpu".');
    const part = partOf(exhibit);
    const key = `${part}/${backend}`;
    const known = this.#modules.get(key);
    if (known) return known;
    const loading = this.#load(backend, part);
    this.#modules.set(key, loading);
    loading.catch(() => this.#modules.delete(key)); // so that the next try asks again
    return loading;
  }
}
