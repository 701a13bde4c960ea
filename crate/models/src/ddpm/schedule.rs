//! How much of the signal is left at each time.
//!
//! Noising takes an image or a point x₀ to x_t = α_t·x₀ + σ_t·ε with ε ~ N(0, I) and
//! α_t² + σ_t² = 1. J. Ho, A. Jain, P. Abbeel, "Denoising diffusion probabilistic models", NeurIPS
//! 2020, write ᾱ_t for α_t² and build it as a product of 1 − β_t.

pub use crate::data::exact::Level;
use alloc::vec::Vec;
use core::f64::consts::FRAC_PI_2;
use tilde_graph::angle;

/// The largest share of the variance that one step may replace.
const BETA_MAX: f64 = 0.999;

/// The variances of T noising steps, and what they come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    levels: Vec<Level>,
}

impl Schedule {
    /// The schedule in which step t replaces the share `betas[t]` of the variance.
    pub fn from_betas(betas: impl IntoIterator<Item = f64>) -> Schedule {
        let mut alpha_bar = 1.0;
        let level = |beta: f64| {
            alpha_bar *= 1.0 - beta.min(BETA_MAX);
            Level::from_alpha_bar(alpha_bar)
        };
        Schedule { levels: betas.into_iter().map(level).collect() }
    }

    /// β from 10⁻⁴ to 0.02 in equal steps, for T = 1000; for fewer steps each is larger in
    /// proportion, so that as much noise is added in all.
    pub fn linear(steps: usize) -> Schedule {
        let (first, last) = (1e-4, 0.02);
        let scale = 1000.0 / steps as f64;
        let beta = |t: usize| scale * (first + (last - first) * t as f64 / (steps.max(2) - 1) as f64);
        Schedule::from_betas((0..steps).map(beta))
    }

    /// ᾱ along a squared cosine (A. Nichol, P. Dhariwal, "Improved denoising diffusion
    /// probabilistic models", ICML 2021).
    pub fn cosine(steps: usize) -> Schedule {
        let root = |t: usize| angle::cos_quarter((t as f64 / steps as f64 + 0.008) / 1.008 * FRAC_PI_2);
        let kept = |t: usize| root(t + 1) / root(t);
        let beta = |t: usize| 1.0 - kept(t) * kept(t);
        Schedule::from_betas((0..steps).map(beta))
    }

    /// The level after each step; time t = 0 has had one.
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// The times that a sampler of `count` steps visits, from the last one down; then comes clean
    /// data. They divide the way evenly and always begin at the last time, where only noise is
    /// left (S. Lin et al., "Common diffusion noise schedules and sample steps are flawed", WACV
    /// 2024).
    pub fn visited(&self, count: usize) -> Vec<usize> {
        let all = self.levels.len();
        let count = count.clamp(1, all);
        let time = |i: usize| libm::rint((i * all) as f64 / count as f64) as usize - 1;
        (1..=count).rev().map(time).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(schedule: &Schedule, t: usize, alpha_bar: f64, tolerance: f64) {
        let got = schedule.levels()[t].alpha_bar();
        assert!((got - alpha_bar).abs() < tolerance, "ᾱ of {t} is {got}, not {alpha_bar}");
    }

    /// Constants computed with the diffusers library.
    #[test]
    fn levels_are_those_of_the_literature() {
        let linear = Schedule::linear(1000);
        for (t, alpha_bar) in [(0, 0.9999), (99, 0.897_018), (499, 0.078_587)] {
            close(&linear, t, alpha_bar, 1e-6);
        }
        close(&linear, 999, 4.0358e-5, 1e-9);
        let cosine = Schedule::cosine(1000);
        for (t, alpha_bar) in [(0, 0.999_959), (99, 0.972_093), (499, 0.493_843)] {
            close(&cosine, t, alpha_bar, 1e-6);
        }
        close(&Schedule::cosine(100), 99, 2.4286e-7, 1e-11);
        // Linear between the roots of the ends.
        let root = |t: usize| 0.00085f64.sqrt() + (0.012f64.sqrt() - 0.00085f64.sqrt()) * t as f64 / 999.0;
        let scaled = Schedule::from_betas((0..1000).map(|t| root(t) * root(t)));
        for (t, alpha_bar) in [(0, 0.99915), (99, 0.895_462), (499, 0.277_669), (999, 0.00466)] {
            close(&scaled, t, alpha_bar, 1e-6);
        }
        let last = scaled.levels()[999];
        assert!((last.sigma / last.alpha - 14.6146).abs() < 1e-4);
    }

    #[test]
    fn fewer_steps_end_as_noisy() {
        for steps in [10, 50, 100, 200] {
            for schedule in [Schedule::linear(steps), Schedule::cosine(steps)] {
                let levels = schedule.levels();
                assert!(levels.windows(2).all(|w| w[1].alpha < w[0].alpha));
                assert!(levels[steps - 1].alpha_bar() < 1e-4, "{steps}: {:?}", levels[steps - 1]);
            }
        }
    }

    #[test]
    fn a_sampler_visits_evenly_spread_times_from_the_last() {
        let schedule = Schedule::cosine(100);
        assert_eq!(schedule.visited(5), [99, 79, 59, 39, 19]);
        assert_eq!(schedule.visited(1), [99]);
        assert_eq!(schedule.visited(100), (0..100).rev().collect::<Vec<_>>());
        assert_eq!(schedule.visited(1000).len(), 100);
        for count in 1..=100 {
            let visited = schedule.visited(count);
            assert_eq!((visited.len(), visited[0]), (count, 99));
            assert!(visited.windows(2).all(|w| w[1] < w[0]));
        }
    }
}
