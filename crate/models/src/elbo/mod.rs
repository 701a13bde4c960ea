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
mod measure;
pub mod model;
mod picture;

pub use card::CARD;

use crate::prelude::*;
use crate::way::Way;
use card::{Input, Objective, Show};
use guide::{Estimator, Guide, Rule};
use model::{Decoder, Model};

/// The longest step, in either parameter: an estimate may be a hundred times too large.
const STRIDE: f64 = 0.25;
/// Where q starts.
const START: [f64; 2] = [-0.5, 0.0];
/// Distance of quadrature nodes over q, in its standard deviations.
const NODES: f64 = 0.08;
/// Places of the trail that are remembered.
const TRAIL: usize = 600;

/// The opened exhibit.
pub struct Elbo {
    model: Model,
    guide: Guide,
    /// The quadrature of the figures and the exact gradient.
    rule: Rule,
    /// Where q has been since it was last put somewhere.
    trail: Way,
    /// The bound over the box of parameters, which depends on the model alone.
    landscape: Vec<f32>,
}

impl Elbo {
    /// The constant that the score-function gradient takes off.
    fn baseline(&self, settings: &Settings) -> f64 {
        if settings.flag("baseline") { self.guide.elbo(&self.model, &self.rule) } else { 0.0 }
    }

    /// Uphill of what is followed, for the iteration after `step` others.
    fn gradient(&self, live: &Live, step: u32) -> [f64; 2] {
        let estimator = match live.settings.get("objective") {
            // A baseline leaves the mean as it is, and keeps the digits of a discrete z's.
            Objective::Exact => return self.exact_gradient(),
            Objective::Forward => return self.guide.forward_gradient(&self.model),
            Objective::Reparameterised => Estimator::Reparameterised,
            Objective::Score => Estimator::Score,
        };
        let (n, baseline) = (live.settings.count("draws"), self.baseline(live.settings));
        let mut stream = Stream::new(live.seed, step);
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
        self.guide.moments_of(&self.model, how, 0.0, &self.rule)[0]
    }

    /// Moves q and remembers the way.
    fn go(&mut self, at: [f64; 2]) {
        self.guide = Guide { at, ..self.guide }.within();
        self.trail.go(self.guide.at);
    }

    /// Puts q somewhere without a way that leads there.
    fn place(&mut self, at: [f64; 2]) {
        self.guide = Guide { at, ..self.guide }.within();
        self.trail = Way::new(self.guide.at, TRAIL);
    }
}

fn model_of(settings: &Settings) -> Model {
    Model::new(settings.get("model"), settings.number("x"), settings.number("noise"))
}

impl crate::Model for Elbo {
    const CARD: &'static Card = &CARD;
    type View = Show;
    type Phase = Nothing;
    type Action = Input;

    /// Refuses the reparameterised gradient of a discrete z, which there is not.
    fn new(setup: &Setup) -> Result<Elbo, Error> {
        let settings = setup.settings;
        let discrete = settings.get::<Decoder>("model") == Decoder::Discrete;
        if discrete && settings.get::<Objective>("objective") == Objective::Reparameterised {
            return Err(Error::BadSetting(
                "A discrete z is no smooth function of noise, so it has no reparameterised gradient. \
                 Choose the score-function gradient, or a continuous z."
                    .into(),
            ));
        }
        let (model, guide) = (model_of(settings), Guide { at: START, discrete });
        let landscape = picture::landscape(&model, guide);
        let guide = guide.within();
        Ok(Elbo { model, guide, rule: Rule::new(NODES), trail: Way::new(guide.at, TRAIL), landscape })
    }

    fn set(&mut self, live: &Live, id: &str) -> Result<(), Error> {
        if ["x", "noise"].contains(&id) {
            self.model = model_of(live.settings);
            self.landscape = picture::landscape(&self.model, self.guide);
        }
        Ok(())
    }

    fn train(&mut self, live: &Live, n: u32) -> Result<(), Error> {
        let rate = live.settings.number("learning_rate");
        for i in 0..n {
            let g = self.gradient(live, live.step + i);
            let step = [0, 1].map(|i| (rate * g[i]).clamp(-STRIDE, STRIDE));
            self.go([self.guide.at[0] + step[0], self.guide.at[1] + step[1]]);
        }
        Ok(())
    }

    fn losses(&self, _live: &Live) -> Figures {
        self.balances().to_vec()
    }

    async fn figures(&self, live: &Live<'_>, _scope: Scope) -> Result<Figures, Error> {
        Ok(self.measure(live))
    }

    /// (z, x) with z from q and x from the decoder.
    async fn sample(&self, _live: &Live<'_>, n: usize, seed: u64) -> Result<Samples, Error> {
        let mut stream = Stream::new(seed, 0x5A4D);
        let mut data = Vec::with_capacity(2 * n);
        for _ in 0..n {
            let z = self.guide.draw(&mut stream);
            let x = self.model.decode(z)[0] + self.model.noise * f64::from(stream.normal());
            data.extend([z as f32, x as f32]);
        }
        Ok(Samples::points(data))
    }

    async fn view(&self, live: &Live<'_>, view: Show) -> Result<Picture, Error> {
        Ok(match view {
            Show::Fit => self.fit(),
            Show::Landscape => self.landscape(),
            Show::Balance => self.balance(),
            Show::Parts => self.parts(),
            Show::Iwae => self.bounds(live),
            Show::Gradients => self.gradients(live),
        })
    }

    fn act(&mut self, _live: &Live, action: Input, payload: &Payload) -> Result<(), Error> {
        match action {
            Input::Restart => self.place(START),
            Input::Q => {
                let [x, y] = payload.place("q")?;
                let [x0, x1, y0, y1] = self.guide.bounds();
                self.place([x0 + f64::from(x) * (x1 - x0), y0 + f64::from(y) * (y1 - y0)]);
            }
        }
        Ok(())
    }

    fn save(&self) -> Vec<Saved> {
        vec![Saved::doubles("q", &[2], &self.guide.at), self.trail.save("trail")]
    }

    fn load(&mut self, saved: &[Saved]) -> Result<(), Error> {
        let at = Saved::find_doubles(saved, "q", &[2])?;
        let q = |at: [f64; 2]| Guide { at, ..self.guide };
        let within = |at: [f64; 2]| q(at).within() == q(at);
        let trail = Way::load(saved, "trail", TRAIL, within)?;
        let at = [at[0], at[1]];
        if !within(at) {
            return Err(Error::BadFile(
                "The file's 'q' leaves the box of its parameters. Choose another file.".into(),
            ));
        }
        self.guide = q(at);
        self.trail = trail;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
