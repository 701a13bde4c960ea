//! Handwritten digits that are generated: pen strokes with random form, drawn with an anti-aliased
//! round pen.
//!
//! A digit starts as one of a few ways to write its class (`glyph`): curves through control
//! points. It is then shaken, slanted, stretched, turned, warped smoothly, centred with a little
//! shift, and drawn (`pen`) with a pen whose width changes along the stroke. The factors of
//! variation are known ([`Factors`]), so that what a model learned can be compared with them.
//! Everything follows from the stream: the same seed gives the same images, bit for bit.

// Tables of points: one to a line would be 200 lines.
#[rustfmt::skip]
mod glyph;
mod pen;

use super::Images;
use alloc::vec::Vec;
use pen::Canvas;
use tilde_graph::angle;
use tilde_graph::rng::Stream;

/// Smallest side that still shows a digit, in pixels.
pub const MIN_SIDE: usize = 8;

/// Straight pieces that a curve between two control points is drawn with.
const PIECES: usize = 6;

/// What varies between two images of a class, apart from the shaking of the hand. Lengths are in
/// sides of the image, angles in radians.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factors {
    /// The digit, 0..=9.
    pub class: u8,
    /// Which way of writing it; wraps around.
    pub style: u32,
    /// Height of the digit, 0.55..=0.8.
    pub size: f32,
    /// Width over the usual width, 0.75..=1.15.
    pub stretch: f32,
    /// Shear: sideways move per height, −0.15..=0.45, positive to the right.
    pub slant: f32,
    /// Rotation, −0.15..=0.15.
    pub turn: f32,
    /// Radius of the pen, 0.026..=0.062.
    pub thickness: f32,
    /// Shift of the centre to the right, −0.05..=0.05.
    pub dx: f32,
    /// Shift of the centre downwards, −0.05..=0.05.
    pub dy: f32,
}

impl Factors {
    /// Random factors for a digit of the class.
    pub fn draw(class: u8, stream: &mut Stream) -> Factors {
        let mut within = |low: f32, high: f32| low + (high - low) * stream.uniform();
        Factors {
            class,
            size: within(0.55, 0.8),
            stretch: within(0.75, 1.15),
            slant: within(-0.15, 0.45),
            turn: within(-0.15, 0.15),
            thickness: within(0.026, 0.062),
            dx: within(-0.05, 0.05),
            dy: within(-0.05, 0.05),
            style: stream.next_u32(),
        }
    }
}

/// `n` images of digits, `[n, side, side]` with 255 for white, labelled 0..=9.
///
/// Classes are balanced: every ten consecutive images hold each class once, in random order, so
/// that any split by row is balanced too. `side` is 8 to 32; others are brought into that range.
///
/// Panics if `n` is 0.
pub fn digits(n: usize, side: usize, stream: &mut Stream) -> Images {
    let side = side.clamp(MIN_SIDE, super::images::MAX_SIDE);
    let mut pixels = Vec::with_capacity(n * side * side);
    let mut labels = Vec::with_capacity(n);
    let mut canvas = Canvas::new(side);
    let mut classes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    for i in 0..n {
        if i % 10 == 0 {
            for k in (1..10).rev() {
                classes.swap(k, stream.below(k as u32 + 1) as usize);
            }
        }
        let factors = Factors::draw(classes[i % 10], stream);
        write(&factors, stream, &mut canvas);
        canvas.develop(&mut pixels);
        labels.push(factors.class);
    }
    // Not `expect`: see `Images::fitted`.
    match Images::new(pixels, 255, [n, side, side], labels) {
        Ok(images) => images,
        Err(_) => panic!("there are as many pixels as the shape says"),
    }
}

/// One digit with given factors, `[side, side]` with 255 for white. The stream shakes the hand.
pub fn digit(factors: &Factors, side: usize, stream: &mut Stream) -> Vec<u8> {
    let mut canvas = Canvas::new(side.clamp(MIN_SIDE, super::images::MAX_SIDE));
    let mut pixels = Vec::new();
    write(factors, stream, &mut canvas);
    canvas.develop(&mut pixels);
    pixels
}

