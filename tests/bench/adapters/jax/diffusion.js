// Diffusion models of points and of images.
import { lax, nn, numpy as np, random } from "@jax-js/jax";
import { frequencies } from "../../tasks.mjs";
import { keys, mapped, mean, minimised, mlp } from "./parts.js";

/** x·cos(uπ/2) + ε·sin(uπ/2), and ε; u is used up. */
function noised(x, u, key) {
  const noise = random.normal(key, x.shape);
  const angle = u.mul(Math.PI / 2);
  return [np.cos(angle.ref).mul(x).add(np.sin(angle).mul(noise.ref)), noise];
}

export function ddpm2d({ B, E, rate }, initial, { x }) {
  const data = { x, turns: np.array(frequencies(E)).reshape([1, E / 2]) };
  const step = minimised(initial, { rate }, (p, { x, turns }, key) => {
    const [key1, key2] = keys(key, 2);
    const u = random.uniform(key1, [B, 1]);
    const [noisy, noise] = noised(x, u.ref, key2);
    const angles = u.mul(turns);
    const input = np.concatenate([noisy, np.sin(angles.ref), np.cos(angles)], 1);
    return mean(np.square(mlp(p, "denoiser", input, nn.silu).sub(noise)));
  });
  return { ...step, data };
}

export function conv_ddpm28({ B, rate }, initial, { x }, backend) {
  // jax-js's own convolution is the faster form on WebGPU, and on wasm takes minutes.
  const { weights, biases, image, convolved, rows } = backend === "webgpu" ? direct : product;
  const parameters = mapped(initial, (p, name) => (name.startsWith("w") ? weights(p) : biases(p)));
  const step = minimised(parameters, { rate }, (p, { x }, key) => {
    const [key1, key2] = keys(key, 2);
    const [noisy, noise] = noised(x, random.uniform(key1, [B, 1, 1, 1]), key2);
    const conv = (h, i, stride = 1) => convolved(h, p[`w${i}`], stride).add(p[`b${i}`]);
    let h = nn.silu(conv(noisy, 0));
    h = nn.silu(conv(h, 1, 2));
    h = nn.silu(conv(h, 2));
    h = np.repeat(np.repeat(h, 2, rows), 2, rows + 1);
    h = nn.silu(conv(h, 3));
    return mean(np.square(conv(h, 4).sub(noise)));
  });
  return { ...step, data: { x: image(x) } };
}

/** Images `[B, C, H, W]` and windows `[out, in, 3, 3]`. */
const direct = {
  weights: (w) => w.transpose([3, 2, 0, 1]),
  biases: (b) => b.reshape([-1, 1, 1]),
  image: (x) => x.transpose([0, 3, 1, 2]),
  rows: 2,
  convolved: (h, w, stride) => lax.convGeneralDilated(h, w, [stride, stride], [[1, 1], [1, 1]]),
};

/** Images `[B, H, W, C]`; a convolution is one matrix product of the nine neighbours of each pixel. */
const product = {
  weights: (w) => w.reshape([-1, w.shape[3]]),
  biases: (b) => b,
  image: (x) => x,
  rows: 1,
  convolved(h, w, stride) {
    const [B, height, width, C] = h.shape;
    const [H, W] = [height / stride, width / stride];
    const padded = np.pad(h, [[0, 0], [1, 1], [1, 1], [0, 0]]);
    const neighbours = [];
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        let part = padded.ref.slice([], [i, i + height], [j, j + width], []);
        // The first of every `stride` rows and columns.
        if (stride > 1) part = part.reshape([B * H, stride, W, stride * C]).slice([], [0, 1], [], [0, C]);
        neighbours.push(part.reshape([B * H * W, C]));
      }
    }
    padded.dispose();
    return np.matmul(np.concatenate(neighbours, 1), w).reshape([B, H, W, -1]);
  },
};
