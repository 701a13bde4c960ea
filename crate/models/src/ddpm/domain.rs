//! What is noised: points of the plane, or images, both around 0 and of about unit size.

use super::exact::Exact;
use super::schedule::Level;
use crate::Error;
use crate::data::{Drawn, ImageSets, Toy};
use crate::exhibit::{Sources, UserData};
use alloc::vec::Vec;
use tilde_graph::rng::Stream;

/// Points that a step's batch is drawn from: enough that it is as good as fresh.
pub const BANK: usize = 1 << 16;

/// The data of the exhibit.
pub enum Domain {
    /// Points.
    Plane(Plane),
    /// Images, whose pixels are brought to −1..=1.
    Images(ImageSets),
}

impl Domain {
    /// The set called `id`, or the user's.
    ///
    /// # Errors
    /// [`Error::BadData`] if the data are missing or of no use.
    pub fn new(id: &str, seed: u64, sources: Sources) -> Result<Domain, Error> {
        match sources.user {
            Some(UserData::Points(points)) => {
                Ok(Domain::Plane(Plane::new(None, Some(Drawn::fitted(&points)?), seed)))
            }
            None if id == "drawn" => Ok(Domain::Plane(Plane::new(None, None, seed))),
            None if Toy::from_id(id).is_some() => Ok(Domain::Plane(Plane::new(Toy::from_id(id), None, seed))),
            _ => Ok(Domain::Images(ImageSets::new("ddpm", id, seed, sources)?)),
        }
    }

    /// Fresh rows of the plane, or held-out images, `[n, D]`; all of those again where there are too
    /// few.
    pub fn rows(&self, n: usize, stream: &mut Stream) -> Vec<f32> {
        match self {
            Domain::Plane(plane) => plane.fresh(n, stream),
            Domain::Images(sets) => {
                let white = f32::from(sets.test.levels);
                let pixels = sets.test.pixels.iter().cycle().take(n * sets.test.area());
                pixels.map(|&p| 2.0 * f32::from(p) / white - 1.0).collect()
            }
        }
    }

    /// Numbers in one point or image.
    pub fn dims(&self) -> usize {
        match self {
            Domain::Plane(_) => 2,
            Domain::Images(sets) => sets.train.area(),
        }
    }
}

/// Points of the plane, brought to mean 0 and standard deviation 1.
pub struct Plane {
    toy: Option<Toy>,
    /// What the user drew or gave, if anything.
    drawn: Option<Drawn>,
    seed: u64,
    mean: [f32; 2],
    scale: f32,
    exact: Exact,
    /// The points, standardised, `[BANK, 2]`.
    bank: Vec<f32>,
}

impl Plane {
    fn new(toy: Option<Toy>, drawn: Option<Drawn>, seed: u64) -> Plane {
        let exact = Exact::of(Toy::EightGaussians);
        let mut plane = Plane { toy, drawn, seed, mean: [0.0; 2], scale: 1.0, exact, bank: Vec::new() };
        plane.fill();
        plane
    }

    /// Draws the points anew. Until something is drawn there is the first set to look at.
    fn fill(&mut self) {
        let mut bank = self.raw(BANK, &mut Stream::new(self.seed, 0xDA7A));
        let axis = |a: usize| bank.iter().skip(a).step_by(2).map(|&x| f64::from(x));
        let mean = [0, 1].map(|a| axis(a).sum::<f64>() / BANK as f64);
        let square: f64 = (0..2).flat_map(|a| axis(a).map(move |x| (x - mean[a]) * (x - mean[a]))).sum();
        self.mean = mean.map(|m| m as f32);
        self.scale = libm::sqrt(square / (2 * BANK) as f64).max(0.05) as f32;
        self.exact = match (&self.drawn, self.toy) {
            (Some(drawn), None) => Exact::Gaussians(drawn.mixture()),
            (_, toy) => Exact::of(toy.unwrap_or(Toy::EightGaussians)),
        };
        self.inside(&mut bank);
        self.bank = bank;
    }

    fn raw(&self, n: usize, stream: &mut Stream) -> Vec<f32> {
        match (&self.drawn, self.toy) {
            (Some(drawn), None) => drawn.bank(n, stream),
            (_, toy) => toy.unwrap_or(Toy::EightGaussians).sample(n, stream),
        }
    }

    /// Adds a stroke of the brush.
    ///
    /// # Errors
    /// [`Error::BadData`].
    pub fn paint(&mut self, points: &[f32]) -> Result<(), Error> {
        match &mut self.drawn {
            Some(drawn) => drawn.add(points)?,
            None => self.drawn = Some(Drawn::new(points)?),
        }
        self.toy = None;
        self.fill();
        Ok(())
    }

