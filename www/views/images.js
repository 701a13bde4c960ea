// Grey images in a grid, or weights in two colours, with the names of rows, columns and layers.

import { TEXT, changesOf, gridOf, isMarked, isTower, isUnits, namesOf, namingOf, placeOf } from "./grid.js";
import { position } from "./field.js";
import { colourMap, colourOf } from "../ui/theme.js";

/** A line of a layer's name in a tower is about so wide, in CSS pixels, where words allow. */
const NAME = 48;

/**
 * @typedef {import("../protocol.js").Picture} Picture
 * @typedef {import("../protocol.js").Layer} Layer
 * @typedef {import("../ui/surface.js").Surface} Surface
 */

/**
 * @param {Surface} surface
 * @param {Picture} picture
 * @param {import("../ui/theme.js").Theme} theme
 * @param {object} [how]
 * @param {number[]} [how.picked] indices to frame
 * @param {boolean} [how.smooth] whether pixels run into each other
 * @param {string[]} [how.names] of the layers, where they need them
 * @param {(image: { label?: number, changed: number, all: number, sum: string }) => string[]} [how.heads] what stands above a column, in
 *   lines, of which there are as many for each
 * @param {string[]} [how.between] what stands between a layer of a tower and the next one
 * @returns {import("./grid.js").Grid}
 */
export function paintImages(surface, picture, theme, { picked = [], smooth = false, names = [], ...how } = {}) {
  const { heads, between = [] } = how;
  const { context, room, ratio, headroom } = surface;
  const { layers, range } = picture;
  const tower = isTower(picture);
  const font = `${Math.round(TEXT * ratio)}px ${theme.font}`;
  context.font = font;
  const widthOf = (/** @type {string} */ text) => context.measureText(text).width;
  const lines = names.map((name) => (tower ? linesOf(name, (text) => widthOf(text) < NAME * ratio) : [name]));
  const wide = Math.max(0, ...[...lines.flat(), ...between].map((line) => widthOf(line) + 8 * ratio));
  const naming = namingOf(layers);
  const above = (/** @type {number} */ i) =>
    heads?.({ label: naming?.labels[i % naming.labels.length], ...changesOf(layers, i) }) ?? [];
  const grid = gridOf(picture, room, ratio, headroom, { wide, smooth, ...(heads && { head: above(0).length }) });
  surface.fit(grid.width, grid.height);
  context.clearRect(0, 0, grid.width, grid.height);
  context.imageSmoothingQuality = "high";
  const signed = range[0] < 0;
  const left = (/** @type {number} */ i) =>
    Math.round(grid.edge + i * grid.cell + Math.floor(i / grid.group) * grid.apart);
  const middleOf = (/** @type {number} */ i) => left(i) + (grid.cell - grid.gap) / 2;
  const table = colourMap(theme, signed ? "diverging" : "grey");
  const sheets = layers.map((layer) => sheetOf(layer, table, signed ? range : [0, 0.5, 1]));
  context.font = font; // a canvas that gets another size forgets it
  context.textBaseline = "middle";
  grid.rows.forEach(({ layer: which, first, y, height, scale }, at) => {
    const layer = layers[which];
    const [count, h, w] = layer.shape;
    const width = Math.round(w * scale);
    context.imageSmoothingEnabled = (smooth && !isUnits(layer, tower)) || scale < 1;
    for (let i = first; i < Math.min(count, first + grid.columns); i++) {
      // Narrower images stand in the middle of their column.
      const x = left(i - first) + Math.round((grid.cell - grid.gap - width) / 2);
      if (signed || isUnits(layer, tower)) {
        context.fillStyle = theme.colours.line;
        context.fillRect(x - grid.gap, y - grid.gap, width + 2 * grid.gap, height + 2 * grid.gap);
      }
      context.drawImage(sheets[which], 0, i * h, w, h, x, y, width, height);
      if (isMarked(layer)) paintMarks(context, layer, i, [x, y, scale, height / h], theme, ratio);
    }
    const middle = y + height / 2;
    context.fillStyle = theme.colours.soft;
    if (names.length) {
      context.textAlign = "left";
      const [line, said] = [(TEXT + 3) * ratio, lines[which]];
      const top = tower ? middle - ((said.length - 1) / 2) * line : y + TEXT * ratio;
      if (tower || first === 0) said.forEach((text, i) => context.fillText(text, 0, top + i * line));
    } else if (layers.length > 1) {
      context.fillStyle = colourOf(theme, layer.role);
      context.fillRect(0, y, Math.round(grid.edge / 2), height);
    } else if (namesOf(layer, grid.columns) === "rows") {
      context.textAlign = "center";
      context.fillText(String(layer.labels[first / grid.columns]), grid.edge / 2, middle);
    }
    if (tower && which > 0) {
      const upper = grid.rows[at - 1];
      context.strokeStyle = theme.colours.soft;
      context.lineWidth = ratio;
      if (between[which - 1]) context.fillText(between[which - 1], 0, (upper.y + upper.height + y) / 2);
      for (let i = 0; i < Math.min(count - first, grid.columns); i++) {
        // Round 0 is a guess from below alone.
        const role = isMarked(layers[0]) && naming?.labels[first + i] === 0 ? "data" : layer.role;
        paintArrow(context, middleOf(i), [upper.y + upper.height, y], role, ratio);
      }
    }
  });
  context.textAlign = "center";
  for (let i = 0; i < grid.columns; i++) {
    const plain =
      naming && namesOf(naming, grid.columns) === "columns" ? [String(naming.labels[i % naming.labels.length])] : [];
    const said = heads ? above(i) : plain;
    said.forEach((text, at) => {
      // The last line tells of the triangles, and has their colour.
      context.fillStyle = heads && at === said.length - 1 ? theme.colours.model : theme.colours.ink;
      context.fillText(text, middleOf(i), (TEXT / 2 + at * (TEXT + 5)) * ratio);
    });
  }
  context.strokeStyle = theme.colours.model;
  context.lineWidth = 2 * ratio;
  for (const index of picked) {
    const { x, y, width, height } = placeOf(grid, index);
    context.strokeRect(x + ratio, y + ratio, width - 2 * ratio, height - 2 * ratio);
  }
  return grid;
}

