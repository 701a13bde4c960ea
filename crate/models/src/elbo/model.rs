//! The models of the lab: a latent z, a decoder, one observed x. Small enough that p(x) and p(z|x),
//! which are out of reach elsewhere, are a sum over all z, or an integral over a fine grid.

use crate::numeric::scalar::log_sum_exp;
use crate::prelude::*;

/// Half the width of the grid of z, and the distance of its points: a posterior of the least noise
/// is several points wide, and the widest q ends within.
const REACH: f64 = 24.0;
const GRID: f64 = 0.01;
/// The log of a density that weighs nothing.
pub const NOTHING: f64 = -60.0;
/// log 2π.
pub const LN_TAU: f64 = 1.837_877_066_409_345_3;
/// p(z) of the discrete z.
pub const SHARES: [f64; 3] = [0.5, 0.3, 0.2];
/// The mean of x for each discrete z.
const CENTRES: [f64; 3] = [-1.0, 0.5, 2.0];

choices! {
    /// How x follows from z: x = f(z) + noise, with z ~ N(0, 1) unless it is discrete.
    pub enum Decoder {
        /// f(z) = 2 tanh z: a posterior with a long tail.
        "curved" => Curved,
        /// f(z) = z²: z and −z explain x alike.
        "square" => Square,
        /// f(z) = z: everything is Gaussian.
        "linear" => Linear,
        /// z is 1, 2 or 3, and f(z) one of three places.
        "discrete" => Discrete,
    }
}

/// A decoder with an x, and what is known exactly about them.
#[derive(Clone, Debug)]
pub struct Model {
    /// The decoder.
    pub decoder: Decoder,
    /// The observed x.
    pub x: f64,
    /// Standard deviation of x given z.
    pub noise: f64,
    log_noise: f64,
    /// log p(x).
    pub log_evidence: f64,
    /// All z, or the points of the grid.
    pub places: Vec<f64>,
    /// log p(z|x) at each.
    pub log_posterior: Vec<f64>,
    /// The room of each place: 1 where z is discrete.
    pub width: f64,
    /// The mean of z under the posterior.
    pub mean: f64,
    /// The variance of z under the posterior.
    pub variance: f64,
    /// The entropy of the posterior, in nats.
    pub entropy: f64,
    /// z, log p(z|x) and p(z|x) of the places that weigh anything.
    near: Vec<[f64; 3]>,
}

impl Model {
    /// Sums, or integrates.
    pub fn new(decoder: Decoder, x: f64, noise: f64) -> Model {
        let discrete = decoder == Decoder::Discrete;
        let (places, width): (Vec<f64>, f64) = match discrete {
            true => ([1.0, 2.0, 3.0].to_vec(), 1.0),
            false => {
                let half = (REACH / GRID) as i32;
                ((-half..=half).map(|i| f64::from(i) * GRID).collect(), GRID)
            }
        };
        let (log_noise, log_evidence, mean, variance, entropy) = (libm::log(noise), 0.0, 0.0, 0.0, 0.0);
        let (log_posterior, near) = (Vec::new(), Vec::new());
        let mut model = Model {
            decoder,
            x,
            noise,
            log_noise,
            log_evidence,
            places,
            log_posterior,
            width,
            mean,
            variance,
            entropy,
            near,
        };
        let mut logs: Vec<f64> = model.places.iter().map(|&z| model.log_joint(z)).collect();
        model.log_evidence = log_sum_exp(logs.iter().copied()) + libm::log(width);
        logs.iter_mut().for_each(|l| *l -= model.log_evidence);
        let each = model.places.iter().zip(&logs).filter(|(_, log)| **log > NOTHING);
        model.near = each.map(|(&z, &log)| [z, log, libm::exp(log)]).collect();
        model.log_posterior = logs;
        model.mean = model.under_posterior(|z, _| z);
        model.variance = model.under_posterior(|z, _| (z - model.mean) * (z - model.mean));
        model.entropy = -model.under_posterior(|_, log| log);
        model
    }

    /// Whether z is 1, 2 or 3.
    pub fn is_discrete(&self) -> bool {
        self.decoder == Decoder::Discrete
    }

    /// The mean of x given z, and its slope.
    pub fn decode(&self, z: f64) -> [f64; 2] {
        match self.decoder {
            Decoder::Curved => {
                let t = libm::tanh(z);
                [2.0 * t, 2.0 * (1.0 - t * t)]
            }
            Decoder::Square => [z * z, 2.0 * z],
            Decoder::Linear => [z, 1.0],
            Decoder::Discrete => [CENTRES[index(z)], 0.0],
        }
    }

    /// log p(z).
    pub fn log_prior(&self, z: f64) -> f64 {
        match self.decoder {
            Decoder::Discrete => libm::log(SHARES[index(z)]),
            Decoder::Curved | Decoder::Square | Decoder::Linear => -0.5 * (z * z + LN_TAU),
        }
    }

    /// log p(x|z).
    pub fn log_likelihood(&self, z: f64) -> f64 {
        let off = (self.x - self.decode(z)[0]) / self.noise;
        -0.5 * (off * off + LN_TAU) - self.log_noise
    }

    /// log p(x, z).
    pub fn log_joint(&self, z: f64) -> f64 {
        self.log_prior(z) + self.log_likelihood(z)
    }

    /// ∂ log p(x, z) / ∂z.
    pub fn slope(&self, z: f64) -> f64 {
        let [mean, slope] = self.decode(z);
        (self.x - mean) * slope / (self.noise * self.noise) - z
    }

    /// The expectation of a function of (z, log p(z|x)) under p(z|x).
    pub fn under_posterior(&self, f: impl Fn(f64, f64) -> f64) -> f64 {
        self.width * self.near.iter().map(|[z, log, p]| p * f(*z, *log)).sum::<f64>()
    }
}

/// The index of a discrete z.
pub fn index(z: f64) -> usize {
    (z as usize).clamp(1, 3) - 1
}
