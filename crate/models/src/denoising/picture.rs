//! The pictures.

use super::card::Show;
use super::measure::{GRID, SAMPLED, corrupted, distances, places};
use super::model::TRAIL;
use super::{Denoising, REACH};
use crate::prelude::*;

const EXTENT: [f32; 4] = [-REACH, REACH, -REACH, REACH];
/// Points of the data that are shown behind others.
const SHOWN: usize = 384;
/// Points whose way is shown, from clean to corrupted to restored, and the probes of which each is one.
const WAYS: usize = 10;
const OF: usize = 8;
/// Images of a picture, and in a row.
const IMAGES: usize = 16;
const ACROSS: usize = 8;

/// Arrows from the [`places`] to points `[GRID², 2]`.
fn arrows(id: &'static str, role: Role, to: &[f32]) -> Layer {
    let from = places();
    let arrow = |(x, r): (&[f32], &[f32])| {
        let d = [0, 1].map(|a| f64::from(r[a] - x[a]));
        shapes::arrow([x[0], x[1]], d, f64::from(1.8 * REACH / GRID as f32))
    };
    Layer::arrows(id, role, from.chunks_exact(2).zip(to.chunks_exact(2)).flat_map(arrow).collect())
}

/// Grids of images, one above the other.
fn images(like: &Images, across: usize, mut parts: Vec<Part>) -> Picture {
    let all = parts.iter_mut().flat_map(|(_, _, data)| data);
    all.for_each(|x| *x = x.max(0.0).min(1.0));
    Picture::grids(like, across, parts)
}

impl Denoising {
    /// The probes whose way is shown: of each [`OF`] the one that was corrupted most, whose way is longest.
    fn ways(&self) -> impl Iterator<Item = usize> {
        let far = |i: usize| {
            let [from, to] = [&self.probes.clean, &self.probes.corrupted].map(|all| &all[2 * i..2 * i + 2]);
            distances(from, to, 2).sum::<f64>()
        };
        (0..WAYS)
            .map(move |k| (OF * k..OF * (k + 1)).fold(OF * k, |a, b| if far(b) > far(a) { b } else { a }))
    }

    pub(super) async fn points_picture(
        &self,
        live: &Live<'_>,
        plane: &Plane,
        view: Show,
    ) -> Result<Picture, Error> {
        let data = |n: usize| Layer::points("data", Role::Data, plane.bank()[..2 * n].to_vec());
        let noised = || Layer::points("corrupted", Role::Data, self.probes.corrupted.clone());
        let exact = self.probes.exact.iter();
        let layers = match view {
            Show::Arrows => {
                let learned = self.ask(live.device, &places());
                let restored = self.answers(live).await?;
                let learned = arrows("learned", Role::Model, &learned.await?);
                let [clean, corrupted, restored] =
                    [&self.probes.clean, &self.probes.corrupted, &restored.means].map(|all| {
                        self.ways().flat_map(|i| [all[2 * i], all[2 * i + 1]]).collect::<Vec<f32>>()
                    });
                let noise = shapes::trails(&[&clean[..], &corrupted].concat(), 2);
                let way = shapes::trails(&[&corrupted[..], &restored].concat(), 2);
                let mut layers = vec![data(SHOWN)];
                if let Some(exact) = &self.probes.exact {
                    layers.push(arrows("exact", Role::Truth, &exact.arrows));
                }
                // One by one: a call for all of them would be in every visit.
                layers.push(learned);
                layers.push(Layer::lines("noise", Role::Other, noise));
                layers.push(Layer::lines("way", Role::Model, way));
                layers.push(Layer::points("corrupted", Role::Other, corrupted));
                layers.push(Layer::points("restored", Role::Model, restored));
                layers.push(Layer::points("clean", Role::Data, clean));
                layers
            }
            Show::Chain => {
                let [x, trail] = [self.model.chain, self.model.trail.places].map(|var| live.device.read(var));
                vec![
                    data(SHOWN),
                    Layer::lines("trail", Role::Other, shapes::trails(&trail.await?, TRAIL)),
                    Layer::points("particles", Role::Model, x.await?),
                ]
            }
            Show::Samples => {
                let samples = self.shown_samples(live).await?.to_vec();
                vec![data(SAMPLED), Layer::points("samples", Role::Model, samples)]
            }
            Show::Pad => {
                let restored = self.answers(live).await?.means.clone();
                let best = exact.map(|exact| Layer::points("best", Role::Truth, exact.means.clone()));
                let restored = Layer::points("restored", Role::Model, restored);
                [noised()].into_iter().chain(best).chain([restored]).collect()
            }
        };
        Ok(Picture::plane(layers, EXTENT))
    }

    pub(super) async fn image_picture(
        &self,
        live: &Live<'_>,
        sets: &ImageSets,
        view: Show,
    ) -> Result<Picture, Error> {
        let (like, first) = (&sets.train, IMAGES * sets.train.area());
        Ok(match view {
            Show::Arrows => {
                let restored = self.answers(live).await?.means[..first].to_vec();
                let parts = vec![
                    ("data", Role::Data, self.probes.clean[..first].to_vec()),
                    ("corrupted", Role::Other, self.probes.corrupted[..first].to_vec()),
                    ("restored", Role::Model, restored),
                ];
                images(like, ACROSS, parts)
            }
            Show::Chain => {
                let [noised, x] = [self.model.corrupted, self.model.chain].map(|var| live.device.read(var));
                let parts =
                    vec![("corrupted", Role::Other, noised.await?), ("particles", Role::Model, x.await?)];
                images(like, ACROSS, parts)
            }
            Show::Samples => {
                let samples = self.shown_samples(live).await?.to_vec();
                images(like, ACROSS, vec![("samples", Role::Model, samples)])
            }
            Show::Pad => {
                // Drawn, corrupted and restored, side by side.
                let drawn = self.pad.as_ref().map_or(&[][..], |pad| &pad.pixels);
                let mut stream = Stream::new(VIEW_SEED, 0xD4A1);
                let noised = corrupted(&self.domain, live.settings, drawn, &mut stream);
                let restored = self.ask(live.device, &noised).await?;
                let three = [drawn, &noised, &restored].concat();
                let picture = images(like, 3, vec![("pad", Role::Model, three)]);
                Picture { extent: [0.0, 3.0, 0.0, 1.0], ..picture }
            }
        })
    }
}
