//! How good the answers are: beside the exact ones where those are known, and as a bound on the
//! likelihood.

use super::domain::Domain;
use super::sampler::Target;
use super::schedule::{Level, Schedule};
use crate::data::Plane;
use alloc::vec;
use alloc::vec::Vec;
use core::f64::consts::PI;
use tilde_graph::rng::Stream;

/// Noised rows, of which the clean ones and the noise are known.
pub struct Questions {
    dims: usize,
    /// `[N, D]`
    clean: Vec<f32>,
    /// `[N, D]`
    noise: Vec<f32>,
    /// `[N, D]`, what the network sees.
    pub noised: Vec<f32>,
    /// `[N]`, the time of each row: all times, evenly.
    pub times: Vec<usize>,
}

/// One answer to one number of a question, in the target and as noise.
struct Pair {
    target: f64,
    noise: f64,
    clean: f64,
}

/// What answers are worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worth {
    /// Mean squared error of the target.
    pub loss: f64,
    /// ‖ε̂ − ε*‖/‖ε*‖, where ε* is the exact denoiser's.
    pub error: f64,
    /// ⟨ε̂, ε*⟩/‖ε̂‖‖ε*‖.
    pub cosine: f64,
    /// Bound on the negative log-likelihood of a row, in nats.
    pub bound: f64,
}

impl Questions {
    /// `n` rows of the data, noised.
    pub fn new(domain: &Domain, schedule: &Schedule, n: usize, seed: u64) -> Questions {
        let dims = domain.dims();
        let mut stream = Stream::new(seed, 0x9E57);
        let clean = domain.rows(n, &mut stream);
        let noise: Vec<f32> = (0..n * dims).map(|_| stream.normal()).collect();
        let all = schedule.levels().len();
        let times: Vec<usize> = (0..n).map(|i| (2 * i + 1) * all / (2 * n)).collect();
        let mut questions = Questions { dims, clean, noise, noised: vec![0.0; n * dims], times };
        for i in 0..n * dims {
            let at = schedule.levels()[questions.times[i / dims]];
            questions.noised[i] = at.alpha as f32 * questions.clean[i] + at.sigma as f32 * questions.noise[i];
        }
        questions
    }

    /// Mean square of the clean rows.
    pub fn mean_square(&self) -> f64 {
        self.clean.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>() / self.clean.len() as f64
    }

    fn level(&self, schedule: &Schedule, i: usize) -> Level {
        schedule.levels()[self.times[i / self.dims]]
    }

    /// The target at number `i`.
    fn target(&self, target: Target, at: Level, i: usize) -> f64 {
        let [noise, clean] = target.of(at);
        noise * f64::from(self.noise[i]) + clean * f64::from(self.clean[i])
    }

    /// What the exact denoiser answers, `[N, D]`.
    pub fn exact(&self, plane: &Plane, schedule: &Schedule, target: Target) -> Vec<f32> {
        let answer = |(i, x): (usize, &[f32])| {
            let at = schedule.levels()[self.times[i]];
            let clean = plane.clean([x[0], x[1]], at);
            let [of_noise, of_clean] = target.of(at);
            [0, 1].map(|a| {
                let noise = (f64::from(x[a]) - at.alpha * clean[a]) / at.sigma;
                (of_noise * noise + of_clean * clean[a]) as f32
            })
        };
        self.noised.chunks_exact(2).enumerate().flat_map(answer).collect()
    }

    fn pair(&self, schedule: &Schedule, target: Target, answers: &[f32], i: usize) -> Pair {
        let at = self.level(schedule, i);
        let x = f64::from(self.noised[i]);
        let [present, answer] = target.clean(at);
        let clean = present * x + answer * f64::from(answers[i]);
        Pair { target: f64::from(answers[i]), noise: (x - at.alpha * clean) / at.sigma, clean }
    }

    /// Mean squared errors `[bins]` of the target, the times divided into equal parts.
    pub fn losses(&self, schedule: &Schedule, target: Target, answers: &[f32], bins: usize) -> Vec<f32> {
        let mut sums = vec![(0.0, 0usize); bins];
        for (i, &answer) in answers.iter().enumerate() {
            let bin = &mut sums[self.times[i / self.dims] * bins / schedule.levels().len()];
            let off = f64::from(answer) - self.target(target, self.level(schedule, i), i);
            *bin = (bin.0 + off * off, bin.1 + 1);
        }
        sums.iter().map(|&(sum, count)| (sum / count.max(1) as f64) as f32).collect()
    }

    /// What `answers` are worth beside the `exact` ones; those may be the same.
    pub fn worth(&self, schedule: &Schedule, target: Target, answers: &[f32], exact: &[f32]) -> Worth {
        let (mut loss, mut off, mut norms, mut inner, mut bound) = (0.0, 0.0, [0.0; 2], 0.0, 0.0);
        for i in 0..answers.len() {
            let at = self.level(schedule, i);
            let got = self.pair(schedule, target, answers, i);
            let known = self.pair(schedule, target, exact, i);
            let miss = got.target - self.target(target, at, i);
            loss += miss * miss;
            off += (got.noise - known.noise) * (got.noise - known.noise);
            inner += got.noise * known.noise;
            norms = [norms[0] + got.noise * got.noise, norms[1] + known.noise * known.noise];
            // A term for each time: KL of the true step back, where x₀ is known, from the model's.
            let clean = f64::from(self.clean[i]) - got.clean;
            bound += match self.times[i / self.dims] {
                // −log N(x₀; x̂₀, σ²/α²)
                0 => 0.5 * (clean * clean / variance(at) + libm::log(2.0 * PI * variance(at))),
                t => {
                    0.5 * (schedule.levels()[t - 1].signal_to_noise() - at.signal_to_noise()) * clean * clean
                }
            };
        }
        let count = answers.len() as f64;
        Worth {
            loss: loss / count,
            error: libm::sqrt(off / norms[1]),
            cosine: inner / libm::sqrt(norms[0] * norms[1]),
            // As many rows for each time.
            bound: bound / count * (self.dims * schedule.levels().len()) as f64,
        }
    }
}

