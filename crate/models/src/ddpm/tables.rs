//! The tables that a device reads: a row for each time of training, a row for each step of sampling.
//!
//! Everything that depends on the time alone is in them, so that the graphs know neither schedule
//! nor parametrisation nor sampler, and no device has to take the sine of a large number.

use super::sampler::{Sampler, Target};
use super::schedule::Schedule;
use alloc::vec::Vec;
use core::f64::consts::PI;
use tilde_graph::angle;

/// Frequencies of the time features: each gives a sine and a cosine.
const FREQUENCIES: usize = 8;
/// Numbers that tell the network the time.
pub const FEATURES: usize = 2 * FREQUENCIES;
/// Coefficients before the features, in rows of either table.
pub const COEFFICIENTS: usize = 5;
/// Columns of both tables.
pub const COLUMNS: usize = COEFFICIENTS + FEATURES;

/// Sines and cosines of the time in 0..=1, with frequencies from half a turn to thirty radians in
/// equal ratios.
fn features(time: f64) -> impl Iterator<Item = f32> {
    (0..FREQUENCIES).flat_map(move |k| {
        let ratio = k as f64 / (FREQUENCIES - 1) as f64;
        angle::sin_cos((time * PI * libm::exp(ratio * libm::log(30.0 / PI))) as f32)
    })
}

/// The time of step `t` of a schedule, the last being 1.
fn time(schedule: &Schedule, t: usize) -> f64 {
    (t + 1) as f64 / schedule.levels().len() as f64
}

/// `[T, COLUMNS]`: α, σ, the coefficients of ε and x₀ in the target, 0, and the features.
pub fn training(schedule: &Schedule, target: Target) -> Vec<f32> {
    let row = |(t, &at)| {
        let [noise, clean] = target.of(at);
        let coefficients = [at.alpha, at.sigma, noise, clean, 0.0].map(|x| x as f32);
        coefficients.into_iter().chain(features(time(schedule, t)))
    };
    schedule.levels().iter().enumerate().flat_map(row).collect()
}

/// `[steps, COLUMNS]`: the coefficients of x and of the answer in x̂₀, those of x̂₀, x and z in the
/// next x, and the features.
pub fn sampling(schedule: &Schedule, target: Target, sampler: Sampler, count: usize) -> Vec<f32> {
    let visited = schedule.visited(count);
    let steps = sampler.steps(schedule, &visited);
    let row = |(&t, step): (&usize, _)| {
        let [present, answer] = target.clean(schedule.levels()[t]);
        let super::sampler::Step { clean, present: kept, noise } = step;
        let coefficients = [present, answer, clean, kept, noise].map(|x| x as f32);
        coefficients.into_iter().chain(features(time(schedule, t)))
    };
    visited.iter().zip(steps).flat_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_whole_and_bounded() {
        let schedule = Schedule::cosine(20);
        let table = training(&schedule, Target::Velocity);
        assert_eq!(table.len(), 20 * COLUMNS);
        for row in table.chunks(COLUMNS) {
            assert!((row[0] * row[0] + row[1] * row[1] - 1.0).abs() < 1e-6);
            assert_eq!((row[2], row[3]), (row[0], -row[1]));
            for pair in row[COEFFICIENTS..].chunks(2) {
                assert!((pair[0] * pair[0] + pair[1] * pair[1] - 1.0).abs() < 1e-6);
            }
        }
        let rows: Vec<_> = table.chunks(COLUMNS).map(|r| &r[COEFFICIENTS..]).collect();
        assert!(rows.windows(2).all(|w| w[0] != w[1]), "two times look alike");
        let sampled = sampling(&schedule, Target::Noise, Sampler::Small, 7);
        assert_eq!(sampled.len(), 7 * COLUMNS);
        // The last step gives the estimate itself.
        assert_eq!(sampled[6 * COLUMNS + 2..][..3], [1.0, 0.0, 0.0]);
        // A sampler's features are those of the time it stands at.
        assert_eq!(sampled[COEFFICIENTS..COLUMNS], table[19 * COLUMNS + COEFFICIENTS..]);
    }
}
