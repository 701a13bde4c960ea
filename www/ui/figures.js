// The figures: the present value of each, beside its exact or best possible value.

import { referenceOf } from "./curves.js";
import { h, say } from "./dom.js";
import { figure, margin, whole } from "./format.js";

/** @typedef {import("../protocol.js").Metric} Metric */

/** A list of figures, as the card names them. */
export class Figures {
  #metrics;
  #words;
  #ui;
  /** @type {Map<string, { box: HTMLElement, value: HTMLElement, error: HTMLElement, beside: HTMLElement }>} */
  #cells = new Map();

  /**
   * @param {Metric[]} metrics
   * @param {import("./words.js").Words} words
   * @param {import("./words.js").Words} ui
   */
  constructor(metrics, words, ui) {
    this.#ui = ui;
    // A loss without a curve only repeats another figure of the card.
    this.#metrics = metrics.filter(({ id, curve }) => id !== "loss" || curve);
    this.#words = words;
    this.element = h("dl", { className: "figures" }, ...this.#metrics.map((metric) => this.#cell(metric)));
  }

  /** @param {Pick<import("../protocol.js").Frame, "metrics"|"measured">} frame */
  show({ metrics: values, measured }) {
    const at = measured && this.#ui.get("measured-at", { step: whole(measured.step) });
    for (const metric of this.#metrics) {
      const cell = this.#cells.get(metric.id);
      if (!cell) continue;
      const [known, error] = [metric.id in values, values[`${metric.id}_se`]];
      say(cell.value, known ? figure(values[metric.id], metric.unit) : "–");
      say(cell.error, known && error !== undefined ? `± ${margin(error, metric.unit)}` : "");
      const old = known && measured?.ids.includes(metric.id) ? at : "";
      say(cell.beside, [this.#beside(metric, values), old].filter(Boolean).join(" · "));
      cell.box.hidden = metric.sometimes && !(metric.id in values);
    }
  }

  /** @param {Metric} metric */
  #cell({ id, sometimes }) {
    const [value, beside] = [h("span", { className: "number" }, "–"), h("small")];
    const error = h("span", { className: "error", title: this.#ui.get("standard-error") });
    const hint = this.#words.hint(`metrics.${id}`);
    const box = h(
      "div",
      { title: hint, "data-metric": id, hidden: sometimes },
      h("dt", {}, this.#words.get(`metrics.${id}`)),
      h("dd", {}, value, " ", error, beside),
    );
    this.#cells.set(id, { box, value, error, beside });
    return box;
  }

  /** @param {Metric} metric @param {import("../protocol.js").Metrics} values */
  #beside(metric, values) {
    const reference = referenceOf(metric, values);
    const word = this.#words.find(`metrics.${metric.id}.reference`);
    if (/^of \d/.test(metric.unit)) return metric.unit;
    if (reference === null) return metric.unit === "share" ? "" : metric.unit;
    return `${word ?? ""} ${figure(reference, metric.unit)}`.trim();
  }
}
