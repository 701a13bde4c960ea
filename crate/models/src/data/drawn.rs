//! A two-dimensional distribution that the user painted or brought as points.

use super::text::{count, decimal};
use super::toys::Mixture;
use crate::Error;
use alloc::format;
use alloc::vec::Vec;
use tilde_graph::rng::Stream;

/// Most points that are kept; more are thinned evenly.
pub const MAX_POINTS: usize = 20_000;

/// Half the side of the box that brought points are fitted into.
const REACH: f32 = 2.2;

/// Points and the density around them: a sample is one of the points plus Gaussian jitter, so the
/// distribution is the kernel estimate of what was drawn. Every second point is held out: what is learned, and
/// everything that is known of it, comes from the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    points: Vec<[f32; 2]>,
    jitter: f32,
}

impl Drawn {
    /// Standard deviation of the jitter around a brush stroke, in data coordinates.
    pub const BRUSH: f32 = 0.05;

    /// Points that are in data coordinates already, `[N, 2]`, as a brush gives them.
    ///
    /// # Errors
    /// [`Error::BadData`] if there is no point, half a point, or a coordinate that is not finite.
    pub fn new(points: &[f32]) -> Result<Drawn, Error> {
        let mut drawn = Drawn { points: Vec::new(), jitter: Drawn::BRUSH };
        drawn.add(points)?;
        Ok(drawn)
    }

    /// Points of any scale, `[N, 2]`: moved, and scaled alike in both directions, so that their box
    /// is centred and reaches ±2.2. Points that already lie within ±2.5, and not all within ±0.5,
    /// stay where they are. They are given half the jitter of brush strokes.
    ///
    /// # Errors
    /// As [`Drawn::new`].
    pub fn fitted(points: &[f32]) -> Result<Drawn, Error> {
        check(points)?;
        let mut drawn = Drawn { points: thinned(points), jitter: Drawn::BRUSH / 2.0 };
        if points.iter().all(|v| v.abs() <= 2.5) && points.iter().any(|v| v.abs() >= 0.5) {
            return Ok(drawn);
        }
        let [mut low, mut high] = [drawn.points[0]; 2];
        for point in &drawn.points {
            for a in 0..2 {
                low[a] = low[a].min(point[a]);
                high[a] = high[a].max(point[a]);
            }
        }
        // Halved first: the width of a box of huge numbers is not finite.
        let half = [0, 1].map(|a| high[a] / 2.0 - low[a] / 2.0);
        let longest = half[0].max(half[1]);
        let scale = if longest > 0.0 { REACH / longest } else { 1.0 };
        for point in &mut drawn.points {
            for a in 0..2 {
                let half = point[a] / 2.0;
                point[a] = (half - low[a] / 2.0) * scale + (half - high[a] / 2.0) * scale;
            }
        }
        Ok(drawn)
    }

    /// Adds a stroke, `[N, 2]` in data coordinates.
    ///
    /// # Errors
    /// As [`Drawn::new`]; the drawing is unchanged then.
    pub fn add(&mut self, points: &[f32]) -> Result<(), Error> {
        check(points)?;
        self.points.extend(thinned(points));
        if self.points.len() > MAX_POINTS {
            let stride = self.points.len().div_ceil(MAX_POINTS);
            self.points = self.points.iter().copied().step_by(stride).collect();
        }
        Ok(())
    }

    /// The points, without jitter.
    pub fn points(&self) -> &[[f32; 2]] {
        &self.points
    }

    /// Every second point, from the first or from the second on. One point alone cannot be divided.
    fn half(&self, first: usize) -> Vec<[f32; 2]> {
        match self.points.len() {
            1 => self.points.clone(),
            _ => self.points.iter().skip(first).step_by(2).copied().collect(),
        }
    }

    /// The distribution that is learned.
    pub fn mixture(&self) -> Mixture {
        Mixture { centres: self.half(0), sigma: [self.jitter; 2] }
    }

    /// A bank of `n` samples to learn from, `[n, 2]`: every point is used equally often, up to one, in an
    /// order drawn from the stream.
    pub fn bank(&self, n: usize, stream: &mut Stream) -> Vec<f32> {
        self.samples(&self.half(0), n, stream)
    }

    /// The same of the points that are held out.
    pub fn held_out(&self, n: usize, stream: &mut Stream) -> Vec<f32> {
        self.samples(&self.half(1), n, stream)
    }

    /// How many points are held out.
    pub fn held_out_count(&self) -> usize {
        self.half(1).len()
    }

