//! How many examples a generative and a discriminative model need: A. Ng and M. Jordan, "On
//! discriminative vs. generative classifiers", NIPS 2001.
//!
//! Naive Bayes and logistic regression choose a linear rule from the same family. Naive Bayes is soon
//! as good as it will ever be; logistic regression ends better where the features are not
//! independent, but needs more points to get there. On Gaussians whose parameters are known the error
//! of each rule is a closed form, so only the draw of the training points is random. On the digits
//! errors are counted.

mod card;
mod rules;
#[cfg(test)]
mod tests;

pub use card::CARD;

use crate::card::{Card, Role, ViewKind};
use crate::data::ImageSets;
use crate::exhibit::{Exhibit, Layer, Payload, Picture, Samples, Sources};
use crate::numeric::scalar::largest;
use crate::plain::{self, Plain};
use crate::settings::Settings;
use crate::{Error, Saved};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use rules::{Pair, Points, counted_error, logistic, naive_bayes};
use tilde_graph::rng::Stream;

/// Sizes of the training sets on Gaussians.
const SIZES: &[usize] = &[8, 16, 32, 64, 128, 192, 256, 512, 1024, 2048, 4096];
/// Those that are drawn at every step; each larger one at half as many steps as the one before, since
/// its error varies less and costs more.
const EACH_STEP: usize = 8;
/// Sizes on a pair of digits, of each of which there are some 180.
const DIGIT_SIZES: &[usize] = &[8, 16, 32, 64, 128];
/// Share of the largest variance that naive Bayes adds to each pixel's: some never change.
const SMOOTHING: f64 = 0.01;

/// Errors of one rule with one size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Errors {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Errors {
    fn add(&mut self, error: f64) {
        self.count += 1.0;
        self.sum += error;
        self.squares += error * error;
    }

    fn mean(&self) -> f64 {
        self.sum / self.count.max(1.0)
    }

    /// The standard error of the mean.
    fn deviation(&self) -> f64 {
        let variance = (self.squares / self.count.max(1.0) - self.mean() * self.mean()).max(0.0);
        libm::sqrt(variance / (self.count - 1.0).max(1.0))
    }
}

/// What the training sets are drawn from.
enum Source {
    Gaussians(Pair),
    /// Digits by class: those to learn from, and those held out.
    Digits([Vec<Vec<f64>>; 2]),
}

/// The opened exhibit.
struct Crossover {
    source: Source,
    c: f64,
    noise: f64,
    seed: u64,
    steps: u32,
    /// Of naive Bayes and of logistic regression, for each size.
    errors: [Vec<Errors>; 2],
    /// The latest rules of the largest size.
    latest: [Vec<f64>; 2],
}

/// Opens the exhibit.
///
/// # Errors
/// [`Error::BadSetting`] if the correlated block is larger than the number of features;
/// [`Error::BadData`] for data of one's own, or if the digits were not given.
pub fn open(settings: &Settings, seed: u64, sources: Sources) -> Result<Box<dyn Exhibit>, Error> {
    plain::open(Box::new(Crossover::new(settings, seed, sources)?))
}

impl Crossover {
    fn new(settings: &Settings, seed: u64, sources: Sources) -> Result<Crossover, Error> {
        if sources.user.is_some() {
            let message =
                "'crossover' draws its own data sets, hundreds of them. Choose one of its two kinds.";
            return Err(Error::BadData(message.into()));
        }
        let (d, block) = (settings.count("features"), settings.count("block"));
        let source = if settings.choice("data") == "digits" {
            let sets = ImageSets::new("crossover", "digits", seed, sources)?;
            Source::Digits([&sets.train, &sets.test].map(|images| {
                let scale = 1.0 / f64::from(images.levels);
                let row =
                    |i: usize| images.image(i).iter().map(|&p| f64::from(p) * scale).collect::<Vec<f64>>();
                let of = |class: usize| {
                    (0..images.n).filter(|&i| usize::from(images.labels[i]) == class).flat_map(row).collect()
                };
                (0..10).map(of).collect()
            }))
        } else {
            let pair = Pair::design(d, block, settings.number("correlation"), settings.number("shift"));
            let Some(pair) = pair.filter(|_| block <= d) else {
                let message =
                    "The correlated block cannot have more features than there are. Make it smaller.";
                return Err(Error::BadSetting(message.into()));
            };
            Source::Gaussians(pair)
        };
        let mut new = Crossover {
            source,
            c: settings.number("c"),
            noise: settings.number("noise"),
            seed,
            steps: 0,
            errors: Default::default(),
            latest: Default::default(),
        };
        new.begin(seed);
        Ok(new)
    }

