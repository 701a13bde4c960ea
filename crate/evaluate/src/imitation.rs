//! Samples of something simpler than the data: what a figure of samples must not be fooled by.

use crate::figure::Figures;
use tilde_graph::rng::Stream;
use tilde_models::data::Toy;
use tilde_models::metrics::energy_distance::energy_distance;
use tilde_models::metrics::modes::coverage;

/// Points of an imitation: as many as the exhibits measure their own samples by.
const POINTS: usize = 2500;
/// Those of the energy distance, whose cost is quadratic.
const COMPARED: usize = 2000;

/// Samples that a gate must reject.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Imitation {
    /// Points in the plane.
    Points {
        /// What they are.
        what: Points,
        /// What they imitate.
        toy: Toy,
        /// What the exhibit divides coordinates by before it measures energy distances.
        unit: f32,
    },
    /// Images of independent Gaussian pixels about grey.
    Noise,
    /// True strokes, all of one class.
    Ones,
}

/// Points that imitate a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Points {
    /// One Gaussian with the data's mean and variances.
    OneGaussian,
    /// Draws of the first mode alone.
    OneMode,
    /// The data without what is near the first mode.
    AllModesButOne,
}

/// The figures of points, by the functions that measure the exhibits' samples: `energy_distance` to
/// fresh data; `modes`, `high_quality` and `mode_kl` where the data are a mixture.
pub(crate) fn points_figures(what: Points, toy: Toy, unit: f32) -> Figures {
    let mut stream = Stream::new(1, 0);
    let data = toy.sample(POINTS, &mut stream);
    let made = imitated(what, toy, &data, &mut stream);
    let fresh = toy.sample(COMPARED, &mut stream);
    let scaled = |points: &[f32]| -> Vec<f32> { points.iter().map(|x| x / unit).collect() };
    let compared = &made[..made.len().min(2 * COMPARED)];
    let mut all = vec![("energy_distance", energy_distance(&scaled(compared), &scaled(&fresh), 2))];
    if let Some((centres, sigma)) = toy.modes() {
        let found = coverage(&made, &centres, sigma);
        all.extend([
            ("modes", found.modes as f64),
            ("high_quality", found.high_quality),
            ("mode_kl", found.kl),
        ]);
    }
    Figures::new(all)
}

/// The points, `[N, 2]`, for as many of the data.
fn imitated(what: Points, toy: Toy, data: &[f32], stream: &mut Stream) -> Vec<f32> {
    let first = || {
        let (centres, sigma) = toy.modes().expect("only mixtures have modes to leave out");
        (centres[0], sigma)
    };
    match what {
        Points::OneGaussian => fitted_gaussian(data, stream),
        Points::OneMode => {
            let (centre, sigma) = first();
            (0..data.len()).map(|i| centre[i % 2] + sigma * stream.normal()).collect()
        }
        Points::AllModesButOne => {
            let (centre, sigma) = first();
            let near = |p: &[f32]| [0, 1].iter().all(|&a| (p[a] - centre[a]).abs() < 10.0 * sigma);
            data.chunks_exact(2).filter(|p| !near(p)).flatten().copied().collect()
        }
    }
}

/// As many points as there are, from the Gaussian with the mean and the variances of these, `[N, 2]`.
/// (The covariance of the sets that it stands for is 0.)
fn fitted_gaussian(points: &[f32], stream: &mut Stream) -> Vec<f32> {
    let n = (points.len() / 2) as f32;
    let axis = |a: usize| points.iter().skip(a).step_by(2).copied();
    let mean = [0, 1].map(|a| axis(a).sum::<f32>() / n);
    let sigma = [0, 1].map(|a| (axis(a).map(|x| (x - mean[a]) * (x - mean[a])).sum::<f32>() / n).sqrt());
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

    #[test]
    fn imitations_are_what_they_say() {
        let figures = |what| points_figures(what, Toy::EightGaussians, 1.0);
        assert_eq!(figures(Points::OneMode).of("modes"), 1.0);
        assert_eq!(figures(Points::AllModesButOne).of("modes"), 7.0);
        assert!(figures(Points::AllModesButOne).of("high_quality") > 0.98);
        assert!(figures(Points::OneGaussian).of("high_quality") < 0.2);
        assert!(points_figures(Points::OneGaussian, Toy::TwoMoons, 1.0).of("modes").is_nan());
    }
}
