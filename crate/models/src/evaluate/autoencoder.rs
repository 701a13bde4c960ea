//! The gates of the autoencoder.

use super::*;
use crate::autoencoder::CARD;
use alloc::vec;

/// Linear ones beside principal component analysis; one with hidden layers, which must beat it on
/// held-out digits with as many dimensions; and one of eight dimensions, where a Gaussian of codes falls
/// between the digits.
pub(super) async fn gates(host: &dyn Host, seeds: &[u64]) -> Result<Evaluation, Error> {
    const ANGLE_2: Gate = Gate::at_most("angle_2", 0.01);
    const ANGLE_8: Gate = Gate::at_most("angle_8", 0.01);
    const GAP_2: Gate = Gate::at_most("pca_gap_2", 1e-3);
    const GAP_8: Gate = Gate::at_most("pca_gap_8", 1e-3);
    const BELOW: Gate = Gate::at_most("test_error_of_pca", 0.75);
    const HOLES: Gate = Gate::at_least("holes", 0.30);
    const STRANGE: Gate = Gate::at_least("sample_distance_of_data", 1.15);
    let pca = CARD.experiments.iter().find(|e| e.id == "pca").map_or(&[][..], |e| e.settings);
    let eight = [pca, &[("latent", "8")]].concat();
    let [two, eight] = [pca, &eight].map(|settings| Trial { card: &CARD, settings, steps: 4000 });
    let (of_two, of_eight) = (two.run_all(host, seeds).await?, eight.run_all(host, seeds).await?);
    let deep = Trial { card: &CARD, settings: &[], steps: 3000 };
    let of_deep = deep.run_all(host, seeds).await?;
    let wide = Trial { settings: &[("latent", "8")], ..deep };
    let of_wide = wide.run_all(host, seeds).await?;

    // Relative to the exact optimum.
    let gap = |f: &Figures| (figure(f, "loss") / figure(f, "loss_reference") - 1.0).abs();
    let below = |f: &Figures| figure(f, "test_error") / figure(f, "test_error_reference");
    let angle = |f: &Figures| figure(f, "angle");
    // Samples, as far from the nearest digit as held-out digits are or farther.
    let strange = |f: &Figures| figure(f, "sample_distance") / figure(f, "sample_distance_reference");
    let gates = vec![
        Measured::of(ANGLE_2, &of_two, angle),
        Measured::of(ANGLE_8, &of_eight, angle),
        Measured::of(GAP_2, &of_two, gap),
        Measured::of(GAP_8, &of_eight, gap),
        Measured::of(BELOW, &of_deep, below),
        Measured::new(HOLES, &of_wide),
        Measured::of(STRANGE, &of_wide, strange),
    ];

    let untrained = Trial { steps: 0, ..two }.run(host, 1).await?;
    let early = Trial { steps: 20, ..eight }.run(host, 1).await?;
    let control = |name, gate, value| Control { name, gate, value };
    let linear = &of_two[0];
    let controls = vec![
        control("untrained", ANGLE_2, angle(&untrained)),
        control("untrained", GAP_2, gap(&untrained)),
        control("after 20 steps", ANGLE_8, angle(&early)),
        control("after 20 steps", GAP_8, gap(&early)),
        control(
            "two dimensions beside eight",
            GAP_8,
            (figure(linear, "loss") / figure(&of_eight[0], "loss_reference") - 1.0).abs(),
        ),
        control("the linear one", BELOW, below(linear)),
        control("two dimensions, which digits fill", HOLES, figure(&of_deep[0], "holes")),
        control("two dimensions, which digits fill", STRANGE, strange(&of_deep[0])),
    ];
    Ok(Evaluation { id: CARD.id, gates, controls })
}
