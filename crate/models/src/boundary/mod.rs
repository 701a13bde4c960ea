//! Generative against discriminative: six classifiers on the same points, two of which know p(x).
//!
//! Gaussian naive Bayes and full-covariance Gaussians model p(x, y): besides deciding they can be
//! sampled, say how likely a point is, and decide when a feature is missing. Logistic regression,
//! support vector machines and random forests model P(y | x) or only its boundary, and cannot.
//!
//! In the plane the points are drawn from a known mixture, so the best possible accuracy and
//! log-loss, and those of each model, are integrals over the box that is shown: no test points.

mod bayes;
mod card;
mod forest;
mod joint;
mod logistic;
mod measure;
mod odd;
mod picture;
mod svm;
mod table;
#[cfg(test)]
mod tests;

pub use card::CARD;

use crate::card::Card;
use crate::data::ImageSets;
use crate::exhibit::{Exhibit, Payload, Picture, Samples, Sources, UserData};
use crate::plain::{self, Plain};
use crate::settings::Settings;
use crate::{Error, Saved};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use bayes::Bayes;
use forest::Forest;
use joint::Joint;
use logistic::Logistic;
use measure::{Measured, Truth};
use svm::{Kernel, Svm};
use table::{REACH, Table};
use tilde_graph::rng::Stream;

/// Smaller probabilities count as this one, where a model can give 0.
const LEAST: f64 = 1e-6;
/// Points that one may paint.
const MOST_POINTS: usize = 400;
/// Iterations that are done again at once when points or a live setting change.
const CATCH_UP: u32 = 60;

/// Something that decides between classes.
trait Classifier {
    /// One natural iteration: `false` if nothing is left to do.
    fn step(&mut self, table: &Table) -> bool;

    /// log P(y | x) for each class.
    fn log_posterior(&self, table: &Table, x: &[f64], out: &mut [f64]);

    /// What training lowers.
    fn objective(&self, table: &Table) -> f64;

    /// The joint distribution, if it is a generative model.
    fn joint(&self) -> Option<&Joint> {
        None
    }

    /// Whether what it gives are probabilities.
    fn has_probabilities(&self) -> bool {
        true
    }

    /// Everything that training has made.
    fn state(&self) -> Vec<f64>;

    /// Takes it back. `false` if it does not fit; the classifier is of no use then.
    fn restore(&mut self, table: &Table, state: &[f64]) -> bool;
}

/// The opened exhibit.
struct Boundary {
    settings: Settings,
    seed: u64,
    steps: u32,
    table: Table,
    /// Held-out digits.
    test: Table,
    /// Digits to point at: held-out ones, then images that are not digits.
    shown: Table,
    /// What the points were drawn from.
    truth: Option<Truth>,
    /// What was painted: points of class 0 and of class 1.
    painted: [Vec<f64>; 2],
    model: Box<dyn Classifier>,
    /// The generative model's distribution of the features that are not hidden.
    known: Option<Joint>,
    /// The mean of the rows, which stands in for hidden features.
    mean: Vec<f64>,
    /// Where the probe is, in shares of the picture.
    at: [f32; 2],
    measured: Option<Measured>,
    /// Whether the last step changed the model.
    moving: bool,
}

/// Opens the exhibit.
///
/// # Errors
/// [`Error::BadData`] for data of one's own, which have no classes, or if the digits were not given.
pub fn open(settings: &Settings, seed: u64, sources: Sources) -> Result<Box<dyn Exhibit>, Error> {
    plain::open(Box::new(Boundary::new(settings, seed, sources)?))
}

impl Boundary {
    fn new(settings: &Settings, seed: u64, sources: Sources) -> Result<Boundary, Error> {
        if let Some(UserData::Points(_) | UserData::Text(_) | UserData::Images(_)) = sources.user {
            let message = "'boundary' needs a class for each point: paint them with the two brushes.";
            return Err(Error::BadData(message.into()));
        }
        let mut new = Boundary {
            settings: settings.clone(),
            seed,
            steps: 0,
            table: Table { d: 2, classes: 2, ..Table::default() },
            test: Table::default(),
            shown: Table::default(),
            truth: None,
            painted: [Vec::new(), Vec::new()],
            model: Box::new(Bayes::new(true, 0.0, &Table { d: 2, classes: 2, ..Table::default() })),
            known: None,
            mean: Vec::new(),
            at: [0.5; 2],
            measured: None,
            moving: false,
        };
        let data = settings.choice("data");
        if data == "digits" {
            let sets = ImageSets::new("boundary", data, seed, sources)?;
            new.table = Table::of_images(&sets.train);
            new.test = Table::of_images(&sets.test);
            new.shown = odd::gallery(&new.test);
        }
        Ok(new)
    }

