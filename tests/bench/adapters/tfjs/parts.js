// What the tasks share: layers, and the optimiser.
import * as tf from "@tensorflow/tfjs-core";

export const linear = (x, weights, biases) => tf.add(tf.matMul(x, weights), biases);
/** Its own default for what is added to √v̂ depends on the backend. */
export const adam = (rate, beta1 = 0.9, beta2 = 0.999) => tf.train.adam(rate, beta1, beta2, 1e-8);
export const silu = (x) => tf.mul(x, tf.sigmoid(x));

/** As many layers as the prefix has weights, with `activation` between them. */
export function mlp(variables, prefix, x, activation) {
  const depth = Object.keys(variables).filter((name) => name.startsWith(`${prefix}_w`)).length;
  for (let i = 0; i < depth; i++) {
    x = linear(x, variables[`${prefix}_w${i}`], variables[`${prefix}_b${i}`]);
    if (i < depth - 1) x = activation(x);
  }
  return x;
}
