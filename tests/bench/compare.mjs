// Whether one build of the site trains as fast as another: node tests/bench/compare.mjs OLD NEW [exhibit…]
// OLD and NEW are folders with www/ and pkg/. Both are opened side by side in one browser, and train each exhibit on
// the CPU in turn, in short windows. What is printed is the median of the windows' milliseconds a step that the
// worker's thread computed (from /proc, so this needs Linux), and the median ratio of neighbouring windows, NEW to
// OLD, with its quartiles.
//
// Both have the same settings: the defaults of OLD. An exhibit may be followed by others, as in the page's addresses
// ("gan2d?instance_noise=0"): whichever of the two knows a setting follows it. What is compared is a long run; with
// "--first N", the first N steps of a run again and again.

import { readFile, readdir } from "node:fs/promises";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { serve } from "../../www/tools/serve.mjs";

const WINDOWS = 24;
const WINDOW_MS = 250;

const BLANK = '<!doctype html><title>Blank</title><link rel="icon" href="data:,">';

/** @param {number[]} values @param {number} share */
const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))];

/** @typedef {Record<string, string|number|boolean>} Values */

/**
 * @param {import("@playwright/test").Page} page
 * @param {string} id
 * @param {Values} [settings] of which those count that the site knows
 * @returns {Promise<Values>} what it was opened with
 */
const open = (page, id, settings = {}) =>
  page.evaluate(
    async ({ id, settings }) => {
      const { Tilde } = await import(new URL("www/tilde.js", location.href).href);
      const scope = /** @type {any} */ (window);
      scope.tilde ??= await Tilde.start({ backend: "cpu", build: "relaxed" });
      scope.run?.close();
      const known = new Set(scope.tilde.exhibits.find((card) => card.id === id).settings.map(({ id }) => id));
      const followed = Object.fromEntries(Object.entries(settings).filter(([name]) => known.has(name)));
      scope.run = await scope.tilde.open(id, { seed: 1, settings: followed });
      return scope.run.settings;
    },
    { id, settings },
  );

/** Settings as an address has them. @param {string} query @returns {Values} */
const given = (query) =>
  Object.fromEntries(
    [...new URLSearchParams(query)].map(([name, text]) => {
      if (text === "true" || text === "false") return [name, text === "true"];
      return [name, text === "" || Number.isNaN(Number(text)) ? text : Number(text)];
    }),
  );

/** @param {Values} of @param {Values} other @returns {string} settings with other values, or that the other lacks */
const others = (of, other) =>
  Object.entries(of)
    .filter(([name, value]) => other[name] !== value)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");

/**
 * Whether a process was started by this one, or by one that was: other browsers may be at work.
 * @param {string} id
 * @returns {Promise<boolean>}
 */
async function isOurs(id) {
  if (Number(id) === process.pid) return true;
  const stat = await readFile(`/proc/${id}/stat`, "utf8").catch(() => "");
  // The name, in brackets, may hold anything.
  const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(parent) > 1 && isOurs(parent);
}

/** The workers' threads of our browser, as folders of /proc. @returns {Promise<string[]>} */
async function workers() {
  const found = [];
  for (const id of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    if (!(await isOurs(id))) continue;
    const tasks = await readdir(`/proc/${id}/task`).catch(() => []);
    for (const task of tasks) {
      const folder = `/proc/${id}/task/${task}`;
      const name = await readFile(`${folder}/comm`, "utf8").catch(() => "");
      if (name.startsWith("DedicatedWorker")) found.push(folder);
    }
  }
  return found;
}

/** Milliseconds that a thread has computed. @param {string} thread */
const computed = async (thread) => Number((await readFile(`${thread}/schedstat`, "utf8")).split(" ")[0]) / 1e6;

/** @typedef {{ page: import("@playwright/test").Page, worker: string }} Site */

/**
 * Milliseconds of computing for `n` steps, up to the figures after them; with `first`, for so many at the beginning of
 * a run, until they are `n` together.
 * @param {Site} site @param {number} n @param {number} first
 */
async function time({ page, worker }, n, first) {
  const start = await computed(worker);
  await page.evaluate(
    async ([n, first]) => {
      const { run } = /** @type {any} */ (window);
      if (!first) return run.train(n);
      for (let done = 0; done < n; done += first) {
        await run.reset();
        await run.train(first);
      }
    },
    [n, first],
  );
  return (await computed(worker)) - start;
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { first: { type: "string" } } });
const [old, current, ...asked] = positionals;
const first = Number(values.first ?? 0);
if (!current || Number.isNaN(first)) {
  console.error("Name two folders with www/ and pkg/: node tests/bench/compare.mjs [--first N] OLD NEW [exhibit…]");
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
for (const [id, query] of (asked.length ? asked : all).map((name) => name.split("?"))) {
  const set = given(query);
  const was = await open(before.page, id, set);
  const is = await open(after.page, id, { ...was, ...set });
  const different = [others(was, is), others(is, was)].join(" / ");
  // Doubles the steps until they fill a window, which also warms up.
  let n = first || 1;
  while (Math.min(await time(before, n, first), await time(after, n, first)) < WINDOW_MS && n < 1e6) n *= 2;
  const times = { before: /** @type {number[]} */ ([]), after: /** @type {number[]} */ ([]) };
  for (let i = 0; i < WINDOWS; i++) {
    // Neither is always the first.
    if (i % 2) times.after.push((await time(after, n, first)) / n);
    times.before.push((await time(before, n, first)) / n);
    if (i % 2 === 0) times.after.push((await time(after, n, first)) / n);
  }
  const ratios = times.after.map((t, i) => t / times.before[i]);
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(ratios, share).toFixed(3));
  const [then, now] = [times.before, times.after].map((list) => quantile(list, 0.5).toPrecision(3).padStart(11));
  // Where the two do not know the same settings, so that whoever reads this can judge whether it matters.
  const note = different === " / " ? "" : `  settings ${different}`;
  console.log(`${id.padEnd(14)} ${then}  ${now}  ${middle} (${low} to ${high})${note}`);
}
await browser.close();
for (const close of closing) close();
