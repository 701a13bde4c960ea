// Diffusion models of points and of images.
import * as tf from "@tensorflow/tfjs-core";
import { frequencies } from "../../tasks.mjs";
import { adam, mlp, silu } from "./parts.js";

/** x·cos(uπ/2) + ε·sin(uπ/2), and ε. */
function noised(x, u) {
  const noise = tf.randomNormal(x.shape);
  const angle = tf.mul(u, Math.PI / 2);
  return [tf.add(tf.mul(tf.cos(angle), x), tf.mul(tf.sin(angle), noise)), noise];
}

export function ddpm2d({ B, E, rate }, variables, { x }) {
  const turns = tf.tensor2d(frequencies(E), [1, E / 2]);
  const optimizer = adam(rate);
  return () => {
    const u = tf.randomUniform([B, 1]);
    const [noisy, noise] = noised(x, u);
    const angles = tf.mul(u, turns);
    const input = tf.concat([noisy, tf.sin(angles), tf.cos(angles)], 1);
    return optimizer.minimize(() => tf.mean(tf.square(tf.sub(mlp(variables, "denoiser", input, silu), noise))), true);
  };
}

export function conv_ddpm28({ B, side, rate }, variables, { x }) {
  // The wasm backend cannot differentiate a convolution.
  const convolve = tf.getBackend() === "wasm" ? convolved : (h, w, stride) => tf.conv2d(h, w, stride, 1);
  const conv = (h, i, stride = 1) => tf.add(convolve(h, variables[`w${i}`], stride), variables[`b${i}`]);
  const optimizer = adam(rate);
  return () => {
    const [noisy, noise] = noised(x, tf.randomUniform([B, 1, 1, 1]));
    return optimizer.minimize(() => {
      let h = silu(conv(noisy, 0));
      h = silu(conv(h, 1, 2));
      h = silu(conv(h, 2));
      h = tf.image.resizeNearestNeighbor(h, [side, side]);
      h = silu(conv(h, 3));
      return tf.mean(tf.square(tf.sub(conv(h, 4), noise)));
    }, true);
  };
}

/** A 3×3 convolution with a border of zeros, as one matrix product of each pixel's neighbours. */
function convolved(h, w, stride) {
  const [B, height, width, C] = h.shape;
  const [H, W] = [height / stride, width / stride];
  const padded = tf.pad(h, [[0, 0], [1, 1], [1, 1], [0, 0]]);
  const neighbours = [];
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      let part = tf.slice(padded, [0, i, j, 0], [B, height, width, C]);
      // The first of every `stride` rows and columns.
      if (stride > 1) part = tf.slice(tf.reshape(part, [B * H, stride, W, stride * C]), [0, 0, 0, 0], [B * H, 1, W, C]);
      neighbours.push(tf.reshape(part, [B * H * W, C]));
    }
  }
  const product = tf.matMul(tf.concat(neighbours, 1), tf.reshape(w, [9 * C, w.shape[3]]));
  return tf.reshape(product, [B, H, W, w.shape[3]]);
}
