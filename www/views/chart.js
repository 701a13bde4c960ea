// Curves over axes with numbers: a line through the points of each layer, dots and pieces among them.

import { colourOf } from "../ui/theme.js";
import { logTicksBetween, tick, ticksBetween } from "./axes.js";
import { Late } from "./late.js";
import { paintLines } from "./lines.js";
import { paintPoints } from "./points.js";

/**
 * @typedef {import("../protocol.js").Layer} Layer
 * @typedef {import("../protocol.js").Picture} Picture
 * @typedef {import("./plane.js").Box} Box
 */

/** Patterns tell lines of one colour apart; the keys show the same ones (`line-N` in the style sheet). */
const PATTERNS = [[], [2, 3], [8, 3, 2, 3], [1, 5]];

/** What the numbers below the axis take, in CSS pixels. */
const FOOT = 22;

/** Whether it is a line of before. @param {Layer} layer */
export const isFaint = (layer) => isCurve(layer) && layer.labels[0] === 1;

/** Whether it is columns of marks. @param {Picture} picture */
const hasColumns = ({ layers, columns }) => columns > 0 && layers[0]?.kind === "points";

/** Whether its parts have their names beside them, so that there need be no key. @param {Picture} picture */
export const isNamed = (picture) =>
  hasColumns(picture) || (picture.layers.some(isCurve) && picture.layers.some(({ kind }) => kind === "stack"));

/** @param {Layer} layer */
const isCurve = ({ kind }) => /curves$/.test(kind);

/** How many lines of the same role come before this one, of those that are as faint. @param {Layer[]} layers @param {Layer} layer */
export const patternOf = (layers, layer) =>
  layers
    .filter((each) => each.kind === layer.kind && each.role === layer.role && isFaint(each) === isFaint(layer))
    .indexOf(layer) % PATTERNS.length;

/** What the layers need; a constant gets some room. @param {Picture} picture */
function boundsOf({ extent, layers }) {
  let [x0, x1, y0, y1] = extent;
  const [fitX, fitY] = [!(x1 > x0), !(y1 > y0)];
  if (fitX) [x0, x1] = [Infinity, -Infinity];
  if (fitY) [y0, y1] = [Infinity, -Infinity];
  for (const { data } of layers)
    for (let i = 0; i + 1 < data.length; i += 2) {
      if (fitX) [x0, x1] = [Math.min(x0, data[i]), Math.max(x1, data[i])];
      if (fitY) [y0, y1] = [Math.min(y0, data[i + 1]), Math.max(y1, data[i + 1])];
    }
  if (!(x1 > x0)) [x0, x1] = Number.isFinite(x0) ? [x0 - 0.5, x0 + 0.5] : [0, 1];
  if (!(y1 > y0)) [y0, y1] = Number.isFinite(y0) ? [y0 - 0.5, y0 + 0.5] : [0, 1];
  const room = fitY ? 0.06 * (y1 - y0) : 0;
  return [x0, x1, y0 - room, y1 + room];
}

/** An upright bar, and names beside the curves. @type {Late<typeof import("./upright.js")>} */
const uprights = new Late(new URL("./upright.js", import.meta.url));
/** Names of columns, and arrows. @type {Late<typeof import("./columns.js")>} */
const columns = new Late(new URL("./columns.js", import.meta.url));
/** Images below the axis. @type {Late<typeof import("./strips.js")>} */
const rows = new Late(new URL("./strips.js", import.meta.url));

/** @param {boolean} logarithmic whether x is @returns {import("./plane.js").Painter} */
export const chart = (logarithmic) => ({
  aspect: () => 1.7,

  paint(surface, picture, theme, _, names = {}) {
    const { context, canvas, ratio } = surface;
    context.clearRect(0, 0, canvas.width, canvas.height);
    const parts = picture.layers.filter(({ kind }) => kind === "stack");
    const images = picture.layers.filter(({ kind }) => kind === "images");
    const layers = picture.layers.filter(({ kind }) => kind !== "stack" && kind !== "images");
    const upright = parts.length ? uprights.get(surface.invalidate) : null;
    const strips = images.length ? rows.get(surface.invalidate) : null;
    const [headed, arrows] = [hasColumns(picture), layers.some(({ kind }) => kind === "vectors")];
    const named = headed || arrows ? columns.get(surface.invalidate) : null;
    if (upright === undefined || strips === undefined || named === undefined) return;
    const bar = parts.length && upright ? upright.uprightWidth(canvas.width, ratio) : 0;
    const below = picture.columns ? 8 : FOOT;
    const foot = (/** @type {[number, number]} */ room) => strips?.heightOfStrips(images, room, ratio) ?? 0;
    const box = boxOf(canvas, boundsOf({ ...picture, layers }), logarithmic, ratio, [
      bar,
      foot,
      named?.HEAD ?? 0,
      below,
    ]);
    paintAxes(context, box, logarithmic, picture.columns, theme, ratio);
    context.save();
    context.beginPath();
    context.rect(box.left, box.top - 2 * ratio, box.width, box.height + 4 * ratio);
    context.clip();
    for (const layer of layers) {
      if (layer.kind === "points") paintPoints(context, box, layer, theme, ratio);
      else if (layer.kind === "lines") paintLines(context, box, layer, theme, ratio);
      else if (layer.kind === "vectors") named?.paintArrows(context, box, layer, names[layer.id] ?? "", theme, ratio);
      else {
        context.globalAlpha = isFaint(layer) ? 0.35 : 1;
        paintCurve(context, box, layer, patternOf(picture.layers, layer), theme, ratio);
        context.globalAlpha = 1;
      }
    }
    context.restore();
    const marks = layers.filter(({ kind }) => kind === "points");
    if (headed) named?.paintHeads(context, box, marks, names, theme, ratio);
    const { left, top, width, height } = box;
    if (images.length)
      strips?.paintStrips(context, images, [left, top + height + below * ratio, width, canvas.height], theme, ratio);
    if (!bar || !upright) return;
    for (const layer of layers.filter(isCurve))
      upright.paintName(context, box, layer, names[layer.id], isFaint(layer), theme, ratio);
    upright.paintUpright(
      context,
      parts,
      picture.range,
      { left: canvas.width - bar, top, width: bar, height },
      names,
      theme,
      ratio,
    );
  },
});

