//! Small dense matrices, `[d, d]` row-major.

use alloc::vec;
use alloc::vec::Vec;

/// The Cholesky factor of a symmetric positive definite matrix: A = LLᵀ with L lower triangular.
#[derive(Clone, Debug, PartialEq)]
pub struct Cholesky {
    /// L, row-major, zeros above the diagonal.
    pub lower: Vec<f64>,
    d: usize,
}

impl Cholesky {
    /// Factors `[d, d]`; `None` if it is not positive definite to working precision.
    pub fn new(a: &[f64], d: usize) -> Option<Cholesky> {
        let mut lower = vec![0.0; d * d];
        for i in 0..d {
            for j in 0..=i {
                let dot: f64 = (0..j).map(|k| lower[i * d + k] * lower[j * d + k]).sum();
                let rest = a[i * d + j] - dot;
                if i > j {
                    lower[i * d + j] = rest / lower[j * d + j];
                } else if rest > 0.0 {
                    lower[i * d + i] = tilde_graph::real::sqrt(rest);
                } else {
                    return None;
                }
            }
        }
        Some(Cholesky { lower, d })
    }

    /// From L itself, `[d, d]`, with zeros above the diagonal.
    pub fn from_lower(lower: Vec<f64>, d: usize) -> Cholesky {
        Cholesky { lower, d }
    }

    /// log det A.
    pub fn log_det(&self) -> f64 {
        (0..self.d).map(|i| 2.0 * libm::log(self.lower[i * self.d + i])).sum()
    }

    /// L⁻¹b.
    pub fn whiten(&self, b: &[f64]) -> Vec<f64> {
        let d = self.d;
        let mut y = b.to_vec();
        for i in 0..d {
            let dot: f64 = (0..i).map(|k| self.lower[i * d + k] * y[k]).sum();
            y[i] = (y[i] - dot) / self.lower[i * d + i];
        }
        y
    }

    /// A⁻¹b.
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let d = self.d;
        let mut x = self.whiten(b);
        for i in (0..d).rev() {
            let dot: f64 = (i + 1..d).map(|k| self.lower[k * d + i] * x[k]).sum();
            x[i] = (x[i] - dot) / self.lower[i * d + i];
        }
        x
    }

    /// bᵀA⁻¹b.
    pub fn quadratic(&self, b: &[f64]) -> f64 {
        self.whiten(b).iter().map(|y| y * y).sum()
    }

    /// Lz: with standard normal z, a draw of N(0, A).
    pub fn colour(&self, z: &[f64]) -> Vec<f64> {
        let d = self.d;
        (0..d).map(|i| (0..=i).map(|k| self.lower[i * d + k] * z[k]).sum()).collect()
    }
}

/// Eigenvalues of a symmetric matrix `[d, d]`, the largest first, and the eigenvectors in the same
/// order, one a row, each of length 1. By Jacobi's rotations: cubic time a sweep.
pub fn symmetric_eigen(mut a: Vec<f64>, d: usize) -> (Vec<f64>, Vec<f64>) {
    let mut v = vec![0.0; d * d];
    (0..d).for_each(|i| v[i * d + i] = 1.0);
    let scale: f64 = a.iter().map(|x| x * x).sum();
    for _ in 0..60 {
        let off: f64 =
            (0..d).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i * d + j] * a[i * d + j]).sum();
        if off <= 1e-26 * scale {
            break;
        }
        for p in 0..d {
            for q in p + 1..d {
                rotate(&mut a, &mut v, d, p, q);
            }
        }
    }
    let mut order: Vec<usize> = (0..d).collect();
    order.sort_unstable_by(|&i, &j| a[j * d + j].total_cmp(&a[i * d + i]).then(i.cmp(&j)));
    let values = order.iter().map(|&i| a[i * d + i]).collect();
    let vectors = order.iter().flat_map(|&i| v[i * d..(i + 1) * d].to_vec()).collect();
    (values, vectors)
}

/// One rotation of the plane of axes p and q, which makes `a[p, q]` 0.
fn rotate(a: &mut [f64], v: &mut [f64], d: usize, p: usize, q: usize) {
    let x = a[p * d + q];
    if x == 0.0 {
        return;
    }
    let theta = (a[q * d + q] - a[p * d + p]) / (2.0 * x);
    let sign = if theta < 0.0 { -1.0 } else { 1.0 };
    let t = sign / (theta.abs() + tilde_graph::real::sqrt(theta * theta + 1.0));
    let c = 1.0 / tilde_graph::real::sqrt(t * t + 1.0);
    let s = t * c;
    let turn = |m: &mut [f64], i: usize, j: usize| {
        let (x, y) = (m[i], m[j]);
        m[i] = c * x - s * y;
        m[j] = s * x + c * y;
    };
    (0..d).for_each(|k| turn(a, k * d + p, k * d + q));
    (0..d).for_each(|k| turn(a, p * d + k, q * d + k));
    (0..d).for_each(|k| turn(v, p * d + k, q * d + k));
}

/// The mean of rows `[N, d]` and their covariance `[d, d]`, divided by N.
pub fn moments(rows: &[f64], d: usize) -> (Vec<f64>, Vec<f64>) {
    let n = (rows.len() / d) as f64;
    let mut mean = vec![0.0; d];
    for row in rows.chunks_exact(d) {
        mean.iter_mut().zip(row).for_each(|(m, x)| *m += x / n);
    }
    let mut covariance = vec![0.0; d * d];
    for row in rows.chunks_exact(d) {
        for i in 0..d {
            let centred = (row[i] - mean[i]) / n;
            for j in 0..d {
                covariance[i * d + j] += centred * (row[j] - mean[j]);
            }
        }
    }
    (mean, covariance)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: [f64; 9] = [4.0, 1.0, -0.5, 1.0, 3.0, 0.25, -0.5, 0.25, 2.0];

    #[test]
    fn solutions_solve() {
        let b = [1.0, -2.0, 0.5];
        let x = Cholesky::new(&A, 3).unwrap().solve(&b);
        for i in 0..3 {
            let back: f64 = (0..3).map(|j| A[3 * i + j] * x[j]).sum();
            assert!((back - b[i]).abs() < 1e-12);
        }
        assert!(Cholesky::new(&[1.0, 2.0, 2.0, 1.0], 2).is_none());
    }

    #[test]
    fn eigenvectors_are_stretched_by_their_eigenvalues() {
        let (values, vectors) = symmetric_eigen(A.to_vec(), 3);
        assert!(values[0] > values[1] && values[1] > values[2]);
        for (value, vector) in values.iter().zip(vectors.chunks_exact(3)) {
            for i in 0..3 {
                let product: f64 = (0..3).map(|j| A[3 * i + j] * vector[j]).sum();
                assert!((product - value * vector[i]).abs() < 1e-10);
            }
        }
        let log_det: f64 = values.iter().map(|v| libm::log(*v)).sum();
        assert!((Cholesky::new(&A, 3).unwrap().log_det() - log_det).abs() < 1e-12);
    }
}
