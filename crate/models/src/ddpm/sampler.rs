//! From noise back to data, in any number of steps.
//!
//! Both samplers are of one form. With the network's estimate x̂₀ of the clean data,
//!
//! > x′ = a·x̂₀ + b·x + c·z,  z ~ N(0, I),
//!
//! where the numbers a, b, c depend on the two times only. So a sampler is a table that the host
//! writes, and its steps, its noise and its variance change without compiling anything.

use super::schedule::{Level, Schedule};
use crate::prelude::*;

/// How a step back is taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sampler {
    /// Ancestral (Ho et al. 2020): a draw from the posterior of the step, whose variance is the
    /// exact one for known x₀, β̃ ("fixed small").
    Small,
    /// The same with the variance β of the forward step ("fixed large"), which is exact for data
    /// of variance 1.
    Large,
    /// J. Song, C. Meng, S. Ermon, "Denoising diffusion implicit models", ICLR 2021. The number η
    /// scales the fresh noise: 0 is deterministic, 1 is the same as `Small`.
    Implicit(f64),
}

/// The coefficients of one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Of the estimate x̂₀.
    pub clean: f64,
    /// Of the present x.
    pub present: f64,
    /// Of fresh noise.
    pub noise: f64,
}

impl Sampler {
    /// The step from one level to a less noisy one.
    pub fn step(self, from: Level, to: Level) -> Step {
        // 1 − ᾱ_from/ᾱ_to: the share of variance that noising replaces on this way.
        let beta = 1.0 - from.alpha_bar() / to.alpha_bar();
        let ratio = to.sigma / from.sigma;
        let posterior = tilde_graph::real::sqrt(beta) * ratio;
        let (kept, noise) = match self {
            Sampler::Small => (posterior, posterior),
            // The last step adds none: there is no variance left to draw from.
            Sampler::Large if to.sigma > 0.0 => (posterior, tilde_graph::real::sqrt(beta)),
            Sampler::Large => (posterior, 0.0),
            Sampler::Implicit(eta) => (eta * posterior, eta * posterior),
        };
        // x′ = α′·x̂₀ + √(σ′² − kept²)·ε̂, with ε̂ = (x − α·x̂₀)/σ.
        let direction = tilde_graph::real::sqrt((to.sigma * to.sigma - kept * kept).max(0.0)) / from.sigma;
        Step { clean: to.alpha - direction * from.alpha, present: direction, noise }
    }

    /// All steps through these times, the last of them to clean data.
    pub fn steps(self, schedule: &Schedule, visited: &[usize]) -> Vec<Step> {
        let level = |t: &usize| schedule.levels()[*t];
        let next = visited.iter().skip(1).map(level).chain([Level::CLEAN]);
        visited.iter().map(level).zip(next).map(|(from, to)| self.step(from, to)).collect()
    }
}

choices! {
    /// What the network predicts.
    pub enum Target {
        /// v = α·ε − σ·x₀ (T. Salimans, J. Ho, "Progressive distillation for fast sampling of
        /// diffusion models", ICLR 2022): well defined at both ends.
        "velocity" => Velocity,
        /// The noise ε (Ho et al. 2020).
        "noise" => Noise,
        /// x₀ itself.
        "clean" => Clean,
    }
}

impl Target {
    /// Coefficients of ε and of x₀ in the target.
    pub fn of(self, at: Level) -> [f64; 2] {
        match self {
            Target::Noise => [1.0, 0.0],
            Target::Velocity => [at.alpha, -at.sigma],
            Target::Clean => [0.0, 1.0],
        }
    }

