//! Two-dimensional distributions to learn, all within about ±2.5.
//!
//! Sizes and noise follow the usual benchmarks. The eight Gaussians are in *raw* coordinates
//! (radius 2, σ = 0.05): the measures of the GAN exhibit are stated in them.

use alloc::vec::Vec;
use core::f32::consts::PI;
use tilde_graph::angle;
use tilde_graph::rng::Stream;

/// A two-dimensional distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Toy {
    /// Eight equal Gaussians, σ = 0.05, evenly on the circle of radius 2.
    EightGaussians,
    /// 25 equal Gaussians, σ = 0.05, on the points of {−2, −1, 0, 1, 2}².
    Grid25,
    /// Two interleaved half circles with noise 0.05, brought to mean 0 and sd about 1.
    TwoMoons,
    /// Two arms of one and a half turns each, with noise 0.04.
    Spiral,
    /// Eight of the sixteen unit squares of [−2, 2]², as on a chess board; uniform within.
    Checkerboard,
    /// The rolled-up sheet seen from its end: one arm of one and a half turns, noise 0.04.
    SwissRoll,
}

/// Gaussians of equal weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixture {
    /// Their means.
    pub centres: Vec<[f32; 2]>,
    /// Standard deviations along both axes.
    pub sigma: [f32; 2],
}

use Toy::*;

/// Gaussians that stand for noise along a curve: so many that the spaces between them are a fraction
/// of the noise.
const ALONG: usize = 768;

/// Standard deviation of each component of both mixtures.
const MIXTURE_SIGMA: f32 = 0.05;

/// Noise of the moons before scaling, and what they are centred on and divided by.
const MOONS_NOISE: f32 = 0.05;
const MOONS_CENTRE: [f32; 2] = [0.5, 0.25];
const MOONS_SCALE: [f32; 2] = [0.87, 0.5];

/// Noise of both spirals.
const SPIRAL_NOISE: f32 = 0.04;

impl Toy {
    /// All of them, in the order they are offered.
    pub const ALL: [Toy; 6] = [EightGaussians, Grid25, TwoMoons, Spiral, Checkerboard, SwissRoll];

    /// Ids of [`Toy::ALL`], in its order.
    pub const IDS: [&str; 6] =
        ["eight-gaussians", "grid-25", "two-moons", "spiral", "checkerboard", "swiss-roll"];

