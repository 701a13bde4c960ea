//! Estimates from the weights of annealed importance sampling, in `f64`.

use crate::metrics::Estimate;
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

/// The same with its standard error, that of the mean weight over the mean weight: to first order that of its
/// logarithm. Where one chain carries all the weight, neither says much.
pub fn estimate(logs: &[f64]) -> Estimate {
    let mean = log_mean(logs);
    let weights = Estimate::of(logs.iter().map(|log| libm::exp(log - mean)));
    weights.through(mean, 1.0)
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

    /// Lognormal weights: over many runs the estimates spread as their errors say.
    #[test]
    fn the_error_is_that_of_the_logarithm() {
        let mut stream = tilde_graph::rng::Stream::new(1, 0);
        let all: Vec<Estimate> = (0..1000)
            .map(|_| estimate(&(0..100).map(|_| 0.5 * f64::from(stream.normal())).collect::<Vec<f64>>()))
            .collect();
        let of = Estimate::of(all.iter().map(|e| e.mean));
        let (spread, said) =
            (of.error * tilde_graph::real::sqrt(1000.0), all.iter().map(|e| e.error).sum::<f64>() / 1000.0);
        assert!((spread / said - 1.0).abs() < 0.07, "{spread} {said}");
        // E w = e^{σ²/2}
        assert!((of.mean - 0.125).abs() < 0.01, "{of:?}");
    }

    #[test]
    fn rungs_add_up() {
        let rungs: [&[f32]; 2] = [&[1.0, 2.0], &[0.5, -1.0]];
        let weights = Weights::new(rungs.into_iter(), 2);
        assert_eq!((weights.at(0), weights.last()), (&[1.0, 2.0][..], &[1.5, 1.0][..]));
    }
}
