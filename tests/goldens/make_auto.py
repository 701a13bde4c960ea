"""Autoencoders, denoising and energies from scikit-learn and PyTorch in float64, as auto.json.

- `pca`: of `rows [N, d]`, `q` components: the `error`, mean squared distance of rows to their
  projections; the `projections [n, d]` of the rows `asked [n, d]`; and the largest principal `angle`
  between the components' span and that of `vectors [q, d]`, by SciPy.
- `autoencoder`: with `weights` of an encoder and a decoder, layers with ReLU between them, the `loss`
  E‖x − g(f(x))‖² of `x [B, D]`, and its `grads`.
- `denoising.points`, `denoising.images`: for clean `x` and corrupted `noised`, the `mean` r of p(x | x̃),
  `log_variance`, the `loss` E‖x − r‖², the `surprise` (the negative log-likelihood without its constant)
  ½(‖x − r‖²/s² + D log s²) with r held constant, and the `grads` of their sum.
- `energy`: `energies` of `x [B, 2]` and their `slopes`; the likelihood with log Z from `places [N, 2]` in
  a box of that `area`; denoising score matching with given `noise`, its gradients a second derivative;
  and a step of Langevin dynamics, reflected at ±3.

Points go through Fourier features first: x, then sines and cosines of 1.5·2^k·x, k = 0 ..
"""

import math

import numpy as np
import torch
from scipy.linalg import subspace_angles
from sklearn.decomposition import PCA
from torch import Tensor
from torch.nn import functional as F

from golden import f32, record, write

RANDOM = np.random.default_rng(11)
Weights = dict[str, Tensor]


def normal(*shape: int, scale: float = 1.0) -> Tensor:
    """Random numbers that float32 holds exactly."""
    return torch.from_numpy(f32(RANDOM.normal(0, scale, shape)))


def layers(names: list[str], widths: list[int]) -> Weights:
    """Weights [inputs, outputs] and biases."""
    out = {}
    for name, (i, o) in zip(names, zip(widths, widths[1:])):
        out[f"{name}.weight"] = normal(i, o, scale=i**-0.5)
        out[f"{name}.bias"] = normal(o, scale=0.1)
    return out


def mlp(w: Weights, names: list[str], x: Tensor, f) -> Tensor:
    for i, name in enumerate(names):
        x = x @ w[f"{name}.weight"] + w[f"{name}.bias"]
        x = f(x) if i < len(names) - 1 else x
    return x


def features(x: Tensor, octaves: int) -> Tensor:
    waves = [g(x * 1.5 * 2**k) for k in range(octaves) for g in (torch.sin, torch.cos)]
    return torch.cat([x, *waves], 1)


def grads(loss: Tensor, w: Weights) -> Weights:
    found = torch.autograd.grad(loss, list(w.values()), retain_graph=True, materialize_grads=True)
    return dict(zip(w, found))


def leaves(w: Weights) -> Weights:
    return {name: x.requires_grad_() for name, x in w.items()}


def pca():
    rows = normal(80, 6) * torch.tensor([3, 2, 1.5, 1, 0.5, 0.25]) @ torch.linalg.qr(normal(6, 6))[0]
    rows = f32(rows + 2)
    asked, vectors, q = f32(rows[:5]), f32(normal(2, 6)), 2
    fitted = PCA(q, svd_solver="full").fit(rows)
    project = lambda x: fitted.inverse_transform(fitted.transform(x))
    error = ((rows - project(rows)) ** 2).sum(1).mean()
    angle = subspace_angles(fitted.components_.T, vectors.T).max()
    given = {"rows": rows, "asked": asked, "vectors": vectors, "q": q}
    return record("pca", given, {"error": error, "projections": project(asked), "angle": angle})


def autoencoder():
    encoder, decoder = ["encoder1", "encoder2"], ["decoder1", "decoder2"]
    w = leaves(layers(encoder, [6, 5, 2]) | layers(decoder, [2, 5, 6]))
    x = normal(7, 6)
    loss = (x - mlp(w, decoder, mlp(w, encoder, x, F.relu), F.relu)).square().sum(1).mean()
    return record("autoencoder", {"x": x, "weights": w}, {"loss": loss, "grads": grads(loss, w)})


def denoising(points: bool):
    d = 2 if points else 5
    inputs = 2 + 4 * 3 if points else d
    names = [["mean1", "mean"], ["spread1", "spread"]] if points else [["mean1", "mean2"], ["spread1", "spread2"]]
    w = leaves(layers(names[0], [inputs, 6, d]) | layers(names[1], [inputs, 4, 1]))
    x = normal(8, d)
    noised = torch.from_numpy(f32(x + normal(8, d, scale=0.3)))
    seen, f = (features(noised, 3), F.silu) if points else (noised, F.relu)
    mean = mlp(w, names[0], seen, f) + (noised if points else 0)
    log_variance = mlp(w, names[1], seen, f).clamp(-9, 0)
    square = (x - mean).square().sum(1, keepdim=True)
    loss = square.mean()
    surprise = (0.5 * (square.detach() * (-log_variance).exp() + log_variance * d)).mean()
    answer = {"mean": mean, "log_variance": log_variance, "loss": loss, "surprise": surprise}
    answer["grads"] = grads(loss + surprise, w)
    return record(f"denoising.{'points' if points else 'images'}", {"x": x, "noised": noised, "weights": w}, answer)


def energy():
    names = ["energy1", "energy"]
    w = leaves(layers(names, [2 + 4 * 4, 6, 1]))
    of = lambda x: mlp(w, names, features(x, 4), F.silu)[:, 0]
    x = normal(6, 2).requires_grad_()
    noise, places = normal(6, 2), torch.from_numpy(f32(RANDOM.uniform(-3, 3, (16, 2))))
    sigma, area, step = (float(f32(v)) for v in (0.15, 36, 0.05))
    slope = lambda x: torch.autograd.grad(of(x).sum(), x, create_graph=True)[0]
    likelihood = of(x).mean() + torch.logsumexp(-of(places), 0) + math.log(area / len(places))
    score = (sigma * slope(x + sigma * noise) - noise).square().sum(1).mean()
    moved = x - step * slope(x) + math.sqrt(2 * step) * noise * 3
    walked = torch.where(moved.abs() > 3, 6 * moved.sign() - moved, moved)
    given = {"x": x, "noise": noise, "places": places, "sigma": sigma, "area": area, "step": step, "weights": w}
    answer = {
        "energies": of(x),
        "slopes": slope(x),
        "likelihood": likelihood,
        "likelihood_grads": grads(likelihood, w),
        "score": score,
        "score_grads": grads(score, w),
        "walked": walked,
    }
    return record("energy", given, answer)


write(
    "auto.json",
    ["numpy", "scikit-learn", "scipy", "torch"],
    [pca(), autoencoder(), denoising(True), denoising(False), energy()],
)
