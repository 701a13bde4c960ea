//! Restricted Boltzmann machines exactly, by enumeration of the hidden units, in `f64`.
//!
//! E(v, h) = −bᵀv − cᵀh − vᵀWh; summing out v, Z = Σ_h e^{cᵀh} Π_i (1 + e^{b_i + (Wh)_i}).

use crate::numeric::scalar::softplus;
use alloc::collections::BinaryHeap;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Reverse;
use tilde_graph::rng::Stream;

/// The most hidden units that are enumerated.
pub const MOST: usize = 20;

/// A machine's parameters.
#[derive(Clone, Copy, Debug)]
pub struct Machine<'a> {
    /// `[V, H]`.
    pub w: &'a [f32],
    /// `[V]`.
    pub b: &'a [f32],
    /// `[H]`.
    pub c: &'a [f32],
}

impl Machine<'_> {
    /// −log of the unnormalised probability of v: F(v) = −bᵀv − Σ_j softplus(c_j + (Wᵀv)_j).
    pub fn free_energy(&self, v: &[f32]) -> f64 {
        let h = self.c.len();
        let mut input: Vec<f64> = self.c.iter().map(|&c| f64::from(c)).collect();
        let mut energy = 0.0;
        for (i, &x) in v.iter().enumerate().filter(|(_, x)| **x != 0.0) {
            let x = f64::from(x);
            energy -= x * f64::from(self.b[i]);
            input.iter_mut().zip(&self.w[i * h..]).for_each(|(a, w)| *a += x * f64::from(*w));
        }
        energy - input.into_iter().map(softplus).sum::<f64>()
    }

    /// Calls `visit(bits, log p*(h))` for every hidden state, in an order in which one unit
    /// changes at a time: the factors 1 + e^x of the visible units' inputs x are updated, not computed
    /// anew, and the e^x by multiplication where none of them can overflow.
    pub(super) fn each_state(&self, mut visit: impl FnMut(u32, f64)) {
        let (n_v, n_h) = (self.b.len(), self.c.len());
        let w = |i: usize, j: usize| f64::from(self.w[i * n_h + j]);
        let largest = |i: usize| f64::from(self.b[i]).abs() + (0..n_h).map(|j| w(i, j).abs()).sum::<f64>();
        // Products of eight factors stay below e^640.
        let moderate = (0..n_v).all(|i| largest(i) < 80.0);
        // The change of the inputs x, or the factor of e^x, when a unit turns off and when it turns on.
        let change = |sign: f64| -> Vec<f64> {
            let by = |at: usize| sign * w(at % n_v, at / n_v);
            (0..n_v * n_h).map(|at| if moderate { libm::exp(by(at)) } else { by(at) }).collect()
        };
        let changes = [change(-1.0), change(1.0)];
        let fresh = |bits: u32| -> Vec<f64> {
            let on = |j: usize| bits >> j & 1 == 1;
            let sum = |i: usize| (0..n_h).filter(|&j| on(j)).map(|j| w(i, j)).sum::<f64>();
            let input = |i: usize| f64::from(self.b[i]) + sum(i);
            (0..n_v).map(|i| if moderate { libm::exp(input(i)) } else { input(i) }).collect()
        };
        let mut input = fresh(0);
        let mut linear = 0.0;
        let mut bits = 0u32;
        for count in 0u32..1 << n_h {
            if count > 0 {
                let j = count.trailing_zeros() as usize;
                bits ^= 1 << j;
                let on = bits >> j & 1;
                linear += if on == 1 { 1.0 } else { -1.0 } * f64::from(self.c[j]);
                let change = &changes[on as usize][j * n_v..][..n_v];
                match moderate {
                    true => input.iter_mut().zip(change).for_each(|(a, w)| *a *= w),
                    false => input.iter_mut().zip(change).for_each(|(a, w)| *a += w),
                }
                // Rounding errors must not accumulate.
                if count % 4096 == 0 {
                    input = fresh(bits);
                }
            }
            visit(bits, linear + if moderate { log_one_plus(&input) } else { log_product(&input) });
        }
    }

    /// log Z by enumeration. Takes 2^H·V steps: H must be at most [`MOST`].
    pub fn log_partition(&self) -> f64 {
        let mut sum = LogSum::default();
        self.each_state(|_, log_p| sum.add(log_p));
        sum.value()
    }

    /// `n` exact samples `[n, V]`: h from its enumerated marginal, then v given h. Probabilities of
    /// v instead of draws if `mean`.
    pub fn sample(&self, n: usize, stream: &mut Stream, mean: bool) -> Vec<f32> {
        let log_z = self.log_partition();
        // A uniform threshold for each sample, the lowest on top: a second pass over the states finds where the
        // cumulative probability exceeds it. Positive floats have the order of their bits.
        let mut wanted: BinaryHeap<Reverse<(u32, usize)>> =
            (0..n).map(|i| Reverse((stream.uniform().to_bits(), i))).collect();
        let mut states = vec![0u32; n];
        let mut below = 0.0;
        let mut last = 0;
        self.each_state(|bits, log_p| {
            below += libm::exp(log_p - log_z);
            last = bits;
            while let Some(&Reverse((threshold, i))) = wanted.peek() {
                if f64::from(f32::from_bits(threshold)) > below {
                    break;
                }
                states[i] = bits;
                wanted.pop();
            }
        });
        // By rounding, the highest may exceed the sum.
        wanted.iter().for_each(|Reverse((_, i))| states[*i] = last);
        let n_h = self.c.len();
        let mut out = Vec::with_capacity(n * self.b.len());
        for bits in states {
            for (i, &b) in self.b.iter().enumerate() {
                let on = (0..n_h).filter(|j| bits >> j & 1 == 1);
                let input = b + on.map(|j| self.w[i * n_h + j]).sum::<f32>();
                let p = 1.0 / (1.0 + libm::expf(-input));
                let draw = stream.uniform();
                out.push(if mean { p } else { (draw < p) as u8 as f32 });
            }
        }
        out
    }
}

