//! The pictures.

use super::card::{NoiseSchedule, Show};
use super::exact::held_out;
use super::measure::control_variate;
use super::schedule::{Level, Schedule};
use super::{Ddpm, REACH};
use crate::prelude::*;

/// Points of the data that are shown.
const SHOWN: usize = 384;
/// Arrows on a side of the grid.
const GRID: usize = 15;
/// Images of the data that are shown.
const IMAGES: usize = 16;
/// Bars of what changes with the time.
const BARS: usize = 25;
const EXTENT: [f32; 4] = [-REACH, REACH, -REACH, REACH];

/// From −1..=1 to brightness in 0..=1.
pub(super) fn to_pixels(data: &mut [f32]) {
    data.iter_mut().for_each(|x| *x = (0.5 * *x + 0.5).max(0.0).min(1.0));
}

/// Points of the network's coordinates as a layer.
fn points(plane: &Plane, (id, role, mut data): Part) -> Layer {
    plane.outside(&mut data);
    Layer::points(id, role, data)
}

/// Grids of images, one above the other.
fn images(sets: &ImageSets, mut parts: Vec<Part>) -> Picture {
    parts.iter_mut().for_each(|(_, _, data)| to_pixels(data));
    Picture::grids(&sets.train, 0, parts)
}

impl Ddpm {
    /// The noising step at a share of the time.
    fn step_at(&self, share: f64) -> usize {
        let last = self.schedule.levels().len() - 1;
        (share * last as f64 + 0.5) as usize
    }

    /// That at which the slider stands.
    fn time(&self, live: &Live) -> usize {
        self.step_at(live.settings.number("time"))
    }

    /// Parts in one box, or one above the other.
    fn picture(&self, parts: Vec<Part>) -> Picture {
        match &self.domain {
            Domain::Plane(plane) => {
                Picture::plane(parts.into_iter().map(|part| points(plane, part)).collect(), EXTENT)
            }
            Domain::Images(sets) => images(sets, parts),
        }
    }

    /// The first points of the data, `[n, 2]`; none of images.
    fn data(&self, n: usize) -> Option<Part> {
        self.domain.plane().map(|plane| ("data", Role::Data, plane.bank()[..2 * n].to_vec()))
    }

    pub(super) async fn show(&self, live: &Live<'_>, view: Show) -> Result<Picture, Error> {
        match view {
            Show::Film => self.film(live).await,
            Show::Forward => self.forward(live).await,
            Show::Samples => self.samples_picture(live).await,
            Show::Prediction => match &self.domain {
                Domain::Plane(plane) => self.arrows(live, plane).await,
                Domain::Images(_) => self.guesses(live).await,
            },
            Show::Losses => self.losses(live).await,
            Show::Signal => Ok(self.signal(live)),
        }
    }

    /// The film, and what the network takes its rows for.
    async fn film(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let [clean, x] = [self.model.clean, self.model.film.x].map(|var| live.device.read(var));
        let clean = ("clean", Role::Other, clean.await?);
        let particles = ("particles", Role::Model, x.await?);
        let moving = match self.domain {
            Domain::Plane(_) => [clean, particles],
            Domain::Images(_) => [particles, clean],
        };
        Ok(self.picture(self.data(SHOWN).into_iter().chain(moving).collect()))
    }

    /// Data, and noise in its proportion at a time.
    fn noised(&self, at: Level) -> Vec<f32> {
        let mut stream = Stream::new(VIEW_SEED, 0x0153);
        let clean = match &self.domain {
            Domain::Plane(plane) => plane.bank()[..2 * SHOWN].to_vec(),
            Domain::Images(_) => held_out(&self.domain, IMAGES, &mut stream),
        };
        clean.iter().map(|x| at.alpha as f32 * x + at.sigma as f32 * stream.normal()).collect()
    }

    /// Noised data, as far on their way as the film is on the way back; or at the slider's time.
    async fn forward(&self, live: &Live<'_>) -> Result<Picture, Error> {
        if !live.settings.flag("follow") {
            return Ok(self.noised_picture(self.time(live)));
        }
        let row = live.device.read(self.model.film.row).await?[0];
        let count = self.count(live) as f32;
        // Before it begins anew it is still to be seen at its end; at the start of a run there was none.
        let done = if row == 0.0 && live.step > 0 { count } else { row.min(count) };
        Ok(self.noised_picture(self.step_at(f64::from(done / count))))
    }

    /// Noised data, in the plane over what they came from.
    fn noised_picture(&self, t: usize) -> Picture {
        let from = self.data(SHOWN).map(|(id, _, points)| (id, Role::Other, points));
        let noised = ("noised", Role::Data, self.noised(self.schedule.levels()[t]));
        self.picture(from.into_iter().chain([noised]).collect())
    }

