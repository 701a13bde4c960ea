"""Operations, gradients, optimisers and losses from PyTorch in float64, as torch.json.

- `unary.*`, `binary.*`, `select`, `reduce.*`, `matmul.*`, `layout.*`, `composed.*`: an operation
  of the graph, its value `y`, and `grads`: the gradients of sum(y * cotangent). Arguments are in
  `args`, in the operation's order; what else it takes is beside them.
- `optim.*`: ten steps of an optimiser on a small network; weights are [in, out], y = x W + b.
  `losses[i]` is the loss after i steps. The options are rounded to float32 like everything else.
- `vae.*`, `gan.*`: losses of small models with given noise, their terms, and the gradients.
- `conv*.*`, `image.*`, `softmax.*`, `norm.*`, `activation.*`, `attention.*`, `order.*`, `pick.*`,
  `batch_norm.*`, `second.*`: layers, and gradients of gradients (`torch_layers.py`).
- `train.*`: clipping, averages, schedules and more optimisers (`torch_optim.py`).
"""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from golden import f32, record, write
from torch_case import (
    RANDOM,
    Record,
    Weights,
    case,
    gradients,
    layers,
    leaves,
    mlp,
    normal,
    tensor,
    uniform,
    values,
)
from torch_layers import all_layers
from torch_optim import more_optimisers


def unary() -> list[Record]:
    # Both signs, small and large, none on a kink or at a whole number.
    x = torch.cat([values(-20.3, -5.5, -1.25, -1e-3, 1e-3, 0.4, 2.7, 18.9), normal(16)])
    positive = torch.cat([values(1e-4, 0.3, 1.0, 7.7, 123.4), uniform(0.05, 5, 11)])
    moderate = x.clamp(-8, 8)
    angle = uniform(-math.pi, math.pi, 16)
    probability = torch.cat(
        [values(1e-6, 1e-3, 0.02, 0.3, 0.5, 0.9, 0.999), uniform(0.01, 0.99, 9)]
    )
    slope = f32(0.2).item()

    def leaky_slope(a: Tensor) -> Tensor:
        return torch.where(a > 0, torch.ones_like(a), torch.full_like(a, slope))

    return [
        case("unary.neg", torch.neg, x),
        case("unary.exp", torch.exp, moderate),
        case("unary.log", torch.log, positive),
        case("unary.sqrt", torch.sqrt, positive),
        case("unary.tanh", torch.tanh, x),
        case("unary.sigmoid", torch.sigmoid, x),
        case("unary.softplus", lambda a: F.softplus(a, threshold=1e9), x),
        case("unary.abs", torch.abs, x),
        case("unary.sign", torch.sign, x),
        case("unary.floor", torch.floor, x),
        case("unary.sin", torch.sin, angle),
        case("unary.cos", torch.cos, angle),
        case("unary.leaky", lambda a: F.leaky_relu(a, slope), x, slope=slope),
        case("unary.relu", torch.relu, x, slope=0.0),
        case("unary.leaky_slope", leaky_slope, x, slope=slope),
        case("unary.probit", torch.special.ndtri, probability),
    ]


