//! Shapes in the plane for [`ViewKind::Lines`](crate::card::ViewKind::Lines): pieces x₀, y₀, x₁, y₁.

use alloc::vec::Vec;

/// Points of a grid of `n` by `n` over the box x₀, x₁, y₀, y₁, the centres of its cells, the lowest
/// row first: `[n², 2]`. A field of that size shows values at these points.
pub fn grid(n: usize, [x0, x1, y0, y1]: [f32; 4]) -> Vec<f32> {
    let at = |i: usize, low: f32, high: f32| low + (i as f32 + 0.5) / n as f32 * (high - low);
    (0..n * n).flat_map(|i| [at(i % n, x0, x1), at(i / n, y0, y1)]).collect()
}

/// The ellipse of the points at `k` standard deviations from a mean, for the covariance
/// (σ_xx, σ_xy, σ_yy): 48 pieces.
pub fn ellipse([x, y]: [f64; 2], [xx, xy, yy]: [f64; 3], k: f64) -> Vec<f32> {
    const PIECES: usize = 48;
    // The Cholesky factor takes the unit circle to the ellipse.
    let a = tilde_graph::real::sqrt(xx.max(0.0));
    let b = if a > 0.0 { xy / a } else { 0.0 };
    let c = tilde_graph::real::sqrt((yy - b * b).max(0.0));
    let at = |i: usize| {
        let angle = i as f64 / PIECES as f64 * core::f64::consts::TAU;
        let (u, v) = (k * libm::cos(angle), k * libm::sin(angle));
        [(x + a * u) as f32, (y + b * u + c * v) as f32]
    };
    (0..PIECES).flat_map(|i| [at(i), at(i + 1)].concat()).collect()
}

/// An arrow for [`ViewKind::Vectors`](crate::card::ViewKind::Vectors) from a place in the direction of `d`.
/// Its length is m/(0.3 + m) of `cell`, where m is the length of `d`: drawn to scale, short arrows would be
/// invisible beside long ones.
pub fn arrow([x, y]: [f32; 2], d: [f64; 2], cell: f64) -> [f32; 4] {
    let scale = cell / (0.3 + tilde_graph::real::sqrt(d[0] * d[0] + d[1] * d[1]));
    [x, y, (scale * d[0]) as f32, (scale * d[1]) as f32]
}

/// The pieces of the trails of several points over time, `[times, N, 2]`, one trail after the other.
pub fn trails(places: &[f32], times: usize) -> Vec<f32> {
    let each = places.len() / times;
    let trail = |first: usize| {
        let through: Vec<f32> = (0..times).flat_map(|t| places[t * each + first..][..2].to_vec()).collect();
        path(&through)
    };
    (0..each).step_by(2).flat_map(trail).collect()
}

/// The pieces of a line through points `[N, 2]`.
pub fn path(points: &[f32]) -> Vec<f32> {
    let count = (points.len() / 2).saturating_sub(1);
    (0..count).flat_map(|i| points[2 * i..2 * i + 4].to_vec()).collect()
}

/// Where values on the points of [`grid`] cross a level: marching squares with straight pieces.
pub fn contour(values: &[f32], n: usize, extent: [f32; 4], level: f32) -> Vec<f32> {
    let places = grid(n, extent);
    let mut pieces = Vec::new();
    for row in 0..n.saturating_sub(1) {
        for column in 0..n - 1 {
            let first = row * n + column;
            // Corners in order around the cell.
            let corners = [first, first + 1, first + n + 1, first + n];
            let mut crossings = Vec::new();
            for side in 0..4 {
                let (a, b) = (corners[side], corners[(side + 1) % 4]);
                let (va, vb) = (values[a] - level, values[b] - level);
                if (va < 0.0) != (vb < 0.0) {
                    let t = va / (va - vb);
                    let on = |axis: usize| {
                        places[2 * a + axis] + t * (places[2 * b + axis] - places[2 * a + axis])
                    };
                    crossings.extend([on(0), on(1)]);
                }
            }
            // Two crossings are a piece; four, at a saddle, are two.
            for piece in crossings.chunks_exact(4) {
                pieces.extend_from_slice(piece);
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOX: [f32; 4] = [-2.0, 2.0, -2.0, 2.0];

    #[test]
    fn the_contour_of_a_distance_is_a_circle() {
        let values: Vec<f32> = grid(40, BOX).chunks_exact(2).map(|p| p[0].hypot(p[1])).collect();
        let pieces = contour(&values, 40, BOX, 1.0);
        let length: f32 = pieces.chunks_exact(4).map(|p| (p[2] - p[0]).hypot(p[3] - p[1])).sum();
        assert!((length - core::f32::consts::TAU).abs() < 0.02, "{length}");
        assert!(contour(&values, 40, BOX, 5.0).is_empty());
    }

    #[test]
    fn an_ellipse_is_as_wide_as_its_deviation() {
        let pieces = ellipse([1.0, -1.0], [0.25, 0.1, 1.0], 2.0);
        let right = pieces.chunks_exact(2).map(|p| p[0]).fold(f32::MIN, f32::max);
        let top = pieces.chunks_exact(2).map(|p| p[1]).fold(f32::MIN, f32::max);
        assert!((right - 2.0).abs() < 0.01 && (top - 1.0).abs() < 0.02, "{right} {top}");
    }
}
