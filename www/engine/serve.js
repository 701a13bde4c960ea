// The worker's side of `protocol.js`: one engine, its runs, and the calls on them.

import { TildeError, describe } from "../errors.js";
import { arrivals } from "../fetch.js";
import { Assets } from "./assets.js";
import { FileDesk } from "./files.js";
import { Modules } from "./modules.js";
import { Player } from "./play.js";
import { EngineRun } from "./run.js";

/**
 * @typedef {import("../protocol.js").ToWorker} ToWorker
 * @typedef {import("../protocol.js").FromWorker} FromWorker
 * @typedef {import("../protocol.js").CallMessage} CallMessage
 *
 * @typedef {object} Port  the part of a worker's global scope that is used
 * @property {(message: FromWorker, transfer?: Transferable[]) => void} postMessage
 * @property {((event: { data: ToWorker }) => void)|null} onmessage
 *
 * @typedef {{ run: EngineRun, player: Player }} Opened
 * @typedef {import("./modules.js").Loaders} Loaders
 */

/**
 * Answers messages from now on.
 * @param {Port} port
 * @param {(base: string, wanted: string) => Loaders} choose
 */
export function serve(port, choose) {
  /** @type {Promise<Server>|undefined} */
  let server;
  port.onmessage = async ({ data: message }) => {
    if (message.type === "start") {
      arrivals.addEventListener("arrival", (event) => {
        const { loaded } = /** @type {CustomEvent} */ (event).detail;
        port.postMessage({ type: "loading", loaded });
      });
      server = start(port, message, choose(message.base, message.build));
      server.catch((error) => {
        const { code, message: words } = describe(error);
        port.postMessage({ type: "failed", error: { code: code === "no-webgpu" ? code : "no-start", message: words } });
      });
    } else {
      // A server that has not started has said so.
      (await server?.catch(() => undefined))?.receive(message);
    }
  };
}

/**
 * @param {Port} port
 * @param {import("../protocol.js").StartMessage} message
 * @param {Loaders} loaders
 */
async function start(port, { base, backend, exhibit, cards, lock }, loaders) {
  await hold(lock);
  const modules = new Modules(cards, loaders);
  if (backend === "webgpu") await modules.needGpu();
  // An unknown one is refused when it is opened.
  if (cards.some(({ id }) => id === exhibit))
    await Promise.all([modules.exhibit(exhibit), modules.place(exhibit, backend)]);
  return new Server(port, { modules, assets: new Assets(base) }, loaders.build);
}

/**
 * Takes a lock that nobody has, until this worker ends.
 * @param {string} name
 * @returns {Promise<void>}
 */
const hold = (name) =>
  new Promise((resolve) => {
    const { locks } = globalThis.navigator ?? {};
    if (!locks || !name) return resolve();
    // Refused where the origin is opaque.
    locks.request(name, () => new Promise(() => resolve())).catch(() => resolve());
  });

class Server {
  #port;
  #engine;
  #files;
  /** @type {Map<number, Opened>} */
  #runs = new Map();
  /** @type {Map<number, import("./run.js").Token & { run: number }>} */
  #tokens = new Map();

  /**
   * @param {Port} port
   * @param {import("./run.js").Engine} engine
   * @param {string} build
   */
  constructor(port, engine, build) {
    this.#port = port;
    this.#engine = engine;
    this.#files = new FileDesk(() => engine.modules.files());
    port.postMessage({ type: "ready", build });
  }

  /** @param {Exclude<ToWorker, { type: "start" }>} message */
  receive(message) {
    if (message.type === "abort") this.#abort(message.id);
    else if (message.type === "ack") this.#runs.get(message.run)?.player.acknowledge();
    else this.#call(message);
  }

