//! The pictures.

use super::{Autoencoder, MAPPED, REACH, VIEW_SEED};
use crate::card::Role;
use crate::exhibit::{Layer, Picture};
use crate::{Error, shapes};
use alloc::vec;
use alloc::vec::Vec;
use tilde_graph::Device;

/// Side of the grid over the plane of codes.
const GRID: usize = 13;
/// Held-out images beside their reconstructions, and in a row.
const SHOWN: usize = 20;
const ACROSS: usize = 10;
/// Dimensions that are traversed, and pictures on the way.
const DIMENSIONS: usize = 4;
const BETWEEN: usize = 11;
const EXTENT: [f32; 4] = [-REACH, REACH, -REACH, REACH];

impl Autoencoder {
    /// Images `[n, D]`, of which what is beyond black and white is cut.
    fn images(&self, id: &'static str, role: Role, mut data: Vec<f32>, across: usize) -> Picture {
        data.iter_mut().for_each(|x| *x = x.max(0.0).min(1.0));
        Picture::images(id, role, data, &self.sets.train, across)
    }

    pub(super) async fn picture(&mut self, device: &mut dyn Device, id: &str) -> Result<Picture, Error> {
        self.look(device).await?;
        let here = self.seen().place(self.at);
        let (near, _) = self.seen().nearest_to(&here);
        Ok(match id {
            "codes" => {
                let codes = self.seen();
                let mut all = Layer::points("codes", Role::Data, codes.plane(&codes.codes));
                let labels = self.sets.train.labels.iter().take(MAPPED.min(all.shape[0]));
                all.labels = labels.map(|&l| u32::from(l)).collect();
                let fitted: Vec<f32> =
                    [1.0, 2.0].iter().flat_map(|&k| shapes::ellipse([0.0; 2], codes.shape(), k)).collect();
                let code = &codes.codes[near * self.z..][..self.z];
                let layers = vec![
                    all,
                    Layer::lines("fitted", Role::Other, fitted),
                    Layer::points("nearest", Role::Data, codes.plane(code)),
                    Layer::points("place", Role::Model, codes.plane(&here)),
                ];
                Picture::plane(layers, EXTENT)
            }
            "plane" => {
                let at = |i: usize| (i as f32 / (GRID - 1) as f32 * 2.0 - 1.0) * REACH;
                // The first row is the top.
                let codes: Vec<f32> = (0..GRID * GRID)
                    .flat_map(|i| self.seen().at(&[at(i % GRID), at(GRID - 1 - i / GRID)]))
                    .collect();
                let data = self.decode(device, &codes).await?;
                let mut picture = self.images("decoded", Role::Model, data, GRID);
                picture.extent = EXTENT;
                picture
            }
            "here" => {
                let mut data = self.decode(device, &here).await?;
                let white = f32::from(self.sets.train.levels);
                data.extend(self.sets.train.image(near).iter().map(|&p| f32::from(p) / white));
                self.images("pair", Role::Model, data, 2)
            }
            "samples" => {
                let data = self.draws(device, 40, VIEW_SEED).await?;
                self.images("samples", Role::Model, data, ACROSS)
            }
            "reconstructions" => {
                let count = SHOWN.min(self.sets.test.n);
                let (codes, _) = self.encode(device, true, count).await?;
                let made = self.decode(device, &codes).await?;
                let shown = self.sets.test.to_floats()[..made.len()].to_vec();
                let linear = self.pca.as_ref().map(|(pca, _)| pca.project(&shown));
                let mut picture = self.images("originals", Role::Data, shown, ACROSS);
                let parts = [("reconstructions", Role::Model, Some(made)), ("pca", Role::Truth, linear)];
                for (id, role, data) in parts {
                    if let Some(data) = data {
                        picture.layers.append(&mut self.images(id, role, data, ACROSS).layers);
                    }
                }
                picture
            }
            _ => {
                let mut codes = Vec::new();
                for axis in 0..self.z.min(DIMENSIONS) {
                    for i in 0..BETWEEN {
                        let mut deviations = [0.0; DIMENSIONS];
                        deviations[axis] = (i as f32 / (BETWEEN - 1) as f32 * 2.0 - 1.0) * REACH;
                        codes.extend(self.seen().at(&deviations));
                    }
                }
                let data = self.decode(device, &codes).await?;
                self.images("decoded", Role::Model, data, BETWEEN)
            }
        })
    }
}
