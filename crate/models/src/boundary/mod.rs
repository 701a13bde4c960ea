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
mod classifier;
mod files;
mod forest;
mod joint;
mod kinds;
mod logistic;
mod measure;
mod odd;
mod picture;
mod svm;
mod table;
#[cfg(test)]
mod tests;

pub use card::CARD;

use crate::data::Drawn;
use crate::model::Model;
use crate::prelude::*;
use card::{Data, Input, Show};
use classifier::Classifier;
use core::cell::OnceCell;
use joint::Joint;
use measure::{Measured, Truth};
use table::{REACH, Table};

/// Points that one may paint.
const MOST_POINTS: usize = 400;
/// Iterations that are done again at once when points or a live setting change.
const CATCH_UP: u32 = 60;

/// Where the probe begins, in shares of the picture: in the plane far from all points, where most classifiers are sure
/// all the same.
const FAR: [f32; 2] = [0.94, 0.94];

/// The opened exhibit.
pub struct Boundary {
    table: Table,
    /// Held-out digits.
    test: Table,
    /// Digits to point at: held-out ones, then images that are not digits.
    shown: Table,
    /// What the points were drawn from.
    truth: Option<Truth>,
    /// What was painted or brought: points of class 0 and of class 1.
    painted: [Vec<f64>; 2],
    /// What of it was brought, which comes first.
    brought: [Vec<f64>; 2],
    model: Box<dyn Classifier>,
    /// The generative model's distribution of the features that are never hidden.
    known: Option<Joint>,
    /// The mean of the rows, which stands in for hidden features.
    mean: Vec<f64>,
    /// Where the probe is, in shares of the picture.
    at: [f32; 2],
    /// Another number after each change of the classifier, which is often done long before the run is.
    version: u64,
    loss: OnceCell<f64>,
    measured: Memo<Measured>,
}

impl Boundary {
    /// Takes another classifier, which catches up with the steps that were done.
    fn renew(&mut self, model: Box<dyn Classifier>, steps: u32) {
        self.model = model;
        self.mean = self.table.mean();
        self.advance(steps.min(CATCH_UP));
        self.changed();
    }

    /// Does `n` iterations, or as many as are left; says whether that was any.
    fn advance(&mut self, n: u32) -> bool {
        let mut any = false;
        for _ in 0..if self.is_ready() { n } else { 0 } {
            if self.model.is_done() {
                break;
            }
            self.model.step(&self.table);
            any = true;
        }
        any
    }

    /// Whether there is a point of each class; until then nothing can be learned.
    fn is_ready(&self) -> bool {
        self.table.counts().iter().all(|&count| count > 0)
    }

    /// What was known of the model holds no longer.
    fn changed(&mut self) {
        self.version += 1;
        self.loss.take();
        let kept: Vec<usize> = (0..self.visible()).collect();
        self.known = self.model.joint().map(|joint| joint.marginal(&kept));
    }

    /// How many features, the first ones, can be seen where some are hidden.
    fn visible(&self) -> usize {
        self.table.d / 2
    }

    /// Whether the points are the user's.
    fn is_painted(&self) -> bool {
        !self.digits() && self.truth.is_none()
    }

    fn digits(&self) -> bool {
        self.table.classes > 2
    }

    /// log P(y | what is seen of x): a generative model integrates over what is hidden, exactly;
    /// for a discriminative one the mean has to stand in.
    fn judge(&self, hidden: bool, x: &[f64], out: &mut [f64]) {
        match (hidden, &self.known) {
            (false, _) => self.model.log_posterior(&self.table, x, out),
            (true, Some(known)) => bayes::log_posterior(known, &x[..self.visible()], out),
            (true, None) => {
                let guess = [&x[..self.visible()], &self.mean[self.visible()..]].concat();
                self.model.log_posterior(&self.table, &guess, out);
            }
        }
    }

    /// The place of the probe, or the image under it.
    fn probe(&self) -> Vec<f64> {
        if self.digits() {
            return self.shown.row(odd::under(self.at)).to_vec();
        }
        self.at.iter().map(|&share| f64::from((2.0 * share - 1.0) * REACH)).collect()
    }

    fn paint(&mut self, live: &Live, class: usize, points: &[f32]) -> Result<(), Error> {
        let refuse = |message: &str| Err(Error::BadData(message.into()));
        if self.digits() {
            return refuse("Points cannot be painted among digits. Choose 'drawn' for the data first.");
        }
        let room = 2 * MOST_POINTS - self.painted.iter().map(Vec::len).sum::<usize>();
        if room == 0 {
            return refuse("400 points are painted, which is the most. Clear them to paint others.");
        }
        self.painted[class].extend(points.iter().take(room).map(|&x| f64::from(x)));
        self.show_painted(live);
        Ok(())
    }

    /// Makes what is painted the data.
    fn show_painted(&mut self, live: &Live) {
        self.truth = None;
        self.table = Table::of_points(&self.painted);
        self.renew(self.model.fresh(&self.table), live.step);
    }
}

impl Model for Boundary {
    const CARD: &'static Card = &CARD;
    type View = Show;
    type Phase = Nothing;
    type Action = Input;