/// Draws a digit on an empty canvas.
fn write(factors: &Factors, stream: &mut Stream, canvas: &mut Canvas) {
    let mut lines = shaken(factors, stream);
    let warp = Warp::draw(stream);
    let [sin, cos] = angle::sin_cos(factors.turn);
    for point in lines.iter_mut().flatten() {
        let [x, y] = warp.apply(*point);
        // Around the glyph's centre, y downwards: stretch and slant, then turn.
        let (x, y) = (x - 0.5, y - 0.5);
        let x = x * factors.stretch - y * factors.slant;
        *point = [cos * x - sin * y, sin * x + cos * y];
    }
    let radius = canvas.pen_radius(factors.thickness);
    place(&mut lines, factors, radius);
    // The pen lifts: a stroke ends thinner than it starts.
    let lift = 0.65 + 0.35 * stream.uniform();
    for line in &lines {
        canvas.stroke(line, radius, radius * lift);
    }
}

/// The class's strokes as fine polylines, in the glyph's unit square, with every control point
/// moved a little.
fn shaken(factors: &Factors, stream: &mut Stream) -> Vec<Vec<[f32; 2]>> {
    const SHAKE: f32 = 0.016;
    let styles = glyph::STYLES[factors.class as usize % 10];
    let style = styles[factors.style as usize % styles.len()];
    style
        .iter()
        .map(|stroke| {
            let mut knots: Vec<[f32; 2]> = Vec::with_capacity(stroke.len());
            for (i, knot) in stroke.iter().enumerate() {
                // A doubled knot is a corner and must stay one.
                let moved = if i > 0 && stroke[i - 1] == *knot {
                    knots[i - 1]
                } else {
                    knot.map(|v| v + SHAKE * stream.normal().max(-2.5).min(2.5))
                };
                knots.push(moved);
            }
            curve(&knots)
        })
        .collect()
}

/// The Catmull–Rom curve through the knots as a polyline. Two equal knots in a row make a corner.
fn curve(knots: &[[f32; 2]]) -> Vec<[f32; 2]> {
    let mut line = Vec::with_capacity(PIECES * knots.len());
    line.push(knots[0]);
    for i in 1..knots.len() {
        let (a, b) = (knots[i - 1], knots[i]);
        if a == b {
            continue;
        }
        let before = knots[i.saturating_sub(2)];
        let after = knots[(i + 1).min(knots.len() - 1)];
        for piece in 1..=PIECES {
            let t = piece as f32 / PIECES as f32;
            line.push([0, 1].map(|k| cubic([before[k], a[k], b[k], after[k]], t)));
        }
    }
    line
}

/// Catmull–Rom between `p[1]` (t = 0) and `p[2]` (t = 1).
fn cubic(p: [f32; 4], t: f32) -> f32 {
    let slope = [(p[2] - p[0]) / 2.0, (p[3] - p[1]) / 2.0];
    let step = p[2] - p[1];
    let quadratic = 3.0 * step - 2.0 * slope[0] - slope[1];
    p[1] + t * (slope[0] + t * (quadratic + t * (slope[0] + slope[1] - 2.0 * step)))
}

/// Scales to the wanted size and centres; shrinks what the edge of the image would cut.
fn place(lines: &mut [Vec<[f32; 2]>], factors: &Factors, radius: f32) {
    let [mut low, mut high] = [[f32::INFINITY; 2], [f32::NEG_INFINITY; 2]];
    for point in lines.iter().flatten() {
        for a in 0..2 {
            low[a] = low[a].min(point[a]);
            high[a] = high[a].max(point[a]);
        }
    }
    let shift = [factors.dx, factors.dy];
    // Room on both sides of the centre line that neither the pen nor the shift takes.
    let room = |a: usize| 1.0 - 2.0 * (radius + 0.02 + f32::abs(shift[a]));
    let tall = factors.size / (high[1] - low[1]);
    let scale = (0..2).fold(tall, |s, a| s.min(room(a) / (high[a] - low[a]).max(1e-3)));
    for point in lines.iter_mut().flatten() {
        for a in 0..2 {
            point[a] = (point[a] - (low[a] + high[a]) / 2.0) * scale + 0.5 + shift[a];
        }
    }
}

