//! The two ways to a linear rule "class 1 where w·x + b > 0", and the two distributions in whose terms
//! its error is exact.

use crate::numeric::linear::Cholesky;
use crate::numeric::newton::{Logistic, dot};
use crate::numeric::scalar::normal_cdf;
use crate::prelude::*;

/// Newton's method ends where a step gains less nats than this over all points.
const LEAST_GAIN: f64 = 1e-6;
/// And after so many steps: separable points with next to no penalty take about twenty.
const MOST_STEPS: usize = 40;

/// Points of two classes, as many of each unless labels are noisy.
#[derive(Clone, Debug, Default)]
pub struct Points {
    /// `[N, D]`.
    pub x: Vec<f64>,
    /// 0 or 1, `[N]`.
    pub y: Vec<f64>,
}

/// The generative rule: Gaussians with independent features and, for each feature, one variance for
/// both classes. `[D + 1]`, the intercept last; zeros if a class has no point. `smoothing` times the
/// largest variance is added to all.
pub fn naive_bayes(x: &[f64], y: &[f64], smoothing: f64) -> Vec<f64> {
    let d = x.len() / y.len();
    let ones: f64 = y.iter().sum();
    let counts = [y.len() as f64 - ones, ones];
    let mut weights = vec![0.0; d + 1];
    if counts.contains(&0.0) {
        return weights;
    }
    let mut means = vec![0.0; 2 * d];
    for (row, y) in x.chunks_exact(d).zip(y) {
        let class = *y as usize;
        let mean = &mut means[class * d..(class + 1) * d];
        mean.iter_mut().zip(row).for_each(|(m, x)| *m += x / counts[class]);
    }
    let mut variances = vec![0.0; d];
    for (row, y) in x.chunks_exact(d).zip(y) {
        let mean = &means[*y as usize * d..];
        for ((v, x), m) in variances.iter_mut().zip(row).zip(mean) {
            *v += (x - m) * (x - m) / counts.iter().sum::<f64>();
        }
    }
    let widest = variances.iter().copied().fold(0.0, f64::max);
    weights[d] = libm::log(counts[1] / counts[0]);
    for j in 0..d {
        let (zero, one) = (means[j], means[d + j]);
        let variance = variances[j] + smoothing * widest + f64::MIN_POSITIVE;
        weights[j] = (one - zero) / variance;
        weights[d] -= (one * one - zero * zero) / (2.0 * variance);
    }
    weights
}

/// The discriminative rule: logistic regression, Σ −log P(y | x) + ‖w‖²/2C.
pub fn logistic(x: &[f64], y: &[f64], c: f64) -> Vec<f64> {
    let mut weights = vec![0.0; x.len() / y.len() + 1];
    Logistic { rows: x, targets: y, offsets: &[], ridge: 1.0 / c }.minimise(
        &mut weights,
        LEAST_GAIN,
        MOST_STEPS,
    );
    weights
}

/// Share of points that a rule puts into the wrong class; half of those on its line.
pub fn counted_error(weights: &[f64], points: &Points) -> f64 {
    let d = weights.len() - 1;
    let wrong = points.x.chunks_exact(d).zip(&points.y).map(|(row, y)| {
        let score = dot(row, weights) + weights[d];
        if score == 0.0 { 0.5 } else { f64::from(u8::from((score > 0.0) != (*y == 1.0))) }
    });
    wrong.sum::<f64>() / points.y.len() as f64
}

/// Two Gaussians of equal shares, N(±μ, Σ).
pub struct Pair {
    /// μ, `[D]`.
    pub shift: Vec<f64>,
    /// Σ, `[D, D]`.
    pub covariance: Vec<f64>,
    factor: Cholesky,
}

impl Pair {
    /// `None` if Σ is not positive definite.
    pub fn new(shift: Vec<f64>, covariance: Vec<f64>) -> Option<Pair> {
        let factor = Cholesky::new(&covariance, shift.len())?;
        Some(Pair { shift, covariance, factor })
    }

    /// Unit variances, the same shift of every feature; the first `block` features have one
    /// correlation with each other.
    pub fn design(d: usize, block: usize, correlation: f64, shift: f64) -> Option<Pair> {
        let entry = |at: usize| match (at / d, at % d) {
            (i, j) if i == j => 1.0,
            (i, j) if i.max(j) < block => correlation,
            _ => 0.0,
        };
        Pair::new(vec![shift; d], (0..d * d).map(entry).collect())
    }

    /// `n` points whose classes take turns; each label is wrong with probability `noise`.
    pub fn draw(&self, n: usize, noise: f64, stream: &mut Stream) -> Points {
        let d = self.shift.len();
        let mut points = Points { x: Vec::with_capacity(n * d), y: Vec::with_capacity(n) };
        let mut z = vec![0.0; d];
        for i in 0..n {
            let class = i % 2;
            let side = 2.0 * class as f64 - 1.0;
            z.iter_mut().for_each(|z| *z = f64::from(stream.normal()));
            for j in 0..d {
                points.x.push(side * self.shift[j] + dot(&self.factor.lower[j * d..=j * d + j], &z));
            }
            let flipped = noise > 0.0 && f64::from(stream.uniform()) < noise;
            points.y.push((class ^ usize::from(flipped)) as f64);
        }
        points
    }

    /// The exact error of a rule `[D + 1]`: ½Φ(−(wᵀμ + b)/s) + ½Φ(−(wᵀμ − b)/s), s² = wᵀΣw.
    pub fn error(&self, weights: &[f64]) -> f64 {
        let d = self.shift.len();
        let (w, b) = (&weights[..d], weights[d]);
        let square: f64 = (0..d).map(|i| w[i] * dot(&self.covariance[i * d..(i + 1) * d], w)).sum();
        if square <= 0.0 {
            return 0.5;
        }
        let (s, along) = (tilde_graph::real::sqrt(square), dot(w, &self.shift));
        0.5 * normal_cdf(-(along + b) / s) + 0.5 * normal_cdf(-(along - b) / s)
    }

    /// What each rule tends to with ever more points, whether or not labels are noisy: μⱼ over a
    /// variance for naive Bayes, and Bayes' own rule Σ⁻¹μ for logistic regression. With wrong labels
    /// the means come closer and the variances grow; around the axis of Bayes' rule everything stays
    /// symmetric, so logistic regression keeps its direction.
    pub fn limits(&self, noise: f64) -> [Vec<f64>; 2] {
        let d = self.shift.len();
        let between = 4.0 * noise * (1.0 - noise);
        let naive = |j: usize| {
            let shift = self.shift[j];
            shift / (self.covariance[j * d + j] + between * shift * shift)
        };
        let mut rules = [(0..d).map(naive).collect(), self.factor.solve(&self.shift)];
        rules.iter_mut().for_each(|rule: &mut Vec<f64>| rule.push(0.0));
        rules
    }
}
