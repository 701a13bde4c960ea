//! An opened exhibit: what the page, the library and the command all drive.

use crate::Error;
use crate::card::Value;
use crate::drive;
use crate::exhibit::{Exhibit, Payload, Picture, Samples};
use crate::settings::Settings;
use crate::{Saved, SavedValues};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use tilde_graph::plan::Loc;
use tilde_graph::{DType, Device, Role, Shape};

/// Iterations handed to a device at a time when many are asked for.
const SLICE: u32 = 50;

/// An opened exhibit on a device.
pub struct Run {
    exhibit: Box<dyn Exhibit>,
    device: Box<dyn Device>,
    settings: Settings,
    seed: u64,
}

impl Run {
    /// Starts an exhibit (see [`exhibits::build`](crate::exhibits::build)) on the device that its
    /// compiled program was loaded on.
    ///
    /// # Errors
    /// Those of [`Exhibit::start`].
    pub fn start(
        exhibit: Box<dyn Exhibit>,
        device: Box<dyn Device>,
        settings: Settings,
        seed: u64,
    ) -> Result<Run, Error> {
        let mut run = Run { exhibit, device, settings, seed };
        run.reset(seed)?;
        Ok(run)
    }

    /// Begins again from a seed, with the present settings and data.
    ///
    /// # Errors
    /// Those of [`Exhibit::start`].
    pub fn reset(&mut self, seed: u64) -> Result<(), Error> {
        self.seed = seed;
        drive::start(&mut *self.device, self.exhibit.program(), seed);
        self.exhibit.start(&mut *self.device, seed)
    }

    /// The settings as they are.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The seed it started from.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// What it runs on: "cpu" or "webgpu", and in words.
    pub fn backend(&self) -> (&'static str, String) {
        (self.device.kind(), self.device.describe())
    }

    /// The exhibit's compiled plan.
    pub fn plan(&self) -> &tilde_graph::Plan {
        self.device.plan()
    }

