//! Estimates from the weights of annealed importance sampling, in `f64`.

use crate::numeric::scalar::log_sum_exp;
use alloc::vec;
use alloc::vec::Vec;

/// Log-weights of chains, after each rung.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// `[R, C]`.
    logs: Vec<f64>,
    chains: usize,
}

impl Weights {
    /// From the sums of the increments within each rung, one row a rung.
    pub fn new<'a>(rungs: impl Iterator<Item = &'a [f32]>, chains: usize) -> Weights {
        let mut total = vec![0.0; chains];
        let mut logs = Vec::new();
        for rung in rungs {
            total.iter_mut().zip(rung).for_each(|(t, x)| *t += f64::from(*x));
            logs.extend_from_slice(&total);
        }
        Weights { logs, chains }
    }

    /// The log-weights after `rung` + 1 rungs, `[C]`.
    pub fn at(&self, rung: usize) -> &[f64] {
        &self.logs[rung * self.chains..][..self.chains]
    }

    /// Those at the end.
    pub fn last(&self) -> &[f64] {
        &self.logs[self.logs.len() - self.chains..]
    }
}

/// log of the mean weight, the estimate of log Z − log Z_base. The mean weight itself is unbiased; by Jensen's
/// inequality its logarithm is too low in expectation.
pub fn log_mean(logs: &[f64]) -> f64 {
    log_sum_exp(logs.iter().copied()) - libm::log(logs.len() as f64)
}

/// The effective sample size (Σw)² / Σw², from 1 to the number of chains.
pub fn effective(logs: &[f64]) -> f64 {
    libm::exp(2.0 * log_sum_exp(logs.iter().copied()) - log_sum_exp(logs.iter().map(|x| 2.0 * x)))
}

/// The mean of [`log_mean`] over groups of `size` chains: the expectation of the estimate from so few.
pub fn log_mean_of(logs: &[f64], size: usize) -> f64 {
    let groups = logs.chunks_exact(size.clamp(1, logs.len()));
    let count = groups.len() as f64;
    groups.map(log_mean).sum::<f64>() / count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_weights_are_all_effective() {
        let logs = [700.0; 8];
        assert!((effective(&logs) - 8.0).abs() < 1e-9);
        assert!((log_mean(&logs) - 700.0).abs() < 1e-9);
    }

    #[test]
    fn one_heavy_chain_is_alone_and_few_chains_are_low() {
        let logs = [0.0, 0.0, 0.0, 50.0];
        assert!((effective(&logs) - 1.0).abs() < 1e-9);
        assert!((log_mean(&logs) - (50.0 - libm::log(4.0))).abs() < 1e-9);
        assert!((log_mean_of(&logs, 1) - 12.5).abs() < 1e-9);
        assert!(log_mean_of(&logs, 2) < log_mean(&logs));
    }

    #[test]
    fn rungs_add_up() {
        let rungs: [&[f32]; 2] = [&[1.0, 2.0], &[0.5, -1.0]];
        let weights = Weights::new(rungs.into_iter(), 2);
        assert_eq!((weights.at(0), weights.last()), (&[1.0, 2.0][..], &[1.5, 1.0][..]));
    }
}
