// The wasm modules: one for each backend, fetched when it is first needed.

import { TildeError } from "../errors.js";
import { findGpu } from "./gpu.js";

/**
 * @typedef {import("../protocol.js").BackendName} BackendName
 * @typedef {import("../protocol.js").Wasm} Wasm
 */

/** Where runs open. */
export class Backends {
  #load;
  /** @type {Map<BackendName, Promise<Wasm>>} */
  #modules = new Map();
  /** @type {Promise<import("../protocol.js").Gpu>|undefined} */
  #gpu;

  /** @param {(backend: BackendName) => Promise<Wasm>} load fetches and starts a module */
  constructor(load) {
    this.#load = load;
  }

  /** What GPU there is. */
  gpu() {
    return (this.#gpu ??= findGpu());
  }

  /**
   * The module that has this backend. That of the GPU is fetched only where there is one.
   * @param {BackendName} backend
   * @returns {Promise<Wasm>}
   */
  async module(backend) {
    if (backend === "webgpu" && !(await this.gpu()).available)
      throw new TildeError("no-webgpu", 'This browser offers no WebGPU adapter. Use backend "auto" or "cpu".');
    const known = this.#modules.get(backend);
    if (known) return known;
    const loading = this.#load(backend);
    this.#modules.set(backend, loading);
    loading.catch(() => this.#modules.delete(backend)); // so that the next try asks again
    return loading;
  }
}
