//! The exact denoiser of a known distribution in the plane.
//!
//! Noised data have a density of their own, q(x) = ∫ p(x₀)·N(x; α·x₀, σ²) dx₀. Where p is a mixture
//! of Gaussians or of squares, the mean of x₀ given x has a closed form, and with it all that a
//! network is trained for: the noise (x − α·E[x₀|x])/σ and the score ∇log q = −noise/σ (Tweedie's
//! formula: H. Robbins 1956; B. Efron, JASA 106, 2011).

use super::toys::{Mixture, Toy};
use alloc::vec::Vec;
use core::f64::consts::{FRAC_1_SQRT_2, PI};

/// A noise level: x = α·x₀ + σ·ε.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// α, the scale of the signal.
    pub alpha: f64,
    /// The noise's standard deviation.
    pub sigma: f64,
}

impl Level {
    /// Data, without noise.
    pub const CLEAN: Level = Level { alpha: 1.0, sigma: 0.0 };

    /// The level with ᾱ = α².
    pub fn from_alpha_bar(alpha_bar: f64) -> Level {
        Level { alpha: tilde_graph::real::sqrt(alpha_bar), sigma: tilde_graph::real::sqrt(1.0 - alpha_bar) }
    }

    /// ᾱ = α², the share of the variance that is signal where the data have variance 1.
    pub fn alpha_bar(self) -> f64 {
        self.alpha * self.alpha
    }

    /// α²/σ².
    pub fn signal_to_noise(self) -> f64 {
        self.alpha_bar() / (self.sigma * self.sigma)
    }
}

/// A distribution whose denoiser is known.
#[derive(Clone, Debug, PartialEq)]
pub enum Exact {
    /// Equal Gaussians.
    Gaussians(Mixture),
    /// Equal squares with sides of 1, each uniform: their lower left corners.
    Squares(Vec<[f32; 2]>),
}

impl Exact {
    /// That of a toy.
    pub fn of(toy: Toy) -> Exact {
        toy.mixture().map_or_else(|| Exact::Squares(Toy::corners()), Exact::Gaussians)
    }

    /// E[x₀ | x] at a level.
    pub fn clean(&self, x: [f64; 2], at: Level) -> [f64; 2] {
        match self {
            Exact::Gaussians(mixture) => {
                let variance = mixture.sigma.map(|s| f64::from(s) * f64::from(s));
                let total = variance.map(|v| at.alpha * at.alpha * v + at.sigma * at.sigma);
                average(mixture.centres.iter().map(|centre| {
                    let mean = centre.map(f64::from);
                    let off = [0, 1].map(|a| x[a] - at.alpha * mean[a]);
                    let weight = -0.5 * (off[0] * off[0] / total[0] + off[1] * off[1] / total[1]);
                    (weight, [0, 1].map(|a| mean[a] + at.alpha * variance[a] / total[a] * off[a]))
                }))
            }
            Exact::Squares(corners) => average(corners.iter().map(|corner| {
                let [h, v] = [0, 1].map(|a| {
                    let low = f64::from(corner[a]);
                    truncated(x[a] / at.alpha, at.sigma / at.alpha, low, low + 1.0)
                });
                (h.0 + v.0, [h.1, v.1])
            })),
        }
    }
}

/// The mean of points with weights of these logarithms.
fn average(terms: impl Iterator<Item = (f64, [f64; 2])> + Clone) -> [f64; 2] {
    let top = terms.clone().fold(f64::NEG_INFINITY, |m, t| m.max(t.0));
    let mut sum = [0.0; 3];
    for (log_weight, [x, y]) in terms {
        let weight = libm::exp(log_weight - top);
        sum = [sum[0] + weight, sum[1] + weight * x, sum[2] + weight * y];
    }
    [sum[1] / sum[0], sum[2] / sum[0]]
}

