// Straight pieces: contours, ellipses, boundaries, trails. A piece with a label has the colour of its class.

import { classColour, colourOf } from "../ui/theme.js";

/** Whether it is a hatching, which is there to be looked through: many pieces with one label. @param {import("../protocol.js").Layer} layer */
export const isHatching = ({ kind, data, labels }) => kind === "lines" && labels.length === 1 && data.length > 4;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./plane.js").Box} box
 * @param {import("../protocol.js").Layer} layer
 * @param {import("../ui/theme.js").Theme} theme
 * @param {number} ratio
 */
export function paintLines(context, box, layer, theme, ratio) {
  const { data, role, labels } = layer;
  const count = data.length / 4;
  context.lineWidth = (role === "other" ? 1.2 : 2) * ratio;
  context.lineCap = "round";
  context.globalAlpha = isHatching(layer) ? 0.4 : 1;
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
  context.globalAlpha = 1;
}