/**
 * Triangles on the units of an image that have changed: up or down, the larger the more.
 * @param {CanvasRenderingContext2D} context
 * @param {Layer} layer
 * @param {number} image
 * @param {[number, number, number, number]} place left, top, and how wide and high a unit is
 * @param {import("../ui/theme.js").Theme} theme
 * @param {number} ratio
 */
function paintMarks(context, { labels, shape: [, h, w] }, image, [left, top, wide, high], { colours }, ratio) {
  context.fillStyle = colours.model;
  context.strokeStyle = colours.sheet; // a halo: units are of any grey
  context.lineWidth = ratio;
  for (let at = 0; at < h * w; at++) {
    const label = labels[image * h * w + at];
    const [x, y] = [left + ((at % w) + 0.5) * wide, top + (Math.floor(at / w) + 0.5) * high];
    const reach = 0.5 * Math.min(wide, high) * ((label > 100 ? label - 100 : label) / 100) ** 0.35;
    const up = label > 100 ? -reach : reach;
    if (reach < ratio) continue;
    context.beginPath();
    context.moveTo(x, y - up);
    context.lineTo(x + reach, y + 0.7 * up);
    context.lineTo(x - reach, y + 0.7 * up);
    context.closePath();
    context.stroke();
    context.fill();
  }
}

/**
 * A name in lines, each of as many words as fit.
 * @param {string} name
 * @param {(line: string) => boolean} fits
 */
function linesOf(name, fits) {
  /** @type {string[]} */
  const lines = [];
  for (const word of name.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length && fits(longer)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/**
 * An arrow between a layer and the one above it: up from data, which are given, down to what a model gives out, and both
 * ways between units.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x where it stands
 * @param {[number, number]} heights
 * @param {Layer["role"]} role of the lower one
 * @param {number} ratio
 */
function paintArrow(context, x, [top, bottom], role, ratio) {
  const [from, to, head] = [top + 5 * ratio, bottom - 5 * ratio, 3 * ratio];
  context.beginPath();
  context.moveTo(x, from);
  context.lineTo(x, to);
  for (const [tip, turn] of [
    [from, 1],
    [to, -1],
  ]) {
    if (role === (tip === from ? "model" : "data")) continue;
    context.moveTo(x - head, tip + turn * head);
    context.lineTo(x, tip);
    context.lineTo(x + head, tip + turn * head);
  }
  context.stroke();
}

/**
 * All images of a layer one below the other, one canvas pixel for each of theirs.
 * @param {Layer} layer
 * @param {Uint32Array} table
 * @param {number[]} range
 */
export function sheetOf({ data, shape: [count, h, w] }, table, range) {
  const pixels = new Uint32Array(count * h * w);
  for (let i = 0; i < pixels.length; i++) pixels[i] = table[Math.round(255 * position(data[i], range))];
  const sheet = new OffscreenCanvas(w, count * h);
  sheet.getContext("2d")?.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), w, count * h), 0, 0);
  return sheet;
}
