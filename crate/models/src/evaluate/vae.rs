//! The variational autoencoder's gates.

use super::{Control, Evaluation, Figures, Gate, Host, Measured, Trial, figure};
use crate::{Error, vae};
use alloc::vec;

/// Eight latent dimensions on the binary digits for 300 epochs; and the linear autoencoder beside
/// probabilistic PCA, which is its optimum.
pub(super) async fn gates(host: &dyn Host, seeds: &[u64]) -> Result<Evaluation, Error> {
    const ELBO: Gate = Gate::at_least("test_elbo", -19.1);
    const BOUND: Gate = Gate::at_least("test_bound", -17.5);
    const GAP_2: Gate = Gate::at_most("ppca_gap_2", 0.01);
    const GAP_8: Gate = Gate::at_most("ppca_gap_8", 0.02);
    let card = &vae::CARD;
    let deep = Trial { card, settings: &[("data", "digits8-binary"), ("latent", "8")], steps: 2700 };
    let figures = deep.run_all(host, seeds).await?;
    let pca = card.experiments.iter().find(|e| e.id == "pca").map_or(&[][..], |e| e.settings);
    let [two, eight] = ["2", "8"].map(|latent| [pca, &[("latent", latent)]].concat());
    let two = Trial { card, settings: &two, steps: 4000 }.run_all(host, seeds).await?;
    let eight = Trial { card, settings: &eight, steps: 4000 }.run_all(host, seeds).await?;
    let gap = |a: &Figures, exact: &Figures| (figure(a, "loss") - figure(exact, "loss_reference")).abs();
    let gates = vec![
        Measured::new(ELBO, &figures),
        Measured::new(BOUND, &figures),
        Measured::of(GAP_2, &two, |f| gap(f, f)),
        Measured::of(GAP_8, &eight, |f| gap(f, f)),
    ];

    let untrained = Trial { steps: 0, ..deep }.run(host, 1).await?;
    let collapse = [deep.settings, &[("beta", "20"), ("warm_up", "0")]].concat();
    let collapsed = Trial { settings: &collapse, ..deep }.run(host, 1).await?;
    let narrow = two.iter().zip(&eight).next().map_or(f64::NAN, |(two, eight)| gap(two, eight));
    let controls = vec![
        Control::new("untrained", ELBO, &untrained),
        Control::new("untrained", BOUND, &untrained),
        Control::new("collapsed posterior (beta 20)", ELBO, &collapsed),
        Control::new("collapsed posterior (beta 20)", BOUND, &collapsed),
        Control { name: "two dimensions beside PCA with eight", gate: GAP_8, value: narrow },
    ];
    Ok(Evaluation { id: card.id, gates, controls })
}
