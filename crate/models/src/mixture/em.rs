//! Expectation maximisation, and k-means as its hard sibling.
//!
//! A. Dempster, N. Laird, D. Rubin, "Maximum likelihood from incomplete data via the EM algorithm",
//! JRSS B 39, 1977; S. Lloyd, "Least squares quantization in PCM", IEEE Trans. Inf. Theory 28, 1982.
//! Both halves of an iteration raise the same bound F(r, θ) = Σ r (log π N − log r), which is the
//! log-likelihood after an E step. R. Neal, G. Hinton, "A view of the EM algorithm", 1998.

use super::gaussian::{Component, Ready, clamped, ready};
use crate::numeric::scalar::log_sum_exp;
use crate::prelude::*;

/// What keeps covariances from collapsing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Floor {
    /// Eigenvalues are raised to it.
    Clamp(f64),
    /// It is added to the diagonal, as scikit-learn does. The likelihood may then fall by a hair.
    Add(f64),
}

impl Floor {
    /// The least eigenvalue that it leaves.
    pub fn size(self) -> f64 {
        match self {
            Floor::Clamp(least) | Floor::Add(least) => least,
        }
    }

    /// A covariance, kept from collapsing.
    pub fn keep(self, covariance: [f64; 3]) -> [f64; 3] {
        match self {
            Floor::Clamp(least) => clamped(covariance, least),
            Floor::Add(more) => [covariance[0] + more, covariance[1], covariance[2] + more],
        }
    }
}

/// What components say of points, before it is normalised: log π N, or its expectation. The objective, the
/// likelihood and the next E step all need it, so it is computed once.
#[derive(Debug)]
pub struct Scores {
    /// `[N, K]`.
    each: Vec<f64>,
    /// log Σ e^score of each point, `[N]`.
    total: Vec<f64>,
}

impl Scores {
    /// Of components that are ready to be evaluated.
    pub fn new<T>(points: &[[f64; 2]], components: &[T], score: impl Fn(&T, [f64; 2]) -> f64) -> Scores {
        let mut each = Vec::with_capacity(points.len() * components.len());
        let mut total = Vec::with_capacity(points.len());
        for &x in points {
            let first = each.len();
            each.extend(components.iter().map(|component| score(component, x)));
            total.push(log_sum_exp(each[first..].iter().copied()));
        }
        Scores { each, total }
    }

    /// The E step: responsibilities `[N, K]`, e^scores normalised.
    pub fn responsibilities(&self) -> Vec<f64> {
        let of = self.each.len() / self.total.len();
        let rows = self.each.chunks_exact(of).zip(&self.total);
        let mut out = Vec::with_capacity(self.each.len());
        rows.for_each(|(row, total)| out.extend(row.iter().map(|s| libm::exp(s - total))));
        out
    }

    /// Σ r (score − log r) over all points: F of EM for the scores log π N.
    pub fn bound(&self, responsibilities: &[f64]) -> f64 {
        let mut sum = 0.0;
        for (&r, score) in responsibilities.iter().zip(&self.each) {
            if r > 0.0 {
                sum += r * (score - libm::log(r));
            }
        }
        sum
    }

    /// The mean of log Σ e^score: of a mixture, the log-likelihood per point.
    pub fn mean(&self) -> f64 {
        self.total.iter().sum::<f64>() / self.total.len() as f64
    }
}

/// log π N of each point and component.
pub fn scores(components: &[Component], points: &[[f64; 2]]) -> Scores {
    Scores::new(points, &ready(components), |c: &Ready, x| c.log_weighted(x))
}

/// The share, mean and covariance of the points that a component is responsible for: N_k, x̄_k, S_k.
pub fn moments(points: &[[f64; 2]], responsibilities: &[f64], k: usize, of: usize) -> Component {
    let rows = || points.iter().zip(responsibilities.iter().skip(k).step_by(of));
    let mut n = 0.0;
    let mut mean = [0.0; 2];
    for (x, r) in rows() {
        n += r;
        (0..2).for_each(|i| mean[i] += r * x[i]);
    }
    // Of no points any mean is the mean.
    mean = mean.map(|m| m / n.max(1e-300));
    let mut s = [0.0; 3];
    for (x, r) in rows() {
        let d = [x[0] - mean[0], x[1] - mean[1]];
        s[0] += r * d[0] * d[0];
        s[1] += r * d[0] * d[1];
        s[2] += r * d[1] * d[1];
    }
    Component { weight: n, mean, covariance: s.map(|s| s / n.max(1e-300)) }
}

/// Responsibility below which a component has no points, and stays where it is.
const NO_POINTS: f64 = 1e-9;

/// The M step.
pub fn maximise(components: &mut [Component], points: &[[f64; 2]], responsibilities: &[f64], floor: Floor) {
    let of = components.len();
    for (k, c) in components.iter_mut().enumerate() {
        let m = moments(points, responsibilities, k, of);
        c.weight = m.weight / points.len() as f64;
        if m.weight > NO_POINTS {
            c.mean = m.mean;
            c.covariance = floor.keep(m.covariance);
        }
    }
}

/// The hard E step of k-means: 1 for the nearest mean, `[N, K]`.
pub fn assign(components: &[Component], points: &[[f64; 2]]) -> Vec<f64> {
    let of = components.len();
    let mut out = vec![0.0; points.len() * of];
    for (row, x) in out.chunks_exact_mut(of).zip(points) {
        row[nearest(components, *x).0] = 1.0;
    }
    out
}

/// The M step of k-means: means of the assigned points. The spread that all share makes it a mixture
/// to draw from. Gives the [`inertia`].
pub fn centre(components: &mut [Component], points: &[[f64; 2]], responsibilities: &[f64]) -> f64 {
    let of = components.len();
    for (k, c) in components.iter_mut().enumerate() {
        let m = moments(points, responsibilities, k, of);
        c.weight = m.weight / points.len() as f64;
        if m.weight > NO_POINTS {
            c.mean = m.mean;
        }
    }
    let inertia = inertia(components, points);
    let variance = (inertia / 2.0).max(1e-12);
    components.iter_mut().for_each(|c| c.covariance = [variance, 0.0, variance]);
    inertia
}

/// The nearest mean, and its squared distance.
fn nearest(components: &[Component], x: [f64; 2]) -> (usize, f64) {
    let mut best = (0, f64::INFINITY);
    for (k, c) in components.iter().enumerate() {
        let d = [x[0] - c.mean[0], x[1] - c.mean[1]];
        let distance = d[0] * d[0] + d[1] * d[1];
        if distance < best.1 {
            best = (k, distance);
        }
    }
    best
}

/// The mean squared distance of the points to their nearest means.
pub fn inertia(components: &[Component], points: &[[f64; 2]]) -> f64 {
    points.iter().map(|&x| nearest(components, x).1).sum::<f64>() / points.len() as f64
}

/// The mean squared distance of the points to the means that they are assigned to.
pub fn assigned_inertia(components: &[Component], points: &[[f64; 2]], responsibilities: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (row, x) in responsibilities.chunks_exact(components.len()).zip(points) {
        for (c, r) in components.iter().zip(row) {
            let d = [x[0] - c.mean[0], x[1] - c.mean[1]];
            sum += r * (d[0] * d[0] + d[1] * d[1]);
        }
    }
    sum / points.len() as f64
}
