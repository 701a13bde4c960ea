//! The generative classifiers: a Gaussian for each class, p(x, y) = p(y) p(x | y), and Bayes' rule.
//!
//! Naive Bayes holds the features independent within a class, so its covariances are diagonal; with
//! full covariances the boundary is a quadratic (R. Fisher's discriminant analysis, 1936). Both are
//! fitted in one step: maximum likelihood has a closed form.

use super::classifier::Classifier;
use super::joint::{Joint, Part};
use super::table::Table;
use crate::numeric::linear::moments;
use crate::numeric::scalar::log_sum_exp;
use crate::prelude::*;

/// Gaussian naive Bayes or full-covariance Gaussians.
pub struct Bayes {
    naive: bool,
    /// This share of the largest variance of a feature is added to every variance.
    smoothing: f64,
    joint: Joint,
    fitted: bool,
}

impl Bayes {
    /// Before anything is learned: a standard normal for each class.
    pub fn new(naive: bool, smoothing: f64, table: &Table) -> Bayes {
        Bayes { naive, smoothing, joint: Joint::ignorant(table.classes, table.d), fitted: false }
    }

    /// The maximum-likelihood fit, smoothed.
    fn fit(&self, table: &Table) -> Joint {
        let d = table.d;
        let (_, all) = moments(&table.x, d);
        let widest = (0..d).map(|i| all[i * d + i]).fold(0.0, f64::max);
        // Copies of one point have no variance at all.
        let least = self.smoothing * if widest > 0.0 { widest } else { 1.0 };
        let part = |class: usize| {
            let own = table.of_class(class);
            if own.is_empty() {
                return None;
            }
            let (mean, mut covariance) = moments(&own, d);
            for (at, value) in covariance.iter_mut().enumerate() {
                match at / d == at % d {
                    true => *value += least,
                    false if self.naive => *value = 0.0,
                    false => {}
                }
            }
            let weight = own.len() as f64 / table.x.len() as f64;
            // With hardly any smoothing, rounding can leave a flat covariance: then as much is added
            // as rounding takes.
            Part::new(class, weight, mean.clone(), covariance.clone()).or_else(|| {
                (0..d).for_each(|i| covariance[i * d + i] += 1e-9 * widest.max(1e-3));
                Part::new(class, weight, mean, covariance)
            })
        };
        Joint { parts: (0..table.classes).filter_map(part).collect(), classes: table.classes }
    }
}

impl Classifier for Bayes {
    fn fresh(&self, table: &Table) -> Box<dyn Classifier> {
        Box::new(Bayes::new(self.naive, self.smoothing, table))
    }

    fn is_done(&self) -> bool {
        self.fitted
    }

    fn step(&mut self, table: &Table) {
        self.joint = self.fit(table);
        self.fitted = true;
    }

    fn log_posterior(&self, _table: &Table, x: &[f64], out: &mut [f64]) {
        log_posterior(&self.joint, x, out);
    }

    /// −log p(x, y), the mean over the rows.
    fn objective(&self, table: &Table) -> f64 {
        let mut joint = [0.0; 10];
        let joint = &mut joint[..table.classes];
        let mut sum = 0.0;
        for i in 0..table.n() {
            self.joint.log_joint(table.row(i), joint);
            sum -= joint[table.y[i]];
        }
        sum / table.n() as f64
    }

    fn joint(&self) -> Option<&Joint> {
        Some(&self.joint)
    }

    /// Whether it is fitted, then class, weight, mean and covariance of each part.
    fn state(&self) -> Vec<f64> {
        let mut state = Vec::from([f64::from(u8::from(self.fitted))]);
        for part in &self.joint.parts {
            state.extend([part.class as f64, part.weight]);
            state.extend(&part.gaussian.mean);
            state.extend(&part.covariance);
        }
        state
    }

    fn restore(&mut self, table: &Table, state: &[f64]) -> bool {
        let d = table.d;
        let Some((fitted, rest)) = state.split_first() else { return false };
        let size = 2 + d + d * d;
        let part = |s: &[f64]| {
            let known = s[0] >= 0.0 && s[0] < table.classes as f64;
            known.then(|| Part::new(s[0] as usize, s[1], s[2..2 + d].to_vec(), s[2 + d..].to_vec()))?
        };
        let parts: Vec<Part> = rest.chunks_exact(size).filter_map(part).collect();
        if parts.is_empty() || parts.len() * size != rest.len() {
            return false;
        }
        self.joint = Joint { parts, classes: table.classes };
        self.fitted = *fitted == 1.0;
        true
    }
}

/// log p(y | x) by Bayes' rule.
pub fn log_posterior(joint: &Joint, x: &[f64], out: &mut [f64]) {
    joint.log_joint(x, out);
    let total = log_sum_exp(out.iter().copied());
    out.iter_mut().for_each(|log| *log -= total);
}