/**
 * @param {{ width: number, height: number }} canvas
 * @param {number[]} extent
 * @param {boolean} logarithmic
 * @param {number} ratio
 * @param {[number, (room: [number, number]) => number, number, number]} around what an upright bar beside it takes, and images
 *   below it, of the width and height that there are, in device pixels; and names above it and numbers below, in CSS pixels
 * @returns {Box}
 */
function boxOf(canvas, extent, logarithmic, ratio, [bar, foot, head, below]) {
  const [x0, x1, y0, y1] = extent;
  const [left, top] = [46 * ratio, (8 + head) * ratio];
  const [width, room] = [canvas.width - left - 14 * ratio - bar, canvas.height - top - below * ratio];
  const height = room - foot([width, room]);
  const along = logarithmic
    ? (/** @type {number} */ x) => Math.log(x / x0) / Math.log(x1 / x0)
    : (/** @type {number} */ x) => (x - x0) / (x1 - x0);
  return {
    left,
    top,
    width,
    height,
    extent,
    x: (x) => left + width * along(x),
    y: (y) => top + height * (1 - (y - y0) / (y1 - y0)),
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box
 * @param {boolean} logarithmic
 * @param {number} columns that x is divided into, in place of numbers, or 0
 * @param {import("../ui/theme.js").Theme} theme
 * @param {number} ratio
 */
function paintAxes(context, box, logarithmic, columns, { colours, font }, ratio) {
  const { left, top, width, height } = box;
  const [x0, x1, y0, y1] = box.extent;
  const across = Math.max(2, Math.round(width / (80 * ratio)));
  const up = Math.max(2, Math.round(height / (46 * ratio)));
  context.lineWidth = Math.max(1, Math.round(ratio));
  const half = context.lineWidth % 2 ? 0.5 : 0; // lines on whole pixels are sharp
  context.strokeStyle = colours.line;
  context.fillStyle = colours.soft;
  context.font = `${Math.round(11 * ratio)}px ${font}`;
  context.beginPath();
  context.textAlign = "center";
  context.textBaseline = "top";
  let end = -Infinity;
  const lines = columns ? Array.from({ length: columns + 1 }, (_, i) => i) : ticksBetween(x0, x1, across);
  const widths = logarithmic ? logTicksBetween(x0, x1) : lines;
  const step = logarithmic ? 0 : widths[1] - widths[0];
  for (const value of widths) {
    const at = Math.round(box.x(value)) + half;
    context.moveTo(at, top);
    context.lineTo(at, top + height);
    if (columns) continue;
    const text = tick(value, step);
    const reach = context.measureText(text).width / 2;
    if (at - reach < end + 8 * ratio) continue; // numbers that would touch are left out
    context.fillText(text, Math.min(at, left + width + 14 * ratio - reach), top + height + 6 * ratio);
    end = at + reach;
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  const heights = ticksBetween(y0, y1, up);
  for (const value of heights) {
    const at = Math.round(box.y(value)) + half;
    context.moveTo(left, at);
    context.lineTo(left + width, at);
    context.fillText(tick(value, heights[1] - heights[0]), left - 6 * ratio, at);
  }
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box
 * @param {Layer} layer
 * @param {number} pattern
 * @param {import("../ui/theme.js").Theme} theme
 * @param {number} ratio
 */
function paintCurve(context, box, { data, role }, pattern, theme, ratio) {
  context.strokeStyle = colourOf(theme, role);
  context.lineWidth = (role === "other" ? 1.4 : 2.2) * ratio;
  context.lineJoin = "round";
  context.setLineDash(PATTERNS[pattern].map((length) => length * ratio));
  context.beginPath();
  for (let i = 0; i + 1 < data.length; i += 2) context.lineTo(box.x(data[i]), box.y(data[i + 1]));
  context.stroke();
  context.setLineDash([]);
}