/// The expected gradient of CD-k on binary `data` `[N, V]` with respect to W `[V, H]`, in the
/// ascending direction: ⟨v p(h|v)ᵀ⟩ under the data minus the same after k steps of the Gibbs kernel
/// T(v → v′) = Σ_h p(h|v) p(v′|h), enumerated. Takes 4^V·2^H steps: for a handful of units.
pub fn expected_cd(machine: &Machine, data: &[f32], k: u32) -> Vec<f64> {
    let (n_v, n_h) = (machine.b.len(), machine.c.len());
    let sigmoid = |x: f64| 1.0 / (1.0 + libm::exp(-x));
    let bit = |s: usize, i: usize| (s >> i & 1) as f64;
    let w = |i: usize, j: usize| f64::from(machine.w[i * n_h + j]);
    let hidden = |v: usize, j: usize| {
        sigmoid(f64::from(machine.c[j]) + (0..n_v).map(|i| bit(v, i) * w(i, j)).sum::<f64>())
    };
    let visible = |h: usize, i: usize| {
        sigmoid(f64::from(machine.b[i]) + (0..n_h).map(|j| bit(h, j) * w(i, j)).sum::<f64>())
    };
    let of = |p: f64, on: f64| if on > 0.5 { p } else { 1.0 - p };
    let states = 1usize << n_v;
    let mut p = vec![0.0; states];
    for row in data.chunks(n_v) {
        let v = row.iter().enumerate().filter(|(_, x)| **x > 0.5).fold(0, |v, (i, _)| v | 1 << i);
        p[v] += n_v as f64 / data.len() as f64;
    }
    let statistics = |p: &[f64]| -> Vec<f64> {
        let pairs = (0..n_v).flat_map(|i| (0..n_h).map(move |j| (i, j)));
        pairs.map(|(i, j)| (0..states).map(|v| p[v] * bit(v, i) * hidden(v, j)).sum()).collect()
    };
    let under_data = statistics(&p);
    for _ in 0..k {
        let mut next = vec![0.0; states];
        for h in 0..1usize << n_h {
            let mass: f64 = (0..states)
                .map(|v| p[v] * (0..n_h).map(|j| of(hidden(v, j), bit(h, j))).product::<f64>())
                .sum();
            for (v, q) in next.iter_mut().enumerate() {
                *q += mass * (0..n_v).map(|i| of(visible(h, i), bit(v, i))).product::<f64>();
            }
        }
        p = next;
    }
    under_data.iter().zip(statistics(&p)).map(|(a, b)| a - b).collect()
}

/// Σ softplus(xᵢ) with one logarithm per eight terms: log Π(1 + e^x) of the parts where e^x is
/// moderate, x + log(1 + e^−x) elsewhere.
pub(super) fn log_product(input: &[f64]) -> f64 {
    let mut sum = 0.0;
    for part in input.chunks(8) {
        let mut product = 1.0;
        for &x in part {
            sum += x.max(0.0);
            product *= 1.0 + libm::exp(-x.abs());
        }
        sum += libm::log(product);
    }
    sum
}

