//! Principal component analysis: the optimum of a linear autoencoder.
//!
//! P. Baldi, K. Hornik, "Neural networks and principal component analysis: learning from examples
//! without local minima", Neural Networks 2, 1989.

use crate::numeric::linear::{moments, symmetric_eigen};
use alloc::vec;
use alloc::vec::Vec;

/// The first principal components of some data.
pub struct Pca {
    mean: Vec<f64>,
    /// `[q, d]`, orthonormal rows.
    components: Vec<f64>,
    /// Mean ‖x − x̂‖² over the data: the sum of the other eigenvalues of the covariance.
    pub error: f64,
}

impl Pca {
    /// Of rows `[N, d]`, with `q ≤ d` components. The eigenvalues take cubic time in d.
    pub fn new(rows: &[f32], d: usize, q: usize) -> Pca {
        let rows: Vec<f64> = rows.iter().map(|x| f64::from(*x)).collect();
        let (mean, covariance) = moments(&rows, d);
        let (values, mut components) = symmetric_eigen(covariance, d);
        components.truncate(q * d);
        Pca { mean, components, error: values[q..].iter().sum() }
    }

    /// The projections of rows `[n, d]` on the components, in the coordinates of the data.
    pub fn project(&self, rows: &[f32]) -> Vec<f32> {
        let d = self.mean.len();
        let mut out = Vec::with_capacity(rows.len());
        for row in rows.chunks_exact(d) {
            let centred: Vec<f64> = row.iter().zip(&self.mean).map(|(x, m)| f64::from(*x) - m).collect();
            let mut back = self.mean.clone();
            for component in self.components.chunks_exact(d) {
                let along = dot(component, &centred);
                back.iter_mut().zip(component).for_each(|(b, c)| *b += along * c);
            }
            out.extend(back.iter().map(|&x| x as f32));
        }
        out
    }

    /// The largest principal angle, in radians, between the components' span and that of as many vectors
    /// `[q, d]`: the largest angle that a vector of one span has to the other span. π/2 if the vectors are
    /// linearly dependent.
    pub fn angle(&self, vectors: &[f32]) -> f64 {
        let d = self.mean.len();
        let q = self.components.len() / d;
        let mut basis: Vec<f64> = vectors.iter().map(|x| f64::from(*x)).collect();
        // Gram–Schmidt, twice: rounding in the first pass is gone after the second.
        for _ in 0..2 {
            for i in 0..q {
                let (done, rest) = basis.split_at_mut(i * d);
                let v = &mut rest[..d];
                for u in done.chunks_exact(d) {
                    let along = dot(u, v);
                    v.iter_mut().zip(u).for_each(|(v, u)| *v -= along * u);
                }
                let norm = tilde_graph::real::sqrt(dot(v, v));
                if norm < 1e-12 {
                    return core::f64::consts::FRAC_PI_2;
                }
                v.iter_mut().for_each(|v| *v /= norm);
            }
        }
        // Residuals of the basis vectors outside the components' span. The eigenvalues of their products are
        // sin² of the principal angles.
        for v in basis.chunks_exact_mut(d) {
            for c in self.components.chunks_exact(d) {
                let along = dot(c, v);
                v.iter_mut().zip(c).for_each(|(v, c)| *v -= along * c);
            }
        }
        let mut products = vec![0.0; q * q];
        for (i, product) in products.iter_mut().enumerate() {
            *product = dot(&basis[i / q * d..][..d], &basis[i % q * d..][..d]);
        }
        let (sines, _) = symmetric_eigen(products, q);
        libm::asin(tilde_graph::real::sqrt(sines[0].max(0.0).min(1.0)))
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{near, numbers, record};

    /// Points of a plane in space with some noise across it.
    fn rows() -> Vec<f32> {
        (0..60)
            .flat_map(|i| {
                let (a, b, c) =
                    ((i as f32).sin(), 0.5 * (1.7 * i as f32).cos(), 0.01 * (2.9 * i as f32).sin());
                [a + 1.0, b - 2.0, c + 0.5]
            })
            .collect()
    }

    #[test]
    fn angles_are_those_of_the_plane() {
        let pca = Pca::new(&rows(), 3, 2);
        assert!(pca.angle(&[1.0, 0.0, 0.0, 1.0, 1.0, 0.0]) < 0.02);
        // Tilted by 0.3 about the first axis.
        let (sin, cos) = (0.3f32.sin(), 0.3f32.cos());
        let tilted = pca.angle(&[1.0, 0.0, 0.0, 5.0, 2.0 * cos, 2.0 * sin]);
        assert!((tilted - 0.3).abs() < 0.02, "{tilted}");
        assert_eq!(pca.angle(&[1.0, 0.0, 0.0, 2.0, 0.0, 0.0]), core::f64::consts::FRAC_PI_2);
    }

    #[test]
    fn the_error_is_that_of_the_projections() {
        let (rows, pca) = (rows(), Pca::new(&rows(), 3, 1));
        let back = pca.project(&rows);
        let error: f64 = rows.iter().zip(&back).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>() / 60.0;
        assert!((error - pca.error).abs() < 1e-6, "{error} {}", pca.error);
    }

    /// scikit-learn's components and SciPy's angle (`tests/goldens/make_auto.py`).
    #[test]
    fn agrees_with_scikit_learn() {
        let r = record("auto", "pca");
        let floats = |id: &str| -> Vec<f32> { numbers(&r["in"][id]).iter().map(|&x| x as f32).collect() };
        let pca = Pca::new(&floats("rows"), 6, 2);
        near("error", &[pca.error], &numbers(&r["out"]["error"]), 1e-10);
        near("angle", &[pca.angle(&floats("vectors"))], &numbers(&r["out"]["angle"]), 1e-10);
        let got: Vec<f64> = pca.project(&floats("asked")).iter().map(|&x| f64::from(x)).collect();
        near("projections", &got, &numbers(&r["out"]["projections"]), 1e-6);
    }
}
