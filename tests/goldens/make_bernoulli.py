"""What simple models of the binary digits reach, as bernoulli.json: marks that a better one must pass.

Train is the even rows of the 8×8 digits, test the odd ones, binarised at 8 and above. Log-likelihoods are
means over the test images in nats.

- `bernoulli.independent`: every pixel with its own probability.
- `bernoulli.mixture`: K products of Bernoulli distributions by EM, begun from random responsibilities,
  once for each restart. Half a count is added to each state of each pixel, so that no pixel is
  impossible. `test` and `train` are those of each restart in order; `median` is the median of `test`,
  and `chosen` the test log-likelihood of the restart that is best on the training half.

There is no mixture of Bernoulli products in scikit-learn; its digits are used.
"""

import numpy as np
from scipy.special import logsumexp
from sklearn.datasets import load_digits

from golden import record, write

COMPONENTS = 10
RESTARTS = 20
ITERATIONS = 500
PSEUDO_COUNT = 0.5


def halves() -> tuple[np.ndarray, np.ndarray]:
    """Train `[899, 64]` and test `[898, 64]`, zeros and ones."""
    rows = (load_digits().data >= 8).astype(np.float64)
    return rows[0::2], rows[1::2]


def log_joint(x: np.ndarray, log_weights: np.ndarray, p: np.ndarray) -> np.ndarray:
    """log π_k + Σ_i log p(x_i | k), `[N, K]`."""
    return log_weights + x @ np.log(p).T + (1 - x) @ np.log1p(-p).T


def likelihood(x: np.ndarray, log_weights: np.ndarray, p: np.ndarray) -> float:
    return float(logsumexp(log_joint(x, log_weights, p), axis=1).mean())


def maximised(x: np.ndarray, responsibilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The M step: log π `[K]` and p `[K, D]`."""
    counts = responsibilities.sum(0)
    p = (responsibilities.T @ x + PSEUDO_COUNT) / (counts[:, None] + 2 * PSEUDO_COUNT)
    return np.log(counts / len(x)), p


def fitted(x: np.ndarray, components: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """EM until nothing changes, or for ITERATIONS."""
    random = np.random.default_rng(seed)
    log_weights, p = maximised(x, random.dirichlet(np.ones(components), len(x)))
    last = -np.inf
    for _ in range(ITERATIONS):
        joint = log_joint(x, log_weights, p)
        log_weights, p = maximised(x, np.exp(joint - logsumexp(joint, axis=1, keepdims=True)))
        now = logsumexp(joint, axis=1).mean()
        if abs(now - last) < 1e-10:
            break
        last = now
    return log_weights, p


def main() -> None:
    train, test = halves()
    assert train.shape == (899, 64) and test.shape == (898, 64)
    _, alone = maximised(train, np.ones((len(train), 1)))
    independent = likelihood(test, np.zeros(1), alone)
    runs = [fitted(train, COMPONENTS, seed) for seed in range(1, RESTARTS + 1)]
    of_train, of_test = (np.array([likelihood(x, *run) for run in runs]) for x in (train, test))
    records = [
        record("bernoulli.independent", {"pseudo_count": PSEUDO_COUNT}, {"test": independent}),
        record(
            "bernoulli.mixture",
            {"components": COMPONENTS, "pseudo_count": PSEUDO_COUNT, "iterations": ITERATIONS},
            {
                "train": of_train,
                "test": of_test,
                "median": np.median(of_test),
                "chosen": of_test[of_train.argmax()],
            },
        ),
    ]
    write("bernoulli.json", ["numpy", "scikit-learn", "scipy"], records)


if __name__ == "__main__":
    main()
