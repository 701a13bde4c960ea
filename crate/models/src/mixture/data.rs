//! Points to fit, and how likely they really are.

use super::gaussian::{Component, log_density, ready, sample};
use crate::data::{Drawn, Toy};
use alloc::vec::Vec;
use tilde_graph::rng::Stream;

/// Data sets, in the order of the setting.
pub(super) const DATA: &[&str] =
    &["blobs", "stripes", "sixty", "eight-gaussians", "two-moons", "checkerboard", "drawn"];
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

/// The components of the sets that are mixtures of a few Gaussians.
fn components(id: &str) -> Option<&'static [Component]> {
    match id {
        "blobs" => Some(&BLOBS),
        "stripes" => Some(&STRIPES),
        _ => None,
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

/// `n` points of a set; those that were drawn, or blobs until some are.
pub(super) fn points(id: &str, n: usize, drawn: Option<&Drawn>, stream: &mut Stream) -> Vec<[f64; 2]> {
    if id == "sixty" {
        return sixty();
    }
    if let (true, Some(drawn)) = (id == "drawn", drawn) {
        let all = drawn.points();
        let stride = all.len().div_ceil(MOST);
        return all.iter().step_by(stride).map(|p| p.map(f64::from)).collect();
    }
    match Toy::from_id(id) {
        Some(toy) => {
            toy.sample(n, stream).chunks_exact(2).map(|p| [f64::from(p[0]), f64::from(p[1])]).collect()
        }
        None => sample(components(id).unwrap_or(&BLOBS), n, stream),
    }
}

/// The mean log density of these points under what they were drawn from; of the moons, whose density
/// has no closed form, what it is in expectation.
pub(super) fn truth(id: &str, points: &[[f64; 2]]) -> Option<f64> {
    let toy = Toy::from_id(id);
    let mixture = components(id).map(ready);
    if toy == Some(Toy::TwoMoons) {
        return toy.and_then(Toy::entropy).map(|h| -h);
    }
    let mut sum = 0.0;
    for &x in points {
        sum += match (&mixture, toy) {
            (Some(mixture), _) => log_density(mixture, x),
            (None, toy) => toy?.log_density(x.map(|v| v as f32))?,
        };
    }
    Some(sum / points.len() as f64)
}

/// The box that is shown.
pub(super) fn extent(id: &str) -> [f32; 4] {
    if id == "sixty" { [-1.5, 4.5, -1.5, 4.0] } else { [-3.0, 3.0, -3.0, 3.0] }
}
