// What the curves show: figures over steps. Losses that are recorded at every step come with the frames,
// thinned evenly where they are many; other figures have a point for each frame that they came with.

/** @typedef {import("../protocol.js").Frame} Frame */

/** Rows that frames alone may make. */
const LIMIT = 1600;

/** Figures of one run over its steps. */
export class History {
  /** @type {number[]} */
  steps = [];
  /** @type {Map<string, (number|null)[]>} */
  #columns = new Map();
  /** Names of the losses that came with the last step. @type {string[]} */
  #recorded = [];
  #stride = 1;

  /** The last step whose losses have come. */
  since = 0;

  /** @param {unknown} [data] what the run learns from: runs on the same are comparable */
  constructor(data) {
    this.data = data;
  }

  /** @param {Pick<Frame, "metrics"|"losses">} frame */
  push({ metrics, losses }) {
    this.#pushLosses(losses);
    const last = this.steps.at(-1) ?? 0;
    // Losses are those of the last step: before the first one there is nothing to draw.
    if (metrics.step < last || metrics.step === 0) return;
    const others = Object.entries(metrics).filter(([id]) => id !== "step" && !this.#recorded.includes(id));
    if (metrics.step > last) {
      // Between two kept points of the losses a row would only hold figures that stand still.
      if (this.#recorded.length && !others.length) return;
      if (!this.#recorded.length && this.steps.length >= LIMIT) this.#halve();
      this.#row(metrics.step);
    }
    for (const [id, value] of others) this.#cell(id, value);
  }

  /** Values of a figure, null where there is none. @param {string} id @returns {(number|null)[]} */
  column(id) {
    return this.#columns.get(id) ?? new Array(this.steps.length).fill(null);
  }

  /** All of it as comma-separated values. */
  csv() {
    const ids = [...this.#columns.keys()];
    const rows = this.steps.map((step, i) => [step, ...ids.map((id) => this.column(id)[i] ?? "")].join(","));
    return [["step", ...ids].join(","), ...rows, ""].join("\n");
  }

  /** @param {Frame["losses"]} losses of the steps after `since` */
  #pushLosses({ names, stride, steps, values }) {
    // A loss that the last step has no value of (of a network that does not learn, or before weights were
    // loaded) is a figure as any other: it comes with the frames.
    if (steps.length) this.#recorded = names.filter((_, k) => !Number.isNaN(values[values.length - names.length + k]));
    if (stride !== this.#stride) {
      this.#keep((step) => step % stride === 0);
      this.#stride = stride;
    }
    steps.forEach((step, i) => {
      if (step <= (this.steps.at(-1) ?? 0)) return;
      this.#row(step);
      names.forEach((name, k) => {
        const value = values[i * names.length + k];
        if (!Number.isNaN(value)) this.#cell(name, value);
      });
    });
    this.since = Math.max(this.since, steps.at(-1) ?? 0);
  }

  /** @param {number} step */
  #row(step) {
    this.steps.push(step);
    for (const column of this.#columns.values()) column.push(null);
  }

  /** Sets a figure in the last row. @param {string} id @param {number} value */
  #cell(id, value) {
    let column = this.#columns.get(id);
    if (!column) this.#columns.set(id, (column = new Array(this.steps.length).fill(null)));
    column[this.steps.length - 1] = value;
  }

  /** Keeps every second row. */
  #halve() {
    let i = 0;
    this.#keep(() => i++ % 2 === 1);
  }

  /**
   * Keeps the rows of some steps; a figure that came seldom moves on to the next row that is kept.
   * @param {(step: number) => boolean} wanted
   */
  #keep(wanted) {
    const kept = this.steps.map(wanted);
    for (const [id, column] of this.#columns) {
      /** @type {(number|null)[]} */
      const rows = [];
      /** @type {number|null} */
      let waiting = null;
      column.forEach((value, i) => {
        if (kept[i]) rows.push(value ?? waiting);
        waiting = kept[i] || this.#recorded.includes(id) ? null : (value ?? waiting);
      });
      this.#columns.set(id, rows);
    }
    this.steps = this.steps.filter((_, i) => kept[i]);
  }
}
