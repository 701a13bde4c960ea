//! Where codes are, and the holes between them.

use super::REACH;
use crate::metrics::Estimate;
use crate::numeric::linear::moments;
use alloc::vec::Vec;

/// Share of held-out codes that lie farther from the training codes than what counts as a hole.
pub const QUANTILE: f64 = 0.05;

/// Rows of the plane that holes are looked for in.
const ROWS: usize = 120;

/// Codes of training images, with their moments.
pub struct Codes {
    /// The codes, `[n, Z]`.
    pub codes: Vec<f32>,
    z: usize,
    mean: Vec<f64>,
    /// `[Z, Z]`
    covariance: Vec<f64>,
    /// Standard deviation of each dimension.
    sd: Vec<f64>,
}

/// A place of the plane that is shown, 0..=1 each, in standard deviations from its middle.
pub fn deviations(at: [f32; 2]) -> [f32; 2] {
    at.map(|x| (2.0 * x - 1.0) * REACH)
}

/// Distances of each row of `a` `[n, d]` to the nearest one of `b` `[m, d]`.
pub fn nearest(a: &[f32], b: &[f32], d: usize) -> Vec<f64> {
    let square = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| (x - y) * (x - y)).sum::<f32>();
    let least = |x: &[f32]| b.chunks_exact(d).map(|y| square(x, y)).fold(f32::INFINITY, f32::min);
    a.chunks_exact(d).map(|x| f64::from(tilde_graph::real::sqrtf(least(x)))).collect()
}

/// The median. Its error is that of the ranks: half the way between the values a standard deviation of the
/// count below the median away from it, which is √n/2.
pub fn median(values: Vec<f64>) -> Estimate {
    let away = 0.5 / tilde_graph::real::sqrt(values.len() as f64).max(1.0);
    let [low, mean, high] = [0.5 - away, 0.5, 0.5 + away].map(|share| quantile(values.clone(), share));
    Estimate { mean, error: if values.len() < 2 { f64::NAN } else { (high - low) / 2.0 } }
}

/// The value below which a share of them lies.
pub fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let last = values.len() - 1;
    values[(share * last as f64) as usize]
}

impl Codes {
    /// Of codes `[n, Z]`.
    pub fn new(codes: Vec<f32>, z: usize) -> Codes {
        let rows: Vec<f64> = codes.iter().map(|&x| f64::from(x)).collect();
        let (mean, mut covariance) = moments(&rows, z);
        // A dimension that no image uses still has a width to be drawn with.
        (0..z).for_each(|i| covariance[i * z + i] += 1e-9);
        let sd = (0..z).map(|i| tilde_graph::real::sqrt(covariance[i * z + i])).collect();
        Codes { codes, z, mean, covariance, sd }
    }

    /// The code that lies so many standard deviations from the mean in the first dimensions, and at the mean
    /// in the others, `[Z]`.
    fn at(&self, deviations: &[f32]) -> Vec<f32> {
        let mut code: Vec<f32> = self.mean.iter().map(|&m| m as f32).collect();
        for ((c, sd), u) in code.iter_mut().zip(&self.sd).zip(deviations) {
            *c += *sd as f32 * u;
        }
        code
    }

    /// The code at a place of the plane that is shown, 0..=1 each, `[Z]`.
    pub fn place(&self, at: [f32; 2]) -> Vec<f32> {
        self.at(&deviations(at))
    }

    /// A code in standard deviations from the mean, `[Z]`.
    pub fn deviations_of(&self, code: &[f32]) -> Vec<f32> {
        (0..self.z).map(|i| ((f64::from(code[i]) - self.mean[i]) / self.sd[i]) as f32).collect()
    }

    /// How far from all codes a hole is: farther than all but `QUANTILE` of the codes are from the nearest other one, in
    /// standard deviations.
    fn edge(&self) -> f64 {
        let (all, z) = (self.scaled(&self.codes), self.z);
        let own = all.chunks_exact(z).enumerate().map(|(i, code)| {
            let others = [&all[..i * z], &all[(i + 1) * z..]].map(|others| nearest(code, others, z)[0]);
            others[0].min(others[1])
        });
        quantile(own.collect(), 1.0 - QUANTILE)
    }

    /// Which of the `drawn` codes `[n, Z]` lie in holes.
    pub fn astray(&self, drawn: &[f32]) -> Vec<usize> {
        let (far, edge) = (nearest(&self.scaled(drawn), &self.scaled(&self.codes), self.z), self.edge());
        (0..far.len()).filter(|&i| far[i] > edge).collect()
    }

    /// Level pieces `[n, 4]`, a row of them as high as the next, over the holes of the plane that is shown, within two
    /// standard deviations of the Gaussian; of codes of two numbers.
    pub fn open(&self) -> Vec<f32> {
        let (points, edge, r) = (self.plane(&self.codes), self.edge() as f32, self.shape()[1] as f32);
        let half = REACH / ROWS as f32;
        let mut pieces = Vec::new();
        for row in 0..ROWS {
            let y = (2 * row + 1) as f32 * half - REACH;
            // x² − 2rxy + y² = 4(1 − r²)
            let reach = tilde_graph::real::sqrtf(((1.0 - r * r) * (4.0 - y * y)).max(0.0));
            let (mut from, end) = (r * y - reach, r * y + reach);
            let near = points.chunks_exact(2).filter_map(|p| {
                let square = edge * edge - (p[1] - y) * (p[1] - y);
                (square > 0.0).then(|| {
                    (p[0] - tilde_graph::real::sqrtf(square), p[0] + tilde_graph::real::sqrtf(square))
                })
            });
            let mut near: Vec<(f32, f32)> = near.collect();
            near.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
            for (begin, over) in near.into_iter().chain([(end, end)]) {
                if begin.min(end) > from {
                    pieces.extend([from, y, begin.min(end), y]);
                }
                from = from.max(over);
            }
        }
        pieces
    }

