// Whether one build of the site trains as fast as another: node tests/bench/compare.mjs OLD NEW [exhibit…]
// OLD and NEW are folders with www/ and pkg/. Both are opened side by side in one browser, and train each
// exhibit's default model on the CPU in turn, in short windows. What is printed is the median of the windows'
// milliseconds a step that the worker's thread computed (from /proc, so this needs Linux), and the median ratio
// of neighbouring windows, NEW to OLD, with its quartiles.

import { readFile, readdir } from "node:fs/promises";
import { chromium } from "@playwright/test";
import { serve } from "../../www/tools/serve.mjs";

const WINDOWS = 24;
const WINDOW_MS = 250;

const BLANK = '<!doctype html><title>Blank</title><link rel="icon" href="data:,">';

/** @param {number[]} values @param {number} share */
const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))];

/** @param {import("@playwright/test").Page} page @param {string} id */
const open = (page, id) =>
  page.evaluate(async (id) => {
    const { Tilde } = await import(new URL("www/tilde.js", location.href).href);
    const scope = /** @type {any} */ (window);
    scope.tilde ??= await Tilde.start({ backend: "cpu", build: "relaxed" });
    scope.run?.close();
    scope.run = await scope.tilde.open(id, { seed: 1 });
  }, id);

/** The workers' threads of all browsers, as folders of /proc. @returns {Promise<string[]>} */
async function workers() {
  const found = [];
  for (const process of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const tasks = await readdir(`/proc/${process}/task`).catch(() => []);
    for (const task of tasks) {
      const folder = `/proc/${process}/task/${task}`;
      const name = await readFile(`${folder}/comm`, "utf8").catch(() => "");
      if (name.startsWith("DedicatedWorker")) found.push(folder);
    }
  }
  return found;
}

/** Milliseconds that a thread has computed. @param {string} thread */
const computed = async (thread) => Number((await readFile(`${thread}/schedstat`, "utf8")).split(" ")[0]) / 1e6;

/** @typedef {{ page: import("@playwright/test").Page, worker: string }} Site */

/** Milliseconds of computing for `n` steps, up to the figures after them. @param {Site} site @param {number} n */
async function time({ page, worker }, n) {
  const start = await computed(worker);
  await page.evaluate((n) => /** @type {any} */ (window).run.train(n), n);
  return (await computed(worker)) - start;
}

const [old, current, ...ids] = process.argv.slice(2);
if (!current) {
  console.error("Name two folders with www/ and pkg/: node tests/bench/compare.mjs OLD NEW [exhibit…]");
  process.exit(2);
}
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});
/** @type {(() => void)[]} */
const closing = [];
/** @type {Site[]} */
const sites = [];
for (const root of [old, current]) {
  const { address, close } = await serve({ root, pages: { "blank.html": BLANK } });
  closing.push(close);
  const page = await browser.newPage();
  await page.goto(`${address}blank.html`);
  const known = await workers();
  await open(page, "gan2d");
  const [worker] = (await workers()).filter((thread) => !known.includes(thread));
  sites.push({ page, worker });
}
const [before, after] = sites;
const all = await after.page.evaluate(() =>
  /** @type {any} */ (window).tilde.exhibits.map((/** @type {any} */ card) => card.id),
);
console.log("exhibit        old ms/step  new ms/step  new/old (quartiles)");
for (const id of ids.length ? ids : all) {
  for (const { page } of sites) await open(page, id);
  // Doubles the steps until they fill a window, which also warms up.
  let n = 1;
  while (Math.min(await time(before, n), await time(after, n)) < WINDOW_MS && n < 1e6) n *= 2;
  const times = { before: /** @type {number[]} */ ([]), after: /** @type {number[]} */ ([]) };
  for (let i = 0; i < WINDOWS; i++) {
    // Neither is always the first.
    if (i % 2) times.after.push((await time(after, n)) / n);
    times.before.push((await time(before, n)) / n);
    if (i % 2 === 0) times.after.push((await time(after, n)) / n);
  }
  const ratios = times.after.map((t, i) => t / times.before[i]);
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(ratios, share).toFixed(3));
  const [was, is] = [times.before, times.after].map((list) => quantile(list, 0.5).toPrecision(3).padStart(11));
  console.log(`${id.padEnd(14)} ${was}  ${is}  ${middle} (${low} to ${high})`);
}
await browser.close();
for (const close of closing) close();