    /// The set's id in settings and addresses.
    pub fn id(self) -> &'static str {
        Toy::IDS[self as usize]
    }

    /// The set of that id.
    pub fn from_id(id: &str) -> Option<Toy> {
        Toy::ALL.into_iter().find(|toy| toy.id() == id)
    }

    /// `n` points, `[n, 2]`.
    pub fn sample(self, n: usize, stream: &mut Stream) -> Vec<f32> {
        (0..n).flat_map(|_| self.point(stream)).collect()
    }

    /// Centres and standard deviation of the components, for the mixtures of equal Gaussians.
    pub fn modes(self) -> Option<(Vec<[f32; 2]>, f32)> {
        let count = match self {
            EightGaussians => 8,
            Grid25 => 25,
            _ => return None,
        };
        Some(((0..count).map(|k| self.centre(k)).collect(), MIXTURE_SIGMA))
    }

    /// The set as a mixture of Gaussians; `None` for the checkerboard. The curves with noise around
    /// them are mixtures of infinitely many, for which 768 stand, evenly along the curve.
    pub fn mixture(self) -> Option<Mixture> {
        if let Some((centres, sigma)) = self.modes() {
            return Some(Mixture { centres, sigma: [sigma; 2] });
        }
        let along = (0..ALONG).map(|i| (i as f32 + 0.5) / ALONG as f32);
        let side = |i: usize| i.is_multiple_of(2);
        let (centres, sigma) = match self {
            TwoMoons => {
                let centre = |(i, u)| moved(moon(side(i), PI * u));
                (along.enumerate().map(centre).collect(), MOONS_SCALE.map(|s| MOONS_NOISE / s))
            }
            Spiral => (along.enumerate().map(|(i, u)| spiral(side(i), u)).collect(), [SPIRAL_NOISE; 2]),
            SwissRoll => (along.map(roll).collect(), [SPIRAL_NOISE; 2]),
            _ => return None,
        };
        Some(Mixture { centres, sigma })
    }

    /// The lower left corners of the checkerboard's squares.
    pub(crate) fn corners() -> Vec<[f32; 2]> {
        (0..8).map(|i| [(2 * (i % 2) + i / 2 % 2) as f32 - 2.0, (i / 2) as f32 - 2.0]).collect()
    }

    /// The exact log density at `x` in nats, where it has a closed form: the mixtures and the
    /// checkerboard (−∞ off its squares).
    pub fn log_density(self, x: [f32; 2]) -> Option<f64> {
        if self == Checkerboard {
            let [column, row] = x.map(tilde_graph::real::floorf);
            let on =
                (-2.0..2.0).contains(&column) && (-2.0..2.0).contains(&row) && (column + row) % 2.0 == 0.0;
            return Some(if on { -libm::log(8.0) } else { f64::NEG_INFINITY });
        }
        let (centres, sigma) = self.modes()?;
        Some(log_mixture(x, &centres, sigma))
    }

    /// Differential entropy in nats: the least mean −log density that any model can reach. Those of the
    /// curves were integrated numerically: the two moons' to ± 0.01, the spirals' to ± 0.001.
    pub fn entropy(self) -> f64 {
        match self {
            EightGaussians => -1.07415,
            Grid25 => 0.06528,
            TwoMoons => 1.1167,
            Spiral => 1.2662,
            Checkerboard => 2.079_441_541_679_836,
            SwissRoll => 0.8393,
        }
    }

    fn point(self, stream: &mut Stream) -> [f32; 2] {
        match self {
            EightGaussians => {
                let centre = self.centre(stream.below(8));
                noisy(centre, MIXTURE_SIGMA, stream)
            }
            Grid25 => {
                let centre = self.centre(stream.below(25));
                noisy(centre, MIXTURE_SIGMA, stream)
            }
            TwoMoons => {
                let upper = stream.below(2) == 0;
                moved(noisy(moon(upper, PI * stream.uniform()), MOONS_NOISE, stream))
            }
            Spiral => {
                let u = stream.uniform();
                noisy(spiral(stream.below(2) == 0, u), SPIRAL_NOISE, stream)
            }
            Checkerboard => {
                let (row, half) = (stream.below(4), stream.below(2));
                let column = 2 * half + row % 2;
                // A hair less than a square, or rounding could put a point on the far edge, which
                // belongs to the next square.
                let mut within = |square: u32| square as f32 - 2.0 + 0.999_999 * stream.uniform();
                [within(column), within(row)]
            }
            SwissRoll => noisy(roll(stream.uniform()), SPIRAL_NOISE, stream),
        }
    }

    /// Centre of component `k` of a mixture.
    fn centre(self, k: u32) -> [f32; 2] {
        if self == Grid25 {
            return [(k % 5) as f32 - 2.0, (k / 5) as f32 - 2.0];
        }
        let angle = k as f32 * (PI / 4.0);
        [2.0 * angle::cos(angle), 2.0 * angle::sin(angle)]
    }
}

/// A point of the spiral of Archimedes: at angle `turn`, `turn · pitch` from the origin.
fn arm(turn: f32, pitch: f32) -> [f32; 2] {
    [turn * pitch * angle::cos(turn), turn * pitch * angle::sin(turn)]
}

/// A point of an arm of the spiral, the other of which is its mirror image, at the share `u` of its
/// points: the root spreads them evenly along the arm.
fn spiral(first: bool, u: f32) -> [f32; 2] {
    let pitch = 2.2 / (3.0 * PI);
    arm(3.0 * PI * tilde_graph::real::sqrtf(u), if first { pitch } else { -pitch })
}

/// A point of the rolled-up sheet.
fn roll(u: f32) -> [f32; 2] {
    arm(1.5 * PI * (1.0 + 2.0 * u), 2.3 / (4.5 * PI))
}

/// A point of the moons, centred and scaled.
fn moved([x, y]: [f32; 2]) -> [f32; 2] {
    [(x - MOONS_CENTRE[0]) / MOONS_SCALE[0], (y - MOONS_CENTRE[1]) / MOONS_SCALE[1]]
}

/// A point of the upper or the lower moon, before noise and scaling.
fn moon(upper: bool, angle: f32) -> [f32; 2] {
    let [sin, cos] = angle::sin_cos(angle);
    if upper { [cos, sin] } else { [1.0 - cos, 0.5 - sin] }
}

fn noisy([x, y]: [f32; 2], sigma: f32, stream: &mut Stream) -> [f32; 2] {
    [x + sigma * stream.normal(), y + sigma * stream.normal()]
}

