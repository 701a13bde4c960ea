//! The pictures.

use super::domain::Domain;
use super::schedule::{Level, Schedule};
use super::{Ddpm, REACH, VIEW_SEED};
use crate::card::{Role, ViewKind};
use crate::exhibit::{Layer, Picture};
use crate::{Error, drive, shapes};
use alloc::vec;
use alloc::vec::Vec;
use tilde_graph::Device;
use tilde_graph::rng::Stream;

/// Points of the data that are shown.
const SHOWN: usize = 384;
/// Arrows on a side of the grid.
const GRID: usize = 15;
/// Images of the data that are shown, and images in a row.
const IMAGES: usize = 16;
const ACROSS: usize = 8;
/// Bars of what changes with the time.
const BARS: usize = 25;

/// From −1..=1 to brightness in 0..=1.
pub(super) fn to_pixels(data: &mut [f32]) {
    data.iter_mut().for_each(|x| *x = (0.5 * *x + 0.5).max(0.0).min(1.0));
}

impl Ddpm {
    /// The time that the slider stands at.
    fn time(&self) -> usize {
        let last = self.schedule.levels().len() - 1;
        (self.settings.number("time") * last as f64 + 0.5) as usize
    }

    /// Points of the network's coordinates as a layer.
    fn points(&self, id: &'static str, role: Role, mut data: Vec<f32>) -> Layer {
        if let Some(plane) = self.plane() {
            plane.outside(&mut data);
        }
        let shape = [data.len() / 2, 2];
        Layer::new(id, role, ViewKind::Points, data, &shape)
    }

    pub(super) async fn picture(&mut self, device: &mut dyn Device, id: &str) -> Result<Picture, Error> {
        match id {
            "losses" => self.losses(device).await,
            "signal" => Ok(self.signal()),
            _ => match &self.domain {
                Domain::Plane(_) => self.plane_picture(device, id).await,
                Domain::Images(_) => self.image_picture(device, id).await,
            },
        }
    }

    /// Data and noise in their proportion at a time, `[SHOWN, 2]`.
    fn noised(&self, bank: &[f32], at: Level) -> Vec<f32> {
        let mut stream = Stream::new(VIEW_SEED, 0x0153);
        let noised = |x: &f32| at.alpha as f32 * x + at.sigma as f32 * stream.normal();
        bank[..2 * SHOWN].iter().map(noised).collect()
    }

    async fn plane_picture(&mut self, device: &mut dyn Device, id: &str) -> Result<Picture, Error> {
        let layers = match id {
            "film" => {
                let [clean, x] =
                    [self.model.film.clean, self.model.film.x].map(|var| drive::read(device, var));
                let (clean, x) = (clean.await?, x.await?);
                let bank = self.plane().map_or(&[][..], |plane| &plane.bank()[..2 * SHOWN]);
                vec![
                    self.points("data", Role::Data, bank.to_vec()),
                    self.points("clean", Role::Other, clean),
                    self.points("particles", Role::Model, x),
                ]
            }
            "samples" => {
                let samples = self.latest(device).await?;
                let bank = self.plane().map_or(&[][..], |plane| &plane.bank()[..samples.len()]);
                vec![
                    self.points("data", Role::Data, bank.to_vec()),
                    self.points("samples", Role::Model, samples),
                ]
            }
            "forward" => {
                let at = self.schedule.levels()[self.time()];
                let noised = self.plane().map_or(Vec::new(), |plane| self.noised(plane.bank(), at));
                vec![self.points("noised", Role::Data, noised)]
            }
            _ => self.arrows(device).await?,
        };
        Ok(Picture { layers, extent: [-REACH, REACH, -REACH, REACH], range: [0.0; 3], columns: 0 })
    }

    /// Arrows along the score at the slider's time: from x to where the denoiser sees the data,
    /// E[x₀|x]·α − x = σ²·∇log q(x), of the network and exact.
    async fn arrows(&mut self, device: &mut dyn Device) -> Result<Vec<Layer>, Error> {
        let t = self.time();
        let at = self.schedule.levels()[t];
        let mut from = shapes::grid(GRID, [-REACH, REACH, -REACH, REACH]);
        let shown = from.clone();
        let Domain::Plane(plane) = &self.domain else { return Ok(Vec::new()) };
        plane.inside(&mut from);
        let answers = self.ask(device, &from, &vec![t; GRID * GRID]).await?;
        let [present, answer] = self.target.clean(at);
        let learned = |i: usize| present * f64::from(from[i]) + answer * f64::from(answers[i]);
        let exact: Vec<f64> = from.chunks_exact(2).flat_map(|x| plane.clean([x[0], x[1]], at)).collect();
        let arrow = |clean: &dyn Fn(usize) -> f64, i: usize| {
            [0, 1].map(|a| at.alpha * clean(2 * i + a) - f64::from(from[2 * i + a]))
        };
        let cell = f64::from(0.9 * 2.0 * REACH / GRID as f32);
        let layer = |clean: &dyn Fn(usize) -> f64| -> Vec<f32> {
            let drawn = |i: usize| shapes::arrow([shown[2 * i], shown[2 * i + 1]], arrow(clean, i), cell);
            (0..GRID * GRID).flat_map(drawn).collect()
        };
        let noised = self.noised(plane.bank(), at);
        let vectors = |id, role, data| Layer::new(id, role, ViewKind::Vectors, data, &[GRID * GRID, 4]);
        Ok(vec![
            self.points("noised", Role::Data, noised),
            vectors("exact", Role::Truth, layer(&|i| exact[i])),
            vectors("learned", Role::Model, layer(&learned)),
        ])
    }

