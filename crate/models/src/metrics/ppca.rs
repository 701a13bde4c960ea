//! Probabilistic PCA in closed form: the optimum of a linear Gaussian autoencoder.
//!
//! M. Tipping, C. Bishop, "Probabilistic principal component analysis", J. R. Stat. Soc. B 61, 1999.

use super::bounds::HALF_LOG_TAU;
use crate::numeric::linear::{moments, symmetric_eigen};
use alloc::vec::Vec;

/// The most dimensions it is computed for: the eigenvalues take cubic time.
pub const MOST: usize = 128;

/// The greatest mean log-likelihood, in nats per row, of rows `[N, d]` under N(m, WWᵀ + σ²I) with
/// `q < d` columns of W: −½(d log 2π + Σ_{i≤q} log λᵢ + (d − q) log σ² + d), where λ are the
/// covariance's eigenvalues (divided by N) and σ² the mean of the smallest d − q. `None` where the rows
/// lie in q dimensions up to rounding: the likelihood is unbounded then, as σ falls.
pub fn log_likelihood(rows: &[f32], d: usize, q: usize) -> Option<f64> {
    let rows: Vec<f64> = rows.iter().map(|x| f64::from(*x)).collect();
    let (eigen, _) = symmetric_eigen(moments(&rows, d).1, d);
    let q = q.min(d - 1);
    let noise = eigen[q..].iter().sum::<f64>() / (d - q) as f64;
    if noise <= 1e-12 * eigen[0] {
        return None;
    }
    let logs: f64 = eigen[..q].iter().map(|l| libm::log(*l)).sum();
    Some(-0.5 * (logs + (d - q) as f64 * libm::log(noise) + d as f64) - d as f64 * HALF_LOG_TAU)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::digits::digits;

    /// Figures of scikit-learn's eigenvalues on the even digits / 16 (`tests/goldens/sklearn.json`).
    #[test]
    fn agrees_with_the_golden_figures() {
        let images = std::fs::read("../../www/data/digits8-images.idx").unwrap();
        let labels = std::fs::read("../../www/data/digits8-labels.idx").unwrap();
        let rows = digits(&images, &labels).unwrap().0.to_floats();
        for (q, exact) in [(2, 0.334_864_060_4), (8, 14.621_920_660_3), (16, 24.343_319_960_9)] {
            let found = log_likelihood(&rows, 64, q).unwrap();
            assert!((found - exact).abs() < 1e-6, "q = {q}: {found} against {exact}");
        }
        // Nine images have eight dimensions, and one image none.
        for (n, q, known) in [(9, 7, true), (9, 8, false), (9, 9, false), (1, 2, false)] {
            assert_eq!(log_likelihood(&rows[..64 * n], 64, q).is_some(), known, "{n} images, q = {q}");
        }
    }
}
