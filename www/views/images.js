// Grey images in a grid, each pixel a whole number of device pixels wide.

import { position } from "./field.js";
import { colourMap, colourOf } from "../ui/theme.js";

/**
 * @typedef {import("../protocol.js").Picture} Picture
 * @typedef {import("../ui/surface.js").Surface} Surface
 *
 * @typedef {object} Grid
 * @property {number} columns
 * @property {number} count   images of one layer
 * @property {number} layers
 * @property {number} scale   device pixels per pixel
 * @property {number} cell    width of an image with its gap, in device pixels
 * @property {number} line    height of the same
 * @property {number} gap
 * @property {number} edge    room at the left for the mark of each layer's row
 * @property {number} width
 * @property {number} height
 */

const LARGEST_CSS = 132;
/** Images up to this many pixels wide are so coarse that a person may want them smoothed. */
const COARSE = 16;

/** Whether its images are coarse ones of something that can be seen, not of weights. @param {Picture} picture */
export const isCoarse = ({ layers, range }) =>
  layers[0]?.kind === "images" && layers[0].shape[2] <= COARSE && range[0] >= 0;

/**
 * @param {Picture} picture
 * @param {number} room device pixels in a row
 * @param {number} ratio
 * @param {number} [headroom] device pixels that all rows may take together
 * @returns {Grid}
 */
export function gridOf({ layers, columns }, room, ratio, headroom = Infinity) {
  const [count = 1, h = 1, w = 1] = layers[0]?.shape ?? [];
  const across = columns || Math.ceil(Math.sqrt(count * 1.6));
  const gap = Math.round(2 * ratio);
  const edge = layers.length > 1 ? Math.round(6 * ratio) : 0;
  const rows = Math.ceil(count / across) * layers.length;
  const free = Math.min((room - edge - gap * (across - 1)) / (across * w), (headroom - gap * (rows - 1)) / (rows * h));
  const most = Math.max(1, Math.floor((LARGEST_CSS * ratio) / w));
  // If not even one device pixel fits, pixels get a fractional size.
  const scale = free >= 1 ? Math.min(Math.floor(free), most) : Math.max(free, 1 / w);
  const [cell, line] = [w * scale + gap, h * scale + gap];
  return {
    columns: across,
    count,
    layers: layers.length,
    scale,
    cell,
    line,
    gap,
    edge,
    width: Math.round(edge + across * cell - gap),
    height: Math.round(rows * line - gap),
  };
}

/**
 * Upper left corner of an image: rows of the layers take turns, so that pairs stand one above the other.
 * @param {Grid} grid
 * @param {number} layer
 * @param {number} index
 */
export function cornerOf({ columns, layers, cell, line, edge }, layer, index) {
  return {
    x: Math.round(edge + (index % columns) * cell),
    y: Math.round((Math.floor(index / columns) * layers + layer) * line),
  };
}

/**
 * The image under a point of the canvas.
 * @param {Grid} grid
 * @param {number} x device pixels
 * @param {number} y
 * @returns {number} its index, or -1
 */
export function imageAt({ columns, count, layers, cell, line, edge }, x, y) {
  const column = Math.floor((x - edge) / cell);
  const index = Math.floor(y / line / layers) * columns + column;
  return column >= 0 && column < columns && index >= 0 && index < count ? index : -1;
}

/**
 * @param {Surface} surface
 * @param {Picture} picture
 * @param {import("../ui/theme.js").Theme} theme
 * @param {number[]} [picked] indices to frame
 * @param {boolean} [smooth] whether pixels run into each other
 * @returns {Grid}
 */
export function paintImages(surface, picture, theme, picked = [], smooth = false) {
  const { context, room, ratio, headroom } = surface;
  const grid = gridOf(picture, room, ratio, headroom);
  surface.fit(grid.width, grid.height);
  context.clearRect(0, 0, grid.width, grid.height);
  context.imageSmoothingEnabled = smooth || grid.scale < 1;
  context.imageSmoothingQuality = "high";
  const signed = picture.range[0] < 0;
  if (signed) {
    // Zero has the colour of the sheet: without lines between them, images would run together.
    context.fillStyle = theme.colours.line;
    for (let i = 0; i < grid.count; i++) {
      const { x, y } = cornerOf(grid, 0, i);
      context.fillRect(x - grid.gap, y - grid.gap, grid.cell + grid.gap, grid.line + grid.gap);
    }
  }
  const table = colourMap(theme, signed ? "diverging" : "grey");
  picture.layers.forEach((layer, which) => {
    const [count, h, w] = layer.shape;
    const sheet = sheetOf(layer, count, h, w, table, signed ? picture.range : [0, 0.5, 1]);
    for (let i = 0; i < count; i++) {
      const { x, y } = cornerOf(grid, which, i);
      context.drawImage(sheet, 0, i * h, w, h, x, y, Math.round(w * grid.scale), Math.round(h * grid.scale));
      if (grid.edge && i % grid.columns === 0) {
        context.fillStyle = colourOf(theme, layer.role);
        context.fillRect(0, y, Math.round(grid.edge / 2), grid.line - grid.gap);
      }
    }
  });
  context.strokeStyle = theme.colours.model;
  context.lineWidth = 2 * ratio;
  for (const index of picked) {
    const { x, y } = cornerOf(grid, 0, index);
    context.strokeRect(
      x + ratio,
      y + ratio,
      grid.cell - grid.gap - 2 * ratio,
      grid.line * grid.layers - grid.gap - 2 * ratio,
    );
  }
  return grid;
}

/**
 * All images of a layer one below the other, one canvas pixel for each of theirs.
 * @param {import("../protocol.js").Layer} layer
 * @param {number} count
 * @param {number} h
 * @param {number} w
 * @param {Uint32Array} table
 * @param {number[]} range
 */
function sheetOf({ data }, count, h, w, table, range) {
  const pixels = new Uint32Array(count * h * w);
  for (let i = 0; i < pixels.length; i++) pixels[i] = table[Math.round(255 * position(data[i], range))];
  const sheet = new OffscreenCanvas(w, count * h);
  sheet.getContext("2d")?.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), w, count * h), 0, 0);
  return sheet;
}