    async fn image_picture(&mut self, device: &mut dyn Device, id: &str) -> Result<Picture, Error> {
        let Domain::Images(sets) = &self.domain else { return Err(Error::BadData("No images.".into())) };
        let film = &self.model.film;
        let (first, second) = match id {
            "film" => {
                let [x, clean] = [film.x, film.clean].map(|var| drive::read(device, var));
                (("particles", Role::Model, x.await?), Some(("clean", Role::Other, clean.await?)))
            }
            "samples" => (("samples", Role::Model, drive::read(device, self.model.finished).await?), None),
            _ => {
                let at = self.schedule.levels()[self.time()];
                let mut stream = Stream::new(VIEW_SEED, 0x0153);
                let clean = self.domain.rows(IMAGES, &mut stream);
                let noised: Vec<f32> =
                    clean.iter().map(|x| at.alpha as f32 * x + at.sigma as f32 * stream.normal()).collect();
                if id == "forward" {
                    (("noised", Role::Data, noised), None)
                } else {
                    let answers = self.ask(device, &noised, &[self.time(); IMAGES]).await?;
                    let [present, answer] = self.target.clean(at).map(|x| x as f32);
                    let learned = noised.iter().zip(&answers).map(|(x, y)| present * x + answer * y);
                    let learned = learned.collect();
                    (("noised", Role::Data, noised), Some(("learned", Role::Model, learned)))
                }
            }
        };
        let grid = |(id, role, mut data): (_, _, Vec<f32>)| {
            to_pixels(&mut data);
            Picture::images(id, role, data, &sets.train, ACROSS)
        };
        let mut picture = grid(first);
        if let Some(second) = second {
            picture.layers.append(&mut grid(second).layers);
        }
        Ok(picture)
    }

    /// Parts of the time that bars are drawn for.
    pub(super) fn bars(&self) -> usize {
        // Few images are measured: not more than one part for each four of them.
        BARS.min(self.schedule.levels().len()).min(self.questions.times.len() / 4)
    }

    /// The loss in parts of the time; beside it the exact denoiser's, where it is known.
    async fn losses(&mut self, device: &mut dyn Device) -> Result<Picture, Error> {
        let answers = self.answers(device).await?;
        let mut bars = self.questions.losses(&self.schedule, self.target, &answers, self.bars());
        let mut exact = None;
        if let Some(best) = &self.best {
            // As far from the exact denoiser's loss as on the same noise.
            let [here, truly] = &best.bars;
            bars.iter_mut().zip(here.iter().zip(truly)).for_each(|(bar, (here, truly))| *bar += truly - here);
            exact = Some(Layer::new("best", Role::Truth, ViewKind::Bars, truly.clone(), &[truly.len()]));
        }
        let mut picture = Picture::bars("loss", bars);
        picture.layers.extend(exact);
        picture.extent = [0.0, 1.0, 0.0, 0.0];
        Ok(picture)
    }

    /// ᾱ over the time; beside it the other schedule's.
    fn signal(&self) -> Picture {
        let steps = self.schedule.levels().len();
        let count = self.bars();
        let bars = |schedule: &Schedule| -> Vec<f32> {
            let bar = |i: usize| schedule.levels()[(2 * i + 1) * steps / (2 * count)].alpha_bar() as f32;
            (0..count).map(bar).collect()
        };
        let ids = ["cosine", "linear"];
        let others = [Schedule::linear(steps), Schedule::cosine(steps)];
        let chosen = usize::from(self.settings.choice("noise_schedule") == "linear");
        let mut picture = Picture::bars(ids[chosen], bars(&self.schedule));
        picture.layers[0].role = Role::Data;
        let other = bars(&others[chosen]);
        picture.layers.push(Layer::new(ids[1 - chosen], Role::Other, ViewKind::Bars, other, &[count]));
        picture.extent = [0.0, 1.0, 0.0, 0.0];
        picture
    }
}
