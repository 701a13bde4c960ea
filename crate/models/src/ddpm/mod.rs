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
//! models", ICLR 2021. Of the plane's sets the best possible network is known exactly (`exact`).
//! Left out: learned variances, conditioning, guidance.
//!
//! B batch, D numbers in a point or image, T noising steps, S sampling steps.

mod card;
pub mod domain;
pub mod exact;
pub mod measure;
mod model;
mod picture;
pub mod points;
pub mod sampler;
pub mod schedule;
mod tables;
pub mod unet;

pub use card::CARD;

use crate::Error;
use crate::card::Card;
use crate::data::Toy;
use crate::drive;
use crate::exhibit::{Exhibit, Payload, Picture, Samples, Sources, Task};
use crate::metrics::energy_distance::energy_distance;
use crate::metrics::modes::coverage;
use crate::settings::Settings;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use domain::{Domain, Plane};
use measure::{Questions, Worth, prior_kl};
use model::{Model, Sizes};
use sampler::{Sampler, Target};
use schedule::Schedule;
use tilde_graph::rng::Stream;
use tilde_graph::{Device, Program};

/// Rows of the entries, and training steps for each step of the film.
const OF_POINTS: (Sizes, u32) = (Sizes { batch: 0, chunk: 512, film: 384, probes: 256 }, 4);
const OF_IMAGES: (Sizes, u32) = (Sizes { batch: 0, chunk: 64, film: 16, probes: 16 }, 1);
/// Steps of the film for which its end is held.
const HELD: usize = 12;
/// Noised points that the network's answers are measured on.
const MEASURED: usize = 512;
/// Points that the exact denoiser is measured on: at most so many, and so many terms of its sums.
const MOST: usize = 1 << 14;
const TERMS: usize = 1 << 22;
/// Samples that the page's figures are computed from.
const SAMPLED: usize = 1024;
/// Samples, and the repeats, that gates are held against.
const GATED: (usize, u64) = (2000, 5);
/// Seed of the pictures' noise, fixed so that they change with the model only.
const VIEW_SEED: u64 = 1;
/// Half the side of the box that is shown.
const REACH: f32 = 4.0;

/// The exact denoiser, measured.
struct Best {
    /// Its answers to the questions, `[MEASURED, 2]`.
    answers: Vec<f32>,
    /// What those are worth, and what the answers to many more are.
    here: Worth,
    truly: Worth,
    /// Losses in parts of the time, likewise.
    bars: [Vec<f32>; 2],
}

/// The opened exhibit.
pub struct Ddpm {
    model: Model,
    domain: Domain,
    schedule: Schedule,
    target: Target,
    settings: Settings,
    /// Training steps for each step of the film, and those done since its last.
    every: u32,
    since: u32,
    questions: Questions,
    /// What the exact denoiser answers, and what that is worth; none for images.
    best: Option<Best>,
    /// The latest samples of points and answers to the questions, and the training steps they are of.
    latest: Option<(f32, Vec<f32>)>,
    answers: Option<(f32, Vec<f32>)>,
}

impl Ddpm {
    /// Builds the programs.
    ///
    /// # Errors
    /// [`Error::BadData`] for data that are missing or of no use.
    pub fn new(settings: &Settings, seed: u64, sources: Sources) -> Result<Ddpm, Error> {
        let mut settings = settings.clone();
        if let Some(crate::exhibit::UserData::Points(_)) = sources.user {
            settings.set_text("data", "drawn")?;
        }
        let domain = Domain::new(settings.choice("data"), seed, sources)?;
        let steps = settings.count("timesteps");
        let schedule = match settings.choice("noise_schedule") {
            "linear" => Schedule::linear(steps),
            _ => Schedule::cosine(steps),
        };
        let target = match settings.choice("prediction") {
            "noise" => Target::Noise,
            "clean" => Target::Clean,
            _ => Target::Velocity,
        };
        let ((sizes, every), batch, measured) = match &domain {
            Domain::Plane(_) => (OF_POINTS, settings.count("batch"), MEASURED),
            // Images are larger: a quarter as many.
            Domain::Images(_) => (OF_IMAGES, settings.count("batch") / 4, 64),
        };
        let sizes = Sizes { batch, ..sizes };
        let model = Model::new(&settings, &domain, sizes)?;
        let questions = Questions::new(&domain, &schedule, measured, VIEW_SEED);
        let mut ddpm = Ddpm {
            model,
            domain,
            schedule,
            target,
            settings,
            every,
            since: 0,
            questions,
            best: None,
            latest: None,
            answers: None,
        };
        ddpm.prepare();
        Ok(ddpm)
    }

