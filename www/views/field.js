// A grid of numbers as a heat map, row 0 at the bottom.

import { colourMap } from "../ui/theme.js";

/**
 * Which map a layer is drawn with: a probability has the colours of its two classes, a signed quantity has a middle, an
 * amount has not, and an energy has another than densities have, since it is high where they are low.
 * @param {import("../protocol.js").Layer} layer
 */
export const mapOf = ({ role, labels }) =>
  labels.length === 2 ? "classes" : role === "other" ? "diverging" : role === "truth" ? "energy" : "viridis";

/**
 * Where a value stands between the two ends, through the middle.
 * @param {number} value
 * @param {number[]} range low, middle, high
 */
export function position(value, [low, middle, high]) {
  const t =
    value < middle
      ? 0.5 * (1 - (middle - value) / (middle - low || 1))
      : 0.5 * (1 + (value - middle) / (high - middle || 1));
  return Math.min(1, Math.max(0, t));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./plane.js").Box} box
 * @param {import("../protocol.js").Layer} layer
 * @param {number[]} range
 * @param {import("../ui/theme.js").Theme} theme
 */
export function paintField(context, box, layer, range, theme) {
  const [height, width] = layer.shape;
  const table = colourMap(theme, mapOf(layer));
  const pixels = new Uint32Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      pixels[(height - 1 - row) * width + column] =
        table[Math.round(255 * position(layer.data[row * width + column], range))];
    }
  }
  const small = new OffscreenCanvas(width, height);
  small.getContext("2d")?.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height), 0, 0);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(small, box.left, box.top, box.width, box.height);
}
