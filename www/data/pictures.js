// Pictures (PNG, JPEG, …) as pixels.

import { TildeError } from "../errors.js";
import { LIMITS } from "./check.js";

/** Longest edge that pictures are decoded to. What is learned from is far smaller. */
const EDGE = 1024;

/**
 * Red, green, blue and opacity of each pixel.
 * @param {File} file
 * @returns {Promise<{ width: number, height: number, data: Uint8Array }>}
 */
export async function decode(file) {
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none" }).catch(() => {
    throw new TildeError("bad-file", `${file.name} starts like a picture, and this browser cannot decode it.`);
  });
  try {
    if (bitmap.width * bitmap.height > LIMITS.pixels)
      throw new TildeError(
        "bad-file",
        `${file.name}: expected at most ${LIMITS.pixels / 1e6} million pixels, found ${bitmap.width} × ${bitmap.height}.`,
      );
    const scale = Math.min(1, EDGE / Math.max(bitmap.width, bitmap.height));
    const [width, height] = [bitmap.width, bitmap.height].map((edge) => Math.max(1, Math.round(edge * scale)));
    const canvas = new OffscreenCanvas(width, height);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
      canvas.getContext("2d", { willReadFrequently: true })
    );
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, width, height);
    return { width, height, data: new Uint8Array(context.getImageData(0, 0, width, height).data.buffer) };
  } finally {
    bitmap.close();
  }
}
