// jax-js on its wasm backend. The whole training step (draws, forward, backward, optimiser) is one
// jit, its best case. Its arrays are used up by the call they are passed to: `.ref` and `tree.ref`
// keep one for another use.
import { defaultDevice, init, jit, nn, numpy as np, random, tree, valueAndGrad } from "@jax-js/jax";
import { TASKS, batch, parameters } from "../tasks.mjs";

let trainStep, state, data, loss;

export default {
  async init(task) {
    if (!(await init("wasm")).includes("wasm")) throw new Error("jax-js has no wasm backend here");
    defaultDevice("wasm");
    const { B, D } = TASKS[task];
    const initial = Object.fromEntries(
      parameters(task).map(({ name, shape, data }) => [name, np.array(data).reshape(shape)]),
    );
    data = np.array(batch(task)).reshape([B, D]);
    ({ state, trainStep } = builders[task](TASKS[task], initial));
  },
  async step(n) {
    for (let i = 0; i < n; i++) {
      loss?.dispose();
      [state, loss] = trainStep(state, data.ref);
      // Steps that nobody waits for pile up inside each array and make later ones slower.
      if (i % 2) await tree.leaves(state)[0].blockUntilReady();
    }
    await tree.leaves(state)[0].blockUntilReady();
    return (await loss.ref.data())[0];
  },
};

const linear = (x, weights, biases) => np.matmul(x, weights).add(biases);
const softplus = (x) => np.maximum(x.ref, 0).add(np.log1p(np.exp(np.negative(np.abs(x)))));
const mean = (x) => {
  const size = x.shape.reduce((a, b) => a * b, 1);
  return x.sum().mul(1 / size);
};
const mapped = (object, of) => Object.fromEntries(Object.entries(object).map(([key, value]) => [key, of(value, key)]));
const named = (object, prefix) => Object.fromEntries(Object.entries(object).filter(([key]) => key.startsWith(prefix)));
const zeros = (parameters) => mapped(parameters, (p) => np.zeros(p.shape));

/** `n` keys from one, which is used up. */
function keys(key, n) {
  const all = random.split(key, n);
  const out = Array.from({ length: n }, (_, i) => all.ref.slice(i));
  all.dispose();
  return out;
}

const newAdam = (parameters) => ({ m: zeros(parameters), v: zeros(parameters), power1: np.array(1), power2: np.array(1) });

/** D. Kingma, J. Ba, "Adam", ICLR 2015, algorithm 1. */
function adam(parameters, gradients, { m, v, power1, power2 }, rate, beta1, beta2 = 0.999) {
  const next1 = power1.mul(beta1);
  const next2 = power2.mul(beta2);
  const scale1 = np.reciprocal(np.subtract(1, next1.ref));
  const scale2 = np.reciprocal(np.subtract(1, next2.ref));
  const nextM = mapped(m, (old, key) => old.mul(beta1).add(gradients[key].ref.mul(1 - beta1)));
  const nextV = mapped(v, (old, key) => old.mul(beta2).add(np.square(gradients[key]).mul(1 - beta2)));
  const updated = mapped(parameters, (p, key) => {
    const root = np.sqrt(nextV[key].ref.mul(scale2.ref)).add(1e-8);
    return p.sub(nextM[key].ref.mul(scale1.ref).div(root).mul(rate));
  });
  scale1.dispose();
  scale2.dispose();
  return [updated, { m: nextM, v: nextV, power1: next1, power2: next2 }];
}