    /// Does `n` iterations and waits until they are done.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub async fn train(&mut self, n: u32) -> Result<(), Error> {
        let mut left = n;
        while left > 0 {
            let slice = left.min(SLICE);
            self.exhibit.train(&mut *self.device, slice)?;
            left -= slice;
        }
        self.finished().await
    }

    /// Does one phase of an iteration.
    ///
    /// # Errors
    /// [`Error::BadData`] if the exhibit has no such phase.
    pub async fn step(&mut self, phase: &str) -> Result<(), Error> {
        let card = self.exhibit.card();
        if !card.phases.contains(&phase) {
            let known = card.phases.join(", ");
            return Err(Error::BadData(format!("'{}' has no phase '{phase}'. It has: {known}.", card.id)));
        }
        self.exhibit.step(&mut *self.device, phase)?;
        self.finished().await
    }

    /// Waits for all that was enqueued: a read of one word comes after it.
    async fn finished(&mut self) -> Result<(), Error> {
        let knobs = self.device.plan().knobs;
        self.device.read(knobs.arena, knobs.offset, 1).await?;
        Ok(())
    }

    /// All figures; `deep` asks for the costly ones too.
    ///
    /// # Errors
    /// [`Error::NotFinite`] if training diverged.
    pub async fn metrics(&mut self, deep: bool) -> Result<Vec<(&'static str, f64)>, Error> {
        let metrics = self.exhibit.metrics(&mut *self.device, deep).await?;
        finite(metrics)
    }

    /// The figures that gates are held against, over the whole test set.
    ///
    /// # Errors
    /// As [`Run::metrics`].
    pub async fn evaluate(&mut self) -> Result<Vec<(&'static str, f64)>, Error> {
        let metrics = self.exhibit.evaluate(&mut *self.device).await?;
        finite(metrics)
    }

    /// `n` samples from the present model, for 1 ≤ n ≤ 65,536.
    ///
    /// # Errors
    /// [`Error::BadData`] for any other `n`.
    pub async fn sample(&mut self, n: usize, seed: u64) -> Result<Samples, Error> {
        if n == 0 || n > 65_536 {
            return Err(Error::BadData(format!("{n} samples were asked for; from 1 to 65,536 are given.")));
        }
        self.exhibit.sample(&mut *self.device, n, seed).await
    }

    /// A picture of the card.
    ///
    /// # Errors
    /// [`Error::BadData`] if the card has none of that id.
    pub async fn view(&mut self, id: &str) -> Result<Picture, Error> {
        let card = self.exhibit.card();
        if !card.views.iter().any(|v| v.id == id) {
            let known: Vec<&str> = card.views.iter().map(|v| v.id).collect();
            let known = known.join(", ");
            return Err(Error::BadData(format!("'{}' has no view '{id}'. It has: {known}.", card.id)));
        }
        self.exhibit.view(&mut *self.device, id).await
    }

    /// Takes an input of the card.
    ///
    /// # Errors
    /// [`Error::BadData`] if the card has no such action or the payload does not fit it.
    pub async fn act(&mut self, id: &str, payload: Payload) -> Result<(), Error> {
        let card = self.exhibit.card();
        if !card.actions.iter().any(|a| a.id == id) {
            let known: Vec<&str> = card.actions.iter().map(|a| a.id).collect();
            let known = known.join(", ");
            return Err(Error::BadData(format!("'{}' has no action '{id}'. It has: {known}.", card.id)));
        }
        if payload.points.iter().chain(payload.at.iter().flatten()).any(|x| !x.is_finite()) {
            return Err(Error::BadData(format!("'{id}' takes finite numbers only.")));
        }
        self.exhibit.act(&mut *self.device, id, payload).await
    }

    /// Applies a live setting.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if there is none of that id, the value does not fit, or the setting
    /// rebuilds the model (then nothing has changed).
    pub fn set(&mut self, id: &str, value: Value) -> Result<(), Error> {
        let mut settings = self.settings.clone();
        let setting = settings.set(id, value)?;
        if !setting.live {
            return Err(Error::BadSetting(format!(
                "'{id}' rebuilds the model: open the exhibit again with it."
            )));
        }
        self.settings = settings;
        self.exhibit.set(&mut *self.device, &self.settings, id)
    }

    /// Names, places and shapes of everything a checkpoint holds: parameters one by one, other
    /// state by variable, and the entries' invocation counters.
    fn saved_parts(&self) -> Vec<(String, Loc, Shape)> {
        let plan = self.device.plan();
        let mut parts = Vec::new();
        for (decl, v) in self.exhibit.program().vars().iter().zip(&plan.vars) {
            if decl.role != Role::State {
                continue;
            }
            if decl.params.is_empty() {
                parts.push((decl.name.clone(), v.loc, v.shape));
            }
            for p in &decl.params {
                let loc = Loc { offset: v.loc.offset + p.offset, ..v.loc };
                parts.push((p.name.clone(), loc, p.shape));
            }
        }
        for e in &plan.entries {
            parts.push((format!("invocations.{}", e.name), e.counter, Shape::new(&[1])));
        }
        parts
    }

    /// Everything a checkpoint holds.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub async fn export(&mut self) -> Result<Vec<Saved>, Error> {
        let mut out = self.exhibit.save();
        for (name, loc, shape) in self.saved_parts() {
            let len = shape.len() as u32;
            let values = match loc.arena.dtype() {
                DType::F32 => SavedValues::F32(self.device.read(loc.arena, loc.offset, len).await?),
                DType::U32 => SavedValues::U32(self.device.read_u(loc.arena, loc.offset, len).await?),
            };
            out.push(Saved { name, shape: shape.dims().collect(), values });
        }
        Ok(out)
    }

    /// Takes a checkpoint back. Nothing changes unless all of it fits.
    ///
    /// # Errors
    /// [`Error::BadFile`] if a tensor is missing or has another shape or type.
    pub fn import(&mut self, saved: &[Saved]) -> Result<(), Error> {
        let parts = self.saved_parts();
        let mut found = Vec::new();
        for (name, loc, shape) in &parts {
            let dtype = match loc.arena.dtype() {
                DType::F32 => "F32",
                DType::U32 => "U32",
            };
            found.push((*loc, Saved::find(saved, name, dtype, &shape.dims().collect::<Vec<_>>())?));
        }
        self.exhibit.load(saved)?;
        for (loc, values) in found {
            match values {
                SavedValues::F32(v) => self.device.write(loc.arena, loc.offset, v),
                SavedValues::U32(v) => self.device.write_u(loc.arena, loc.offset, v),
                SavedValues::F64(_) => {}
            }
        }
        Ok(())
    }
}

fn finite(metrics: Vec<(&'static str, f64)>) -> Result<Vec<(&'static str, f64)>, Error> {
    match metrics.iter().find(|m| !m.1.is_finite()) {
        Some((id, _)) => Err(Error::NotFinite(format!(
            "'{id}' is no longer a finite number. Start again with a smaller learning rate."
        ))),
        None => Ok(metrics),
    }
}
