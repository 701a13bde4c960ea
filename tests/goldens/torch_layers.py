"""Layers and what needs second derivatives, for torch.json; images are [B, H, W, C] throughout."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from golden import f32, record
from torch_case import Record, Weights, case, gradients, layers, leaves, mlp, normal, tensor, values


def first(x: Tensor) -> Tensor:
    """Channels before height and width, as PyTorch has them."""
    return x.permute(0, 3, 1, 2)


def last(x: Tensor) -> Tensor:
    """Channels behind height and width."""
    return x.permute(0, 2, 3, 1)


def windows(w: Tensor) -> Tensor:
    """[KH, KW, C, N] as [N, C, KH, KW]; PyTorch's second derivatives want them in one piece."""
    return w.permute(3, 2, 0, 1).contiguous()


def conv(x: Tensor, w: Tensor, stride: int, padding: int) -> Tensor:
    """Windows are [KH, KW, C, N]."""
    return last(F.conv2d(first(x), windows(w), None, stride, padding))


def conv_transpose(y: Tensor, w: Tensor, stride: int, padding: int) -> Tensor:
    """From N channels to C, with the windows [KH, KW, C, N] of the convolution."""
    return last(F.conv_transpose2d(first(y), windows(w), None, stride, padding))


def convolutions() -> list[Record]:
    """Strides and paddings; windows wider than high; sizes that the stride does not divide."""
    records = []
    for kh, kw, stride, padding in [
        (3, 3, 1, 0),
        (3, 3, 1, 1),
        (3, 3, 2, 0),
        (3, 3, 2, 1),
        (4, 4, 2, 1),
        (2, 3, 1, 1),
        (1, 1, 1, 0),
        (1, 2, 2, 0),
        (2, 2, 3, 0),
    ]:
        given = {"stride": stride, "padding": padding}
        name = f"{kh}x{kw}.s{stride}p{padding}"
        f = lambda x, w, s=stride, p=padding: conv(x, w, s, p)
        records.append(case(f"conv.{name}", f, normal(2, 5, 6, 2), normal(kh, kw, 2, 3), **given))
        f = lambda y, w, s=stride, p=padding: conv_transpose(y, w, s, p)
        args = normal(2, 4, 3, 3), normal(kh, kw, 2, 3)
        records.append(case(f"conv_transpose.{name}", f, *args, **given))
    pool = lambda x: last(F.avg_pool2d(first(x), 2))
    records.append(case("image.average_pool.2", pool, normal(2, 4, 6, 3), size=2))
    for size in (2, 3):
        grow = lambda x, size=size: last(F.interpolate(first(x), scale_factor=size))
        records.append(case(f"image.upsample.{size}", grow, normal(2, 2, 3, 2), size=size))
    flip = lambda x: torch.flip(x, [0, 2]) * 1
    records.append(case("image.flip", flip, normal(2, 3, 4, 5), axes=[0, 2]))
    return records


def softmaxes() -> list[Record]:
    x = normal(3, 4, 5, scale=3)
    far = torch.stack([values(-900, 0, 900, 899), values(1e4, 1e4, -1e4, 0), values(0, 0, 0, 0)])
    records = []
    for axis in range(3):
        f = lambda a, axis=axis: F.softmax(a, axis)
        records.append(case(f"softmax.plain.{axis}", f, x, axis=axis))
        f = lambda a, axis=axis: F.log_softmax(a, axis)
        records.append(case(f"softmax.log.{axis}", f, x, axis=axis))
    records.append(case("softmax.plain.far", lambda a: F.softmax(a, 1), far, axis=1))
    records.append(case("softmax.log.far", lambda a: F.log_softmax(a, 1), far, axis=1))
    for name, logits, targets in [
        ("near", normal(6, 7, scale=2), [6, 0, 3, 3, 1, 5]),
        ("far", far, [1, 2, 3]),
        ("single", normal(3, 1), [0, 0, 0]),
    ]:
        f = lambda a, t=targets: F.cross_entropy(a, torch.tensor(t), reduction="none")
        records.append(case(f"softmax.cross_entropy.{name}", f, logits, targets=targets))
    return records


