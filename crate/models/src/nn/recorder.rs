//! Losses of every step, without a read in the step.

use crate::driver::{Answer, Driver};
use crate::model::Live;
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use tilde_graph::{EntryId, Graph, Init, Program, Tensor, Unary, Var};

/// Steps that the ring holds.
pub const RING: u32 = 256;

/// The step count and the losses of a training run, on the device: the last ones as state, so that a
/// checkpoint has them, and those of the latest [`RING`] steps in a ring that is read once a frame.
#[derive(Clone, Debug)]
pub struct Recorder {
    /// Iterations done, a scalar.
    pub steps: Var,
    names: &'static [&'static str],
    /// The last step's, a scalar each.
    last: Vec<Var>,
    /// `[RING, K]`: row t mod `RING` is of step t + 1.
    ring: Var,
}

/// The columns of a ring that the present settings compute.
#[derive(Clone, Copy, Debug)]
pub struct Recorded<'a> {
    /// The ring.
    pub recorder: &'a Recorder,
    /// How many of its figures, from the first on.
    pub columns: usize,
}

impl Recorder {
    /// Declares the count and places for figures of these names.
    pub fn new(p: &mut Program, names: &'static [&'static str]) -> Recorder {
        let steps = p.counter("steps");
        let state = |name: &&str| p.state(&format!("last.{name}"), [], Init::Constant(0.0));
        let last = names.iter().map(state).collect();
        let ring = p.scratch("ring", [RING as usize, names.len()]);
        Recorder { steps, names, last, ring }
    }

    /// The names of the figures.
    pub fn names(&self) -> &'static [&'static str] {
        self.names
    }

    /// For [`Model::recorded`](crate::Model::recorded), where every step has all figures.
    pub fn all(&self) -> Recorded<'_> {
        Recorded { recorder: self, columns: self.names.len() }
    }

    /// In an entry that belongs to a step but does not end it: keeps one of its figures for [`Recorder::end`].
    pub fn keep<'g>(&self, g: &'g Graph, name: &str, value: Tensor<'g>) {
        g.assign(self.of(name), value);
    }

    /// A figure that [`Recorder::keep`] or [`Recorder::end`] left.
    pub fn kept<'g>(&self, g: &'g Graph, name: &str) -> Tensor<'g> {
        g.read(self.of(name))
    }

    fn of(&self, name: &str) -> Var {
        match self.names.iter().position(|known| *known == name) {
            Some(i) => self.last[i],
            None => panic!("'{name}' is not among the recorded figures"),
        }
    }

    /// In the entry that ends a step: counts it and records its figures, scalars in the order of the
    /// names. A figure that was [kept](Recorder::keep) before is not assigned again.
    pub fn end<'g>(&self, g: &'g Graph, figures: &[Tensor<'g>]) {
        let t = g.read(self.steps);
        // t mod RING, exactly: RING is a power of two.
        let rounds = (t * (1.0 / RING as f32)).unary(Unary::ToU32).to_f32();
        let row = (t - rounds * RING as f32).unary(Unary::ToU32);
        let shape = [RING as usize, self.names.len()];
        let column = g.iota(shape, 1);
        let value = figures.iter().enumerate().fold(g.full(0.0, shape), |others, (i, &figure)| {
            column.equal(g.constant_u(i as u32)).select(figure.broadcast(shape), others)
        });
        let here = g.iota(shape, 0).equal(row);
        g.assign(self.ring, here.select(value, g.read(self.ring)));
        g.assign(self.steps, t + 1.0);
    }

    /// In the one entry of a step: counts it, and keeps and records its figures, in the order of the names.
    pub fn record<'g>(&self, g: &'g Graph, figures: &[Tensor<'g>]) {
        self.last.iter().zip(figures).for_each(|(&last, &figure)| g.assign(last, figure));
        self.end(g, figures);
    }

    /// The figures of the last step; before the first one, those that `untrained` gives out.
    pub fn last(&self, live: &Live, untrained: EntryId) -> Answer<Vec<f64>> {
        if let Some(figures) = self.latest(live) {
            return figures;
        }
        live.device.seed(untrained, super::VIEW_SEED);
        if let Err(error) = live.device.run(untrained) {
            return Box::pin(core::future::ready(Err(error)));
        }
        scalars(self.names.iter().map(|name| live.device.output(untrained, name)).collect())
    }

    /// The figures of the last step; nothing before the first one.
    pub fn latest(&self, live: &Live) -> Option<Answer<Vec<f64>>> {
        let reads = || self.last.iter().map(|&var| live.device.read(var)).collect();
        (live.step > 0).then(|| scalars(reads()))
    }

    /// The whole ring, `[RING, K]`.
    pub fn read(&self, device: &Driver) -> Answer<Vec<f32>> {
        device.read(self.ring)
    }
}

/// The first number of each answer.
fn scalars(reads: Vec<Answer<Vec<f32>>>) -> Answer<Vec<f64>> {
    Box::pin(async move {
        let mut out = Vec::with_capacity(reads.len());
        for read in reads {
            out.push(f64::from(read.await?[0]));
        }
        Ok(out)
    })
}