/// σ²/α²
fn variance(at: Level) -> f64 {
    1.0 / at.signal_to_noise()
}

/// KL[q(x_T | x₀) ‖ N(0, I)], in nats for a number, of data with this mean square: what the sampler
/// loses by beginning with pure noise.
pub fn prior_kl(schedule: &Schedule, mean_square: f64) -> f64 {
    let kept = schedule.levels().last().map_or(1.0, |at| at.alpha_bar());
    // −log(1 − kept), also where next to nothing is kept.
    let lost = if kept < 1e-4 { kept + 0.5 * kept * kept } else { -libm::log(1.0 - kept) };
    0.5 * (kept * (mean_square - 1.0) + lost)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exhibit::Sources;

    fn plane() -> Domain {
        Domain::new("eight-gaussians", 1, Sources::default()).unwrap()
    }

    fn exact_worth(schedule: &Schedule, target: Target, n: usize) -> Worth {
        let domain = plane();
        let Domain::Plane(points) = &domain else { panic!("points") };
        let questions = Questions::new(&domain, schedule, n, 1);
        let exact = questions.exact(points, schedule, target);
        questions.worth(schedule, target, &exact, &exact)
    }

    #[test]
    fn the_exact_answers_have_no_error_and_the_least_loss() {
        let (domain, schedule) = (plane(), Schedule::cosine(100));
        let Domain::Plane(points) = &domain else { panic!("points") };
        let questions = Questions::new(&domain, &schedule, 2000, 1);
        for target in [Target::Noise, Target::Velocity, Target::Clean] {
            let exact = questions.exact(points, &schedule, target);
            let best = questions.worth(&schedule, target, &exact, &exact);
            assert!(best.error < 1e-6 && best.cosine > 0.999_999, "{target:?}: {best:?}");
            let zeros = vec![0.0; exact.len()];
            let nothing = questions.worth(&schedule, target, &zeros, &exact);
            assert!(nothing.loss > best.loss && nothing.error > 0.3, "{target:?}: {nothing:?}");
            let shifted: Vec<f32> = exact.iter().map(|x| x + 0.1).collect();
            let off = questions.worth(&schedule, target, &shifted, &exact);
            assert!(off.loss > best.loss && off.error > best.error && off.bound > best.bound);
            let bins = questions.losses(&schedule, target, &exact, 10);
            let mean = bins.iter().map(|&x| f64::from(x)).sum::<f64>() / 10.0;
            assert!((mean - best.loss).abs() < 1e-5);
        }
    }

    /// The bound is never below the entropy. It does not reach it, however many steps there are: the
    /// loss of a step is that of its noisier end, and where little noise is left a step of the cosine
    /// schedule doubles the noise. For one Gaussian of variance s² the excess has a closed form, Σ ½
    /// (SNR(t−1) − SNR(t))/(1/s² + SNR(t)) less its integral, and the modes of the ring are far apart.
    #[test]
    fn the_bound_of_the_exact_denoiser_is_the_entropy_and_what_the_steps_lose() {
        // Of the ring, brought to standard deviation 1, and the variance of a mode there.
        let (entropy, variance) = (-1.76729, 0.05 * 0.05 / 2.0);
        for steps in [100, 1000] {
            let schedule = Schedule::cosine(steps);
            let snr: Vec<f64> = schedule.levels().iter().map(|at| at.signal_to_noise()).collect();
            let exact = |snr: f64| 1.0 / (1.0 / variance + snr);
            // Of one number, while the modes are told apart; there are two numbers.
            let apart = snr.windows(2).filter(|w| w[1] > 40.0);
            let lost: f64 = apart
                .map(|w| 0.5 * ((w[0] - w[1]) * exact(w[1]) - libm::log(exact(w[1]) / exact(w[0]))))
                .sum();
            // What is left at the first level is written down as if the mode were wide.
            let first = 0.5 * (exact(snr[0]) * snr[0] - 1.0 - libm::log(exact(snr[0]) * snr[0]));
            let bound = exact_worth(&schedule, Target::Clean, 600_000).bound;
            let least = entropy + 2.0 * (lost + first);
            assert!((bound - least).abs() < 0.15, "{steps} steps: {bound}, not about {least}");
            assert!(bound > entropy, "{bound}");
        }
    }

    /// The published figure for 1,000 linear steps.
    #[test]
    fn the_prior_is_reached() {
        assert!((prior_kl(&Schedule::linear(1000), 1.0) - 2.018e-5).abs() < 1e-8);
        assert!(prior_kl(&Schedule::cosine(100), 1.0) < 2e-7);
    }
}
