//! Denoising autoencoders, on points of the plane and on images.
//!
//! P. Vincent et al., "Extracting and composing robust features with denoising autoencoders", ICML
//! 2008. Data x are corrupted by a known process C(x̃ | x), and a network r learns to undo it,
//!
//! > L = E ‖x − r(x̃)‖².
//!
//! The best r is the mean E[x | x̃]. Where the noise is Gaussian, r(x̃) − x̃ = σ²∇log p_σ(x̃) then: a
//! denoiser knows the score of the noised data (G. Alain, Y. Bengio, JMLR 15, 2014; the formula is
//! Tweedie's). Of the plane's sets it is known exactly. Corrupting and reconstructing in turn is a
//! Markov chain whose stationary distribution is that of the data if the reconstruction is drawn from
//! p(x | x̃) (Y. Bengio et al., "Generalized denoising auto-encoders as generative models", NeurIPS
//! 2013); here it is drawn from N(r(x̃), s²(x̃)), s² learned by maximum likelihood. Left out: walkback
//! training, more than one level of noise.
//!
//! B batch, D numbers in a point or image.

mod card;
mod model;
mod picture;

pub use card::CARD;

use crate::Error;
use crate::card::Card;
use crate::data::exact::Level;
use crate::data::{ImageSets, Images, Plane, Toy};
use crate::drive;
use crate::exhibit::{Exhibit, Opening, Payload, Picture, Samples, Sources, Task, UserData};
use crate::metrics::energy_distance::energy_distance;
use crate::metrics::modes::coverage;
use crate::settings::Settings;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use model::Model;
use tilde_graph::rng::Stream;
use tilde_graph::{Device, Program};

/// Points that the exact denoiser is measured on, at most so many terms of its sums.
const MOST: usize = 1 << 13;
const TERMS: usize = 1 << 21;
/// Samples that the page's figures are computed from, and those that gates are held against.
const SAMPLED: usize = 1024;
const GATED: (usize, u64) = (2000, 5);
/// Seed of the pictures' noise, fixed so that they change with the model only.
const VIEW_SEED: u64 = 1;
/// Half the side of the box that is shown.
const REACH: f32 = 3.0;

/// What is learned from.
enum Data {
    /// Points, in their own coordinates.
    Plane(Plane),
    /// Images, pixels in 0..=1.
    Images(ImageSets),
}

impl Data {
    /// Numbers in a point or image.
    fn dims(&self) -> usize {
        match self {
            Data::Plane(_) => 2,
            Data::Images(sets) => sets.train.area(),
        }
    }

    /// Mean and standard deviation of the noise that chains begin with.
    fn noise(&self) -> (f32, f32) {
        match self {
            Data::Plane(_) => (0.0, 1.5),
            Data::Images(_) => (0.5, 0.5),
        }
    }

    /// Fresh points, or the first held-out images, `[n, D]`; all of those again where there are too few.
    fn rows(&self, n: usize, stream: &mut Stream) -> Vec<f32> {
        match self {
            Data::Plane(plane) => plane.fresh(n, stream),
            Data::Images(sets) => {
                let white = f32::from(sets.test.levels);
                let pixels = sets.test.pixels.iter().cycle().take(n * sets.test.area());
                pixels.map(|&p| f32::from(p) / white).collect()
            }
        }
    }
}

/// Rows that are corrupted as the sliders say, whose clean ones are known.
struct Questions {
    /// What they were made with: σ and the share that is masked.
    made: [f64; 2],
    /// `[probes, D]`
    clean: Vec<f32>,
    /// `[probes, D]`
    corrupted: Vec<f32>,
    /// E[x | x̃] of the corrupted rows, and of the places that arrows are drawn from; empty for images.
    exact: Vec<f32>,
    exact_arrows: Vec<f32>,
    /// E‖x − E[x | x̃]‖², the least possible loss.
    least: Option<f64>,
}

/// Opens the exhibit.
///
/// # Errors
/// Those of [`Denoising::new`].
pub fn open(settings: &Settings, seed: u64, sources: Sources) -> Opening {
    Ok(Box::new(Denoising::new(settings, seed, sources)?))
}

/// The opened exhibit.
pub struct Denoising {
    model: Model,
    data: Data,
    settings: Settings,
    questions: Questions,
    /// The latest samples of points, and the training steps they are of.
    latest: Option<(f32, Vec<f32>)>,
    /// The image that is drawn on, and the next held-out one that may take its place.
    pad: Vec<f32>,
    next: usize,
}

