// Horizontal bars made of parts, over one axis; the truth is a mark across.

import { number } from "../ui/format.js";
import { colourOf } from "../ui/theme.js";
import { tick, ticksBetween } from "./axes.js";

/** @typedef {import("../protocol.js").Layer} Layer */

/** Height of a bar with the space around it, in CSS pixels, for a picture of this width. */
const ROW = 64;
const WIDTH = 560;

/** @type {import("./plane.js").Painter} */
export const stack = {
  aspect: ({ layers }) => WIDTH / (ROW * (layers[0]?.data.length || 1) + 30),

  paint(surface, { layers, extent: [x0, x1] }, theme) {
    const { context, canvas, ratio } = surface;
    const { colours, font } = theme;
    context.clearRect(0, 0, canvas.width, canvas.height);
    const [edge, foot] = [14 * ratio, 22 * ratio];
    const x = (/** @type {number} */ v) => edge + ((v - x0) / (x1 - x0 || 1)) * (canvas.width - 2 * edge);
    const floor = canvas.height - foot;
    context.font = `${Math.round(11 * ratio)}px ${font}`;
    context.textAlign = "center";
    context.textBaseline = "top";
    for (const value of ticksBetween(x0, x1, Math.max(2, Math.round(canvas.width / (90 * ratio))))) {
      const at = Math.round(x(value));
      context.fillStyle = colours.line;
      context.fillRect(at, 0, Math.max(1, Math.round(ratio)), floor);
      context.fillStyle = colours.soft;
      context.fillText(tick(value), at, floor + 5 * ratio);
    }
    const parts = layers.filter(({ role }) => role !== "truth");
    const marks = layers.filter(({ role }) => role === "truth");
    const rows = parts[0]?.data.length ?? 0;
    for (let row = 0; row < rows; row++) {
      const line = floor / rows;
      const [top, height] = [row * line + 0.28 * line, 0.5 * line];
      let from = x0;
      parts.forEach(({ data, role }, i) => {
        const to = i === 0 ? data[row] : from + data[row];
        paintPart(context, theme, role, [x(from), top, x(to) - x(from), height], i, data[row], ratio);
        from = to;
      });
      for (const { data } of marks) {
        context.fillStyle = colours.truth;
        context.fillRect(x(data[row]) - ratio, top - 0.14 * line, 2 * ratio, height + 0.28 * line);
      }
    }
  },
};

/** What an upright bar takes with its numbers: so much of a picture's width, and so many CSS pixels at most. */
const UPRIGHT = { share: 0.28, most: 118 };
/** Of that, the numbers and what is around them. */
const NUMBERS = 66;

/** Width of an upright bar in a picture of this width, both in device pixels. @param {number} width @param {number} ratio */
export const uprightWidth = (width, ratio) => Math.min(UPRIGHT.share * width, UPRIGHT.most * ratio);

/**
 * One upright bar: a part that rises towards a mark, what is missing to it, and the three numbers.
 * @param {CanvasRenderingContext2D} context
 * @param {Layer[]} layers
 * @param {number[]} range low, middle, high of its axis
 * @param {{ left: number, top: number, width: number, height: number }} box
 * @param {import("../ui/theme.js").Theme} theme
 * @param {number} ratio
 */
export function paintUpright(context, layers, [low, , high], { left, top, width, height }, theme, ratio) {
  const y = (/** @type {number} */ v) => top + height * (1 - (Math.max(low, v) - low) / (high - low || 1));
  const wide = Math.max(12 * ratio, width - NUMBERS * ratio);
  const line = 17 * ratio;
  const [first, gap] = layers.filter(({ role }) => role !== "truth");
  const mark = layers.find(({ role }) => role === "truth");
  if (!first || !gap || !mark) return;
  const [value, missing, ceiling] = [first, gap, mark].map(({ data }) => data[0]);
  const [at, rim] = [y(value), y(value + missing)];
  context.lineWidth = 1.5 * ratio;
  for (const [role, from, to, alpha] of /** @type {[import("../protocol.js").Role, number, number, number][]} */ ([
    [first.role, top + height, at, 0.78],
    [gap.role, at, rim, 0.3],
  ])) {
    context.fillStyle = context.strokeStyle = colourOf(theme, role);
    context.globalAlpha = alpha;
    context.fillRect(left, to, wide, from - to);
    context.globalAlpha = 1;
    context.strokeRect(left, to, wide, from - to);
  }
  // A bracket marks what is missing to the ceiling.
  const edge = left + wide + 6 * ratio;
  context.beginPath();
  context.moveTo(edge - 4 * ratio, rim);
  context.lineTo(edge, rim);
  context.lineTo(edge, at);
  context.lineTo(edge - 4 * ratio, at);
  context.stroke();
  context.fillStyle = theme.colours.truth;
  context.fillRect(left - 6 * ratio, y(ceiling) - ratio, width - 2 * ratio, 2 * ratio);
  // The numbers stand at what they are of, and one below the other where that is too close.
  const highest = y(ceiling) - 0.55 * line;
  const lowest = Math.min(Math.max(at, highest + 2 * line), top + height - 0.5 * line);
  const between = Math.min(Math.max((at + rim) / 2, highest + line), lowest - line);
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.font = `600 ${Math.round(12 * ratio)}px ${theme.font}`;
  for (const [role, text, y] of /** @type {[import("../protocol.js").Role, string, number][]} */ ([
    [mark.role, number(ceiling), highest],
    [gap.role, number(missing), between],
    [first.role, number(value), lowest],
  ])) {
    context.fillStyle = colourOf(theme, role);
    context.fillText(text, edge + 6 * ratio, y);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("../ui/theme.js").Theme} theme
 * @param {import("../protocol.js").Role} role
 * @param {[number, number, number, number]} place left, top, width, height
 * @param {number} which of the parts
 * @param {number} value written into it if there is room
 * @param {number} ratio
 */
function paintPart(context, theme, role, [left, top, width, height], which, value, ratio) {
  context.fillStyle = context.strokeStyle = colourOf(theme, role);
  // Parts are told apart by how full they are, too.
  context.globalAlpha = which % 2 ? 0.3 : 0.78;
  context.fillRect(left, top, width, height);
  context.globalAlpha = 1;
  context.lineWidth = 1.5 * ratio;
  context.strokeRect(left, top, width, height);
  const text = number(value, 3);
  if (context.measureText(text).width + 10 * ratio > width) return;
  context.fillStyle = which % 2 ? theme.colours.ink : theme.colours.sheet;
  context.textBaseline = "middle";
  context.fillText(text, left + width / 2, top + height / 2);
  context.textBaseline = "top";
}
