//! The energy distance between two samples.
//!
//! G. Székely, M. Rizzo, "Energy statistics: a class of statistics based on distances", Journal of
//! Statistical Planning and Inference 143, 2013: 2·E|X − Y| − E|X − X′| − E|Y − Y′|, which is 0
//! exactly where both distributions are the same.

use crate::metrics::Estimate;
use alloc::vec::Vec;

/// Parts of the samples that the error of an estimate is told from.
const PARTS: usize = 8;

/// The unbiased estimate (a U-statistic) from samples `[N, dims]` and `[M, dims]`, N and M at least
/// 2. It is negative about as often as positive where the distributions are the same. Takes
/// (N + M)² distances.
pub fn energy_distance(a: &[f32], b: &[f32], dims: usize) -> f64 {
    let (n, m) = (a.len() / dims, b.len() / dims);
    let within = |x: &[f32], n: usize| {
        let rows = (1..n).map(|i| distances(&x[i * dims..][..dims], &x[..i * dims]));
        2.0 * rows.sum::<f64>() / (n as f64 * (n as f64 - 1.0))
    };
    let across: f64 = a.chunks_exact(dims).map(|row| distances(row, b)).sum();
    2.0 * across / (n as f64 * m as f64) - within(a, n) - within(b, m)
}

/// The same with its standard error, from the spread of the estimate over `PARTS` parts of both samples. That
/// is a little too large where the distributions are nearly the same: there the estimate from all is better
/// than the mean of those from the parts.
pub fn estimate(a: &[f32], b: &[f32], dims: usize) -> Estimate {
    let part = |x: &[f32], i: usize| {
        let n = x.len() / dims / PARTS * dims;
        x[i * n..(i + 1) * n].to_vec()
    };
    let parts: Vec<f64> = (0..PARTS).map(|i| energy_distance(&part(a, i), &part(b, i), dims)).collect();
    Estimate { mean: energy_distance(a, b, dims), ..Estimate::of(parts.into_iter()) }
}

/// The sum of the distances of `row` to every row of `rows`.
fn distances(row: &[f32], rows: &[f32]) -> f64 {
    let distance = |other: &[f32]| {
        tilde_graph::real::sqrtf(row.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum::<f32>())
    };
    rows.chunks_exact(row.len()).map(|other| f64::from(distance(other))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Toy;
    use tilde_graph::rng::Stream;

    fn wave(f: impl Fn(f64, f64) -> f64) -> Vec<f32> {
        (0..120).map(|k| f((k / 3) as f64, (k % 3) as f64) as f32).collect()
    }

    /// Computed with SciPy.
    #[test]
    fn known_value() {
        let a = wave(|i, j| (1.7 * i + 2.3 * j).sin() + 0.1 * i / 40.0);
        let b = wave(|i, j| 0.8 * (1.1 * i + 1.9 * j).cos() + 0.2);
        let got = energy_distance(&a, &b, 3);
        assert!((got - 0.077_801_89).abs() < 1e-6, "{got}");
        assert!((energy_distance(&b, &a, 3) - got).abs() < 1e-12);
    }

    /// Over many pairs of samples the estimates spread no more than their errors say.
    #[test]
    fn the_error_is_how_the_estimate_varies() {
        for shift in [0.0, 0.5] {
            let mut stream = Stream::new(4, 0);
            let mut draw = |by: f32| (0..400).map(|_| stream.normal() + by).collect::<Vec<f32>>();
            let all: Vec<Estimate> = (0..200).map(|_| estimate(&draw(0.0), &draw(shift), 2)).collect();
            let spread = Estimate::of(all.iter().map(|e| e.mean)).error * tilde_graph::real::sqrt(200.0);
            let said = all.iter().map(|e| e.error).sum::<f64>() / 200.0;
            assert!((0.25..1.2).contains(&(spread / said)), "{shift}: {spread} {said}");
        }
    }

    /// Two samples of the ring, brought to standard deviation 1, differ by less than anything else.
    #[test]
    fn the_same_distribution_is_near_zero_and_a_gaussian_is_not() {
        let mut stream = Stream::new(1, 0);
        let mut ring = || -> Vec<f32> {
            let points = Toy::EightGaussians.sample(2000, &mut stream);
            points.iter().map(|x| x / core::f32::consts::SQRT_2).collect()
        };
        let (a, b) = (ring(), ring());
        assert!(energy_distance(&a, &b, 2).abs() < 0.0045);
        let mut normal = Stream::new(2, 0);
        let gaussian: Vec<f32> = (0..4000).map(|_| normal.normal()).collect();
        assert!((energy_distance(&a, &gaussian, 2) - 0.069).abs() < 0.01);
    }
}