    /// Measures the exact denoiser of the data, and forgets what was drawn of the network before.
    fn prepare(&mut self) {
        if let Domain::Plane(plane) = &self.domain {
            let many = (TERMS / plane.terms()).clamp(MEASURED, MOST);
            let many = Questions::new(&self.domain, &self.schedule, many, VIEW_SEED + 1);
            let measured = |questions: &Questions| {
                let answers = questions.exact(plane, &self.schedule, self.target);
                let worth = questions.worth(&self.schedule, self.target, &answers, &answers);
                let bars = questions.losses(&self.schedule, self.target, &answers, self.bars());
                (answers, worth, bars)
            };
            let (_, truly, true_bars) = measured(&many);
            let (answers, here, bars) = measured(&self.questions);
            self.best = Some(Best { answers, here, truly, bars: [bars, true_bars] });
        }
        (self.latest, self.answers) = (None, None);
    }

    fn plane(&self) -> Option<&Plane> {
        match &self.domain {
            Domain::Plane(plane) => Some(plane),
            Domain::Images(_) => None,
        }
    }

    /// Steps of the sampler.
    fn count(&self) -> usize {
        self.settings.count("sampling_steps").min(self.schedule.levels().len())
    }

    /// Writes the sampler's table and what goes with it.
    fn set_sampler(&mut self, device: &mut dyn Device) {
        let sampler = match self.settings.choice("sampler") {
            "ddpm" => Sampler::Small,
            "ddpm-large" => Sampler::Large,
            _ => Sampler::Implicit(self.settings.number("eta")),
        };
        let count = self.count();
        let table = tables::sampling(&self.schedule, self.target, sampler, count);
        drive::write(device, self.model.sampling, &table);
        let bound = match (&self.domain, self.settings.flag("clip")) {
            (_, false) => 1e9,
            (Domain::Images(_), true) => 1.0,
            (Domain::Plane(plane), true) => plane.bank().iter().fold(0.0f32, |m, x| m.max(x.abs())),
        };
        drive::set_knob(device, self.model.bound, bound);
        drive::set_knob(device, self.model.count, count as f32);
        drive::set_knob(device, self.model.length, (count + HELD) as f32);
        drive::write(device, self.model.film.row, &[0.0]);
        self.latest = None;
    }

    /// The averaged network's answers to noised rows `[N, D]` at times `[N]`.
    async fn ask(&self, device: &mut dyn Device, noised: &[f32], times: &[usize]) -> Result<Vec<f32>, Error> {
        let (n, d) = (self.model.sizes.probes, self.domain.dims());
        let mut answers = Vec::with_capacity(times.len());
        for (rows, times) in noised.chunks(n * d).zip(times.chunks(n)) {
            let times: Vec<f32> = times.iter().map(|&t| t as f32).collect();
            drive::write(device, self.model.probe, rows);
            drive::write(device, self.model.probe_time, &times);
            drive::run(device, self.model.ask)?;
            answers.push(drive::output(device, self.model.ask, "answer"));
        }
        let mut out = Vec::with_capacity(noised.len());
        for answer in answers {
            out.extend(answer.await?);
        }
        out.truncate(noised.len());
        Ok(out)
    }

