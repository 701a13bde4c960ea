//! Probabilistic PCA in closed form: the optimum of a linear Gaussian autoencoder.
//!
//! M. Tipping, C. Bishop, "Probabilistic principal component analysis", J. R. Stat. Soc. B 61, 1999.

use super::bounds::HALF_LOG_TAU;
use alloc::vec;
use alloc::vec::Vec;

/// The most dimensions it is computed for: the eigenvalues take cubic time.
pub const MOST: usize = 128;

/// The greatest mean log-likelihood, in nats per row, of rows `[N, d]` under N(m, WWᵀ + σ²I) with
/// `q < d` columns of W: −½(d log 2π + Σ_{i≤q} log λᵢ + (d − q) log σ² + d), where λ are the
/// covariance's eigenvalues (divided by N) and σ² the mean of the smallest d − q.
pub fn log_likelihood(rows: &[f32], d: usize, q: usize) -> f64 {
    let n = rows.len() / d;
    let mut mean = vec![0.0; d];
    for row in rows.chunks_exact(d) {
        mean.iter_mut().zip(row).for_each(|(m, x)| *m += f64::from(*x) / n as f64);
    }
    let mut covariance = vec![0.0; d * d];
    for row in rows.chunks_exact(d) {
        let centred: Vec<f64> = row.iter().zip(&mean).map(|(x, m)| f64::from(*x) - m).collect();
        for i in 0..d {
            for j in 0..d {
                covariance[i * d + j] += centred[i] * centred[j] / n as f64;
            }
        }
    }
    // The largest first.
    let mut eigen: Vec<f64> = Vec::with_capacity(d);
    for value in eigenvalues(covariance, d) {
        eigen.insert(eigen.partition_point(|other| *other > value), value);
    }
    let q = q.min(d - 1);
    let noise = eigen[q..].iter().sum::<f64>() / (d - q) as f64;
    let logs: f64 = eigen[..q].iter().map(|l| libm::log(*l)).sum();
    -0.5 * (logs + (d - q) as f64 * libm::log(noise) + d as f64) - d as f64 * HALF_LOG_TAU
}

/// Eigenvalues of a symmetric matrix `[d, d]`, by Jacobi's rotations.
fn eigenvalues(mut a: Vec<f64>, d: usize) -> Vec<f64> {
    let scale: f64 = a.iter().map(|x| x * x).sum();
    for _ in 0..60 {
        let off: f64 =
            (0..d).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i * d + j] * a[i * d + j]).sum();
        if off <= 1e-26 * scale {
            break;
        }
        for p in 0..d {
            for q in p + 1..d {
                let x = a[p * d + q];
                if x == 0.0 {
                    continue;
                }
                let theta = (a[q * d + q] - a[p * d + p]) / (2.0 * x);
                let sign = if theta < 0.0 { -1.0 } else { 1.0 };
                let t = sign / (theta.abs() + libm::sqrt(theta * theta + 1.0));
                let c = 1.0 / libm::sqrt(t * t + 1.0);
                let s = t * c;
                for k in 0..d {
                    let (x, y) = (a[k * d + p], a[k * d + q]);
                    a[k * d + p] = c * x - s * y;
                    a[k * d + q] = s * x + c * y;
                }
                for k in 0..d {
                    let (x, y) = (a[p * d + k], a[q * d + k]);
                    a[p * d + k] = c * x - s * y;
                    a[q * d + k] = s * x + c * y;
                }
            }
        }
    }
    (0..d).map(|i| a[i * d + i]).collect()
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
            let found = log_likelihood(&rows, 64, q);
            assert!((found - exact).abs() < 1e-6, "q = {q}: {found} against {exact}");
        }
    }
}
