// An image, the numbers that it is squeezed into, and the image that is made of them: in a row, with arrows between them.

import { colourMap, colourOf } from "../ui/theme.js";
import { sheetOf } from "./images.js";

/** In CSS pixels: an arrow with the room around it, what is said below, and an image at most. */
const ARROW = 26;
const FOOT = 22;
const LARGEST = 132;
/** Numbers that are written; of more only how many there are. */
const WRITTEN = 4;

/**
 * @param {import("../ui/surface.js").Surface} surface
 * @param {import("../protocol.js").Picture} picture
 * @param {import("../ui/theme.js").Theme} theme
 * @param {{ smooth: boolean, names: Record<string, string> }} how
 */
export function paintSqueeze(surface, { layers, range }, theme, { smooth, names }) {
  const { context, room, ratio, headroom } = surface;
  const [from, to] = layers.filter(({ kind }) => kind === "images");
  const { id, data } = /** @type {import("../protocol.js").Layer} */ (layers.find(({ kind }) => kind === "bars"));
  const texts = Array.from(data.slice(0, WRITTEN), (value) => value.toFixed(2).replace("-", "−"));
  if (data.length > WRITTEN) texts.push("…");
  const large = `600 ${Math.round(15 * ratio)}px ${theme.font}`;
  const small = `${Math.round(11 * ratio)}px ${theme.font}`;
  context.font = small;
  const counted = `${data.length} ${names[id]}`;
  const middle = Math.max(context.measureText(counted).width, 52 * ratio);
  const arrow = ARROW * ratio;
  const foot = FOOT * ratio;
  const side = Math.floor(
    Math.max(24 * ratio, Math.min((room - middle) / 2 - arrow, headroom - foot, LARGEST * ratio)),
  );
  const width = Math.floor(2 * side + middle + 2 * arrow);
  surface.fit(width, Math.ceil(side + foot));
  context.clearRect(0, 0, width, side + foot);
  context.imageSmoothingEnabled = smooth;
  context.imageSmoothingQuality = "high";
  context.textAlign = "center";
  context.textBaseline = "middle";
  const centre = side + arrow + middle / 2;
  const below = side + 0.6 * foot;
  /** @type {[import("../protocol.js").Layer, number][]} */
  const images = [[from, 0], [to, width - side]]; // prettier-ignore
  for (const [layer, left] of images) {
    const [, h, w] = layer.shape;
    context.drawImage(sheetOf(layer, colourMap(theme, "grey"), range), 0, 0, w, h, left, 0, side, side);
    context.font = small;
    context.fillStyle = colourOf(theme, layer.role);
    // One whose code is another says only what it is.
    const text = isOther(layer) ? names[layer.id] : `${h * w} ${names[layer.id]}`;
    const half = context.measureText(text).width / 2;
    context.fillText(text, Math.min(Math.max(left + side / 2, half), width - half), below);
  }
  context.fillStyle = theme.colours.soft;
  context.fillText(counted, centre, below);
  context.font = large;
  context.fillStyle = theme.colours.ink;
  const line = Math.min(22 * ratio, side / texts.length);
  texts.forEach((text, i) => context.fillText(text, centre, side / 2 + (i - (texts.length - 1) / 2) * line));
  context.strokeStyle = context.fillStyle = theme.colours.soft;
  context.lineWidth = 1.5 * ratio;
  for (const [start, dashed] of /** @type {[number, boolean][]} */ ([
    [side, isOther(from)],
    [side + arrow + middle, false],
  ])) {
    const [a, b, y, head] = [start + 5 * ratio, start + arrow - 5 * ratio, side / 2, 4 * ratio];
    context.setLineDash(dashed ? [2 * ratio, 3 * ratio] : []);
    context.beginPath();
    context.moveTo(a, y);
    context.lineTo(b, y);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(b + 2 * ratio, y);
    context.lineTo(b - head, y - head);
    context.lineTo(b - head, y + head);
    context.fill();
  }
}

/** Whether the numbers are not those of this image. @param {import("../protocol.js").Layer} layer */
const isOther = ({ labels }) => labels[0] === 1;
