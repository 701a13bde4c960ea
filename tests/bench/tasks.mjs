// What is timed. One step = forward + backward + optimiser update (both networks of a GAN once
// each), the batch already in memory, fresh noise each step. Every library starts from the same
// weights and sees the same batch; `crate/models/src/bench` says the same in Rust.

/**
 * Sizes and hyperparameters. B batch, D data, H hidden, Z latent or noise, E features of the time,
 * T length of a text, V its vocabulary, C width of the residual stream.
 * - gan2d_lab: GAN Lab's defaults. Generator Z-H-H-D (tanh out), discriminator D-H-H-1 (logistic
 *   out), ReLU, logarithmic losses with real points counted `real`, noise uniform in [0, 1), SGD.
 * - gan2d: generator Z-H-H-D (ReLU), discriminator D-H-H-1 (leaky ReLU 0.2), non-saturating, Adam.
 * - vae_mlp: D-H-(Z + Z)-H-D, ReLU, Bernoulli likelihood + KL, summed over D, mean over B, Adam.
 * - rbm: D visible, H hidden units, CD-1 (hidden and visible sampled, last hidden by mean), SGD.
 * - ddpm2d: (D + E)-H-H-H-D, SiLU; x·cos(uπ/2) + ε·sin(uπ/2) and sines and cosines of u go in, the
 *   mean squared error of ε comes out, Adam.
 * - gpt_char: transformer with normalisation before (a gain, no bias), causal attention, tanh-GELU;
 *   no biases, the embedding is also the head; mean cross-entropy, AdamW that decays all but gains.
 * - conv_ddpm28: 3×3 convolutions of the given channels, the second of stride 2, nearest
 *   upsampling behind the third; SiLU; the noise and loss of ddpm2d, the time not told; Adam.
 * - matmul256, matmul1024: C = A·B of n×n; the "loss" is the first element of C.
 */
export const TASKS = {
  gan2d_lab: { B: 150, D: 2, H: 8, Z: 2, rate: 0.1, real: 0.95 },
  gan2d: { B: 256, D: 2, H: 64, Z: 2, rate: 1e-3, beta1: 0.5 },
  vae_mlp: { B: 128, D: 784, H: 400, Z: 20, rate: 1e-3 },
  rbm: { B: 100, D: 784, H: 500, rate: 0.05, momentum: 0.5, decay: 2e-4 },
  ddpm2d: { B: 512, D: 2, E: 32, H: 128, rate: 1e-3 },
  gpt_char: { B: 12, T: 64, V: 65, C: 128, heads: 4, layers: 4, rate: 1e-3, beta2: 0.99, decay: 0.1 },
  conv_ddpm28: { B: 32, side: 28, channels: [1, 32, 64, 64, 32, 1], rate: 1e-3 },
  matmul256: { n: 256 },
  matmul1024: { n: 1024 },
};

/** A 32-bit linear congruential generator of numbers in [0, 1): the same in every language. */
function uniforms(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Weights uniform in ±1/√inputs. */
const weight = (name, shape, inputs) => ({ name, shape, bound: 1 / Math.sqrt(inputs) });

/** Numbers that are all the same, and take no draws. */
const filled = (name, shape, value) => ({ name, shape, value });

/** Weights `[inputs, outputs]` and biases of zero, layer by layer. */
function layers(prefix, sizes) {
  return sizes.slice(1).flatMap((outputs, i) => [
    weight(`${prefix}_w${i}`, [sizes[i], outputs], sizes[i]),
    filled(`${prefix}_b${i}`, [outputs], 0),
  ]);
}

/** The parameters of a transformer's layer. */
function block(i, C) {
  return [
    filled(`gain_attention${i}`, [C], 1),
    weight(`qkv${i}`, [C, 3 * C], C),
    weight(`project${i}`, [C, C], C),
    filled(`gain_mlp${i}`, [C], 1),
    weight(`widen${i}`, [C, 4 * C], C),
    weight(`narrow${i}`, [4 * C, C], 4 * C),
  ];
}

function declared(task) {
  const { D, E, H, Z, T, V, C, layers: depth, channels } = TASKS[task];
  switch (task) {
    case "gan2d_lab":
    case "gan2d":
      return [...layers("generator", [Z, H, H, D]), ...layers("discriminator", [D, H, H, 1])];
    case "vae_mlp":
      return [
        ...layers("encoder", [D, H]),
        ...layers("mean", [H, Z]),
        ...layers("log_var", [H, Z]),
        ...layers("decoder", [Z, H, D]),
      ];
    case "rbm":
      // ±0.01
      return [weight("weights", [D, H], 1e4), filled("visible", [D], 0), filled("hidden", [H], 0)];
    case "ddpm2d":
      return layers("denoiser", [D + E, H, H, H, D]);
    case "gpt_char":
      return [
        // ±0.02
        weight("embedding", [V, C], 2500),
        weight("position", [T, C], 2500),
        ...Array.from({ length: depth }, (_, i) => block(i, C)).flat(),
        filled("gain_head", [C], 1),
      ];
    case "conv_ddpm28":
      // [height, width, channels in, channels out]
      return channels.slice(1).flatMap((outputs, i) => [
        weight(`w${i}`, [3, 3, channels[i], outputs], 9 * channels[i]),
        filled(`b${i}`, [outputs], 0),
      ]);
    default:
      return [];
  }
}

/**
 * Initial parameters in order of declaration.
 * @returns {{ name: string, shape: number[], data: Float32Array }[]}
 */
export function parameters(task) {
  const next = uniforms(7);
  return declared(task).map(({ name, shape, bound, value = 0 }) => {
    const data = new Float32Array(shape.reduce((a, b) => a * b)).fill(value);
    if (bound) for (let i = 0; i < data.length; i++) data[i] = bound * (2 * next() - 1);
    return { name, shape, data };
  });
}

/**
 * What is in memory before the first step: points of a square, images of grey pixels or of sparse
 * zeros and ones, letters with their successors, the factors of a product.
 * @returns {Record<string, { shape: number[], data: Float32Array | Int32Array }>}
 */
export function batch(task) {
  const next = uniforms(3);
  const of = (shape, draw) => ({ shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, draw) });
  const signed = () => 2 * next() - 1;
  const { B, D, T, V, side, n } = TASKS[task];
  switch (task) {
    case "rbm":
      return { x: of([B, D], () => Number(next() < 0.2)) };
    case "ddpm2d":
      return { x: of([B, D], signed) };
    case "conv_ddpm28":
      return { x: of([B, side, side, 1], signed) };
    case "gpt_char": {
      const drawn = Array.from({ length: 2 * B * T }, () => Math.floor(next() * V));
      const every = (rest) => ({ shape: [B * T], data: Int32Array.from(drawn.filter((_, i) => i % 2 === rest)) });
      return { letters: every(0), targets: every(1) };
    }
    case "matmul256":
    case "matmul1024":
      return { a: of([n, n], signed), b: of([n, n], signed) };
    default:
      return { x: of([B, D], next) };
  }
}

/** ddpm2d's E/2 frequencies of the time in [0, 1], in radians. */
export const frequencies = (E) => Float32Array.from({ length: E / 2 }, (_, i) => 1000 * 1e4 ** ((-2 * i) / E));