    fn new(setup: &Setup) -> Result<Boundary, Error> {
        let Setup { settings, seed, sources } = *setup;
        let data: Data = settings.get("data");
        let brought = match &sources.user {
            Some(UserData::Classed { points, classes }) => brought(points, classes)?,
            None => Default::default(),
            Some(_) => {
                let message = "'boundary' learns points with classes only.";
                return Err(Error::BadData(message.into()));
            }
        };
        let truth = table::truth(data, settings.number("overlap")).map(Truth::new);
        let painted = brought.clone();
        let (mut test, mut shown) = (Table::default(), Table::default());
        let table = match (&truth, data == Data::Digits) {
            (Some(truth), _) => {
                Table::drawn_from(&truth.joint, settings.count("points"), &mut Stream::new(seed, 0xB0DA))
            }
            (None, true) => {
                let sets = setup.images_of("digits")?;
                test = Table::of_images(&sets.test);
                shown = odd::gallery(&test);
                Table::of_images(&sets.train)
            }
            (None, false) => Table::of_points(&painted),
        };
        let (model, mean) = (kinds::of(settings, seed, &table), table.mean());
        let mut new = Boundary {
            table,
            test,
            shown,
            truth,
            painted,
            brought,
            model,
            known: None,
            mean,
            at: if data == Data::Digits { [0.5; 2] } else { FAR },
            version: 0,
            loss: OnceCell::new(),
            measured: Memo::default(),
        };
        new.changed();
        Ok(new)
    }

    fn set(&mut self, live: &Live, id: &str) -> Result<(), Error> {
        if id == "hidden" {
            self.changed();
        } else {
            self.renew(kinds::of(live.settings, live.seed, &self.table), live.step);
        }
        Ok(())
    }

    fn train(&mut self, _live: &Live, n: u32) -> Result<(), Error> {
        if self.advance(n) {
            self.changed();
        }
        Ok(())
    }

    fn losses(&self, _live: &Live) -> Figures {
        vec![("loss", self.loss())]
    }

    async fn figures(&self, live: &Live<'_>, scope: Scope) -> Result<Figures, Error> {
        self.all_figures(live, scope.is_deep()).await
    }

    async fn sample(&self, _live: &Live<'_>, n: usize, seed: u64) -> Result<Samples, Error> {
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
            Samples::points(draws.collect())
        })
    }

    async fn view(&self, live: &Live<'_>, view: Show) -> Result<Picture, Error> {
        match (view, self.digits()) {
            (Show::Boundary, false) => self.plane(live).await,
            (Show::Boundary, true) => Ok(self.gallery(live)),
            (Show::Density, false) => self.density(live).await,
            (Show::Density, true) => Ok(self.moments()),
            (Show::Samples, false) => Ok(self.samples(live)),
            (Show::Samples, true) => Ok(self.drawn_digits(live)),
            (Show::Missing, false) => Ok(self.conditional()),
            (Show::Missing, true) => Ok(self.filled()),
            (Show::Probe, _) => Ok(self.bars(live)),
        }
    }

    fn act(&mut self, live: &Live, action: Input, payload: &Payload) -> Result<(), Error> {
        match action {
            Input::Zeros => self.paint(live, 0, payload.points(action.id(), REACH)?)?,
            Input::Ones => self.paint(live, 1, payload.points(action.id(), REACH)?)?,
            Input::Clear => {
                if live.settings.get::<Data>("data") != Data::Drawn {
                    let message = "Nothing has been painted, so there is nothing to clear.";
                    return Err(Error::BadData(message.into()));
                }
                (self.painted, self.brought) = Default::default();
                self.show_painted(live);
            }
            Input::Probe => self.at = payload.place(action.id())?,
        }
        Ok(())
    }

    fn save(&self) -> Vec<Saved> {
        self.tensors()
    }

    fn load(&mut self, saved: &[Saved]) -> Result<(), Error> {
        self.take(saved)
    }

    fn inputs(&self) -> Option<Vec<(Input, Payload)>> {
        // What was brought is brought again.
        let brush = |class: usize| {
            let points = &self.painted[class];
            let own = points.strip_prefix(&self.brought[class][..]).unwrap_or(points);
            Payload { points: own.iter().map(|&x| x as f32).collect(), ..Payload::default() }
        };
        self.is_painted().then(|| vec![(Input::Zeros, brush(0)), (Input::Ones, brush(1))])
    }
}

/// Points of class 0 and of class 1 in the box that is shown, scaled as other points that are brought.
fn brought(points: &[f32], classes: &[u8]) -> Result<[Vec<f64>; 2], Error> {
    let fitted = Drawn::fitted(points)?;
    let mut both = [Vec::new(), Vec::new()];
    if fitted.points().len() != classes.len() || classes.len() > MOST_POINTS || classes.iter().any(|&c| c > 1)
    {
        return Err(Error::BadData("'boundary' takes at most 400 points, each of class 0 or 1.".into()));
    }
    for (point, &class) in fitted.points().iter().zip(classes) {
        both[usize::from(class)].extend(point.map(f64::from));
    }
    if both.iter().any(|points| points.is_empty()) {
        return Err(Error::BadData("All points have one class; two are needed.".into()));
    }
    Ok(both)
}
