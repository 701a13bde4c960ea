// One contestant at one task, in a fresh browser of its own: cold caches, no cross-talk.
import { chromium } from "@playwright/test";
import { treeCpuMs } from "./cpu.mjs";
import { CHECK_STEPS } from "./tasks.mjs";

const FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-unsafe-webgpu"];

export class Contest {
  /** @type {{ cpu: number, wall: number }[]} milliseconds a step, window by window */
  windows = [];

  constructor(contestant, task) {
    this.contestant = contestant;
    this.task = task;
  }

  /** Opens the page, trains the first steps and keeps their loss. */
  async open(address, module) {
    this.server = await chromium.launchServer({ executablePath: process.env.CHROMIUM, headless: true, args: FLAGS });
    const browser = await chromium.connect(this.server.wsEndpoint());
    this.page = await browser.newPage();
    const query = new URLSearchParams({ module, task: this.task, backend: this.contestant.backend });
    const failed = new Promise((_, reject) => this.page.once("pageerror", reject));
    await this.page.goto(`${address}tests/bench/?${query}`);
    await Promise.race([failed, this.page.waitForFunction("globalThis.bench")]);
    this.firstStepMs = await this.page.evaluate("bench.start()");
    this.loss = (await this.#steps(CHECK_STEPS - 1)).loss;
  }

  /** Warms up for at least half a second and sizes the windows to about `targetMs`. */
  async warmUp(targetMs) {
    let n = 1;
    let spent = 0;
    let perStep = 0;
    while (spent < 500) {
      const { ms } = await this.#steps(n);
      spent += ms;
      perStep = ms / n;
      n *= 2;
    }
    this.n = Math.max(1, Math.round(targetMs / perStep));
  }

  /** Times one window. */
  async window() {
    const root = this.server.process().pid;
    const before = treeCpuMs(root);
    const { ms } = await this.#steps(this.n);
    this.windows.push({ cpu: (treeCpuMs(root) - before) / this.n, wall: ms / this.n });
  }

  async close() {
    await this.server?.close();
  }

  #steps(n) {
    return this.page.evaluate(`bench.steps(${n})`);
  }
}
