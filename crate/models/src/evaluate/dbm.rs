//! The deep Boltzmann machine's gates.

use super::{Control, Evaluation, Figures, Gate, Host, Measured, Trial, figure};
use crate::{Error, dbm};
use alloc::vec;
use alloc::vec::Vec;

/// 64-8-8-8 units on the binary digits: better than independent pixels and than the layers it was put
/// together from, and never below its own bound.
pub(super) async fn gates(host: &dyn Host, seeds: &[u64]) -> Result<Evaluation, Error> {
    const PIXELS: Gate = Gate::at_least("test_log_likelihood", -25.15);
    const START: Gate = Gate::at_least("gain_over_pretrained", 0.5);
    const THIRD: Gate = Gate::at_least("weights_third", 0.1);
    const GAP: Gate = Gate::at_least("gap", 0.0).for_every_seed();
    let card = &dbm::CARD;
    let recipe = Trial { card, settings: &[], steps: 7200 };
    let trained = recipe.run_all(host, seeds).await?;
    let start = Trial { steps: 2700, ..recipe }.run_all(host, seeds).await?;
    let likelihood = |f: &Figures| figure(f, "test_log_likelihood");
    let gains: Vec<f64> = trained.iter().zip(&start).map(|(t, s)| likelihood(t) - likelihood(s)).collect();
    let gates = vec![
        Measured::new(PIXELS, &trained),
        Measured { gate: START, seeds: gains },
        Measured::new(THIRD, &trained),
        Measured::new(GAP, &trained),
    ];
    let untrained = Trial { steps: 0, ..recipe }.run(host, 1).await?;
    let layers = Trial { settings: &[("layer_steps", "2400")], ..recipe }.run(host, 1).await?;
    let scratch = Trial { settings: &[("pretrain", "false")], ..recipe }.run(host, 1).await?;
    let gain = likelihood(&layers) - likelihood(&start[0]);
    let controls = vec![
        Control::new("untrained", PIXELS, &untrained),
        Control { name: "all steps spent on single layers", gate: START, value: gain },
        Control::new("all layers at once from scratch", THIRD, &scratch),
        Control { name: "a bound above the likelihood", gate: GAP, value: -figure(&trained[0], "gap") },
    ];
    Ok(Evaluation { id: card.id, gates, controls })
}