    /// Draws the points of a seed, and a new classifier.
    fn begin(&mut self, seed: u64) {
        (self.seed, self.steps) = (seed, 0);
        let id = self.settings.choice("data");
        self.truth = table::truth(id, self.settings.number("overlap")).map(Truth::new);
        if let Some(truth) = &self.truth {
            let n = self.settings.count("points");
            self.table = Table::drawn_from(&truth.joint, n, &mut Stream::new(seed, 0xB0DA));
        } else if id == "drawn" {
            self.table = Table::of_points(&self.painted);
        }
        self.renew();
    }

    /// A classifier that has learned nothing.
    fn fresh(&self, table: &Table) -> Box<dyn Classifier> {
        let s = &self.settings;
        let (c, smoothing) = (s.number("c"), s.number("smoothing"));
        match s.choice("model") {
            "bayes" => Box::new(Bayes::new(true, smoothing, table)),
            "gaussians" => Box::new(Bayes::new(false, smoothing, table)),
            "logistic" => Box::new(Logistic::new(c, table)),
            "svm-linear" => Box::new(Svm::new(Kernel::Linear, c, table)),
            "svm-rbf" => Box::new(Svm::new(Kernel::Rbf(s.number("gamma")), c, table)),
            _ => Box::new(Forest::new(s.count("trees"), s.count("depth"), self.seed, table)),
        }
    }

    /// A new classifier for the table and settings as they are; it catches up with the steps that
    /// were done.
    fn renew(&mut self) {
        self.model = self.fresh(&self.table);
        self.mean = self.table.mean();
        if self.ready() {
            for _ in 0..self.steps.min(CATCH_UP) {
                self.model.step(&self.table);
            }
        }
        self.changed();
    }

    /// Whether there is a point of each class; until then nothing can be learned.
    fn ready(&self) -> bool {
        self.table.counts().iter().all(|&count| count > 0)
    }

    /// What was known of the model holds no longer.
    fn changed(&mut self) {
        self.measured = None;
        let kept: Vec<usize> = (0..self.seen()).collect();
        self.known = match self.settings.flag("hidden") {
            true => self.model.joint().map(|joint| joint.marginal(&kept)),
            false => None,
        };
    }

    /// How many features, the first ones, can be seen where some are hidden.
    fn seen(&self) -> usize {
        self.table.d / 2
    }

    fn digits(&self) -> bool {
        self.table.classes > 2
    }

    /// log P(y | what is seen of x): a generative model integrates over what is hidden, exactly;
    /// for a discriminative one the mean has to stand in.
    fn judge(&self, x: &[f64], out: &mut [f64]) {
        match &self.known {
            Some(known) => bayes::log_posterior(known, &x[..self.seen()], out),
            None if self.settings.flag("hidden") => {
                let guess = [&x[..self.seen()], &self.mean[self.seen()..]].concat();
                self.model.log_posterior(&self.table, &guess, out);
            }
            None => self.model.log_posterior(&self.table, x, out),
        }
    }

    /// The place of the probe, or the image under it.
    fn probe(&self) -> Vec<f64> {
        if self.digits() {
            return self.shown.row(odd::under(self.at)).to_vec();
        }
        self.at.iter().map(|&share| f64::from((2.0 * share - 1.0) * REACH)).collect()
    }

    fn paint(&mut self, class: usize, points: &[f32]) -> Result<(), Error> {
        let refuse = |message: &str| Err(Error::BadData(message.into()));
        if points.is_empty() || !points.len().is_multiple_of(2) {
            return refuse("Points are pairs of numbers: x, y, x, y, …");
        }
        if points.iter().any(|x| x.abs() > 2.0 * REACH) {
            return refuse("Brushes take points of the picture, which reaches from -3.2 to 3.2 both ways.");
        }
        if self.digits() {
            return refuse("Points cannot be painted among digits. Choose 'drawn' for the data first.");
        }
        let room = 2 * MOST_POINTS - self.painted.iter().map(Vec::len).sum::<usize>();
        if room == 0 {
            return refuse("400 points are painted, which is the most. Clear them to paint others.");
        }
        self.painted[class].extend(points.iter().take(room).map(|&x| f64::from(x)));
        self.show_painted()
    }

    /// Makes what is painted the data.
    fn show_painted(&mut self) -> Result<(), Error> {
        self.settings.set_text("data", "drawn")?;
        self.truth = None;
        self.table = Table::of_points(&self.painted);
        self.renew();
        Ok(())
    }
}

