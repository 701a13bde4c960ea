// Models of flat images: a variational autoencoder and a restricted Boltzmann machine.
import * as tf from "@tensorflow/tfjs-core";
import { adam, linear, mlp } from "./parts.js";

export function vae_mlp({ B, Z, rate }, variables, { x }) {
  const v = variables;
  const optimizer = adam(rate);
  return () =>
    optimizer.minimize(() => {
      const h = tf.relu(linear(x, v.encoder_w0, v.encoder_b0));
      const mean = linear(h, v.mean_w0, v.mean_b0);
      const logVar = linear(h, v.log_var_w0, v.log_var_b0);
      const z = tf.add(mean, tf.mul(tf.exp(tf.mul(logVar, 0.5)), tf.randomNormal([B, Z])));
      const logits = mlp(v, "decoder", z, tf.relu);
      const reconstruction = tf.sum(tf.sub(tf.softplus(logits), tf.mul(x, logits)));
      const divergence = tf.sum(tf.sub(tf.add(tf.square(mean), tf.exp(logVar)), tf.add(logVar, 1)));
      return tf.div(tf.add(reconstruction, tf.mul(0.5, divergence)), B);
    }, true);
}

export function rbm({ B, rate, momentum, decay }, { weights, visible, hidden }, { x: v0 }) {
  const velocities = [weights, visible, hidden].map((p) => tf.variable(tf.zerosLike(p)));
  const bernoulli = (p) => tf.cast(tf.less(tf.randomUniform(p.shape), p), "float32");
  return () => {
    const p0 = tf.sigmoid(linear(v0, weights, hidden));
    const v1 = bernoulli(tf.sigmoid(tf.add(tf.matMul(bernoulli(p0), weights, false, true), visible)));
    const p1 = tf.sigmoid(linear(v1, weights, hidden));
    const moments = tf.sub(tf.matMul(v0, p0, true), tf.matMul(v1, p1, true));
    const gradients = [
      tf.sub(tf.mul(moments, 1 / B), tf.mul(weights, decay)),
      tf.mean(tf.sub(v0, v1), 0),
      tf.mean(tf.sub(p0, p1), 0),
    ];
    [weights, visible, hidden].forEach((parameter, i) => {
      velocities[i].assign(tf.add(tf.mul(velocities[i], momentum), tf.mul(gradients[i], rate)));
      parameter.assign(tf.add(parameter, velocities[i]));
    });
    return tf.mean(tf.square(tf.sub(v0, v1)));
  };
}
