//! The figures. In the plane they are integrals over the grid that is shown; on the digits, means over
//! the test half.

use super::joint::Joint;
use super::table::{REACH, Table};
use super::{Boundary, bayes, odd};
use crate::prelude::*;
use core::f64::consts::LN_2;

/// Side of the fields.
pub const FIELD: usize = 48;
/// The box that is shown.
pub const BOX: [f32; 4] = [-REACH, REACH, -REACH, REACH];
/// Rows that a support vector machine is measured on while it still learns; else it is all of them.
const QUICK: usize = 100;
/// A place less likely than this share of the training rows is an alarm.
pub const ALARM: f64 = 0.01;

/// What was computed from the present model.
pub struct Measured {
    /// log P(y | x) in each cell, `[FIELD², 2]`; nothing on the digits.
    pub field: Vec<f64>,
    /// log p(x) of the training rows, the least likely first; nothing for a discriminative model.
    pub densities: Vec<f64>,
    /// Figures that do not depend on the probe.
    figures: Figures,
}

/// Whether some features are hidden.
pub fn hidden(live: &Live) -> bool {
    live.settings.flag("hidden")
}

/// The share of right decisions, and the mean of −log P(y | x), where each pair of rows and classes
/// weighs e^weight.
fn score(weights: &[f64], field: &[f64]) -> (f64, f64) {
    let (mut right, mut nll, mut total) = (0.0, 0.0, 0.0);
    for (w, f) in weights.chunks_exact(2).zip(field.chunks_exact(2)) {
        let w = [libm::exp(w[0]), libm::exp(w[1])];
        total += w[0] + w[1];
        right += if f[0] == f[1] { (w[0] + w[1]) / 2.0 } else { w[usize::from(f[1] > f[0])] };
        nll -= w[0] * f[0].max(-1e3) + w[1] * f[1].max(-1e3);
    }
    (right / total, nll / total)
}

/// The class that is held most likely.
pub fn decide(logs: &[f64]) -> usize {
    (0..logs.len()).fold(0, |best, k| if logs[k] > logs[best] { k } else { best })
}

/// The share of rows, sorted, that are less likely than this.
pub fn rank(densities: &[f64], log_density: f64) -> f64 {
    densities.partition_point(|&known| known < log_density) as f64 / densities.len().max(1) as f64
}

/// What a set in the plane is drawn from, with what follows from it exactly, whatever the model.
pub struct Truth {
    /// p(x, y).
    pub joint: Joint,
    /// p(x₁, y).
    pub first: Joint,
    /// log p(x, y) in each cell, `[FIELD², 2]`.
    log_joint: Vec<f64>,
    /// log P(y | x), and log P(y | x₁), in each cell: the best that any model can answer.
    pub best: [Vec<f64>; 2],
}

impl Truth {
    /// Computes the fields.
    pub fn new(joint: Joint) -> Truth {
        let first = joint.marginal(&[0]);
        let log_joint = over_cells(|x, out| joint.log_joint(x, out));
        let best = [
            over_cells(|x, out| bayes::log_posterior(&joint, x, out)),
            over_cells(|x, out| bayes::log_posterior(&first, &x[..1], out)),
        ];
        Truth { joint, first, log_joint, best }
    }
}

/// A field with two numbers for each cell.
fn over_cells(fill: impl Fn(&[f64], &mut [f64])) -> Vec<f64> {
    let places = shapes::grid(FIELD, BOX);
    let mut field = vec![0.0; 2 * FIELD * FIELD];
    for (place, out) in places.chunks_exact(2).zip(field.chunks_exact_mut(2)) {
        fill(&[f64::from(place[0]), f64::from(place[1])], out);
    }
    field
}

impl Boundary {
    /// Share of right decisions on rows, and the mean of −log P(y | x).
    fn score_rows(&self, hidden: bool, rows: &Table) -> (Estimate, Estimate) {
        let mut out = vec![0.0; rows.classes];
        let (mut right, mut nll) = (0, Vec::new());
        for i in 0..rows.n() {
            self.judge(hidden, rows.row(i), &mut out);
            right += usize::from(decide(&out) == rows.y[i]);
            nll.push(-out[rows.y[i]]);
        }
        let n = rows.n();
        (Estimate::share(right as f64 / n.max(1) as f64, n), Estimate::of(nll.into_iter()))
    }