impl Plain for Boundary {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn start(&mut self, seed: u64) -> Result<(), Error> {
        self.begin(seed);
        Ok(())
    }

    fn train(&mut self, n: u32) -> Result<(), Error> {
        let ready = self.ready();
        for _ in 0..n {
            self.steps += 1;
            self.moving = ready && self.model.step(&self.table);
            if self.moving {
                self.measured = None;
            }
        }
        if self.measured.is_none() {
            self.changed();
        }
        Ok(())
    }

    fn step(&mut self, _phase: &str) -> Result<(), Error> {
        self.train(1)
    }

    fn metrics(&mut self, deep: bool) -> Result<Vec<(&'static str, f64)>, Error> {
        Ok(self.figures(deep))
    }

    fn sample(&mut self, n: usize, seed: u64) -> Result<Samples, Error> {
        let Some(joint) = self.model.joint() else {
            let message = "This model cannot be sampled: it knows P(y | x), or a boundary only, and nothing \
                           of p(x). Choose naive Bayes or the Gaussians.";
            return Err(Error::BadData(message.into()));
        };
        let mut stream = Stream::new(seed, 0x5A4D);
        let draws = (0..n).flat_map(|_| joint.sample(&mut stream).0).map(|x| x as f32);
        Ok(if self.digits() {
            // Brightness has its limits, which a Gaussian does not know.
            let data = draws.map(|x| x.clamp(0.0, 1.0)).collect();
            Samples { kind: "images", data, shape: vec![n, odd::SIDE, odd::SIDE] }
        } else {
            Samples { kind: "points", data: draws.collect(), shape: vec![n, 2] }
        })
    }

    fn view(&mut self, id: &str) -> Result<Picture, Error> {
        Ok(self.picture(id))
    }

    fn act(&mut self, id: &str, payload: Payload) -> Result<(), Error> {
        match id {
            "zeros" => self.paint(0, &payload.points),
            "ones" => self.paint(1, &payload.points),
            "clear" => {
                if self.settings.choice("data") != "drawn" {
                    let message = "Nothing has been painted, so there is nothing to clear.";
                    return Err(Error::BadData(message.into()));
                }
                self.painted = [Vec::new(), Vec::new()];
                self.show_painted()
            }
            _ => {
                let Some(at) = payload.at else {
                    return Err(Error::BadData("The probe takes a place in the picture.".into()));
                };
                self.at = at.map(|share| share.clamp(0.0, 1.0));
                Ok(())
            }
        }
    }

    fn set(&mut self, settings: &Settings, id: &str) -> Result<(), Error> {
        self.settings.follow(settings, id);
        if id == "hidden" {
            self.changed();
        } else {
            self.renew();
        }
        Ok(())
    }

    fn save(&self) -> Vec<Saved> {
        let state = self.model.state();
        let mut saved =
            vec![Saved::words("step", &[1], &[self.steps]), Saved::doubles("model", &[state.len()], &state)];
        if !self.digits() {
            let n = self.table.n();
            let classes: Vec<u32> = self.table.y.iter().map(|&y| y as u32).collect();
            saved.push(Saved::doubles("points", &[n, 2], &self.table.x));
            saved.push(Saved::words("classes", &[n], &classes));
        }
        saved
    }

    fn load(&mut self, saved: &[Saved]) -> Result<(), Error> {
        let count = |name| saved.iter().find(|s| s.name == name).map_or(0, |s| s.values.count());
        let steps = Saved::find_words(saved, "step", &[1])?.first().copied().unwrap_or(0);
        let state = Saved::find_doubles(saved, "model", &[count("model")])?;
        let bad = |what: &str| Err(Error::BadFile(what.into()));
        let mut table = self.table.clone();
        if !self.digits() {
            let n = count("classes");
            let points = Saved::find_doubles(saved, "points", &[n, 2])?;
            let classes = Saved::find_words(saved, "classes", &[n])?;
            if n > MOST_POINTS || points.iter().any(|x| !x.is_finite()) || classes.iter().any(|&y| y > 1) {
                return bad("The file's points are not at most 400 of two classes. Choose another file.");
            }
            table.x = points.to_vec();
            table.y = classes.iter().map(|&y| y as usize).collect();
        }
        let mut model = self.fresh(&table);
        if !model.restore(&table, state) {
            return bad("The file's model does not fit these settings. Was it saved with others?");
        }
        if self.settings.choice("data") == "drawn" {
            self.painted = [0, 1].map(|class| table.of_class(class));
        }
        self.mean = table.mean();
        (self.steps, self.table, self.model) = (steps, table, model);
        self.changed();
        Ok(())
    }
}
