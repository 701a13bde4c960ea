//! The emoji lab: variational inference with everything in sight.
//!
//! p(z) 🐣, p(x|z) 🐱 and their product p(x, z) 🐼 are easy; p(x) 🐍 and p(z|x) 🐉 are hard, except
//! here, where z is one number. A guide q(z) is fitted to 🐉 by raising a lower bound on log 🐍:
//!
//! > log p(x) = ELBO + KL[q ‖ p(z|x)],  ELBO = E_q log p(x|z) − KL[q ‖ p(z)]
//!
//! One iteration is a gradient step on the two parameters of q, no longer than a quarter.

pub mod bounds;
mod card;
pub mod guide;
pub mod model;
mod picture;

pub use card::CARD;

use crate::exhibit::{Opening, Payload, Picture, Samples, Sources};
use crate::plain::{self, Plain};
use crate::settings::Settings;
use crate::{Card, Error, Saved};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use guide::{Estimator, Guide};
use model::{Decoder, Model};
use tilde_graph::rng::Stream;

/// The longest step, in either parameter: an estimate may be a hundred times too large.
const STRIDE: f64 = 0.25;
/// Where q starts.
const START: [f64; 2] = [-0.5, 0.0];
/// Distance of quadrature nodes over q, in its standard deviations.
const NODES: f64 = 0.08;
/// Draws that the estimators' variances are measured with.
const MEASURED: usize = 2_000;
/// Places of the trail that are remembered.
const TRAIL: usize = 600;

/// Opens the exhibit.
///
/// # Errors
/// Those of [`Elbo::new`].
pub fn open(settings: &Settings, _seed: u64, _sources: Sources) -> Opening {
    plain::open(Box::new(Elbo::new(settings)?))
}

/// The opened exhibit.
pub struct Elbo {
    settings: Settings,
    model: Model,
    guide: Guide,
    seed: u64,
    steps: u32,
    /// Where q has been, for the picture.
    trail: Vec<f32>,
    /// The bound over the box of parameters, for the picture.
    landscape: Vec<f32>,
}

impl Elbo {
    /// Opens it.
    ///
    /// # Errors
    /// [`Error::BadSetting`] for the reparameterised gradient of a discrete z, which there is not.
    pub fn new(settings: &Settings) -> Result<Elbo, Error> {
        let model = model_of(settings);
        let guide = Guide { at: START, discrete: model.is_discrete() };
        if guide.discrete && settings.choice("objective") == "reparameterised" {
            return Err(Error::BadSetting(
                "A discrete z is no smooth function of noise, so it has no reparameterised gradient. \
                 Choose the score-function gradient, or a continuous z."
                    .into(),
            ));
        }
        let mut lab = Elbo {
            settings: settings.clone(),
            model,
            guide,
            seed: 0,
            steps: 0,
            trail: Vec::new(),
            landscape: Vec::new(),
        };
        lab.survey();
        Ok(lab)
    }

    /// The model and what is exact about it.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// q as it is.
    pub fn guide(&self) -> &Guide {
        &self.guide
    }

    /// The constant that the score-function gradient takes off.
    fn baseline(&self) -> f64 {
        if self.settings.flag("baseline") { self.guide.elbo(&self.model, NODES) } else { 0.0 }
    }

    /// Uphill of what is followed.
    fn gradient(&self) -> [f64; 2] {
        let estimator = match self.settings.choice("objective") {
            "reparameterised" => Estimator::Reparameterised,
            "score" => Estimator::Score,
            "forward" => return self.guide.forward_gradient(&self.model),
            // A baseline leaves the mean as it is, and keeps the digits of a discrete z's.
            _ => return self.exact_gradient(),
        };
        let (n, baseline) = (self.settings.count("draws"), self.baseline());
        let mut stream = Stream::new(self.seed, self.steps);
        let mut sum = [0.0; 2];
        for _ in 0..n {
            let z = self.guide.draw(&mut stream);
            let g = self.guide.estimate(&self.model, estimator, z, baseline);
            (0..2).for_each(|i| sum[i] += g[i] / n as f64);
        }
        sum
    }

    /// The gradient of the bound by quadrature, or by summation.
    fn exact_gradient(&self) -> [f64; 2] {
        let how = if self.guide.discrete { Estimator::Score } else { Estimator::Reparameterised };
        self.guide.moments_of(&self.model, how, 0.0)[0]
    }

    /// Estimates of the first parameter's gradient from single draws of the present q.
    fn single_draws(&self, how: Estimator) -> Vec<f64> {
        let mut stream = Stream::new(self.seed, !self.steps);
        let baseline = self.baseline();
        (0..MEASURED)
            .map(|_| {
                let z = self.guide.draw(&mut stream);
                self.guide.estimate(&self.model, how, z, baseline)[0]
            })
            .collect()
    }

    /// Moves q and remembers the way.
    fn go(&mut self, at: [f64; 2]) {
        self.guide = Guide { at, ..self.guide }.within();
        if self.trail.len() >= 2 * TRAIL {
            self.trail.drain(..2);
        }
        self.trail.extend(self.guide.at.map(|v| v as f32));
    }

    /// Puts q somewhere without a way that leads there.
    fn place(&mut self, at: [f64; 2]) {
        self.trail.clear();
        self.go(at);
    }
}

