//! A model without tensors together with what a run owns, for tests that look inside the model.

use crate::driver::{Driver, NoDevice};
use crate::exhibit::{Payload, Picture, Samples, Sources};
use crate::model::{Figures, Live, Model, Setup};
use crate::settings::Settings;
use crate::{Choices, Error, Saved};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::{Deref, DerefMut};
use pollster::block_on;

/// An opened model. What cannot fail in a test panics.
pub struct TestRun<M> {
    model: M,
    device: Driver,
    /// The settings as they are.
    pub settings: Settings,
    /// The seed.
    pub seed: u64,
    /// Iterations done.
    pub step: u32,
    generation: u64,
}

impl<M> Deref for TestRun<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.model
    }
}

impl<M> DerefMut for TestRun<M> {
    fn deref_mut(&mut self) -> &mut M {
        &mut self.model
    }
}

/// What the run owns, while the model is borrowed.
macro_rules! live {
    ($run:ident) => {
        Live {
            device: &$run.device,
            settings: &$run.settings,
            seed: $run.seed,
            step: $run.step,
            generation: $run.generation,
        }
    };
}

impl<M: Model> TestRun<M> {
    /// Opens it with these settings changed.
    pub fn try_open(changes: &[(&str, &str)], seed: u64, sources: &Sources) -> Result<TestRun<M>, Error> {
        let mut settings = Settings::new(M::CARD);
        for (id, value) in changes {
            settings.set_text(id, value).unwrap_or_else(|e| panic!("{id}: {e}"));
        }
        let model = M::new(&Setup { settings: &settings, seed, sources })?;
        let device = Driver::new(Box::new(NoDevice::new()));
        let mut run = TestRun { model, device, settings, seed, step: 0, generation: 0 };
        run.model.start(&live!(run))?;
        Ok(run)
    }

    /// Opens it without data of the user's.
    pub fn open(changes: &[(&str, &str)], seed: u64) -> TestRun<M> {
        TestRun::try_open(changes, seed, &Sources::default()).unwrap_or_else(|e| panic!("it opens: {e}"))
    }

    /// The run as the model sees it.
    pub fn live(&self) -> Live<'_> {
        live!(self)
    }

    fn moved(&mut self) {
        self.generation += 1;
        self.step = self.model.steps().unwrap_or(self.step);
    }

    /// Does `n` iterations.
    pub fn train(&mut self, n: u32) {
        self.model.train(&live!(self), n).unwrap_or_else(|e| panic!("it trains: {e}"));
        self.step += n;
        self.moved();
    }

    /// Does a phase.
    pub fn phase(&mut self, phase: M::Phase) {
        self.step += self.model.phase(&live!(self), phase).unwrap_or_else(|e| panic!("it steps: {e}"));
        self.moved();
    }

    /// Gives an input.
    pub fn act(&mut self, action: M::Action, payload: &Payload) -> Result<(), Error> {
        self.model.act(&live!(self), action, payload)?;
        if M::CARD.paints_data(action.id()) || M::CARD.clears_data(action.id()) {
            self.settings.use_drawn();
        }
        self.moved();
        Ok(())
    }

    /// Changes a live setting.
    pub fn set(&mut self, id: &str, value: &str) -> Result<(), Error> {
        self.settings.set_text(id, value)?;
        self.model.set(&live!(self), id)?;
        self.moved();
        Ok(())
    }

    /// Takes a checkpoint.
    pub fn load(&mut self, saved: &[Saved]) -> Result<(), Error> {
        self.model.load(saved)?;
        self.moved();
        Ok(())
    }

    /// All figures.
    pub fn figures(&self) -> Figures {
        block_on(self.model.figures(&self.live(), crate::model::Scope::Page))
            .unwrap_or_else(|e| panic!("figures: {e}"))
    }

    /// One of them.
    pub fn figure(&self, id: &str) -> f64 {
        let all = self.figures();
        all.iter().find(|f| f.0 == id).unwrap_or_else(|| panic!("there is no '{id}'")).1
    }

    /// A picture.
    pub fn view(&self, view: M::View) -> Picture {
        block_on(self.model.view(&self.live(), view)).unwrap_or_else(|e| panic!("'{}': {e}", view.id()))
    }

    /// Samples.
    pub fn sample(&self, n: usize, seed: u64) -> Result<Samples, Error> {
        block_on(self.model.sample(&self.live(), n, seed))
    }

    /// What a checkpoint holds besides the step count.
    pub fn save(&self) -> Vec<Saved> {
        self.model.save()
    }
}
