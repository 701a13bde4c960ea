//! What is noised: points of the plane, or images, both around 0 and of about unit size.

use crate::Error;
use crate::data::ImageSets;
use crate::data::Plane;
use crate::exhibit::Sources;
use alloc::vec::Vec;
use tilde_graph::rng::Stream;

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
        match Plane::new(id, &sources, seed, true)? {
            Some(plane) => Ok(Domain::Plane(plane)),
            None => Ok(Domain::Images(ImageSets::new("ddpm", id, seed, sources)?)),
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
