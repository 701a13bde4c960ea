//! An opened exhibit: what the page, the library and the command all drive.

mod checkpoint;
mod frame;
mod ring;
#[cfg(test)]
mod tests;

pub use checkpoint::AVERAGE;
pub use frame::Frame;

use crate::card::Value;
use crate::driver::{Answer, Driver, NoDevice};
use crate::exhibit::{Payload, Picture, Samples, Sources};
use crate::history::History;
use crate::inputs::Inputs;
use crate::model::{Exhibit, Live, Setup};
use crate::nn::RING;
use crate::settings::Settings;
use crate::{Error, SavedValues, exhibits, join};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use ring::Unread;
use tilde_graph::{Device, Program};

/// Iterations handed to a device at a time when many are asked for.
const SLICE: u32 = 50;

/// An opened exhibit on a device. It owns the settings, the data and the seed, of which, with the steps
/// that were done and the inputs that were given, everything about it is a function.
pub struct Run {
    exhibit: Box<dyn Exhibit>,
    place: Place,
    sources: Sources,
    inputs: Inputs,
    history: History,
    /// Losses on their way from the device.
    unread: Vec<Unread>,
    /// The last step whose losses were asked for.
    asked: u32,
    /// Whether the losses are the model's own, known on the host after each step.
    on_host: bool,
}

/// Where a run stands; see [`Live`].
struct Place {
    device: Driver,
    settings: Settings,
    seed: u64,
    step: u32,
    generation: u64,
}

impl Place {
    fn live(&self) -> Live<'_> {
        let Place { device, settings, seed, step, generation } = self;
        Live { device, settings, seed: *seed, step: *step, generation: *generation }
    }
}

impl Run {
    /// Builds the exhibit that the settings belong to, loads its program with `load`, and starts it from
    /// the seed. What needs no tensors has no program to load. Points in the sources are learned from
    /// where the settings choose them ([`Settings::use_drawn`]).
    ///
    /// # Errors
    /// Those of [`exhibits::build`], of `load`, and of [`Model::start`](crate::Model::start).
    pub async fn open(
        settings: Settings,
        seed: u64,
        sources: Sources,
        load: impl AsyncFnOnce(&Program) -> Result<Box<dyn Device>, Error>,
    ) -> Result<Run, Error> {
        let exhibit = exhibits::build(&Setup { settings: &settings, seed, sources: &sources })?;
        let device = match exhibit.program().entries() {
            [] => Box::new(NoDevice::new()),
            _ => load(exhibit.program()).await?,
        };
        let place = Place { device: Driver::new(device), settings, seed, step: 0, generation: 0 };
        let mut run = Run {
            exhibit,
            place,
            sources,
            inputs: Inputs::default(),
            history: History::default(),
            unread: Vec::new(),
            asked: 0,
            on_host: false,
        };
        run.begin()?;
        Ok(run)
    }

    /// Starts the model that was built.
    fn begin(&mut self) -> Result<(), Error> {
        let Place { device, settings, seed, .. } = &self.place;
        device.start(self.exhibit.program(), *seed);
        device.knobs(self.exhibit.program(), settings);
        self.counted(0);
        self.exhibit.start(&self.place.live())?;
        let inputs = core::mem::take(&mut self.inputs);
        self.repeat(&mut inputs.iter())?;
        self.moved();
        Ok(())
    }