/// ‖a − b‖²
fn distance(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(a - b) * f64::from(a - b)).sum()
}

/// A point as the exact denoiser wants it, and back.
fn exact_at(plane: &Plane, x: &[f32], sigma: f64) -> [f32; 2] {
    plane.clean([x[0], x[1]], Level { alpha: 1.0, sigma }).map(|x| x as f32)
}

impl Questions {
    /// Corrupts them.
    fn new(data: &Data, settings: &Settings, probes: usize) -> Questions {
        let made = ["sigma", "masked"].map(|id| settings.number(id));
        let mut stream = Stream::new(VIEW_SEED, 0x9E57);
        let clean = data.rows(probes, &mut stream);
        let corrupted = corrupted(data, made, &clean, &mut stream);
        let mut questions =
            Questions { made, clean, corrupted, exact: Vec::new(), exact_arrows: Vec::new(), least: None };
        if let Data::Plane(plane) = data {
            let exact = |rows: &[f32]| -> Vec<f32> {
                rows.chunks_exact(2).flat_map(|x| exact_at(plane, x, made[0])).collect()
            };
            questions.exact = exact(&questions.corrupted);
            questions.exact_arrows = exact(&picture::places());
            let many = (TERMS / plane.terms()).clamp(probes, MOST);
            let clean = plane.fresh(many, &mut stream);
            let best = exact(&self::corrupted(data, made, &clean, &mut stream));
            questions.least = Some(distance(&clean, &best) / many as f64);
        }
        questions
    }
}

/// Rows corrupted with σ and a share that is masked, on the host.
fn corrupted(data: &Data, [sigma, masked]: [f64; 2], clean: &[f32], stream: &mut Stream) -> Vec<f32> {
    let images = matches!(data, Data::Images(_));
    let corrupt = |x: &f32| {
        let noised = x + sigma as f32 * stream.normal();
        if images && f64::from(stream.uniform()) < masked { 0.0 } else { noised }
    };
    clean.iter().map(corrupt).collect()
}

impl Denoising {
    /// Builds the programs.
    ///
    /// # Errors
    /// [`Error::BadData`] for data that are missing or of no use.
    pub fn new(settings: &Settings, seed: u64, sources: Sources) -> Result<Denoising, Error> {
        let mut settings = settings.clone();
        if let Some(UserData::Points(_)) = sources.user {
            settings.set_text("data", "drawn")?;
        }
        let data = match Plane::new(settings.choice("data"), &sources, seed, false)? {
            Some(plane) => Data::Plane(plane),
            None => Data::Images(ImageSets::new("denoising", settings.choice("data"), seed, sources)?),
        };
        let model = Model::new(&settings, &data)?;
        let questions = Questions::new(&data, &settings, model.probes);
        let pad = questions.clean[..data.dims()].to_vec();
        Ok(Denoising { model, data, settings, questions, latest: None, pad, next: 1 })
    }

    /// Corrupts the questions anew where the sliders, or the data, have moved.
    fn prepare(&mut self) {
        self.questions = Questions::new(&self.data, &self.settings, self.model.probes);
        self.latest = None;
    }

    fn plane(&self) -> Option<&Plane> {
        match &self.data {
            Data::Plane(plane) => Some(plane),
            Data::Images(_) => None,
        }
    }

    /// r of rows `[n, D]`.
    async fn ask(&self, device: &mut dyn Device, rows: &[f32]) -> Result<Vec<f32>, Error> {
        let mut answers = Vec::new();
        for chunk in rows.chunks(self.model.probes * self.data.dims()) {
            drive::write(device, self.model.probe, chunk);
            drive::run(device, self.model.ask)?;
            answers.push(drive::output(device, self.model.ask, "answer"));
        }
        drive::joined(answers, rows.len()).await
    }

