//! The gates of the denoising autoencoder.

use super::gan2d::fitted_gaussian;
use super::*;
use crate::data::Toy;
use crate::denoising::CARD;
use crate::metrics::energy_distance::energy_distance;
use alloc::vec;
use tilde_graph::rng::Stream;

/// 2,000 steps on the ring of eight Gaussians with σ = 0.3: the arrows beside the exact score, and the
/// samples of the chain beside the data. And the noise that is left in held-out digits.
pub(super) async fn gates(host: &dyn Host, seeds: &[u64]) -> Result<Evaluation, Error> {
    const ERROR: Gate = Gate::at_most("score_error", 0.20);
    const COSINE: Gate = Gate::at_least("score_cosine", 0.98);
    const DISTANCE: Gate = Gate::at_most("energy_distance", 0.02);
    const LEFT: Gate = Gate::at_most("noise_left", 0.25);
    let recipe = Trial { card: &CARD, settings: &[], steps: 2000 };
    let (mut figures, mut moved) = (Vec::new(), Vec::new());
    for &seed in seeds {
        let mut run = recipe.trained(host, seed).await?;
        figures.push(run.evaluate().await?);
        if moved.is_empty() {
            // The same network, asked about more noise than it has seen.
            run.set("sigma", Value::Number(0.9))?;
            moved.push(run.evaluate().await?);
        }
    }
    let images = Trial { card: &CARD, settings: &[("data", "digits8"), ("sigma", "0.4")], steps: 2000 };
    let mut gates: Vec<Measured> =
        [ERROR, COSINE, DISTANCE].map(|gate| Measured::new(gate, &figures)).to_vec();
    gates.push(Measured::new(LEFT, &images.run_all(host, seeds).await?));

    let untrained = Trial { steps: 0, ..recipe }.run(host, 1).await?;
    let wide = [("sigma", "1"), ("reconstruct", "mean")];
    let means = Trial { settings: &wide, ..recipe }.run(host, 1).await?;
    let blank = Trial { steps: 0, ..images }.run(host, 1).await?;
    let mut stream = Stream::new(1, 0);
    let ring = Toy::EightGaussians.sample(2000, &mut stream);
    let fitted = fitted_gaussian(&ring, &mut stream);
    let data = Toy::EightGaussians.sample(2000, &mut stream);
    let seven: Vec<f32> = ring.chunks_exact(2).filter(|p| p[0] < 1.8).flatten().copied().collect();
    let distance =
        |name, points: &[f32]| Control { name, gate: DISTANCE, value: energy_distance(points, &data, 2) };
    let mut controls = vec![
        Control::new("untrained", ERROR, &untrained),
        Control::new("untrained", COSINE, &untrained),
        Control::new("untrained", DISTANCE, &untrained),
        Control::new("a chain of means with much noise", DISTANCE, &means),
        Control::new("untrained, digits", LEFT, &blank),
        distance("one Gaussian fitted to the data", &fitted),
        distance("seven of the eight modes", &seven),
    ];
    controls.extend(moved.iter().map(|run| Control::new("trained with a third of the noise", ERROR, run)));
    Ok(Evaluation { id: CARD.id, gates, controls })
}
