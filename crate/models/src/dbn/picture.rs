//! The net's pictures.

use super::Dbn;
use crate::card::Role;
use crate::exhibit::Picture;
use crate::{Error, drive};
use alloc::vec;
use tilde_graph::Device;

/// Units of the top machine that are drawn.
const UNITS: usize = 32;
/// Held-out images that are shown.
const SHOWN: usize = 40;

impl Dbn {
    pub(super) async fn picture(&self, device: &mut dyn Device, id: &str) -> Result<Picture, Error> {
        let area = self.sets.train.area();
        match id {
            "fantasies" => {
                let data = drive::read(device, self.model.dreams).await?;
                Ok(Picture::images("fantasies", Role::Model, data, &self.sets.train, 10))
            }
            "data" => {
                let data = self.sets.test.to_floats()[..SHOWN.min(self.sets.test.n) * area].to_vec();
                Ok(Picture::images("data", Role::Data, data, &self.sets.train, 10))
            }
            _ => {
                let net = self.net(device).await?;
                let (h, t) = (net.b.len(), net.c.len());
                let count = if id == "first" { h } else { UNITS.min(t) };
                let mut data = vec![0.0; count * area];
                for (at, pixel) in data.iter_mut().enumerate() {
                    let (unit, row) = (at / area, &net.down[at % area * h..][..h]);
                    *pixel = match id {
                        "first" => row[unit],
                        // What a top unit says to the pixels, through all hidden units.
                        _ => row.iter().enumerate().map(|(j, w)| w * net.top[j * t + unit]).sum(),
                    };
                }
                let top = data.iter().fold(0.01f32, |m, x| m.max(x.abs()));
                let id = if id == "first" { "first" } else { "top" };
                let mut picture = Picture::images(id, Role::Other, data, &self.sets.train, 0);
                picture.range = [-top, 0.0, top];
                Ok(picture)
            }
        }
    }
}
