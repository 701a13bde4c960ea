//! How many examples a generative and a discriminative model need: A. Ng and M. Jordan, "On
//! discriminative vs. generative classifiers", NIPS 2001.
//!
//! Naive Bayes and logistic regression choose a linear rule from the same family. Naive Bayes is soon
//! as good as it will ever be; logistic regression ends better where the features are not
//! independent, but needs more points to get there. On Gaussians whose parameters are known the error
//! of each rule is a closed form, so only the draw of the training points is random. On the digits
//! errors are counted.

mod card;
mod measure;
mod picture;
mod rules;
mod source;
#[cfg(test)]
mod tests;

pub use card::CARD;

use crate::model::Model;
use crate::prelude::*;
use card::{Data, Show};
use measure::Curves;
use rules::{Pair, logistic, naive_bayes};
use source::{SIDE, Source, pick};

/// Sizes that are drawn at every step; each larger one at half as many steps as the one before, since
/// its error varies less and costs more.
const EACH_STEP: usize = 8;

/// The opened exhibit.
pub struct Crossover {
    source: Source,
    curves: Curves,
    /// The latest rules of the largest size: naive Bayes and logistic regression.
    latest: [Vec<f64>; 2],
}

/// Whether a size has its turn in the step after `step` others. The first step has all; later no two of
/// the large ones meet.
fn is_due(size: usize, step: u32) -> bool {
    match size.checked_sub(EACH_STEP - 1) {
        None | Some(0) => true,
        Some(rare) => step == 0 || step % (1 << rare) == 1 << (rare - 1),
    }
}

impl Crossover {
    /// One more data set, of which each size takes the first points.
    fn draw(&mut self, live: &Live, step: u32) {
        let sizes = self.source.sizes();
        let due: Vec<usize> = (0..sizes.len()).filter(|&size| is_due(size, step)).collect();
        let most = sizes[due[due.len() - 1]];
        let (c, smoothing) = (live.settings.number("c"), self.source.smoothing());
        let mut stream = Stream::new(live.seed, step);
        let draw = self.source.draw(most, live.settings.number("noise"), &mut stream);
        let d = self.source.features();
        for size in due {
            let m = sizes[size];
            let (x, y) = (&draw.points.x[..m * d], &draw.points.y[..m]);
            for (which, rule) in [naive_bayes(x, y, smoothing), logistic(x, y, c)].into_iter().enumerate() {
                self.curves.0[which][size].add(draw.error(&rule));
                if size + 1 == sizes.len() {
                    self.latest[which] = rule;
                }
            }
        }
    }
}

impl Model for Crossover {
    const CARD: &'static Card = &CARD;
    type View = Show;
    type Phase = Nothing;
    type Action = Nothing;

    fn new(setup: &Setup) -> Result<Crossover, Error> {
        let settings = setup.settings;
        if setup.sources.user.is_some() {
            let message =
                "'crossover' draws its own data sets, hundreds of them. Choose one of its two kinds.";
            return Err(Error::BadData(message.into()));
        }
        let source = match settings.get("data") {
            Data::Digits => Source::digits(&setup.images_of("digits")?),
            Data::Gaussians => {
                let (d, block) = (settings.count("features"), settings.count("block"));
                let pair = Pair::design(d, block, settings.number("correlation"), settings.number("shift"));
                let Some(pair) = pair.filter(|_| block <= d) else {
                    let message =
                        "The correlated block cannot have more features than there are. Make it smaller.";
                    return Err(Error::BadSetting(message.into()));
                };
                Source::Gaussians(pair)
            }
        };
        let (curves, none) = (Curves::new(source.sizes()), vec![0.0; source.features() + 1]);
        Ok(Crossover { source, curves, latest: [none.clone(), none] })
    }

    fn train(&mut self, live: &Live, n: u32) -> Result<(), Error> {
        (0..n).for_each(|i| self.draw(live, live.step + i));
        Ok(())
    }

    fn losses(&self, _live: &Live) -> Figures {
        let crossing = self.curves.crossing(self.source.sizes());
        let known = |value: Option<f64>| value.unwrap_or(f64::NAN);
        vec![("loss", known(self.curves.precision())), ("crossover", known(crossing.map(|(m, _)| m)))]
    }

    async fn figures(&self, live: &Live<'_>, _scope: Scope) -> Result<Figures, Error> {
        let sizes = self.source.sizes();
        let mut figures: Figures = self.curves.precision().map(|loss| ("loss", loss)).into_iter().collect();
        for (which, ids) in [["bayes_error", "bayes_error_se"], ["logistic_error", "logistic_error_se"]]
            .into_iter()
            .enumerate()
        {
            if let Some(error) = self.curves.0[which][sizes.len() - 1].estimate() {
                error.report(&mut figures, ids);
            }
        }
        if let Some(limits) = self.source.limits(live.settings.number("noise")) {
            figures.extend([("bayes_error_reference", limits[0]), ("logistic_error_reference", limits[1])]);
        }
        figures.extend(self.curves.crossing(sizes).map(|(m, _)| ("crossover", m)));
        Ok(figures)
    }

    /// Points to learn from, in the plane of the first two features; or images.
    async fn sample(&self, live: &Live<'_>, n: usize, seed: u64) -> Result<Samples, Error> {
        let mut stream = Stream::new(seed, 0x5A4D);
        Ok(match &self.source {
            Source::Gaussians(pair) => {
                let points = pair.draw(n, live.settings.number("noise"), &mut stream);
                let rows = points.x.chunks_exact(pair.shift.len());
                Samples::points(rows.flat_map(|row| [row[0] as f32, row[1] as f32]).collect())
            }
            Source::Digits([train, _]) => {
                let points = pick(train, [0, 1], n, 0.0, &mut stream);
                let data = points.x.iter().map(|&x| x as f32).collect();
                Samples { kind: "images", data, shape: vec![n, SIDE, SIDE] }
            }
        })
    }

    async fn view(&self, live: &Live<'_>, view: Show) -> Result<Picture, Error> {
        let noise = live.settings.number("noise");
        Ok(match view {
            Show::Curves => self.curves(noise),
            Show::Weights => self.weights(noise),
        })
    }

    fn save(&self) -> Vec<Saved> {
        let errors = self.curves.0.iter().flatten();
        let errors: Vec<f64> = errors.flat_map(|e| [e.count, e.sum, e.squares]).collect();
        let latest = self.latest.concat();
        vec![
            Saved::doubles("errors", &[2, self.source.sizes().len(), 3], &errors),
            Saved::doubles("weights", &[2, latest.len() / 2], &latest),
        ]
    }

    fn load(&mut self, saved: &[Saved]) -> Result<(), Error> {
        let width = self.latest[0].len();
        let errors = Saved::find_doubles(saved, "errors", &[2, self.source.sizes().len(), 3])?;
        let latest = Saved::find_doubles(saved, "weights", &[2, width])?;
        for (error, e) in self.curves.0.iter_mut().flatten().zip(errors.chunks_exact(3)) {
            *error = Tally { count: e[0], sum: e[1], squares: e[2] };
        }
        self.latest = [&latest[..width], &latest[width..]].map(<[f64]>::to_vec);
        Ok(())
    }
}