const builders = {
  gan2d({ B, Z, rate, beta1 }, initial) {
    const mlp = (prefix, activation) => (p, x) => {
      let h = activation(linear(x, p[`${prefix}_w0`], p[`${prefix}_b0`]));
      h = activation(linear(h, p[`${prefix}_w1`], p[`${prefix}_b1`]));
      return linear(h, p[`${prefix}_w2`], p[`${prefix}_b2`]);
    };
    const generator = mlp("generator", nn.relu);
    const discriminator = mlp("discriminator", (x) => nn.leakyRelu(x, 0.2));
    const g = named(initial, "generator");
    const d = named(initial, "discriminator");
    // softplus(−logit) for real points, softplus(logit) for generated ones, in one pass.
    const signs = np.array(Float32Array.from({ length: 2 * B }, (_, i) => (i < B ? -1 : 1))).reshape([2 * B, 1]);
    const trainStep = jit(({ g, d, adamG, adamD, key }, real) => {
      const [key1, key2, next] = keys(key, 3);
      const generated = generator(tree.ref(g), random.normal(key1, [B, Z]));
      const both = np.concatenate([real, generated], 0);
      const [lossD, gradD] = valueAndGrad((d) => mean(softplus(discriminator(d, both).mul(signs.ref))).mul(2))(tree.ref(d));
      lossD.dispose();
      const [nextD, nextAdamD] = adam(d, gradD, adamD, rate, beta1);
      const [lossG, gradG] = valueAndGrad((g) =>
        mean(softplus(np.negative(discriminator(tree.ref(nextD), generator(g, random.normal(key2, [B, Z])))))),
      )(tree.ref(g));
      const [nextG, nextAdamG] = adam(g, gradG, adamG, rate, beta1);
      return [{ g: nextG, d: nextD, adamG: nextAdamG, adamD: nextAdamD, key: next }, lossG];
    });
    return { state: { g, d, adamG: newAdam(g), adamD: newAdam(d), key: random.key(1) }, trainStep };
  },

  vae_mlp({ B, Z, rate, beta1 }, initial) {
    const negativeElbo = (p, x, key) => {
      const h = nn.relu(linear(x.ref, p.encoder_w0, p.encoder_b0));
      const mu = linear(h.ref, p.mean_w0, p.mean_b0);
      const logVar = linear(h, p.log_var_w0, p.log_var_b0);
      const z = mu.ref.add(np.exp(logVar.ref.mul(0.5)).mul(random.normal(key, [B, Z])));
      const logits = linear(nn.relu(linear(z, p.decoder_w0, p.decoder_b0)), p.decoder_w1, p.decoder_b1);
      const reconstruction = softplus(logits.ref).sub(x.mul(logits)).sum();
      const divergence = np.square(mu).add(np.exp(logVar.ref)).sub(logVar.add(1)).sum().mul(0.5);
      return reconstruction.add(divergence).mul(1 / B);
    };
    const trainStep = jit(({ parameters, moments, key }, x) => {
      const [now, next] = keys(key, 2);
      const [loss, gradients] = valueAndGrad((p) => negativeElbo(p, x, now))(tree.ref(parameters));
      const [updated, nextMoments] = adam(parameters, gradients, moments, rate, beta1);
      return [{ parameters: updated, moments: nextMoments, key: next }, loss];
    });
    return { state: { parameters: initial, moments: newAdam(initial), key: random.key(1) }, trainStep };
  },

  rbm({ B, rate, momentum, decay }, initial) {
    const bernoulli = (key, p) => random.uniform(key, p.shape).less(p).astype(np.float32);
    const trainStep = jit(({ parameters, velocities, key }, v0) => {
      const [key1, key2, next] = keys(key, 3);
      const { weights, visible, hidden } = parameters;
      const p0 = nn.sigmoid(linear(v0.ref, weights.ref, hidden.ref));
      const h0 = bernoulli(key1, p0.ref);
      const v1 = bernoulli(key2, nn.sigmoid(np.matmul(h0, weights.ref.transpose()).add(visible.ref)));
      const p1 = nn.sigmoid(linear(v1.ref, weights.ref, hidden.ref));
      const moments = np.matmul(v0.ref.transpose(), p0.ref).sub(np.matmul(v1.ref.transpose(), p1.ref));
      const error = v0.sub(v1);
      const gradients = {
        weights: moments.mul(1 / B).sub(weights.ref.mul(decay)),
        visible: error.ref.sum(0).mul(1 / B),
        hidden: p0.sub(p1).sum(0).mul(1 / B),
      };
      const nextVelocities = mapped(velocities, (v, key) => v.mul(momentum).add(gradients[key].mul(rate)));
      const updated = mapped(parameters, (p, key) => p.add(nextVelocities[key].ref));
      return [{ parameters: updated, velocities: nextVelocities, key: next }, mean(np.square(error))];
    });
    return { state: { parameters: initial, velocities: zeros(initial), key: random.key(1) }, trainStep };
  },
};
