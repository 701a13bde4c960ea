//! Training of one network: parameters, optimiser, schedule, averaged weights, and the losses.

use super::{Fall, Recorded, Recorder, Schedule, knob};
use crate::Error;
use crate::driver::Answer;
use crate::model::Live;
use crate::settings::Settings;
use alloc::vec::Vec;
use tilde_graph::optim::{Adam, AdamOptions, average};
use tilde_graph::{EntryId, Graph, Group, Knob, Program, Tensor, Var};

/// A network in training. Its entries are "train", one step, and "untrained", the losses without one.
///
/// ```text
/// let mut trainer = Trainer::new(&mut p, settings, &group, Fall::Cosine(0.02), AdamOptions::default(), &["loss"]);
/// trainer.entries(&mut p, |g| [network.loss(g, batch(g))])?;
/// ```
#[derive(Clone, Debug)]
pub struct Trainer {
    group: Group,
    adam: Adam,
    schedule: Schedule,
    averaged: Option<(Var, Knob)>,
    /// The step count and the losses.
    pub recorder: Recorder,
    /// One step.
    pub train: EntryId,
    /// The losses of a batch, without a step.
    pub untrained: EntryId,
}

impl Trainer {
    /// Declares the optimiser of a group, AdamW, with the knobs of a [`Schedule`]; `names` are those of
    /// the losses, of which the first is minimised.
    pub fn new(
        p: &mut Program,
        settings: &Settings,
        group: &Group,
        fall: Fall,
        options: AdamOptions,
        names: &'static [&'static str],
    ) -> Trainer {
        Trainer {
            group: group.clone(),
            adam: Adam::new(p, group, "adam", options),
            schedule: Schedule::new(p, settings, fall),
            averaged: None,
            recorder: Recorder::new(p, names),
            train: 0,
            untrained: 0,
        }
    }

    /// Also averages the weights, into a variable of that name: ā ← d·ā + (1 − d)·w with d the setting
    /// `average`. Gives the variable.
    pub fn averaged(&mut self, p: &mut Program, settings: &Settings, name: &str) -> Var {
        let averaged = p.state_like(&self.group, name, true);
        self.averaged = Some((averaged, knob(p, settings, "average")));
        averaged
    }

    /// Steps done, a scalar of the device.
    pub fn steps(&self) -> Var {
        self.recorder.steps
    }

    /// Builds the two entries. `losses` draws a batch and gives the losses, scalars in the order of the
    /// names.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if the network does not fit together.
    pub fn entries<const K: usize>(
        &mut self,
        p: &mut Program,
        losses: impl for<'g> Fn(&'g Graph) -> [Tensor<'g>; K],
    ) -> Result<(), Error> {
        self.train = p.entry("train", |g| self.step(g, &losses(g)))?;
        self.untrained = p.entry("untrained", |g| self.report(g, &losses(g)))?;
        Ok(())
    }

    /// What [`Trainer::entries`] has "train" do: a step down the first loss, which is then recorded with
    /// the others.
    pub fn step<'g>(&self, g: &'g Graph, losses: &[Tensor<'g>]) {
        self.minimise(g, losses[0]);
        self.record(g, losses);
    }

    /// Ends a step that [`Trainer::minimise`] has made: counts it and records the losses, in the order of
    /// the names.
    pub fn record<'g>(&self, g: &'g Graph, losses: &[Tensor<'g>]) {
        self.recorder.record(g, losses);
    }

    /// What it has "untrained" do: gives the losses out.
    pub fn report<'g>(&self, g: &'g Graph, losses: &[Tensor<'g>]) {
        for (name, &loss) in self.recorder.names().iter().zip(losses) {
            g.output(name, loss);
        }
    }

    /// One step of the optimiser down the gradient of a scalar. Gives the updated weights, `[P]`.
    pub fn minimise<'g>(&self, g: &'g Graph, loss: Tensor<'g>) -> Tensor<'g> {
        let rate = self.schedule.rate(g, self.recorder.steps);
        let weights = self.adam.update(g, g.grad_group(loss, &self.group), rate);
        if let Some((averaged, decay)) = self.averaged {
            average(g, averaged, weights, g.knob(decay));
        }
        weights
    }

    /// Enqueues `n` steps.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub fn run(&self, live: &Live, n: u32) -> Result<(), Error> {
        live.device.schedule(&[(self.train, 1)], n)
    }

    /// The losses of the last step, or before the first one those of a batch of the untrained network.
    pub fn losses(&self, live: &Live) -> Answer<Vec<f64>> {
        self.recorder.last(live, self.untrained)
    }

    /// For [`Model::recorded`](crate::Model::recorded).
    pub fn recorded(&self) -> Recorded<'_> {
        self.recorder.all()
    }
}
