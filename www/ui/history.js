// What the curves show: every figure over steps, thinned out as it grows.

/** @typedef {import("../protocol.js").Metrics} Metrics */

const LIMIT = 1600;

/** Figures of one run over its steps. */
export class History {
  /** @type {number[]} */
  steps = [];
  /** @type {Map<string, (number|null)[]>} */
  #columns = new Map();

  /** @param {Metrics} metrics */
  push(metrics) {
    const last = this.steps.at(-1) ?? 0;
    // Losses are those of the last step. Before the first step there is nothing to draw.
    if (last !== undefined && metrics.step <= last) return;
    if (this.steps.length >= LIMIT) this.#thin();
    this.steps.push(metrics.step);
    for (const [id, value] of Object.entries(metrics)) {
      let column = this.#columns.get(id);
      if (!column) this.#columns.set(id, (column = new Array(this.steps.length - 1).fill(null)));
      column.push(value);
    }
    for (const column of this.#columns.values()) while (column.length < this.steps.length) column.push(null);
  }

  /** Values of a figure, null where it was not asked for. @param {string} id @returns {(number|null)[]} */
  column(id) {
    return this.#columns.get(id) ?? new Array(this.steps.length).fill(null);
  }

  /** All of it as comma-separated values. */
  csv() {
    const ids = [...this.#columns.keys()].filter((id) => id !== "step");
    const rows = this.steps.map((step, i) => [step, ...ids.map((id) => this.column(id)[i] ?? "")].join(","));
    return [["step", ...ids].join(","), ...rows, ""].join("\n");
  }

  /** Keeps every second row. A figure that is missing there takes its value from the row before. */
  #thin() {
    const half = (/** @type {any[]} */ list) => list.filter((_, i) => i % 2);
    for (const [id, column] of this.#columns)
      this.#columns.set(id, half(column.map((value, i) => value ?? column[i - 1] ?? null)));
    this.steps = half(this.steps);
  }
}
