//! The deep Boltzmann machine, with the lecture's three hidden layers.
//!
//! R. Salakhutdinov, G. Hinton, "Deep Boltzmann machines", AISTATS 2009. Neighbouring layers are
//! connected both ways, so the posterior of h₁ depends on v and h₂ at once. The data's side of the
//! gradient comes from a mean field, iterated to its fixed point; the model's side from persistent
//! chains. Before that the layers are pretrained one by one as restricted machines whose weights are
//! doubled in place of the neighbour that is still missing.
//!
//! With the first and third layer summed over and v and h₂ summed out, everything is exact: see
//! [`metrics::dbm`](crate::metrics::dbm).
//!
//! One iteration is one contrastive step of the layer that is being pretrained; or, once all are
//! joined, "positive" once, "settle" as often as is set, "dream" k times, "update" once.

mod card;
mod measure;
mod model;
mod net;
mod picture;

pub use card::CARD;

use crate::prelude::*;
use card::{Input, Phase, Show};
use measure::Known;
use model::Model;

/// Hidden layers.
const LAYERS: usize = 3;

/// Images in a grid.
const SHOWN: usize = 36;

/// What the next steps do.
enum Stage {
    /// Pretrain this layer, from 0.
    Layer(usize),
    /// Train all layers.
    Joint,
}

/// The opened exhibit.
pub struct Dbm {
    model: Model,
    sets: ImageSets,
    /// log-likelihood of held-out images under independent pixels with the training set's means.
    pixels: Estimate,
    known: Memo<Known>,
    /// Steps after which the layers are joined.
    pretrained: u32,
}

/// Steps of the layers one by one.
fn pretrained(settings: &Settings) -> u32 {
    if settings.flag("pretrain") { LAYERS as u32 * settings.count("layer_steps") as u32 } else { 0 }
}

impl Dbm {
    /// What the step after `step` others does.
    fn stage(&self, step: u32) -> Stage {
        match step < self.pretrained {
            true => Stage::Layer((step / (self.pretrained / LAYERS as u32)) as usize),
            false => Stage::Joint,
        }
    }

    /// Enqueues `n` joint iterations.
    fn joint(&self, live: &Live, n: u32) -> Result<(), Error> {
        let m = &self.model;
        let [k, rounds] = ["k", "mean_field"].map(|id| live.settings.count(id) as u32);
        let schedule = [(m.positive, 1), (m.settle, rounds), (m.dream, k), (m.update, 1)];
        live.device.schedule(&schedule, n)
    }
}

impl crate::Model for Dbm {
    const CARD: &'static Card = &CARD;
    type View = Show;
    type Phase = Phase;
    type Action = Input;

    fn new(setup: &Setup) -> Result<Dbm, Error> {
        let (settings, sets) = (setup.settings, setup.images()?.binarised());
        let pretrained = pretrained(settings);
        let model = Model::new(settings, &sets, pretrained)?;
        let pixels = measure::independent(&sets);
        Ok(Dbm { model, sets, pixels, known: Memo::default(), pretrained })
    }

    fn program(&self) -> Option<&Program> {
        Some(&self.model.program)
    }

    fn start(&mut self, live: &Live) -> Result<(), Error> {
        let m = &self.model;
        m.feed.write_images(live.device, &self.sets);
        live.device.schedule(&[(m.noise, 1), (m.dream, 1)], 1)
    }

    /// Splits where another layer is pretrained, and where all are joined.
    fn train(&mut self, live: &Live, n: u32) -> Result<(), Error> {
        let m = &self.model;
        let (mut step, end) = (live.step, live.step + n);
        while step < end {
            match self.stage(step) {
                Stage::Layer(layer) => {
                    let until = end.min((layer as u32 + 1) * self.pretrained / LAYERS as u32);
                    live.device.schedule(&[(m.layers[layer], 1), (m.dream, 1)], until - step)?;
                    step = until;
                }
                Stage::Joint => {
                    if self.pretrained > 0 && step == self.pretrained {
                        // The chains begin at the hidden states that the pretrained layers infer from data.
                        live.device.schedule(&[(m.positive, 1), (m.wake, 1)], 1)?;
                    }
                    self.joint(live, end - step)?;
                    step = end;
                }
            }
        }
        Ok(())
    }

    fn phase(&mut self, live: &Live, phase: Phase) -> Result<u32, Error> {
        let m = &self.model;
        match phase {
            Phase::Settle => {
                let rounds = live.settings.count("mean_field") as u32;
                live.device.schedule(&[(m.positive, 1), (m.settle, rounds)], 1).map(|()| 0)
            }
            Phase::Dream => live.device.run(m.dream).map(|()| 0),
            Phase::Update => live.device.run(m.update).map(|()| 1),
        }
    }

    fn recorded(&self, _live: &Live) -> Option<Recorded<'_>> {
        Some(self.model.recorder.all())
    }

    async fn figures(&self, live: &Live<'_>, scope: Scope) -> Result<Figures, Error> {
        self.measure(live, scope.is_deep()).await
    }

    async fn sample(&self, live: &Live<'_>, n: usize, seed: u64) -> Result<Samples, Error> {
        let train = &self.sets.train;
        let data = self.model.chains(live.device, n * train.area(), seed).await?;
        Ok(Samples::images(data, train))
    }

    async fn view(&self, live: &Live<'_>, view: Show) -> Result<Picture, Error> {
        match view {
            Show::Layers => self.layers(live).await,
            Show::Fantasies => self.fantasies(live).await,
            Show::Settling => self.settling(live).await,
            Show::Units => self.units(live).await,
            Show::Data => Ok(Picture::held_out(&self.sets, SHOWN, 6)),
        }
    }

    fn act(&mut self, live: &Live, action: Input, _payload: &Payload) -> Result<(), Error> {
        match action {
            Input::Restart => live.device.schedule(&[(self.model.noise, 1), (self.model.dream, 1)], 1),
        }
    }
}
