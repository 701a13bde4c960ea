"""Steps of diffusion samplers, by the diffusers library.

    .venv/bin/python tests/goldens/make_diffusion.py

A record is a whole trajectory from noise to data, in five steps of a schedule of a hundred. The network's
answers are given instead of computed, and the fresh noise is given too: `x` [D], `answers` and `noise` [S, D];
`walk` [S, D] is the state after each step
(of "large", after each but the last), and `clean` [S, D] the library's estimate of the data.
`bound` is the bound of `clean`, 0 for none. Two more records hold products of 1 - beta.
"""

from unittest import mock

import numpy as np
import torch
from diffusers import DDIMScheduler, DDPMScheduler
from golden import f32, record, write

T, S, D = 100, 5, 4
SCHEDULES = {
    # Variances for a thousand steps, made larger in proportion.
    "linear": {"beta_schedule": "linear", "beta_start": 1e-4 * 1000 / T, "beta_end": 0.02 * 1000 / T},
    "cosine": {"beta_schedule": "squaredcos_cap_v2"},
}
PREDICTIONS = {"noise": "epsilon", "velocity": "v_prediction", "clean": "sample"}
SAMPLERS = {"small": None, "large": None, "implicit 0": 0.0, "implicit 0.5": 0.5, "implicit 1": 1.0}


def scheduler(kind: type, steps: int, **options):
    """A scheduler of the library whose tables are float64 throughout."""
    with mock.patch.object(torch, "float32", torch.float64):
        return kind(num_train_timesteps=steps, **options)


def walk(schedule: str, prediction: str, sampler: str, bound: float, rng: np.random.Generator):
    """One record."""
    eta = SAMPLERS[sampler]
    options = {
        **SCHEDULES[schedule],
        "prediction_type": PREDICTIONS[prediction],
        "timestep_spacing": "trailing",
        "clip_sample": bound > 0,
        "clip_sample_range": bound or 1.0,
    }
    if eta is None:
        made = scheduler(DDPMScheduler, T, variance_type=f"fixed_{sampler}", **options)
    else:
        made = scheduler(DDIMScheduler, T, **options)
    made.set_timesteps(S)
    given = {
        "steps": T,
        "count": S,
        "bound": bound,
        "x": f32(rng.normal(size=D)),
        "answers": f32(rng.normal(size=(S, D))),
        "noise": f32(rng.normal(size=(S, D))),
    }
    x, states, clean = torch.tensor(given["x"])[None], [], []
    for i, t in enumerate(made.timesteps):
        answer, noise = (torch.tensor(given[key][i])[None] for key in ("answers", "noise"))
        if eta is None:
            with mock.patch("diffusers.schedulers.scheduling_ddpm.randn_tensor", lambda *_, z=noise, **__: z):
                done = made.step(answer, t, x)
        else:
            done = made.step(answer, t, x, eta=eta, use_clipped_model_output=True, variance_noise=noise)
        x = done.prev_sample
        states.append(x.numpy()[0])
        clean.append(done.pred_original_sample.numpy()[0])
    if sampler == "large":
        # Where it skips times, the library adds noise to its last step too, which leaves the sample noisy.
        states.pop()
    out = {"times": made.timesteps.numpy().astype(float), "walk": np.array(states), "clean": np.array(clean)}
    return record(f"diffusion.walk {schedule} {prediction} {sampler} {bound}", given, out)


def levels(schedule: str):
    """Products of 1 - beta."""
    made = scheduler(DDPMScheduler, T, **SCHEDULES[schedule])
    return record(f"diffusion.levels {schedule}", {"steps": T}, {"alpha_bars": made.alphas_cumprod.numpy()})


def main() -> None:
    """Writes the file."""
    rng = np.random.default_rng(29)
    records = [levels(schedule) for schedule in SCHEDULES]
    records += [
        walk(schedule, prediction, sampler, bound, rng)
        for schedule in SCHEDULES
        for prediction in PREDICTIONS
        for sampler in SAMPLERS
        for bound in ((0, 1.25) if prediction == "velocity" else (0,))
    ]
    write("diffusion.json", ["diffusers", "numpy", "torch"], records)


if __name__ == "__main__":
    main()