/// Log density of a mixture of equal isotropic Gaussians, by log-sum-exp.
pub(super) fn log_mixture(x: [f32; 2], centres: &[[f32; 2]], sigma: f32) -> f64 {
    let variance = f64::from(sigma) * f64::from(sigma);
    let exponent = |c: &[f32; 2]| {
        let dx = f64::from(x[0]) - f64::from(c[0]);
        let dy = f64::from(x[1]) - f64::from(c[1]);
        -(dx * dx + dy * dy) / (2.0 * variance)
    };
    let most = centres.iter().map(exponent).fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = centres.iter().map(|c| libm::exp(exponent(c) - most)).sum();
    let area = 2.0 * core::f64::consts::PI * variance;
    most + libm::log(sum) - libm::log(area * centres.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and standard error of −log density over `points`.
    fn cross_entropy(points: &[f32], log_density: impl Fn([f32; 2]) -> f64) -> (f64, f64) {
        let values: Vec<f64> = points.chunks_exact(2).map(|p| -log_density([p[0], p[1]])).collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
        (mean, (variance / n).sqrt())
    }

    #[test]
    fn ids_name_the_sets() {
        for (toy, id) in Toy::ALL.into_iter().zip(Toy::IDS) {
            assert_eq!((toy.id(), Toy::from_id(id)), (id, Some(toy)));
        }
        assert_eq!(Toy::from_id("rings"), None);
    }

    #[test]
    fn every_set_is_finite_repeatable_and_within_the_box() {
        for toy in Toy::ALL {
            let points = toy.sample(20_000, &mut Stream::new(7, 1));
            assert_eq!(points.len(), 40_000);
            assert_eq!(points, toy.sample(20_000, &mut Stream::new(7, 1)));
            assert_ne!(points, toy.sample(20_000, &mut Stream::new(8, 1)));
            let most = points.iter().fold(0.0f32, |m, v| m.max(v.abs()));
            assert!((1.5..2.6).contains(&most), "{toy:?} reaches {most}");
            let mean = points.iter().sum::<f32>() / points.len() as f32;
            assert!(mean.abs() < 0.3, "{toy:?} is off centre by {mean}");
        }
    }

    #[test]
    fn entropies_match_the_exact_densities() {
        for toy in [EightGaussians, Grid25, Checkerboard] {
            let points = toy.sample(200_000, &mut Stream::new(3, 2));
            let (mean, error) = cross_entropy(&points, |x| toy.log_density(x).unwrap());
            let entropy = toy.entropy();
            assert!((mean - entropy).abs() < 4.0 * error + 1e-6, "{toy:?}: {mean} ± {error}");
        }
    }

    #[test]
    fn entropy_of_the_moons_matches_their_density_by_quadrature() {
        let on_moons: Vec<[f32; 2]> = (0..1_000)
            .flat_map(|k| [true, false].map(|upper| moon(upper, PI * (k as f32 + 0.5) / 1_000.0)))
            .collect();
        let points = TwoMoons.sample(4_000, &mut Stream::new(5, 3));
        let (mean, error) = cross_entropy(&points, |x| {
            let raw = [0, 1].map(|a| x[a] * MOONS_SCALE[a] + MOONS_CENTRE[a]);
            let jacobian = f64::from(MOONS_SCALE[0] * MOONS_SCALE[1]);
            log_mixture(raw, &on_moons, MOONS_NOISE) + jacobian.ln()
        });
        assert!((mean - TwoMoons.entropy()).abs() < 4.0 * error, "{mean} ± {error}");
    }

    #[test]
    fn entropies_of_the_spirals_match_their_densities() {
        for toy in [Spiral, SwissRoll] {
            let Mixture { centres, sigma } = toy.mixture().unwrap();
            let points = toy.sample(20_000, &mut Stream::new(5, 3));
            let (mean, error) = cross_entropy(&points, |x| log_mixture(x, &centres, sigma[0]));
            assert!((mean - toy.entropy()).abs() < 4.0 * error, "{toy:?}: {mean} ± {error}");
        }
    }

    #[test]
    fn mixtures_use_their_modes_evenly() {
        for toy in [EightGaussians, Grid25] {
            let (centres, sigma) = toy.modes().unwrap();
            let points = toy.sample(50_000, &mut Stream::new(1, 4));
            let mut counts = alloc::vec![0u32; centres.len()];
            for p in points.chunks_exact(2) {
                let near = |c: &[f32; 2]| (c[0] - p[0]).hypot(c[1] - p[1]) < 8.0 * sigma;
                counts[centres.iter().position(near).expect("no Gaussian reaches 8 σ")] += 1;
            }
            let expected = 50_000.0 / centres.len() as f32;
            for count in counts {
                assert!((count as f32 - expected).abs() < 5.0 * expected.sqrt(), "{toy:?} {count}");
            }
        }
        assert_eq!(Spiral.modes(), None);
    }

    #[test]
    fn checkerboard_has_density_on_its_squares_only() {
        let density = |x, y| Checkerboard.log_density([x, y]).unwrap();
        assert_eq!(density(-1.5, -1.5), -8f64.ln());
        assert_eq!(density(-0.5, -1.5), f64::NEG_INFINITY);
        assert_eq!(density(2.5, 0.5), f64::NEG_INFINITY);
    }
}
