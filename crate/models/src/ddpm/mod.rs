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
//! models", ICLR 2021. Of the plane's sets the best possible network is known exactly (`data::exact`).
//! Left out: learned variances, conditioning, guidance.
//!
//! B batch, D numbers in a point or image, T noising steps, S sampling steps.

mod card;
pub mod domain;
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
use crate::data::Plane;
use crate::data::Toy;
use crate::drive;
use crate::exhibit::{Exhibit, Opening, Payload, Picture, Samples, Sources, Task};
use crate::metrics::energy_distance::energy_distance;
use crate::metrics::modes::coverage;
use crate::settings::Settings;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use domain::Domain;
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

/// Opens the exhibit.
///
/// # Errors
/// Those of [`Ddpm::new`].
pub fn open(settings: &Settings, seed: u64, sources: Sources) -> Opening {
    Ok(Box::new(Ddpm::new(settings, seed, sources)?))
}

/// The opened exhibit.
pub struct Ddpm {
    model: Model,
    domain: Domain,
    schedule: Schedule,
    target: Target,
    settings: Settings,
    /// Training steps for each step of the film.
    every: u32,
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
        drive::joined(answers, noised.len()).await
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
        drive::joined(runs, len).await
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
        (self.latest, self.answers) = (None, None);
        let settings = self.settings.clone();
        self.set(device, &settings, "")?;
        // The film begins.
        drive::run(device, self.model.roll)
    }

    fn train(&mut self, device: &mut dyn Device, n: u32) -> Result<(), Error> {
        let film = n.div_ceil(self.every);
        Ok(device.run(&[(self.model.train, n), (self.model.roll, film)], 1)?)
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
    use crate::Run;
    use crate::card::Value;
    use crate::data::Images;
    use crate::exhibit::UserData;
    use pollster::block_on;
    use tilde_cpu::Cpu;
    use tilde_graph::compile;

    const SMALL: &[(&str, &str)] = &[("hidden", "16"), ("batch", "32"), ("timesteps", "20")];

    fn chosen(changes: &[(&str, &str)]) -> Settings {
        let mut settings = Settings::new(&CARD);
        for (id, text) in SMALL.iter().chain(changes) {
            settings.set_text(id, text).unwrap();
        }
        settings
    }

    fn open(changes: &[(&str, &str)], seed: u64, user: Option<UserData>) -> Run {
        let settings = chosen(changes);
        let exhibit = Ddpm::new(&settings, seed, Sources { user, ..Sources::default() }).unwrap();
        let cpu = Cpu::load(compile(exhibit.program())).unwrap();
        Run::start(Box::new(exhibit), Box::new(cpu), settings, seed).unwrap()
    }

    fn figure(figures: &[(&str, f64)], id: &str) -> f64 {
        figures.iter().find(|f| f.0 == id).unwrap_or_else(|| panic!("no figure '{id}'")).1
    }

    /// The sampler is right where the network is: with the exact denoiser in its place, samples are
    /// the data's, and few long steps blur them.
    #[test]
    fn samples_of_the_exact_denoiser_are_the_data() {
        let Domain::Plane(plane) = Domain::new("eight-gaussians", 1, Sources::default()).unwrap() else {
            panic!("points")
        };
        let schedule = Schedule::cosine(100);
        let (modes, sigma) = Toy::EightGaussians.modes().unwrap();
        let walk = |sampler: Sampler, count: usize| {
            let visited = schedule.visited(count);
            let mut stream = Stream::new(1, 0);
            let mut x: Vec<f32> = (0..4000).map(|_| stream.normal()).collect();
            for (&t, step) in visited.iter().zip(sampler.steps(&schedule, &visited)) {
                for p in x.chunks_exact_mut(2) {
                    let clean = plane.clean([p[0], p[1]], schedule.levels()[t]);
                    for a in 0..2 {
                        let mean = step.clean * clean[a] + step.present * f64::from(p[a]);
                        p[a] = mean as f32 + step.noise as f32 * stream.normal();
                    }
                }
            }
            let distance = energy_distance(&x, &plane.bank()[..4000], 2);
            plane.outside(&mut x);
            (distance, coverage(&x, &modes, sigma).high_quality)
        };
        for (sampler, count) in [
            (Sampler::Small, 100),
            (Sampler::Large, 100),
            (Sampler::Implicit(0.5), 50),
            (Sampler::Implicit(0.0), 20),
        ] {
            let (distance, share) = walk(sampler, count);
            assert!(distance < 0.003 && share > 0.97, "{sampler:?} {count}: {distance} {share}");
        }
        let (distance, share) = walk(Sampler::Implicit(0.0), 5);
        assert!(distance > 0.003 && share < 0.7, "{distance} {share}");
    }

    /// What the device does in a step is what the host's table and the network's answers say.
    #[test]
    fn the_device_walks_as_the_host_would() {
        for prediction in ["velocity", "noise", "clean"] {
            let settings =
                chosen(&[("sampler", "ddim"), ("sampling_steps", "7"), ("prediction", prediction)]);
            let mut ddpm = Ddpm::new(&settings, 1, Sources::default()).unwrap();
            let mut cpu = Cpu::load(compile(ddpm.program())).unwrap();
            drive::start(&mut cpu, &ddpm.model.program, 1);
            ddpm.start(&mut cpu, 1).unwrap();
            ddpm.train(&mut cpu, 50).unwrap();
            let reel = ddpm.model.sample;
            drive::write(&mut cpu, reel.row, &[0.0]);
            drive::run(&mut cpu, ddpm.model.denoise).unwrap();
            let mut x = block_on(drive::read(&mut cpu, reel.x)).unwrap();
            let visited = ddpm.schedule.visited(7);
            let steps = Sampler::Implicit(0.0).steps(&ddpm.schedule, &visited);
            let bound = ddpm.plane().unwrap().bank().iter().fold(0.0f32, |m, v| m.max(v.abs()));
            for (&t, step) in visited.iter().zip(&steps).skip(1) {
                let answers = block_on(ddpm.ask(&mut cpu, &x, &vec![t; x.len() / 2])).unwrap();
                let [of_x, of_answer] = ddpm.target.clean(ddpm.schedule.levels()[t]);
                drive::run(&mut cpu, ddpm.model.denoise).unwrap();
                let next = block_on(drive::read(&mut cpu, reel.x)).unwrap();
                for i in 0..x.len() {
                    let clean = of_x * f64::from(x[i]) + of_answer * f64::from(answers[i]);
                    let clean = clean.max(-f64::from(bound)).min(f64::from(bound));
                    let wanted = step.clean * clean + step.present * f64::from(x[i]);
                    assert!(
                        (f64::from(next[i]) - wanted).abs() < 1e-4,
                        "{prediction}, time {t}: {}",
                        next[i]
                    );
                }
                x = next;
            }
        }
    }

    #[test]
    fn a_seed_gives_one_run_and_samples_change_nothing() {
        let losses = |seed: u64, look: bool| -> Vec<f64> {
            let mut run = open(&[], seed, None);
            let mut losses = Vec::new();
            for _ in 0..3 {
                block_on(run.train(5)).unwrap();
                if look {
                    block_on(run.sample(700, 9)).unwrap();
                    block_on(run.metrics(true)).unwrap();
                    block_on(run.view("film")).unwrap();
                    block_on(run.step("denoise")).unwrap();
                }
                losses.push(figure(&block_on(run.metrics(false)).unwrap(), "loss"));
            }
            losses
        };
        let once = losses(1, false);
        assert_eq!(once, losses(1, true));
        assert_ne!(once, losses(2, false));
        let mut run = open(&[], 1, None);
        let [a, b, c] = [4, 4, 5].map(|seed| block_on(run.sample(700, seed)).unwrap());
        assert_eq!((a.shape.as_slice(), &a), ([700, 2].as_slice(), &b));
        assert_ne!(a, c);
        // Chunks differ from one another, too.
        assert_ne!(a.data[..100], a.data[2 * 512..][..100]);
    }

    #[test]
    fn the_sampler_changes_live() {
        let mut run = open(&[], 1, None);
        block_on(run.train(40)).unwrap();
        let mut seen = vec![block_on(run.sample(50, 1)).unwrap()];
        let live = [
            ("sampling_steps", Value::Number(5.0)),
            ("sampler", Value::Choice(1)),
            ("sampler", Value::Choice(2)),
            ("eta", Value::Number(0.7)),
            // More than there are noising steps: as many as those.
            ("sampling_steps", Value::Number(1000.0)),
        ];
        for (id, value) in live {
            run.set(id, value).unwrap();
            let samples = block_on(run.sample(50, 1)).unwrap();
            assert!(samples.data.iter().all(|x| x.is_finite()));
            assert!(!seen.contains(&samples), "'{id}' changed nothing");
            seen.push(samples);
        }
        assert_eq!(figure(&block_on(run.metrics(false)).unwrap(), "denoised_reference"), 20.0);
    }

    /// The film goes back in as many steps as the sampler, stands, and begins anew.
    #[test]
    fn the_film_comes_to_its_end_and_begins_again() {
        let mut run = open(&[("sampling_steps", "4")], 1, None);
        let mut rows = Vec::new();
        for _ in 0..4 + HELD {
            rows.push(figure(&block_on(run.metrics(false)).unwrap(), "denoised"));
            block_on(run.step("denoise")).unwrap();
        }
        assert_eq!(rows[..6], [1.0, 2.0, 3.0, 4.0, 4.0, 4.0]);
        assert_eq!(rows.iter().filter(|&&row| row == 4.0).count(), HELD);
        assert_eq!(rows[rows.len() - 1], 0.0);
    }

    #[test]
    fn what_is_painted_is_learned() {
        let mut run = open(&[("data", "drawn")], 1, None);
        let points: Vec<f32> = (0..200).flat_map(|i| [1.0 + 0.001 * i as f32, -1.0]).collect();
        block_on(run.act("brush", Payload { points, ..Payload::default() })).unwrap();
        let picture = block_on(run.view("film")).unwrap();
        assert!(
            picture.layers[0].data.chunks(2).all(|p| (p[0] - 1.1).abs() < 0.5 && (p[1] + 1.0).abs() < 0.5)
        );
        block_on(run.train(3)).unwrap();
        assert!(figure(&block_on(run.metrics(true)).unwrap(), "score_error").is_finite());
        block_on(run.act("clear", Payload::default())).unwrap();
        let far = Payload { points: vec![50.0, 0.0], ..Payload::default() };
        assert!(block_on(run.act("brush", far)).is_err());
    }

    /// Images of one's own, of sizes that no halving divides.
    #[test]
    fn images_of_any_size_are_learned() {
        let floats: Vec<f32> = (0..12 * 7 * 10).map(|i| (i % 13) as f32 / 13.0).collect();
        let images = Images::from_floats(&floats, &[12, 7, 10], Vec::new()).unwrap();
        let mut run = open(&[("sampling_steps", "3")], 1, Some(UserData::Images(images)));
        block_on(run.train(2)).unwrap();
        let samples = block_on(run.sample(3, 1)).unwrap();
        assert_eq!((samples.kind, samples.shape), ("images", vec![3, 7, 10]));
        assert!(samples.data.iter().all(|x| (0.0..=1.0).contains(x)));
        for view in CARD.views {
            let picture = block_on(run.view(view.id)).unwrap();
            assert!(picture.layers.iter().all(|l| l.data.iter().all(|x| x.is_finite())), "{}", view.id);
        }
        assert!(block_on(run.act("clear", Payload::default())).is_err());
    }

    #[test]
    fn every_view_of_every_set_is_finite() {
        for toy in Toy::ALL {
            let mut run = open(&[("data", toy.id()), ("time", "0")], 1, None);
            block_on(run.train(1)).unwrap();
            for view in CARD.views {
                let picture = block_on(run.view(view.id)).unwrap();
                let finite = |l: &crate::exhibit::Layer| l.data.iter().all(|x| x.is_finite());
                assert!(picture.layers.iter().all(finite), "{} of {}", view.id, toy.id());
            }
            block_on(run.metrics(true)).unwrap();
        }
    }
}
