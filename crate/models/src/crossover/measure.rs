//! The errors of both rules for each size of the training set, and where their curves cross.

use crate::numeric::scalar::largest;
use crate::prelude::*;

/// Errors of one rule with one size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Errors {
    /// How many.
    pub count: f64,
    /// Their sum.
    pub sum: f64,
    /// The sum of their squares.
    pub squares: f64,
}

impl Errors {
    /// Adds one.
    pub fn add(&mut self, error: f64) {
        self.count += 1.0;
        self.sum += error;
        self.squares += error * error;
    }

    /// Their mean; 0 of none.
    pub fn mean(&self) -> f64 {
        self.sum / self.count.max(1.0)
    }

    /// The standard error of the mean.
    pub fn standard_error(&self) -> f64 {
        let variance = (self.squares / self.count.max(1.0) - self.mean() * self.mean()).max(0.0);
        libm::sqrt(variance / (self.count - 1.0).max(1.0))
    }
}

/// Errors for each size, of naive Bayes and of logistic regression.
pub struct Curves(pub [Vec<Errors>; 2]);

impl Curves {
    /// Nothing drawn yet.
    pub fn new(sizes: &[usize]) -> Curves {
        Curves([vec![Errors::default(); sizes.len()], vec![Errors::default(); sizes.len()]])
    }

    /// The largest standard error of all.
    pub fn precision(&self) -> f64 {
        largest(self.0.iter().flatten().map(Errors::standard_error))
    }

    /// The number of points from which logistic regression is better for good, read off between two
    /// sizes on the logarithmic axis, and the error there. Only where each rule leads by more than two
    /// standard errors on its side, so that no chance is taken for a crossing.
    pub fn crossing(&self, sizes: &[usize]) -> Option<(f64, f64)> {
        let [bayes, logistic] = &self.0;
        let lead = |i: usize| bayes[i].mean() - logistic[i].mean();
        // The lead in standard errors; of few draws nothing is known.
        let sure = |i: usize| {
            let (b, l) = (bayes[i], logistic[i]);
            let known =
                b.count >= 4.0 && lead(i).abs() > 2.0 * libm::hypot(b.standard_error(), l.standard_error());
            if known { lead(i) } else { 0.0 }
        };
        let count = bayes.len();
        let last = (0..count - 1).rev().find(|&i| bayes[i].count > 0.0 && lead(i) <= 0.0)?;
        let (before, after) = (lead(last), lead(last + 1));
        let both = (0..=last).any(|i| sure(i) < 0.0) && (last + 1..count).any(|i| sure(i) > 0.0);
        if !both {
            return None;
        }
        let share = before / (before - after);
        let between = |a: f64, b: f64| a + share * (b - a);
        let [low, high] = [last, last + 1].map(|i| libm::log(sizes[i] as f64));
        let error = between(bayes[last].mean(), bayes[last + 1].mean());
        Some((libm::exp(between(low, high)), error))
    }
}