def norms() -> list[Record]:
    epsilon = f32(1e-5).item()
    group = lambda x: last(F.group_norm(first(x), 3, eps=epsilon))
    batch = lambda x: F.batch_norm(x, None, None, training=True, eps=epsilon)
    images = lambda x: last(F.batch_norm(first(x), None, None, training=True, eps=epsilon))
    return [
        case("norm.layer", lambda x: F.layer_norm(x, x.shape[-1:], eps=epsilon), normal(4, 3, 7)),
        case("norm.rms", lambda x: F.rms_norm(x, x.shape[-1:], eps=epsilon), normal(4, 3, 7)),
        case("norm.group", group, normal(2, 3, 4, 6), groups=3),
        case("norm.batch", batch, normal(9, 5, scale=3)),
        case("norm.batch_images", images, normal(3, 2, 4, 5)),
    ]


def running_batch_norm() -> Record:
    """Three batches, each half of the one before plus 1; `infer` is each by the averages so far."""
    x, momentum, epsilon = normal(6, 3, scale=2), f32(0.1).item(), f32(1e-5).item()
    norm = torch.nn.BatchNorm1d(3, epsilon, momentum, affine=False)
    given = {"x": x, "momentum": momentum, "epsilon": epsilon}
    steps = []
    for _ in range(3):
        infer = norm.eval()(x)
        y = norm.train()(x)
        steps.append(
            {
                "y": tensor(y),
                "infer": tensor(infer),
                "mean": tensor(norm.running_mean),
                "variance": tensor(norm.running_var),
            }
        )
        x = x * 0.5 + 1
    return record("batch_norm.running", given, {"steps": steps})


def activations() -> list[Record]:
    x = torch.cat([values(-30, -5.5, -1.25, -1e-3, 1e-3, 0.4, 2.7, 18.9), normal(16)])
    return [
        case("activation.gelu", lambda a: F.gelu(a, approximate="tanh"), x),
        case("activation.silu", F.silu, x),
        case("activation.relu_squared", lambda a: F.relu(a).square(), x),
    ]


def attentions() -> list[Record]:
    attend = F.scaled_dot_product_attention
    q, k, v = normal(2, 3, 5, 4), normal(2, 3, 5, 4), normal(2, 3, 5, 4)
    keep = torch.from_numpy(np.array([[1, 0, 0, 1], [0, 0, 0, 1], [1, 1, 1, 1]], np.float64))
    return [
        case("attention.full", attend, q, k, v),
        case("attention.causal", lambda q, k, v: attend(q, k, v, is_causal=True), q, k, v),
        case(
            "attention.masked",
            lambda q, k, v: attend(q, k, v, attn_mask=keep.bool()),
            normal(2, 3, 4),
            normal(2, 4, 4),
            normal(2, 4, 6),
            mask=tensor(keep),
        ),
    ]


def orders() -> list[Record]:
    """Equal elements stay in order: a stable sort."""
    x = torch.from_numpy(f32(np.random.default_rng(5).integers(-3, 4, (4, 9)))) / 2
    apart = normal(3, 8)

    def best(a: Tensor, k: int) -> Tensor:
        return torch.sort(a, dim=-1, descending=True, stable=True).values[..., :k]

    def places(a: Tensor, k: int) -> Tensor:
        return torch.sort(a, dim=-1, descending=True, stable=True).indices[..., :k].double()

    def ranks(a: Tensor) -> Tensor:
        return torch.argsort(places(a, a.shape[-1]), dim=-1).double()

    most = lambda axis: lambda a: torch.from_numpy(np.argmax(a.numpy(), axis).astype(np.float64))
    records = [
        case(
            f"order.cumsum.{axis}", lambda a, axis=axis: a.cumsum(axis), normal(3, 4, 5), axis=axis
        )
        for axis in range(3)
    ]
    records += [
        case(f"order.arg_max.{axis}", most(axis), x, gradient=False, axis=axis) for axis in range(2)
    ]
    records += [
        case("order.ranks", ranks, x, gradient=False),
        case("order.top_k_mask", lambda a: (ranks(a) < 4).double(), x, gradient=False, k=4),
        case("order.top_k.values", lambda a: best(a, 3), apart, k=3),
        case("order.top_k.equals", lambda a: best(a, 5), x, gradient=False, k=5),
        case("order.top_k.places", lambda a: places(a, 5), x, gradient=False, k=5),
    ]
    return records


