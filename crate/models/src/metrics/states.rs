//! Sums over all states of a few binary units. Bit j of a state is unit j.

use crate::numeric::scalar::log_sum_exp;
use alloc::vec;
use alloc::vec::Vec;

/// b + Σ_j state_j w_j for every state of the n units, with rows w_j of `w` `[n, m]` and `b` `[m]`: `[2ⁿ, m]`.
pub fn inputs(w: impl Fn(usize, usize) -> f32, b: &[f32], n: usize) -> Vec<f64> {
    let m = b.len();
    let mut out = vec![0.0; m << n];
    for state in 0usize..1 << n {
        let low = state.trailing_zeros() as usize;
        for k in 0..m {
            out[state * m + k] = match state {
                0 => f64::from(b[k]),
                // The state without its lowest unit comes before it.
                _ => out[(state & (state - 1)) * m + k] + f64::from(w(low, k)),
            };
        }
    }
    out
}

/// Positive numbers, one for each state, with their scale taken out.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaled {
    /// Over the largest of them.
    values: Vec<f64>,
    /// The logarithm of that.
    top: f64,
}

impl Scaled {
    /// From their logarithms.
    pub fn new(logs: &[f64]) -> Scaled {
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        Scaled { values: logs.iter().map(|log| libm::exp(log - top)).collect(), top }
    }

    /// log Σ_state e^{input·state} value(state).
    pub fn log_sum(&self, input: &[f32]) -> f64 {
        let count = self.values.len();
        let most: f64 = input.iter().map(|s| f64::from(s.abs())).sum();
        if most > 300.0 {
            let linear = inputs(|j, _| input[j], &[0.0], input.len());
            return self.top + log_sum_exp(linear.iter().zip(&self.values).map(|(s, v)| s + libm::log(*v)));
        }
        // The exponentials of sums are products, and none of them overflows.
        let exps: Vec<f64> = input.iter().map(|&s| libm::exp(f64::from(s))).collect();
        let mut factors = vec![1.0; count];
        let mut sum = self.values[0];
        for state in 1..count {
            factors[state] = factors[state & (state - 1)] * exps[state.trailing_zeros() as usize];
            sum += factors[state] * self.values[state];
        }
        self.top + libm::log(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_and_small_sums_agree_with_their_definition() {
        let logs = [0.3, -900.0, 2.0, 700.5];
        for input in [[0.5f32, -1.5], [400.0, -20.0]] {
            let each = (0..4usize).map(|s| {
                logs[s] + (0..2).filter(|j| s >> j & 1 == 1).map(|j| f64::from(input[j])).sum::<f64>()
            });
            let known = log_sum_exp(each);
            assert!((Scaled::new(&logs).log_sum(&input) - known).abs() < 1e-9 * known.abs());
        }
    }
}
