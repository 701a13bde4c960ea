//! Exhibits that need no tensors: counting, enumerating, drawing one point after the other.
//!
//! They answer the same calls as the others, at once, whatever device was asked for. Their state is
//! their own and not a device's, so they say what is to be saved of it.

use crate::card::Card;
use crate::exhibit::{Exhibit, Opening, Payload, Picture, Samples, Task};
use crate::settings::Settings;
use crate::{Error, Saved};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::future::ready;
use tilde_graph::{Device, Program};

/// A model in plain Rust. Each method is the one of the same name of [`Exhibit`], without a device.
pub trait Plain {
    /// The card.
    fn card(&self) -> &'static Card;

    /// Begins, or begins again, from a seed. All randomness of training follows from it and from
    /// the number of the step, so that a saved run goes on as it would have.
    fn start(&mut self, seed: u64) -> Result<(), Error>;

    /// Does `n` iterations.
    fn train(&mut self, n: u32) -> Result<(), Error>;

    /// Does one phase of an iteration.
    fn step(&mut self, phase: &str) -> Result<(), Error>;

    /// All figures, by id; `step` and `loss` are always among them.
    fn metrics(&mut self, deep: bool) -> Result<Vec<(&'static str, f64)>, Error>;

    /// The figures that gates are held against.
    fn evaluate(&mut self) -> Result<Vec<(&'static str, f64)>, Error> {
        self.metrics(true)
    }

    /// `n` samples of the present model; moves nothing.
    fn sample(&mut self, n: usize, seed: u64) -> Result<Samples, Error>;

    /// The numbers of a picture of the card.
    fn view(&mut self, id: &str) -> Result<Picture, Error>;

    /// Takes an input of the card.
    fn act(&mut self, id: &str, payload: Payload) -> Result<(), Error>;

    /// Applies the live setting `id`, or all of them if it is "".
    fn set(&mut self, settings: &Settings, id: &str) -> Result<(), Error>;

    /// Everything that training has made, the count of steps too.
    fn save(&self) -> Vec<Saved>;

    /// Takes back what [`Plain::save`] gave; nothing changes unless all of it fits.
    fn load(&mut self, saved: &[Saved]) -> Result<(), Error>;
}

/// Opens a plain model as an exhibit.
///
/// # Errors
/// None today; as the builders of the other exhibits.
pub fn open(model: Box<dyn Plain>) -> Opening {
    let mut program = Program::new(model.card().id);
    // A device wants something to hold.
    program.knob("unused", 0.0);
    Ok(Box::new(Opened { model, program }))
}

/// A plain model with the program that it has no use for.
struct Opened {
    model: Box<dyn Plain>,
    program: Program,
}

impl Exhibit for Opened {
    fn card(&self) -> &'static Card {
        self.model.card()
    }

    fn program(&self) -> &Program {
        &self.program
    }

    fn start(&mut self, _device: &mut dyn Device, seed: u64) -> Result<(), Error> {
        self.model.start(seed)
    }

    fn train(&mut self, _device: &mut dyn Device, n: u32) -> Result<(), Error> {
        self.model.train(n)
    }

    fn step(&mut self, _device: &mut dyn Device, phase: &str) -> Result<(), Error> {
        self.model.step(phase)
    }

    fn metrics<'a>(
        &'a mut self,
        _device: &'a mut dyn Device,
        deep: bool,
    ) -> Task<'a, Vec<(&'static str, f64)>> {
        Box::pin(ready(self.model.metrics(deep)))
    }

    fn evaluate<'a>(&'a mut self, _device: &'a mut dyn Device) -> Task<'a, Vec<(&'static str, f64)>> {
        Box::pin(ready(self.model.evaluate()))
    }

    fn sample<'a>(&'a mut self, _device: &'a mut dyn Device, n: usize, seed: u64) -> Task<'a, Samples> {
        Box::pin(ready(self.model.sample(n, seed)))
    }

    fn view<'a>(&'a mut self, _device: &'a mut dyn Device, id: &'a str) -> Task<'a, Picture> {
        Box::pin(ready(self.model.view(id)))
    }

    fn act<'a>(&'a mut self, _device: &'a mut dyn Device, id: &'a str, payload: Payload) -> Task<'a, ()> {
        Box::pin(ready(self.model.act(id, payload)))
    }

    fn set(&mut self, _device: &mut dyn Device, settings: &Settings, id: &str) -> Result<(), Error> {
        self.model.set(settings, id)
    }

    fn save(&self) -> Vec<Saved> {
        self.model.save()
    }

    fn load(&mut self, saved: &[Saved]) -> Result<(), Error> {
        self.model.load(saved)
    }
}
