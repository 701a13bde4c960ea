// The plane of data: points, arrows and fields in one set of coordinates.

import { niceStep, tick } from "./axes.js";
import { paintField } from "./field.js";
import { Late } from "./late.js";
import { isArea, paintLines } from "./lines.js";
import { FEW, paintFew, paintPoints } from "./points.js";
import { isCloud, paintGhosts, paintTrails } from "./traces.js";
import { paintVectors } from "./vectors.js";

/**
 * @typedef {import("../protocol.js").Picture} Picture
 * @typedef {import("../ui/theme.js").Theme} Theme
 *
 * @typedef {object} Box  where a rectangle of data coordinates is drawn, in device pixels
 * @property {number} left
 * @property {number} top
 * @property {number} width
 * @property {number} height
 * @property {number[]} extent
 * @property {(x: number) => number} x
 * @property {(y: number) => number} y
 *
 * @typedef {object} Painter
 * @property {(picture: Picture) => number} aspect
 * @property {(surface: import("../ui/surface.js").Surface, picture: Picture, theme: Theme, traces?: import("./traces.js").Traces, names?: Record<string, string>) => void} paint  `names` of the
 *   layers, where they are written into the picture
 */

/** Draws images at points. @type {Late<typeof import("./insets.js")>} */
const insets = new Late(new URL("./insets.js", import.meta.url));

/** Whether there are images that belong to points. @param {Picture} picture */
export const hasInsets = ({ layers }) => layers[0]?.kind === "points" && layers.some(({ kind }) => kind === "images");

/** @param {import("../protocol.js").Layer} layer */
const isFew = ({ kind, data, labels }) =>
  kind === "points" && data.length > 4 && data.length <= 2 * FEW && !labels.length;

/** Fields stand side by side, each in its own panel; everything else is drawn over each of them. @param {Picture} picture */
const panelsOf = ({ layers }) => Math.max(1, layers.filter(({ kind }) => kind === "field").length);

/**
 * How much of each point belongs to each class, row by row, where a layer of bars says so.
 * @param {Picture} picture
 * @param {import("../protocol.js").Layer} layer
 */
function sharesOf({ layers }, { labels }) {
  const { data } = layers.find(({ kind }) => kind === "bars") ?? {};
  return data && labels.length && data.length % labels.length === 0 ? data : undefined;
}

/** @param {Picture} picture */
function boundsOf({ extent, layers }) {
  const [x0, x1, y0, y1] = extent;
  if (x1 > x0 && y1 > y0) return [x0, x1, y0, y1];
  const reach = layers.reduce(
    (most, { data }) => data.reduce((max, value) => Math.max(max, Math.abs(value)), most),
    1e-6,
  );
  return [-reach, reach, -reach, reach];
}

/** @type {Painter} */
export const plane = {
  aspect(picture) {
    const [x0, x1, y0, y1] = boundsOf(picture);
    return (panelsOf(picture) * (x1 - x0)) / (y1 - y0);
  },

  paint(surface, picture, theme, traces, names) {
    const { context, canvas, ratio } = surface;
    context.clearRect(0, 0, canvas.width, canvas.height);
    const fields = picture.layers.filter(({ kind }) => kind === "field");
    // Areas lie below all else.
    const others = picture.layers
      .filter(({ kind }) => kind !== "field")
      .sort((a, b) => Number(isArea(b)) - Number(isArea(a)));
    for (let panel = 0; panel < panelsOf(picture); panel++) {
      const box = boxOf(canvas, boundsOf(picture), panel, panelsOf(picture), ratio, surface.stretched);
      context.save();
      context.beginPath();
      context.rect(box.left, box.top, box.width, box.height);
      context.clip();
      if (fields[panel]) paintField(context, box, fields[panel], picture.range, theme);
      else paintGrid(context, box, theme, ratio);
      if (traces?.ghost) paintGhosts(context, box, traces.ghost, theme, ratio);
      const trailing = traces?.before ? others.filter((layer) => isCloud(layer, picture)) : [];
      for (const layer of others) {
        if (layer.kind === "vectors") paintVectors(context, box, layer, theme, ratio, others.some(isFew));
        else if (layer.kind === "lines") paintLines(context, box, layer, theme, ratio);
        else if (layer.kind !== "points") continue;
        else if (isFew(layer)) paintFew(context, box, layer.data, layer.role, theme, ratio);
        else
          paintPoints(context, box, layer, theme, ratio, {
            shares: sharesOf(picture, layer),
            pale: trailing.includes(layer),
          });
      }
      if (hasInsets(picture)) insets.get(surface.invalidate)?.paintInsets(context, box, others, theme, ratio, names);
      for (const layer of trailing) paintTrails(context, box, layer, traces?.before ?? [], theme, ratio);
      context.restore();
    }
  },
};

