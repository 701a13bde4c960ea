// Columns of marks over an axis: what each is of stands above it, and arrows have their names beside them.

import { colourOf } from "../ui/theme.js";

/**
 * @typedef {import("../protocol.js").Layer} Layer
 * @typedef {import("./plane.js").Box} Box
 * @typedef {import("../ui/theme.js").Theme} Theme
 */

/** Size of names and height of a line of them, and shorter arrows are left out, in CSS pixels. */
const TEXT = 13;
const LINE = 16;
const SHORTEST = 6;
/** Width of an arrow, and size of its head: where there are few of them, and many. */
const FEW = [3, 9];
const MANY = [1.6, 5];

/** What the names above the columns take: two lines, in CSS pixels. */
export const HEAD = 2 * LINE + 6;

/**
 * The names of layers of points, one above each column; a long one has two lines.
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box
 * @param {Layer[]} layers
 * @param {Record<string, string>} names
 * @param {Theme} theme
 * @param {number} ratio
 */
export function paintHeads(context, box, layers, names, theme, ratio) {
  const wide = box.x(1) - box.x(0) - 4 * ratio;
  context.font = `600 ${Math.round(TEXT * ratio)}px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "bottom";
  layers.forEach(({ id, role }, i) => {
    const words = (names[id] ?? "").split(" ");
    const lines = [words.shift() ?? ""];
    for (const word of words) {
      const longer = `${lines.at(-1)} ${word}`;
      if (context.measureText(longer).width <= wide) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    context.fillStyle = colourOf(theme, role);
    lines.forEach((line, at) =>
      context.fillText(line, box.x(i + 0.5), box.top - (4 + (lines.length - 1 - at) * LINE) * ratio),
    );
  });
}

/**
 * Arrows at their true lengths, x, y, dx, dy each, with the layer's name at the right of the first one's middle. One without
 * length is a name alone, over its place.
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box
 * @param {Layer} layer
 * @param {string} name
 * @param {Theme} theme
 * @param {number} ratio
 */
export function paintArrows(context, box, { data, role }, name, theme, ratio) {
  context.strokeStyle = context.fillStyle = colourOf(theme, role);
  const [thick, large] = (data.length > 8 ? MANY : FEW).map((size) => size * ratio);
  context.lineWidth = thick;
  let said = !name;
  for (let i = 0; i < data.length; i += 4) {
    const [x, y, dx, dy] = data.subarray(i, i + 4);
    const [x0, y0, x1, y1] = [box.x(x), box.y(y), box.x(x + dx), box.y(y + dy)];
    const long = Math.hypot(x1 - x0, y1 - y0);
    if (long && long < SHORTEST * ratio) continue;
    if (long) {
      const head = Math.min(large, long);
      const [ux, uy] = [((x1 - x0) / long) * head, ((y1 - y0) / long) * head];
      context.beginPath();
      context.moveTo(x0, y0);
      context.lineTo(x1 - ux, y1 - uy);
      context.stroke();
      context.beginPath();
      context.moveTo(x1, y1);
      context.lineTo(x1 - ux - 0.6 * uy, y1 - uy + 0.6 * ux);
      context.lineTo(x1 - ux + 0.6 * uy, y1 - uy - 0.6 * ux);
      context.fill();
    }
    if (said) continue;
    said = true;
    context.font = `600 ${Math.round(TEXT * ratio)}px ${theme.font}`;
    context.textBaseline = "middle";
    context.textAlign = long ? "left" : "center";
    context.lineJoin = "round";
    context.strokeStyle = theme.colours.sheet; // a halo: marks and lines lie behind it
    context.lineWidth = 4 * ratio;
    // Within the axes.
    const wide = context.measureText(name).width + 4 * ratio;
    const [least, most] = [box.left + (long ? 0 : wide / 2), box.left + box.width - (long ? wide : wide / 2)];
    const at = Math.min(Math.max((x0 + x1) / 2 + (long ? 8 * ratio : 0), least), most);
    context.strokeText(name, at, (y0 + y1) / 2);
    context.fillText(name, at, (y0 + y1) / 2);
    context.strokeStyle = context.fillStyle;
    context.lineWidth = thick;
  }
}
