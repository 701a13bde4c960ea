//! Mixtures of Gaussians in the plane. Covariances are (σ_xx, σ_xy, σ_yy).

use crate::metrics::Estimate;
use crate::numeric::gaussian::PlaneGaussian;
use crate::numeric::scalar::{length, log_sum_exp};
use crate::prelude::*;

/// One weighted Gaussian.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Component {
    /// Its share.
    pub weight: f64,
    /// Mean.
    pub mean: [f64; 2],
    /// Covariance.
    pub covariance: [f64; 3],
}

/// A component made ready to be evaluated many times.
#[derive(Clone, Copy, Debug)]
pub struct Ready {
    /// Its Gaussian.
    pub gaussian: PlaneGaussian,
    log_weight: f64,
}

impl Ready {
    /// Of a component with a positive definite covariance.
    pub fn new(c: &Component) -> Ready {
        let gaussian = PlaneGaussian::new(c.mean, c.covariance);
        Ready { gaussian, log_weight: libm::log(c.weight.max(1e-300)) }
    }

    /// log weight + log density.
    pub fn log_weighted(&self, x: [f64; 2]) -> f64 {
        self.log_weight + self.gaussian.log_density(x)
    }
}

/// A mixture, ready.
pub fn ready(components: &[Component]) -> Vec<Ready> {
    components.iter().map(Ready::new).collect()
}

/// log density of a mixture.
pub fn log_density(mixture: &[Ready], x: [f64; 2]) -> f64 {
    log_sum_exp(mixture.iter().map(|c| c.log_weighted(x)))
}

/// The mean log density of points.
pub fn mean_log_density(mixture: &[Ready], points: &[[f64; 2]]) -> f64 {
    points.iter().map(|&x| log_density(mixture, x)).sum::<f64>() / points.len() as f64
}

/// The same of points that stand for all others.
pub fn estimated_log_density(mixture: &[Ready], points: &[[f64; 2]]) -> Estimate {
    let each: Vec<f64> = points.iter().map(|&x| log_density(mixture, x)).collect();
    Estimate::of(each.into_iter())
}

/// Draws of a mixture.
pub fn sample(components: &[Component], n: usize, stream: &mut Stream) -> Vec<[f64; 2]> {
    let (mixture, total) = (ready(components), components.iter().map(|c| c.weight).sum::<f64>());
    (0..n)
        .map(|_| {
            let mut u = f64::from(stream.uniform()) * total;
            let mut k = 0;
            while k + 1 < components.len() && u > components[k].weight {
                u -= components[k].weight;
                k += 1;
            }
            mixture[k].gaussian.draw(stream)
        })
        .collect()
}

/// The two eigenvalues of a covariance, the larger first.
pub fn eigenvalues([xx, xy, yy]: [f64; 3]) -> [f64; 2] {
    let (middle, half) = ((xx + yy) / 2.0, length((xx - yy) / 2.0, xy));
    [middle + half, middle - half]
}

/// Whether it is a covariance of two dimensions. Rounding may have made a thin one flat.
pub fn is_definite(covariance: [f64; 3]) -> bool {
    let [large, small] = eigenvalues(covariance);
    covariance[0] > 0.0 && covariance[2] > 0.0 && small >= -1e-12 * large
}

/// The covariance with both eigenvalues raised to `floor` where they are below: the likeliest one
/// among those that are nowhere narrower (S. Ingrassia, Statistical Methods and Applications 13,
/// 2004), so that EM under the constraint still never lowers the likelihood.
pub fn clamped(covariance: [f64; 3], floor: f64) -> [f64; 3] {
    let [large, small] = eigenvalues(covariance);
    if small >= floor {
        return covariance;
    }
    let (new_large, new_small) = (large.max(floor), small.max(floor));
    let gap = large - small;
    if gap <= 1e-14 * large.abs() {
        return [new_large, 0.0, new_large];
    }
    // Σ = λ₁P + λ₂(I − P).
    let [xx, xy, yy] = covariance;
    let p = [(xx - small) / gap, xy / gap, (yy - small) / gap];
    let lift = new_large - new_small;
    [new_small + lift * p[0], lift * p[1], new_small + lift * p[2]]
}
