//! Points to fit, and how likely they really are.

use super::gaussian::{Component, mean_log_density, ready, sample};
use crate::data::{Drawn, Toy};
use crate::prelude::*;

choices! {
    /// Data sets.
    pub enum Data {
        "blobs" => Blobs,
        "stripes" => Stripes,
        /// The sixty points of the golden trace.
        "sixty" => Sixty,
        "eight-gaussians" => EightGaussians,
        "two-moons" => TwoMoons,
        "checkerboard" => Checkerboard,
        /// What was painted or brought; blobs until something is.
        "drawn" => Drawn,
    }
}

/// Most drawn points that are fitted; more are thinned evenly.
const MOST: usize = 2000;

const fn component(weight: f64, mean: [f64; 2], covariance: [f64; 3]) -> Component {
    Component { weight, mean, covariance }
}

/// Three Gaussians of different shapes that touch.
const BLOBS: [Component; 3] = [
    component(0.5, [-1.0, -0.6], [0.35, 0.1, 0.15]),
    component(0.3, [1.2, -0.4], [0.12, -0.06, 0.35]),
    component(0.2, [0.2, 1.4], [0.3, 0.0, 0.08]),
];
/// Three long ones side by side.
const STRIPES: [Component; 3] = [
    component(1.0 / 3.0, [0.0, -1.0], [1.0, 0.2, 0.07]),
    component(1.0 / 3.0, [0.0, 0.0], [1.0, 0.2, 0.07]),
    component(1.0 / 3.0, [0.0, 1.0], [1.0, 0.2, 0.07]),
];

impl Data {
    /// The components of a set that is a mixture of a few Gaussians.
    fn components(self) -> Option<&'static [Component]> {
        match self {
            Data::Blobs => Some(&BLOBS),
            Data::Stripes => Some(&STRIPES),
            Data::Sixty | Data::EightGaussians | Data::TwoMoons | Data::Checkerboard | Data::Drawn => None,
        }
    }

    /// The set of the plane that it is.
    fn toy(self) -> Option<Toy> {
        match self {
            Data::EightGaussians => Some(Toy::EightGaussians),
            Data::TwoMoons => Some(Toy::TwoMoons),
            Data::Checkerboard => Some(Toy::Checkerboard),
            Data::Blobs | Data::Stripes | Data::Sixty | Data::Drawn => None,
        }
    }

    /// Whether there are as many points of it as one likes.
    pub(super) fn is_generated(self) -> bool {
        self.components().is_some() || self.toy().is_some()
    }

    /// `n` points of a generated set; those that were drawn, or blobs until some are.
    pub(super) fn points(self, n: usize, drawn: Option<&Drawn>, stream: &mut Stream) -> Vec<[f64; 2]> {
        match (self, drawn, self.toy()) {
            (Data::Sixty, _, _) => sixty(),
            (Data::Drawn, Some(drawn), _) => {
                let all = drawn.points();
                let stride = all.len().div_ceil(MOST);
                all.iter().step_by(stride).map(|p| p.map(f64::from)).collect()
            }
            (_, _, Some(toy)) => {
                let flat = toy.sample(n, stream);
                flat.chunks_exact(2).map(|p| [f64::from(p[0]), f64::from(p[1])]).collect()
            }
            (_, _, None) => sample(self.components().unwrap_or(&BLOBS), n, stream),
        }
    }

    /// The mean log density of these points under what they were drawn from; of the moons, whose density
    /// has no closed form, what it is in expectation.
    pub(super) fn log_likelihood(self, points: &[[f64; 2]]) -> Option<f64> {
        if self == Data::TwoMoons {
            return Some(-Toy::TwoMoons.entropy());
        }
        if let Some(components) = self.components() {
            return Some(mean_log_density(&ready(components), points));
        }
        let toy = self.toy()?;
        let mut sum = 0.0;
        for x in points {
            sum += toy.log_density(x.map(|v| v as f32))?;
        }
        Some(sum / points.len() as f64)
    }

    /// The box that is shown.
    pub(super) fn extent(self) -> [f32; 4] {
        if self == Data::Sixty { [-1.5, 4.5, -1.5, 4.0] } else { [-3.0, 3.0, -3.0, 3.0] }
    }
}

/// The sixty points of the golden trace: no randomness, so that every implementation has them.
pub fn sixty() -> Vec<[f64; 2]> {
    let point = |i: usize| {
        let t = i as f64;
        let x = [0.0, 3.0, 1.5][i % 3] + 0.5 * libm::sin(12.9898 * t);
        let y = [0.0, 0.0, 2.5][i % 3] + 0.5 * libm::cos(78.233 * t);
        [x, y]
    };
    (0..60).map(point).collect()
}
