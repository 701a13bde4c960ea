//! The gates of the energy-based model.

use super::gan2d::fitted_gaussian;
use super::*;
use crate::data::Toy;
use crate::energy::{CARD, EXACT};
use crate::metrics::energy_distance::energy_distance;
use alloc::vec;
use tilde_graph::rng::Stream;

/// The two moons: by the likelihood in 250 steps of 4,096 places, by 20 steps of persistent chains in
/// 700; short chains, which sample well and whose likelihood is wrong; and the bias of the chain on the
/// standard normal.
pub(super) async fn gates(host: &dyn Host, seeds: &[u64]) -> Result<Evaluation, Error> {
    const LIKELIHOOD: Gate = Gate::at_most("likelihood_nll", 1.45);
    const PERSISTENT: Gate = Gate::at_most("persistent_nll", 1.95);
    const SHORT: Gate = Gate::at_least("short_run_nll", 3.0);
    const SHORT_SAMPLES: Gate = Gate::at_most("short_run_energy_distance", 0.02);
    const ULA: Gate = Gate::at_most("ula_error", 0.03);
    let trial = |settings, steps| Trial { card: &CARD, settings, steps };
    let (likelihood, persistent) = (trial(EXACT, 250), trial(&[], 700));
    let short = CARD.experiments.iter().find(|e| e.id == "short").map_or(&[][..], |e| e.settings);
    let short = trial(short, 700);
    let [of_likelihood, of_persistent, of_short] = [
        likelihood.run_all(host, seeds).await?,
        persistent.run_all(host, seeds).await?,
        short.run_all(host, seeds).await?,
    ];
    let measured = |gate, runs: &[Figures], id: &str| Measured::of(gate, runs, |f| figure(f, id));
    let gates = vec![
        measured(LIKELIHOOD, &of_likelihood, "loss"),
        measured(PERSISTENT, &of_persistent, "loss"),
        measured(SHORT, &of_short, "loss"),
        measured(SHORT_SAMPLES, &of_short, "energy_distance"),
        Measured::new(ULA, &of_persistent),
    ];

    let untrained = trial(&[], 0).run(host, 1).await?;
    let bare = trial(&[EXACT, &[("fourier", "false")]].concat(), 250).run(host, 1).await?;
    // Small steps over rugged ground: a chain whose variance is the true one is not this chain.
    let unbiased = 1.0 - 1.0 / figure(&of_persistent[0], "ula_variance");
    let mut stream = Stream::new(1, 0);
    let moons = Toy::TwoMoons.sample(2000, &mut stream);
    let fitted = fitted_gaussian(&moons, &mut stream);
    let data = Toy::TwoMoons.sample(2000, &mut stream);
    let control = |name, gate, value| Control { name, gate, value };
    let controls = vec![
        control("untrained", LIKELIHOOD, figure(&untrained, "loss")),
        control("untrained", PERSISTENT, figure(&untrained, "loss")),
        control("without Fourier features", LIKELIHOOD, figure(&bare, "loss")),
        control("persistent chains", SHORT, figure(&of_persistent[0], "loss")),
        control("one Gaussian fitted to the data", SHORT_SAMPLES, energy_distance(&fitted, &data, 2)),
        control("no bias at a step of one half", ULA, unbiased),
    ];
    Ok(Evaluation { id: CARD.id, gates, controls })
}
