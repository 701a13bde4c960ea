// The wasm modules: engines, exhibits, the reader of files and the describer of plans, each fetched when it is first needed.

import { TildeError } from "../errors.js";
import { Once } from "../fetch.js";
import { findGpu } from "./gpu.js";
import { Parts } from "./parts.js";

/**
 * @typedef {import("../protocol.js").BackendName} BackendName
 * @typedef {import("../protocol.js").Card} Card
 * @typedef {import("../protocol.js").Engine} Engine
 * @typedef {import("../protocol.js").Exhibits} Exhibits
 * @typedef {import("../protocol.js").FileReader} FileReader
 * @typedef {import("../protocol.js").Describer} Describer
 *
 * @typedef {object} Loaders  fetch and start a module
 * @property {string} build  of the CPU's engine
 * @property {(backend: BackendName) => Promise<Engine>} engine
 * @property {() => Promise<Exhibits & { exports: import("./parts.js").Exports }>} exhibits  the main module
 * @property {(name: string) => Promise<WebAssembly.Module>} part  of it
 * @property {() => Promise<FileReader>} files
 * @property {() => Promise<Describer>} plan
 */

/** What is fetched so far. */
export class Modules {
  #cards;
  #loaders;
  /** @type {Once<any>} */
  #known = new Once();

  /** @param {Card[]} cards @param {Loaders} loaders */
  constructor(cards, loaders) {
    this.#cards = cards;
    this.#loaders = loaders;
  }

  /** What GPU there is. One that is not there now may come back. @returns {Promise<import("../protocol.js").Gpu>} */
  gpu() {
    const found = async () => {
      const gpu = await findGpu();
      if (!gpu.available) throw gpu;
      return gpu;
    };
    return this.#known.get("gpu", found).catch((none) => none);
  }

  /** @param {string} exhibit an id @returns {Card} */
  card(exhibit) {
    const card = this.#cards.find(({ id }) => id === exhibit);
    if (!card) throw new TildeError("unknown-exhibit", `There is no exhibit "${exhibit}".`);
    return card;
  }

  /** The module of the exhibits with all parts that one of them needs. @param {string} exhibit @returns {Promise<Exhibits>} */
  async exhibit(exhibit) {
    const { parts } = this.card(exhibit);
    if (!parts.length) throw new TildeError("unknown-exhibit", `"${exhibit}" was not built.`);
    const [main, ...modules] = await Promise.all([
      this.#known.get("exhibits", () => this.#main()),
      ...parts.map((name) => this.#known.get(`exhibits/${name}`, () => this.#loaders.part(name))),
    ]);
    main.parts.start(parts, modules);
    return main;
  }

  async #main() {
    const main = await this.#loaders.exhibits();
    return { WebRun: main.WebRun, parts: new Parts(main.exports) };
  }

  /** @returns {Promise<FileReader>} */
  files() {
    return this.#known.get("files", () => this.#loaders.files());
  }

  /** @returns {Promise<Describer>} */
  plan() {
    return this.#known.get("plan", () => this.#loaders.plan());
  }

  /**
   * Where a run of an exhibit is to be. Without tensors it needs no engine; the GPU's is fetched only
   * where there is a GPU.
   * @param {string} exhibit
   * @param {BackendName} backend
   * @returns {Promise<import("../protocol.js").Place>}
   */
  async place(exhibit, backend) {
    if (!this.card(exhibit).tensors) return { backend: "cpu", device: "CPU" };
    if (backend === "webgpu") await this.needGpu();
    const engine = await this.#known.get(backend, () => this.#loaders.engine(backend));
    return { backend, engine, device: backend === "webgpu" ? (await this.gpu()).description : "CPU" };
  }

  /** Refuses where there is no GPU. */
  async needGpu() {
    if (!(await this.gpu()).available)
      throw new TildeError("no-webgpu", 'This browser offers no WebGPU adapter. Use backend "auto" or "cpu".');
  }
}
