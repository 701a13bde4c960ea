//! Gaussian distributions N(μ, Σ) in D dimensions.

use super::linear::Cholesky;
use alloc::vec::Vec;
use core::f64::consts::TAU;
use tilde_graph::rng::Stream;

/// Most dimensions.
pub const MOST: usize = 64;

/// N(μ, Σ), factored so that it can be evaluated many times.
#[derive(Clone, Debug, PartialEq)]
pub struct Gaussian {
    /// μ, `[D]`.
    pub mean: Vec<f64>,
    /// Σ = LLᵀ.
    pub factor: Cholesky,
    /// log (2π)^−D/2 |Σ|^−½.
    pub log_scale: f64,
}

impl Gaussian {
    /// Of a covariance `[D, D]`; `None` if it is not positive definite to working precision, or if there are
    /// more than [`MOST`] dimensions.
    pub fn new(mean: Vec<f64>, covariance: &[f64]) -> Option<Gaussian> {
        let d = mean.len();
        let factor = Cholesky::new(covariance, d).filter(|_| d <= MOST)?;
        Some(Gaussian::factored(mean, factor))
    }

    fn factored(mean: Vec<f64>, factor: Cholesky) -> Gaussian {
        let log_scale = -0.5 * (mean.len() as f64 * libm::log(TAU) + factor.log_det());
        Gaussian { mean, factor, log_scale }
    }

    /// The squared distance of x from the mean in standard deviations, (x − μ)ᵀΣ⁻¹(x − μ).
    pub fn distance(&self, x: &[f64]) -> f64 {
        let d = self.mean.len();
        // L⁻¹(x − μ), solved in place: this runs for every cell of a field.
        let mut white = [0.0; MOST];
        let mut square = 0.0;
        for i in 0..d {
            let row = &self.factor.lower[i * d..=i * d + i];
            let known: f64 = row[..i].iter().zip(&white).map(|(l, w)| l * w).sum();
            white[i] = (x[i] - self.mean[i] - known) / row[i];
            square += white[i] * white[i];
        }
        square
    }

    /// log N(x; μ, Σ).
    pub fn log_density(&self, x: &[f64]) -> f64 {
        self.log_scale - 0.5 * self.distance(x)
    }

    /// A draw, `[D]`.
    pub fn draw(&self, stream: &mut Stream) -> Vec<f64> {
        let z: Vec<f64> = self.mean.iter().map(|_| f64::from(stream.normal())).collect();
        let mut x = self.factor.colour(&z);
        x.iter_mut().zip(&self.mean).for_each(|(x, m)| *x += m);
        x
    }
}

/// A Gaussian in the plane: the same of two dimensions, without loops. Mixtures evaluate it for every point and
/// component in every step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaneGaussian {
    mean: [f64; 2],
    /// Σ = LLᵀ: L₁₁, L₂₁, L₂₂.
    lower: [f64; 3],
    /// log |Σ|.
    pub log_det: f64,
    log_scale: f64,
}

impl PlaneGaussian {
    /// Of a covariance (σ_xx, σ_xy, σ_yy) with positive variances. One that rounding has made flat is taken to
    /// be just not flat.
    pub fn new(mean: [f64; 2], [xx, xy, yy]: [f64; 3]) -> PlaneGaussian {
        let a = tilde_graph::real::sqrt(xx);
        let b = xy / a;
        let d = tilde_graph::real::sqrt((yy - b * b).max(1e-16 * yy));
        let log_det = 2.0 * libm::log(a) + 2.0 * libm::log(d);
        PlaneGaussian { mean, lower: [a, b, d], log_det, log_scale: -0.5 * (2.0 * libm::log(TAU) + log_det) }
    }

    /// The squared distance of x from the mean in standard deviations.
    pub fn distance(&self, x: [f64; 2]) -> f64 {
        let [a, b, d] = self.lower;
        let u = (x[0] - self.mean[0]) / a;
        let v = (x[1] - self.mean[1] - b * u) / d;
        u * u + v * v
    }

    /// log N(x; μ, Σ).
    pub fn log_density(&self, x: [f64; 2]) -> f64 {
        self.log_scale - 0.5 * self.distance(x)
    }

    /// Lz: with standard normal z, a draw of N(0, Σ).
    pub fn colour(&self, z: [f64; 2]) -> [f64; 2] {
        let [a, b, d] = self.lower;
        [a * z[0], b * z[0] + d * z[1]]
    }

    /// A draw.
    pub fn draw(&self, stream: &mut Stream) -> [f64; 2] {
        let z = [0, 1].map(|_| f64::from(stream.normal()));
        let x = self.colour(z);
        [x[0] + self.mean[0], x[1] + self.mean[1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn the_density_has_mass_one_and_the_given_moments() {
        let covariance = [1.0, 0.6, 0.6, 0.8];
        let g = Gaussian::new(vec![0.3, -0.5], &covariance).unwrap();
        let (mut mass, mut mixed, h) = (0.0, 0.0, 0.05);
        for i in -160..160 {
            for j in -160..160 {
                let x = [f64::from(i) * h, f64::from(j) * h];
                let p = libm::exp(g.log_density(&x)) * h * h;
                mass += p;
                mixed += p * (x[0] - 0.3) * (x[1] + 0.5);
            }
        }
        assert!((mass - 1.0).abs() < 1e-10 && (mixed - 0.6).abs() < 1e-10, "{mass} {mixed}");
        let plane = PlaneGaussian::new([0.3, -0.5], [1.0, 0.6, 0.8]);
        for x in [[0.0, 0.0], [2.0, -3.0]] {
            assert!((plane.log_density(x) - g.log_density(&x)).abs() < 1e-14);
        }
    }

    #[test]
    fn draws_have_the_mean_and_covariance() {
        let plane = PlaneGaussian::new([1.0, 2.0], [0.5, -0.3, 0.4]);
        let g = Gaussian::new(vec![1.0, 2.0], &[0.5, -0.3, -0.3, 0.4]).unwrap();
        let mut streams = [0, 1].map(|n| Stream::new(1, n));
        let draws = (0..40_000).map(|_| (plane.draw(&mut streams[0]).to_vec(), g.draw(&mut streams[1])));
        let (in_plane, in_any): (Vec<Vec<f64>>, Vec<Vec<f64>>) = draws.unzip();
        for draws in [in_plane, in_any] {
            let mean =
                |f: &dyn Fn(&[f64]) -> f64| draws.iter().map(|x| f(x)).sum::<f64>() / draws.len() as f64;
            assert!((mean(&|x| x[0]) - 1.0).abs() < 0.02 && (mean(&|x| x[1]) - 2.0).abs() < 0.02);
            assert!((mean(&|x| (x[0] - 1.0) * (x[1] - 2.0)) + 0.3).abs() < 0.02);
        }
    }

    /// What rounding has made singular is still evaluated, and what is no covariance is refused.
    #[test]
    fn flat_covariances() {
        assert!(Gaussian::new(vec![0.0; 2], &[1.0, 1.0, 1.0, 1.0]).is_none());
        assert!(PlaneGaussian::new([0.0; 2], [1.0, 1.0, 1.0]).log_density([0.1, 0.1]).is_finite());
    }
}
