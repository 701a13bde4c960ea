//! Denoising diffusion, on points of the plane and on images.
//!
//! J. Ho, A. Jain, P. Abbeel, "Denoising diffusion probabilistic models", NeurIPS 2020. Data x₀ are
//! drowned in noise by a known process,
//!
//! > x_t = α_t·x₀ + σ_t·ε,  ε ~ N(0, I),
//!
//! and a network learns to undo it by ordinary regression,
//!
//! > L = E_{x₀, ε, t} ‖target − f(x_t, t)‖²,
//!
//! where the target is ε, v = α_t·ε − σ_t·x₀ or x₀. Samples begin as noise and are denoised step by
//! step: by ancestral sampling, or by J. Song, C. Meng, S. Ermon, "Denoising diffusion implicit
//! models", ICLR 2021. For the plane's sets the best possible network is known exactly (`data::exact`).
//! Left out: learned variances, conditioning, guidance.
//!
//! B batch, D numbers in a point or image, T noising steps, S sampling steps.

mod card;
mod exact;
pub mod measure;
mod model;
mod picture;
pub mod points;
pub mod sampler;
pub mod schedule;
mod tables;
#[cfg(test)]
mod tests;
pub mod unet;

pub use card::CARD;

use crate::data::Toy;
use crate::prelude::*;
use card::{Input, NoiseSchedule, Phase, Show, Walk};
use exact::{Exact, probed};
use measure::{Probes, prior_kl};
use model::Model;
use sampler::{Sampler, Target};
use schedule::Schedule;

/// Steps of the film for which its end is held.
const HELD: usize = 12;
/// Samples that the page's figures are computed from.
const SAMPLED: usize = 1024;
/// Half the side of the box that is shown.
const REACH: f32 = 4.0;

/// The opened exhibit.
pub struct Ddpm {
    model: Model,
    domain: Domain,
    schedule: Schedule,
    target: Target,
    probes: Probes,
    /// The exact denoiser; none for images.
    exact: Option<Exact>,
    /// The network's answers to the probes, `[N, D]`.
    answers: Memo<Vec<f32>>,
    /// The page's samples of points, `[SAMPLED, 2]`.
    samples: Memo<Vec<f32>>,
}

impl Ddpm {
    /// Steps of the sampler.
    fn count(&self, live: &Live) -> usize {
        live.settings.count("sampling_steps").min(self.schedule.levels().len())
    }

    /// Writes the sampler's table and what goes with it, and begins the film.
    fn set_sampler(&self, live: &Live) {
        let (m, device, count) = (&self.model, live.device, self.count(live));
        let sampler = match live.settings.get("sampler") {
            Walk::Small => Sampler::Small,
            Walk::Large => Sampler::Large,
            Walk::Implicit => Sampler::Implicit(live.settings.number("eta")),
        };
        device.write(m.sampling, &tables::sampling(&self.schedule, self.target, sampler, count));
        let bound = match (&self.domain, live.settings.flag("clip")) {
            (Domain::Plane(_) | Domain::Images(_), false) => 1e9,
            (Domain::Images(_), true) => 1.0,
            (Domain::Plane(plane), true) => plane.bank().iter().fold(0.0f32, |m, x| m.max(x.abs())),
        };
        device.knob(m.bound, bound);
        device.knob(m.count, count as f32);
        device.knob(m.length, (count + HELD) as f32);
        device.write(m.film.row, &[0.0]);
    }

    /// The averaged network's answers to noised rows `[N, D]` at times `[N]`.
    fn ask(&self, device: &Driver, noised: &[f32], times: &[usize]) -> Answer<Vec<f32>> {
        let (m, n, d) = (&self.model, self.model.sizes.probes, self.domain.dims());
        device.sweep(times.len().div_ceil(n), noised.len(), |device, i| {
            let (first, last) = (i * n, times.len().min((i + 1) * n));
            let times: Vec<f32> = times[first..last].iter().map(|&t| t as f32).collect();
            device.write(m.probe, &noised[first * d..last * d]);
            device.write(m.probe_time, &times);
            Ok(device.ask(m.ask, "answer"))
        })
    }

    /// The network's answers to the probes.
    async fn answers(&self, live: &Live<'_>) -> Result<Rc<Vec<f32>>, Error> {
        let ask = async || self.ask(live.device, &self.probes.noised, &self.probes.times).await;
        self.answers.get(live.generation, ask).await
    }

    /// `n` samples `[n, D]`, in the network's coordinates.
    fn draw(&self, live: &Live, n: usize, seed: u64) -> Answer<Vec<f32>> {
        let (m, count) = (&self.model, self.count(live) as u32);
        live.device.seed(m.denoise, seed);
        live.device.sweep(n.div_ceil(m.sizes.chunk), n * self.domain.dims(), |device, _| {
            device.write(m.sample.row, &[0.0]);
            device.schedule(&[(m.denoise, count)], 1)?;
            Ok(device.read(m.sample.x))
        })
    }

    /// The page's samples of points, `[SAMPLED, 2]`, in the network's coordinates.
    async fn shown_samples(&self, live: &Live<'_>) -> Result<Rc<Vec<f32>>, Error> {
        self.samples.get(live.generation, async || self.draw(live, SAMPLED, VIEW_SEED).await).await
    }

