//! The guide q(z): two parameters, its bound on log p(x), and the gradients that raise the bound.
//!
//! D. Kingma, M. Welling, "Auto-encoding variational Bayes", ICLR 2014 (the reparameterised
//! gradient); R. Ranganath, S. Gerrish, D. Blei, "Black box variational inference", AISTATS 2014
//! (the score-function gradient).

use super::model::{LN_TAU, Model, NOTHING, index};
use crate::numeric::scalar::log_sum_exp;
use crate::prelude::*;
use core::f64::consts::TAU;

/// The boxes that the parameters stay in: x₀, x₁, y₀, y₁ of the landscape.
const GAUSSIAN_BOX: [f64; 4] = [-4.0, 4.0, -3.0, 1.0];
const DISCRETE_BOX: [f64; 4] = [-8.0, 8.0, -4.0, 4.0];
/// Where the quadrature over a Gaussian q ends, in its standard deviations.
const TAILS: f64 = 8.8;
/// Distance of the grid's places that the divergence from a Gaussian q is summed over, in its standard deviations.
const STRIDE: f64 = 0.08;

/// q(z). A Gaussian has its mean and the log of its standard deviation; of the discrete z, the log
/// odds of 1 and of 2 against 3.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guide {
    /// The two parameters.
    pub at: [f64; 2],
    /// Whether z is discrete.
    pub discrete: bool,
}

/// A quadrature over any Gaussian q: distances from its mean in standard deviations, and their weights. The
/// trapezoid rule, which is exact to rounding for smooth functions if its steps are small (L. N. Trefethen,
/// J. Weideman, SIAM Review 56, 2014).
pub struct Rule(Vec<[f64; 2]>);

impl Rule {
    /// In steps of so many standard deviations.
    pub fn new(step: f64) -> Rule {
        let half = (TAILS / step) as i32;
        let at = |i: i32| {
            let t = f64::from(i) * step;
            [t, step * libm::exp(-0.5 * t * t) / tilde_graph::real::sqrt(TAU)]
        };
        Rule((-half..=half).map(at).collect())
    }
}

/// How a gradient is estimated from a draw of q.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Estimator {
    /// z = μ + σε, and the slope of the joint at z.
    Reparameterised,
    /// (log p(x, z) − log q(z) − baseline) · ∂ log q(z).
    Score,
}

impl Guide {
    /// The box that the parameters stay in.
    pub fn bounds(&self) -> [f64; 4] {
        if self.discrete { DISCRETE_BOX } else { GAUSSIAN_BOX }
    }

    /// The same, within the box.
    pub fn within(self) -> Guide {
        let [x0, x1, y0, y1] = self.bounds();
        // Not `clamp`: its message for bounds that are out of order would bring in all that prints floats.
        Guide { at: [self.at[0].max(x0).min(x1), self.at[1].max(y0).min(y1)], ..self }
    }

    /// The mean and standard deviation of a Gaussian.
    pub fn moments(&self) -> (f64, f64) {
        (self.at[0], libm::exp(self.at[1]))
    }

    /// log q of the three values of a discrete z.
    fn log_shares(&self) -> [f64; 3] {
        let odds = [self.at[0], self.at[1], 0.0];
        let total = log_sum_exp(odds);
        odds.map(|o| o - total)
    }

    /// log q(z).
    pub fn log_density(&self, z: f64) -> f64 {
        self.density()(z)
    }

    /// log q, made ready to be evaluated at many places.
    fn density(&self) -> impl Fn(f64) -> f64 {
        let (discrete, [_, log_sd]) = (self.discrete, self.at);
        let (shares, (mean, sd)) = match discrete {
            true => (self.log_shares(), (0.0, 1.0)),
            false => ([0.0; 3], self.moments()),
        };
        move |z| {
            if discrete {
                return shares[index(z)];
            }
            let t = (z - mean) / sd;
            -0.5 * (t * t + LN_TAU) - log_sd
        }
    }

    /// Places and weights of the expectation under q: all values of a discrete z, else those of the rule.
    pub fn nodes(&self, rule: &Rule) -> Vec<[f64; 2]> {
        if self.discrete {
            let shares = self.log_shares();
            return (0..3).map(|i| [i as f64 + 1.0, libm::exp(shares[i])]).collect();
        }
        let (mean, sd) = self.moments();
        rule.0.iter().map(|[t, weight]| [mean + sd * t, *weight]).collect()
    }

    /// A draw.
    pub fn draw(&self, stream: &mut Stream) -> f64 {
        if self.discrete {
            let shares = self.log_shares().map(libm::exp);
            let u = f64::from(stream.uniform());
            return if u < shares[0] {
                1.0
            } else if u < shares[0] + shares[1] {
                2.0
            } else {
                3.0
            };
        }
        let (mean, sd) = self.moments();
        mean + sd * f64::from(stream.normal())
    }

