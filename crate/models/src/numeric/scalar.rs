//! Functions of one number, and sums of logarithms.

/// The logistic function 1/(1 + e^−x).
pub fn logistic(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + libm::exp(-x))
    } else {
        let e = libm::exp(x);
        e / (1.0 + e)
    }
}

/// √(x² + y²), of numbers whose squares are finite: `libm::hypot` asks for more, in half a kilobyte.
pub fn length(x: f64, y: f64) -> f64 {
    tilde_graph::real::sqrt(x * x + y * y)
}

/// log(1 + e^x) without overflow.
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}

/// log Σ e^xᵢ without overflow; −∞ of nothing.
pub fn log_sum_exp(logs: impl IntoIterator<Item = f64> + Clone) -> f64 {
    let top = logs.clone().into_iter().fold(f64::NEG_INFINITY, f64::max);
    if top == f64::NEG_INFINITY {
        return top;
    }
    top + libm::log(logs.into_iter().map(|x| libm::exp(x - top)).sum())
}

/// The largest; −∞ of nothing, and NaN if one of them is, which `f64::max` would pass over.
pub fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().fold(f64::NEG_INFINITY, |most, x| if x > most || x.is_nan() { x } else { most })
}

/// The standard normal distribution function Φ.
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * core::f64::consts::FRAC_1_SQRT_2)
}

/// The digamma function, the derivative of log Γ, for x > 0: by its recurrence to x ≥ 8, then its
/// asymptotic series.
pub fn digamma(mut x: f64) -> f64 {
    let mut low = 0.0;
    while x < 8.0 {
        low -= 1.0 / x;
        x += 1.0;
    }
    let r = 1.0 / (x * x);
    // Bernoulli numbers: Σ B₂ₖ / (2k x²ᵏ).
    let tail = r
        * (1.0 / 12.0
            - r * (1.0 / 120.0
                - r * (1.0 / 252.0
                    - r * (1.0 / 240.0 - r * (1.0 / 132.0 - r * (691.0 / 32_760.0 - r / 12.0))))));
    low + libm::log(x) - 0.5 / x - tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_overflows() {
        assert_eq!((logistic(-1000.0), logistic(1000.0), logistic(0.0)), (0.0, 1.0, 0.5));
        assert_eq!((softplus(1000.0), softplus(-1000.0)), (1000.0, 0.0));
        assert!((log_sum_exp([1000.0, 1000.0]) - 1000.0 - core::f64::consts::LN_2).abs() < 1e-12);
        assert_eq!(log_sum_exp([]), f64::NEG_INFINITY);
    }

    #[test]
    fn what_is_not_a_number_is_not_passed_over() {
        assert_eq!((largest([1.0, 3.0, 2.0]), largest([])), (3.0, f64::NEG_INFINITY));
        assert!([[f64::NAN, 1.0], [1.0, f64::NAN]].map(largest).iter().all(|x| x.is_nan()));
    }

    /// Φ(1.96) of the tables.
    #[test]
    fn the_normal_distribution_is_tabulated() {
        assert!((normal_cdf(1.96) - 0.975_002_104_851_78).abs() < 1e-12);
        assert!((normal_cdf(-1.96) + normal_cdf(1.96) - 1.0).abs() < 1e-15);
    }

    /// ψ(1) = −γ, ψ(½) = −γ − 2 ln 2, and the recurrence.
    #[test]
    fn digamma_is_tabulated() {
        let gamma = 0.577_215_664_901_532_9;
        assert!((digamma(1.0) + gamma).abs() < 1e-14);
        assert!((digamma(0.5) + gamma + 2.0 * core::f64::consts::LN_2).abs() < 1e-14);
        for x in [0.01, 0.7, 3.0, 7.9, 40.0] {
            assert!((digamma(x + 1.0) - digamma(x) - 1.0 / x).abs() < 1e-13 / x.min(1.0));
        }
    }
}
