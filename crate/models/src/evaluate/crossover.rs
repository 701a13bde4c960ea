//! The gates of the learning curves.

use super::{Control, Evaluation, Figures, Gate, Host, Measured, Trial, figure};
use crate::{Error, crossover};
use alloc::vec;

/// How far a mean error is from its exact limit.
fn off(run: &Figures, [error, limit]: [&str; 2]) -> f64 {
    (figure(run, error) - figure(run, limit)).abs()
}

/// 128 draws of each size up to 512: where the curves cross, and how near the largest sets come to the
/// exact limits.
pub(super) async fn gates(host: &dyn Host, seeds: &[u64]) -> Result<Evaluation, Error> {
    const EARLIEST: Gate = Gate::at_least("crossover", 130.0);
    const LATEST: Gate = Gate::at_most("crossover", 240.0);
    const BAYES: Gate = Gate::at_most("bayes_error_off_limit", 0.005);
    const LOGISTIC: Gate = Gate::at_most("logistic_error_off_limit", 0.005);
    const OF_BAYES: [&str; 2] = ["bayes_error", "bayes_error_reference"];
    const OF_LOGISTIC: [&str; 2] = ["logistic_error", "logistic_error_reference"];
    let card = &crossover::CARD;
    let recipe = Trial { card, settings: &[], steps: 128 };
    let runs = recipe.run_all(host, seeds).await?;
    let gates = vec![
        Measured::new(EARLIEST, &runs),
        Measured::new(LATEST, &runs),
        Measured::of(BAYES, &runs, |run| off(run, OF_BAYES)),
        Measured::of(LOGISTIC, &runs, |run| off(run, OF_LOGISTIC)),
    ];

    let untrained = Trial { steps: 0, ..recipe }.run(host, 1).await?;
    let noisy = Trial { settings: &[("noise", "0.25")], ..recipe }.run(host, 1).await?;
    let penalised = Trial { settings: &[("c", "0.0001")], ..recipe }.run(host, 1).await?;
    let swapped = off(&runs[0], ["bayes_error", "logistic_error_reference"]);
    let controls = vec![
        Control::new("a quarter of the labels wrong", LATEST, &noisy),
        Control { name: "no draws", gate: BAYES, value: off(&untrained, OF_BAYES) },
        Control { name: "naive Bayes against the best possible", gate: LOGISTIC, value: swapped },
        Control { name: "a heavy penalty", gate: LOGISTIC, value: off(&penalised, OF_LOGISTIC) },
    ];
    Ok(Evaluation { id: card.id, gates, controls })
}
