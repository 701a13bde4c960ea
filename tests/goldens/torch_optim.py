"""What else a training step needs, for torch.json: RMSprop, decay by group, averages of weights,
clipped gradients, schedules."""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from golden import f32, record
from torch_case import Record, Weights, layers, leaves, mlp, normal, tensor


def exact(options: dict[str, Any]) -> dict[str, Any]:
    """Options rounded to float32."""
    return {key: f32(value).tolist() for key, value in options.items()}


def train(
    name: str,
    given: dict[str, Any],
    start: Weights,
    optimiser: Any,
    average: float | None = None,
) -> Record:
    """Ten steps on the mean squared error of a tanh network; `average` is the decay of an average
    of the weights."""
    x, y = given["x"], given["y"]
    weights = leaves(start)
    step = optimiser(weights)
    averages = {key: value.clone() for key, value in start.items()}
    losses, after = [], {}
    for i in range(1, 11):
        step.zero_grad()
        loss = F.mse_loss(mlp(weights, x, torch.tanh), y)
        loss.backward()
        step.step()
        losses.append(loss.item())
        if average is not None:
            update = torch.optim.swa_utils.get_ema_multi_avg_fn(average)
            with torch.no_grad():
                update(list(averages.values()), list(weights.values()), None)
        if i in (1, 10):
            chosen = weights if average is None else averages
            after[str(i)] = {key: tensor(value.detach().clone()) for key, value in chosen.items()}
    return record(name, given | {"weights": start}, {"losses": losses, "weights_after": after})


def clipped(name: str, maximum: float, *parts: Tensor) -> Record:
    """The gradients of one or several groups, clipped by their common norm."""
    leaves = [torch.zeros_like(part).requires_grad_() for part in parts]
    for leaf, part in zip(leaves, parts, strict=True):
        leaf.grad = part.clone()
    maximum = f32(maximum).item()
    torch.nn.utils.clip_grad_norm_(leaves, maximum)
    given = {"maximum": maximum, "grads": list(map(tensor, parts))}
    return record(name, given, {"clipped": [tensor(leaf.grad) for leaf in leaves]})


def rates(name: str, rate: float, warm_up: int, total: int, fraction: float | None) -> Record:
    """The learning rates of the steps 0, 1, …, total."""
    rate = f32(rate).item()
    step = torch.optim.SGD([torch.zeros(1)], rate)
    schedulers = torch.optim.lr_scheduler
    rise = schedulers.LinearLR(step, 1 / warm_up, 1.0, max(warm_up - 1, 1))
    if warm_up == 1:
        rise = schedulers.ConstantLR(step, 1.0)
    given = {"rate": rate, "warm_up": warm_up, "total": total}
    if fraction is None:
        scheduler = rise
    else:
        fraction = f32(fraction).item()
        given["fraction"] = fraction
        fall = schedulers.CosineAnnealingLR(step, total - warm_up, fraction * rate)
        scheduler = schedulers.SequentialLR(step, [rise, fall], [warm_up])
    values = []
    for _ in range(total + 1):
        values.append(step.param_groups[0]["lr"])
        step.step()
        scheduler.step()
    return record(name, given, {"rates": values})


def more_optimisers() -> list[Record]:
    """Every record of this module."""
    x, y, start = normal(16, 4), normal(16, 2), layers(4, 8, 8, 2)
    given = {"x": x, "y": y}
    records = []
    for name, options in [
        ("rmsprop", {"lr": 0.002, "alpha": 0.99, "eps": 1e-8, "momentum": 0.0}),
        ("rmsprop_momentum", {"lr": 0.002, "alpha": 0.9, "eps": 1e-6, "momentum": 0.7}),
    ]:
        o = exact(options)
        make = lambda weights, o=o: torch.optim.RMSprop(weights.values(), **o)
        records.append(train(f"train.{name}", given | {"options": o}, start, make))
    o = exact({"lr": 0.01, "betas": [0.9, 0.99], "eps": 1e-8, "weight_decay": 0.3})

    def groups(weights: Weights) -> torch.optim.Optimizer:
        """Only matrices decay."""
        matrices = [w for name, w in weights.items() if name.startswith("w")]
        others = [w for name, w in weights.items() if not name.startswith("w")]
        return torch.optim.AdamW(
            [{"params": matrices}, {"params": others, "weight_decay": 0.0}], **o
        )

    records.append(train("train.adamw_groups", given | {"options": o}, start, groups))
    o = exact({"lr": 0.02, "betas": [0.9, 0.999], "eps": 1e-8})
    decay = f32(0.7).item()
    make = lambda weights: torch.optim.Adam(weights.values(), **o)
    records.append(
        train("train.adam_average", given | {"options": o, "average": decay}, start, make, decay)
    )
    records += [
        clipped("train.clip.longer", 0.5, normal(9)),
        clipped("train.clip.shorter", 100.0, normal(9)),
        clipped("train.clip.groups", 1.5, normal(9), normal(4, scale=3)),
        clipped("train.clip.zero", 1.0, torch.zeros(5)),
        rates("train.schedule.constant", 0.003, 5, 9, None),
        rates("train.schedule.cosine", 0.003, 5, 23, 0.1),
        rates("train.schedule.cosine_at_once", 0.003, 1, 12, 0.0),
    ]
    return records
