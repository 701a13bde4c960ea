// Bars: one layer as solid bars, further ones as outlines over them.

import { number } from "../ui/format.js";
import { classColour, colourOf } from "../ui/theme.js";
import { seen } from "./text.js";

/** @type {import("./plane.js").Painter} */
export const bars = {
  aspect: () => 2,

  paint(surface, { layers: all, extent }, theme) {
    const layers = all.filter(({ kind }) => kind === "bars");
    const { context, canvas, ratio } = surface;
    const { width, height } = canvas;
    const foot = 18 * ratio;
    const head = 16 * ratio;
    const floor = height - foot;
    const top = layers.reduce((most, { data }) => data.reduce((max, value) => Math.max(max, value), most), 0) || 1;
    context.clearRect(0, 0, width, height);
    layers.forEach(({ data, role, labels }, which) => {
      const classes = areClasses(labels);
      context.fillStyle = context.strokeStyle = colourOf(theme, role);
      context.lineWidth = 2 * ratio;
      const step = width / data.length;
      context.globalAlpha = which === 0 ? 0.7 : 1;
      if (which) context.beginPath();
      data.forEach((value, i) => {
        const y = floor - (Math.max(0, value) / top) * (floor - head);
        if (which === 0) {
          const gap = Math.min(2 * ratio, step / 4);
          if (classes) context.fillStyle = classColour(theme, i);
          context.beginPath();
          context.rect(i * step + gap / 2, y, step - gap, floor - y);
          context.fill();
        } else {
          if (i === 0) context.moveTo(0, floor);
          context.lineTo(i * step, y);
          context.lineTo((i + 1) * step, y);
          if (i === data.length - 1) context.lineTo(width, floor);
        }
      });
      if (which) context.stroke();
      context.globalAlpha = 1;
    });
    const axis = { context, width, floor, theme, ratio };
    if (layers[0]?.labels.length) paintCharacters(axis, layers, top);
    else paintAxis(axis, extent, top, layers[0]?.data.length ?? 0);
  },
};

/** Whether the characters below the bars are the numerals of classes. @param {ArrayLike<number>} labels */
export const areClasses = (labels) => labels.length > 1 && Array.from(labels).every((code, i) => code === 48 + i);

/**
 * @typedef {object} Axis
 * @property {CanvasRenderingContext2D} context
 * @property {number} width
 * @property {number} floor
 * @property {import("../ui/theme.js").Theme} theme
 * @property {number} ratio
 */

/** The line below the bars, and how high the highest is. @param {Axis} axis @param {number} top */
function paintLine({ context, width, floor, theme: { colours, font }, ratio }, top) {
  context.fillStyle = colours.soft;
  context.fillRect(0, Math.round(floor), width, Math.max(1, Math.round(ratio)));
  context.font = `${Math.round(11 * ratio)}px ${font}`;
  context.textBaseline = "top";
  context.textAlign = "left";
  context.fillText(number(top, 3), 0, 1 * ratio);
}

/**
 * The characters that bars stand for: all of them if there is room, else those of the higher bars.
 * @param {Axis} axis
 * @param {import("../protocol.js").Layer[]} layers
 * @param {number} top
 */
function paintCharacters(axis, layers, top) {
  const { context, width, floor, theme, ratio } = axis;
  paintLine(axis, top);
  const { labels } = layers[0];
  const step = width / labels.length;
  const least = step >= 8 * ratio ? 0 : top / 12;
  context.fillStyle = theme.colours.ink;
  context.textAlign = "center";
  labels.forEach((/** @type {number} */ code, /** @type {number} */ i) => {
    if (layers.some(({ data }) => data[i] >= least)) context.fillText(seen(code), (i + 0.5) * step, floor + 4 * ratio);
  });
}

/**
 * @param {Axis} axis
 * @param {number[]} extent x₀ and x₁ of a histogram; zeros where bars are just numbered
 * @param {number} top
 * @param {number} count
 */
function paintAxis(axis, [x0, x1], top, count) {
  const { context, width, floor, ratio } = axis;
  paintLine(axis, top);
  context.fillText(x1 > x0 ? number(x0, 3) : "1", 0, floor + 4 * ratio);
  context.textAlign = "right";
  context.fillText(x1 > x0 ? number(x1, 3) : String(count), width, floor + 4 * ratio);
}
