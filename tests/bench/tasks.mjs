// What is timed. One step = forward + backward + optimiser update (both networks of a GAN once
// each), the batch already in memory, fresh noise each step. Every library starts from the same
// weights and sees the same batch; `crate/models/src/bench.rs` says the same in Rust.

/**
 * Sizes and hyperparameters. B batch, D data, H hidden, Z latent or noise.
 * - gan2d: generator Z-H-H-D (ReLU), discriminator D-H-H-1 (leaky ReLU 0.2), non-saturating, Adam.
 * - vae_mlp: D-H-(Z + Z)-H-D, ReLU, Bernoulli likelihood + KL, summed over D, mean over B, Adam.
 * - rbm: D visible, H hidden units, CD-1 (hidden and visible sampled, last hidden by mean), SGD.
 */
export const TASKS = {
  gan2d: { B: 256, D: 2, H: 64, Z: 2, rate: 1e-3, beta1: 0.5 },
  vae_mlp: { B: 128, D: 784, H: 400, Z: 20, rate: 1e-3, beta1: 0.9 },
  rbm: { B: 100, D: 784, H: 500, rate: 0.05, momentum: 0.5, decay: 2e-4 },
};

/** Steps after which every library's loss is checked. */
export const CHECK_STEPS = 20;

/** A 32-bit linear congruential generator of numbers in [0, 1): the same in every language. */
function uniforms(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Weights `[inputs, outputs]`, uniform in ±1/√inputs, and biases of zero, layer by layer. */
function layers(prefix, sizes) {
  return sizes.slice(1).flatMap((outputs, i) => [
    { name: `${prefix}_w${i}`, shape: [sizes[i], outputs], bound: 1 / Math.sqrt(sizes[i]) },
    { name: `${prefix}_b${i}`, shape: [outputs], bound: 0 },
  ]);
}

function declared(task) {
  const { D, H, Z } = TASKS[task];
  switch (task) {
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
      return [
        { name: "weights", shape: [D, H], bound: 0.01 },
        { name: "visible", shape: [D], bound: 0 },
        { name: "hidden", shape: [H], bound: 0 },
      ];
  }
}

/**
 * Initial parameters in order of declaration.
 * @returns {{ name: string, shape: number[], data: Float32Array }[]}
 */
export function parameters(task) {
  const next = uniforms(7);
  return declared(task).map(({ name, shape, bound }) => {
    const size = shape.reduce((a, b) => a * b);
    const data = new Float32Array(size);
    // Zeros take no draws.
    if (bound) for (let i = 0; i < size; i++) data[i] = bound * (2 * next() - 1);
    return { name, shape, data };
  });
}

/** The one batch `[B, D]`: points of a square, grey images, or images of sparse zeros and ones. */
export function batch(task) {
  const { B, D } = TASKS[task];
  const next = uniforms(3);
  return Float32Array.from({ length: B * D }, () => (task === "rbm" ? Number(next() < 0.2) : next()));
}