    /// Figures of the network's answers, for points.
    fn quality(&self, plane: &Plane, exact: &Exact, answers: &[f32]) -> Figures {
        let quality = self.probes.quality(&self.schedule, self.target, answers, &exact.answers);
        let judged = self.probes.judged(&self.schedule, self.target, answers, &exact.answers);
        let mut out = vec![("loss_reference", exact.quality.loss), ("score_cosine", quality.noise.cosine)];
        judged.error.report(&mut out, ["score_error", "score_error_se"]);
        // A density of the plane has another unit than one of the network's coordinates.
        let bound = judged.excess.plus(2.0 * libm::log(f64::from(plane.scale())), 0.0);
        bound.plus(exact.bound.mean, exact.bound.error).report(&mut out, ["bound", "bound_se"]);
        out.extend(plane.toy().map(Toy::entropy).map(|nats| ("bound_reference", nats)));
        out
    }
}

impl crate::Model for Ddpm {
    const CARD: &'static Card = &CARD;
    type View = Show;
    type Phase = Phase;
    type Action = Input;

    fn new(setup: &Setup) -> Result<Ddpm, Error> {
        let Setup { settings, seed, .. } = setup;
        let domain = Domain::new(setup, true)?;
        let steps = settings.count("timesteps");
        let schedule = match settings.get("noise_schedule") {
            NoiseSchedule::Cosine => Schedule::cosine(steps),
            NoiseSchedule::Linear => Schedule::linear(steps),
        };
        let target = settings.get("prediction");
        let model = Model::new(settings, &domain)?;
        let (probes, exact) = probed(&domain, &schedule, target, *seed);
        let (answers, samples) = (Memo::default(), Memo::default());
        Ok(Ddpm { model, domain, schedule, target, probes, exact, answers, samples })
    }

    fn program(&self) -> Option<&Program> {
        Some(&self.model.program)
    }

    fn start(&mut self, live: &Live) -> Result<(), Error> {
        live.device.write(self.model.training, &tables::training(&self.schedule, self.target));
        self.domain.write(&self.model.feed, live.device);
        self.set_sampler(live);
        live.device.run(self.model.roll)
    }

    fn set(&mut self, live: &Live, id: &str) -> Result<(), Error> {
        if matches!(id, "sampler" | "sampling_steps" | "eta" | "clip") {
            self.set_sampler(live);
        }
        Ok(())
    }

    /// The film takes a step after every so many steps of training, counted from the first.
    fn train(&mut self, live: &Live, n: u32) -> Result<(), Error> {
        let (d, train, roll) = (live.device, self.model.trainer.train, self.model.roll);
        let every = self.model.sizes.every;
        let lead = every - live.step % every;
        if n < lead {
            return d.schedule(&[(train, n)], 1);
        }
        d.schedule(&[(train, lead), (roll, 1)], 1)?;
        d.schedule(&[(train, every), (roll, 1)], (n - lead) / every)?;
        d.schedule(&[(train, (n - lead) % every)], 1)
    }

    fn phase(&mut self, live: &Live, phase: Phase) -> Result<u32, Error> {
        match phase {
            Phase::Denoise => live.device.run(self.model.roll).map(|()| 0),
        }
    }

    fn trainer(&self) -> Option<&Trainer> {
        Some(&self.model.trainer)
    }

    async fn figures(&self, live: &Live<'_>, scope: Scope) -> Result<Figures, Error> {
        let loss = self.model.trainer.losses(live);
        let row = live.device.read(self.model.film.row);
        // Images are too costly to be asked about for every frame.
        let plane = self.domain.plane();
        let answers = async || match plane {
            Some(_) => self.answers(live).await.map(Some),
            None => Ok(None),
        };
        let samples = async || match plane {
            Some(plane) if scope == Scope::Page => {
                self.shown_samples(live).await.map(|samples| Some((plane, samples)))
            }
            Some(_) | None => Ok(None),
        };
        let (answers, samples) = join::both(answers(), samples()).await;
        let count = self.count(live);
        let mut out = vec![
            ("loss", loss.await?[0]),
            ("prior_kl", prior_kl(&self.schedule, self.probes.mean_square())),
            ("denoised", (row.await?[0] as usize).min(count) as f64),
            ("denoised_reference", count as f64),
        ];
        if let (Some(plane), Some(exact), Some(answers)) = (plane, &self.exact, answers?) {
            out.extend(self.quality(plane, exact, &answers));
        }
        if let Some((plane, samples)) = samples? {
            let data = plane.fresh(SAMPLED, &mut Stream::new(live.seed, 0xF2E5));
            out.extend(CARD.own(plane.quality(&samples, &data)));
        }
        if let (Scope::All(_), Some(plane)) = (scope, plane) {
            let draw = async |n: usize, seed: u64| self.draw(live, n, seed).await;
            out.extend(CARD.own(plane.repeated_quality(live.seed, draw).await?));
        }
        Ok(out)
    }

    async fn sample(&self, live: &Live<'_>, n: usize, seed: u64) -> Result<Samples, Error> {
        let mut data = self.draw(live, n, seed).await?;
        match &self.domain {
            Domain::Plane(plane) => plane.outside(&mut data),
            Domain::Images(_) => picture::to_pixels(&mut data),
        }
        Ok(self.domain.samples(data))
    }

    async fn view(&self, live: &Live<'_>, view: Show) -> Result<Picture, Error> {
        self.show(live, view).await
    }

    fn act(&mut self, live: &Live, action: Input, payload: &Payload) -> Result<(), Error> {
        let plane = self.domain.canvas()?;
        match action {
            Input::Brush => plane.paint(payload.points("brush", REACH)?)?,
            Input::Clear => plane.clear(),
        }
        self.domain.write(&self.model.feed, live.device);
        (self.probes, self.exact) = probed(&self.domain, &self.schedule, self.target, live.seed);
        // Where the estimate is clipped follows the data.
        self.set_sampler(live);
        Ok(())
    }
}
