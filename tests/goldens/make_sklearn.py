"""Restricted Boltzmann machines and probabilistic PCA, as sklearn.json.

- `rbm.energies.*`: free energies, conditional means and pseudo-likelihoods from scikit-learn's
  BernoulliRBM with given weights. A machine has energy E(v, h) = -b·v - c·h - v·W·h, so W is
  [visible, hidden]; scikit-learn holds its transpose.
- `rbm.exact.*`: the partition function, moments and the gradients of the log-likelihood and of
  contrastive divergence by summing over every state: no sampling. The gradients are ascent
  directions of the mean log-likelihood.
- `ppca.*`: the optimum of linear VAEs on the digits, pixels / 16, fitted to the even rows.

The figures that the design notes and PyDeep's conventions give for the same machines are checked.
"""

import numpy as np
from scipy.special import expit, logsumexp
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.neural_network import BernoulliRBM

from golden import f32, record, write

Machine = tuple[np.ndarray, np.ndarray, np.ndarray]
"""W [visible, hidden], b [visible], c [hidden]."""

TINY: Machine = (
    np.array([[0.5, -1, 0.25], [-0.75, 0.5, 1], [1.5, 0.25, -0.5], [0, -0.5, 0.75]]),
    np.array([0.1, -0.2, 0.3, -0.4]),
    np.array([-0.1, 0.2, 0.05]),
)
TINY_DATA = np.array([[0, 0, 1, 1], [1, 1, 0, 0], [0, 1, 0, 1]], float)


def states(n: int) -> np.ndarray:
    """All binary vectors of length n, [2^n, n], counting with the first bit highest."""
    return (np.arange(1 << n)[:, None] >> np.arange(n - 1, -1, -1) & 1).astype(float)


def sklearn_rbm(machine: Machine, seed: int) -> BernoulliRBM:
    """scikit-learn's machine with these weights."""
    weights, b, c = machine
    rbm = BernoulliRBM(n_components=len(c), random_state=seed)
    rbm.components_, rbm.intercept_visible_, rbm.intercept_hidden_ = weights.T, b, c
    rbm._n_features_out = len(c)
    rbm.n_features_in_ = len(b)
    return rbm


def energies(name: str, machine: Machine, v: np.ndarray, seed: int) -> dict:
    """Free energies and what follows from them, by scikit-learn."""
    weights, b, c = machine
    rbm = sklearn_rbm(machine, seed)
    pseudo = rbm.score_samples(v)
    # The pixel of each row that score_samples flipped: the first draw of its generator.
    flipped = np.random.RandomState(seed).randint(0, v.shape[1], v.shape[0])
    corrupted = v.copy()
    rows = np.arange(len(v))
    corrupted[rows, flipped] = 1 - corrupted[rows, flipped]
    energy, energy_flipped = rbm._free_energy(v), rbm._free_energy(corrupted)
    expected = -v.shape[1] * np.logaddexp(0, -(energy_flipped - energy))
    assert np.allclose(pseudo, expected, rtol=1e-12), "score_samples changed its draws"
    hidden = rbm.transform(v)
    h = (hidden > 0.5).astype(float)
    return record(
        f"rbm.energies.{name}",
        {"W": weights, "b": b, "c": c, "v": v, "flipped": flipped.tolist(), "h": h},
        {
            "free_energy": energy,
            "free_energy_flipped": energy_flipped,
            "pseudo_likelihood": pseudo,
            "hidden_means": hidden,
            "visible_means_given_h": expit(h @ weights.T + b),
        },
    )


def free_energy(machine: Machine, v: np.ndarray) -> np.ndarray:
    weights, b, c = machine
    return -v @ b - np.logaddexp(0, v @ weights + c).sum(1)


def log_z(machine: Machine) -> float:
    """The log partition function, summed over the smaller layer."""
    weights, b, c = machine
    if len(c) <= len(b):
        h = states(len(c))
        return float(logsumexp(h @ c + np.logaddexp(0, h @ weights.T + b).sum(1)))
    return float(logsumexp(-free_energy(machine, states(len(b)))))


def moments(machine: Machine, p: np.ndarray, v: np.ndarray) -> dict[str, np.ndarray]:
    """E[v h], E[v], E[h] where rows of v have probability p and h its conditional mean."""
    weights, _, c = machine
    h = expit(v @ weights + c)
    return {"W": v.T @ (p[:, None] * h), "b": p @ v, "c": p @ h}


def gibbs_kernel(machine: Machine) -> np.ndarray:
    """P(v' | v) of one sweep v -> h -> v', [2^visible, 2^visible]."""
    weights, b, c = machine
    v, h = states(len(b)), states(len(c))

    def bernoulli(x: np.ndarray, mean: np.ndarray) -> np.ndarray:
        """[len(mean), len(x)]: the probability of every x."""
        return np.exp(np.log(mean) @ x.T + np.log1p(-mean) @ (1 - x.T))

    return bernoulli(h, expit(v @ weights + c)) @ bernoulli(v, expit(h @ weights.T + b))