    /// Codes `[n, Z]` as points of the plane that is shown, `[n, 2]`: their first two dimensions in
    /// standard deviations.
    pub fn plane(&self, codes: &[f32]) -> Vec<f32> {
        let along = |code: &[f32], a: usize| match code.get(a) {
            Some(&c) => ((f64::from(c) - self.mean[a]) / self.sd[a]) as f32,
            None => 0.0,
        };
        codes.chunks_exact(self.z).flat_map(|code| [along(code, 0), along(code, 1)]).collect()
    }

    /// Covariance of the points of the plane: σ_xx, σ_xy, σ_yy.
    pub fn shape(&self) -> [f64; 3] {
        match self.z {
            1 => [1.0, 0.0, 0.0],
            _ => [1.0, self.covariance[1] / (self.sd[0] * self.sd[1]), 1.0],
        }
    }

    /// Codes with each dimension in its standard deviations.
    fn scaled(&self, codes: &[f32]) -> Vec<f32> {
        codes.iter().enumerate().map(|(i, c)| (f64::from(*c) / self.sd[i % self.z]) as f32).collect()
    }

    /// The training image whose code is nearest to this one, and how far it is, in standard deviations.
    pub fn nearest_to(&self, code: &[f32]) -> (usize, f64) {
        let (all, one) = (self.scaled(&self.codes), self.scaled(code));
        let each = all.chunks_exact(self.z).map(|row| nearest(&one, row, self.z)[0]);
        let least = each.enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
        least.unwrap_or((0, 0.0))
    }

    /// Share of `drawn` codes that lie farther from all training codes than 95 % of held-out ones do.
    pub fn holes(&self, drawn: &[f32], held_out: &[f32]) -> Estimate {
        let all = self.scaled(&self.codes);
        let far = |codes: &[f32]| nearest(&self.scaled(codes), &all, self.z);
        let edge = quantile(far(held_out), 1.0 - QUANTILE);
        let drawn = far(drawn);
        let share = drawn.iter().filter(|&&d| d > edge).count() as f64 / drawn.len() as f64;
        Estimate::share(share, drawn.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use tilde_graph::rng::Stream;

    /// Standard normal codes, `[n, 2]`.
    fn normal(n: usize, seed: u64) -> Vec<f32> {
        let mut stream = Stream::new(seed, 0);
        (0..2 * n).map(|_| stream.normal()).collect()
    }

    /// Codes that are Gaussian have no holes; codes on a ring have one.
    #[test]
    fn a_ring_has_a_hole_and_a_gaussian_has_none() {
        // Neither has correlations, so each dimension is drawn for itself.
        let share = |codes: &Codes, held_out: &[f32]| {
            let noise = normal(2000, 5);
            let drawn: Vec<f32> = noise.chunks_exact(2).flat_map(|u| codes.at(u)).collect();
            codes.holes(&drawn, held_out).mean
        };
        let gaussian = share(&Codes::new(normal(2000, 1), 2), &normal(2000, 2));
        assert!((gaussian - QUANTILE).abs() < 0.02, "{gaussian}");
        let ring = |seed| -> Vec<f32> {
            let at = |p: &[f32]| {
                let r = p[0].hypot(p[1]);
                [p[0] / r, 3.0 * p[1] / r]
            };
            normal(2000, seed).chunks_exact(2).flat_map(at).collect()
        };
        assert!(share(&Codes::new(ring(3), 2), &ring(4)) > 0.9);
    }

    /// What is within a ring of codes is open, and what is on it is not.
    #[test]
    fn a_hole_is_open() {
        let ring = (0..400).flat_map(|i| {
            let angle = i as f32 / 400.0 * core::f32::consts::TAU;
            [angle.cos(), angle.sin()]
        });
        let pieces = Codes::new(ring.collect(), 2).open();
        let far = |piece: &[f32]| ((piece[0] + piece[2]) / 2.0).hypot((piece[1] + piece[3]) / 2.0);
        // In standard deviations the radius is √2.
        assert!(pieces.chunks_exact(4).any(|piece| far(piece) < 0.2));
        assert!(pieces.chunks_exact(4).all(|piece| (far(piece) - 2f32.sqrt()).abs() > 0.01));
    }

    #[test]
    fn the_plane_is_in_standard_deviations() {
        let codes = Codes::new(normal(300, 1), 2);
        let code = codes.place([1.0, 0.5]);
        let point = codes.plane(&code);
        assert!((point[0] - REACH).abs() < 1e-4 && point[1].abs() < 1e-4);
        let third = codes.codes[4..6].to_vec();
        assert_eq!(codes.nearest_to(&third), (2, 0.0));
    }
}