    fn begin(&mut self, seed: u64) {
        (self.seed, self.steps) = (seed, 0);
        self.errors =
            [vec![Errors::default(); self.sizes().len()], vec![Errors::default(); self.sizes().len()]];
        let d = match &self.source {
            Source::Gaussians(pair) => pair.shift.len(),
            Source::Digits(_) => 64,
        };
        self.latest = [vec![0.0; d + 1], vec![0.0; d + 1]];
    }

    fn sizes(&self) -> &'static [usize] {
        match self.source {
            Source::Gaussians(_) => SIZES,
            Source::Digits(_) => DIGIT_SIZES,
        }
    }

    /// Whether a size has its turn. The first step has all; later no two of the large ones meet.
    fn due(&self, size: usize) -> bool {
        match size.checked_sub(EACH_STEP - 1) {
            None | Some(0) => true,
            Some(rare) => self.steps == 0 || self.steps % (1 << rare) == 1 << (rare - 1),
        }
    }

    /// One more data set, of which each size takes the first points.
    fn draw(&mut self) {
        let sizes = self.sizes();
        let due: Vec<usize> = (0..sizes.len()).filter(|&size| self.due(size)).collect();
        let most = sizes[due[due.len() - 1]];
        let mut stream = Stream::new(self.seed, self.steps);
        let (points, test, smoothing) = match &self.source {
            Source::Gaussians(pair) => (pair.draw(most, self.noise, &mut stream), None, 0.0),
            Source::Digits([train, test]) => {
                let first = stream.below(10) as usize;
                let classes = [first, (first + 1 + stream.below(9) as usize) % 10];
                let points = pick(train, classes, most, self.noise, &mut stream);
                (points, Some(whole(test, classes)), SMOOTHING)
            }
        };
        let d = points.x.len() / most;
        for size in due {
            let m = sizes[size];
            let (x, y) = (&points.x[..m * d], &points.y[..m]);
            for (which, rule) in
                [naive_bayes(x, y, smoothing), logistic(x, y, self.c)].into_iter().enumerate()
            {
                let error = match (&self.source, &test) {
                    (Source::Gaussians(pair), _) => pair.error(&rule),
                    (_, Some(test)) => counted_error(&rule, test),
                    _ => continue,
                };
                self.errors[which][size].add(error);
                if size + 1 == sizes.len() {
                    self.latest[which] = rule;
                }
            }
        }
        self.steps += 1;
    }

    /// The number of points from which logistic regression is better for good, read off between two
    /// sizes on the logarithmic axis, and the error there. Only where each rule leads by more than two
    /// standard errors on its side, so that no chance is taken for a crossing.
    fn crossing(&self) -> Option<(f64, f64)> {
        let [bayes, logistic] = &self.errors;
        let lead = |i: usize| bayes[i].mean() - logistic[i].mean();
        // The lead in standard errors; of few draws nothing is known.
        let sure = |i: usize| {
            let (b, l) = (bayes[i], logistic[i]);
            let known = b.count >= 4.0 && lead(i).abs() > 2.0 * libm::hypot(b.deviation(), l.deviation());
            if known { lead(i) } else { 0.0 }
        };
        let sizes = bayes.len();
        let last = (0..sizes - 1).rev().find(|&i| bayes[i].count > 0.0 && lead(i) <= 0.0)?;
        let (before, after) = (lead(last), lead(last + 1));
        let both = (0..=last).any(|i| sure(i) < 0.0) && (last + 1..sizes).any(|i| sure(i) > 0.0);
        if !both {
            return None;
        }
        let share = before / (before - after);
        let between = |a: f64, b: f64| a + share * (b - a);
        let [low, high] = [last, last + 1].map(|i| libm::log(self.sizes()[i] as f64));
        let error = between(bayes[last].mean(), bayes[last + 1].mean());
        Some((libm::exp(between(low, high)), error))
    }

    /// The exact limits of both errors, where they are known.
    fn asymptotes(&self) -> Option<[f64; 2]> {
        match &self.source {
            Source::Gaussians(pair) => Some(pair.limits(self.noise).map(|rule| pair.error(&rule))),
            Source::Digits(_) => None,
        }
    }

    fn curves(&self) -> Picture {
        let sizes = self.sizes();
        let (first, last) = (sizes[0] as f32, sizes[sizes.len() - 1] as f32);
        let mut layers = Vec::new();
        let mut spread = Vec::new();
        for (errors, (id, role)) in self.errors.iter().zip([("bayes", Role::Data), ("logistic", Role::Model)])
        {
            let mut data = Vec::new();
            for (error, &m) in errors.iter().zip(sizes).filter(|(error, _)| error.count > 0.0) {
                let (mean, off) = (error.mean() as f32, 2.0 * error.deviation() as f32);
                data.extend([m as f32, mean]);
                spread.extend([m as f32, mean - off, m as f32, mean + off]);
            }
            layers.push(Layer::curve(id, role, data));
        }
        layers.push(Layer::lines("spread", Role::Other, spread));
        if let Some(limits) = self.asymptotes() {
            for (id, limit) in ["best", "bayes_limit"].into_iter().zip([limits[1], limits[0]]) {
                let data = vec![first, limit as f32, last, limit as f32];
                layers.push(Layer::curve(id, Role::Truth, data));
            }
        }
        if let Some((m, error)) = self.crossing() {
            let data = vec![m as f32, error as f32];
            layers.push(Layer::points("crossing", Role::Truth, data));
        }
        let top = if self.asymptotes().is_some() { 0.4 } else { 0.15 };
        Picture::plane(layers, [first, last, 0.0, top])
    }

    /// The latest rules of the largest size, and the best one, each of length 1; on the digits as images.
    fn weights(&self) -> Picture {
        let unit = |rule: &[f64]| -> Vec<f32> {
            let w = &rule[..rule.len() - 1];
            let length = libm::sqrt(w.iter().map(|w| w * w).sum::<f64>()).max(1e-12);
            w.iter().map(|w| (w / length) as f32).collect()
        };
        let [bayes, logistic] = &self.latest;
        let mut rules = vec![("logistic", Role::Model, unit(logistic)), ("bayes", Role::Data, unit(bayes))];
        let digits = matches!(self.source, Source::Digits(_));
        if let Source::Gaussians(pair) = &self.source {
            rules.push(("best_weights", Role::Truth, unit(&pair.limits(self.noise)[1])));
        }
        let top = rules.iter().flat_map(|rule| &rule.2).fold(0.01, |top: f32, w| top.max(w.abs()));
        let (kind, shape): (_, &[usize]) =
            if digits { (ViewKind::Images, &[1, 8, 8]) } else { (ViewKind::Bars, &[bayes.len() - 1]) };
        let layers =
            rules.into_iter().map(|(id, role, data)| Layer::new(id, role, kind, data, shape)).collect();
        Picture { layers, extent: [0.0; 4], range: [-top, 0.0, top], columns: 1 }
    }
}

