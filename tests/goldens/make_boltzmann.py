"""Deep Boltzmann machines, deep belief nets and annealed importance sampling, as boltzmann.json.

Nothing is sampled: every state of every unit is visited, one factor of the exponent after the other,
without the sums in closed form that the implementations under test use.

- `dbm.exact.*`: log Z and log p(v) of machines with three hidden layers.
- `dbn.exact.*`: log Z of the top machine with one-hot labels, and log p(v), of nets with one directed
  layer below.
- `ais.exact.*`: for annealed importance sampling of a restricted machine from independent pixels, the
  expectations of the weight, which is Z / Z_base, and of its logarithm: the chain's distribution over
  all images is carried from temperature to temperature.
"""

import itertools

import numpy as np
from scipy.special import expit, logsumexp

from golden import f32, record, write


def states(n: int) -> np.ndarray:
    """All binary vectors of length n, [2^n, n]."""
    return np.array(list(itertools.product([0.0, 1.0], repeat=n)))


def dbm(name: str, sizes: list[int], seed: int) -> dict:
    """A machine with layers v, h1, h2, h3 of these sizes."""
    random = np.random.default_rng(seed)
    weights = [f32(random.normal(0, 1, pair)) for pair in itertools.pairwise(sizes)]
    biases = [f32(random.normal(0, 0.5, n)) for n in sizes]
    joint = np.zeros([1 << n for n in sizes])
    layers = [states(n) for n in sizes]
    for axis, (layer, bias) in enumerate(zip(layers, biases, strict=True)):
        joint += (layer @ bias).reshape([-1 if a == axis else 1 for a in range(4)])
    for axis, weight in enumerate(weights):
        pair = layers[axis] @ weight @ layers[axis + 1].T
        shape = [1 << n if a in (axis, axis + 1) else 1 for a, n in enumerate(sizes)]
        joint += pair.reshape(shape)
    log_z = logsumexp(joint)
    given = {f"W{i + 1}": weight for i, weight in enumerate(weights)}
    given |= {f"b{i}": bias for i, bias in enumerate(biases)}
    images = layers[0][:: max(1, len(layers[0]) // 16)]
    every = logsumexp(joint, axis=(1, 2, 3)) - log_z
    likelihood = every[:: max(1, len(layers[0]) // 16)]
    assert abs(np.exp(every).sum() - 1) < 1e-12
    return record(f"dbm.exact.{name}", given | {"v": images}, {"log_z": log_z, "log_likelihood": likelihood})


def dbn(name: str, visible: int, hidden: int, top: int, classes: int, seed: int) -> dict:
    """p(v) = sum over h of p(v|h) p(h), with p(h) from a machine of h, one-hot labels and top units."""
    random = np.random.default_rng(seed)
    given = {
        "down": f32(random.normal(0, 1, (visible, hidden))),
        "visible": f32(random.normal(0, 0.5, visible)),
        "W": f32(random.normal(0, 1, (hidden, top))),
        "U": f32(random.normal(0, 1, (classes, top))),
        "b": f32(random.normal(0, 0.5, hidden)),
        "a": f32(random.normal(0, 0.5, classes)),
        "c": f32(random.normal(0, 0.5, top)),
    }
    v, h, t, y = states(visible), states(hidden), states(top), np.eye(classes)
    joint = (h @ given["b"])[:, None, None] + (y @ given["a"])[None, :, None] + t @ given["c"]
    joint = joint + (h @ given["W"] @ t.T)[:, None, :] + (y @ given["U"] @ t.T)[None, :, :]
    log_z = logsumexp(joint)
    prior = np.exp(logsumexp(joint, axis=(1, 2)) - log_z)
    p = expit(h @ given["down"].T + given["visible"])
    pixels = np.prod(np.where(v[:, None, :] == 1, p, 1 - p), axis=2)
    likelihood = np.log(pixels @ prior)
    assert abs(np.exp(likelihood).sum() - 1) < 1e-12
    return record(f"dbn.exact.{name}", given | {"v": v}, {"log_z": log_z, "log_likelihood": likelihood})


TINY = (
    np.array([[0.5, -1, 0.25], [-0.75, 0.5, 1], [1.5, 0.25, -0.5], [0, -0.5, 0.75]]),
    np.array([0.1, -0.2, 0.3, -0.4]),
    np.array([-0.1, 0.2, 0.05]),
)
TINY_DATA = np.array([[0, 0, 1, 1], [1, 1, 0, 0], [0, 1, 0, 1]], float)


def ais(name: str, base: np.ndarray, temperatures: int) -> dict:
    """Expectations over chains from pixels of biases `base` to the 4x3 machine."""
    weights, b, c = TINY
    v, h = states(4), states(3)

    def log_p(beta: float) -> np.ndarray:
        joint = ((1 - beta) * v @ base + beta * v @ b)[:, None] + beta * (h @ c + v @ weights @ h.T)
        return logsumexp(joint, axis=1)

    def bernoulli(x: np.ndarray, mean: np.ndarray) -> np.ndarray:
        return np.prod(np.where(x[None] == 1, mean[:, None], 1 - mean[:, None]), axis=2)

    log_base = logsumexp(log_p(0))
    p = np.exp(log_p(0) - log_base)
    # The chain's distribution, and the same weighted with the chain's weight so far.
    weighted, mean_log = p.copy(), 0.0
    ladder = np.arange(temperatures + 1) / temperatures
    for low, high in itertools.pairwise(ladder):
        step = log_p(high) - log_p(low)
        mean_log += p @ step
        to_h = bernoulli(h, expit(high * (v @ weights + c)))
        to_v = bernoulli(v, expit((1 - high) * base + high * (h @ weights.T + b)))
        kernel = to_h @ to_v
        p, weighted = p @ kernel, (weighted * np.exp(step)) @ kernel
    log_z = logsumexp(log_p(1))
    assert abs(weighted.sum() - np.exp(log_z - log_base)) < 1e-12, "E w must be Z / Z_base"
    assert mean_log < log_z - log_base, "Jensen"
    out = {"log_base": log_base, "log_z": log_z, "mean_log_weight": mean_log}
    return record(f"ais.exact.{name}", {"base": base, "temperatures": temperatures}, out)


def main() -> None:
    frequency = (TINY_DATA.sum(0) + 0.5) / 4
    pixels = np.log(frequency / (1 - frequency))
    write(
        "boltzmann.json",
        ["numpy", "scipy"],
        [
            dbm("5-3-4-3", [5, 3, 4, 3], 1),
            dbm("4-4-9-2", [4, 4, 9, 2], 2),
            dbn("5-4-6", 5, 4, 6, 3, 3),
            dbn("4-6-4", 4, 6, 4, 10, 4),
            ais("pixels", pixels, 10),
            ais("uniform", np.zeros(4), 10),
        ],
    )


if __name__ == "__main__":
    main()