/// Of N(mean, sd²) on an interval: the logarithm of its mass, and its mean.
fn truncated(mean: f64, sd: f64, low: f64, high: f64) -> (f64, f64) {
    // Mirrored, if need be, so that the mean is nearer to the lower end.
    if mean > 0.5 * (low + high) {
        let (mass, centre) = truncated(-mean, sd, -high, -low);
        return (mass, -centre);
    }
    let (a, b) = ((low - mean) / sd, (high - mean) / sd);
    if a > 30.0 {
        // Φ(−a) ≈ φ(a)/a: past this the function underflows.
        return (-0.5 * a * a - libm::log(a * tilde_graph::real::sqrt(2.0 * PI)), low + sd / a);
    }
    let tail = |x: f64| 0.5 * libm::erfc(x * FRAC_1_SQRT_2);
    let density = |x: f64| libm::exp(-0.5 * x * x) / tilde_graph::real::sqrt(2.0 * PI);
    let mass = tail(a) - tail(b);
    let centre = mean + sd * (density(a) - density(b)) / mass;
    // On a narrow interval of a wide Gaussian the difference would cancel.
    if b - a < 1e-3 {
        return (libm::log(density(0.5 * (a + b)) * (b - a)), 0.5 * (low + high));
    }
    (libm::log(mass), centre)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tilde_graph::rng::Stream;

    const LEVELS: [Level; 5] = [
        Level { alpha: 0.999, sigma: 0.04 },
        Level { alpha: 0.95, sigma: 0.31 },
        Level { alpha: 0.6, sigma: 0.8 },
        Level { alpha: 0.1, sigma: 0.99 },
        Level { alpha: 1e-3, sigma: 1.0 },
    ];

    #[test]
    fn a_single_gaussian_shrinks_towards_its_mean() {
        let one = Exact::Gaussians(Mixture { centres: [[1.0, -2.0]].into(), sigma: [0.5, 1.0] });
        for at in LEVELS {
            let [x, y] = one.clean([0.3, 0.7], at);
            let of = |x: f64, mean: f64, var: f64| {
                mean + at.alpha * var / (at.alpha * at.alpha * var + at.sigma * at.sigma)
                    * (x - at.alpha * mean)
            };
            assert!((x - of(0.3, 1.0, 0.25)).abs() < 1e-12);
            assert!((y - of(0.7, -2.0, 1.0)).abs() < 1e-12);
        }
    }

    /// The score is the gradient of the noised log density, here by differences.
    #[test]
    fn the_score_is_the_gradient_of_the_log_density() {
        let (centres, sigma) = Toy::EightGaussians.modes().unwrap();
        let exact = Exact::of(Toy::EightGaussians);
        for at in LEVELS {
            let moved: Vec<[f64; 2]> = centres.iter().map(|c| c.map(|v| at.alpha * f64::from(v))).collect();
            let var = at.alpha * at.alpha * f64::from(sigma) * f64::from(sigma) + at.sigma * at.sigma;
            let log_density = |x: [f64; 2]| {
                let square = |m: &[f64; 2]| (x[0] - m[0]).powi(2) + (x[1] - m[1]).powi(2);
                moved.iter().map(|m| (-square(m) / (2.0 * var)).exp()).sum::<f64>().ln()
            };
            // Near a mode and between two, as far as the noise reaches.
            for x in [[1.9 * at.alpha, 0.1], [0.5, 0.3]] {
                if log_density(x) < -200.0 {
                    continue;
                }
                let clean = exact.clean(x, at);
                let h = 1e-6;
                for a in 0..2 {
                    let step = |s: f64| {
                        let mut y = x;
                        y[a] += s;
                        log_density(y)
                    };
                    let slope = (step(h) - step(-h)) / (2.0 * h);
                    let score = (at.alpha * clean[a] - x[a]) / (at.sigma * at.sigma);
                    assert!(
                        (score - slope).abs() < 1e-4 * (1.0 + slope.abs()),
                        "{at:?} {x:?}: {score} {slope}"
                    );
                }
            }
        }
    }

    #[test]
    fn squares_agree_with_a_fine_grid_of_points() {
        let exact = Exact::of(Toy::Checkerboard);
        let Exact::Squares(corners) = &exact else { panic!("the board is made of squares") };
        let side = 400;
        let at_of = |i: usize| (i as f64 + 0.5) / side as f64;
        for at in &LEVELS[1..4] {
            for x in [[0.2, 0.9], [-1.3, 1.8], [2.8, 0.1]] {
                let (mut sum, mut top) = ([0.0; 3], f64::NEG_INFINITY);
                for pass in 0..2 {
                    for c in corners {
                        for i in 0..side * side {
                            let p = [f64::from(c[0]) + at_of(i % side), f64::from(c[1]) + at_of(i / side)];
                            let off = [0, 1].map(|a| x[a] - at.alpha * p[a]);
                            let log = -(off[0] * off[0] + off[1] * off[1]) / (2.0 * at.sigma * at.sigma);
                            if pass == 0 {
                                top = top.max(log);
                            } else {
                                let w = (log - top).exp();
                                sum = [sum[0] + w, sum[1] + w * p[0], sum[2] + w * p[1]];
                            }
                        }
                    }
                }
                let got = exact.clean(x, *at);
                for a in 0..2 {
                    assert!((got[a] - sum[a + 1] / sum[0]).abs() < 1e-3, "{at:?} {x:?}: {got:?}");
                }
            }
        }
    }

    /// Far from every square, and with almost no noise, the nearest place is the mean.
    #[test]
    fn tails_stay_finite() {
        let exact = Exact::of(Toy::Checkerboard);
        let [x, y] = exact.clean([6.0, 0.5], Level { alpha: 1.0, sigma: 0.01 });
        assert!((x - 2.0).abs() < 1e-3 && (y - 0.5).abs() < 0.02, "{x} {y}");
        for at in LEVELS {
            assert!(exact.clean([3.0, -3.0], at).iter().all(|v| v.is_finite() && v.abs() <= 2.0));
        }
    }

    /// No other function of x is nearer to x₀ in the mean: not the neighbouring one.
    #[test]
    fn it_is_the_best_denoiser_of_every_set() {
        for toy in Toy::ALL {
            let exact = Exact::of(toy);
            let at = Level { alpha: 0.9, sigma: 0.43 };
            let mut stream = Stream::new(3, 9);
            let (mut best, mut wider, mut side) = (0.0, 0.0, 0.0);
            for p in toy.sample(4000, &mut stream).chunks_exact(2) {
                let x0 = [f64::from(p[0]), f64::from(p[1])];
                let x = x0.map(|v| at.alpha * v + at.sigma * f64::from(stream.normal()));
                let error = |y: [f64; 2]| (y[0] - x0[0]).powi(2) + (y[1] - x0[1]).powi(2);
                let y = exact.clean(x, at);
                best += error(y);
                wider += error(exact.clean(x, Level { sigma: 0.55, ..at }));
                side += error([y[0] + 0.1, y[1]]);
            }
            assert!(best < wider && best < side, "{toy:?}: {best} {wider} {side}");
        }
    }
}
