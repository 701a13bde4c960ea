//! Points of the plane or images, for the exhibits that learn either.

use crate::Error;
use crate::data::{Feed, ImageSets, Plane};
use crate::driver::Driver;
use crate::exhibit::Samples;
use crate::model::Setup;
use alloc::vec::Vec;
use tilde_graph::Program;
use tilde_graph::rng::Stream;

/// The data of such an exhibit. D numbers in a point or image.
pub enum Domain {
    /// Points.
    Plane(Plane),
    /// Images, pixels in 0..=1.
    Images(ImageSets),
}

impl Domain {
    /// The sets that a card offers, those of the plane first.
    pub const SETS: &[&str] = &[
        "eight-gaussians",
        "two-moons",
        "checkerboard",
        "grid-25",
        "spiral",
        "swiss-roll",
        "drawn",
        "digits8",
        "strokes",
    ];

    /// The set that the setting `data` names, or the user's own. With `unit`, points are standardised.
    ///
    /// # Errors
    /// [`Error::BadData`] if the data are missing or of no use.
    pub fn new(setup: &Setup, unit: bool) -> Result<Domain, Error> {
        match Plane::new(setup.settings.choice("data"), setup.sources, setup.seed, unit)? {
            Some(plane) => Ok(Domain::Plane(plane)),
            None => Ok(Domain::Images(setup.images()?)),
        }
    }

    /// Numbers in a point or image.
    pub fn dims(&self) -> usize {
        match self {
            Domain::Plane(_) => 2,
            Domain::Images(sets) => sets.train.area(),
        }
    }

    /// The points, if it is points.
    pub fn plane(&self) -> Option<&Plane> {
        match self {
            Domain::Plane(plane) => Some(plane),
            Domain::Images(_) => None,
        }
    }

    /// The points, to be painted.
    ///
    /// # Errors
    /// [`Error::BadData`] if it is images.
    pub fn canvas(&mut self) -> Result<&mut Plane, Error> {
        match self {
            Domain::Plane(plane) => Ok(plane),
            Domain::Images(_) => {
                Err(Error::BadData("Points can be drawn where 'data' is points, not images.".into()))
            }
        }
    }

    /// How many of `n` held-out rows are distinct ones.
    pub fn most(&self, n: usize) -> usize {
        match self {
            Domain::Plane(_) => n,
            Domain::Images(sets) => n.min(sets.test.n),
        }
    }

    /// Fresh points, or the first held-out images, `[n, D]`; all of those again where there are too few.
    pub fn held_out(&self, n: usize, stream: &mut Stream) -> Vec<f32> {
        match self {
            Domain::Plane(plane) => plane.fresh(n, stream),
            Domain::Images(sets) => {
                let white = f32::from(sets.test.levels);
                let pixels = sets.test.pixels.iter().cycle().take(n * sets.test.area());
                pixels.map(|&p| f32::from(p) / white).collect()
            }
        }
    }

    /// Declares the data on the device; [`Domain::write`] fills them.
    pub fn feed(&self, p: &mut Program) -> Feed {
        match self {
            Domain::Plane(_) => Feed::points(p),
            Domain::Images(sets) => Feed::images(p, sets),
        }
    }

    /// Writes the data.
    pub fn write(&self, feed: &Feed, device: &Driver) {
        match self {
            Domain::Plane(plane) => feed.write_points(device, plane),
            Domain::Images(sets) => feed.write_images(device, sets),
        }
    }

    /// Samples `[n, D]`, points in the coordinates of the plane, by their kind.
    pub fn samples(&self, data: Vec<f32>) -> Samples {
        match self {
            Domain::Plane(_) => Samples::points(data),
            Domain::Images(sets) => Samples::images(data, &sets.train),
        }
    }
}