    /// E_q log p(x|z), by quadrature over q.
    pub fn reconstruction(&self, model: &Model, rule: &Rule) -> f64 {
        self.nodes(rule).iter().map(|[z, w]| w * model.log_likelihood(*z)).sum()
    }

    /// KL[q ‖ p(z)], in closed form.
    pub fn kl_prior(&self, model: &Model) -> f64 {
        if self.discrete {
            let shares = self.log_shares();
            return (0..3)
                .map(|i| libm::exp(shares[i]) * (shares[i] - model.log_prior(i as f64 + 1.0)))
                .sum();
        }
        let (mean, sd) = self.moments();
        0.5 * (mean * mean + sd * sd - 1.0) - self.at[1]
    }

    /// The evidence lower bound, E_q log p(x|z) − KL[q ‖ p(z)].
    pub fn elbo(&self, model: &Model, rule: &Rule) -> f64 {
        self.reconstruction(model, rule) - self.kl_prior(model)
    }

    /// KL[q ‖ p(z|x)] over the model's own places: another quadrature than the bound's. A wide q needs few of them.
    pub fn kl(&self, model: &Model) -> f64 {
        let (range, stride) = if self.discrete {
            (0..model.places.len(), 1)
        } else {
            // Farther out q weighs nothing, however narrow it is in its box.
            let (mean, sd) = self.moments();
            let before = |end: f64| model.places.partition_point(|&z| z < end);
            (
                before(mean - 12.0 * sd)..before(mean + 12.0 * sd),
                ((STRIDE * sd / model.width) as usize).max(1),
            )
        };
        let each = model.places[range.clone()].iter().zip(&model.log_posterior[range]).step_by(stride);
        let density = self.density();
        let part = |(&z, log): (&f64, &f64)| {
            let q = density(z);
            if q < NOTHING { 0.0 } else { libm::exp(q) * (q - log) }
        };
        stride as f64 * model.width * each.map(part).sum::<f64>()
    }

    /// KL[p(z|x) ‖ q], which of a Gaussian q takes the posterior's moments alone.
    pub fn forward_kl(&self, model: &Model) -> f64 {
        if self.discrete {
            let density = self.density();
            return model.under_posterior(|z, log| log - density(z));
        }
        let (_, sd) = self.moments();
        0.5 * (self.square_off(model) / (sd * sd) + LN_TAU) + self.at[1] - model.entropy
    }

    /// The mean square of what z under the posterior is off the mean of a Gaussian q.
    fn square_off(&self, model: &Model) -> f64 {
        let off = model.mean - self.at[0];
        model.variance + off * off
    }

    /// ∂ log q(z) by the parameters.
    fn score(&self, z: f64) -> [f64; 2] {
        if self.discrete {
            let shares = self.log_shares();
            return [0, 1].map(|i| f64::from(u8::from(index(z) == i)) - libm::exp(shares[i]));
        }
        let (mean, sd) = self.moments();
        let t = (z - mean) / sd;
        [t / sd, t * t - 1.0]
    }

    /// One draw's estimate of the bound's gradient.
    pub fn estimate(&self, model: &Model, how: Estimator, z: f64, baseline: f64) -> [f64; 2] {
        match how {
            // The entropy of q is log σ and a constant.
            Estimator::Reparameterised => {
                let slope = model.slope(z);
                [slope, slope * (z - self.at[0]) + 1.0]
            }
            Estimator::Score => {
                let gain = model.log_joint(z) - self.log_density(z) - baseline;
                self.score(z).map(|s| gain * s)
            }
        }
    }

    /// The exact gradient of the bound by quadrature, and the variance of one draw's estimate.
    pub fn moments_of(&self, model: &Model, how: Estimator, baseline: f64, rule: &Rule) -> [[f64; 2]; 2] {
        let (mut mean, mut square) = ([0.0; 2], [0.0; 2]);
        for [z, w] in self.nodes(rule) {
            let g = self.estimate(model, how, z, baseline);
            for i in 0..2 {
                mean[i] += w * g[i];
                square[i] += w * g[i] * g[i];
            }
        }
        [mean, [0, 1].map(|i| square[i] - mean[i] * mean[i])]
    }

    /// Downhill of KL[p(z|x) ‖ q]: the mean of the score under the posterior.
    pub fn forward_gradient(&self, model: &Model) -> [f64; 2] {
        if self.discrete {
            return [0, 1].map(|i| model.under_posterior(|z, _| self.score(z)[i]));
        }
        let (mean, sd) = self.moments();
        [(model.mean - mean) / (sd * sd), self.square_off(model) / (sd * sd) - 1.0]
    }
}