  /** @param {number} id */
  #abort(id) {
    const token = this.#tokens.get(id);
    if (!token) return;
    token.aborted = true;
    token.stop?.();
  }

  /** @param {CallMessage} call */
  async #call(call) {
    try {
      this.#port.postMessage({ type: "result", id: call.id, value: await this.#answer(call) });
    } catch (error) {
      this.#port.postMessage({ type: "error", id: call.id, error: describe(error) });
    }
  }

  /** @param {CallMessage} call @returns {Promise<unknown>} */
  async #answer({ id, run: number, method, args }) {
    const a = /** @type {any[]} */ (args); // the page's half (client.js, tilde.js) has checked them
    if (method === "gpu") return this.#engine.modules.gpu();
    if (method === "parse") return (await this.#engine.modules.files()).parse_data(a[0], a[1]);
    if (method.startsWith("files.")) return this.#files.answer(number, method, a);
    if (method === "open") return this.#open(number, a[0]);
    const opened = this.#runs.get(number);
    if (!opened) throw new TildeError("closed", "This run is closed. Open the exhibit again.");
    const { run, player } = opened;
    switch (method) {
      case "play":
        return player.play({ ...a[0], beside: a[0].beside && this.#beside(a[0].beside) });
      case "pause":
        return player.pause();
      case "hurry":
        return run.hurry(a[0]);
      case "frame":
        return player.frame(a[0], a[1]);
      case "train":
        return this.#train(id, number, run, a[0]);
      case "close":
        this.#runs.delete(number);
        for (const [id, token] of this.#tokens) if (token.run === number) this.#abort(id);
        run.hurry(0);
        await player.pause(false);
        return run.close();
      case "act":
        player.hurry();
        return this.#act(run, a[0], a[1]);
      case "step":
      case "set":
      case "reset":
      case "load":
        player.hurry(); // the picture would be of what is about to change
        return run.enqueue(() => /** @type {any} */ (run)[method](...a));
      case "metrics":
      case "sample":
      case "view":
        return this.#stoppable(id, number, (token) =>
          run.stoppable(token, () => /** @type {any} */ (run)[method](...a)),
        );
      case "measure":
        return this.#stoppable(id, number, (token) => run.enqueue(() => run.measure(a[0], token)));
      case "inputs":
      case "save":
      case "plan":
        return run.enqueue(() => /** @type {any} */ (run)[method](...a));
      default:
        throw new TildeError("internal", `The worker knows no call "${method}".`);
    }
  }

  /** @param {{ run: number, views: string[] }} beside @returns {import("./play.js").Beside} */
  #beside({ run, views }) {
    return { opened: () => this.#runs.get(run), views };
  }

  /**
   * A network of another program is read first.
   * @param {EngineRun} run
   * @param {string} id
   * @param {import("../protocol.js").Payload} payload
   */
  async #act(run, id, payload) {
    const foreign = payload.text?.startsWith("bif ") ? payload.text.slice(4) : undefined;
    const text = foreign === undefined ? payload.text : `bif ${await this.#files.text(["network"], foreign)}`;
    return run.enqueue(() => run.act(id, { ...payload, text }));
  }

  /** @param {number} number @param {import("../protocol.js").OpenOptions} options */
  async #open(number, options) {
    const card = this.#engine.modules.card(options.exhibit);
    const read = { ...options, data: await this.#files.asRead(card.data, options.data) };
    const run = await EngineRun.open(this.#engine, read, (notice, { status }) =>
      this.#port.postMessage({ type: "notice", run: number, notice, status, stopped: false }),
    );
    if (options.kept) run.onkept = (state) => this.#port.postMessage({ type: "kept", run: number, state });
    const player = new Player(run, card, {
      frame: (frame, transfer) => this.#port.postMessage({ type: "frame", run: number, frame }, transfer),
      fail: (notice) =>
        this.#port.postMessage({ type: "notice", run: number, notice, status: run.status, stopped: true }),
    });
    this.#runs.set(number, { run, player });
    return run.status;
  }

  /** @param {number} id @param {number} number @param {EngineRun} run @param {number} n */
  #train(id, number, run, n) {
    const progress = (/** @type {number} */ done, /** @type {number} */ rate) =>
      this.#port.postMessage({ type: "progress", id, done, total: n, rate });
    return this.#stoppable(id, number, (token) => run.train(n, token, progress));
  }

  /** @param {number} id @param {number} number @param {(token: import("./run.js").Token) => Promise<unknown>} job */
  async #stoppable(id, number, job) {
    const token = { aborted: false, run: number };
    this.#tokens.set(id, token);
    try {
      return await job(token);
    } catch (error) {
      if (describe(error).code !== "aborted" || this.#runs.has(number)) throw error;
      throw new TildeError("closed", "This run was closed meanwhile.");
    } finally {
      this.#tokens.delete(id);
    }
  }
}
