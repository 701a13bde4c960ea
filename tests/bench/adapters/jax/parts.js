// What the tasks share: layers, Adam, and the jit of a step that minimises one loss.
import { jit, numpy as np, random, tree, valueAndGrad } from "@jax-js/jax";

export const linear = (x, weights, biases) => np.matmul(x, weights).add(biases);
export const softplus = (x) => np.maximum(x.ref, 0).add(np.log1p(np.exp(np.negative(np.abs(x)))));
export const mean = (x) => {
  const size = x.shape.reduce((a, b) => a * b, 1);
  return x.sum().mul(1 / size);
};
export const mapped = (object, of) => Object.fromEntries(Object.entries(object).map(([key, value]) => [key, of(value, key)]));
export const zeros = (parameters) => mapped(parameters, (p) => np.zeros(p.shape));

/** As many layers as the prefix has weights, with `activation` between them. */
export function mlp(p, prefix, x, activation) {
  const depth = Object.keys(p).filter((name) => name.startsWith(`${prefix}_w`)).length;
  for (let i = 0; i < depth; i++) {
    x = linear(x, p[`${prefix}_w${i}`], p[`${prefix}_b${i}`]);
    if (i < depth - 1) x = activation(x);
  }
  return x;
}

/** `n` keys from one, which is used up. */
export function keys(key, n) {
  const all = random.split(key, n);
  const out = Array.from({ length: n }, (_, i) => all.ref.slice(i));
  all.dispose();
  return out;
}

export const newAdam = (parameters) => ({ m: zeros(parameters), v: zeros(parameters), power1: np.array(1), power2: np.array(1) });

/**
 * D. Kingma, J. Ba, "Adam", ICLR 2015, algorithm 1, with decoupled decay of what has two axes or
 * more (I. Loshchilov, F. Hutter, ICLR 2019).
 */
export function adam(parameters, gradients, { m, v, power1, power2 }, { rate, beta1 = 0.9, beta2 = 0.999, decay = 0 }) {
  const next1 = power1.mul(beta1);
  const next2 = power2.mul(beta2);
  const scale1 = np.reciprocal(np.subtract(1, next1.ref));
  const scale2 = np.reciprocal(np.subtract(1, next2.ref));
  const nextM = mapped(m, (old, key) => old.mul(beta1).add(gradients[key].ref.mul(1 - beta1)));
  const nextV = mapped(v, (old, key) => old.mul(beta2).add(np.square(gradients[key]).mul(1 - beta2)));
  const updated = mapped(parameters, (p, key) => {
    const root = np.sqrt(nextV[key].ref.mul(scale2.ref)).add(1e-8);
    const kept = decay && p.shape.length > 1 ? p.mul(1 - rate * decay) : p;
    return kept.sub(nextM[key].ref.mul(scale1.ref).div(root).mul(rate));
  });
  scale1.dispose();
  scale2.dispose();
  return [updated, { m: nextM, v: nextV, power1: next1, power2: next2 }];
}

/** A step of Adam on `loss(parameters, data, key)`. */
export function minimised(initial, options, loss) {
  const trainStep = jit(({ parameters, moments, key }, data) => {
    const [now, next] = keys(key, 2);
    const [value, gradients] = valueAndGrad((p) => loss(p, data, now))(tree.ref(parameters));
    const [updated, nextMoments] = adam(parameters, gradients, moments, options);
    return [{ parameters: updated, moments: nextMoments, key: next }, value];
  });
  return { state: { parameters: initial, moments: newAdam(initial), key: random.key(1) }, trainStep };
}
