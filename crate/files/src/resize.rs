//! One image brought to another size.

use alloc::vec::Vec;

/// A weighted run of source pixels along one axis, with the weights adding up to 1.
struct Tap {
    first: usize,
    weights: Vec<f32>,
}

/// Brings images of one size to another: shrinking averages areas, enlarging interpolates linearly.
pub(crate) struct Resize {
    width: usize,
    rows: Vec<Tap>,
    columns: Vec<Tap>,
}

impl Resize {
    /// From `[height, width]` to another; no size may be 0.
    pub fn new([height, width]: [usize; 2], to: [usize; 2]) -> Resize {
        Resize { width, rows: taps(height, to[0]), columns: taps(width, to[1]) }
    }

    /// Appends an image in its new size to `out`.
    pub fn append(&self, image: &[u8], out: &mut Vec<u8>) {
        for row in &self.rows {
            for column in &self.columns {
                let mut sum = 0.0;
                for (y, wy) in row.weights.iter().enumerate() {
                    let line = &image[(row.first + y) * self.width + column.first..];
                    let across: f32 = column.weights.iter().zip(line).map(|(wx, &p)| wx * f32::from(p)).sum();
                    sum += wy * across;
                }
                // At most the brightest pixel, up to rounding.
                out.push((sum + 0.5) as u8);
            }
        }
    }
}

/// The source pixels and their weights of each of `side` target pixels along an axis of `from` source pixels.
fn taps(from: usize, side: usize) -> Vec<Tap> {
    let step = from as f32 / side as f32;
    (0..side)
        .map(|o| {
            let start = o as f32 * step;
            if step > 1.0 { average(start, start + step, from) } else { linear(start + step / 2.0, from) }
        })
        .collect()
}

/// The mean over `start..end`.
fn average(start: f32, end: f32, from: usize) -> Tap {
    let last = from - 1;
    let (first, stop) = ((libm::floorf(start) as usize).min(last), (libm::floorf(end) as usize).min(last));
    let mut weights: Vec<f32> =
        (first..=stop).map(|k| (end.min((k + 1) as f32) - start.max(k as f32)).max(0.0)).collect();
    let total: f32 = weights.iter().sum();
    weights.iter_mut().for_each(|w| *w /= total);
    Tap { first, weights }
}

/// Linear interpolation at `centre`, a place in pixel edges (pixel k lies at k + ½).
fn linear(centre: f32, from: usize) -> Tap {
    let at = (centre - 0.5).max(0.0).min((from - 1) as f32);
    let first = (libm::floorf(at) as usize).min(from.saturating_sub(2));
    let part = at - first as f32;
    let weights = if from == 1 { alloc::vec![1.0] } else { alloc::vec![1.0 - part, part] };
    Tap { first, weights }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(image: &[u8], height: usize, width: usize, side: usize) -> Vec<u8> {
        let mut out = Vec::new();
        Resize::new([height, width], [side, side]).append(image, &mut out);
        out
    }

    #[test]
    fn halving_averages_blocks() {
        let image = [0, 100, 10, 10, 50, 50, 10, 10, 0, 0, 200, 0, 0, 0, 0, 0];
        assert_eq!(run(&image, 4, 4, 2), [50, 10, 0, 50]);
    }

    #[test]
    fn shrinking_by_a_fraction_keeps_the_mean() {
        let image: Vec<u8> = (0..81u32).map(|i| (i * 37 % 251) as u8).collect();
        let mean = |p: &[u8]| p.iter().map(|&p| f32::from(p)).sum::<f32>() / p.len() as f32;
        assert!((mean(&image) - mean(&run(&image, 9, 9, 6))).abs() < 0.5);
    }

    #[test]
    fn doubling_interpolates() {
        assert_eq!(run(&[0, 100, 0, 100], 2, 2, 4)[..4], [0, 25, 75, 100]);
        assert_eq!(run(&[9], 1, 1, 3), [9; 9]);
    }
}
