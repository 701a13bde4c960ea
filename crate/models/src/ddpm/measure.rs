//! How good the predictions are: beside the exact ones where those are known, and as a bound on the
//! likelihood.

use super::sampler::Target;
use super::schedule::{Level, Schedule};
use crate::metrics::score::{Agreement, agreement};
use crate::prelude::*;
use core::f64::consts::PI;

/// Noised rows, of which the clean ones and the noise are known. N rows of D numbers.
pub struct Probes {
    dims: usize,
    /// `[N, D]`
    clean: Vec<f32>,
    /// `[N, D]`
    noise: Vec<f32>,
    /// `[N, D]`, what the network is given.
    pub noised: Vec<f32>,
    /// `[N]`, the time of each row: all times, evenly.
    pub times: Vec<usize>,
}

/// A prediction of one number: as the target, as noise, and as clean data.
struct Prediction {
    target: f64,
    noise: f64,
    clean: f64,
}

/// How good predictions are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// Mean squared error of the target.
    pub loss: f64,
    /// The predicted noise beside that of the exact denoiser.
    pub noise: Agreement,
    /// Bound on the negative log-likelihood of a row, in nats.
    pub bound: f64,
}

/// Estimates of how good the network's answers are, from few probes with the exact ones beside them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// ‖predicted noise − exact‖/‖exact‖.
    pub error: Estimate,
    /// By how much the bound is above that of the exact answers, in nats a row.
    pub excess: Estimate,
}

impl Probes {
    /// Clean rows `[N, dims]`, noised.
    pub fn new(clean: Vec<f32>, dims: usize, schedule: &Schedule, stream: &mut Stream) -> Probes {
        let (n, all) = (clean.len() / dims, schedule.levels().len());
        let noise: Vec<f32> = clean.iter().map(|_| stream.normal()).collect();
        let times: Vec<usize> = (0..n).map(|i| (2 * i + 1) * all / (2 * n)).collect();
        let mut probes = Probes { dims, clean, noise, noised: vec![0.0; n * dims], times };
        for i in 0..n * dims {
            // x_t = α·x₀ + σ·ε
            let at = probes.level(schedule, i);
            probes.noised[i] = at.alpha as f32 * probes.clean[i] + at.sigma as f32 * probes.noise[i];
        }
        probes
    }

    /// Mean square of the clean rows.
    pub fn mean_square(&self) -> f64 {
        mean_square(&self.clean)
    }

    fn level(&self, schedule: &Schedule, i: usize) -> Level {
        schedule.levels()[self.times[i / self.dims]]
    }

    /// The target at number `i`.
    fn target(&self, target: Target, at: Level, i: usize) -> f64 {
        let [noise, clean] = target.of(at);
        noise * f64::from(self.noise[i]) + clean * f64::from(self.clean[i])
    }

    /// What the exact denoiser predicts, `[N, D]`.
    pub fn exact(&self, plane: &Plane, schedule: &Schedule, target: Target) -> Vec<f32> {
        let predict = |(i, x): (usize, &[f32])| {
            let at = schedule.levels()[self.times[i]];
            let clean = plane.clean([x[0], x[1]], at);
            let [of_noise, of_clean] = target.of(at);
            [0, 1].map(|a| {
                let noise = (f64::from(x[a]) - at.alpha * clean[a]) / at.sigma;
                (of_noise * noise + of_clean * clean[a]) as f32
            })
        };
        self.noised.chunks_exact(2).enumerate().flat_map(predict).collect()
    }

    fn prediction(&self, schedule: &Schedule, target: Target, answers: &[f32], i: usize) -> Prediction {
        let at = self.level(schedule, i);
        let x = f64::from(self.noised[i]);
        let [present, answer] = target.clean(at);
        let clean = present * x + answer * f64::from(answers[i]);
        Prediction { target: f64::from(answers[i]), noise: (x - at.alpha * clean) / at.sigma, clean }
    }

