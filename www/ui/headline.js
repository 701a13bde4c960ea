// At most three figures as sentences, each beside its exact or best value: what the exhibit says of itself in words.

import { referenceOf } from "./curves.js";
import { h, say } from "./dom.js";
import { figure, measured } from "./format.js";

/** @typedef {import("../protocol.js").Metric} Metric */

/** A place in a sentence: a figure of the card, or its reference. */
const PLACE = /\{(\w+?)(_reference)?\}/g;

/** The sentences of a card. */
export class Headline {
  #metrics;
  /** Each with its wordings, of which the first that is known is said. @type {{ texts: string[], line: HTMLElement }[]} */
  #lines;

  /** @param {Metric[]} metrics @param {import("./words.js").Words} words */
  constructor(metrics, words) {
    this.#metrics = new Map(metrics.map((metric) => [metric.id, metric]));
    const said = /** @type {(string|string[])[]} */ (words.find("headline") ?? []);
    this.#lines = said.map((texts) => ({ texts: [texts].flat(), line: h("p", { hidden: true }) }));
    this.element = h("div", { className: "headline", hidden: true }, ...this.#lines.map(({ line }) => line));
  }

  /** Shows what is known: a sentence with a figure that is not is left out. @param {import("../protocol.js").Metrics} values */
  show(values) {
    for (const { texts, line } of this.#lines) {
      const parts = this.#said(texts, values);
      line.hidden = !parts;
      if (!parts) continue;
      // Figures change many times a second: elements stay, and only their text is set.
      if (line.childElementCount !== parts.length)
        line.replaceChildren(...parts.map((_, i) => h(i % 2 ? "b" : "span")));
      parts.forEach((part, i) => say(/** @type {HTMLElement} */ (line.children[i]), part));
    }
    this.element.hidden = this.#lines.every(({ line }) => line.hidden);
  }

  /** The first wording whose figures are all known. @param {string[]} texts @param {import("../protocol.js").Metrics} values */
  #said(texts, values) {
    for (const text of texts) {
      const parts = this.#parts(text, values);
      if (parts) return parts;
    }
    return undefined;
  }

  /**
   * Text and figures of a sentence in turn.
   * @param {string} text
   * @param {import("../protocol.js").Metrics} values
   * @returns {string[]|undefined}
   */
  #parts(text, values) {
    const parts = [];
    let from = 0;
    for (const { 0: all, 1: id, 2: reference, index } of text.matchAll(PLACE)) {
      const metric = this.#metrics.get(id);
      const value = metric && (reference ? referenceOf(metric, values) : values[id]);
      if (!metric || value === undefined || value === null) return undefined;
      const error = reference ? undefined : values[`${id}_se`];
      const said = error ? measured(value, error, metric.unit) : figure(value, metric.unit);
      parts.push(text.slice(from, index), said);
      from = index + all.length;
    }
    return [...parts, text.slice(from)];
  }
}