    /// `n` samples `[n, D]`, in the network's coordinates.
    async fn draw(&self, device: &mut dyn Device, n: usize, seed: u64) -> Result<Vec<f32>, Error> {
        let (model, len) = (&self.model, n * self.domain.dims());
        drive::seed_entry(device, model.denoise, seed);
        let mut runs = Vec::new();
        for _ in 0..n.div_ceil(model.sizes.chunk) {
            drive::write(device, model.sample.row, &[0.0]);
            device.run(&[(model.denoise, self.count() as u32)], 1)?;
            runs.push(drive::read(device, model.sample.x));
        }
        let mut out = Vec::with_capacity(len);
        for run in runs {
            out.extend(run.await?);
        }
        out.truncate(len);
        Ok(out)
    }

    /// The page's samples of points: drawn anew only where the model has changed.
    async fn latest(&mut self, device: &mut dyn Device) -> Result<Vec<f32>, Error> {
        let step = drive::read(device, self.model.steps).await?[0];
        match &self.latest {
            Some((at, samples)) if *at == step => Ok(samples.clone()),
            _ => {
                let samples = self.draw(device, SAMPLED, VIEW_SEED).await?;
                self.latest = Some((step, samples.clone()));
                Ok(samples)
            }
        }
    }

    /// Figures of points: their distance from the data, and the modes they reach.
    fn figures_of(&self, plane: &Plane, samples: &[f32], data: &[f32]) -> Vec<(&'static str, f64)> {
        let mut out = vec![("energy_distance", energy_distance(samples, data, 2))];
        if let Some((modes, sigma)) = plane.toy().and_then(Toy::modes) {
            let mut samples = samples.to_vec();
            plane.outside(&mut samples);
            let c = coverage(&samples, &modes, sigma);
            out.push(("modes", c.modes as f64));
            out.push(("modes_reference", modes.len() as f64));
            out.push(("high_quality", c.high_quality));
            out.push(("mode_kl", c.kl));
        }
        out
    }

    /// The network's answers to the questions: asked anew only where it has changed.
    async fn answers(&mut self, device: &mut dyn Device) -> Result<Vec<f32>, Error> {
        let step = drive::read(device, self.model.steps).await?[0];
        match &self.answers {
            Some((at, answers)) if *at == step => Ok(answers.clone()),
            _ => {
                let answers = self.ask(device, &self.questions.noised, &self.questions.times).await?;
                self.answers = Some((step, answers.clone()));
                Ok(answers)
            }
        }
    }

    /// Figures that are always given. Of images, answers to all questions take too long for that.
    async fn light(&mut self, device: &mut dyn Device) -> Result<Vec<(&'static str, f64)>, Error> {
        let [step, row] = [self.model.steps, self.model.film.row].map(|var| drive::read(device, var));
        let trained = drive::output(device, self.model.train, "loss");
        let (step, row, loss) = (step.await?[0], row.await?[0], trained.await?[0]);
        let mut out = vec![("step", f64::from(step)), ("loss", f64::from(loss))];
        if step == 0.0 || self.plane().is_some() {
            let answers = self.answers(device).await?;
            let exact = self.best.as_ref().map_or(&answers, |best| &best.answers);
            let worth = self.questions.worth(&self.schedule, self.target, &answers, exact);
            if step == 0.0 {
                // What no step has computed is computed now.
                out[1].1 = worth.loss;
            }
            if let (Some(plane), Some(best)) = (self.plane(), &self.best) {
                out.push(("loss_reference", best.truly.loss));
                out.push(("score_error", worth.error));
                out.push(("score_cosine", worth.cosine));
                // Few answers are measured: what they are worth more than the exact ones to the same
                // questions is less a matter of chance than what they are worth. And a density of the
                // plane has another unit than one of the network's coordinates.
                let bound = best.truly.bound + (worth.bound - best.here.bound);
                out.push(("bound", bound + 2.0 * libm::log(f64::from(plane.scale()))));
                out.extend(plane.toy().and_then(Toy::entropy).map(|nats| ("bound_reference", nats)));
            }
        }
        out.push(("prior_kl", prior_kl(&self.schedule, self.questions.mean_square())));
        out.push(("denoised", (row as usize).min(self.count()) as f64));
        out.push(("denoised_reference", self.count() as f64));
        Ok(out)
    }
}

impl Exhibit for Ddpm {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn program(&self) -> &Program {
        &self.model.program
    }

