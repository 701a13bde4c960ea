"""The Dirac-GAN, as dirac.json: a generator that is one number theta, a discriminator D(x) = psi x, data at 0.

- `dirac.OBJECTIVE`: the losses of both players are written down as they are in a GAN, with the R1 penalty as the squared
  gradient of D at the data. JAX differentiates them. The record has the field that the players follow, its Jacobian, and
  for each way of stepping the places of twelve steps from one start and the eigenvalues (NumPy's) of a step's Jacobian at
  the equilibrium.
"""

import jax
import jax.numpy as jnp
import numpy as np
from golden import record, write

jax.config.update("jax_enable_x64", True)

START, PLACE = np.array([0.75, -0.5]), np.array([-1.25, 0.625])
RATE, CONSENSUS = 0.25, 0.75


def judged(x, psi):
    """The logit of D."""
    return psi * x


def penalty(psi, r1):
    """R1: half of r1 times the squared gradient of D at the datum, which is 0."""
    return 0.5 * r1 * jax.grad(judged)(0.0, psi) ** 2


def losses(objective, r1):
    """What the generator and the discriminator descend, of (theta, psi)."""
    sure = jax.nn.log_sigmoid
    real, fake = (lambda w: judged(0.0, w[1])), (lambda w: judged(w[0], w[1]))
    if objective == "wasserstein":
        return (lambda w: -fake(w)), (lambda w: fake(w) - real(w) + penalty(w[1], r1))
    discriminator = lambda w: -sure(real(w)) - sure(-fake(w)) + penalty(w[1], r1)
    generator = {"minimax": lambda w: sure(-fake(w)), "non-saturating": lambda w: -sure(fake(w))}[objective]
    return generator, discriminator


def field_of(objective, r1):
    """Each player descends its own loss by its own number."""
    generator, discriminator = losses(objective, r1)
    return lambda w: jnp.stack([-jax.grad(generator)(w)[0], -jax.grad(discriminator)(w)[1]])


def steps_of(v):
    """The ways of stepping along a field."""
    consensus = lambda w: v(w) - CONSENSUS * jax.grad(lambda u: 0.5 * jnp.sum(v(u) ** 2))(w)

    def alternating(w):
        w = w.at[1].add(RATE * v(w)[1])
        return w.at[0].add(RATE * v(w)[0])

    return {
        "simultaneous": lambda w: w + RATE * v(w),
        "alternating": alternating,
        "extragradient": lambda w: w + RATE * v(w + RATE * v(w)),
        "consensus": lambda w: w + RATE * consensus(w),
    }


def eigenvalues(matrix):
    """Real and imaginary parts, the larger real part first, then the larger imaginary one."""
    found = sorted(np.linalg.eigvals(np.asarray(matrix)), key=lambda z: (-z.real, -z.imag))
    return np.array([[z.real, z.imag] for z in found])


def game(objective, r1):
    """The record of an objective and a penalty."""
    v, origin = field_of(objective, r1), jnp.zeros(2)
    answer = {"field": v(jnp.array(PLACE)), "jacobian": jax.jacfwd(v)(jnp.array(PLACE))}
    answer = {key: np.asarray(value) for key, value in answer.items()}
    answer["flow_eigenvalues"] = eigenvalues(jax.jacfwd(v)(origin))
    for method, step in steps_of(v).items():
        at, way = jnp.array(START), []
        for _ in range(12):
            at = step(at)
            way.append(np.asarray(at))
        answer[method] = {"way": np.array(way), "eigenvalues": eigenvalues(jax.jacfwd(step)(origin))}
    given = {"r1": r1, "rate": RATE, "consensus": CONSENSUS, "start": START, "place": PLACE}
    return record(f"dirac.{objective}" + (f"-r1-{r1}" if r1 else ""), given, answer)


write(
    "dirac.json",
    ["jax", "numpy"],
    [game(objective, r1) for objective in ("minimax", "non-saturating", "wasserstein") for r1 in (0.0, 0.3, 1.25)],
)
