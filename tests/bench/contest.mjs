// One contestant at one task: started, checked, warmed up, and timed window by window.
import { treeCpuMs } from "./cpu.mjs";

/** How far a loss may be from the f64 interpreter's: ours draws the same noise, the peers their own. */
const TOLERANCE = { ours: 1e-3, peers: 0.05 };
/** Peers whose steps take longer than this are timed once, by one step. */
const SLOW_MS = 4000;
/** How long the checked steps of a slow peer may take; two at least are checked. */
const CHECK_MS = 15000;
const WARM_UP_MS = 500;

const mean = (values) => values.reduce((a, b) => a + b) / values.length;

export class Contest {
  /** @type {{ cpu: number, wall: number }[]} milliseconds a step, window by window */
  windows = [];
  /** Why there are no figures. */
  failure = "";
  /** What a reader of the figures must know. */
  note = "";

  constructor(contestant, task, runner) {
    this.contestant = contestant;
    this.task = task;
    this.runner = runner;
  }

  /** Trains the first steps and refuses a contestant whose losses are not those of the task. */
  async start(reference, limitMs) {
    const { ms, loss, description } = await within(limitMs, this.runner.start());
    this.firstStepMs = ms;
    this.description = description;
    const losses = [loss];
    let spent = 0;
    while (losses.length < reference.length) {
      const next = await within(limitMs, this.runner.steps(1));
      losses.push(next.loss);
      this.stepMs = next.ms;
      spent += next.ms;
      if (!this.contestant.ours && spent + next.ms > CHECK_MS) break;
    }
    this.#check(losses, reference);
    if (losses.length < reference.length) this.note = `checked after ${losses.length} steps`;
  }

  /** Ours must have every loss of the interpreter, the peers their mean: they draw other noise. */
  #check(losses, reference) {
    const { ours, words } = this.contestant;
    const expected = reference.slice(0, losses.length);
    const off = ours
      ? Math.max(...losses.map((loss, i) => Math.abs(loss / expected[i] - 1)))
      : Math.abs(mean(losses) / mean(expected) - 1);
    console.log(`  ${words}: loss ${losses.at(-1).toPrecision(6)} after ${losses.length} steps, ${(100 * off).toFixed(4)} % off`);
    if (!(off <= (ours ? TOLERANCE.ours : TOLERANCE.peers))) {
      throw new Error(`trains something else: its first losses are ${(100 * off).toFixed(2)} % off the f64 interpreter's`);
    }
  }

  /** Warms up and sizes the windows to about `targetMs`. */
  async warmUp(targetMs) {
    let perStep = this.stepMs;
    for (let spent = 0, n = 1; spent < WARM_UP_MS && perStep < SLOW_MS; n *= 2) {
      const { ms } = await this.runner.steps(n);
      spent += ms;
      perStep = ms / n;
    }
    this.n = Math.max(1, Math.round(targetMs / perStep));
    this.isSlow = perStep >= SLOW_MS;
    if (this.isSlow) this.note = [this.note, "timed by one step"].filter(Boolean).join(", ");
  }

  /** Times one window. */
  async window() {
    const before = treeCpuMs(this.runner.pid);
    const { ms } = await this.runner.steps(this.n);
    this.windows.push({ cpu: (treeCpuMs(this.runner.pid) - before) / this.n, wall: ms / this.n });
  }

  /** Leaves the contest without figures. */
  async fail(error) {
    this.windows = [];
    // A browser's message names the call as well, and where it came from.
    this.failure = error.message.replace(/^page\.evaluate: (Error: )?/, "").split("\n")[0].replace(/\.$/, "");
    console.log(`  ${this.contestant.words}: ${this.failure}.`);
    await this.close();
  }

  close() {
    return this.runner.close();
  }
}

/** The promise's value, or an error if it takes too long. */
async function within(ms, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`a step took longer than ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
    promise.catch(() => {});
  }
}
