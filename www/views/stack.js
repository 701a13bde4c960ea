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
