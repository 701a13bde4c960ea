//! The gates of the generative adversarial network in the plane.

use super::{Control, Evaluation, Gate, Host, Measured, Trial};
use crate::data::Toy;
use crate::metrics::modes::coverage;
use crate::{Error, gan2d};
use alloc::vec;
use alloc::vec::Vec;
use tilde_graph::rng::Stream;

/// The card's recipe: 3,000 steps of 256 on the ring of eight Gaussians, averaged weights.
pub(super) async fn gates(host: &dyn Host, seeds: &[u64]) -> Result<Evaluation, Error> {
    const MODES: Gate = Gate::at_least("modes", 8.0).for_every_seed();
    const HIGH_QUALITY: Gate = Gate::at_least("high_quality", 0.85);
    const MODE_KL: Gate = Gate::at_most("mode_kl", 0.05);
    const SAMPLES: usize = 2500;
    let card = &gan2d::CARD;
    let recipe = Trial { card, settings: &[], steps: 3000 };
    let figures = recipe.run_all(host, seeds).await?;
    let gates = [MODES, HIGH_QUALITY, MODE_KL].map(|gate| Measured::new(gate, &figures)).to_vec();

    let untrained = Trial { steps: 0, ..recipe }.run(host, 1).await?;
    let ring = Toy::EightGaussians;
    let (centres, sigma) = ring.modes().expect("the ring is a mixture");
    let mut stream = Stream::new(1, 0);
    let data = ring.sample(SAMPLES, &mut stream);
    let fitted = fitted_gaussian(&data, &mut stream);
    let one: Vec<f32> = (0..2 * SAMPLES).map(|i| centres[0][i % 2] + sigma * stream.normal()).collect();
    let near = |p: &[f32]| (p[0] - centres[0][0]).abs() < 0.5 && (p[1] - centres[0][1]).abs() < 0.5;
    let seven: Vec<f32> = data.chunks_exact(2).filter(|p| !near(p)).flatten().copied().collect();
    let measure = |samples: &[f32]| coverage(samples, &centres, sigma);
    let controls = vec![
        Control::new("untrained generator", HIGH_QUALITY, &untrained),
        Control {
            name: "one Gaussian fitted to the data",
            gate: HIGH_QUALITY,
            value: measure(&fitted).high_quality,
        },
        Control { name: "copies of one mode", gate: MODE_KL, value: measure(&one).kl },
        Control { name: "seven of the eight modes", gate: MODES, value: measure(&seven).modes as f64 },
        Control { name: "seven of the eight modes", gate: MODE_KL, value: measure(&seven).kl },
    ];
    Ok(Evaluation { id: card.id, gates, controls })
}

/// As many points as there are, from the Gaussian with the mean and the variances of these,
/// `[N, 2]`. (The ring's covariance is 0.)
pub(super) fn fitted_gaussian(points: &[f32], stream: &mut Stream) -> Vec<f32> {
    let n = (points.len() / 2) as f32;
    let axis = |a: usize| points.iter().skip(a).step_by(2).copied();
    let mean = [0, 1].map(|a| axis(a).sum::<f32>() / n);
    let sigma = [0, 1].map(|a| libm::sqrtf(axis(a).map(|x| (x - mean[a]) * (x - mean[a])).sum::<f32>() / n));
    (0..points.len()).map(|i| mean[i % 2] + sigma[i % 2] * stream.normal()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fitted_gaussian_has_the_moments_of_the_data() {
        let mut stream = Stream::new(1, 0);
        let data = Toy::EightGaussians.sample(20_000, &mut stream);
        let made = fitted_gaussian(&data, &mut stream);
        let second = |points: &[f32]| points.iter().map(|x| x * x).sum::<f32>() / points.len() as f32;
        assert!((second(&made) - second(&data)).abs() < 0.05);
    }
}