def binary() -> list[Record]:
    a, b = normal(4, 5), normal(4, 5)
    apart = torch.where(b > 0, b + 0.3, b - 0.3)
    base, power = uniform(0.2, 3, 12), normal(12)
    some = values(1, 2, 3, 2, -1, 0.5)
    other = values(1, 3, 2, 2, -2, 0.5)

    def compare(f: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
        return lambda p, q: f(p, q).double()

    return [
        case("binary.add", torch.add, a, b),
        case("binary.sub", torch.sub, a, b),
        case("binary.mul", torch.mul, a, b),
        case("binary.div", torch.div, a, torch.from_numpy(f32(apart))),
        case("binary.max2", torch.maximum, a, b),
        case("binary.min2", torch.minimum, a, b),
        case("binary.pow", torch.pow, base, power),
        case("binary.lt", compare(torch.lt), some, other, gradient=False),
        case("binary.le", compare(torch.le), some, other, gradient=False),
        case("binary.eq", compare(torch.eq), some, other, gradient=False),
        case("select", lambda c, p, q: torch.where(c > 0, p, q), normal(4, 5), a, b),
    ]


def reductions() -> list[Record]:
    x = normal(2, 3, 4)
    records = []
    for axes in [(0,), (1,), (2,), (0, 2), (1, 2), (0, 1, 2)]:
        text = "".join(map(str, axes))
        add = lambda a, axes=axes: a.sum(axes)
        most = lambda a, axes=axes: a.amax(axes)
        records.append(case(f"reduce.sum.{text}", add, x, axes=list(axes)))
        records.append(case(f"reduce.max.{text}", most, x, axes=list(axes)))
    return records


def matmuls() -> list[Record]:
    """Flags say which operand is stored transposed."""
    records = []
    for lead in [(), (3,), (2, 3)]:
        for ta in (False, True):
            for tb in (False, True):
                a = normal(*lead, *((5, 4) if ta else (4, 5)))
                b = normal(*lead, *((6, 5) if tb else (5, 6)))
                product = lambda p, q, ta=ta, tb=tb: (p.mT if ta else p) @ (q.mT if tb else q)
                name = f"matmul.rank{2 + len(lead)}.{'t' if ta else 'n'}{'t' if tb else 'n'}"
                records.append(case(name, product, a, b, ta=ta, tb=tb))
    # Sizes that fill no whole tile.
    records.append(
        case("matmul.rank2.odd", torch.matmul, normal(17, 33), normal(33, 9), ta=False, tb=False)
    )
    return records


def layouts() -> list[Record]:
    x, table = normal(2, 3, 4), normal(5, 3)
    picks = [4, 0, 4, 2, 4, 0]
    return [
        case("layout.broadcast.rows", lambda a, b: a * b, normal(3, 4), normal(4)),
        case("layout.broadcast.columns", lambda a, b: a + b, normal(3, 1), normal(1, 4)),
        case("layout.broadcast.batch", lambda a, b: a * b, normal(2, 1, 3, 1), normal(4, 1, 5)),
        case("layout.permute", lambda a: a.permute(2, 0, 1) * 1, x, perm=[2, 0, 1]),
        case("layout.reshape", lambda a: a.reshape(6, 4) * 1, x, shape=[6, 4]),
        case("layout.slice", lambda a: a[:, 1:3, 2:4] * 1, x, starts=[0, 1, 2], sizes=[2, 2, 2]),
        case(
            "layout.pad",
            lambda a: F.pad(a, (1, 2, 0, 3)),
            normal(2, 3),
            before=[0, 1],
            shape=[5, 6],
        ),
        case(
            "layout.concat", lambda a, b: torch.cat([a, b], 1), normal(2, 3), normal(2, 4), axis=1
        ),
        case("layout.gather", lambda a: a[picks], table, rows=picks),
    ]


def composed() -> list[Record]:
    logits, targets = normal(4, 6, scale=2), torch.from_numpy(f32(RANDOM.uniform(0, 1, (4, 6))))
    classes = [5, 0, 2, 2]
    bce = lambda l, t: F.binary_cross_entropy_with_logits(l, t, reduction="none")
    extreme = values(-60, -20, -3, 0.25, 3, 20, 60)
    ones = values(1, 1, 0, 1, 0, 0, 1)
    slope = f32(0.2).item()
    return [
        case("composed.bce_with_logits", bce, logits, targets),
        case("composed.bce_with_logits.extreme", bce, extreme, ones),
        case("composed.log_softmax", lambda a: F.log_softmax(a, 1), logits, axis=1),
        case("composed.softmax", lambda a: F.softmax(a, 1), logits, axis=1),
        case("composed.logsumexp", lambda a: torch.logsumexp(a * 30, 1), logits, scale=30, axis=1),
        case(
            "composed.cross_entropy",
            lambda a: F.cross_entropy(a, torch.tensor(classes)),
            logits,
            classes=classes,
        ),
        case(
            "composed.linear_leaky",
            lambda x, w, b: F.leaky_relu(x @ w + b, slope),
            normal(7, 5),
            normal(5, 6),
            normal(6),
            slope=slope,
        ),
        case("composed.variance", lambda a: a.var(1, correction=0), normal(3, 8), axis=1),
    ]


def optimisers() -> list[Record]:
    """Mean squared error of a 4-8-8-2 tanh network on one batch of 16."""
    x, y, start = normal(16, 4), normal(16, 2), layers(4, 8, 8, 2)
    kinds: list[tuple[str, type[torch.optim.Optimizer], dict[str, Any]]] = [
        ("sgd", torch.optim.SGD, {"lr": 0.05}),
        (
            "sgd_momentum_decay",
            torch.optim.SGD,
            {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.01},
        ),
        ("adam", torch.optim.Adam, {"lr": 0.01, "betas": [0.9, 0.999], "eps": 1e-8}),
        ("adam_gan", torch.optim.Adam, {"lr": 0.002, "betas": [0.5, 0.99], "eps": 1e-8}),
        (
            "adamw",
            torch.optim.AdamW,
            {"lr": 0.002, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.01},
        ),
    ]
    records = []
    for name, kind, decimal in kinds:
        options = {key: f32(value).tolist() for key, value in decimal.items()}
        weights = leaves(start)
        optimiser = kind(weights.values(), **options)
        losses, after = [], {}
        for step in range(1, 11):
            optimiser.zero_grad()
            loss = F.mse_loss(mlp(weights, x, torch.tanh), y)
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
            if step in (1, 10):
                after[str(step)] = {key: tensor(value) for key, value in weights.items()}
        losses.append(F.mse_loss(mlp(weights, x, torch.tanh), y).item())
        given = {"x": x, "y": y, "weights": start, "options": options}
        records.append(record(f"optim.{name}", given, {"losses": losses, "weights_after": after}))
    return records


def encode(weights: Weights, x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and log variance of q(z | x): the two halves of the encoder's output."""
    mean, log_variance = mlp(weights, x, torch.relu).chunk(2, dim=1)
    return mean, log_variance


def prefixed(prefix: str, weights: Weights) -> Weights:
    return {prefix + name: value for name, value in weights.items()}


def part(prefix: str, weights: Weights) -> Weights:
    return {n.removeprefix(prefix): v for n, v in weights.items() if n.startswith(prefix)}


def vae(likelihood: str) -> Record:
    """A 6-5-(2+2) encoder and a 2-5-6 decoder, ReLU; the loss is the batch mean of
    nll + beta * kl. In the Gaussian one every pixel has the variance exp(log_variance)."""
    b, d, z = 4, 6, 2
    beta = f32(0.7).item()
    bernoulli = likelihood == "bernoulli"
    x = torch.from_numpy(f32(RANDOM.integers(0, 2, (b, d)))) if bernoulli else uniform(0, 1, b, d)
    noise = normal(b, z)
    start = prefixed("encoder.", layers(d, 5, 2 * z)) | prefixed("decoder.", layers(z, 5, d))
    if not bernoulli:
        start["log_variance"] = torch.tensor(f32(-1.3).item(), dtype=torch.float64)
    weights = leaves(start)
    mean, log_variance = encode(part("encoder.", weights), x)
    code = mean + torch.exp(log_variance / 2) * noise
    output = mlp(part("decoder.", weights), code, torch.relu)
    if bernoulli:
        nll = F.binary_cross_entropy_with_logits(output, x, reduction="none").sum(1)
    else:
        variance = weights["log_variance"].exp().expand_as(output)
        nll = F.gaussian_nll_loss(output, x, variance, full=True, eps=0, reduction="none").sum(1)
    posterior = torch.distributions.Normal(mean, torch.exp(log_variance / 2))
    prior = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    kl = torch.distributions.kl_divergence(posterior, prior).sum(1)
    loss = (nll + beta * kl).mean()
    return record(
        f"vae.{likelihood}",
        {"x": x, "noise": noise, "beta": beta, "weights": start},
        {
            "mean": mean,
            "log_variance": log_variance,
            "z": code,
            "output": output,
            "nll": nll,
            "kl": kl,
            "loss": loss,
            "grads": gradients(loss, weights),
        },
    )


def importance_weighted() -> Record:
    """The bound log 1/K sum p(x, z_k) / q(z_k | x) of a Bernoulli VAE with K = 5."""
    b, d, z, k = 3, 6, 2, 5
    x = torch.from_numpy(f32(RANDOM.integers(0, 2, (b, d))))
    noise = normal(k, b, z)
    weights = prefixed("encoder.", layers(d, 5, 2 * z)) | prefixed("decoder.", layers(z, 5, d))
    mean, log_variance = encode(part("encoder.", weights), x)
    scale = torch.exp(log_variance / 2)
    code = mean + scale * noise
    logits = mlp(part("decoder.", weights), code, torch.relu)
    log_likelihood = (
        torch.distributions.Bernoulli(logits=logits).log_prob(x.expand(k, b, d)).sum(-1)
    )
    log_prior = torch.distributions.Normal(0.0, 1.0).log_prob(code).sum(-1)
    log_posterior = torch.distributions.Normal(mean, scale).log_prob(code).sum(-1)
    log_weights = log_likelihood + log_prior - log_posterior
    bound = torch.logsumexp(log_weights, 0) - math.log(k)
    return record(
        "vae.importance_weighted",
        {"x": x, "noise": noise, "weights": weights},
        {"log_weights": log_weights, "bound": bound, "elbo": log_weights.mean(0)},
    )


def gan() -> Record:
    """A 2-6-2 generator and a 2-6-1 discriminator, leaky ReLU 0.2, one batch.

    - discriminator: mean softplus(-D(x)) + mean softplus(D(G(z)))
    - generator, non-saturating: mean softplus(-D(G(z))); minimax: -mean softplus(D(G(z)))
    - approximate R1: gamma / 2 * mean (D(x + sigma noise) - D(x))^2 / sigma^2
    - exact R1: gamma / 2 * mean |grad D(x)|^2
    """
    b, slope = 8, f32(0.2).item()
    gamma, sigma = f32(0.02).item(), f32(0.02).item()
    x, z, noise = normal(b, 2), normal(b, 2), normal(b, 2)
    start_d, start_g = layers(2, 6, 1), layers(2, 6, 2)
    d, g = leaves(start_d), leaves(start_g)
    leaky = lambda a: F.leaky_relu(a, slope)
    score = lambda points: mlp(d, points, leaky)[:, 0]
    fake = mlp(g, z, leaky)
    real_score, fake_score = score(x), score(fake)
    loss_d = F.softplus(-real_score).mean() + F.softplus(fake_score).mean()
    difference = (score(x + sigma * noise) - real_score) / sigma
    r1 = gamma / 2 * difference.square().mean()
    inputs = x.clone().requires_grad_()
    (slope_at_x,) = torch.autograd.grad(score(inputs).sum(), inputs, create_graph=True)
    r1_exact = gamma / 2 * slope_at_x.square().sum(1).mean()
    loss_g, loss_minimax = F.softplus(-fake_score).mean(), -F.softplus(fake_score).mean()
    return record(
        "gan.losses",
        {
            "x": x,
            "z": z,
            "noise": noise,
            "slope": slope,
            "gamma": gamma,
            "sigma": sigma,
            "discriminator": start_d,
            "generator": start_g,
        },
        {
            "fake": fake,
            "real_score": real_score,
            "fake_score": fake_score,
            "discriminator_loss": loss_d,
            "r1": r1,
            "r1_exact": r1_exact,
            "generator_loss": loss_g,
            "generator_loss_minimax": loss_minimax,
            "discriminator_grads": gradients(loss_d, d),
            "discriminator_grads_with_r1": gradients(loss_d + r1, d),
            "r1_grads": r1_grads(r1, d),
            "generator_grads": gradients(loss_g, g),
            "generator_grads_minimax": gradients(loss_minimax, g),
        },
    )


def r1_grads(r1: Tensor, weights: Weights) -> Weights:
    """Gradients of the penalty, which does not depend on the last bias."""
    grads = torch.autograd.grad(r1, list(weights.values()), retain_graph=True, allow_unused=True)
    return {
        name: torch.zeros_like(weights[name]) if grad is None else grad
        for name, grad in zip(weights, grads, strict=True)
    }


def main() -> None:
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    records = unary() + binary() + reductions() + matmuls() + layouts() + composed()
    records += optimisers()
    records += [vae("bernoulli"), vae("gaussian"), importance_weighted(), gan()]
    # Last, so that the random numbers of the other records stay the same.
    records += all_layers() + more_optimisers()
    write("torch.json", ["numpy", "torch"], records)


if __name__ == "__main__":
    main()