    /// Mean squared errors `[bins]` of the target, the times divided into equal parts.
    pub fn losses(&self, schedule: &Schedule, target: Target, answers: &[f32], bins: usize) -> Vec<f64> {
        let mut sums = vec![(0.0, 0usize); bins];
        for (i, &answer) in answers.iter().enumerate() {
            let bin = &mut sums[self.times[i / self.dims] * bins / schedule.levels().len()];
            let off = f64::from(answer) - self.target(target, self.level(schedule, i), i);
            *bin = (bin.0 + off * off, bin.1 + 1);
        }
        sums.iter().map(|&(sum, count)| sum / count.max(1) as f64).collect()
    }

    /// What number `i` adds to the bound, as the mean over all times: KL of the true step back, where x₀ is known,
    /// from the model's.
    fn term(&self, schedule: &Schedule, clean: f64, i: usize) -> f64 {
        let at = self.level(schedule, i);
        let off = f64::from(self.clean[i]) - clean;
        let term = match self.times[i / self.dims] {
            // −log N(x₀; x̂₀, σ²/α²)
            0 => 0.5 * (off * off / variance(at) + libm::log(2.0 * PI * variance(at))),
            // ½(SNR(t−1) − SNR(t))·(x₀ − x̂₀)²
            t => 0.5 * (schedule.levels()[t - 1].signal_to_noise() - at.signal_to_noise()) * off * off,
        };
        // Each time has as many rows as any other.
        term * schedule.levels().len() as f64
    }

    /// How good `answers` `[N, D]` are, beside the `exact` ones; those may be the same.
    pub fn quality(&self, schedule: &Schedule, target: Target, answers: &[f32], exact: &[f32]) -> Quality {
        let (mut loss, mut bound) = (0.0, 0.0);
        let of = |answers, i| self.prediction(schedule, target, answers, i);
        for i in 0..answers.len() {
            let got = of(answers, i);
            let off = got.target - self.target(target, self.level(schedule, i), i);
            loss += off * off;
            bound += self.term(schedule, got.clean, i);
        }
        let count = answers.len() as f64;
        Quality {
            loss: loss / count,
            noise: agreement((0..answers.len()).map(|i| (of(answers, i).noise, of(exact, i).noise))),
            bound: bound / count * self.dims as f64,
        }
    }

    /// The bound of answers, with its error.
    pub fn bound(&self, schedule: &Schedule, target: Target, answers: &[f32]) -> Estimate {
        let clean = |i| self.prediction(schedule, target, answers, i).clean;
        let row =
            |row| (row * self.dims..(row + 1) * self.dims).map(|i| self.term(schedule, clean(i), i)).sum();
        let rows: Vec<f64> = (0..self.times.len()).map(row).collect();
        Estimate::in_order(rows.into_iter())
    }

    /// The same of the network, with errors. What the exact answers have in common with it is no error of it.
    pub fn judged(&self, schedule: &Schedule, target: Target, answers: &[f32], exact: &[f32]) -> Judged {
        let rows: Vec<[f64; 3]> = (0..self.times.len())
            .map(|row| {
                let mut sums = [0.0; 3];
                for i in row * self.dims..(row + 1) * self.dims {
                    let [got, best] =
                        [answers, exact].map(|answers| self.prediction(schedule, target, answers, i));
                    sums[0] += (got.noise - best.noise) * (got.noise - best.noise);
                    sums[1] += best.noise * best.noise;
                    sums[2] += self.term(schedule, got.clean, i) - self.term(schedule, best.clean, i);
                }
                sums
            })
            .collect();
        let square = Estimate::ratio(rows.iter().map(|r| (r[0], r[1])));
        let error = tilde_graph::real::sqrt(square.mean);
        Judged {
            error: square.through(error, 0.5 / error.max(1e-30)),
            excess: Estimate::in_order(rows.iter().map(|r| r[2])),
        }
    }
}

