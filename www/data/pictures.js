// Pictures (PNG, JPEG, …) as small grey images.

import { TildeError } from "../errors.js";
import { LIMITS } from "./check.js";

/** Square images up to this side keep their size. */
const KEPT = 32;
/** Others become squares of this side. */
const SIDE = 28;

/**
 * @param {File[]} files
 * @returns {Promise<import("./read.js").Images>}
 */
export async function readPictures(files) {
  const bitmaps = [];
  for (const file of files) {
    const bitmap = await createImageBitmap(file).catch(() => {
      throw new TildeError(
        "bad-file",
        `${file.name}: expected a picture (PNG or JPEG), found something that this browser cannot decode.`,
      );
    });
    if (bitmap.width * bitmap.height > LIMITS.pixels)
      throw new TildeError(
        "bad-file",
        `${file.name}: expected at most ${LIMITS.pixels / 1e6} million pixels, found ${bitmap.width} × ${bitmap.height}.`,
      );
    bitmaps.push(bitmap);
  }
  const [{ width: w, height: h }] = bitmaps;
  const keep = w === h && w <= KEPT && bitmaps.every(({ width, height }) => width === w && height === h);
  const side = keep ? w : SIDE;
  const images = new Float32Array(bitmaps.length * side * side);
  const canvas = new OffscreenCanvas(side, side);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
    canvas.getContext("2d", { willReadFrequently: true })
  );
  context.imageSmoothingQuality = "high";
  bitmaps.forEach((bitmap, i) => {
    const scale = side / Math.max(bitmap.width, bitmap.height);
    const [width, height] = [bitmap.width * scale, bitmap.height * scale];
    context.fillStyle = "#fff"; // what is transparent is paper
    context.fillRect(0, 0, side, side);
    context.drawImage(bitmap, (side - width) / 2, (side - height) / 2, width, height);
    bitmap.close();
    const { data } = context.getImageData(0, 0, side, side);
    for (let p = 0; p < side * side; p++)
      images[i * side * side + p] = (0.2126 * data[4 * p] + 0.7152 * data[4 * p + 1] + 0.0722 * data[4 * p + 2]) / 255;
  });
  return { kind: "images", images, shape: [bitmaps.length, side, side] };
}

/**
 * Images that are too large or not square, averaged down to small squares; others as they are.
 * @param {Float32Array} images
 * @param {number[]} shape [N, H, W]
 */
export function shrink(images, shape) {
  const [count, h, w] = shape;
  if (h === w && h <= KEPT) return { images, shape };
  const small = new Float32Array(count * SIDE * SIDE);
  for (let i = 0; i < count; i++) {
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const [top, left] = [Math.floor((y * h) / SIDE), Math.floor((x * w) / SIDE)];
        const [bottom, right] = [
          Math.max(top + 1, Math.floor(((y + 1) * h) / SIDE)),
          Math.max(left + 1, Math.floor(((x + 1) * w) / SIDE)),
        ];
        let sum = 0;
        for (let v = top; v < bottom; v++) for (let u = left; u < right; u++) sum += images[(i * h + v) * w + u];
        small[(i * SIDE + y) * SIDE + x] = sum / ((bottom - top) * (right - left));
      }
    }
  }
  return { images: small, shape: [count, SIDE, SIDE] };
}

/** Whether the images look like ink on paper: their rims are mostly bright. @param {Float32Array} images @param {number[]} shape */
export function isDarkOnLight(images, [count, h, w]) {
  let [sum, seen] = [0, 0];
  for (let i = 0; i < Math.min(count, 50); i++) {
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        if (x && y && x < w - 1 && y < h - 1) continue;
        sum += images[(i * h + y) * w + x];
        seen++;
      }
    }
  }
  return sum / seen > 0.6;
}
