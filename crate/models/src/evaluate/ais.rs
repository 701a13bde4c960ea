//! The gates of annealed importance sampling.

use super::{Control, Evaluation, Gate, Host, Measured, Trial, figure};
use crate::card::Value;
use crate::driver::Driver;
use crate::exhibit::Sources;
use crate::model::Setup;
use crate::{Error, Model, ais, settings::Settings};
use alloc::vec;
use tilde_graph::compile;

/// log Ẑ of the learned machine with 1,000 temperatures and 100 chains; the trap, where the base
/// decides; and the mean weight of a tiny machine beside its expectation.
pub(super) async fn gates(host: &dyn Host, seeds: &[u64]) -> Result<Evaluation, Error> {
    const LEARNED: Gate = Gate::at_most("loss", 0.05);
    const PIXELS: Gate = Gate::at_most("trap_error_pixels", 0.1);
    const UNIFORM: Gate = Gate::at_least("trap_error_uniform", 10.0);
    // In standard errors.
    const WEIGHT: Gate = Gate::at_most("mean_weight_error", 4.0);
    // 4,500 updates, and a run of 50 rungs on what they have made.
    let card = &ais::CARD;
    let recipe = Trial { card, settings: &[], steps: 500 };
    let learned = recipe.run_all(host, seeds).await?;
    let trap = Trial { settings: &[("machine", "trap")], steps: 50, ..recipe };
    let trapped = trap.run_all(host, seeds).await?;

    let mut settings = Settings::new(card);
    settings.set_text("machine", "tiny")?;
    settings.set("temperatures", Value::Number(10.0))?;
    settings.set("chains", Value::Number(1000.0))?;
    let tiny = ais::Ais::new(&Setup { settings: &settings, seed: 0, sources: &Sources::default() })?;
    let program = tiny.program().expect("it has tensors");
    let device = Driver::new(host.load(compile(program)).await?);
    let [[mean, error], [log, log_error]] = tiny.moments(&device, 10, 0, 100).await?;
    let (mean, by_logs) = ((mean - 1.0).abs() / error, log.abs() / log_error);

    let gates = vec![
        Measured::new(LEARNED, &learned),
        Measured::of(PIXELS, &trapped, |f| figure(f, "error_pixels").abs()),
        Measured::of(UNIFORM, &trapped, |f| figure(f, "error_uniform").abs()),
        Measured { gate: WEIGHT, seeds: vec![mean] },
    ];
    let hasty = Trial { settings: &[("temperatures", "10"), ("base", "uniform")], ..recipe };
    let hasty = hasty.run(host, 1).await?;
    let controls = vec![
        Control::new("10 temperatures from fair pixels", LEARNED, &hasty),
        Control { name: "fair pixels", gate: PIXELS, value: figure(&trapped[0], "error_uniform").abs() },
        Control { name: "mean pixels", gate: UNIFORM, value: figure(&trapped[0], "error_pixels").abs() },
        Control { name: "mean of the logarithms", gate: WEIGHT, value: by_logs },
    ];
    Ok(Evaluation { id: card.id, gates, controls })
}