    /// Samples; of images, the end of the last film.
    async fn samples_picture(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let samples = match self.domain {
            Domain::Plane(_) => self.shown_samples(live).await?.to_vec(),
            Domain::Images(_) => live.device.read(self.model.finished).await?,
        };
        let data = self.data(samples.len() / 2);
        Ok(self.picture(data.into_iter().chain([("samples", Role::Model, samples)]).collect()))
    }

    /// Arrows along the score at the slider's time: from x to where the denoiser sees the data,
    /// E[x₀|x]·α − x = σ²·∇log q(x), of the network and exact.
    async fn arrows(&self, live: &Live<'_>, plane: &Plane) -> Result<Picture, Error> {
        let t = self.time(live);
        let at = self.schedule.levels()[t];
        let shown = shapes::grid(GRID, EXTENT);
        let mut from = shown.clone();
        plane.inside(&mut from);
        let answers = self.ask(live.device, &from, &[t; GRID * GRID]).await?;
        let [present, answer] = self.target.clean(at);
        let learned = |i: usize| present * f64::from(from[i]) + answer * f64::from(answers[i]);
        let exact: Vec<f64> = from.chunks_exact(2).flat_map(|x| plane.clean([x[0], x[1]], at)).collect();
        let cell = f64::from(0.9 * 2.0 * REACH / GRID as f32);
        let layer = |id, role, clean: &dyn Fn(usize) -> f64| {
            let arrow = |i: usize| {
                let along = [2 * i, 2 * i + 1].map(|a| at.alpha * clean(a) - f64::from(from[a]));
                shapes::arrow([shown[2 * i], shown[2 * i + 1]], along, cell)
            };
            Layer::arrows(id, role, (0..GRID * GRID).flat_map(arrow).collect())
        };
        let mut picture = self.noised_picture(t);
        picture.layers.push(layer("exact", Role::Truth, &|i| exact[i]));
        picture.layers.push(layer("learned", Role::Model, &learned));
        Ok(picture)
    }

    /// Noised images at the slider's time, and the clean ones that the network guesses.
    async fn guesses(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let t = self.time(live);
        let at = self.schedule.levels()[t];
        let noised = self.noised(at);
        let answers = self.ask(live.device, &noised, &[t; IMAGES]).await?;
        let [present, answer] = self.target.clean(at).map(|x| x as f32);
        let learned = noised.iter().zip(&answers).map(|(x, y)| present * x + answer * y).collect();
        Ok(self.picture(vec![("noised", Role::Data, noised), ("learned", Role::Model, learned)]))
    }

    /// Parts of the time that bars are drawn for.
    pub(super) fn bars(schedule: &Schedule, probes: usize) -> usize {
        // Few images are measured: not more than one part for each four of them.
        BARS.min(schedule.levels().len()).min(probes / 4)
    }

    /// The loss in parts of the time; beside it the exact denoiser's, where it is known.
    async fn losses(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let answers = self.answers(live).await?;
        let count = Ddpm::bars(&self.schedule, self.probes.times.len());
        let mut bars = self.probes.losses(&self.schedule, self.target, &answers, count);
        let mut truth = None;
        if let Some(exact) = &self.exact {
            for ((bar, &here), &many) in bars.iter_mut().zip(&exact.losses_here).zip(&exact.losses) {
                *bar = control_variate(*bar, here, many);
            }
            truth = Some(Layer::bars("best", Role::Truth, floats(&exact.losses)));
        }
        let bars = Layer::bars("loss", Role::Model, floats(&bars));
        Ok(Picture::plane([bars].into_iter().chain(truth).collect(), [0.0, 1.0, 0.0, 0.0]))
    }

    /// ᾱ over the time; beside it the other schedule's.
    fn signal(&self, live: &Live) -> Picture {
        let steps = self.schedule.levels().len();
        let count = Ddpm::bars(&self.schedule, self.probes.times.len());
        let bars = |schedule: &Schedule| -> Vec<f32> {
            let bar = |i: usize| schedule.levels()[(2 * i + 1) * steps / (2 * count)].alpha_bar() as f32;
            (0..count).map(bar).collect()
        };
        let (id, other_id, other) = match live.settings.get("noise_schedule") {
            NoiseSchedule::Cosine => ("cosine", "linear", Schedule::linear(steps)),
            NoiseSchedule::Linear => ("linear", "cosine", Schedule::cosine(steps)),
        };
        let own = Layer::bars(id, Role::Data, bars(&self.schedule));
        Picture::plane(vec![own, Layer::bars(other_id, Role::Other, bars(&other))], [0.0, 1.0, 0.0, 0.0])
    }
}