fn model_of(settings: &Settings) -> Model {
    let decoder = match settings.choice("model") {
        "curved" => Decoder::Curved,
        "square" => Decoder::Square,
        "linear" => Decoder::Linear,
        _ => Decoder::Discrete,
    };
    Model::new(decoder, settings.number("x"), settings.number("noise"))
}

/// The mean and the variance of numbers.
fn spread(values: &[f64]) -> [f64; 2] {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    [mean, values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0)]
}

impl Plain for Elbo {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn start(&mut self, seed: u64) -> Result<(), Error> {
        self.seed = seed;
        self.steps = 0;
        self.place(START);
        Ok(())
    }

    fn train(&mut self, n: u32) -> Result<(), Error> {
        let rate = self.settings.number("learning_rate");
        for _ in 0..n {
            let g = self.gradient();
            let step = [0, 1].map(|i| (rate * g[i]).clamp(-STRIDE, STRIDE));
            self.go([self.guide.at[0] + step[0], self.guide.at[1] + step[1]]);
            self.steps += 1;
        }
        Ok(())
    }

    fn step(&mut self, _phase: &str) -> Result<(), Error> {
        Ok(())
    }

    fn metrics(&mut self, _deep: bool) -> Result<Vec<(&'static str, f64)>, Error> {
        let (q, m) = (&self.guide, &self.model);
        // The meters are read at the middle of q: its mean, or the z that it holds most likely.
        let z = self.centre();
        let (reconstruction, kl_prior, kl) = (q.reconstruction(m, NODES), q.kl_prior(m), q.kl(m));
        let elbo = reconstruction - kl_prior;
        let baseline = self.baseline();
        let mut out = vec![
            ("step", f64::from(self.steps)),
            ("loss", -elbo),
            ("prior", libm::exp(m.log_prior(z))),
            ("likelihood", libm::exp(m.log_likelihood(z))),
            ("joint", libm::exp(m.log_joint(z))),
            ("evidence", libm::exp(m.log_evidence)),
            ("posterior", libm::exp(m.log_joint(z) - m.log_evidence)),
            ("elbo", elbo),
            ("elbo_reference", m.log_evidence),
            ("kl", kl),
            ("forward_kl", q.forward_kl(m)),
            ("reconstruction", reconstruction),
            ("kl_prior", kl_prior),
            ("balance_error", (elbo + kl - m.log_evidence).abs()),
        ];
        for (id, k) in [("iwae_5", 5), ("iwae_50", 50)] {
            out.extend(bounds::exact(q, m, k).map(|bound| (id, bound)));
        }
        let both = [
            ("variance_reparameterised", "variance_reparameterised_reference", Estimator::Reparameterised),
            ("variance_score", "variance_score_reference", Estimator::Score),
        ];
        for (id, reference, how) in both.into_iter().skip(usize::from(q.discrete)) {
            out.push((id, spread(&self.single_draws(how))[1]));
            out.push((reference, q.moments_of(m, how, baseline)[1][0]));
        }
        Ok(out)
    }

    /// (z, x) with z from q and x from the decoder.
    fn sample(&mut self, n: usize, seed: u64) -> Result<Samples, Error> {
        let mut stream = Stream::new(seed, 0x5A4D);
        let mut data = Vec::with_capacity(2 * n);
        for _ in 0..n {
            let z = self.guide.draw(&mut stream);
            let x = self.model.decode(z)[0] + self.model.noise * f64::from(stream.normal());
            data.extend([z as f32, x as f32]);
        }
        Ok(Samples { kind: "points", data, shape: vec![n, 2] })
    }

    fn view(&mut self, id: &str) -> Result<Picture, Error> {
        Ok(self.picture(id))
    }

    fn act(&mut self, id: &str, payload: Payload) -> Result<(), Error> {
        if id == "restart" {
            self.place(START);
            return Ok(());
        }
        let Some([x, y]) = payload.at else {
            return Err(Error::BadData("'q' takes a place in the landscape, from 0 to 1 both ways.".into()));
        };
        let [x0, x1, y0, y1] = self.guide.bounds();
        self.place([x0 + f64::from(x) * (x1 - x0), y0 + f64::from(y) * (y1 - y0)]);
        Ok(())
    }

    fn set(&mut self, settings: &Settings, id: &str) -> Result<(), Error> {
        self.settings = settings.clone();
        if ["", "x", "noise"].contains(&id) {
            self.model = model_of(settings);
            self.survey();
        }
        Ok(())
    }

    fn save(&self) -> Vec<Saved> {
        let words = [self.seed as u32, (self.seed >> 32) as u32, self.steps];
        vec![Saved::doubles("q", &[2], &self.guide.at), Saved::words("run", &[3], &words)]
    }

    fn load(&mut self, saved: &[Saved]) -> Result<(), Error> {
        let q = Saved::find_doubles(saved, "q", &[2])?;
        let run = Saved::find_words(saved, "run", &[3])?;
        let at = [q[0], q[1]];
        if at.iter().any(|v| !v.is_finite()) {
            return Err(Error::BadFile("The file's 'q' is not finite.".into()));
        }
        self.place(at);
        self.seed = u64::from(run[0]) | u64::from(run[1]) << 32;
        self.steps = run[2];
        Ok(())
    }
}

#[cfg(test)]
mod tests;
