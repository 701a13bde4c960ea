//! The support vector machine: the widest gap between two classes, in the space of a kernel.
//!
//! Minimises ½αᵀQα − Σα with 0 ≤ α ≤ C and Σ yα = 0 by sequential minimal optimisation: J. Platt, 1998,
//! with the pair that gains most by second order (R. Fan, P. Chen, C. Lin, JMLR 6, 2005), as LIBSVM.
//! More than two classes are all their duels, and the votes are counted. Its decision value is no
//! probability: for two classes a logistic curve is laid through those of the training points
//! (Platt 1999, without his held-out folds, so it is too sure of itself).

use super::classifier::{Classifier, LEAST};
use super::table::Table;
use crate::numeric::newton;
use crate::numeric::scalar::softplus;
use crate::prelude::*;

/// The largest violation of the optimality conditions that is left.
const TOLERANCE: f64 = 1e-5;

/// Pairs that a step moves: few enough to be watched.
const PASS: usize = 16;

/// How similar two rows are.
#[derive(Clone, Copy, Debug)]
pub enum Kernel {
    /// x·x'.
    Linear,
    /// exp(−γ‖x − x'‖²).
    Rbf(f64),
}

impl Kernel {
    fn of(self, a: &[f64], b: &[f64]) -> f64 {
        match self {
            Kernel::Linear => newton::dot(a, b),
            Kernel::Rbf(gamma) => {
                let square: f64 = a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum();
                libm::exp(-gamma * square)
            }
        }
    }
}

/// One class against another: the first is the positive side.
struct Duel {
    sides: [usize; 2],
    /// Rows of both classes.
    rows: Vec<usize>,
    /// +1 or −1 of each.
    signs: Vec<f64>,
    alpha: Vec<f64>,
    /// Qα − 1.
    gradient: Vec<f64>,
    bias: f64,
    done: bool,
}

/// A support vector machine.
pub struct Svm {
    kernel: Kernel,
    c: f64,
    duels: Vec<Duel>,
    /// Kernel values of all pairs of rows, `[N, N]`.
    pairs: Vec<f64>,
    /// Slope and intercept of the curve from decision values to probabilities, for two classes.
    curve: [f64; 2],
}

impl Svm {
    /// All multipliers at 0.
    pub fn new(kernel: Kernel, c: f64, table: &Table) -> Svm {
        let n = table.n();
        let mut pairs = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..=i {
                let k = kernel.of(table.row(i), table.row(j));
                (pairs[i * n + j], pairs[j * n + i]) = (k, k);
            }
        }
        let mut duels = Vec::new();
        for low in 0..table.classes {
            for high in low + 1..table.classes {
                let rows: Vec<usize> = (0..n).filter(|&i| table.y[i] == low || table.y[i] == high).collect();
                let signs = rows.iter().map(|&i| if table.y[i] == high { 1.0 } else { -1.0 }).collect();
                let (alpha, gradient) = (vec![0.0; rows.len()], vec![-1.0; rows.len()]);
                duels.push(Duel { sides: [high, low], rows, signs, alpha, gradient, bias: 0.0, done: false });
            }
        }
        Svm { kernel, c, duels, pairs, curve: [1.0, 0.0] }
    }

    /// The decision value of each duel, given the kernel values between x and all rows.
    fn decisions<'a>(&'a self, similar: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        self.duels.iter().map(|duel| {
            let terms = duel.rows.iter().zip(&duel.signs).zip(&duel.alpha);
            duel.bias + terms.map(|((&i, s), a)| a * s * similar[i]).sum::<f64>()
        })
    }

    /// Kernel values between x and all rows; 0 for rows that support nothing.
    fn similarities(&self, table: &Table, x: &[f64]) -> Vec<f64> {
        let mut similar = vec![0.0; table.n()];
        let mut known = vec![false; table.n()];
        for duel in &self.duels {
            for (&i, &a) in duel.rows.iter().zip(&duel.alpha) {
                if a > 0.0 && !known[i] {
                    similar[i] = self.kernel.of(table.row(i), x);
                    known[i] = true;
                }
            }
        }
        similar
    }

    /// The decision value of the first duel.
    #[cfg(test)]
    pub fn decision(&self, table: &Table, x: &[f64]) -> f64 {
        self.decisions(&self.similarities(table, x)).next().unwrap_or(0.0)
    }

    /// Decision values of the training rows of a duel, from its gradient: yᵢ(Gᵢ + 1) + b.
    fn own_values(duel: &Duel) -> Vec<f64> {
        duel.signs.iter().zip(&duel.gradient).map(|(s, g)| s * (g + 1.0) + duel.bias).collect()
    }

    /// Lays the curve through the decision values of the training rows, with Platt's targets.
    fn calibrate(&mut self) {
        let [duel] = &self.duels[..] else { return };
        let positive = duel.signs.iter().filter(|s| **s > 0.0).count() as f64;
        let negative = duel.signs.len() as f64 - positive;
        let target =
            |s: &f64| if *s > 0.0 { (positive + 1.0) / (positive + 2.0) } else { 1.0 / (negative + 2.0) };
        let targets: Vec<f64> = duel.signs.iter().map(target).collect();
        let rows = Svm::own_values(duel);
        self.curve = [0.0, 0.0];
        newton::Logistic { rows: &rows, targets: &targets, offsets: &[], ridge: 1e-9 }.minimise(
            &mut self.curve,
            1e-10,
            30,
        );
    }
}

