//! A restricted Boltzmann machine that learns images.
//!
//! The gradient of the log-likelihood is ⟨vhᵀ⟩ under the data minus ⟨vhᵀ⟩ under the model; the
//! second is estimated by a short Gibbs chain from the data (contrastive divergence: G. Hinton,
//! Neural Computation 14, 2002) or by chains that continue from step to step (persistent CD:
//! T. Tieleman, ICML 2008).
//!
//! One update is `positive` once, `gibbs` k times, `update` once.

use super::{Machine, Values};
use crate::Error;
use crate::data::Feed;
use crate::driver::{Answer, Driver};
use crate::nn::{Recorder, Schedule};
use alloc::boxed::Box;
use tilde_graph::optim::Sgd;
use tilde_graph::{EntryId, Graph, Group, Init, Knob, Program, Tensor, Var};

/// What a [`Learner`] is made of.
pub struct LearnerOptions<'a> {
    /// What learns.
    pub machine: Machine,
    /// Its parameters.
    pub group: &'a Group,
    /// What it learns from: binary images.
    pub feed: &'a Feed,
    /// Images in a batch, B.
    pub batch: usize,
    /// Its learning rate.
    pub schedule: Schedule,
    /// Records the `reconstruction_error` of each update, where an update ends an iteration.
    pub recorder: Option<&'a Recorder>,
}

/// A machine and its learning rule on the device. The knobs `momentum` and `weight_decay` follow
/// settings of these names, where the card has them.
#[derive(Clone, Debug)]
pub struct Learner {
    /// What learns.
    pub machine: Machine,
    /// Its parameters.
    pub group: Group,
    /// The batch of this update, `[B, V]`.
    batch: Var,
    /// The chains of the negative phase, `[B, V]`.
    pub chain: Var,
    /// How much of the last update goes into the next.
    pub momentum: Knob,
    /// 1 if the chains continue from step to step.
    pub persistent: Knob,
    /// Draws the batch, and starts its chains.
    pub positive: EntryId,
    /// One Gibbs step of the chains.
    pub gibbs: EntryId,
    /// The gradient step.
    pub update: EntryId,
}

impl Learner {
    /// Declares the optimiser, the batch and the chains.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if the machine does not fit together.
    pub fn new(p: &mut Program, options: LearnerOptions<'_>) -> Result<Learner, Error> {
        let LearnerOptions { machine, group, feed, batch: b, schedule, recorder } = options;
        let zeros = || Init::Constant(0.0);
        let sgd = Sgd::new(p, group, "sgd");
        let weight_decay = p.knob("weight_decay", 0.0);
        let updates = match recorder {
            Some(recorder) => recorder.steps,
            None => p.counter("updates"),
        };
        let mut learner = Learner {
            machine,
            group: group.clone(),
            batch: p.state("batch", [b, feed.dims()], zeros()),
            chain: p.state("chain", [b, feed.dims()], zeros()),
            momentum: p.knob("momentum", 0.5),
            persistent: p.knob("persistent", 0.0),
            positive: 0,
            gibbs: 0,
            update: 0,
        };
        let Learner { batch, chain, momentum, persistent, .. } = learner;
        learner.positive = p.entry("positive", |g| {
            let v = feed.batch(g, b);
            g.assign(batch, v);
            // The negative chain continues where it was, or starts at the data.
            g.assign(chain, g.knob(persistent).select(g.read(chain), v));
        })?;
        learner.gibbs = p.entry("gibbs", |g| {
            let h = g.bernoulli(machine.hidden(g, g.read(chain)));
            g.assign(chain, g.bernoulli(machine.visible(g, h)));
        })?;
        learner.update = p.entry("update", |g| {
            let rate = schedule.rate(g, updates);
            sgd.update(g, learner.gradient(g), rate, g.knob(momentum), g.knob(weight_decay));
            let Some(recorder) = recorder else {
                return g.assign(updates, g.read(updates) + 1.0);
            };
            let v = g.read(batch);
            // ‖v − E[v | E[h | v]]‖²
            let error = (v - machine.visible(g, machine.hidden(g, v))).square().sum_axes(&[1]).mean();
            recorder.record(g, &[error]);
        })?;
        Ok(learner)
    }

    /// −∂ log p with respect to all parameters, flat as the group is, estimated from the batch and the
    /// chains.
    pub fn gradient<'g>(&self, g: &'g Graph) -> Tensor<'g> {
        let [data, model] = [self.batch, self.chain].map(|var| {
            let v = g.read(var);
            [v, self.machine.hidden(g, v)]
        });
        g.flatten_group(&self.group, &self.machine.descent(data, model))
    }

    /// The parameters on the host.
    pub fn values(&self, device: &Driver) -> Answer<Values> {
        let (machine, flat) = (self.machine, device.read(self.group.var()));
        Box::pin(async move { Ok(machine.values(&flat.await?)) })
    }
}
