"""Mixtures of Gaussians in the plane by scikit-learn, as mixture.json.

- `mixture.em.*`: the mean log-likelihood before each of T iterations of EM and after the last, from
  given components, with 1e-6 added to the diagonal of covariances; the components after them.
  `mixture.em.sixty` are the design's sixty points without randomness.
- `mixture.vb.*`: variational Bayes from given responsibilities with scikit-learn's default prior and
  nothing added: after each M step the lower bound, which leaves out constants; the posterior at the
  end (counts, precisions and places of the means, degrees of freedom, W^-1 / nu).
- `mixture.kmeans.*`: inertia and means after 1, 2, .. iterations of Lloyd from given means.
"""

import warnings

import numpy as np
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from sklearn.mixture._gaussian_mixture import _compute_precision_cholesky

from golden import record, write


def sixty() -> np.ndarray:
    i = np.arange(60)
    x = np.array([0, 3, 1.5])[i % 3] + 0.5 * np.sin(12.9898 * i)
    y = np.array([0, 0, 2.5])[i % 3] + 0.5 * np.cos(78.233 * i)
    return np.stack([x, y], 1)


def cloud(seed: int, n: int) -> np.ndarray:
    """Three overlapping Gaussians."""
    random = np.random.default_rng(seed)
    means = np.array([[-1.0, 0.0], [1.0, 0.5], [0.0, 1.5]])
    mix = random.normal(0, 0.5, (3, 2, 2))
    which = random.integers(0, 3, n)
    noise = random.normal(size=(n, 2))
    return means[which] + np.einsum("nij,nj->ni", mix[which], noise) + 0.1 * noise


def em(name: str, points: np.ndarray, means: np.ndarray, steps: int) -> dict:
    """EM from unit covariances and equal weights."""
    k = len(means)
    model = GaussianMixture(k, reg_covar=1e-6)
    model.weights_ = np.full(k, 1 / k)
    model.means_ = means
    model.covariances_ = np.tile(np.eye(2), (k, 1, 1))
    model.precisions_cholesky_ = _compute_precision_cholesky(model.covariances_, "full")
    trace = [model.score(points)]
    for _ in range(steps):
        _, log_responsibilities = model._e_step(points)
        model._m_step(points, log_responsibilities)
        trace.append(model.score(points))
    return record(
        f"mixture.em.{name}",
        {"points": points, "means": means, "steps": steps},
        {
            "trace": np.array(trace),
            "weights": model.weights_,
            "means": model.means_,
            "covariances": model.covariances_,
        },
    )


def vb(name: str, points: np.ndarray, k: int, concentration: float, steps: int) -> dict:
    random = np.random.default_rng(9)
    responsibilities = random.dirichlet(np.full(k, 0.5), len(points))
    model = BayesianGaussianMixture(
        n_components=k,
        weight_concentration_prior_type="dirichlet_distribution",
        weight_concentration_prior=concentration,
        reg_covar=0,
    )
    model._check_parameters(points)
    model._initialize(points, responsibilities)
    bounds = []
    for _ in range(steps):
        log_norm, log_responsibilities = model._e_step(points)
        model._m_step(points, log_responsibilities)
        bounds.append(model._compute_lower_bound(log_responsibilities, log_norm))
    return record(
        f"mixture.vb.{name}",
        {
            "points": points,
            "responsibilities": responsibilities,
            "concentration": concentration,
            "steps": steps,
        },
        {
            "bounds": np.array(bounds),
            "counts": model.weight_concentration_,
            "beta": model.mean_precision_,
            "means": model.means_,
            "freedom": model.degrees_of_freedom_,
            "covariances": model.covariances_,
        },
    )


def kmeans(name: str, points: np.ndarray, means: np.ndarray, steps: int) -> dict:
    inertias, final = [], None
    for n in range(1, steps + 1):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model = KMeans(len(means), init=means, n_init=1, max_iter=n, tol=0).fit(points)
        inertias.append(model.inertia_ / len(points))
        final = model.cluster_centers_
    return record(
        f"mixture.kmeans.{name}",
        {"points": points, "means": means},
        {"inertias": np.array(inertias), "means": final},
    )


def main() -> None:
    points, other = sixty(), cloud(3, 90)
    start = np.array([[0.0, 1], [2, 0], [1, 2]])
    trace = em("sixty", points, start, 25)
    known = [
        -3.2738110429,
        -2.6453939609,
        -2.2193638069,
        -1.8805549783,
        -1.8427868758,
        -1.8427868746,
    ]
    assert np.allclose(trace["out"]["trace"]["data"][:6], known, atol=1e-10, rtol=0)
    fitted = GaussianMixture(
        3,
        weights_init=np.full(3, 1 / 3),
        means_init=start,
        precisions_init=np.tile(np.eye(2), (3, 1, 1)),
        tol=1e-12,
        max_iter=1000,
    ).fit(points)
    assert abs(fitted.score(points) + 1.8427868746405) < 1e-10
    records = [
        trace,
        em("cloud", other, other[[0, 1, 2, 3]], 40),
        vb("sixty", points, 6, 0.01, 60),
        vb("cloud", other, 3, 1.5, 40),
        kmeans("cloud", other, other[[0, 1, 2, 3]], 8),
    ]
    write("mixture.json", ["numpy", "scikit-learn", "scipy"], records)


if __name__ == "__main__":
    main()