impl Duel {
    /// A pass of updates.
    fn pass(&mut self, pairs: &[f64], n: usize, c: f64) {
        for _ in 0..PASS {
            if !self.update(pairs, n, c) {
                self.done = true;
                break;
            }
        }
        self.set_bias(c);
    }

    /// Whether α of row `t` may move so that yα rises (`up`) or falls.
    fn free(&self, t: usize, up: bool, c: f64) -> bool {
        if (self.signs[t] > 0.0) == up { self.alpha[t] < c } else { self.alpha[t] > 0.0 }
    }

    /// Moves the pair that gains most. `false` if all conditions hold.
    fn update(&mut self, pairs: &[f64], n: usize, c: f64) -> bool {
        let size = self.rows.len();
        let value = |t: usize| -self.signs[t] * self.gradient[t];
        let (mut i, mut top) = (usize::MAX, f64::NEG_INFINITY);
        for t in 0..size {
            if self.free(t, true, c) && value(t) > top {
                (i, top) = (t, value(t));
            }
        }
        if i == usize::MAX {
            return false;
        }
        let kernel = |s: usize, t: usize| pairs[self.rows[s] * n + self.rows[t]];
        let (mut j, mut best, mut lowest) = (usize::MAX, 0.0, f64::INFINITY);
        for t in 0..size {
            if !self.free(t, false, c) {
                continue;
            }
            lowest = lowest.min(value(t));
            let gap = top - value(t);
            if gap > 0.0 {
                let bend = (kernel(i, i) + kernel(t, t) - 2.0 * kernel(i, t)).max(1e-12);
                if gap * gap / bend > best {
                    (j, best) = (t, gap * gap / bend);
                }
            }
        }
        if j == usize::MAX || top - lowest < TOLERANCE {
            return false;
        }
        let bend = (kernel(i, i) + kernel(j, j) - 2.0 * kernel(i, j)).max(1e-12);
        let room = |t: usize, rises: bool| if rises { c - self.alpha[t] } else { self.alpha[t] };
        let (room_i, room_j) = (room(i, self.signs[i] > 0.0), room(j, self.signs[j] < 0.0));
        let length = ((top - value(j)) / bend).min(room_i).min(room_j);
        // Bounds are met exactly, so that a row at one is known to be.
        let mut shift = |t: usize, by: f64, at_bound: bool| {
            let moved = self.alpha[t] + by;
            self.alpha[t] = match at_bound {
                true if by > 0.0 => c,
                true => 0.0,
                false => moved,
            };
        };
        shift(i, self.signs[i] * length, length >= room_i);
        shift(j, -self.signs[j] * length, length >= room_j);
        let (of_i, of_j) = (&pairs[self.rows[i] * n..][..n], &pairs[self.rows[j] * n..][..n]);
        for ((g, sign), &row) in self.gradient.iter_mut().zip(&self.signs).zip(&self.rows) {
            *g += sign * length * (of_i[row] - of_j[row]);
        }
        true
    }

