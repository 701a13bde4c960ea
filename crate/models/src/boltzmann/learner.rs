//! A restricted Boltzmann machine that learns images.
//!
//! The gradient of the log-likelihood is ⟨vhᵀ⟩ under the data minus ⟨vhᵀ⟩ under the model; the
//! second is estimated by a short Gibbs chain from the data (contrastive divergence: G. Hinton,
//! Neural Computation 14, 2002) or by chains that go on from step to step (persistent CD:
//! T. Tieleman, ICML 2008).
//!
//! One iteration is `positive` once, `gibbs` k times, `update` once.

use super::{Machine, log_odds, misfit};
use crate::data::ImageSets;
use crate::{Error, drive};
use tilde_graph::optim::Sgd;
use tilde_graph::{Device, EntryId, Group, Init, Knob, Program, Var};

/// The machine, its learning rule and the training set on the device.
pub struct Learner {
    /// What learns.
    pub machine: Machine,
    /// Its parameters.
    pub group: Group,
    /// The images, packed.
    pub train: Var,
    /// The batch of this step, `[B, V]`.
    pub batch: Var,
    /// The chains of the negative phase, `[B, V]`.
    pub chain: Var,
    /// Updates done, a scalar.
    pub steps: Var,
    /// 1 if the chains go on from step to step.
    pub persistent: Knob,
    /// Step size.
    pub learning_rate: Knob,
    /// How much of the last update goes into the next.
    pub momentum: Knob,
    /// Updates after which the rate has fallen to 0.
    pub horizon: Knob,
    /// Draws the batch, and starts its chains.
    pub positive: EntryId,
    /// One Gibbs step of the chains.
    pub gibbs: EntryId,
    /// The gradient step; gives out `reconstruction_error` and `gradient`.
    pub update: EntryId,
}

impl Learner {
    /// Declares it. Its knobs are called like the settings `learning_rate`, `momentum`,
    /// `weight_decay`, `schedule` and `horizon`.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if the machine does not fit together.
    pub fn new(
        p: &mut Program,
        name: &str,
        sets: &ImageSets,
        h: usize,
        batch: usize,
    ) -> Result<Learner, Error> {
        let (d, n) = (sets.train.area(), sets.train.n);
        let b = batch.min(n);
        let learning_rate = p.knob("learning_rate", 0.1);
        let momentum = p.knob("momentum", 0.5);
        let weight_decay = p.knob("weight_decay", 0.0);
        let schedule = p.knob("schedule", 1.0);
        let horizon = p.knob("horizon", 4500.0);
        let persistent = p.knob("persistent", 0.0);
        let mut group = p.group(name);
        let machine = Machine::new(p, &mut group, log_odds(&sets.train.mean(), n), h);
        let sgd = Sgd::new(p, &group, "sgd");
        let steps = p.state("steps", [], Init::Constant(0.0));
        let batch = p.state("batch", [b, d], Init::Constant(0.0));
        let chain = p.state("chain", [b, d], Init::Constant(0.0));
        let train = p.data_u("train", [n, sets.train.row_words()]);
        let positive = p.entry("positive", |g| {
            let v = g.read(train).gather_bytes(g.indices(b, n), d);
            g.assign(batch, v);
            // The negative chain goes on where it was, or starts at the data.
            g.assign(chain, g.knob(persistent).select(g.read(chain), v));
        });
        let gibbs = p.entry("gibbs", |g| {
            let h = g.bernoulli(machine.hidden(g, g.read(chain)));
            g.assign(chain, g.bernoulli(machine.visible(g, h)));
        });
        let update = p.entry("update", |g| {
            let (v, v_k) = (g.read(batch), g.read(chain));
            let (p_h, p_k) = (machine.hidden(g, v), machine.hidden(g, v_k));
            let grad = g.flatten_group(&group, &machine.descent([v, p_h], [v_k, p_k]));
            // Linear to 0 over the horizon, or constant.
            let t = g.read(steps);
            let left = (1.0 - t / g.knob(horizon)).maximum(g.constant(0.0));
            let on = g.knob(schedule);
            let rate = g.knob(learning_rate) * (on * left + (1.0 - on));
            sgd.update(g, grad, rate, g.knob(momentum), g.knob(weight_decay));
            g.assign(steps, t + 1.0);
            g.output("reconstruction_error", (v - machine.visible(g, p_h)).square().sum_axes(&[1]).mean());
            g.output("gradient", grad);
        });
        let (positive, gibbs, update) =
            (positive.map_err(misfit)?, gibbs.map_err(misfit)?, update.map_err(misfit)?);
        Ok(Learner {
            machine,
            group,
            train,
            batch,
            chain,
            steps,
            persistent,
            learning_rate,
            momentum,
            horizon,
            positive,
            gibbs,
            update,
        })
    }

    /// The parameters on the host.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub async fn values(&self, device: &mut dyn Device) -> Result<super::Values, Error> {
        Ok(self.machine.values(&drive::read(device, self.group.var()).await?))
    }
}