    /// `n` samples `[n, D]`: ends of chains that began as noise. Of images, the mean that the last
    /// pixels would be drawn around.
    async fn draw(&self, device: &mut dyn Device, n: usize, seed: u64) -> Result<Vec<f32>, Error> {
        let (model, length) = (&self.model, self.settings.count("chain_length") as u32);
        let result = model.sample[usize::from(self.plane().is_none())];
        drive::seed_entry(device, model.sample_begin, seed);
        drive::seed_entry(device, model.sample_step, seed);
        let mut runs = Vec::new();
        for _ in 0..n.div_ceil(model.chunk) {
            device.run(&[(model.sample_begin, 1), (model.sample_step, length)], 1)?;
            runs.push(drive::read(device, result));
        }
        drive::joined(runs, n * self.data.dims()).await
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

    /// Figures of samples of points.
    fn figures_of(plane: &Plane, samples: &[f32], data: &[f32]) -> Vec<(&'static str, f64)> {
        let mut out = vec![("energy_distance", energy_distance(samples, data, 2))];
        if let Some((modes, sigma)) = plane.toy().and_then(Toy::modes) {
            out.push(("high_quality", coverage(samples, &modes, sigma).high_quality));
        }
        out
    }

    /// The loss of the last batch, of a first one before the first step.
    async fn batch_loss(&self, device: &mut dyn Device, step: f32) -> Result<f64, Error> {
        let mut reporting = self.model.train;
        if step == 0.0 {
            reporting = self.model.untrained;
            drive::seed_entry(device, reporting, VIEW_SEED);
            drive::run(device, reporting)?;
        }
        Ok(f64::from(drive::output(device, reporting, "loss").await?[0]))
    }

    /// Figures that are always given.
    async fn light(&mut self, device: &mut dyn Device) -> Result<Vec<(&'static str, f64)>, Error> {
        let step = drive::read(device, self.model.steps).await?[0];
        let q = &self.questions;
        let answers = self.ask(device, &q.corrupted).await?;
        // The last run's, of as many rows as there are questions.
        let spread = drive::output(device, self.model.ask, "log_variance").await?;
        let spread = spread.iter().map(|&s| libm::exp(f64::from(s))).sum::<f64>() / spread.len() as f64;
        let noise = distance(&q.corrupted, &q.clean);
        let loss = match q.least {
            // E‖x − r‖² = E‖x − r*‖² + E‖r − r*‖², for r* is the mean of x given x̃. A batch's own loss is
            // so noisy that it is often below the least possible one.
            Some(least) => least + distance(&answers, &q.exact) / self.model.probes as f64,
            None => self.batch_loss(device, step).await?,
        };
        let mut out = vec![
            ("step", f64::from(step)),
            ("loss", loss),
            ("noise_left", distance(&answers, &q.clean) / noise),
            ("spread", libm::sqrt(spread)),
        ];
        if let Some(least) = q.least {
            out.push(("loss_reference", least));
            out.push(("spread_reference", libm::sqrt(0.5 * least)));
            out.push(("noise_left_reference", distance(&q.exact, &q.clean) / noise));
            // r(x̃) − x̃ beside σ²∇log p_σ(x̃).
            let mut sums = [0.0; 3];
            for ((r, exact), x) in answers.iter().zip(&q.exact).zip(&q.corrupted) {
                let (got, known) = (f64::from(r - x), f64::from(exact - x));
                sums = [sums[0] + got * got, sums[1] + known * known, sums[2] + got * known];
            }
            out.push(("score_error", libm::sqrt(distance(&answers, &q.exact) / sums[1])));
            // Before the first step there is no arrow, and so no angle.
            out.push(("score_cosine", sums[2] / libm::sqrt(sums[0] * sums[1]).max(1e-30)));
        }
        Ok(out)
    }

    /// The pad takes paint: a soft brush at places in units of its side, repeating to the right.
    fn paint(&mut self, sets_like: [usize; 2], points: &[f32]) {
        let [height, width] = sets_like;
        let radius = (0.045 * height.max(width) as f32).max(0.7);
        for p in points.chunks_exact(2) {
            let (x, y) = ((p[0] - libm::floorf(p[0])) * width as f32, (1.0 - p[1]) * height as f32);
            for (i, pixel) in self.pad.iter_mut().enumerate() {
                let (dx, dy) = ((i % width) as f32 + 0.5 - x, (i / width) as f32 + 0.5 - y);
                let ink = radius + 0.5 - libm::sqrtf(dx * dx + dy * dy);
                *pixel = pixel.max(ink.max(0.0).min(1.0));
            }
        }
    }

    fn input(&mut self, device: &mut dyn Device, id: &str, payload: &Payload) -> Result<(), Error> {
        let far = |most: f32| payload.points.iter().any(|x| x.abs() > most);
        let (probes, dims) = (self.model.probes, self.data.dims());
        match (id, &mut self.data) {
            ("restart", _) => return drive::run(device, self.model.begin),
            ("clear", Data::Plane(plane)) => plane.clear(),
            ("brush", Data::Plane(_)) if far(2.0 * REACH) => {
                let message = "'brush' takes points of the picture, which reaches from -3 to 3 both ways.";
                return Err(Error::BadData(message.into()));
            }
            ("brush", Data::Plane(plane)) => plane.paint(&payload.points)?,
            ("draw", Data::Images(_)) if far(4.0) => {
                let message = "'draw' takes points of the picture, 0 to 3 across and 0 to 1 up.";
                return Err(Error::BadData(message.into()));
            }
            ("draw", Data::Images(sets)) => {
                let size = [sets.train.height, sets.train.width];
                self.paint(size, &payload.points);
                return Ok(());
            }
            ("erase", Data::Images(_)) => {
                self.pad.fill(0.0);
                return Ok(());
            }
            ("next", Data::Images(sets)) => {
                let at = self.next % probes.min(sets.test.n) * dims;
                self.pad = self.questions.clean[at..at + dims].to_vec();
                self.next += 1;
                return Ok(());
            }
            (_, Data::Plane(_)) => {
                return Err(Error::BadData("Draw on the pad where 'data' is images, not points.".into()));
            }
            _ => {
                return Err(Error::BadData("Points can be drawn where 'data' is points, not images.".into()));
            }
        }
        // The distribution is another now.
        self.settings.set_text("data", "drawn")?;
        self.prepare();
        if let Data::Plane(plane) = &self.data {
            drive::write(device, self.model.bank, plane.bank());
        }
        Ok(())
    }

    /// An image that others are as large as.
    fn like(&self) -> Option<&Images> {
        match &self.data {
            Data::Plane(_) => None,
            Data::Images(sets) => Some(&sets.train),
        }
    }
}

impl Exhibit for Denoising {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn program(&self) -> &Program {
        &self.model.program
    }

