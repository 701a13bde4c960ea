"""Variational inference with one latent number, as elbo.json.

- `elbo.DECODER`: a model x = f(z) + noise with z ~ N(0, 1) and a Gaussian q(z), all by SciPy's
  adaptive quadrature: the evidence, the bound, both divergences, the bound's gradient by (mean,
  log sd) of q, the variance of one draw's estimates of its first entry, and the importance-weighted
  bound of two draws as a double integral.
- `elbo.discrete`: z is 1, 2 or 3; everything is a sum, the bound of five draws over all 3^5 of them.
  q's parameters are the log odds of 1 and of 2 against 3.
"""

from collections.abc import Callable
from itertools import product

import numpy as np
from scipy.integrate import quad
from scipy.special import logsumexp
from scipy.stats import norm

from golden import record, write

DECODERS: dict[str, tuple[Callable, Callable]] = {
    "curved": (lambda z: 2 * np.tanh(z), lambda z: 2 / np.cosh(z) ** 2),
    "square": (lambda z: z * z, lambda z: 2 * z),
    "linear": (lambda z: z, lambda z: 1.0),
}
SHARES, CENTRES = np.array([0.5, 0.3, 0.2]), np.array([-1.0, 0.5, 2.0])


def integral(f: Callable[[float], float], low: float, high: float, pieces: int = 48) -> float:
    """The integral, piece by piece, so that no peak is overlooked."""
    edges = np.linspace(low, high, pieces + 1)
    parts = [
        quad(f, a, b, epsabs=1e-14, epsrel=1e-12, limit=200)[0]
        for a, b in zip(edges[:-1], edges[1:], strict=True)
    ]
    return float(np.sum(parts))


def continuous(decoder: str, x: float, noise: float, mean: float, log_sd: float) -> dict:
    f, slope = DECODERS[decoder]
    sd = np.exp(log_sd)
    likelihood = norm(loc=0, scale=noise).logpdf
    q = norm(mean, sd)

    def joint(z: float) -> float:
        return norm.logpdf(z) + likelihood(x - f(z))

    def along(z: float) -> float:
        return (x - f(z)) * slope(z) / noise**2 - z

    def under_q(g: Callable[[float], float]) -> float:
        return integral(lambda z: q.pdf(z) * g(z), mean - 10 * sd, mean + 10 * sd, 24)

    evidence = np.log(integral(lambda z: np.exp(joint(z)), -9, 9))

    def under_posterior(g: Callable[[float], float]) -> float:
        return integral(lambda z: np.exp(joint(z) - evidence) * g(z), -9, 9)

    elbo = under_q(lambda z: joint(z) - q.logpdf(z))
    gradient = [under_q(along), under_q(lambda z: along(z) * (z - mean)) + 1]
    score = lambda z: (joint(z) - q.logpdf(z)) * (z - mean) / sd**2  # noqa: E731
    # The double integral by Gauss and Legendre in 60 pieces of 8 points each.
    nodes, weights = np.polynomial.legendre.leggauss(8)
    edges = np.linspace(-9, 9, 61)
    half = (edges[1] - edges[0]) / 2
    t = (edges[:-1, None] + half + half * nodes).ravel()
    p = np.tile(half * weights, 60) * norm.pdf(t)
    log_w = np.array([joint(z) - q.logpdf(z) for z in mean + sd * t])
    both = np.logaddexp(log_w[:, None], log_w[None, :]) - np.log(2)
    return record(
        f"elbo.{decoder}",
        {"x": x, "noise": noise, "q": [mean, log_sd]},
        {
            "log_evidence": evidence,
            "elbo": elbo,
            "kl": under_q(lambda z: q.logpdf(z) - joint(z) + evidence),
            "forward_kl": under_posterior(lambda z: joint(z) - evidence - q.logpdf(z)),
            "gradient": gradient,
            "variances": [
                under_q(lambda z: along(z) ** 2) - gradient[0] ** 2,
                under_q(lambda z: score(z) ** 2) - under_q(score) ** 2,
            ],
            "iwae_2": p @ both @ p,
        },
    )


def discrete(x: float, noise: float, odds: list[float]) -> dict:
    log_q = np.array([*odds, 0.0])
    log_q -= logsumexp(log_q)
    q = np.exp(log_q)
    joint = np.log(SHARES) + norm.logpdf(x, CENTRES, noise)
    evidence = logsumexp(joint)
    posterior = np.exp(joint - evidence)
    gain = joint - log_q
    five = sum(
        np.prod(q[list(zs)]) * (logsumexp(gain[list(zs)]) - np.log(5))
        for zs in product(range(3), repeat=5)
    )
    first = gain * (np.arange(3) == 0) - gain * q[0]
    second = gain * (np.arange(3) == 1) - gain * q[1]
    return record(
        "elbo.discrete",
        {"x": x, "noise": noise, "q": odds},
        {
            "log_evidence": evidence,
            "elbo": q @ gain,
            "kl": q @ (log_q - joint + evidence),
            "forward_kl": posterior @ (joint - evidence - log_q),
            "gradient": [q @ first, q @ second],
            "variances": [q @ first**2 - (q @ first) ** 2],
            "iwae_5": five,
        },
    )


def main() -> None:
    records = [
        continuous("curved", 1.6, 0.5, -1.5, 0.0),
        continuous("curved", 1.6, 0.5, 1.1, -0.8),
        continuous("square", 2.0, 0.5, -1.33, -1.67),
        continuous("square", 2.0, 0.5, 0.2, -0.2),
        continuous("linear", -0.7, 1.2, 0.4, -0.5),
        discrete(1.6, 0.5, [0.3, -0.4]),
    ]
    for i, entry in enumerate(records):
        out = entry["out"]
        assert abs(out["elbo"] + out["kl"] - out["log_evidence"]) < 1e-10, entry["id"]
        entry["id"] += f" {i}"
    write("elbo.json", ["numpy", "scipy"], records)


if __name__ == "__main__":
    main()
