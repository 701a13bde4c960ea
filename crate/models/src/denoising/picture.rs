//! The pictures.

use super::model::TRAIL;
use super::{Data, Denoising, REACH, SAMPLED, VIEW_SEED, corrupted};
use crate::card::{Role, ViewKind};
use crate::data::Images;
use crate::exhibit::{Layer, Picture};
use crate::{Error, drive, shapes};
use alloc::vec;
use alloc::vec::Vec;
use tilde_graph::Device;
use tilde_graph::rng::Stream;

/// Arrows on a side of the grid.
const GRID: usize = 17;
const EXTENT: [f32; 4] = [-REACH, REACH, -REACH, REACH];
/// Points of the data that are shown behind others.
const SHOWN: usize = 384;
/// Images of a picture, and in a row.
const IMAGES: usize = 16;
const ACROSS: usize = 8;

/// Where arrows are drawn from.
pub(super) fn places() -> Vec<f32> {
    shapes::grid(GRID, EXTENT)
}

/// Grids of images, one above the other.
fn images(like: &Images, across: usize, parts: Vec<(&'static str, Role, Vec<f32>)>) -> Picture {
    let mut whole: Option<Picture> = None;
    for (id, role, mut data) in parts {
        data.iter_mut().for_each(|x| *x = x.max(0.0).min(1.0));
        let mut picture = Picture::images(id, role, data, like, across);
        match &mut whole {
            Some(whole) => whole.layers.append(&mut picture.layers),
            None => whole = Some(picture),
        }
    }
    whole.unwrap_or_else(|| Picture::plane(Vec::new(), [0.0; 4]))
}

impl Denoising {
    pub(super) async fn picture(&mut self, device: &mut dyn Device, id: &str) -> Result<Picture, Error> {
        match &self.data {
            Data::Plane(_) => Ok(Picture::plane(self.layers(device, id).await?, EXTENT)),
            Data::Images(_) => self.image_picture(device, id).await,
        }
    }

    async fn layers(&mut self, device: &mut dyn Device, id: &str) -> Result<Vec<Layer>, Error> {
        let shown = |this: &Denoising, n: usize| {
            Layer::points("data", Role::Data, this.plane().map_or(Vec::new(), |p| p.bank()[..2 * n].to_vec()))
        };
        Ok(match id {
            "arrows" => {
                let from = places();
                let learned = self.ask(device, &from).await?;
                let arrows = |id, role, to: &[f32]| {
                    let arrow = |(x, r): (&[f32], &[f32])| {
                        let d = [0, 1].map(|a| f64::from(r[a] - x[a]));
                        shapes::arrow([x[0], x[1]], d, f64::from(1.8 * REACH / GRID as f32))
                    };
                    let data = from.chunks_exact(2).zip(to.chunks_exact(2)).flat_map(arrow).collect();
                    Layer::new(id, role, ViewKind::Vectors, data, &[GRID * GRID, 4])
                };
                vec![
                    Layer::points("corrupted", Role::Data, self.questions.corrupted.clone()),
                    arrows("exact", Role::Truth, &self.questions.exact_arrows),
                    arrows("learned", Role::Model, &learned),
                ]
            }
            "chain" => {
                let [x, trail] = [self.model.chain, self.model.trail].map(|var| drive::read(device, var));
                let (x, trail) = (x.await?, trail.await?);
                let each = trail.len() / TRAIL;
                let mut pieces = Vec::new();
                for particle in (0..each).step_by(2) {
                    let at = |t: usize| &trail[t * each + particle..][..2];
                    (1..TRAIL).for_each(|t| {
                        pieces.extend_from_slice(at(t - 1));
                        pieces.extend_from_slice(at(t));
                    });
                }
                vec![
                    shown(self, SHOWN),
                    Layer::lines("trail", Role::Other, pieces),
                    Layer::points("particles", Role::Model, x),
                ]
            }
            "samples" => {
                let samples = self.latest(device).await?;
                vec![shown(self, SAMPLED), Layer::points("samples", Role::Model, samples)]
            }
            _ => {
                let restored = self.ask(device, &self.questions.corrupted).await?;
                vec![
                    Layer::points("corrupted", Role::Data, self.questions.corrupted.clone()),
                    Layer::points("best", Role::Truth, self.questions.exact.clone()),
                    Layer::points("restored", Role::Model, restored),
                ]
            }
        })
    }

    async fn image_picture(&mut self, device: &mut dyn Device, id: &str) -> Result<Picture, Error> {
        let Data::Images(sets) = &self.data else { return Err(Error::BadData("No images.".into())) };
        let (like, area) = (&sets.train, sets.train.area());
        let q = &self.questions;
        Ok(match id {
            "arrows" => {
                let noised = q.corrupted[..IMAGES * area].to_vec();
                let restored = self.ask(device, &noised).await?;
                let clean = q.clean[..IMAGES * area].to_vec();
                let parts = vec![
                    ("data", Role::Data, clean),
                    ("corrupted", Role::Other, noised),
                    ("restored", Role::Model, restored),
                ];
                images(like, ACROSS, parts)
            }
            "chain" => {
                let [noised, x] =
                    [self.model.corrupted, self.model.chain].map(|var| drive::read(device, var));
                let parts =
                    vec![("corrupted", Role::Other, noised.await?), ("particles", Role::Model, x.await?)];
                images(like, ACROSS, parts)
            }
            "samples" => {
                let samples = self.draw(device, 4 * ACROSS, VIEW_SEED).await?;
                images(like, ACROSS, vec![("samples", Role::Model, samples)])
            }
            _ => {
                // Drawn, corrupted and restored, side by side.
                let noised = corrupted(&self.data, q.made, &self.pad, &mut Stream::new(VIEW_SEED, 0xD4A1));
                let restored = self.ask(device, &noised).await?;
                let three = [&self.pad[..], &noised, &restored].concat();
                let mut picture = images(like, 3, vec![("pad", Role::Model, three)]);
                picture.extent = [0.0, 3.0, 0.0, 1.0];
                picture
            }
        })
    }
}
