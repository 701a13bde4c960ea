//! Logistic regression by Newton's method: iteratively reweighted least squares.

use super::linear::Cholesky;
use super::scalar::{logistic, softplus};
use alloc::vec;
use alloc::vec::Vec;

/// Rows whose weight p(1 − p) is smaller add nothing to a Hessian.
const NEGLIGIBLE: f64 = 1e-14;

/// The objective Σᵢ (softplus(sᵢ) − tᵢsᵢ) + ½λ‖w‖² with scores sᵢ = w·xᵢ + b + offsetᵢ. Weights are
/// `[D + 1]`, the intercept b last and without a penalty.
#[derive(Clone, Copy, Debug)]
pub struct Logistic<'a> {
    /// Inputs x, `[N, D]`.
    pub rows: &'a [f64],
    /// Targets t in 0..=1, `[N]`.
    pub targets: &'a [f64],
    /// Offsets of the rows' scores, `[N]`, or nothing.
    pub offsets: &'a [f64],
    /// λ.
    pub ridge: f64,
}

impl Logistic<'_> {
    /// The score of each row, `[N]`.
    fn scores(&self, weights: &[f64]) -> Vec<f64> {
        let d = weights.len() - 1;
        let mut scores = self.offsets.to_vec();
        scores.resize(self.targets.len(), 0.0);
        for (score, row) in scores.iter_mut().zip(self.rows.chunks_exact(d)) {
            *score += weights[d] + dot(row, weights);
        }
        scores
    }

    fn value(&self, scores: &[f64], weights: &[f64]) -> f64 {
        let loss: f64 = scores.iter().zip(self.targets).map(|(s, t)| softplus(*s) - t * s).sum();
        let w = &weights[..weights.len() - 1];
        loss + 0.5 * self.ridge * dot(w, w)
    }

    /// The objective.
    pub fn objective(&self, weights: &[f64]) -> f64 {
        self.value(&self.scores(weights), weights)
    }

    /// One Newton step, halved until the objective falls. Gives the decrease of the objective, 0 at the
    /// optimum.
    pub fn step(&self, weights: &mut [f64]) -> f64 {
        let d = weights.len() - 1;
        let scores = self.scores(weights);
        let before = self.value(&scores, weights);
        let mut gradient: Vec<f64> = weights.iter().map(|w| self.ridge * w).collect();
        gradient[d] = 0.0;
        let size = d + 1;
        let mut hessian = vec![0.0; size * size];
        for ((row, s), t) in self.rows.chunks_exact(d).zip(&scores).zip(self.targets) {
            let p = logistic(*s);
            let curvature = p * (1.0 - p);
            gradient.iter_mut().zip(row).for_each(|(g, x)| *g += (p - t) * x);
            gradient[d] += p - t;
            if curvature < NEGLIGIBLE {
                continue;
            }
            // The lower triangle is all that a Cholesky factor reads.
            for i in 0..d {
                let scaled = curvature * row[i];
                hessian[i * size..=i * size + i].iter_mut().zip(row).for_each(|(h, x)| *h += scaled * x);
                hessian[d * size + i] += scaled;
            }
            hessian[d * size + d] += curvature;
        }
        // A small ridge keeps the Hessian positive definite where every row is saturated.
        (0..d).for_each(|i| hessian[i * size + i] += self.ridge + 1e-12);
        hessian[d * size + d] += 1e-12;
        let Some(factor) = Cholesky::new(&hessian, size) else { return 0.0 };
        let direction = factor.solve(&gradient);
        let mut length = 1.0;
        for _ in 0..40 {
            let tried: Vec<f64> = weights.iter().zip(&direction).map(|(w, g)| w - length * g).collect();
            let after = self.objective(&tried);
            if after < before {
                weights.copy_from_slice(&tried);
                return before - after;
            }
            length /= 2.0;
        }
        0.0
    }

    /// Steps until one gains less than `least`, or `most` are done.
    pub fn minimise(&self, weights: &mut [f64], least: f64, most: usize) {
        for _ in 0..most {
            if self.step(weights) <= least {
                break;
            }
        }
    }
}

/// Σ aᵢbᵢ over the shorter of the two.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_where_the_slope_is_nothing() {
        let rows = [0.5, 1.0, -1.0, 0.3, 2.0, -0.5, 0.1, 0.2, -0.7, -1.5];
        let problem =
            Logistic { rows: &rows, targets: &[1.0, 0.0, 1.0, 0.0, 0.25], offsets: &[], ridge: 0.5 };
        let mut weights = [0.0; 3];
        problem.minimise(&mut weights, 0.0, 50);
        for i in 0..3 {
            let moved = |by: f64| {
                let mut w = weights;
                w[i] += by;
                problem.objective(&w)
            };
            assert!((moved(1e-5) - moved(-1e-5)).abs() / 2e-5 < 1e-8);
        }
    }

    #[test]
    fn separable_rows_do_not_break_it() {
        let problem = Logistic {
            rows: &[-2.0, -1.0, 1.0, 2.0],
            targets: &[0.0, 0.0, 1.0, 1.0],
            offsets: &[],
            ridge: 1e-6,
        };
        let mut weights = [0.0; 2];
        problem.minimise(&mut weights, 1e-12, 100);
        assert!(weights[0] > 5.0 && weights[1].abs() < 1e-6 && weights[0].is_finite(), "{weights:?}");
    }
}
