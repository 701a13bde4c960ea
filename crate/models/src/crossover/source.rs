//! What the training sets are drawn from.

use super::rules::{Pair, Points, counted_error};
use crate::prelude::*;

/// Sizes of the training sets on Gaussians.
const SIZES: &[usize] = &[8, 16, 32, 64, 128, 192, 256, 512, 1024, 2048, 4096];
/// Sizes on a pair of digits, of each of which there are some 180.
const DIGIT_SIZES: &[usize] = &[8, 16, 32, 64, 128];
/// Share of the largest variance that naive Bayes adds to each pixel's: some never change.
const SMOOTHING: f64 = 0.01;
/// Side of the digits, and their pixels.
pub const SIDE: usize = 8;
const PIXELS: usize = SIDE * SIDE;

/// Two classes to tell apart.
pub enum Source {
    /// Two Gaussians.
    Gaussians(Pair),
    /// Two of the digits. Images by class, `[N, 64]` each: those to learn from, and those held out.
    Digits([Vec<Vec<f64>>; 2]),
}

/// A training set, and how a rule that was learned from it is judged.
pub struct Draw<'a> {
    /// Points whose classes take turns, so that the first ones are a smaller set.
    pub points: Points,
    judge: Judge<'a>,
}

enum Judge<'a> {
    Exactly(&'a Pair),
    Counting(Points),
}

impl Source {
    /// The digits by class.
    pub fn digits(sets: &ImageSets) -> Source {
        Source::Digits([&sets.train, &sets.test].map(|images| {
            let scale = 1.0 / f64::from(images.levels);
            let row = |i: usize| images.image(i).iter().map(|&p| f64::from(p) * scale).collect::<Vec<f64>>();
            let of = |class: usize| {
                (0..images.n).filter(|&i| usize::from(images.labels[i]) == class).flat_map(row).collect()
            };
            (0..10).map(of).collect()
        }))
    }

    /// Features of a point.
    pub fn features(&self) -> usize {
        match self {
            Source::Gaussians(pair) => pair.shift.len(),
            Source::Digits(_) => PIXELS,
        }
    }

    /// Sizes of the training sets, the smallest first.
    pub fn sizes(&self) -> &'static [usize] {
        match self {
            Source::Gaussians(_) => SIZES,
            Source::Digits(_) => DIGIT_SIZES,
        }
    }

    /// Share of the largest variance that naive Bayes adds to all.
    pub fn smoothing(&self) -> f64 {
        match self {
            Source::Gaussians(_) => 0.0,
            Source::Digits(_) => SMOOTHING,
        }
    }

    /// `n` points; each label is wrong with probability `noise`.
    pub fn draw(&self, n: usize, noise: f64, stream: &mut Stream) -> Draw<'_> {
        match self {
            Source::Gaussians(pair) => {
                Draw { points: pair.draw(n, noise, stream), judge: Judge::Exactly(pair) }
            }
            Source::Digits([train, test]) => {
                let first = stream.below(10) as usize;
                let classes = [first, (first + 1 + stream.below(9) as usize) % 10];
                let points = pick(train, classes, n, noise, stream);
                Draw { points, judge: Judge::Counting(whole(test, classes)) }
            }
        }
    }

    /// The exact limits of both errors, of naive Bayes and of logistic regression, where they are known.
    pub fn limits(&self, noise: f64) -> Option<[f64; 2]> {
        match self {
            Source::Gaussians(pair) => Some(pair.limits(noise).map(|rule| pair.error(&rule))),
            Source::Digits(_) => None,
        }
    }
}

impl Draw<'_> {
    /// The error of a rule: exact, or counted on the held-out digits.
    pub fn error(&self, rule: &[f64]) -> f64 {
        match &self.judge {
            Judge::Exactly(pair) => pair.error(rule),
            Judge::Counting(held_out) => counted_error(rule, held_out),
        }
    }
}

/// `n` of the digits of two classes in turns, without one twice while there are others.
pub fn pick(by_class: &[Vec<f64>], classes: [usize; 2], n: usize, noise: f64, stream: &mut Stream) -> Points {
    let d = PIXELS;
    let mut points = Points::default();
    let mut left = classes.map(|class| (0..by_class[class].len() / d).collect::<Vec<usize>>());
    for i in 0..n {
        let side = i % 2;
        let at = stream.below(left[side].len() as u32) as usize;
        let row = left[side][at];
        if left[side].len() > 1 {
            left[side].swap_remove(at);
        }
        points.x.extend(&by_class[classes[side]][row * d..(row + 1) * d]);
        let flipped = noise > 0.0 && f64::from(stream.uniform()) < noise;
        points.y.push((side ^ usize::from(flipped)) as f64);
    }
    points
}

/// All digits of two classes.
fn whole(by_class: &[Vec<f64>], classes: [usize; 2]) -> Points {
    let mut points = Points::default();
    for (side, class) in classes.into_iter().enumerate() {
        points.x.extend(&by_class[class]);
        points.y.resize(points.x.len() / PIXELS, side as f64);
    }
    points
}
