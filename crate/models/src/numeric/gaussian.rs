//! Gaussian distributions N(μ, Σ) in D dimensions.

use super::linear::Cholesky;
use alloc::vec;
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

    /// In the plane, of a covariance (σ_xx, σ_xy, σ_yy) with positive variances. One that rounding has made
    /// flat is taken to be just not flat.
    pub fn plane(mean: [f64; 2], [xx, xy, yy]: [f64; 3]) -> Gaussian {
        let a = libm::sqrt(xx);
        let b = xy / a;
        let d = libm::sqrt((yy - b * b).max(1e-16 * yy));
        Gaussian::factored(mean.to_vec(), Cholesky::from_lower(vec![a, 0.0, b, d], 2))
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

#[cfg(test)]
mod tests {
    use super::*;

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
        let plane = Gaussian::plane([0.3, -0.5], [1.0, 0.6, 0.8]);
        for x in [[0.0, 0.0], [2.0, -3.0]] {
            assert!((plane.log_density(&x) - g.log_density(&x)).abs() < 1e-14);
        }
    }

    #[test]
    fn draws_have_the_mean_and_covariance() {
        let (g, mut stream) = (Gaussian::plane([1.0, 2.0], [0.5, -0.3, 0.4]), Stream::new(1, 0));
        let draws: Vec<Vec<f64>> = (0..40_000).map(|_| g.draw(&mut stream)).collect();
        let mean = |f: &dyn Fn(&[f64]) -> f64| draws.iter().map(|x| f(x)).sum::<f64>() / draws.len() as f64;
        assert!((mean(&|x| x[0]) - 1.0).abs() < 0.02 && (mean(&|x| x[1]) - 2.0).abs() < 0.02);
        assert!((mean(&|x| (x[0] - 1.0) * (x[1] - 2.0)) + 0.3).abs() < 0.02);
    }

    /// What rounding has made singular is still evaluated, and what is no covariance is refused.
    #[test]
    fn flat_covariances() {
        assert!(Gaussian::new(vec![0.0; 2], &[1.0, 1.0, 1.0, 1.0]).is_none());
        assert!(Gaussian::plane([0.0; 2], [1.0, 1.0, 1.0]).log_density(&[0.1, 0.1]).is_finite());
    }
}
