//! The restricted Boltzmann machine's gates.

use super::{Control, Evaluation, Gate, Host, Measured, Trial, figure};
use crate::driver::Driver;
use crate::{Error, Model, rbm};
use alloc::vec;
use tilde_graph::compile;

/// Sixteen hidden units on the binary digits for 500 epochs of CD-1, exactly; the same with parallel
/// tempering; 64 hidden units with persistent chains, annealed; and the sampled gradient of a tiny
/// machine beside its enumerated expectation.
pub(super) async fn gates(host: &dyn Host, seeds: &[u64]) -> Result<Evaluation, Error> {
    const LIKELIHOOD: Gate = Gate::at_least("test_log_likelihood", -18.8);
    const TEMPERED: Gate = Gate::at_least("test_log_likelihood_tempering", -18.8);
    const LARGE: Gate = Gate::at_least("test_log_likelihood_ais", -17.3);
    // In standard errors.
    const CD_1: Gate = Gate::at_most("cd_1_gradient_error", 4.0);
    const CD_3: Gate = Gate::at_most("cd_3_gradient_error", 4.0);
    const BATCHES: usize = 20_000;
    let card = &rbm::CARD;
    let recipe = Trial { card, settings: &[], steps: 4500 };
    let figures = recipe.run_all(host, seeds).await?;
    let large = Trial { settings: &[("hidden", "64"), ("algorithm", "pcd")], ..recipe };
    // One seed of each: they cost several times as much.
    let large_figures = large.run_all(host, &seeds[..1.min(seeds.len())]).await?;
    let tempered = Trial { settings: &[("algorithm", "tempering")], ..recipe };
    let tempered = tempered.run_all(host, &seeds[..1.min(seeds.len())]).await?;
    let tiny = rbm::Rbm::tiny()?;
    let program = tiny.program().expect("it has tensors");
    let device = Driver::new(host.load(compile(program)).await?);
    let (right, mut wrong) = (rbm::TINY_DATA, rbm::TINY_DATA);
    wrong[8] = 1.0;
    let cd_1 = tiny.gradient_error(&device, 1, BATCHES, &right).await?;
    let cd_3 = tiny.gradient_error(&device, 3, BATCHES, &right).await?;
    let gates = vec![
        Measured::new(LIKELIHOOD, &figures),
        Measured::of(TEMPERED, &tempered, |f| figure(f, "test_log_likelihood")),
        Measured::new(LARGE, &large_figures),
        Measured { gate: CD_1, seeds: vec![cd_1] },
        Measured { gate: CD_3, seeds: vec![cd_3] },
    ];

    let untrained = Trial { steps: 0, ..recipe }.run(host, 1).await?;
    let single_tempered = [("hidden", "1"), ("algorithm", "tempering")];
    let single_tempered = Trial { settings: &single_tempered, ..recipe }.run(host, 1).await?;
    let single = Trial { settings: &[("hidden", "1")], ..recipe }.run(host, 1).await?;
    let large_untrained = Trial { steps: 0, ..large }.run(host, 1).await?;
    let changed = tiny.gradient_error(&device, 1, BATCHES, &wrong).await?;
    let controls = vec![
        Control::new("untrained", LIKELIHOOD, &untrained),
        Control::new("one hidden unit", LIKELIHOOD, &single),
        Control {
            name: "one hidden unit, tempered",
            gate: TEMPERED,
            value: figure(&single_tempered, "test_log_likelihood"),
        },
        Control::new("64 units, untrained", LARGE, &large_untrained),
        Control { name: "gradient of other data", gate: CD_1, value: changed },
    ];
    Ok(Evaluation { id: card.id, gates, controls })
}
