// At most three figures as sentences, each beside its exact or best value: what the exhibit says of itself in words.

import { referenceOf } from "./curves.js";
import { h, say } from "./dom.js";
import { figure, measured as within, whole } from "./format.js";

/** @typedef {import("../protocol.js").Metric} Metric */

/** A place in a sentence: a figure of the card, or its reference. */
const PLACE = /\{(\w+?)(_reference)?\}/g;

/** What stands for a figure before it comes, about as wide: what is below must not move then. */
const SOON = "–".padEnd(13, "\u00a0");

/** The sentences of a card. */
export class Headline {
  #metrics;
  /** Each with its wordings, of which the first that is known is said. @type {{ texts: string[], line: HTMLElement }[]} */
  #lines;

  /** Whether all figures have come once since the run began. */
  #complete = false;
  /** Of what step a sentence is that is of an earlier one. @type {(step: number) => string} */
  #at;

  /** @param {Metric[]} metrics @param {import("./words.js").Words} words @param {import("./words.js").Words} ui */
  constructor(metrics, words, ui) {
    this.#at = (step) => ` (${ui.get("measured-at", { step: whole(step) })})`;
    this.#metrics = new Map(metrics.map((metric) => [metric.id, metric]));
    const said = /** @type {(string|string[])[]} */ (words.find("headline") ?? []);
    this.#lines = said.map((texts) => ({ texts: [texts].flat(), line: h("p", { hidden: true }) }));
    this.element = h("div", { className: "headline", hidden: true }, ...this.#lines.map(({ line }) => line));
  }

  /** A run begins, whose figures have yet to come. */
  begin() {
    this.#complete = false;
  }

  /**
   * Shows what is known: a sentence with a figure that is not is left out, but keeps its place until the costly ones have
   * come for the first time. One of an earlier step says so.
   * @param {Pick<import("../protocol.js").Frame, "metrics"|"measured"> & { deep?: boolean }} frame
   */
  show({ metrics, measured, deep = false }) {
    this.#complete ||= deep;
    const all = this.#lines.map(({ texts }) => this.#said(texts, metrics, measured));
    this.#lines.forEach(({ line }, i) => {
      const { parts, old } = all[i] ?? {};
      line.hidden = !parts;
      if (!parts) return line.replaceChildren();
      // Of several one after the other the last one says it.
      if (measured && old && !all.slice(i + 1).find(Boolean)?.old)
        parts.push(`${parts.pop()}${this.#at(measured.step)}`);
      // Figures change many times a second: elements stay, and only their text is set.
      if (line.childElementCount !== parts.length)
        line.replaceChildren(...parts.map((_, i) => h(i % 2 ? "b" : "span")));
      parts.forEach((part, i) => say(/** @type {HTMLElement} */ (line.children[i]), part));
    });
    this.element.hidden = this.#lines.every(({ line }) => line.hidden);
  }

  /**
   * The first wording whose figures are all known.
   * @param {string[]} texts
   * @param {import("../protocol.js").Metrics} values
   * @param {import("../protocol.js").Measured} [measured]
   */
  #said(texts, values, measured) {
    for (const text of texts) {
      const parts =
        partsOf(text, this.#metrics, values) ??
        (this.#complete ? undefined : partsOf(text, this.#metrics, values, SOON));
      if (!parts) continue;
      const ids = [...text.matchAll(PLACE)].filter(([, , reference]) => !reference).map(([, id]) => id);
      return { parts, old: ids.some((id) => measured?.ids.includes(id)) };
    }
    return undefined;
  }
}

/**
 * Text and figures of a sentence in turn.
 * @param {string} text
 * @param {Map<string, Metric>} metrics
 * @param {import("../protocol.js").Metrics} values
 * @param {string} [unknown] what stands for a figure that is not known; without it there is no sentence then
 * @returns {string[]|undefined}
 */
export function partsOf(text, metrics, values, unknown) {
  const parts = [];
  let from = 0;
  for (const { 0: all, 1: id, 2: reference, index } of text.matchAll(PLACE)) {
    const metric = metrics.get(id);
    const value = metric && (reference ? referenceOf(metric, values) : values[id]);
    const error = reference ? undefined : values[`${id}_se`];
    let said = unknown;
    if (metric && value !== undefined && value !== null)
      said = error ? within(value, error, metric.unit) : figure(value, metric.unit);
    if (said === undefined) return undefined;
    parts.push(text.slice(from, index), said);
    from = index + all.length;
  }
  return [...parts, text.slice(from)];
}