    /// b from the rows on the margin, or the middle of what is possible.
    fn set_bias(&mut self, c: f64) {
        let (mut sum, mut count) = (0.0, 0.0);
        let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
        for t in 0..self.rows.len() {
            let value = -self.signs[t] * self.gradient[t];
            match (self.free(t, true, c), self.free(t, false, c)) {
                (true, true) => (sum, count) = (sum + value, count + 1.0),
                (true, false) => low = low.max(value),
                (false, true) | (false, false) => high = high.min(value),
            }
        }
        self.bias = if count > 0.0 { sum / count } else { (low + high) / 2.0 };
        if !self.bias.is_finite() {
            self.bias = 0.0;
        }
    }
}

impl Classifier for Svm {
    fn fresh(&self, table: &Table) -> Box<dyn Classifier> {
        Box::new(Svm::new(self.kernel, self.c, table))
    }

    fn is_done(&self) -> bool {
        self.duels.iter().all(|duel| duel.done)
    }

    fn step(&mut self, table: &Table) {
        for duel in self.duels.iter_mut().filter(|duel| !duel.done) {
            duel.pass(&self.pairs, table.n(), self.c);
        }
        self.calibrate();
    }

    /// For two classes the calibrated probabilities; for more, the log of the share of its own duels
    /// that each class has won, which is no probability.
    fn log_posterior(&self, table: &Table, x: &[f64], out: &mut [f64]) {
        let similar = self.similarities(table, x);
        if let [_] = &self.duels[..] {
            let value = self.decisions(&similar).next().unwrap_or(0.0);
            let score = self.curve[0] * value + self.curve[1];
            (out[0], out[1]) = (-softplus(score), -softplus(-score));
            return;
        }
        out.fill(0.0);
        for (duel, value) in self.duels.iter().zip(self.decisions(&similar)) {
            out[duel.sides[usize::from(value < 0.0)]] += 1.0;
        }
        let own = (table.classes - 1) as f64;
        out.iter_mut().for_each(|votes| *votes = libm::log((*votes / own).max(LEAST)));
    }

    fn has_probabilities(&self) -> bool {
        self.duels.len() == 1
    }

    /// ½‖w‖²/C + Σ max(0, 1 − y f(x)), over the rows; the mean over the duels.
    fn objective(&self, _table: &Table) -> f64 {
        let mut sum = 0.0;
        for duel in &self.duels {
            let values = Svm::own_values(duel);
            let slack: f64 = values.iter().zip(&duel.signs).map(|(f, s)| (1.0 - s * f).max(0.0)).sum();
            // αᵀQα = Σ α (G + 1).
            let square: f64 = duel.alpha.iter().zip(&duel.gradient).map(|(a, g)| a * (g + 1.0)).sum();
            sum += (slack + 0.5 * square / self.c) / duel.rows.len() as f64;
        }
        sum / self.duels.len() as f64
    }

    /// The curve; then of each duel whether it is done, its bias, multipliers and gradient.
    fn state(&self) -> Vec<f64> {
        let mut state = self.curve.to_vec();
        for duel in &self.duels {
            state.extend([f64::from(u8::from(duel.done)), duel.bias]);
            state.extend(&duel.alpha);
            state.extend(&duel.gradient);
        }
        state
    }

    fn restore(&mut self, _table: &Table, state: &[f64]) -> bool {
        let size: usize = self.duels.iter().map(|duel| 2 + 2 * duel.rows.len()).sum();
        if state.len() != 2 + size {
            return false;
        }
        self.curve.copy_from_slice(&state[..2]);
        let mut rest = &state[2..];
        for duel in &mut self.duels {
            let n = duel.rows.len();
            (duel.done, duel.bias) = (rest[0] == 1.0, rest[1]);
            duel.alpha.copy_from_slice(&rest[2..2 + n]);
            duel.gradient.copy_from_slice(&rest[2 + n..2 + 2 * n]);
            rest = &rest[2 + 2 * n..];
        }
        true
    }
}