/// σ²/α²
fn variance(at: Level) -> f64 {
    1.0 / at.signal_to_noise()
}

/// An estimate from few probes with the exact denoiser as control variate: `measured` and `exact_here` are
/// of the same few probes and have most of their noise in common, `exact` is of many.
pub fn control_variate(measured: f64, exact_here: f64, exact: f64) -> f64 {
    exact + (measured - exact_here)
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

    fn plane() -> Plane {
        Plane::new("eight-gaussians", &Sources::default(), 1, true).unwrap().expect("points")
    }

    fn probes(plane: &Plane, schedule: &Schedule, n: usize) -> Probes {
        let mut stream = Stream::new(1, 0x9E57);
        Probes::new(plane.fresh(n, &mut stream), 2, schedule, &mut stream)
    }

    #[test]
    fn the_exact_answers_have_no_error_and_the_least_loss() {
        let (plane, schedule) = (plane(), Schedule::cosine(100));
        let probes = probes(&plane, &schedule, 2000);
        for target in [Target::Noise, Target::Velocity, Target::Clean] {
            let exact = probes.exact(&plane, &schedule, target);
            let of = |answers: &[f32]| probes.quality(&schedule, target, answers, &exact);
            let best = of(&exact);
            assert!(best.noise.error < 1e-6 && best.noise.cosine > 0.999_999, "{target:?}: {best:?}");
            let nothing = of(&vec![0.0; exact.len()]);
            assert!(nothing.loss > best.loss && nothing.noise.error > 0.3, "{target:?}: {nothing:?}");
            let off = of(&exact.iter().map(|x| x + 0.1).collect::<Vec<f32>>());
            assert!(off.loss > best.loss && off.noise.error > best.noise.error && off.bound > best.bound);
            let bins = probes.losses(&schedule, target, &exact, 10);
            assert!((bins.iter().sum::<f64>() / 10.0 - best.loss).abs() < 1e-5);
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
        let plane = plane();
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
            let probes = probes(&plane, &schedule, 600_000);
            let answers = probes.exact(&plane, &schedule, Target::Clean);
            let bound = probes.quality(&schedule, Target::Clean, &answers, &answers).bound;
            let least = entropy + 2.0 * (lost + first);
            assert!((bound - least).abs() < 0.15, "{steps} steps: {bound}, not about {least}");
            assert!(bound > entropy, "{bound}");
        }
    }

    /// On other probes the estimate with the control variate varies less than the one without.
    #[test]
    fn the_control_variate_takes_noise_away() {
        let (plane, schedule, target) = (plane(), Schedule::cosine(50), Target::Velocity);
        let mut spread = [0.0f64; 2];
        let mut first = None;
        let mut stream = Stream::new(1, 0x9E57);
        for _ in 0..8 {
            let probes = Probes::new(plane.fresh(512, &mut stream), 2, &schedule, &mut stream);
            let exact = probes.exact(&plane, &schedule, target);
            let shrunk: Vec<f32> = exact.iter().map(|x| 0.9 * x).collect();
            let [got, here] =
                [&shrunk, &exact].map(|answers| probes.quality(&schedule, target, answers, &exact).loss);
            let estimates = [got, control_variate(got, here, 0.0)];
            let first = first.get_or_insert(estimates);
            for (spread, (estimate, first)) in spread.iter_mut().zip(estimates.iter().zip(first)) {
                *spread += (estimate - *first).abs();
            }
        }
        assert!(spread[1] < 0.5 * spread[0], "{spread:?}");
    }

    /// The published figure for 1,000 linear steps.
    #[test]
    fn the_prior_is_reached() {
        assert!((prior_kl(&Schedule::linear(1000), 1.0) - 2.018e-5).abs() < 1e-8);
        assert!(prior_kl(&Schedule::cosine(100), 1.0) < 2e-7);
    }
}
