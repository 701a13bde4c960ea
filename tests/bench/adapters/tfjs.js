// TensorFlow.js on its wasm backend (SIMD, one thread).
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { TASKS, batch, parameters } from "../tasks.mjs";

let trainStep, loss;

export default {
  async init(task) {
    setWasmPaths("/tests/bench/node_modules/@tensorflow/tfjs-backend-wasm/dist/");
    if (!(await tf.setBackend("wasm"))) throw new Error("TensorFlow.js has no wasm backend here");
    const { B, D } = TASKS[task];
    const variables = Object.fromEntries(
      parameters(task).map(({ name, shape, data }) => [name, tf.variable(tf.tensor(data, shape), true, name)]),
    );
    trainStep = builders[task](TASKS[task], variables, tf.tensor2d(batch(task), [B, D]));
  },
  async step(n) {
    for (let i = 0; i < n; i++) {
      loss?.dispose();
      loss = tf.tidy(trainStep);
    }
    return (await loss.data())[0];
  },
};

const linear = (x, weights, biases) => tf.add(tf.matMul(x, weights), biases);

const builders = {
  gan2d({ B, Z, rate, beta1 }, v, real) {
    const named = (prefix) => Object.keys(v).filter((name) => name.startsWith(prefix)).map((name) => v[name]);
    const mlp = (prefix, activation) => (x) => {
      let h = activation(linear(x, v[`${prefix}_w0`], v[`${prefix}_b0`]));
      h = activation(linear(h, v[`${prefix}_w1`], v[`${prefix}_b1`]));
      return linear(h, v[`${prefix}_w2`], v[`${prefix}_b2`]);
    };
    const generator = mlp("generator", tf.relu);
    const discriminator = mlp("discriminator", (x) => tf.leakyRelu(x, 0.2));
    const noise = () => tf.randomNormal([B, Z]);
    // softplus(−logit) for real points, softplus(logit) for generated ones, in one pass.
    const signs = tf.concat([tf.fill([B, 1], -1), tf.fill([B, 1], 1)]);
    const optimizers = [tf.train.adam(rate, beta1, 0.999), tf.train.adam(rate, beta1, 0.999)];
    return () => {
      const generated = generator(noise());
      optimizers[0].minimize(
        () => tf.mul(2, tf.mean(tf.softplus(tf.mul(signs, discriminator(tf.concat([real, generated])))))),
        false,
        named("discriminator"),
      );
      return optimizers[1].minimize(
        () => tf.mean(tf.softplus(tf.neg(discriminator(generator(noise()))))),
        true,
        named("generator"),
      );
    };
  },

  vae_mlp({ B, Z, rate }, v, x) {
    const optimizer = tf.train.adam(rate);
    return () =>
      optimizer.minimize(() => {
        const h = tf.relu(linear(x, v.encoder_w0, v.encoder_b0));
        const mean = linear(h, v.mean_w0, v.mean_b0);
        const logVar = linear(h, v.log_var_w0, v.log_var_b0);
        const z = tf.add(mean, tf.mul(tf.exp(tf.mul(logVar, 0.5)), tf.randomNormal([B, Z])));
        const logits = linear(tf.relu(linear(z, v.decoder_w0, v.decoder_b0)), v.decoder_w1, v.decoder_b1);
        const reconstruction = tf.sum(tf.sub(tf.softplus(logits), tf.mul(x, logits)));
        const divergence = tf.sum(tf.sub(tf.add(tf.square(mean), tf.exp(logVar)), tf.add(logVar, 1)));
        return tf.div(tf.add(reconstruction, tf.mul(0.5, divergence)), B);
      }, true);
  },

  rbm({ B, rate, momentum, decay }, { weights, visible, hidden }, v0) {
    const velocities = [weights, visible, hidden].map((p) => tf.variable(tf.zerosLike(p)));
    const bernoulli = (p) => tf.cast(tf.less(tf.randomUniform(p.shape), p), "float32");
    return () => {
      const p0 = tf.sigmoid(linear(v0, weights, hidden));
      const v1 = bernoulli(tf.sigmoid(tf.add(tf.matMul(bernoulli(p0), weights, false, true), visible)));
      const p1 = tf.sigmoid(linear(v1, weights, hidden));
      const moments = tf.sub(tf.matMul(v0, p0, true), tf.matMul(v1, p1, true));
      const gradients = [
        tf.sub(tf.div(moments, B), tf.mul(weights, decay)),
        tf.mean(tf.sub(v0, v1), 0),
        tf.mean(tf.sub(p0, p1), 0),
      ];
      [weights, visible, hidden].forEach((parameter, i) => {
        velocities[i].assign(tf.add(tf.mul(velocities[i], momentum), tf.mul(gradients[i], rate)));
        parameter.assign(tf.add(parameter, velocities[i]));
      });
      return tf.mean(tf.square(tf.sub(v0, v1)));
    };
  },
};
