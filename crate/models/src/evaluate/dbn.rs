//! The deep belief net's gates.

use super::{Control, Evaluation, Figures, Gate, Host, Measured, Trial, figure};
use crate::{Error, dbn};
use alloc::vec;

/// Twelve hidden units on the binary digits: the tied net is the machine it was made of, and 150 epochs
/// of the second machine raise the bound, and wake and sleep raise it further.
pub(super) async fn gates(host: &dyn Host, seeds: &[u64]) -> Result<Evaluation, Error> {
    const TIED: Gate = Gate::at_most("tied_difference", 0.03);
    const LOG_Z: Gate = Gate::at_most("tied_log_z_difference", 0.03);
    const GAIN: Gate = Gate::at_least("identity", 0.05);
    const TUNED: Gate = Gate::at_least("identity_fine_tuned", 0.2);
    const BELOW: Gate = Gate::at_least("likelihood_above_bound", 0.0).for_every_seed();
    let card = &dbn::CARD;
    let recipe = Trial { card, settings: &[("top_steps", "1350")], steps: 3600 };
    let trained = recipe.run_all(host, seeds).await?;
    let tied = Trial { steps: 2250, ..recipe }.run_all(host, seeds).await?;
    let tuned = Trial { settings: &[("fine_tune", "true")], steps: 9250, ..recipe };
    let tuned = tuned.run_all(host, seeds).await?;
    let log_z = |f: &Figures| (figure(f, "log_partition_top") - figure(f, "log_partition_first")).abs();
    let above = |f: &Figures| figure(f, "test_log_likelihood") - figure(f, "bound");
    let gates = vec![
        Measured::of(TIED, &tied, |f| figure(f, "identity").abs()),
        Measured::of(LOG_Z, &tied, log_z),
        Measured::new(GAIN, &trained),
        Measured::of(TUNED, &tuned, |f| figure(f, "identity")),
        Measured::of(BELOW, &trained, above),
    ];
    let controls = vec![
        Control { name: "150 epochs later", gate: TIED, value: figure(&trained[0], "identity").abs() },
        Control { name: "log Z 150 epochs later", gate: LOG_Z, value: log_z(&trained[0]) },
        Control::new("the second machine untrained", GAIN, &tied[0]),
        Control { name: "not fine-tuned", gate: TUNED, value: figure(&trained[0], "identity") },
        Control { name: "a bound above the likelihood", gate: BELOW, value: -above(&trained[0]) },
    ];
    Ok(Evaluation { id: card.id, gates, controls })
}
