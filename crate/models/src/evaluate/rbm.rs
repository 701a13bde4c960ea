//! The restricted Boltzmann machine's gates.

use super::{Control, Evaluation, Gate, Host, Measured, Trial};
use crate::exhibit::Exhibit;
use crate::{Error, rbm};
use alloc::vec;
use tilde_graph::compile;

/// Sixteen hidden units on the binary digits for 500 epochs of CD-1; and the sampled gradient of a
/// tiny machine beside its enumerated expectation.
pub(super) async fn gates(host: &dyn Host, seeds: &[u64]) -> Result<Evaluation, Error> {
    const LIKELIHOOD: Gate = Gate::at_least("test_log_likelihood", -18.8);
    // In standard errors.
    const CD_1: Gate = Gate::at_most("cd_1_gradient_error", 4.0);
    const CD_3: Gate = Gate::at_most("cd_3_gradient_error", 4.0);
    const BATCHES: usize = 20_000;
    let card = &rbm::CARD;
    let recipe = Trial { card, settings: &[], steps: 4500 };
    let figures = recipe.run_all(host, seeds).await?;
    let mut tiny = rbm::Rbm::tiny()?;
    let mut device = host.load(compile(tiny.program())).await?;
    let (right, mut wrong) = (rbm::TINY_DATA, rbm::TINY_DATA);
    wrong[8] = 1.0;
    let cd_1 = tiny.gradient_error(&mut *device, 1, BATCHES, &right).await?;
    let cd_3 = tiny.gradient_error(&mut *device, 3, BATCHES, &right).await?;
    let gates = vec![
        Measured::new(LIKELIHOOD, &figures),
        Measured { gate: CD_1, seeds: vec![cd_1] },
        Measured { gate: CD_3, seeds: vec![cd_3] },
    ];

    let untrained = Trial { steps: 0, ..recipe }.run(host, 1).await?;
    let single = Trial { settings: &[("hidden", "1")], ..recipe }.run(host, 1).await?;
    let changed = tiny.gradient_error(&mut *device, 1, BATCHES, &wrong).await?;
    let controls = vec![
        Control::new("untrained", LIKELIHOOD, &untrained),
        Control::new("one hidden unit", LIKELIHOOD, &single),
        Control { name: "gradient of other data", gate: CD_1, value: changed },
    ];
    Ok(Evaluation { id: card.id, gates, controls })
}
