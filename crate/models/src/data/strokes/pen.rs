//! A round pen on a small sheet: distances first, grey values when the sheet is done.

use alloc::vec;
use alloc::vec::Vec;

/// A square sheet that remembers how far each pixel is from the ink.
pub(super) struct Canvas {
    side: usize,
    /// Signed distance from the pixel's centre to the edge of the ink, in pixels, `[side, side]`;
    /// negative inside, capped at [`FAR`].
    distance: Vec<f32>,
}

/// Distance from which on a pixel holds no ink.
const FAR: f32 = 0.5;

impl Canvas {
    pub fn new(side: usize) -> Canvas {
        Canvas { side, distance: vec![FAR; side * side] }
    }

    /// The radius of the pen in sides, for a wanted one; a line thinner than a pixel would fade.
    pub fn pen_radius(&self, wanted: f32) -> f32 {
        wanted.max(0.52 / self.side as f32)
    }

    /// Draws a polyline, in sides, with a radius that goes evenly from `start` to `end`.
    pub fn stroke(&mut self, line: &[[f32; 2]], start: f32, end: f32) {
        let side = self.side as f32;
        let pieces = (line.len() - 1) as f32;
        for (i, ends) in line.windows(2).enumerate() {
            let radius = |k: usize| side * (start + (end - start) * k as f32 / pieces);
            let pixel = |p: [f32; 2]| p.map(|v| v * side);
            self.capsule(pixel(ends[0]), pixel(ends[1]), radius(i), radius(i + 1));
        }
    }

    /// Lowers the distances near the segment `a`–`b`, in pixels, of radius `ra` to `rb`.
    fn capsule(&mut self, a: [f32; 2], b: [f32; 2], ra: f32, rb: f32) {
        let along = [b[0] - a[0], b[1] - a[1]];
        let length2 = along[0] * along[0] + along[1] * along[1];
        let inverse = if length2 > 0.0 { 1.0 / length2 } else { 0.0 };
        // Pixels whose centre (k + ½) is nearer than this to the segment's box.
        let reach = ra.max(rb) + FAR;
        let range = |p: f32, q: f32| {
            let first = tilde_graph::real::floorf(p.min(q) - reach - 0.5).max(0.0) as usize;
            let stop = (tilde_graph::real::ceilf(p.max(q) + reach + 0.5).max(0.0) as usize).min(self.side);
            first..stop
        };
        let (columns, rows) = (range(a[0], b[0]), range(a[1], b[1]));
        for row in rows {
            let py = row as f32 + 0.5 - a[1];
            for column in columns.clone() {
                let px = column as f32 + 0.5 - a[0];
                let t = ((px * along[0] + py * along[1]) * inverse).max(0.0).min(1.0);
                let (dx, dy) = (px - t * along[0], py - t * along[1]);
                let edge = tilde_graph::real::sqrtf(dx * dx + dy * dy) - (ra + (rb - ra) * t);
                let held = &mut self.distance[row * self.side + column];
                *held = held.min(edge);
            }
        }
    }

    /// Appends the grey values, `[side, side]` with 255 for ink, and empties the sheet.
    pub fn develop(&mut self, pixels: &mut Vec<u8>) {
        for distance in &mut self.distance {
            let ink = (FAR - *distance).max(0.0).min(1.0);
            pixels.push((ink * 255.0 + 0.5) as u8);
            *distance = FAR;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_has_the_area_of_the_capsule() {
        let mut canvas = Canvas::new(32);
        let (radius, length) = (4.0, 12.0);
        canvas.stroke(&[[10.0 / 32.0, 0.5], [22.0 / 32.0, 0.5]], radius / 32.0, radius / 32.0);
        let mut pixels = Vec::new();
        canvas.develop(&mut pixels);
        let ink: f32 = pixels.iter().map(|&p| f32::from(p) / 255.0).sum();
        let area = 2.0 * radius * length + core::f32::consts::PI * radius * radius;
        assert!((ink - area).abs() < 0.02 * area, "{ink} against {area}");
        // Developing empties the sheet.
        pixels.clear();
        canvas.develop(&mut pixels);
        assert!(pixels.iter().all(|&p| p == 0));
    }

    #[test]
    fn strokes_off_the_sheet_are_cut() {
        let mut canvas = Canvas::new(8);
        canvas.stroke(&[[-3.0, -2.0], [0.5, 0.5], [4.0, 9.0]], 0.05, 0.05);
        let mut pixels = Vec::new();
        canvas.develop(&mut pixels);
        assert!(pixels[4 * 8 + 4] > 0 || pixels[3 * 8 + 3] > 0);
    }
}
