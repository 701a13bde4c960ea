// Images in the plane: each belongs to a point, and stands in a corner that is free, joined to it by a line. The names of
// its point and of itself stand at the edge.

import { colourMap, colourOf } from "../ui/theme.js";
import { sheetOf } from "./images.js";

/**
 * @typedef {import("../protocol.js").Layer} Layer
 * @typedef {{ layer: Layer, i: number, of: Layer, px: number, py: number }} Place  which image, and of which point
 */

/**
 * In CSS pixels: around an image, what the numbers of the plane take at its left, what is said of an image, and its side at
 * most; and that as a share of the plane.
 */
const GAP = 8;
const NUMBERS = 22;
const TEXT = 12;
const LARGEST = 128;
const SHARE = 0.24;
/** Size of what is said, as a share of the plane: of two, side by side, there is room for both. */
const LETTERS = 0.035;
/** The size of a point's ring. */
const RING = 10;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./plane.js").Box} box
 * @param {Layer[]} layers  those of images belong to the points before them, one to each
 * @param {import("../ui/theme.js").Theme} theme
 * @param {number} ratio
 * @param {Record<string, string>} [names]
 */
export function paintInsets(context, { left, top, width, height, x, y }, layers, theme, ratio, names = {}) {
  const gap = GAP * ratio;
  const side = Math.min(LARGEST * ratio, SHARE * Math.min(width, height));
  const text = Math.min(TEXT * ratio, LETTERS * width);
  /** Corners that are free, as left and top of an image. @type {[number, number][]} */
  const free = [left + NUMBERS * ratio, left + width - gap - side].flatMap((a) =>
    /** @type {[number, number][]} */ ([[a, top + gap + 3 * text], [a, top + height - 2 * gap - side - 3 * text]]),
  ); // prettier-ignore
  const places = layers.flatMap((layer, at) => {
    if (layer.kind !== "images") return [];
    const of = layers.slice(0, at).findLast(({ kind }) => kind === "points") ?? layer;
    return Array.from({ length: layer.shape[0] }, (_, i) => ({ layer, i, of, px: x(of.data[2 * i]), py: y(of.data[2 * i + 1]) })); // prettier-ignore
  });
  const far = (/** @type {Place} */ { px, py }, /** @type {[number, number]} */ [a, b]) =>
    Math.hypot(a + side / 2 - px, b + side / 2 - py);
  const corners = nearest(places.slice(0, free.length), free, far).corners;
  corners.forEach((corner, at) => {
    const { layer, i, of, px, py } = places[at];
    const [, h, w] = layer.shape;
    const [a, b] = corner;
    const long = far(places[at], corner);
    const [dx, dy] = [(a + side / 2 - px) / long, (b + side / 2 - py) / long];
    context.beginPath();
    context.moveTo(px + RING * ratio * dx, py + RING * ratio * dy);
    context.lineTo(a + side / 2, b + side / 2);
    // With a halo: it runs over what lies there.
    for (const [colour, wide] of /** @type {[string, number][]} */ ([
      [theme.colours.sheet, 6],
      [colourOf(theme, layer.role), 2],
    ])) {
      context.strokeStyle = colour;
      context.lineWidth = wide * ratio;
      context.stroke();
    }
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    context.drawImage(sheetOf(layer, colourMap(theme, "grey"), [0, 0.5, 1]), 0, i * h, w, h, a, b, side, side);
    context.strokeRect(a, b, side, side);
    const right = a > left + width / 2;
    context.font = `600 ${Math.round(text)}px ${theme.font}`;
    [context.textAlign, context.textBaseline] = [right ? "right" : "left", "top"];
    context.lineWidth = 4 * ratio;
    context.lineJoin = "round";
    context.strokeStyle = theme.colours.sheet;
    context.fillStyle = theme.colours.ink;
    [of, layer].forEach(({ id }, line) => {
      /** @type {[string, number, number]} */
      const said = [
        names[id] ?? "",
        right ? a + side : a,
        (b > top + height / 2 ? b + side + gap / 2 : b - 2.75 * text) + 1.25 * line * text,
      ];
      context.strokeText(...said);
      context.fillText(...said);
    });
  });
}

/**
 * A corner for each place, so that the lines are as short as they can be together: few lines cross then.
 * @param {Place[]} places
 * @param {[number, number][]} free
 * @param {(place: Place, corner: [number, number]) => number} far
 * @returns {{ corners: [number, number][], length: number }}
 */
function nearest([first, ...others], free, far) {
  if (!first) return { corners: [], length: 0 };
  return free
    .map((corner) => {
      const rest = nearest(others, free.filter((each) => each !== corner), far); // prettier-ignore
      return { corners: [corner, ...rest.corners], length: far(first, corner) + rest.length };
    })
    .reduce((a, b) => (b.length < a.length ? b : a));
}