def picks() -> list[Record]:
    index = [[4, 0, 4], [2, 4, 0]]
    hard, soft = values(1, 0, 0, 1), normal(4)
    return [
        case(
            "pick.embedding",
            lambda t: F.embedding(torch.tensor(index), t),
            normal(5, 3),
            rows=index,
        ),
        case(
            "pick.one_hot",
            lambda a: F.one_hot(torch.tensor(index), 6).double() * a,
            normal(2, 3, 6),
            rows=index,
        ),
        case("pick.stop", lambda a: a * a.detach() + a.square().detach(), normal(7)),
        case("pick.straight_through", lambda h, s: h.detach() + s - s.detach(), hard, soft),
    ]


def penalty(points: Tensor, critic: Callable[[Tensor], Tensor]) -> Tensor:
    """mean (|grad D(x)| - 1)^2, of I. Gulrajani and others, 2017."""
    (slope,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
    return (slope.flatten(1).norm(dim=1) - 1).square().mean()


def penalised(name: str, x: Tensor, start: Weights, critic: Any) -> Record:
    weights = leaves(start)
    value = penalty(x.clone().requires_grad_(), lambda points: critic(weights, points))
    grads = torch.autograd.grad(value, list(weights.values()), allow_unused=True)
    filled = {
        n: torch.zeros_like(w) if g is None else g
        for (n, w), g in zip(weights.items(), grads, strict=True)
    }
    return record(name, {"x": x, "weights": start}, {"penalty": value, "grads": filled})


def conv_critic(weights: Weights, x: Tensor) -> Tensor:
    """Two convolutions of stride 2 and a transposed one, SiLU between them, summed."""
    hidden = F.silu(conv(x, weights["a"], 2, 1))
    wide = F.silu(conv_transpose(hidden, weights["b"], 2, 1))
    return conv(wide, weights["c"], 1, 0).square().sum((1, 2, 3))


def consensus() -> Record:
    """Half the squared norm of both players' gradients, of L. Mescheder and others, 2017, for a
    2-5-1 discriminator and a 2-5-2 generator, tanh."""
    x, z = normal(8, 2), normal(8, 2)
    start_d, start_g = layers(2, 5, 1), layers(2, 5, 2)
    d, g = leaves(start_d), leaves(start_g)
    score = lambda points: mlp(d, points, torch.tanh)
    fake = mlp(g, z, torch.tanh)
    loss_d = F.softplus(-score(x)).mean() + F.softplus(score(fake)).mean()
    loss_g = F.softplus(-score(fake)).mean()
    field = [
        *torch.autograd.grad(loss_d, list(d.values()), create_graph=True),
        *torch.autograd.grad(loss_g, list(g.values()), create_graph=True),
    ]
    half = sum(part.square().sum() for part in field) / 2
    return record(
        "second.consensus",
        {"x": x, "z": z, "discriminator": start_d, "generator": start_g},
        {
            "half_norm": half,
            "discriminator_grads": gradients(half, d),
            "generator_grads": gradients(half, g),
        },
    )


def score_matching() -> Record:
    """mean (trace of ds/dx + |s|^2 / 2), of A. Hyvarinen, 2005, for a 3-6-3 tanh network s."""
    x, start = normal(4, 3), layers(3, 6, 3)
    weights = leaves(start)
    points = x.clone().requires_grad_()
    s = mlp(weights, points, torch.tanh)
    trace = sum(
        torch.autograd.grad(s[:, i].sum(), points, create_graph=True)[0][:, i] for i in range(3)
    )
    loss = (trace + s.square().sum(1) / 2).mean()
    given = {"x": x, "weights": start}
    return record(
        "second.score_matching",
        given,
        {"trace": trace, "loss": loss, "grads": gradients(loss, weights)},
    )


def seconds() -> list[Record]:
    """Batches are powers of two, so that a mean is exact in either precision."""
    silu = lambda weights, x: mlp(weights, x, F.silu)
    shapes = {"a": (3, 3, 2, 3), "b": (4, 4, 2, 3), "c": (2, 2, 2, 1)}
    start = {name: normal(*shape, scale=0.25) for name, shape in shapes.items()}
    return [
        penalised("second.penalty_mlp", normal(8, 2), layers(2, 6, 6, 1), silu),
        penalised("second.penalty_conv", normal(2, 5, 6, 2), start, conv_critic),
        consensus(),
        score_matching(),
    ]


def all_layers() -> list[Record]:
    """Every record of this module."""
    records = convolutions() + softmaxes() + norms() + [running_batch_norm()] + activations()
    return records + attentions() + orders() + picks() + seconds()