    /// Coefficients of x and of the network's answer in the estimate x̂₀.
    pub fn clean(self, at: Level) -> [f64; 2] {
        match self {
            // (x − σ·ε̂)/α
            Target::Noise => [1.0 / at.alpha, -at.sigma / at.alpha],
            // α·x − σ·v̂
            Target::Velocity => [at.alpha, -at.sigma],
            Target::Clean => [0.0, 1.0],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::f64::consts::FRAC_PI_2;

    /// Variance of the samples where data are N(0, ¼) and the denoiser is exact: it is linear,
    /// x̂₀ = αs²/(α²s² + σ²)·x, so a step is a line and a variance.
    fn final_variance(sampler: Sampler, levels: &[Level], data: f64) -> f64 {
        let next = levels.iter().skip(1).copied().chain([Level::CLEAN]);
        levels.iter().zip(next).fold(1.0, |var, (&from, to)| {
            let Step { clean, present, noise } = sampler.step(from, to);
            let k = from.alpha * data / (from.alpha_bar() * data + from.sigma * from.sigma);
            (clean * k + present) * (clean * k + present) * var + noise * noise
        })
    }

    /// α = cos(πt/2), σ = sin(πt/2), t from 1 down in equal steps.
    fn cosine_path(steps: usize) -> Vec<Level> {
        let angle = |i: usize| FRAC_PI_2 * i as f64 / steps as f64;
        (1..=steps).rev().map(|i| Level { alpha: angle(i).cos(), sigma: angle(i).sin() }).collect()
    }

    #[test]
    fn exact_denoiser_and_ddim_give_the_closed_forms() {
        let known = [
            (2, 0.04),
            (5, 0.132_270_57),
            (10, 0.183_215_54),
            (20, 0.214_209_6),
            (50, 0.235_040_34),
            (100, 0.242_406_5),
            (1000, 0.249_230_12),
        ];
        for (steps, variance) in known {
            let got = final_variance(Sampler::Implicit(0.0), &cosine_path(steps), 0.25);
            assert!((got - variance).abs() < 1e-8, "{steps} steps: {got}, not {variance}");
        }
    }

    #[test]
    fn exact_denoiser_and_ancestral_sampling_give_the_closed_forms() {
        let schedule = Schedule::linear(1000);
        let levels: Vec<Level> = schedule.levels().iter().rev().copied().collect();
        for (sampler, variance) in [(Sampler::Small, 0.246_125_211_4), (Sampler::Large, 0.250_752_075_0)] {
            let got = final_variance(sampler, &levels, 0.25);
            assert!((got - variance).abs() < 1e-6, "{sampler:?}: {got}, not {variance}");
        }
    }

    #[test]
    fn eta_one_is_ancestral() {
        let schedule = Schedule::cosine(100);
        for count in [1, 7, 50, 100] {
            let visited = schedule.visited(count);
            let (a, b) = (Sampler::Implicit(1.0), Sampler::Small);
            assert_eq!(a.steps(&schedule, &visited), b.steps(&schedule, &visited));
        }
    }

    /// With the true x₀ in place of its estimate, every sampler keeps the level's marginal.
    #[test]
    fn steps_keep_the_marginals() {
        let schedule = Schedule::linear(50);
        for sampler in [Sampler::Small, Sampler::Implicit(0.0), Sampler::Implicit(0.5)] {
            for (from, to) in [(49, 40), (20, 0), (5, 4)] {
                let (from, to) = (schedule.levels()[from], schedule.levels()[to]);
                let step = sampler.step(from, to);
                assert!((step.clean + step.present * from.alpha - to.alpha).abs() < 1e-12);
                let noise = step.present * step.present * from.sigma * from.sigma + step.noise * step.noise;
                assert!((noise - to.sigma * to.sigma).abs() < 1e-12);
            }
            let last = sampler.step(schedule.levels()[0], Level::CLEAN);
            assert_eq!(last, Step { clean: 1.0, present: 0.0, noise: 0.0 });
        }
    }

    /// One step at t = 500 of the linear schedule, computed with the diffusers library.
    #[test]
    fn one_step_is_that_of_the_library() {
        let schedule = Schedule::linear(1000);
        let x = [1.0, -2.0, 0.5, 0.25];
        let answer = [0.1, 0.2, -0.3, 0.4];
        let (from, to) = (schedule.levels()[500], schedule.levels()[499]);
        let near = |got: f64, known: f64| assert!((got - known).abs() < 2e-6, "{got}, not {known}");
        let clean = |target: Target| {
            let [p, q] = target.clean(from);
            [0, 1, 2, 3].map(|i| p * x[i] + q * answer[i])
        };
        let x0 = clean(Target::Noise);
        for (got, known) in x0.iter().zip([3.240_954, -7.859_096, 2.825_516, -0.480_874]) {
            near(*got, known);
        }
        for (got, known) in clean(Target::Velocity).iter().zip([0.182_889, -0.749_904, 0.427_555, -0.314_396])
        {
            near(*got, known);
        }
        let step = Sampler::Small.step(from, to);
        near(step.clean, 0.003_058_057_057_6);
        near(step.present, 0.994_104_354_794);
        near(step.noise * step.noise, 0.010_051_335_8);
        let large = Sampler::Large.step(from, to);
        near(large.noise * large.noise, 0.010_059_959_3);
        for i in 0..4 {
            near(step.clean * x0[i] + step.present * x[i], [1.004_015, -2.012_242, 0.505_693, 0.247_056][i]);
        }
        let ddim = Sampler::Implicit(0.0).step(from, schedule.levels()[480]);
        for i in 0..4 {
            near(ddim.clean * x0[i] + ddim.present * x[i], [1.093_377, -2.230_385, 0.584_865, 0.232_441][i]);
        }
    }
}
