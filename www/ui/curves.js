// Curves over steps: the present run, the previous one as a ghost, exact or best values as dashed lines.

import { Once, getModule } from "../fetch.js";
import { tick } from "../views/axes.js";
import { h } from "./dom.js";
import { number } from "./format.js";
import { colourOf } from "./theme.js";

/**
 * @typedef {import("../protocol.js").Metric} Metric
 * @typedef {import("./theme.js").Theme} Theme
 * @typedef {import("./history.js").History} History
 */

/** Patterns tell curves of one colour apart. */
const PATTERNS = [[], [2, 3], [8, 3, 2, 3], [1, 5]];

/**
 * The library of plots. It comes after the first step, or when none is on its way:
 * what is on the way to a step is not kept waiting by it.
 * @type {typeof import("../vendor/uplot.js")|undefined}
 */
let UPlot;
const libraries = new Once();

async function fetchPlots() {
  const at = new URL("../vendor/uplot.js", import.meta.url);
  UPlot = (await libraries.get("plots", () => getModule(at))).default;
}

/** How long the library waits after the first step, in milliseconds. */
const AFTER_STEP_MS = 200;

/** One plot with all metrics of a curve. */
export class Curve {
  #metrics;
  #words;
  #name;
  #box;
  #keys;
  /** Of the lines that figures are held against. @type {HTMLElement[]} */
  #dashed;
  /** @type {any} */
  #plot;
  /** @type {Theme|undefined} */
  #theme;
  #hasGhost = false;
  /** Where another stage of training begins. @type {{ step: number, stage: number }[]} */
  #stages = [];
  /** What is to be shown once the library is there. @type {Parameters<Curve["show"]>|undefined} */
  #waiting;
  #called = false;

