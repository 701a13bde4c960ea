"""What the modules that make torch.json share: random numbers, records, small networks."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from golden import f32, record

Record = dict[str, Any]
Weights = dict[str, Tensor]

RANDOM = np.random.default_rng(2024)


def normal(*shape: int, scale: float = 1.0) -> Tensor:
    """Random numbers that float32 holds exactly."""
    return torch.from_numpy(f32(RANDOM.normal(0, scale, shape)))


def uniform(low: float, high: float, *shape: int) -> Tensor:
    """Random numbers that float32 holds exactly."""
    return torch.from_numpy(f32(RANDOM.uniform(low, high, shape)))


def values(*numbers: float) -> Tensor:
    """These numbers, rounded to float32."""
    return torch.from_numpy(f32(numbers))


def case(
    name: str, f: Callable[..., Tensor], *args: Tensor, gradient: bool = True, **given: Any
) -> Record:
    """An operation, its value, and its gradients under a random cotangent."""
    leaves = [arg.clone().requires_grad_(gradient) for arg in args]
    y = f(*leaves)
    given = {"args": list(map(tensor, args)), **given}
    if not gradient:
        return record(name, given, {"y": tensor(y)})
    cotangent = normal(*y.shape)
    # An operation that is flat everywhere has no graph in PyTorch; its gradients are zero.
    grads: Sequence[Tensor | None] = [None] * len(leaves)
    if y.requires_grad:
        grads = torch.autograd.grad((y * cotangent).sum(), leaves, allow_unused=True)
    filled = [torch.zeros_like(a) if g is None else g for a, g in zip(args, grads, strict=True)]
    given["cotangent"] = tensor(cotangent)
    return record(name, given, {"y": tensor(y), "grads": list(map(tensor, filled))})


def tensor(value: Tensor) -> dict[str, Any]:
    """A tensor as JSON, for lists of them."""
    return {"shape": list(value.shape), "data": value.detach().flatten().tolist()}


def leaves(weights: Weights) -> Weights:
    return {name: value.clone().requires_grad_() for name, value in weights.items()}


def layers(*sizes: int) -> Weights:
    """Weights w0, b0, w1, b1, … of a fully connected network."""
    weights = {}
    for i, (fan_in, fan_out) in enumerate(zip(sizes, sizes[1:], strict=False)):
        weights[f"w{i}"] = normal(fan_in, fan_out, scale=1 / math.sqrt(fan_in))
        weights[f"b{i}"] = normal(fan_out, scale=0.1)
    return weights


def mlp(weights: Weights, x: Tensor, activation: Callable[[Tensor], Tensor]) -> Tensor:
    """All layers of `layers`, with the activation between them."""
    depth = len(weights) // 2
    for i in range(depth):
        x = x @ weights[f"w{i}"] + weights[f"b{i}"]
        if i + 1 < depth:
            x = activation(x)
    return x


def gradients(loss: Tensor, weights: Weights) -> Weights:
    grads = torch.autograd.grad(loss, list(weights.values()), retain_graph=True)
    return dict(zip(weights, grads, strict=True))
