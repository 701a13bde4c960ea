// Arrows: x, y, dx, dy each, in data coordinates.

import { colourOf } from "../ui/theme.js";

/** Lengths below which an arrow is left out, and from which on it is as strong as any, in CSS pixels. */
const SHORTEST = 2.5;
const WHOLE = 14;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./plane.js").Box} box
 * @param {import("../protocol.js").Layer} layer
 * @param {import("../ui/theme.js").Theme} theme
 * @param {number} ratio
 * @param {boolean} pale  whether they are the ground for something else
 */
export function paintVectors(context, box, { data, role }, theme, ratio, pale) {
  let longest = 0;
  for (let i = 0; i < data.length; i += 4) longest = Math.max(longest, Math.hypot(data[i + 2], data[i + 3]));
  if (!longest) return;
  // The longest arrow spans most of a grid cell; the others keep their proportion.
  const cell = Math.sqrt(
    ((box.extent[1] - box.extent[0]) * (box.extent[3] - box.extent[2])) / Math.max(1, data.length / 4),
  );
  const scale = Math.min(1, (0.9 * cell) / longest);
  context.strokeStyle = context.fillStyle = colourOf(theme, role);
  // The truth is broad and pale, so that learned arrows stay visible on top of it. The key looks so, too (style sheet).
  const truth = role === "truth";
  context.lineWidth = (truth ? 4 : 1.4) * ratio;
  const full = (truth ? 0.3 : 0.75) * (pale ? 0.55 : 1);
  for (let i = 0; i < data.length; i += 4) {
    const [x0, y0] = [box.x(data[i]), box.y(data[i + 1])];
    const [x1, y1] = [box.x(data[i] + scale * data[i + 2]), box.y(data[i + 1] + scale * data[i + 3])];
    const length = Math.hypot(x1 - x0, y1 - y0);
    // What is too short to point anywhere is left out; what is short is faint, so that it does not come and go.
    if (length < SHORTEST * ratio) continue;
    context.globalAlpha = full * Math.min(1, length / (WHOLE * ratio));
    const head = Math.min(5 * ratio, length / 2);
    const [ux, uy] = [((x1 - x0) / length) * head, ((y1 - y0) / length) * head];
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1 - ux / 2, y1 - uy / 2);
    context.stroke();
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x1 - ux - uy / 2, y1 - uy + ux / 2);
    context.lineTo(x1 - ux + uy / 2, y1 - uy - ux / 2);
    context.fill();
  }
  context.globalAlpha = 1;
}
