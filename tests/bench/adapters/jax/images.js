// Models of flat images: a variational autoencoder and a restricted Boltzmann machine.
import { jit, nn, numpy as np, random } from "@jax-js/jax";
import { keys, linear, mapped, mean, minimised, mlp, softplus, zeros } from "./parts.js";

export const vae_mlp = ({ B, Z, rate }, initial) =>
  minimised(initial, { rate }, (p, { x }, key) => {
    const h = nn.relu(linear(x.ref, p.encoder_w0, p.encoder_b0));
    const mu = linear(h.ref, p.mean_w0, p.mean_b0);
    const logVar = linear(h, p.log_var_w0, p.log_var_b0);
    const z = mu.ref.add(np.exp(logVar.ref.mul(0.5)).mul(random.normal(key, [B, Z])));
    const logits = mlp(p, "decoder", z, nn.relu);
    const reconstruction = softplus(logits.ref).sub(x.mul(logits)).sum();
    const divergence = np.square(mu).add(np.exp(logVar.ref)).sub(logVar.add(1)).sum().mul(0.5);
    return reconstruction.add(divergence).mul(1 / B);
  });

export function rbm({ B, rate, momentum, decay }, initial) {
  const bernoulli = (key, p) => random.uniform(key, p.shape).less(p).astype(np.float32);
  const trainStep = jit(({ parameters, velocities, key }, { x: v0 }) => {
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
}