    /// What is known of the present classifier. Without `deep` a part of the digits has to do while it is
    /// slow to judge.
    pub(super) async fn measured(&self, live: &Live<'_>, deep: bool) -> Result<Rc<Measured>, Error> {
        // Only the duels of many classes take long to judge, and only while they change.
        let all = deep || !self.digits() || self.model.has_probabilities() || self.model.is_done();
        // Answers over all rows and over a part of them are two.
        let key = 2 * self.version + u64::from(all);
        self.measured.get(key, async || Ok(self.measure(hidden(live), all))).await
    }

    /// What training lowers.
    pub(super) fn loss(&self) -> f64 {
        let compute = || if self.is_ready() { self.model.objective(&self.table) } else { LN_2 };
        *self.loss.get_or_init(compute)
    }

    fn measure(&self, hidden: bool, all: bool) -> Measured {
        let mut figures = vec![("loss", self.loss())];
        if self.is_ready() {
            let train = if all { &self.table } else { &self.table.sample(QUICK) };
            figures.push(("accuracy_train", self.score_rows(hidden, train).0.mean));
        }
        let mut densities = Vec::new();
        if let Some(joint) = self.model.joint() {
            densities = (0..self.table.n()).map(|i| joint.log_density(self.table.row(i))).collect();
            densities.sort_unstable_by(f64::total_cmp);
        }
        if self.digits() {
            let test = if all { &self.test } else { &self.test.sample(QUICK) };
            let (accuracy, nll) = self.score_rows(hidden, test);
            accuracy.report(&mut figures, ["accuracy_test", "accuracy_test_se"]);
            if self.model.has_probabilities() {
                nll.report(&mut figures, ["nll_test", "nll_test_se"]);
            }
            if let Some(joint) = self.model.joint() {
                let alarm = |i: &usize| rank(&densities, joint.log_density(self.shown.row(*i))) < ALARM;
                let caught = (odd::DIGITS..odd::DIGITS + odd::OTHERS).filter(alarm).count();
                figures.push(("caught", caught as f64));
            }
            return Measured { field: Vec::new(), densities, figures };
        }
        let field = over_cells(|x, out| self.judge(hidden, x, out));
        if let Some(Truth { log_joint, best, .. }) = &self.truth {
            let best = &best[usize::from(hidden)];
            let (accuracy, nll) = score(log_joint, &field);
            let (best_accuracy, best_nll) = score(log_joint, best);
            figures.extend([
                ("accuracy_test", accuracy),
                ("accuracy_test_reference", best_accuracy),
                ("nll_test", nll),
                ("nll_test_reference", best_nll),
            ]);
        }
        Measured { field, densities, figures }
    }

    /// All figures.
    pub(super) async fn all_figures(&self, live: &Live<'_>, deep: bool) -> Result<Figures, Error> {
        let measured = self.measured(live, deep).await?;
        let mut figures = measured.figures.clone();
        let (x, hidden) = (self.probe(), hidden(live));
        let mut out = vec![0.0; self.table.classes];
        self.judge(hidden, &x, &mut out);
        let likeliest = decide(&out);
        figures.extend([("decision", likeliest as f64), ("sure", libm::exp(out[likeliest]))]);
        if let Some(truth) = &self.truth {
            match hidden {
                true => bayes::log_posterior(&truth.first, &x[..1], &mut out),
                false => bayes::log_posterior(&truth.joint, &x, &mut out),
            }
            figures.push(("sure_reference", libm::exp(out[likeliest])));
        }
        if let (Some(joint), true) = (self.model.joint(), self.is_ready()) {
            figures.push(("typical", rank(&measured.densities, joint.log_density(&x))));
        }
        Ok(figures)
    }
}