    /// Gives the model inputs again that an earlier one of the same exhibit has taken. What does not fit
    /// any more, such as an image picked from other data, is left out. What was painted waits where the
    /// chosen data are of another model.
    ///
    /// # Errors
    /// Those of [`Model::set`](crate::Model::set).
    pub fn repeat<'a>(
        &mut self,
        inputs: &mut dyn Iterator<Item = (&'a str, &'a Payload)>,
    ) -> Result<(), Error> {
        let card = self.exhibit.card();
        let waits =
            !self.place.settings.is_drawn() && !card.settings.iter().any(|s| s.id == "data" && s.live);
        let mut painted = false;
        for (id, payload) in inputs {
            if waits && card.paints_data(id) {
                self.inputs.took(card, id, payload);
            } else if self.exhibit.act(&self.place.live(), id, payload).is_ok() {
                self.inputs.took(card, id, payload);
                painted |= card.paints_data(id) || card.clears_data(id);
            }
        }
        // What was painted is kept, but need not be the data that were chosen since.
        if painted && !self.place.settings.is_drawn() {
            self.exhibit.set(&self.place.live(), "data")?;
        }
        self.moved();
        Ok(())
    }

    /// What was put in by hand and still counts.
    pub fn inputs(&self) -> &Inputs {
        &self.inputs
    }

    /// Whether it learns from data that were brought.
    pub fn has_own_data(&self) -> bool {
        self.sources.user.is_some()
    }

    /// Begins again from a seed, with the present settings, data and inputs: the model is built as it was
    /// when it was opened.
    ///
    /// # Errors
    /// Those of [`exhibits::build`] and of [`Model::start`](crate::Model::start); nothing has changed if it
    /// cannot be built.
    pub fn reset(&mut self, seed: u64) -> Result<(), Error> {
        let setup = Setup { settings: &self.place.settings, seed, sources: &self.sources };
        let exhibit = exhibits::build(&setup)?;
        let shapes = |e: &dyn Exhibit| e.program().vars().iter().map(|v| v.shape).collect::<Vec<_>>();
        if shapes(&*exhibit) != shapes(&*self.exhibit) {
            return Err(Error::BadData(
                "With this seed the data are of another size: open the exhibit again.".into(),
            ));
        }
        self.exhibit = exhibit;
        self.place.seed = seed;
        self.begin()
    }

    /// The count of steps is another now, and the history begins anew.
    fn counted(&mut self, step: u32) {
        self.place.step = step;
        self.asked = step;
        self.unread.clear();
        let live = self.place.live();
        let recorded = self.exhibit.recorded(&live).map(|r| r.recorder.names());
        let told: Vec<&'static str> = self.exhibit.losses(&live).iter().map(|loss| loss.0).collect();
        self.on_host = recorded.is_none() && !told.is_empty();
        self.history = History::new(recorded.unwrap_or(&told));
    }

    /// Something has changed that answers may depend on. It may have begun a new count of steps.
    fn moved(&mut self) {
        self.place.generation += 1;
        match self.exhibit.steps() {
            Some(steps) if steps < self.place.step => self.counted(steps),
            Some(steps) => self.place.step = steps,
            None => {}
        }
    }

    /// Some iterations were done.
    fn advanced(&mut self, n: u32) {
        self.place.step = self.place.step.saturating_add(n);
        self.moved();
        if n > 0 && self.on_host && self.history.wants(self.place.step) {
            let losses = self.exhibit.losses(&self.place.live());
            let row: Vec<f32> = losses.iter().map(|loss| loss.1 as f32).collect();
            self.history.push(self.place.step, &row);
        }
    }

    /// The settings as they are.
    pub fn settings(&self) -> &Settings {
        &self.place.settings
    }

    /// The seed it started from.
    pub fn seed(&self) -> u64 {
        self.place.seed
    }

    /// Iterations done.
    pub fn step(&self) -> u32 {
        self.place.step
    }

    /// What it runs on: "cpu" or "webgpu", and in words.
    pub fn backend(&self) -> (&'static str, String) {
        self.place.device.backend()
    }

    /// The device, with the exhibit's program on it.
    pub fn device(&self) -> &Driver {
        &self.place.device
    }

    /// Does `n` iterations, waits until they are done, and looks whether the weights are still finite.
    ///
    /// # Errors
    /// [`Error::DeviceLost`], [`Error::NotFinite`].
    pub async fn train(&mut self, n: u32) -> Result<(), Error> {
        let mut left = n;
        while left > 0 {
            // Up to the next step whose losses are kept, where only the host knows them and only now.
            let most = if self.on_host { self.history.until_next(self.place.step) } else { SLICE };
            let slice = left.min(most).min(SLICE);
            // Before the ring overwrites what nobody has read.
            if self.place.step.saturating_add(slice) > self.asked.saturating_add(RING) {
                self.ask_losses();
            }
            self.exhibit.train(&self.place.live(), slice)?;
            self.advanced(slice);
            left -= slice;
        }
        self.done().await
    }

    /// Waits until all that was enqueued is done.
    ///
    /// # Errors
    /// [`Error::DeviceLost`], [`Error::NotFinite`] if the weights are not finite then.
    async fn done(&self) -> Result<(), Error> {
        let (done, finite) = join::both(self.place.device.finished(), self.finite()).await;
        done?;
        finite
    }

    /// Looks whether all that was learned is finite, once all that was enqueued is done.
    fn finite(&self) -> Answer<()> {
        let on_device = self.place.device.finite();
        // What has no tensors is on the host; what has some keeps no doubles there.
        let doubles = self.exhibit.save();
        let on_host = doubles.iter().all(|saved| match &saved.values {
            SavedValues::F64(values) => values.iter().all(|x| x.is_finite()),
            _ => true,
        });
        Box::pin(async move {
            if on_device.await? && on_host {
                return Ok(());
            }
            Err(Error::NotFinite(
                "The weights are no longer finite. Start again with a smaller learning rate.".into(),
            ))
        })
    }

    /// Does one phase of an iteration.
    ///
    /// # Errors
    /// [`Error::BadData`] if the exhibit has no such phase, and those of [`Run::train`].
    pub async fn step_phase(&mut self, phase: &str) -> Result<(), Error> {
        if self.place.step >= self.asked.saturating_add(RING) {
            self.ask_losses();
        }
        let done = self.exhibit.phase(&self.place.live(), phase)?;
        self.advanced(done);
        self.done().await
    }

    /// `n` samples from the present model, for 1 ≤ n ≤ 65,536.
    ///
    /// # Errors
    /// [`Error::BadData`] for any other `n`.
    pub async fn sample(&mut self, n: usize, seed: u64) -> Result<Samples, Error> {
        if n == 0 || n > 65_536 {
            return Err(Error::BadData(format!("{n} samples were asked for; from 1 to 65,536 are given.")));
        }
        let samples = self.exhibit.sample(&self.place.live(), n, seed).await;
        self.given_up(samples)
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
        let picture = self.exhibit.view(&self.place.live(), id).await;
        self.given_up(picture)
    }

    /// Takes an input of the card.
    ///
    /// # Errors
    /// [`Error::BadData`] if the card has no such action or the payload does not fit it.
    pub fn act(&mut self, id: &str, payload: &Payload) -> Result<(), Error> {
        let card = self.exhibit.card();
        if !card.actions.iter().any(|a| a.id == id) {
            let known: Vec<&str> = card.actions.iter().map(|a| a.id).collect();
            let known = known.join(", ");
            return Err(Error::BadData(format!("'{}' has no action '{id}'. It has: {known}.", card.id)));
        }
        if payload.points.iter().chain(payload.at.iter().flatten()).any(|x| !x.is_finite()) {
            return Err(Error::BadData(format!("'{id}' takes finite numbers only.")));
        }
        self.exhibit.act(&self.place.live(), id, payload)?;
        self.inputs.took(card, id, payload);
        let clears = card.clears_data(id);
        if clears || card.paints_data(id) {
            self.place.settings.use_drawn();
        }
        // What was brought is forgotten with what was painted.
        if clears {
            self.sources.user = None;
        }
        self.moved();
        Ok(())
    }

    /// Applies a live setting.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if there is none of that id, the value does not fit, or the setting
    /// rebuilds the model (then nothing has changed).
    pub fn set(&mut self, id: &str, value: Value) -> Result<(), Error> {
        let mut settings = self.place.settings.clone();
        let setting = settings.set(id, value)?;
        if !setting.live {
            return Err(Error::BadSetting(format!(
                "'{id}' rebuilds the model: open the exhibit again with it."
            )));
        }
        let before = core::mem::replace(&mut self.place.settings, settings);
        self.place.device.knobs(self.exhibit.program(), &self.place.settings);
        if let Err(error) = self.exhibit.set(&self.place.live(), id) {
            self.place.device.knobs(self.exhibit.program(), &before);
            self.place.settings = before;
            return Err(error);
        }
        self.moved();
        Ok(())
    }
}
