//! Variational Bayes: q(z) q(π) Π q(μ_k, Λ_k) with a Dirichlet and Normal–Wisharts.
//!
//! H. Attias, "A variational Bayesian framework for graphical models", NIPS 1999; in the notation of
//! C. Bishop, "Pattern Recognition and Machine Learning", 2006, section 10.2. Two dimensions.

use super::em::{self, Scores};
use super::gaussian::{Component, is_definite};
use crate::numeric::gaussian::PlaneGaussian;
use crate::numeric::scalar::digamma;
use alloc::vec::Vec;
use core::f64::consts::{LN_2, PI, TAU};

/// A Dirichlet's count and a Normal–Wishart: of a component, or the prior of all of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Belief {
    /// α.
    pub count: f64,
    /// β, the precision of the mean in units of the component's.
    pub beta: f64,
    /// m.
    pub mean: [f64; 2],
    /// ν, more than 1.
    pub freedom: f64,
    /// W⁻¹.
    pub scatter: [f64; 3],
}

impl Belief {
    /// Whether it is a belief: the digamma function of anything else has no value, or is never reached.
    pub fn is_proper(&self) -> bool {
        self.count > 0.0 && self.beta > 0.0 && self.freedom > 1.0 && is_definite(self.scatter)
    }

    /// The mixture component at its expected parameters, except for the weight, which is α.
    pub fn component(&self) -> Component {
        let covariance = self.scatter.map(|s| s / self.freedom);
        Component { weight: self.count, mean: self.mean, covariance }
    }

    /// W⁻¹ factored, about the mean; and log |W|.
    fn precision(&self) -> (PlaneGaussian, f64) {
        let factored = PlaneGaussian::new(self.mean, self.scatter);
        (factored, -factored.log_det)
    }

    /// E log |Λ|.
    fn log_precision(&self) -> f64 {
        let each = digamma(self.freedom / 2.0) + digamma((self.freedom - 1.0) / 2.0);
        each + 2.0 * LN_2 + self.precision().1
    }

    /// log B(W, ν), the Wishart's normaliser.
    fn log_normaliser(&self) -> f64 {
        let gamma = libm::lgamma(self.freedom / 2.0) + libm::lgamma((self.freedom - 1.0) / 2.0);
        -0.5 * self.freedom * self.precision().1 - self.freedom * LN_2 - 0.5 * libm::log(PI) - gamma
    }

    /// KL of the Normal–Wishart from the prior's.
    fn divergence(&self, prior: &Belief) -> f64 {
        let (factored, _) = self.precision();
        let ratio = prior.beta / self.beta;
        let mean = 0.5
            * (2.0 * (ratio - 1.0 - libm::log(ratio))
                + prior.beta * self.freedom * factored.distance(prior.mean));
        // tr(W₀⁻¹ W), by the columns of the prior's factor.
        let (columns, _) = prior.precision();
        let from_mean = |z: [f64; 2]| {
            let d = columns.colour(z);
            factored.distance([self.mean[0] + d[0], self.mean[1] + d[1]])
        };
        let trace = from_mean([1.0, 0.0]) + from_mean([0.0, 1.0]);
        mean + 0.5 * (self.freedom - prior.freedom) * self.log_precision()
            + 0.5 * self.freedom * (trace - 2.0)
            + self.log_normaliser()
            - prior.log_normaliser()
    }
}

/// The prior that scikit-learn takes by default: centred on the data, as wide as they are.
pub fn prior(points: &[[f64; 2]], concentration: f64, floor: f64) -> Belief {
    let ones = alloc::vec![1.0; points.len()];
    let all = em::moments(points, &ones, 0, 1);
    // Divided by N − 1.
    let scale = points.len() as f64 / (points.len() as f64 - 1.0).max(1.0);
    let scatter = super::gaussian::clamped(all.covariance.map(|s| s * scale), floor);
    Belief { count: concentration, beta: 1.0, mean: all.mean, freedom: 2.0, scatter }
}

/// The M step: beliefs about the parameters, given responsibilities `[N, K]`.
pub fn maximise(prior: &Belief, points: &[[f64; 2]], responsibilities: &[f64], k: usize) -> Vec<Belief> {
    (0..k)
        .map(|j| {
            let m = em::moments(points, responsibilities, j, k);
            let n = m.weight;
            let beta = prior.beta + n;
            let d = [m.mean[0] - prior.mean[0], m.mean[1] - prior.mean[1]];
            let pull = prior.beta * n / beta;
            let outer = [d[0] * d[0], d[0] * d[1], d[1] * d[1]];
            Belief {
                count: prior.count + n,
                beta,
                mean: [0, 1].map(|i| (prior.beta * prior.mean[i] + n * m.mean[i]) / beta),
                freedom: prior.freedom + n,
                scatter: [0, 1, 2].map(|i| prior.scatter[i] + n * m.covariance[i] + pull * outer[i]),
            }
        })
        .collect()
}

/// E log π_k + E log N(x | μ_k, Λ_k) of each component, as a constant and a multiple of a distance.
fn expected(beliefs: &[Belief]) -> Vec<(f64, PlaneGaussian, f64)> {
    let total = digamma(beliefs.iter().map(|b| b.count).sum());
    let score = |b: &Belief| {
        let constant = digamma(b.count) - total + 0.5 * b.log_precision() - libm::log(TAU) - 1.0 / b.beta;
        (constant, b.precision().0, -0.5 * b.freedom)
    };
    beliefs.iter().map(score).collect()
}

/// What the E step makes responsibilities of: the expected log-densities of the points.
pub fn scores(beliefs: &[Belief], points: &[[f64; 2]]) -> Scores {
    let expected = expected(beliefs);
    Scores::new(points, &expected, |(constant, gaussian, factor), x| constant + factor * gaussian.distance(x))
}

/// The whole evidence lower bound, all constants included.
pub fn elbo(prior: &Belief, beliefs: &[Belief], scores: &Scores, responsibilities: &[f64]) -> f64 {
    let fit = scores.bound(responsibilities);
    // KL of the two Dirichlets.
    let (k, total) = (beliefs.len() as f64, beliefs.iter().map(|b| b.count).sum::<f64>());
    let mut weights = libm::lgamma(total) - libm::lgamma(k * prior.count) + k * libm::lgamma(prior.count);
    for b in beliefs {
        weights += (b.count - prior.count) * (digamma(b.count) - digamma(total)) - libm::lgamma(b.count);
    }
    fit - weights - beliefs.iter().map(|b| b.divergence(prior)).sum::<f64>()
}
