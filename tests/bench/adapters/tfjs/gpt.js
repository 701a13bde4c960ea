// A transformer that predicts the next letter of a text.
import * as tf from "@tensorflow/tfjs-core";
import { adam } from "./parts.js";

export function gpt_char({ B, T, V, C, heads, layers, rate, beta2, decay }, variables, { letters, targets }) {
  const v = variables;
  const D = C / heads;
  const oneHot = (values) => tf.cast(tf.oneHot(values, V), "float32");
  const wanted = oneHot(targets);
  // The wasm backend cannot differentiate picking rows.
  const picked = tf.getBackend() === "wasm" && oneHot(letters);
  const future = tf.tensor2d(Float32Array.from({ length: T * T }, (_, i) => (i % T > Math.floor(i / T) ? -1e9 : 0)), [T, T]);
  const optimizer = adam(rate, 0.9, beta2);
  const decayed = Object.values(v).filter(({ shape }) => shape.length > 1);

  const normalised = (h, gain) => {
    const centred = tf.sub(h, tf.mean(h, -1, true));
    const variance = tf.mean(tf.square(centred), -1, true);
    return tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, 1e-5))), gain);
  };
  const gelu = (x) => {
    const inner = tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.mul(tf.square(x), x))));
    return tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(inner)));
  };
  const apart = (x) => tf.transpose(tf.reshape(x, [B, T, heads, D]), [0, 2, 1, 3]);
  const crossEntropy = () => {
    const embedded = picked ? tf.matMul(picked, v.embedding) : tf.gather(v.embedding, letters);
    let h = tf.reshape(tf.add(tf.reshape(embedded, [B, T, C]), v.position), [B * T, C]);
    for (let i = 0; i < layers; i++) {
      const qkv = tf.matMul(normalised(h, v[`gain_attention${i}`]), v[`qkv${i}`]);
      const [q, k, values] = tf.split(qkv, 3, 1).map(apart);
      const scores = tf.add(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(D)), future);
      const mixed = tf.reshape(tf.transpose(tf.matMul(tf.softmax(scores), values), [0, 2, 1, 3]), [B * T, C]);
      h = tf.add(h, tf.matMul(mixed, v[`project${i}`]));
      h = tf.add(h, tf.matMul(gelu(tf.matMul(normalised(h, v[`gain_mlp${i}`]), v[`widen${i}`])), v[`narrow${i}`]));
    }
    const logits = tf.matMul(normalised(h, v.gain_head), v.embedding, false, true);
    return tf.losses.softmaxCrossEntropy(wanted, logits);
  };
  return () => {
    const { value, grads } = tf.variableGrads(crossEntropy);
    // Decoupled decay (I. Loshchilov, F. Hutter, ICLR 2019), which its Adam does not have.
    for (const variable of decayed) variable.assign(tf.mul(variable, 1 - rate * decay));
    optimizer.applyGradients(grads);
    return value;
  };
}