/// Σ log(1 + eᵢ) of positive numbers below e⁸⁰.
fn log_one_plus(e: &[f64]) -> f64 {
    let mut parts = e.chunks_exact(8);
    let rest = parts.remainder().iter().fold(1.0, |product, e| product * (1.0 + e));
    let eights = parts.by_ref().map(|e| {
        // Multiplied as a tree, whose factors do not depend on one another.
        let pair = |i: usize| (1.0 + e[i]) * (1.0 + e[i + 1]);
        libm::log((pair(0) * pair(2)) * (pair(4) * pair(6)))
    });
    eights.sum::<f64>() + libm::log(rest)
}

/// log Σ exp, one term at a time.
struct LogSum {
    top: f64,
    sum: f64,
}

impl Default for LogSum {
    fn default() -> LogSum {
        LogSum { top: f64::NEG_INFINITY, sum: 0.0 }
    }
}

impl LogSum {
    fn add(&mut self, x: f64) {
        if x > self.top {
            self.sum = self.sum * libm::exp(self.top - x) + 1.0;
            self.top = x;
        } else {
            self.sum += libm::exp(x - self.top);
        }
    }

    fn value(&self) -> f64 {
        self.top + libm::log(self.sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const W: [f32; 12] = [0.5, -1.0, 0.25, -0.75, 0.5, 1.0, 1.5, 0.25, -0.5, 0.0, -0.5, 0.75];
    const B: [f32; 4] = [0.1, -0.2, 0.3, -0.4];
    const C: [f32; 3] = [-0.1, 0.2, 0.05];
    const TINY: Machine = Machine { w: &W, b: &B, c: &C };

    /// The 4×3 machine of `tests/goldens/sklearn.json` (`rbm.exact.4x3`).
    #[test]
    fn agrees_with_the_golden_machine() {
        assert!((TINY.log_partition() - 5.758_422_324_782).abs() < 1e-6);
        assert!((TINY.free_energy(&[1.0, 0.0, 1.0, 0.0]) + 3.493_018_109_128).abs() < 1e-6);
        let p = libm::exp(-TINY.free_energy(&[1.0; 4]) - TINY.log_partition());
        assert!((p - 0.096_774_398_832_9).abs() < 1e-7);
    }

    /// Weights too large for the products go the other way.
    #[test]
    fn large_weights_are_enumerated_too() {
        let w = [90.0, -3.0, 2.0, 100.0];
        let machine = Machine { w: &w, b: &[-1.0, 2.0], c: &[0.5, -0.5] };
        let energies = (0..4u8).map(|v| -machine.free_energy(&[f32::from(v & 1), f32::from(v >> 1)]));
        assert!((machine.log_partition() - crate::numeric::scalar::log_sum_exp(energies)).abs() < 1e-9);
    }

    #[test]
    fn expected_cd_agrees_with_the_golden_gradients() {
        let data = [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0];
        let golden = [
            (1, [-0.222_364_433_6, -0.042_553_497_9, -0.093_331_134]),
            (3, [-0.247_927_500_4, -0.048_686_464_6, -0.096_847_442_5]),
            // In the limit this is the gradient of the log-likelihood itself.
            (200, [-0.248_815_866_1, -0.048_906_563_2, -0.096_996_134_8]),
        ];
        for (k, row) in golden {
            let found = expected_cd(&TINY, &data, k);
            for (f, g) in found.iter().zip(row) {
                assert!((f - g).abs() < 1e-6, "CD-{k}: {f} against {g}");
            }
        }
    }

    #[test]
    fn exact_samples_have_the_machine_s_moments() {
        let n = 40_000;
        let v = TINY.sample(n, &mut Stream::new(3, 0), false);
        let exact = [0.530_188_648_5, 0.541_712_165_6, 0.729_138_918_9, 0.465_632_196_7];
        for (i, e) in exact.into_iter().enumerate() {
            let mean = v.chunks(4).map(|row| f64::from(row[i])).sum::<f64>() / n as f64;
            // Four standard errors.
            assert!(
                (mean - e).abs() < 4.0 * 0.5 / tilde_graph::real::sqrt(n as f64),
                "unit {i}: {mean} against {e}"
            );
        }
    }
}
