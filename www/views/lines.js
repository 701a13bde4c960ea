// Straight pieces: contours, ellipses, boundaries, trails. A piece with a label has the colour of its class.

import { classColour, colourOf } from "../ui/theme.js";

/** Whether it is an area, in rows of level pieces, which lies below all else: many pieces with one label. @param {import("../protocol.js").Layer} layer */
export const isArea = ({ kind, data, labels }) => kind === "lines" && labels.length === 1 && data.length > 4;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./plane.js").Box} box
 * @param {import("../protocol.js").Layer} layer
 * @param {import("../ui/theme.js").Theme} theme
 * @param {number} ratio
 */
export function paintLines(context, box, layer, theme, ratio) {
  if (isArea(layer)) return paintArea(context, box, layer, theme);
  const { data, role, labels } = layer;
  const count = data.length / 4;
  context.lineWidth = (role === "other" ? 1.2 : 2) * ratio;
  context.lineCap = "round";
  const stroke = (/** @type {string} */ colour, /** @type {(i: number) => boolean} */ belongs) => {
    context.strokeStyle = colour;
    context.beginPath();
    for (let i = 0; i < count; i++) {
      if (!belongs(i)) continue;
      context.moveTo(box.x(data[4 * i]), box.y(data[4 * i + 1]));
      context.lineTo(box.x(data[4 * i + 2]), box.y(data[4 * i + 3]));
    }
    context.stroke();
  };
  if (labels.length === count)
    for (const label of new Set(labels)) stroke(classColour(theme, label), (i) => labels[i] === label);
  else stroke(colourOf(theme, role), () => true);
  context.lineCap = "butt";
}

/**
 * Each row reaches half way to the next.
 * @param {CanvasRenderingContext2D} context
 * @param {import("./plane.js").Box} box
 * @param {import("../protocol.js").Layer} layer
 * @param {import("../ui/theme.js").Theme} theme
 */
function paintArea(context, box, { data, role }, theme) {
  let step = Infinity;
  for (let i = 5; i < data.length; i += 4) if (data[i] !== data[i - 4]) step = Math.min(step, Math.abs(data[i] - data[i - 4])); // prettier-ignore
  context.beginPath();
  for (let i = 0; i < data.length; i += 4) {
    // Whole pixels, and not a bit too few, so that no seam is seen between rows.
    const [top, foot] = [0.505, -0.505].map((half) => Math.round(box.y(data[i + 1] + half * step)));
    context.rect(box.x(data[i]), top, box.x(data[i + 2]) - box.x(data[i]), foot - top);
  }
  context.fillStyle = colourOf(theme, role);
  context.globalAlpha = 0.18;
  context.fill();
  context.globalAlpha = 1;
}
