// Generative adversarial networks of points in the plane.
import * as tf from "@tensorflow/tfjs-core";
import { adam, mlp } from "./parts.js";

const named = (variables, prefix) => Object.keys(variables).filter((name) => name.startsWith(prefix)).map((name) => variables[name]);

export function gan2d_lab({ B, Z, rate, real }, variables, { x }) {
  const generator = (z) => tf.tanh(mlp(variables, "generator", z, tf.relu));
  const discriminator = (x) => tf.sigmoid(mlp(variables, "discriminator", x, tf.relu));
  const noise = () => tf.randomUniform([B, Z]);
  const optimizers = [tf.train.sgd(rate), tf.train.sgd(rate)];
  return () => {
    const generated = generator(noise());
    optimizers[0].minimize(
      () => {
        const p = discriminator(tf.concat([x, generated]));
        const ofReal = tf.mean(tf.log(tf.slice(p, [0, 0], [B, 1])));
        const ofGenerated = tf.mean(tf.log(tf.sub(1, tf.slice(p, [B, 0], [B, 1]))));
        return tf.neg(tf.add(tf.mul(real, ofReal), ofGenerated));
      },
      false,
      named(variables, "discriminator"),
    );
    return optimizers[1].minimize(
      () => tf.neg(tf.mean(tf.log(discriminator(generator(noise()))))),
      true,
      named(variables, "generator"),
    );
  };
}

export function gan2d({ B, Z, rate, beta1 }, variables, { x }) {
  const generator = (z) => mlp(variables, "generator", z, tf.relu);
  const discriminator = (x) => mlp(variables, "discriminator", x, (h) => tf.leakyRelu(h, 0.2));
  const noise = () => tf.randomNormal([B, Z]);
  // softplus(−logit) for real points, softplus(logit) for generated ones, in one pass.
  const signs = tf.concat([tf.fill([B, 1], -1), tf.fill([B, 1], 1)]);
  const optimizers = [adam(rate, beta1), adam(rate, beta1)];
  return () => {
    const generated = generator(noise());
    optimizers[0].minimize(
      () => tf.mul(2, tf.mean(tf.softplus(tf.mul(signs, discriminator(tf.concat([x, generated])))))),
      false,
      named(variables, "discriminator"),
    );
    return optimizers[1].minimize(
      () => tf.mean(tf.softplus(tf.neg(discriminator(generator(noise()))))),
      true,
      named(variables, "generator"),
    );
  };
}
