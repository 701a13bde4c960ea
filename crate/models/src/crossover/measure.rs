//! The errors of both rules for each size of the training set, and where their curves cross.

use crate::numeric::scalar::{largest, length};
use crate::prelude::*;

/// Errors for each size, of naive Bayes and of logistic regression.
pub struct Curves(pub [Vec<Tally>; 2]);

impl Curves {
    /// Nothing drawn yet.
    pub fn new(sizes: &[usize]) -> Curves {
        Curves([0, 1].map(|_| vec![Tally::default(); sizes.len()]))
    }

    /// The largest standard error of all, once each is known.
    pub fn precision(&self) -> Option<f64> {
        let errors = || self.0.iter().flatten();
        errors().all(|e| e.count >= 2.0).then(|| largest(errors().filter_map(Tally::error)))
    }

    /// The number of points from which logistic regression is better for good, read off between two
    /// sizes on the logarithmic axis, and the error there. Only where each rule leads by more than two
    /// standard errors on its side, so that no chance is taken for a crossing.
    pub fn crossing(&self, sizes: &[usize]) -> Option<(f64, f64)> {
        let [bayes, logistic] = &self.0;
        let lead = |i: usize| bayes[i].mean() - logistic[i].mean();
        // The lead in standard errors; of few draws nothing is known.
        let sure = |i: usize| {
            let errors = bayes[i].error().zip(logistic[i].error()).filter(|_| bayes[i].count >= 4.0);
            let known = errors.is_some_and(|(b, l)| lead(i).abs() > 2.0 * length(b, l));
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