    /// Forgets what was drawn.
    pub fn clear(&mut self) {
        (self.drawn, self.toy) = (None, None);
        self.fill();
    }

    /// The set that it is, if it is not the user's own.
    pub fn toy(&self) -> Option<Toy> {
        self.toy
    }

    /// The points, standardised, `[BANK, 2]`.
    pub fn bank(&self) -> &[f32] {
        &self.bank
    }

    /// Fresh points, standardised, `[n, 2]`.
    pub fn fresh(&self, n: usize, stream: &mut Stream) -> Vec<f32> {
        let mut points = self.raw(n, stream);
        self.inside(&mut points);
        points
    }

    /// Standard deviation of the points before they were standardised.
    pub fn scale(&self) -> f32 {
        self.scale
    }

    /// Brings points of the plane to the coordinates of the network.
    pub fn inside(&self, points: &mut [f32]) {
        points.iter_mut().enumerate().for_each(|(i, x)| *x = (*x - self.mean[i % 2]) / self.scale);
    }

    /// Brings points of the network's coordinates back to the plane.
    pub fn outside(&self, points: &mut [f32]) {
        points.iter_mut().enumerate().for_each(|(i, x)| *x = *x * self.scale + self.mean[i % 2]);
    }

    /// E[x₀ | x] at a level, all in the coordinates of the network.
    pub fn clean(&self, x: [f32; 2], at: Level) -> [f64; 2] {
        let scale = f64::from(self.scale);
        let mean = self.mean.map(f64::from);
        let seen = [0, 1].map(|a| scale * f64::from(x[a]) + at.alpha * mean[a]);
        let clean = self.exact.clean(seen, Level { sigma: scale * at.sigma, ..at });
        [0, 1].map(|a| (clean[a] - mean[a]) / scale)
    }

    /// How many Gaussians or squares the exact denoiser sums over.
    pub fn terms(&self) -> usize {
        match &self.exact {
            Exact::Gaussians(mixture) => mixture.centres.len(),
            Exact::Squares(corners) => corners.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(id: &str) -> Plane {
        match Domain::new(id, 1, Sources::default()).unwrap() {
            Domain::Plane(plane) => plane,
            Domain::Images(_) => panic!("'{id}' is points"),
        }
    }

    #[test]
    fn points_are_standardised_and_come_back() {
        for toy in Toy::ALL {
            let plane = plane(toy.id());
            let n = plane.bank().len() as f64;
            let mean = plane.bank().iter().map(|&x| f64::from(x)).sum::<f64>() / n;
            let square = plane.bank().iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>() / n;
            assert!(mean.abs() < 1e-4 && (square - 1.0).abs() < 1e-4, "{toy:?}: {mean}, {square}");
            let mut p = [0.3, -1.2];
            plane.inside(&mut p);
            plane.outside(&mut p);
            assert!((p[0] - 0.3).abs() < 1e-6 && (p[1] + 1.2).abs() < 1e-6);
        }
    }

    /// In the network's coordinates the noise that the exact denoiser sees is right: no other level
    /// explains the data better.
    #[test]
    fn the_exact_denoiser_is_the_best_in_the_networks_coordinates() {
        let plane = plane("two-moons");
        let at = Level { alpha: 0.8, sigma: 0.6 };
        let mut stream = Stream::new(5, 1);
        let mut errors = [0.0; 3];
        for p in plane.bank()[..8000].chunks_exact(2) {
            let x = [0, 1].map(|a| 0.8 * p[a] + 0.6 * stream.normal());
            for (error, sigma) in errors.iter_mut().zip([0.5, 0.6, 0.7]) {
                let y = plane.clean(x, Level { sigma, ..at });
                *error += (0..2).map(|a| (y[a] - f64::from(p[a])).powi(2)).sum::<f64>();
            }
        }
        assert!(errors[1] < errors[0] && errors[1] < errors[2], "{errors:?}");
    }

    #[test]
    fn strokes_of_the_brush_become_the_data() {
        let mut plane = plane("drawn");
        assert_eq!((plane.toy(), plane.terms()), (None, 8));
        plane.paint(&[1.0, 1.0, 1.5, 1.0]).unwrap();
        assert_eq!(plane.terms(), 2);
        let mut first = plane.bank()[..2].to_vec();
        plane.outside(&mut first);
        assert!((first[1] - 1.0).abs() < 0.3);
        assert!(plane.paint(&[1.0]).is_err());
        plane.clear();
        assert_eq!(plane.terms(), 8);
    }
}
