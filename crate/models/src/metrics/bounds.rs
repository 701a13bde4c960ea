//! Bounds on a log-likelihood from log-weights.

/// ½ log 2π.
pub const HALF_LOG_TAU: f64 = 0.918_938_533_204_672_7;

/// log of the mean of exponentials; −∞ for none.
pub fn log_mean_exp(logs: &[f64]) -> f64 {
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !top.is_finite() {
        return top;
    }
    let sum: f64 = logs.iter().map(|l| libm::exp(l - top)).sum();
    top + libm::log(sum / logs.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_mean_exp_is_stable() {
        assert!((log_mean_exp(&[1000.0, 1000.0]) - 1000.0).abs() < 1e-12);
        assert!((log_mean_exp(&[0.0, -1e9]) + core::f64::consts::LN_2).abs() < 1e-12);
        assert_eq!(log_mean_exp(&[]), f64::NEG_INFINITY);
    }
}
