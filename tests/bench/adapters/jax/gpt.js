// A transformer that predicts the next letter of a text.
import { nn, numpy as np } from "@jax-js/jax";
import { minimised } from "./parts.js";

export function gpt_char({ B, T, V, C, heads, layers, rate, beta2, decay }, initial, { letters, targets }) {
  const D = C / heads;
  const future = Float32Array.from({ length: T * T }, (_, i) => (i % T > Math.floor(i / T) ? -1e9 : 0));
  // Rows are picked by a product: inside a jit, jax-js cannot differentiate `np.take`.
  const data = { picked: nn.oneHot(letters, V), wanted: nn.oneHot(targets, V), future: np.array(future).reshape([T, T]) };

  const normalised = (h, gain) => {
    const centred = h.ref.sub(h.mean(-1, { keepdims: true }));
    const variance = np.square(centred.ref).mean(-1, { keepdims: true });
    return centred.mul(np.reciprocal(np.sqrt(variance.add(1e-5)))).mul(gain);
  };
  const apart = (x) => x.reshape([B, T, heads, D]).transpose([0, 2, 1, 3]);
  const step = minimised(initial, { rate, beta2, decay }, (p, { picked, wanted, future }, key) => {
    key.dispose();
    let h = np.matmul(picked, p.embedding.ref).reshape([B, T, C]).add(p.position).reshape([B * T, C]);
    for (let i = 0; i < layers; i++) {
      const [q, k, v] = np.split(np.matmul(normalised(h.ref, p[`gain_attention${i}`]), p[`qkv${i}`]), 3, 1).map(apart);
      const scores = np.matmul(q, k.transpose([0, 1, 3, 2])).mul(1 / Math.sqrt(D)).add(future.ref);
      const mixed = np.matmul(nn.softmax(scores, -1), v).transpose([0, 2, 1, 3]).reshape([B * T, C]);
      h = h.add(np.matmul(mixed, p[`project${i}`]));
      h = h.ref.add(np.matmul(nn.gelu(np.matmul(normalised(h, p[`gain_mlp${i}`]), p[`widen${i}`])), p[`narrow${i}`]));
    }
    future.dispose();
    const logits = np.matmul(normalised(h, p.gain_head), p.embedding.transpose());
    return nn.logSoftmax(logits, -1).mul(wanted).sum().mul(-1 / (B * T));
  });
  return { ...step, data };
}
