// Times every benchmark task on every backend that this browser has, one after the other.

import bench, { TASKS } from "./bench.js";

const BACKENDS = /** @type {const} */ (["cpu", "webgpu"]);
const WINDOWS = 5;
const WINDOW_MS = 500;

const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** Milliseconds a step: the median of some windows, each about `WINDOW_MS` long. */
async function time() {
  let [n, ms] = [1, 0];
  // Doubles the steps until they fill a tenth of a window, which also warms up.
  for (; ms < WINDOW_MS / 10; n *= 2) ms = (await timed(n)).ms;
  n = Math.max(1, Math.round((WINDOW_MS / ms) * (n / 2)));
  const windows = [];
  for (let i = 0; i < WINDOWS; i++) windows.push(await timed(n));
  windows.sort((a, b) => a.ms - b.ms);
  const { ms: middle, loss } = windows[WINDOWS >> 1];
  return { ms: middle / n, loss };
}

/** @param {number} n steps */
async function timed(n) {
  const start = performance.now();
  const loss = await bench.step(n);
  return { ms: performance.now() - start, loss };
}

/** @param {string[]} cells */
function row(cells) {
  const tr = document.createElement("tr");
  tr.append(...cells.map((text) => Object.assign(document.createElement("td"), { textContent: text })));
  element("rows").append(tr);
}

/** @param {string} task @param {"cpu"|"webgpu"} backend */
async function run(task, backend) {
  try {
    await bench.init(task, backend);
    const { ms, loss } = await time();
    row([task, bench.info().description, ms.toPrecision(3), loss.toPrecision(5)]);
  } catch (error) {
    row([task, backend, "–", error instanceof Error ? error.message : String(error)]);
  }
}

element("start").addEventListener("click", async ({ target }) => {
  const button = /** @type {HTMLButtonElement} */ (target);
  button.disabled = true;
  element("rows").replaceChildren();
  for (const task of TASKS) {
    for (const backend of BACKENDS) {
      element("now").textContent = `${task} on ${backend} …`;
      await run(task, backend);
    }
  }
  element("now").textContent = "Done.";
  button.disabled = false;
});
