// The benchmark's module: one task on one backend, without the page around it.
//
//   import bench from "./www/bench.js";
//   await bench.init("vae_mlp", "cpu");      // "gan2d" | "vae_mlp" | "rbm", "cpu" | "webgpu"
//   const loss = await bench.step(100);      // trains 100 steps, waits for them, reads the loss

import { hasRelaxedSimd, loadWasm } from "./load.js";

/** @type {any} the task, once it is set up */
let task;

export default {
  /**
   * Loads the wasm module and sets the task up from its fixed initial weights.
   * @param {string} name
   * @param {"cpu"|"webgpu"} backend
   */
  async init(name, backend) {
    if (!hasRelaxedSimd()) {
      throw new Error("The benchmark needs a browser with relaxed SIMD, such as Chromium 114 or Firefox 145, or later.");
    }
    const wasm = await loadWasm(new URL("../", import.meta.url).href, "bench");
    task = await /** @type {any} */ (wasm).WebBench.open(name, backend);
  },

  /**
   * Trains `n` steps to their end.
   * @param {number} n
   * @returns {Promise<number>} the loss of the last one
   */
  step: (n) => task.step(n),

  /** What it runs on. */
  info: () => ({ build: "relaxed", backend: task.backend, description: task.description }),
};