/// `n` of the digits of two classes in turns, without one twice while there are others.
fn pick(by_class: &[Vec<f64>], classes: [usize; 2], n: usize, noise: f64, stream: &mut Stream) -> Points {
    let d = 64;
    let mut points = Points::default();
    let mut left = classes.map(|class| (0..by_class[class].len() / d).collect::<Vec<usize>>());
    for i in 0..n {
        let side = i % 2;
        let at = stream.below(left[side].len() as u32) as usize;
        let row = left[side][at];
        if left[side].len() > 1 {
            left[side].swap_remove(at);
        }
        points.x.extend(&by_class[classes[side]][row * d..(row + 1) * d]);
        let flipped = noise > 0.0 && f64::from(stream.uniform()) < noise;
        points.y.push((side ^ usize::from(flipped)) as f64);
    }
    points
}

/// All digits of two classes.
fn whole(by_class: &[Vec<f64>], classes: [usize; 2]) -> Points {
    let mut points = Points::default();
    for (side, class) in classes.into_iter().enumerate() {
        points.x.extend(&by_class[class]);
        points.y.resize(points.x.len() / 64, side as f64);
    }
    points
}

impl Plain for Crossover {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn start(&mut self, seed: u64) -> Result<(), Error> {
        self.begin(seed);
        Ok(())
    }

