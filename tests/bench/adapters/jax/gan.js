// Generative adversarial networks of points in the plane.
import { jit, nn, numpy as np, random, tree, valueAndGrad } from "@jax-js/jax";
import { adam, keys, mapped, mean, mlp, newAdam, softplus } from "./parts.js";

const named = (object, prefix) => Object.fromEntries(Object.entries(object).filter(([key]) => key.startsWith(prefix)));

/** Numbers `[2B, 1]`: one for the real points, another for the generated ones. */
const halves = (B, real, generated) => np.array(Float32Array.from({ length: 2 * B }, (_, i) => (i < B ? real : generated))).reshape([2 * B, 1]);

export function gan2d_lab({ B, Z, rate, real }, initial, { x }) {
  const generator = (p, z) => np.tanh(mlp(p, "generator", z, nn.relu));
  const discriminator = (p, x) => nn.sigmoid(mlp(p, "discriminator", x, nn.relu));
  const descended = (parameters, gradients) => mapped(parameters, (p, key) => p.sub(gradients[key].mul(rate)));
  const trainStep = jit(({ g, d, key }, { x, sign, zero, share }) => {
    const [key1, key2, next] = keys(key, 3);
    const both = np.concatenate([x, generator(tree.ref(g), random.uniform(key1, [B, Z]))], 0);
    // The probability of being right: D for real points, 1 − D for generated ones.
    const [lossD, gradD] = valueAndGrad((d) => np.log(zero.add(discriminator(d, both).mul(sign))).mul(share).sum().mul(-1 / B))(tree.ref(d));
    lossD.dispose();
    const nextD = descended(d, gradD);
    const [lossG, gradG] = valueAndGrad((g) => mean(np.log(discriminator(tree.ref(nextD), generator(g, random.uniform(key2, [B, Z]))))).mul(-1))(tree.ref(g));
    return [{ g: descended(g, gradG), d: nextD, key: next }, lossG];
  });
  const data = { x, sign: halves(B, 1, -1), zero: halves(B, 0, 1), share: halves(B, real, 1) };
  return { state: { g: named(initial, "generator"), d: named(initial, "discriminator"), key: random.key(1) }, trainStep, data };
}

export function gan2d({ B, Z, rate, beta1 }, initial, { x }) {
  const generator = (p, z) => mlp(p, "generator", z, nn.relu);
  const discriminator = (p, x) => mlp(p, "discriminator", x, (h) => nn.leakyRelu(h, 0.2));
  const trainStep = jit(({ g, d, adamG, adamD, key }, { x, sign }) => {
    const [key1, key2, next] = keys(key, 3);
    const both = np.concatenate([x, generator(tree.ref(g), random.normal(key1, [B, Z]))], 0);
    // softplus(−logit) for real points, softplus(logit) for generated ones, in one pass.
    const [lossD, gradD] = valueAndGrad((d) => mean(softplus(discriminator(d, both).mul(sign))).mul(2))(tree.ref(d));
    lossD.dispose();
    const [nextD, nextAdamD] = adam(d, gradD, adamD, { rate, beta1 });
    const [lossG, gradG] = valueAndGrad((g) => mean(softplus(np.negative(discriminator(tree.ref(nextD), generator(g, random.normal(key2, [B, Z])))))))(tree.ref(g));
    const [nextG, nextAdamG] = adam(g, gradG, adamG, { rate, beta1 });
    return [{ g: nextG, d: nextD, adamG: nextAdamG, adamD: nextAdamD, key: next }, lossG];
  });
  const [g, d] = [named(initial, "generator"), named(initial, "discriminator")];
  return { state: { g, d, adamG: newAdam(g), adamD: newAdam(d), key: random.key(1) }, trainStep, data: { x, sign: halves(B, -1, 1) } };
}
