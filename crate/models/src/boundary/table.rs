//! What is learned from: rows with a class each. And the sets in the plane, whose distribution is known.

use super::card::Data;
use super::joint::{Joint, Part};
use crate::data::spread;
use crate::prelude::*;
use core::f64::consts::PI;

/// Half the side of the box that is shown.
pub const REACH: f32 = 3.2;

/// Rows with labels.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Features, `[N, D]`.
    pub x: Vec<f64>,
    /// Classes, `[N]`.
    pub y: Vec<usize>,
    /// Features of a row.
    pub d: usize,
    /// Classes there may be.
    pub classes: usize,
}

impl Table {
    /// How many rows.
    pub fn n(&self) -> usize {
        self.y.len()
    }

    /// Row `i`.
    pub fn row(&self, i: usize) -> &[f64] {
        &self.x[i * self.d..(i + 1) * self.d]
    }

    /// How many rows each class has.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.classes];
        self.y.iter().for_each(|&y| counts[y] += 1);
        counts
    }

    /// The rows of a class, `[.., D]`.
    pub fn of_class(&self, class: usize) -> Vec<f64> {
        (0..self.n()).filter(|&i| self.y[i] == class).flat_map(|i| self.row(i).to_vec()).collect()
    }

    /// The mean of each feature.
    pub fn mean(&self) -> Vec<f64> {
        let mut mean = vec![0.0; self.d];
        for row in self.x.chunks_exact(self.d) {
            mean.iter_mut().zip(row).for_each(|(m, x)| *m += x / self.n() as f64);
        }
        mean
    }

    /// `n` rows, spread over all.
    pub fn sample(&self, n: usize) -> Table {
        let rows = || spread::sample(self.n(), n);
        let x = rows().flat_map(|i| self.row(i).to_vec()).collect();
        Table { x, y: rows().map(|i| self.y[i]).collect(), ..*self }
    }

    /// Labelled images, brightness in 0..=1.
    pub fn of_images(images: &Images) -> Table {
        let x = images.pixels.iter().map(|&p| f64::from(p) / f64::from(images.levels)).collect();
        let y = images.labels.iter().map(|&l| usize::from(l)).collect();
        Table { x, y, d: images.area(), classes: 10 }
    }

    /// Points of class 0 and of class 1, `[N, 2]` each.
    pub fn of_points(points: &[Vec<f64>; 2]) -> Table {
        let y = points.iter().enumerate().flat_map(|(class, p)| vec![class; p.len() / 2]).collect();
        Table { x: points.concat(), y, d: 2, classes: 2 }
    }

    /// `n` draws from a joint distribution in the plane.
    pub fn drawn_from(truth: &Joint, n: usize, stream: &mut Stream) -> Table {
        let mut table = Table { d: 2, classes: 2, ..Table::default() };
        for _ in 0..n {
            let (x, y) = truth.sample(stream);
            table.x.extend(x);
            table.y.push(y);
        }
        table
    }
}

/// The distribution that a set is drawn from; `None` for those that are not generated. `overlap` in 0..=1
/// widens its Gaussians.
pub fn truth(data: Data, overlap: f64) -> Option<Joint> {
    let wide = 0.5 + overlap;
    let mut parts = Vec::new();
    let mut add = |class, share: f64, x, y, [xx, xy, yy]: [f64; 3]| {
        let covariance = [xx, xy, xy, yy].map(|c| c * wide * wide).to_vec();
        parts.extend(Part::new(class, share, vec![x, y], covariance));
    };
    match data {
        Data::Clouds => {
            add(0, 0.5, -0.9, -0.3, [0.5, 0.25, 0.45]);
            add(1, 0.5, 0.9, 0.4, [0.3, -0.15, 0.6]);
        }
        Data::Twins => {
            // Two features that say almost the same.
            add(0, 0.5, -0.8, -0.8, [0.65, 0.6, 0.65]);
            add(1, 0.5, 0.8, 0.8, [0.65, 0.6, 0.65]);
        }
        Data::Ring => {
            add(0, 0.5, 0.0, 0.0, [0.16, 0.0, 0.16]);
            for i in 0..16 {
                let angle = f64::from(i) * PI / 8.0;
                add(1, 0.5 / 16.0, 1.8 * libm::cos(angle), 1.8 * libm::sin(angle), [0.09, 0.0, 0.09]);
            }
        }
        Data::Moons => {
            for i in 0..12 {
                let angle = (f64::from(i) + 0.5) * PI / 12.0;
                let (x, y) = (1.3 * libm::cos(angle), 1.3 * libm::sin(angle));
                add(0, 0.5 / 12.0, x - 0.65, y - 0.3, [0.05, 0.0, 0.05]);
                add(1, 0.5 / 12.0, 0.65 - x, 0.3 - y, [0.05, 0.0, 0.05]);
            }
        }
        Data::Drawn | Data::Digits => return None,
    }
    Some(Joint { parts, classes: 2 })
}
