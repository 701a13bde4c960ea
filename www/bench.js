// The benchmark's module: one task on one backend, without the page around it.
//
//   import bench from "./www/bench.js";
//   await bench.init("vae_mlp", "cpu");      // one of TASKS, "cpu" | "webgpu"
//   const loss = await bench.step(100);      // trains 100 steps, waits for them, reads the loss

import { findGpu } from "./engine/gpu.js";
import { hasRelaxedSimd, loadEngine, loadWasm } from "./load.js";

/** What can be timed; docs/benchmarks.md says what each of them is. */
export const TASKS = ["gan2d_lab", "gan2d", "vae_mlp", "rbm", "ddpm2d", "gpt_char", "conv_ddpm28", "matmul256", "matmul1024"];

/** @type {any} the task, once it is set up */
let task;
let description = "";

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
    const base = new URL("../", import.meta.url).href;
    const [wasm, engine] = await Promise.all([loadWasm(base, "bench"), loadEngine(base, backend, "relaxed")]);
    description = backend === "webgpu" ? (await findGpu()).description : "CPU · SIMD, relaxed";
    task = await wasm.WebBench.open(name, { backend, engine, device: description });
  },

  /**
   * Trains `n` steps to their end.
   * @param {number} n
   * @returns {Promise<number>} the loss of the last one
   */
  step: (n) => task.step(n),

  /** What it runs on. */
  info: () => ({ build: "relaxed", backend: task.backend, description }),
};