/// A smooth displacement of the plane: a few long waves of random direction.
struct Warp {
    /// Wave vector, phase, displacement.
    waves: [([f32; 2], f32, [f32; 2]); 3],
}

impl Warp {
    fn draw(stream: &mut Stream) -> Warp {
        const AMPLITUDE: f32 = 0.022;
        const TURN: f32 = 2.0 * core::f32::consts::PI;
        let mut wave = || {
            let frequency = [0, 1].map(|_| TURN * 0.6 * stream.normal().max(-2.0).min(2.0));
            let push = [0, 1].map(|_| AMPLITUDE * stream.normal().max(-2.0).min(2.0));
            (frequency, TURN * stream.uniform(), push)
        };
        Warp { waves: [wave(), wave(), wave()] }
    }

    fn apply(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let mut out = [x, y];
        for (frequency, phase, push) in &self.waves {
            let wave = angle::sin(frequency[0] * x + frequency[1] * y + phase);
            out[0] += push[0] * wave;
            out[1] += push[1] * wave;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(n: usize, side: usize) -> Images {
        digits(n, side, &mut Stream::new(7, 0))
    }

    #[test]
    fn deterministic_balanced_and_labelled() {
        let images = sheet(200, 28);
        assert_eq!(images, sheet(200, 28));
        assert_ne!(images.pixels, digits(200, 28, &mut Stream::new(8, 0)).pixels);
        for block in images.labels.chunks(10) {
            let mut sorted = block.to_vec();
            sorted.sort_unstable();
            assert_eq!(sorted, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        }
    }

    #[test]
    fn digits_are_whole_and_have_ink_at_every_size() {
        for side in [8, 12, 16, 20, 28, 32] {
            let images = sheet(500, side);
            for i in 0..images.n {
                let image = images.image(i);
                let ink = image.iter().map(|&p| f32::from(p) / 255.0).sum::<f32>();
                let share = ink / (side * side) as f32;
                assert!((0.03..0.5).contains(&share), "side {side}, image {i}: {share}");
                let brightest = image.iter().max().unwrap();
                assert!(*brightest > 140, "side {side}, image {i}: {brightest}");
            }
            if side >= 28 {
                let edge = |i: usize| {
                    let (y, x) = (i / side, i % side);
                    y == 0 || x == 0 || y == side - 1 || x == side - 1
                };
                let cut =
                    (0..images.pixels.len()).filter(|i| edge(i % (side * side)) && images.pixels[*i] > 128);
                assert_eq!(cut.count(), 0, "side {side}: ink is cut at the edge");
            }
        }
    }

    #[test]
    fn classes_are_told_apart_by_their_nearest_neighbour() {
        let (train, test) = sheet(2_400, 14).split_even_odd().unwrap();
        let distance = |a: &[u8], b: &[u8]| -> u64 {
            a.iter().zip(b).map(|(&a, &b)| u64::from(a.abs_diff(b)).pow(2)).sum()
        };
        let right = (0..300).filter(|&i| {
            let near = (0..train.n).min_by_key(|&j| distance(test.image(i), train.image(j)));
            train.labels[near.unwrap()] == test.labels[i]
        });
        let right = right.count();
        assert!(right >= 260, "{right} of 300");
    }

    #[test]
    fn images_differ_within_a_class() {
        let mut stream = Stream::new(1, 0);
        let factors = Factors::draw(4, &mut stream);
        let (a, b) = (digit(&factors, 28, &mut stream), digit(&factors, 28, &mut stream));
        assert_ne!(a, b);
    }

    #[test]
    fn curves_pass_through_their_knots_and_corners() {
        let knots = [[0.0, 0.0], [1.0, 0.0], [1.0, 0.0], [1.0, 1.0]];
        let line = curve(&knots);
        assert_eq!(line.len(), 1 + 2 * PIECES);
        for knot in knots {
            assert!(line.contains(&knot));
        }
        // The corner is sharp: no point leaves the two straight edges.
        for [x, y] in line {
            assert!(y.abs() < 1e-6 || (x - 1.0).abs() < 1e-6, "{x} {y}");
        }
    }
}
