//! Logistic regression: P(y | x) ∝ exp(w_y·x + b_y), nothing about x itself.
//!
//! Lowers C·Σ −log P(yᵢ | xᵢ) + ½‖w‖². With two classes there is one score and a step is Newton's
//! (iteratively reweighted least squares). With more, the classes take turns: seen from one of them,
//! the sum over the others is an offset, and what remains is a logistic regression of its own.

use super::classifier::Classifier;
use super::table::Table;
use crate::numeric::newton::{self, dot};
use crate::numeric::scalar::log_sum_exp;
use crate::prelude::*;

/// A step that gains less is the last one.
const DONE: f64 = 1e-13;

/// Logistic regression.
pub struct Logistic {
    c: f64,
    /// S: one for two classes, else one a class.
    scores: usize,
    /// `[S, D + 1]`.
    weights: Vec<f64>,
    /// The score whose turn it is.
    turn: usize,
    /// Turns in a row that gained nothing.
    idle: usize,
}

impl Logistic {
    /// All weights at 0.
    pub fn new(c: f64, table: &Table) -> Logistic {
        let scores = if table.classes == 2 { 1 } else { table.classes };
        Logistic { c, scores, weights: vec![0.0; scores * (table.d + 1)], turn: 0, idle: 0 }
    }

    /// The scores, of which one class of two has none: 0.
    fn score(&self, x: &[f64], out: &mut [f64]) {
        let size = x.len() + 1;
        out[0] = 0.0;
        let first = out.len() - self.scores;
        for (score, w) in out[first..].iter_mut().zip(self.weights.chunks_exact(size)) {
            *score = dot(x, w) + w[x.len()];
        }
    }

    /// Weights and intercepts, `[S, D + 1]`.
    #[cfg(test)]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }
}

impl Classifier for Logistic {
    fn fresh(&self, table: &Table) -> Box<dyn Classifier> {
        Box::new(Logistic::new(self.c, table))
    }

    fn is_done(&self) -> bool {
        self.idle >= self.scores
    }

    fn step(&mut self, table: &Table) {
        let (size, turns) = (table.d + 1, self.scores);
        // The class that the score in turn speaks for.
        let class = self.turn + table.classes - turns;
        let mut scores = vec![0.0; table.classes];
        let mut offsets = Vec::with_capacity(table.n());
        for i in 0..table.n() {
            self.score(table.row(i), &mut scores);
            scores[class] = f64::NEG_INFINITY;
            offsets.push(-log_sum_exp(scores.iter().copied()));
        }
        let targets: Vec<f64> = table.y.iter().map(|&y| f64::from(u8::from(y == class))).collect();
        let problem =
            newton::Logistic { rows: &table.x, targets: &targets, offsets: &offsets, ridge: 1.0 / self.c };
        let gain = problem.step(&mut self.weights[self.turn * size..][..size]);
        self.idle = if gain <= DONE { self.idle + 1 } else { 0 };
        self.turn = (self.turn + 1) % turns;
    }

    fn log_posterior(&self, _table: &Table, x: &[f64], out: &mut [f64]) {
        self.score(x, out);
        let total = log_sum_exp(out.iter().copied());
        out.iter_mut().for_each(|score| *score -= total);
    }

    /// The penalised mean of −log P(y | x): what it lowers, over C·N.
    fn objective(&self, table: &Table) -> f64 {
        let mut out = vec![0.0; table.classes];
        let mut sum = 0.0;
        for i in 0..table.n() {
            self.log_posterior(table, table.row(i), &mut out);
            sum -= out[table.y[i]];
        }
        let squares = self.weights.chunks_exact(table.d + 1).map(|w| dot(&w[..table.d], &w[..table.d]));
        (sum + 0.5 * squares.sum::<f64>() / self.c) / table.n() as f64
    }

    /// The turn, the idle turns, the weights.
    fn state(&self) -> Vec<f64> {
        [&[self.turn as f64, self.idle as f64], &self.weights[..]].concat()
    }

    fn restore(&mut self, _table: &Table, state: &[f64]) -> bool {
        if state.len() != self.weights.len() + 2 || !(0.0..self.scores as f64).contains(&state[0]) {
            return false;
        }
        (self.turn, self.idle) = (state[0] as usize, state[1] as usize);
        self.weights.copy_from_slice(&state[2..]);
        true
    }
}
