// A contestant in a fresh browser of its own: cold caches, no cross-talk.
import { chromium } from "@playwright/test";

const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-unsafe-webgpu",
  // WebGL in software, where there is no GPU.
  "--enable-unsafe-swiftshader",
];

export class InBrowser {
  /** @param {string} url of the page with the contestant and the task in its query */
  constructor(url) {
    this.url = url;
  }

  /** Opens the page and trains the first step. */
  async start() {
    this.server = await chromium.launchServer({ executablePath: process.env.CHROMIUM, headless: true, args: FLAGS });
    /** The process whose tree does all the work. */
    this.pid = this.server.process().pid;
    const browser = await chromium.connect(this.server.wsEndpoint());
    this.page = await browser.newPage();
    await this.page.goto(this.url);
    await this.page.waitForFunction("globalThis.bench");
    return this.page.evaluate("bench.start()");
  }

  /** Trains `n` steps to their end. */
  steps(n) {
    return this.page.evaluate(`bench.steps(${n})`);
  }

  /** Ends it, even in the middle of a step. */
  async close() {
    await this.server?.kill();
  }
}
