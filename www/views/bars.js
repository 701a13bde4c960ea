// Bars: one layer as solid bars, further ones as outlines over them.

import { number } from "../ui/format.js";
import { colourOf } from "../ui/theme.js";

/** @type {import("./plane.js").Painter} */
export const bars = {
  aspect: () => 2,

  paint(surface, { layers, extent }, theme) {
    const { context, canvas, ratio } = surface;
    const { width, height } = canvas;
    const foot = 18 * ratio;
    const head = 16 * ratio;
    const floor = height - foot;
    const top = layers.reduce((most, { data }) => data.reduce((max, value) => Math.max(max, value), most), 0) || 1;
    context.clearRect(0, 0, width, height);
    layers.forEach(({ data, role }, which) => {
      context.fillStyle = context.strokeStyle = colourOf(theme, role);
      context.lineWidth = 2 * ratio;
      const step = width / data.length;
      context.beginPath();
      data.forEach((value, i) => {
        const y = floor - (Math.max(0, value) / top) * (floor - head);
        if (which === 0) {
          const gap = Math.min(2 * ratio, step / 4);
          context.rect(i * step + gap / 2, y, step - gap, floor - y);
        } else {
          if (i === 0) context.moveTo(0, floor);
          context.lineTo(i * step, y);
          context.lineTo((i + 1) * step, y);
          if (i === data.length - 1) context.lineTo(width, floor);
        }
      });
      context.globalAlpha = which === 0 ? 0.7 : 1;
      if (which === 0) context.fill();
      else context.stroke();
      context.globalAlpha = 1;
    });
    paintAxis(context, width, floor, theme, ratio, extent, top, layers[0]?.data.length ?? 0);
  },
};

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} width
 * @param {number} floor
 * @param {import("../ui/theme.js").Theme} theme
 * @param {number} ratio
 * @param {number[]} extent x₀ and x₁ of a histogram; zeros where bars are just numbered
 * @param {number} top
 * @param {number} count
 */
function paintAxis(context, width, floor, { colours, font }, ratio, [x0, x1], top, count) {
  context.fillStyle = colours.soft;
  context.fillRect(0, Math.round(floor), width, Math.max(1, Math.round(ratio)));
  context.font = `${Math.round(11 * ratio)}px ${font}`;
  context.textBaseline = "top";
  context.textAlign = "left";
  context.fillText(x1 > x0 ? number(x0, 3) : "1", 0, floor + 4 * ratio);
  context.fillText(number(top, 3), 0, 1 * ratio);
  context.textAlign = "right";
  context.fillText(x1 > x0 ? number(x1, 3) : String(count), width, floor + 4 * ratio);
}