    fn start(&mut self, device: &mut dyn Device, _seed: u64) -> Result<(), Error> {
        let table = tables::training(&self.schedule, self.target);
        drive::write(device, self.model.training, &table);
        match &self.domain {
            Domain::Plane(plane) => drive::write(device, self.model.bank, plane.bank()),
            Domain::Images(sets) => drive::write_u(device, self.model.bank, &sets.train.packed()),
        }
        (self.since, self.latest, self.answers) = (0, None, None);
        let settings = self.settings.clone();
        self.set(device, &settings, "")?;
        // The film begins.
        drive::run(device, self.model.roll)
    }

    fn train(&mut self, device: &mut dyn Device, n: u32) -> Result<(), Error> {
        let mut left = n;
        while left > 0 {
            let run = left.min(self.every - self.since);
            device.run(&[(self.model.train, run)], 1)?;
            (left, self.since) = (left - run, self.since + run);
            if self.since == self.every {
                self.since = 0;
                drive::run(device, self.model.roll)?;
            }
        }
        Ok(())
    }

    fn step(&mut self, device: &mut dyn Device, _phase: &str) -> Result<(), Error> {
        drive::run(device, self.model.roll)
    }

    fn metrics<'a>(
        &'a mut self,
        device: &'a mut dyn Device,
        deep: bool,
    ) -> Task<'a, Vec<(&'static str, f64)>> {
        Box::pin(async move {
            let mut out = self.light(device).await?;
            if deep && self.plane().is_some() {
                let samples = self.latest(device).await?;
                if let Some(plane) = self.plane() {
                    out.extend(self.figures_of(plane, &samples, &plane.bank()[..2 * SAMPLED]));
                }
            }
            Ok(out)
        })
    }

    fn evaluate<'a>(&'a mut self, device: &'a mut dyn Device) -> Task<'a, Vec<(&'static str, f64)>> {
        Box::pin(async move {
            let mut out = self.light(device).await?;
            if let Some(plane) = self.plane() {
                // The mean over independent repeats.
                let (n, repeats) = GATED;
                let mut sums: Vec<(&'static str, f64)> = Vec::new();
                for seed in 1..=repeats {
                    let samples = self.draw(device, n, seed).await?;
                    let data = plane.fresh(n, &mut Stream::new(seed, 0xF2E5));
                    let figures = self.figures_of(plane, &samples, &data);
                    sums.resize(figures.len(), ("", 0.0));
                    for (sum, (id, value)) in sums.iter_mut().zip(figures) {
                        *sum = (id, sum.1 + value / repeats as f64);
                    }
                }
                out.extend(sums);
            }
            Ok(out)
        })
    }

    fn sample<'a>(&'a mut self, device: &'a mut dyn Device, n: usize, seed: u64) -> Task<'a, Samples> {
        Box::pin(async move {
            let mut data = self.draw(device, n, seed).await?;
            match &self.domain {
                Domain::Plane(plane) => {
                    plane.outside(&mut data);
                    Ok(Samples { kind: "points", data, shape: vec![n, 2] })
                }
                Domain::Images(sets) => {
                    picture::to_pixels(&mut data);
                    let shape = vec![n, sets.train.height, sets.train.width];
                    Ok(Samples { kind: "images", data, shape })
                }
            }
        })
    }

    fn view<'a>(&'a mut self, device: &'a mut dyn Device, id: &'a str) -> Task<'a, Picture> {
        Box::pin(async move { self.picture(device, id).await })
    }

    fn act<'a>(&'a mut self, device: &'a mut dyn Device, id: &'a str, payload: Payload) -> Task<'a, ()> {
        Box::pin(async move {
            let Domain::Plane(plane) = &mut self.domain else {
                return Err(Error::BadData("Points can be drawn where 'data' is points, not images.".into()));
            };
            if id == "clear" {
                plane.clear();
            } else if payload.points.iter().any(|x| x.abs() > 2.0 * REACH) {
                let message = "'brush' takes points of the picture, which reaches from -4 to 4 both ways.";
                return Err(Error::BadData(message.into()));
            } else {
                plane.paint(&payload.points)?;
            }
            drive::write(device, self.model.bank, plane.bank());
            self.settings.set_text("data", "drawn")?;
            self.questions = Questions::new(&self.domain, &self.schedule, MEASURED, VIEW_SEED);
            self.prepare();
            self.set_sampler(device);
            Ok(())
        })
    }

    fn set(&mut self, device: &mut dyn Device, settings: &Settings, id: &str) -> Result<(), Error> {
        self.settings = settings.clone();
        drive::set_knobs(device, &self.model.program, settings);
        let fraction = if settings.flag("schedule") { 0.02 } else { 1.0 };
        drive::set_knob(device, self.model.fraction, fraction);
        if matches!(id, "" | "sampler" | "sampling_steps" | "eta" | "clip") {
            self.set_sampler(device);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now<T>(task: impl Future<Output = T>) -> T {
        pollster::block_on(task)
    }

    #[test]
    fn debug_steps() {
        let mut settings = Settings::new(&CARD);
        settings.set_text("sampler", "ddim").unwrap();
        settings.set_text("learning_rate", "0.005").unwrap();
        let exhibit = Ddpm::new(&settings, 1, Sources::default()).unwrap();
        let mut dev = tilde_cpu::Cpu::load(tilde_graph::compile(exhibit.program())).unwrap();
        let dev = &mut dev;
        let mut e = exhibit;
        drive::start(dev, &e.model.program, 1);
        e.start(dev, 1).unwrap();
        e.train(dev, 1000).unwrap();
        drive::write(dev, e.model.sample.row, &[0.0]);
        let visited = e.schedule.visited(100);
        let steps = Sampler::Implicit(0.0).steps(&e.schedule, &visited);
        let mut x: Vec<f32> = Vec::new();
        for i in 0..100 {
            dev.run(&[(e.model.denoise, 1)], 1).unwrap();
            let y = now(drive::read(dev, e.model.sample.x)).unwrap();
            let c = now(drive::read(dev, e.model.sample.clean)).unwrap();
            if i > 0 {
                let times = vec![visited[i]; 512];
                let ans = now(e.ask(dev, &x, &times)).unwrap();
                let [p, q] = e.target.clean(e.schedule.levels()[visited[i]]);
                let (mut worst, mut wc) = (0.0f64, 0.0f64);
                for k in 0..1024 {
                    let clean = p * x[k] as f64 + q * ans[k] as f64;
                    let next = steps[i].clean * clean + steps[i].present * x[k] as f64;
                    worst = worst.max((next - y[k] as f64).abs());
                    wc = wc.max((clean - c[k] as f64).abs());
                }
                std::println!("{i} t {} worst next {worst:.5} clean {wc:.5}", visited[i]);
            }
            x = y;
        }
    }

    #[test]
    fn exact_sampling_reaches_the_ceiling() {
        let Domain::Plane(plane) = Domain::new("eight-gaussians", 1, Sources::default()).unwrap() else {
            panic!("points")
        };
        let schedule = Schedule::cosine(100);
        let (modes, sigma) = Toy::EightGaussians.modes().unwrap();
        for (sampler, count) in
            [(Sampler::Small, 100), (Sampler::Implicit(0.0), 20), (Sampler::Implicit(0.0), 5)]
        {
            let visited = schedule.visited(count);
            let steps = sampler.steps(&schedule, &visited);
            let mut stream = Stream::new(1, 0);
            let mut x: Vec<f32> = (0..4000).map(|_| stream.normal()).collect();
            for (&t, step) in visited.iter().zip(&steps) {
                let at = schedule.levels()[t];
                for p in x.chunks_exact_mut(2) {
                    let clean = plane.clean([p[0], p[1]], at);
                    for a in 0..2 {
                        p[a] = (step.clean * clean[a] + step.present * f64::from(p[a])) as f32
                            + step.noise as f32 * stream.normal();
                    }
                }
            }
            let ed = energy_distance(&x, &plane.bank()[..4000], 2);
            plane.outside(&mut x);
            let c = coverage(&x, &modes, sigma);
            std::println!("{sampler:?} {count}: {c:?} {ed}");
        }
    }
}
