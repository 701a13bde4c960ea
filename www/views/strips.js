// Strips of images below an axis, evenly along it.

import { colourMap, colourOf } from "../ui/theme.js";
import { sheetOf } from "./images.js";

/** @typedef {import("../protocol.js").Layer} Layer */

/** Room around images, in CSS pixels, and the most that strips take of the height that there is. */
const GAP = 4;
const SHARE = 0.46;

/**
 * What they take, in device pixels: as high as images are that fill the axis, if there is room.
 * @param {Layer[]} strips
 * @param {[number, number]} room width of the axis, and the height that there is
 * @param {number} ratio
 */
export function heightOfStrips(strips, [width, height], ratio) {
  const high = strips.reduce((sum, { shape: [count, h, w] }) => sum + (width / count - GAP * ratio) * (h / w), 0);
  return Math.min(high + GAP * ratio * strips.length, SHARE * height);
}

/**
 * Each of several has the colour of its role at its left. An image of before is pale; of one that is missing there is the place.
 * @param {CanvasRenderingContext2D} context
 * @param {Layer[]} strips
 * @param {[number, number, number, number]} place left, top and width of all, and where they end
 * @param {import("../ui/theme.js").Theme} theme
 * @param {number} ratio
 */
export function paintStrips(context, strips, [left, top, width, end], theme, ratio) {
  const gap = GAP * ratio;
  const each = (end - top) / strips.length;
  strips.forEach(({ data, role, shape, labels, ...layer }, at) => {
    const [count, h, w] = shape;
    const sheet = sheetOf({ ...layer, data, role, shape, labels }, colourMap(theme, "grey"), [0, 0.5, 1]);
    const step = width / count;
    const wide = Math.min(step - gap, ((each - gap) * w) / h);
    const [y, high] = [top + at * each, (wide * h) / w];
    context.fillStyle = colourOf(theme, role);
    if (strips.length > 1) context.fillRect(left - 4 * gap, y, gap, high);
    for (let i = 0; i < count; i++) {
      const x = left + (i + 0.5) * step - wide / 2;
      context.fillStyle = theme.colours.line;
      if (labels[i] === 1) context.fillRect(x, y, wide, high);
      else context.drawImage(sheet, 0, i * h, w, h, x, y, wide, high);
    }
  });
}