  /**
   * @param {string} id
   * @param {Metric[]} metrics that share its axes
   * @param {import("./words.js").Words} words
   */
  constructor(id, metrics, words) {
    this.id = id;
    this.#metrics = metrics;
    this.#words = words;
    this.#name = words.get(`curves.${id}`);
    this.#box = h("div", { className: "plot", role: "img", "aria-label": this.#name });
    this.#keys = metrics.map((metric, i) =>
      h(
        "span",
        { className: `key line-${i % PATTERNS.length} ${metric.role}`, title: words.hint(`metrics.${metric.id}`) },
        words.get(`metrics.${metric.id}`),
      ),
    );
    this.#dashed = metrics.map(({ id, role }) => {
      const { reference = "" } = words.find(`metrics.${id}`) ?? {};
      return h("span", { className: `key line-reference ${role}`, hidden: true }, reference);
    });
    const keys = h("span", { className: "keys" }, ...this.#keys, ...this.#dashed);
    this.element = h(
      "figure",
      { className: "curve" },
      h("figcaption", {}, h("strong", {}, this.#name), keys),
      this.#box,
    );
    new ResizeObserver(() => this.#resize()).observe(this.#box);
  }

  /** Whether there are settings or steps without any of its figures. */
  get sometimes() {
    return this.#metrics.every(({ sometimes }) => sometimes);
  }

  /** @param {Theme} theme */
  set theme(theme) {
    this.#theme = theme;
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  /**
   * @param {History} history
   * @param {History|undefined} ghost
   * @param {import("../protocol.js").Metrics} metrics the latest, for references that settings decide
   * @param {boolean} starting whether a first step is on its way
   */
  show(history, ghost, metrics, starting) {
    const absent = this.sometimes && this.#metrics.every(({ id }) => !(id in metrics));
    this.element.hidden = absent;
    if (absent || !this.#theme || !this.#box.clientWidth) return;
    if (!UPlot) return this.#wait(history, ghost, metrics, starting);
    if (!this.#plot || this.#hasGhost !== Boolean(ghost)) this.#make(Boolean(ghost));
    this.#metrics.forEach(({ id, sometimes }, i) => (this.#keys[i].hidden = sometimes && !(id in metrics)));
    const steps = history.steps;
    this.#stages = stagesOf(steps, history.column("stage"), history.column("stage_began"));
    const references = this.#metrics.map((metric) => referenceOf(metric, metrics));
    this.#dashed.forEach((key, i) => (key.hidden = references[i] === null || !key.textContent));
    const now = [
      steps,
      ...this.#metrics.map(({ id }) => history.column(id)),
      ...references.map((value) => steps.map(() => value)),
    ];
    const tables = /** @type {import("../vendor/uplot.js").AlignedData[]} */ (
      ghost ? [now, [ghost.steps, ...this.#metrics.map(({ id }) => ghost.column(id))]] : [now]
    );
    this.#plot.setData(UPlot.join(tables));
  }

  /** Shows this, or what comes after it, once the library is there. @param {Parameters<Curve["show"]>} what */
  #wait(...what) {
    this.#waiting = what;
    const [history, , , starting] = what;
    const stepped = (history.steps.at(-1) ?? 0) > 0;
    if (this.#called || (starting && !stepped)) return;
    this.#called = true;
    const come = () =>
      fetchPlots().then(
        () => {
          const waiting = this.#waiting;
          this.#waiting = undefined;
          if (waiting) this.show(...waiting);
        },
        () => (this.#called = false), // the next frame asks again
      );
    setTimeout(come, AFTER_STEP_MS);
  }

  /** What it shows, in words. @param {import("../protocol.js").Metrics} metrics */
  describe(metrics) {
    const parts = this.#metrics
      .filter(({ id }) => id in metrics)
      .map(({ id }) => `${this.#words.get(`metrics.${id}`)} ${number(metrics[id])}`);
    // Nothing may be known yet.
    this.#box.setAttribute("aria-label", [this.#name, parts.join("; ")].filter(Boolean).join(": "));
  }

  /** @param {boolean} ghost */
  #make(ghost) {
    const theme = /** @type {Theme} */ (this.#theme);
    this.#plot?.destroy();
    this.#hasGhost = ghost;
    const scale = this.#scale;
    const axis = {
      stroke: theme.colours.soft,
      grid: { stroke: theme.colours.line, width: scale },
      ticks: { show: false },
      font: `${11 * scale}px ${theme.font}`,
    };
    const line = (/** @type {Metric} */ { role }, /** @type {object} */ more) => ({
      stroke: colourOf(theme, role),
      width: scale * (role === "other" ? 1.2 : 2),
      spanGaps: true,
      points: { show: isAlone, size: 6 * scale, fill: colourOf(theme, role) },
      ...more,
    });
    this.#plot = new /** @type {NonNullable<typeof UPlot>} */ (UPlot)(
      {
        ...this.#size,
        hooks: { drawAxes: [(/** @type {any} */ plot) => this.#paintStages(plot)] },
        cursor: { show: false },
        legend: { show: false },
        padding: [6 * scale, 16 * scale, 0, 0],
        scales: { x: { time: false } },
        axes: [
          {
            ...axis,
            size: 24 * scale,
            values: (/** @type {unknown} */ _, /** @type {number[]} */ ticks) =>
              ticks.map((step) => (step >= 1000 ? `${step / 1000}k` : Number.isInteger(step) ? String(step) : "")),
          },
          {
            ...axis,
            size: 46 * scale,
            values: (/** @type {unknown} */ _, /** @type {number[]} */ ticks) =>
              ticks.map((value) => tick(value, ticks[1] - ticks[0])),
          },
        ],
        series: [
          {},
          ...this.#metrics.map((metric, i) =>
            line(metric, { dash: PATTERNS[i % PATTERNS.length].map((length) => length * scale) }),
          ),
          ...this.#metrics.map((metric) =>
            line(metric, { width: scale, dash: [6, 5].map((length) => length * scale), points: { show: false } }),
          ),
          ...(ghost ? this.#metrics.map((metric) => line(metric, { width: scale, alpha: 0.4 })) : []),
        ],
      },
      [[]],
      this.#box,
    );
  }

  /** A line where another stage begins, with its number. @param {any} plot */
  #paintStages({ ctx: context, bbox: { left, top, width, height }, valToPos }) {
    const { colours, font } = /** @type {Theme} */ (this.#theme);
    const scale = this.#scale * (globalThis.devicePixelRatio || 1);
    context.save();
    context.strokeStyle = context.fillStyle = colours.soft;
    context.lineWidth = Math.max(1, Math.round(scale));
    context.font = `${11 * scale}px ${font}`;
    context.textAlign = "right";
    context.textBaseline = "top";
    context.beginPath();
    for (const { step, stage } of this.#stages) {
      const x = Math.round(valToPos(step, "x", true)) + 0.5;
      if (x < left || x > left + width) continue;
      context.moveTo(x, top);
      context.lineTo(x, top + height);
      context.fillText(String(stage), x - 4 * scale, top);
    }
    context.stroke();
    context.restore();
  }

  /**
   * How much larger than usual lines and numbers are. The library draws at the pixels of the screen, whatever the page is
   * enlarged by: its box is not enlarged (`.plot` in the style sheet), but what is in it.
   */
  get #scale() {
    return /** @type {any} */ (this.element).currentCSSZoom ?? 1;
  }

  get #size() {
    return { width: this.#box.clientWidth, height: Math.max(120, this.#box.clientHeight) };
  }

  #resize() {
    if (this.#plot && this.#box.clientWidth) this.#plot.setSize(this.#size);
  }
}

/**
 * Where the stage of training changes: the steps that frames say it began at, or else those of the frames.
 * @param {number[]} steps
 * @param {(number|null)[]} stages
 * @param {(number|null)[]} [began]
 */
export function stagesOf(steps, stages, began = []) {
  const found = [];
  /** @type {number|undefined} */
  let before;
  for (const [i, stage] of stages.entries()) {
    if (stage === null) continue;
    if (before !== undefined && stage !== before) found.push({ step: began[i] ?? steps[i], stage });
    before = stage;
  }
  return found;
}

/** Whether a curve has a single value, which no line shows. @param {any} plot @param {number} series */
function isAlone({ data }, series) {
  let known = 0;
  for (const value of data[series]) if (value != null && ++known > 1) return false;
  return known === 1;
}

/**
 * The exact or best possible value of a metric: fixed, or reported beside it; null where there is none.
 * @param {Metric} metric
 * @param {import("../protocol.js").Metrics} metrics
 * @returns {number|null}
 */
export const referenceOf = ({ id, reference }, metrics) => metrics[`${id}_reference`] ?? reference ?? null;