    fn start(&mut self, device: &mut dyn Device, _seed: u64) -> Result<(), Error> {
        match &self.data {
            Data::Plane(plane) => drive::write(device, self.model.bank, plane.bank()),
            Data::Images(sets) => drive::write_u(device, self.model.bank, &sets.train.packed()),
        }
        self.latest = None;
        let settings = self.settings.clone();
        self.set(device, &settings, "")?;
        drive::run(device, self.model.begin)
    }

    fn train(&mut self, device: &mut dyn Device, n: u32) -> Result<(), Error> {
        let model = &self.model;
        Ok(device.run(&[(model.train, 1), (model.corrupt, 1), (model.reconstruct, 1)], n)?)
    }

    fn step(&mut self, device: &mut dyn Device, phase: &str) -> Result<(), Error> {
        drive::run(device, if phase == "corrupt" { self.model.corrupt } else { self.model.reconstruct })
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
                    out.extend(Denoising::figures_of(plane, &samples, &plane.bank()[..2 * SAMPLED]));
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
                    let figures = Denoising::figures_of(plane, &samples, &data);
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
            let data = self.draw(device, n, seed).await?;
            Ok(match self.like() {
                None => Samples { kind: "points", data, shape: vec![n, 2] },
                Some(like) => Samples { kind: "images", data, shape: vec![n, like.height, like.width] },
            })
        })
    }

    fn view<'a>(&'a mut self, device: &'a mut dyn Device, id: &'a str) -> Task<'a, Picture> {
        Box::pin(async move { self.picture(device, id).await })
    }

    fn act<'a>(&'a mut self, device: &'a mut dyn Device, id: &'a str, payload: Payload) -> Task<'a, ()> {
        Box::pin(core::future::ready(self.input(device, id, &payload)))
    }

    fn set(&mut self, device: &mut dyn Device, settings: &Settings, id: &str) -> Result<(), Error> {
        self.settings.follow(settings, id);
        drive::set_knobs(device, &self.model.program, settings);
        let on = |yes: bool| f32::from(u8::from(yes));
        drive::set_knob(device, self.model.draw, on(settings.choice("reconstruct") == "draw"));
        drive::set_knob(device, self.model.fraction, if settings.flag("schedule") { 0.02 } else { 1.0 });
        if self.questions.made != ["sigma", "masked"].map(|id| settings.number(id)) {
            self.prepare();
        }
        self.latest = None;
        Ok(())
    }
}