/**
 * @param {{ width: number, height: number }} canvas
 * @param {number[]} extent
 * @param {number} panel
 * @param {number} panels
 * @param {number} ratio
 * @param {boolean} stretched whether each axis has a scale of its own
 * @returns {Box}
 */
function boxOf(canvas, extent, panel, panels, ratio, stretched) {
  const [x0, x1, y0, y1] = extent;
  const gap = 8 * ratio;
  const room = (canvas.width - gap * (panels - 1)) / panels;
  const free = [room / (x1 - x0), canvas.height / (y1 - y0)];
  const [across, up] = stretched ? free : free.map(() => Math.min(...free));
  const [width, height] = [(x1 - x0) * across, (y1 - y0) * up];
  const left = panel * (room + gap) + (room - width) / 2;
  const top = (canvas.height - height) / 2;
  return {
    left,
    top,
    width,
    height,
    extent,
    x: (x) => left + (x - x0) * across,
    y: (y) => top + height - (y - y0) * up,
  };
}

/**
 * Lines at round numbers, with the numbers.
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box
 * @param {Theme} theme
 * @param {number} ratio
 */
function paintGrid(context, { left, top, width, height, extent: [x0, x1, y0, y1], x, y }, { colours, font }, ratio) {
  const step = niceStep((x1 - x0) / 6);
  context.lineWidth = Math.max(1, Math.round(ratio));
  context.strokeStyle = colours.line;
  const half = context.lineWidth % 2 ? 0.5 : 0; // lines on whole pixels are sharp
  const foot = top + height - 2 * ratio;
  /** @type {{ text: string, x: number, y: number, align: CanvasTextAlign, baseline: CanvasTextBaseline }[]} */
  const numbers = [];
  context.beginPath();
  for (let v = Math.ceil(x0 / step) * step; v <= x1; v += step) {
    const at = Math.round(x(v)) + half;
    context.moveTo(at, top);
    context.lineTo(at, top + height);
    if (at > left + 12 * ratio && at < left + width - 12 * ratio)
      numbers.push({ text: tick(v, step), x: at, y: foot, align: "center", baseline: "bottom" });
  }
  for (let v = Math.ceil(y0 / step) * step; v <= y1; v += step) {
    const at = Math.round(y(v)) + half;
    context.moveTo(left, at);
    context.lineTo(left + width, at);
    // Those at the foot are the other axis's.
    if (at > top + 12 * ratio && at < foot - 20 * ratio)
      numbers.push({ text: tick(v, step), x: left + 3 * ratio, y: at, align: "left", baseline: "middle" });
  }
  context.rect(left + half, top + half, width - 2 * half, height - 2 * half);
  context.stroke();
  // Each on a ground of its own, so that no line runs through it.
  context.font = `${Math.round(11 * ratio)}px ${font}`;
  context.lineWidth = 5 * ratio;
  context.lineJoin = "round";
  context.strokeStyle = colours.sheet;
  context.fillStyle = colours.soft;
  for (const { text, x, y, align, baseline } of numbers) {
    [context.textAlign, context.textBaseline] = [align, baseline];
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
  }
}

/**
 * A point of the canvas in coordinates of the view: 0..=1 each, origin bottom left.
 * @param {number} px share of the canvas's width, from the left
 * @param {number} py share of its height, from the top
 * @param {Picture} picture
 * @returns {{ at: [number, number], point: [number, number] }} `point` in data coordinates
 */
export function place(px, py, picture) {
  const [x0, x1, y0, y1] = boundsOf(picture);
  const within = (/** @type {number} */ v) => Math.min(1, Math.max(0, v));
  const at = /** @type {[number, number]} */ ([within((px * panelsOf(picture)) % 1 || within(px)), within(1 - py)]);
  return { at, point: [x0 + at[0] * (x1 - x0), y0 + at[1] * (y1 - y0)] };
}
