//! A joint distribution p(x, y): Gaussians, each of which belongs to a class. A generative classifier
//! is one with a Gaussian a class; the sets that are generated are others.

use crate::numeric::gaussian::Gaussian;
use crate::numeric::scalar::log_sum_exp;
use crate::prelude::*;

/// One Gaussian.
#[derive(Clone, Debug)]
pub struct Part {
    /// The class that its points have.
    pub class: usize,
    /// Its share of all points.
    pub weight: f64,
    /// Of its points, in D dimensions.
    pub gaussian: Gaussian,
    /// `[D, D]`.
    pub covariance: Vec<f64>,
    /// log of weight · (2π)^−D/2 · |Σ|^−½.
    log_scale: f64,
}

impl Part {
    /// `None` if the covariance is not positive definite or the weight not positive.
    pub fn new(class: usize, weight: f64, mean: Vec<f64>, covariance: Vec<f64>) -> Option<Part> {
        let gaussian = Gaussian::new(mean, &covariance)?;
        let log_scale = libm::log(weight) + gaussian.log_scale;
        log_scale.is_finite().then_some(Part { class, weight, gaussian, covariance, log_scale })
    }

    /// log of weight · density.
    fn log_density(&self, x: &[f64]) -> f64 {
        self.log_scale - 0.5 * self.gaussian.distance(x)
    }
}

/// A mixture of such Gaussians.
#[derive(Clone, Debug)]
pub struct Joint {
    /// Its parts; weights sum to 1.
    pub parts: Vec<Part>,
    /// Classes.
    pub classes: usize,
}

impl Joint {
    /// log p(x, y) for each class; −∞ for a class without a part.
    pub fn log_joint(&self, x: &[f64], out: &mut [f64]) {
        out.fill(f64::NEG_INFINITY);
        for part in &self.parts {
            let log = part.log_density(x);
            let so_far = out[part.class];
            out[part.class] = if so_far == f64::NEG_INFINITY { log } else { log_sum_exp([so_far, log]) };
        }
    }

    /// log p(x).
    pub fn log_density(&self, x: &[f64]) -> f64 {
        let mut joint = [0.0; 10];
        let joint = &mut joint[..self.classes];
        self.log_joint(x, joint);
        log_sum_exp(joint.iter().copied())
    }

    /// The exact distribution of the features `kept` alone: the others integrated out.
    pub fn marginal(&self, kept: &[usize]) -> Joint {
        let parts = self.parts.iter().filter_map(|p| {
            let d = p.gaussian.mean.len();
            let mean = kept.iter().map(|&i| p.gaussian.mean[i]).collect();
            let block = |&i: &usize| kept.iter().map(move |&j| p.covariance[i * d + j]);
            Part::new(p.class, p.weight, mean, kept.iter().flat_map(block).collect())
        });
        Joint { parts: parts.collect(), classes: self.classes }
    }

    /// `x` with its features from `first` on replaced by their expectation given those before:
    /// Σ_parts p(part | x_a) · (μ_b + Σ_ba Σ_aa⁻¹ (x_a − μ_a)).
    pub fn fill(&self, x: &[f64], first: usize) -> Vec<f64> {
        let d = x.len();
        let kept: Vec<usize> = (0..first).collect();
        let seen = self.marginal(&kept);
        let logs: Vec<f64> = seen.parts.iter().map(|p| p.log_density(&x[..first])).collect();
        let total = log_sum_exp(logs.iter().copied());
        let mut filled = x.to_vec();
        filled[first..].fill(0.0);
        for ((part, visible), log) in self.parts.iter().zip(&seen.parts).zip(&logs) {
            let share = libm::exp(log - total);
            let off: Vec<f64> = (0..first).map(|i| x[i] - part.gaussian.mean[i]).collect();
            let pull = visible.gaussian.factor.solve(&off);
            for i in first..d {
                let shift: f64 = (0..first).map(|j| part.covariance[i * d + j] * pull[j]).sum();
                filled[i] += share * (part.gaussian.mean[i] + shift);
            }
        }
        filled
    }

    /// Draws y, then x given y: ancestral sampling.
    pub fn sample(&self, stream: &mut Stream) -> (Vec<f64>, usize) {
        let mut left = f64::from(stream.uniform());
        let mut chosen = &self.parts[0];
        for part in &self.parts {
            chosen = part;
            left -= part.weight;
            if left < 0.0 {
                break;
            }
        }
        (chosen.gaussian.draw(stream), chosen.class)
    }

    /// A standard normal for every class: what is known before anything is learned.
    pub fn ignorant(classes: usize, d: usize) -> Joint {
        let mut identity = vec![0.0; d * d];
        (0..d).for_each(|i| identity[i * d + i] = 1.0);
        let weight = 1.0 / classes as f64;
        let part = |class| Part::new(class, weight, vec![0.0; d], identity.clone());
        Joint { parts: (0..classes).filter_map(part).collect(), classes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> Joint {
        let part =
            |class, weight, x, xy| Part::new(class, weight, vec![x, 0.5], vec![1.0, xy, xy, 0.8]).unwrap();
        Joint { parts: vec![part(0, 0.3, -1.0, 0.6), part(1, 0.7, 1.0, -0.2)], classes: 2 }
    }

    #[test]
    fn marginals_and_fillings_are_integrals() {
        let (joint, x, h) = (two(), 0.4, 0.01);
        let (mut mass, mut first) = (0.0, 0.0);
        for i in -1000..1000 {
            let y = i as f64 * h;
            let p = libm::exp(joint.log_density(&[x, y])) * h;
            (mass, first) = (mass + p, first + p * y);
        }
        assert!((joint.marginal(&[0]).log_density(&[x]) - libm::log(mass)).abs() < 1e-9);
        assert!((joint.fill(&[x, 9.0], 1)[1] - first / mass).abs() < 1e-9);
    }

    #[test]
    fn samples_have_the_moments_of_their_parts() {
        let (joint, mut stream) = (two(), Stream::new(1, 0));
        let draws: Vec<(Vec<f64>, usize)> = (0..20_000).map(|_| joint.sample(&mut stream)).collect();
        let ones = draws.iter().filter(|d| d.1 == 1).count() as f64;
        assert!((ones / 20_000.0 - 0.7).abs() < 0.015);
        let x = draws.iter().filter(|d| d.1 == 1).map(|d| d.0[0]).sum::<f64>() / ones;
        assert!((x - 1.0).abs() < 0.03);
    }
}
