//! The net's pictures.

use super::Dbn;
use crate::prelude::*;

/// Units of the top machine that are drawn.
const UNITS: usize = 32;

impl Dbn {
    /// How likely each pixel of the chains is on.
    pub(super) async fn fantasies(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let data = live.device.read(self.model.dreams).await?;
        Ok(Picture::images("fantasies", Role::Model, data, &self.sets.train, 10))
    }

    /// The generative weights of each hidden unit.
    pub(super) async fn first_units(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let net = self.net(live.device).await?;
        let h = net.b.len();
        Ok(self.weights("first", h, |unit, pixel| net.down[pixel * h + unit]))
    }

    /// The weights of top units to the pixels, through all hidden units.
    pub(super) async fn top_units(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let net = self.net(live.device).await?;
        let (h, t) = (net.b.len(), net.c.len());
        Ok(self.weights("top", UNITS.min(t), |unit, pixel| {
            let row = &net.down[pixel * h..][..h];
            row.iter().enumerate().map(|(j, w)| w * net.top[j * t + unit]).sum()
        }))
    }

    /// An image for each of `count` units, over a range that is even about 0.
    fn weights(&self, id: &'static str, count: usize, weight: impl Fn(usize, usize) -> f32) -> Picture {
        let area = self.sets.train.area();
        let data = (0..count * area).map(|at| weight(at / area, at % area)).collect();
        Picture::weights(id, data, &self.sets.train)
    }
}