    fn train(&mut self, n: u32) -> Result<(), Error> {
        (0..n).for_each(|_| self.draw());
        Ok(())
    }

    fn step(&mut self, _phase: &str) -> Result<(), Error> {
        self.train(1)
    }

    fn metrics(&mut self, _deep: bool) -> Result<Vec<(&'static str, f64)>, Error> {
        let last = self.sizes().len() - 1;
        let widest = largest(self.errors.iter().flatten().map(Errors::deviation));
        let mut figures = vec![
            ("step", f64::from(self.steps)),
            ("loss", widest),
            ("bayes_error", self.errors[0][last].mean()),
            ("logistic_error", self.errors[1][last].mean()),
        ];
        if let Some(limits) = self.asymptotes() {
            figures.extend([("bayes_error_reference", limits[0]), ("logistic_error_reference", limits[1])]);
        }
        figures.extend(self.crossing().map(|(m, _)| ("crossover", m)));
        Ok(figures)
    }

    /// Points to learn from, in the plane of the first two features; or images.
    fn sample(&mut self, n: usize, seed: u64) -> Result<Samples, Error> {
        let mut stream = Stream::new(seed, 0x5A4D);
        Ok(match &self.source {
            Source::Gaussians(pair) => {
                let points = pair.draw(n, self.noise, &mut stream);
                let rows = points.x.chunks_exact(pair.shift.len());
                let data = rows.flat_map(|row| [row[0] as f32, row[1] as f32]).collect();
                Samples { kind: "points", data, shape: vec![n, 2] }
            }
            Source::Digits([train, _]) => {
                let points = pick(train, [0, 1], n, 0.0, &mut stream);
                let data = points.x.iter().map(|&x| x as f32).collect();
                Samples { kind: "images", data, shape: vec![n, 8, 8] }
            }
        })
    }

    fn view(&mut self, id: &str) -> Result<Picture, Error> {
        Ok(if id == "curves" { self.curves() } else { self.weights() })
    }

    fn act(&mut self, _id: &str, _payload: Payload) -> Result<(), Error> {
        Ok(())
    }

    fn set(&mut self, _settings: &Settings, _id: &str) -> Result<(), Error> {
        Ok(())
    }

    fn save(&self) -> Vec<Saved> {
        let errors: Vec<f64> =
            self.errors.iter().flatten().flat_map(|e| [e.count, e.sum, e.squares]).collect();
        let latest = self.latest.concat();
        vec![
            Saved::words("step", &[1], &[self.steps]),
            Saved::doubles("errors", &[2, self.sizes().len(), 3], &errors),
            Saved::doubles("weights", &[2, latest.len() / 2], &latest),
        ]
    }

    fn load(&mut self, saved: &[Saved]) -> Result<(), Error> {
        let (sizes, width) = (self.sizes().len(), self.latest[0].len());
        let steps = Saved::find_words(saved, "step", &[1])?;
        let errors = Saved::find_doubles(saved, "errors", &[2, sizes, 3])?;
        let latest = Saved::find_doubles(saved, "weights", &[2, width])?;
        for (error, e) in self.errors.iter_mut().flatten().zip(errors.chunks_exact(3)) {
            *error = Errors { count: e[0], sum: e[1], squares: e[2] };
        }
        self.latest = [&latest[..width], &latest[width..]].map(<[f64]>::to_vec);
        self.steps = steps[0];
        Ok(())
    }
}