def exact(name: str, machine: Machine, data: np.ndarray, steps: list[int]) -> dict:
    """Everything that can be enumerated."""
    weights, b, c = machine
    v = states(len(b))
    z = log_z(machine)
    p = np.exp(-free_energy(machine, v) - z)
    assert abs(p.sum() - 1) < 1e-12
    start = np.array([(data == row).all(1).mean() for row in v])
    positive, model = moments(machine, start, v), moments(machine, p, v)

    def ascent(negative: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {key: positive[key] - negative[key] for key in positive}

    kernel = gibbs_kernel(machine)
    assert np.allclose(p @ kernel, p, atol=1e-12), "the kernel must keep the model's distribution"
    cd = {
        str(k): ascent(moments(machine, start @ np.linalg.matrix_power(kernel, k), v))
        for k in steps
    }
    eigenvalues = np.sort(np.abs(np.linalg.eigvals(kernel)))
    return record(
        f"rbm.exact.{name}",
        {"W": weights, "b": b, "c": c, "data": data},
        {
            "log_z": z,
            "log_likelihood": -free_energy(machine, data) - z,
            "mean_v": model["b"],
            "mean_h": model["c"],
            "mean_vh": model["W"],
            "likelihood_gradient": ascent(model),
            "cd_gradient": cd,
            "second_eigenvalue": float(eigenvalues[-2]),
        },
    )


def check_tiny(tiny: dict) -> None:
    """The figures that the design states for the 4x3 machine."""
    out = tiny["out"]
    assert abs(out["log_z"] - 5.758422324782) < 1e-11
    assert abs(out["second_eigenvalue"] - 0.1787450866) < 1e-9
    rows = [
        (out["cd_gradient"]["1"], (-0.2223644336, -0.0425534979, -0.093331134)),
        (out["cd_gradient"]["3"], (-0.2479275004, -0.0486864646, -0.0968474425)),
        (out["likelihood_gradient"], (-0.2488158661, -0.0489065632, -0.0969961348)),
    ]
    for gradient, expected in rows:
        assert np.allclose(gradient["W"]["data"][:3], expected, atol=1e-9)


def digits_rbm(train: np.ndarray, test: np.ndarray) -> dict:
    """A 64x16 machine that scikit-learn trained a little on the binarised digits, with its exact
    log-likelihood: a sum over 2^16 hidden states."""
    rbm = BernoulliRBM(16, learning_rate=0.05, batch_size=100, n_iter=40, random_state=0)
    rbm.fit(train)
    machine = (f32(rbm.components_.T), f32(rbm.intercept_visible_), f32(rbm.intercept_hidden_))
    z = log_z(machine)
    likelihoods = [float((-free_energy(machine, v) - z).mean()) for v in (train, test)]
    return record(
        "rbm.digits.16",
        {"W": machine[0], "b": machine[1], "c": machine[2]},
        {
            "log_z": z,
            "train_log_likelihood": likelihoods[0],
            "test_log_likelihood": likelihoods[1],
            "test_free_energy_first_20": free_energy(machine, test[:20]),
        },
    )


def ppca(train: np.ndarray, test: np.ndarray, q: int) -> dict:
    """The maximum-likelihood probabilistic PCA (Tipping and Bishop 1999), covariance over N."""
    n, d = train.shape
    pca = PCA(svd_solver="full").fit(train)
    eigenvalues = pca.explained_variance_ * (n - 1) / n
    noise = eigenvalues[q:].mean()
    log_det = np.log(eigenvalues[:q]).sum() + (d - q) * np.log(noise)
    likelihood = -0.5 * (d * np.log(2 * np.pi) + log_det + d)
    # The same for held-out rows, through the covariance.
    kept = pca.components_[:q]
    covariance = noise * np.eye(d) + kept.T @ np.diag(eigenvalues[:q] - noise) @ kept
    centred = test - pca.mean_
    distance = np.einsum("ij,ij->i", centred, np.linalg.solve(covariance, centred.T).T)
    test_likelihood = -0.5 * (d * np.log(2 * np.pi) + log_det + distance.mean())
    sklearn = PCA(q, svd_solver="full").fit(train)
    return record(
        f"ppca.digits.{q}",
        {"q": q},
        {
            "noise_variance": noise,
            "train_log_likelihood": likelihood,
            "test_log_likelihood": test_likelihood,
            "eigenvalues": eigenvalues[:q],
            "sklearn_train_score": sklearn.score(train),
            "sklearn_test_score": sklearn.score(test),
        },
    )


def main() -> None:
    random = np.random.default_rng(12)
    digits = load_digits().data
    binary = (digits >= 8).astype(float)
    train, test = binary[0::2], binary[1::2]
    tiny = tuple(f32(part) for part in TINY)
    # The other records round numbers such as 0.1 to float32. This one does not, because the design's
    # figures are for the decimal numbers.
    decimal = exact("4x3", TINY, TINY_DATA, [1, 2, 3, 10])
    check_tiny(decimal)
    small = (
        f32(random.normal(0, 0.7, (6, 5))),
        f32(random.normal(0, 0.5, 6)),
        f32(random.normal(0, 0.5, 5)),
    )
    small_data = random.integers(0, 2, (12, 6)).astype(float)
    wide = (
        f32(random.normal(0, 0.6, (5, 9))),
        f32(random.normal(0, 0.5, 5)),
        f32(random.normal(0, 0.5, 9)),
    )
    wide_data = random.integers(0, 2, (8, 5)).astype(float)
    large = (
        f32(random.normal(0, 0.3, (64, 24))),
        f32(random.normal(0, 1, 64)),
        f32(random.normal(0, 1, 24)),
    )
    records = [
        energies("4x3", tiny, states(4), 0),
        energies("6x5", small, small_data, 1),
        energies("64x24", large, test[:16], 2),
        decimal,
        exact("6x5", small, small_data, [1, 2, 5]),
        exact("5x9", wide, wide_data, [1, 3]),
        digits_rbm(train, test),
    ]
    grey_train, grey_test = digits[0::2] / 16, digits[1::2] / 16
    for q, expected in ((2, 0.3348640604), (8, 14.6219206603), (16, 24.3433199609)):
        entry = ppca(grey_train, grey_test, q)
        assert abs(entry["out"]["train_log_likelihood"] - expected) < 1e-9
        records.append(entry)
    write("sklearn.json", ["numpy", "scikit-learn", "scipy"], records)


if __name__ == "__main__":
    main()