    fn samples(&self, points: &[[f32; 2]], n: usize, stream: &mut Stream) -> Vec<f32> {
        let mut bank = Vec::with_capacity(2 * n);
        let mut order: Vec<usize> = (0..points.len()).collect();
        while bank.len() < 2 * n {
            for i in (1..order.len()).rev() {
                order.swap(i, stream.below(i as u32 + 1) as usize);
            }
            for &i in order.iter().take(n - bank.len() / 2) {
                let [x, y] = points[i];
                bank.push(x + self.jitter * stream.normal());
                bank.push(y + self.jitter * stream.normal());
            }
        }
        bank
    }
}

fn check(points: &[f32]) -> Result<(), Error> {
    if points.is_empty() {
        return Err(Error::BadData("There are no points; draw or give at least one.".into()));
    }
    if !points.len().is_multiple_of(2) {
        return Err(Error::BadData(format!(
            "Points are pairs of numbers, but there are {}.",
            count(points.len() as u64, "number")
        )));
    }
    if let Some(at) = points.iter().position(|v| !v.is_finite()) {
        let axis = if at % 2 == 0 { 'x' } else { 'y' };
        return Err(Error::BadData(format!(
            "The {axis} of point {} is {}; coordinates must be finite.",
            at / 2,
            decimal(f64::from(points[at]))
        )));
    }
    Ok(())
}

fn thinned(points: &[f32]) -> Vec<[f32; 2]> {
    let stride = (points.len() / 2).div_ceil(MAX_POINTS);
    points.chunks_exact(2).step_by(stride).map(|p| [p[0], p[1]]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

    #[test]
    fn a_bank_uses_every_point_and_stays_near() {
        // Those in between are held out.
        let held = [0.5, 1.5];
        let points = [[-1.0, 0.0], held, [1.0, 0.5], held, [0.0, -2.0], held];
        let drawn = Drawn::new(points.as_flattened()).unwrap();
        let bank = drawn.bank(300, &mut Stream::new(1, 0));
        assert_eq!(bank.len(), 600);
        let mut counts = [0; 3];
        for p in bank.chunks_exact(2) {
            let near = |q: &[f32; 2]| (q[0] - p[0]).hypot(q[1] - p[1]) < 6.0 * Drawn::BRUSH;
            counts[[points[0], points[2], points[4]].iter().position(near).unwrap()] += 1;
        }
        assert_eq!(counts, [100; 3]);
        assert_eq!(bank, drawn.bank(300, &mut Stream::new(1, 0)));
        let near = |p: &[f32]| (held[0] - p[0]).hypot(held[1] - p[1]) < 6.0 * Drawn::BRUSH;
        assert!(drawn.held_out(300, &mut Stream::new(1, 0)).chunks_exact(2).all(near));
        assert_eq!((drawn.mixture().centres.len(), drawn.held_out_count()), (3, 3));
    }

    #[test]
    fn points_of_any_scale_are_fitted() {
        let drawn = Drawn::fitted(&[0.0, 100.0, 400.0, 300.0]).unwrap();
        for (p, q) in drawn.points().iter().zip([[-2.2, -1.1], [2.2, 1.1]]) {
            assert!((p[0] - q[0]).abs() < 1e-5 && (p[1] - q[1]).abs() < 1e-5);
        }
        let inside = [-2.0, 0.3, 1.0, 1.0];
        assert_eq!(Drawn::fitted(&inside).unwrap().points(), [[-2.0, 0.3], [1.0, 1.0]]);
        assert_eq!(Drawn::fitted(&[1e6, -1e6]).unwrap().points(), [[0.0, 0.0]]);
        let huge = Drawn::fitted(&[f32::MAX, f32::MIN, f32::MIN, f32::MAX]).unwrap();
        assert!(huge.points().iter().flatten().all(|v| v.abs() < 2.3));
    }

    #[test]
    fn long_drawings_are_thinned() {
        let mut drawn = Drawn::new(&vec![0.1; 2 * 15_000]).unwrap();
        drawn.add(&vec![0.2; 2 * 15_000]).unwrap();
        assert_eq!(drawn.points().len(), 15_000);
        let halves = drawn.points().iter().filter(|p| p[0] == 0.1).count();
        assert_eq!(halves, 7_500);
    }

    #[test]
    fn refusals_name_the_point() {
        let message = |points: &[f32]| Drawn::new(points).unwrap_err().to_string();
        assert_eq!(message(&[]), "There are no points; draw or give at least one.");
        assert_eq!(message(&[1.0; 3]), "Points are pairs of numbers, but there are 3 numbers.");
        assert_eq!(
            message(&[0.0, 0.0, 1.0, f32::INFINITY]),
            "The y of point 1 is inf; coordinates must be finite."
        );
    }
}
