// Whether one build of the site trains as fast as another: node tests/bench/compare.mjs OLD NEW [exhibit…]
// OLD and NEW are folders with www/ and pkg/. Both are opened side by side in one browser, and train each
// exhibit's default model on the CPU in turn, in short windows. What is printed is the median of the windows'
// milliseconds a step, and the median ratio of neighbouring windows, NEW to OLD, with its quartiles: what
// else the machine does meanwhile falls on both alike.

import { chromium } from "@playwright/test";
import { serve } from "../../www/tools/serve.mjs";

const WINDOWS = 40;
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

/** Milliseconds for `n` steps, up to the figures after them. @param {import("@playwright/test").Page} page @param {number} n */
const time = (page, n) =>
  page.evaluate(async (n) => {
    const start = performance.now();
    await /** @type {any} */ (window).run.train(n);
    return performance.now() - start;
  }, n);

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
const pages = [];
for (const root of [old, current]) {
  const { address, close } = await serve({ root, pages: { "blank.html": BLANK } });
  closing.push(close);
  const page = await browser.newPage();
  await page.goto(`${address}blank.html`);
  pages.push(page);
}
const [before, after] = pages;
await open(after, "gan2d");
const all = await after.evaluate(() =>
  /** @type {any} */ (window).tilde.exhibits.map((/** @type {any} */ card) => card.id),
);
console.log("exhibit        old ms/step  new ms/step  new/old (quartiles)");
for (const id of ids.length ? ids : all) {
  for (const page of pages) await open(page, id);
  // Doubles the steps until they fill a window, which also warms up.
  let n = 1;
  while ((await time(before, n)) < WINDOW_MS && n < 1e6) n *= 2;
  await time(after, n);
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
