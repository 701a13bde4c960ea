//! An opened exhibit: what the page, the library and the command all drive.

use crate::card::Value;
use crate::driver::{Answer, Driver, NoDevice};
use crate::exhibit::{Payload, Picture, Samples, Sources};
use crate::history::History;
use crate::inputs::Inputs;
use crate::kept::{self, About};
use crate::model::{Exhibit, Figures, Live, Scope, Setup, Task};
use crate::nn::{RING, Recorded};
use crate::settings::Settings;
use crate::{Error, Saved, SavedValues, exhibits, join};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use tilde_graph::plan::Loc;
use tilde_graph::{DType, Device, Holds, Program, Role, Shape, VarId};

/// Iterations handed to a device at a time when many are asked for.
const SLICE: u32 = 50;

/// What is on show at one time: figures, pictures, and the losses of the steps since.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Figures by id.
    pub figures: Figures,
    /// The pictures that were asked for, in that order.
    pub pictures: Vec<Picture>,
    /// Losses of the steps after the one that was named.
    pub losses: History,
}

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

/// The steps `first..=last` of a ring that was asked for.
struct Unread {
    first: u32,
    last: u32,
    width: usize,
    columns: usize,
    ring: Answer<Vec<f32>>,
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
            // One by one where the host knows the losses of each.
            let slice = if self.on_host { 1 } else { left.min(SLICE) };
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
                "The weights are no longer finite numbers. Start again with a smaller learning rate.".into(),
            ))
        })
    }

    /// Enqueues a read of the losses that are on the device and were not asked for yet.
    fn ask_losses(&mut self) {
        let live = self.place.live();
        let Some(Recorded { recorder, columns }) = self.exhibit.recorded(&live) else { return };
        if self.asked < live.step {
            self.unread.push(Unread {
                first: self.asked + 1,
                last: live.step,
                width: recorder.names().len(),
                columns,
                ring: recorder.read(live.device),
            });
            self.asked = live.step;
        }
    }

    /// The losses of the steps after `step`, a point for each or evenly thinned.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub async fn losses(&mut self, step: u32) -> Result<History, Error> {
        self.ask_losses();
        self.read_losses().await?;
        Ok(self.history.after(step))
    }

    async fn read_losses(&mut self) -> Result<(), Error> {
        for Unread { first, last, width, columns, ring } in core::mem::take(&mut self.unread) {
            // What was not read is asked for again.
            let ring = ring.await.inspect_err(|_| self.asked = self.asked.min(first - 1))?;
            for step in first..=last {
                let mut row = ring[((step - 1) % RING) as usize * width..][..width].to_vec();
                row[columns..].fill(f32::NAN);
                self.history.push(step, &row);
            }
        }
        Ok(())
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

    /// All figures; `deep` asks for the costly ones too.
    ///
    /// # Errors
    /// [`Error::NotFinite`] if training diverged.
    pub async fn metrics(&mut self, deep: bool) -> Result<Figures, Error> {
        let weights = self.finite();
        let live = self.place.live();
        let (weights, figures) = join::both(weights, self.exhibit.figures(&live, scope(deep))).await;
        self.given_up(weights)?;
        let figures = self.given_up(figures)?;
        finite(self.counting(figures))
    }

    /// All figures over the whole held-out set, of which the page measures a sample: for the end of a run.
    ///
    /// # Errors
    /// As [`Run::metrics`].
    pub async fn whole(&mut self) -> Result<Figures, Error> {
        let weights = self.finite();
        let live = self.place.live();
        let (weights, figures) = join::both(weights, self.exhibit.figures(&live, Scope::Whole)).await;
        weights?;
        finite(self.counting(figures?))
    }

    /// The figures that gates are held against, over the whole held-out set.
    ///
    /// # Errors
    /// As [`Run::metrics`].
    #[cfg(feature = "gates")]
    pub async fn evaluate(&mut self) -> Result<Figures, Error> {
        let figures = self.exhibit.figures(&self.place.live(), Scope::ALL).await?;
        finite(self.counting(figures))
    }

    /// With the step before all others.
    fn counting(&self, figures: Figures) -> Figures {
        if figures.iter().any(|f| f.0 == "step") {
            return figures;
        }
        let step = ("step", f64::from(self.place.step));
        core::iter::once(step).chain(figures).collect()
    }

    /// Figures, pictures, and the losses after step `since`: one round trip to the device.
    ///
    /// # Errors
    /// [`Error::BadData`] if the card has no such picture, [`Error::NotFinite`] if training diverged.
    pub async fn frame(&mut self, views: &[&str], deep: bool, since: u32) -> Result<Frame, Error> {
        let frame = self.look(views, deep, since).await;
        self.given_up(frame)
    }

    /// An answer that was given up in the middle leaves work undone on the device: a model that remembers
    /// what it did there for the present generation has to do it again.
    fn given_up<T>(&mut self, answer: Result<T, Error>) -> Result<T, Error> {
        if let Err(Error::Aborted) = answer {
            self.place.generation += 1;
        }
        answer
    }

    async fn look(&mut self, views: &[&str], deep: bool, since: u32) -> Result<Frame, Error> {
        self.ask_losses();
        let weights = self.finite();
        let (figures, pictures) = {
            let live = self.place.live();
            let exhibit = &*self.exhibit;
            let mut parts: Vec<Task<'_, Part>> = Vec::new();
            parts.push(Box::pin(async { weights.await.map(|()| Part::Finite) }));
            parts.push(Box::pin(async { exhibit.figures(&live, scope(deep)).await.map(Part::Figures) }));
            for id in views {
                let live = &live;
                parts.push(Box::pin(async move { exhibit.view(live, id).await.map(Part::Picture) }));
            }
            let (mut figures, mut pictures) = (Vec::new(), Vec::new());
            for part in join::all(parts).await {
                match part? {
                    Part::Finite => {}
                    Part::Figures(of) => figures = of,
                    Part::Picture(of) => pictures.push(of),
                }
            }
            (figures, pictures)
        };
        self.read_losses().await?;
        let figures = finite(self.counting(figures))?;
        Ok(Frame { figures, pictures, losses: self.history.after(since) })
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

    /// Names, places and shapes of everything a checkpoint holds: parameters one by one, other
    /// state by variable, and the invocation counters of the entries that change state. (The draws of the
    /// others are seeded whenever they run.)
    fn saved_parts(&self) -> Vec<(String, Loc, Shape, Holds)> {
        let program = self.exhibit.program();
        self.place.device.of_plan(|plan| {
            let mut parts = Vec::new();
            for (decl, v) in program.vars().iter().zip(&plan.vars) {
                if decl.role != Role::State {
                    continue;
                }
                if decl.params.is_empty() {
                    parts.push((decl.name.clone(), v.loc, v.shape, decl.holds));
                }
                for p in &decl.params {
                    let loc = Loc { offset: v.loc.offset + p.offset, ..v.loc };
                    parts.push((p.name.clone(), loc, p.shape, Holds::Any));
                }
            }
            for (entry, e) in program.entries().iter().zip(&plan.entries) {
                let moves = |(var, _): &(VarId, u32)| program.vars()[var.0 as usize].role == Role::State;
                if e.sites > 0 && entry.assigns().iter().any(moves) {
                    let name = format!("invocations.{}", e.name);
                    parts.push((name, e.counter, Shape::new(&[1]), Holds::Any));
                }
            }
            parts
        })
    }

    /// Everything a checkpoint holds.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub async fn export(&mut self) -> Result<Vec<Saved>, Error> {
        let mut out = self.exhibit.save();
        let device = &self.place.device;
        let mut reads = Vec::new();
        for (name, loc, shape, _) in self.saved_parts() {
            let len = shape.len() as u32;
            let values: Answer<SavedValues> = match loc.arena.dtype() {
                DType::F32 => {
                    let read = device.read_at(loc, len);
                    Box::pin(async move { Ok(SavedValues::F32(read.await?)) })
                }
                DType::U32 => {
                    let read = device.read_u_at(loc, len);
                    Box::pin(async move { Ok(SavedValues::U32(read.await?)) })
                }
            };
            reads.push((name, shape, values));
        }
        for (name, shape, values) in reads {
            out.push(Saved { name, shape: shape.dims().collect(), values: values.await? });
        }
        if !out.iter().any(|saved| saved.name == STEPS) {
            out.push(Saved::words(STEPS, &[], &[self.place.step]));
        }
        Ok(out)
    }

    /// What a checkpoint holds besides [`Run::export`], so that it can be continued anywhere: data of one's own
    /// of up to [`kept::MOST`] bytes, and what was painted.
    pub fn kept(&self) -> Vec<Saved> {
        kept::tensors(self.exhibit.card(), self.sources.user.as_ref(), &self.inputs)
    }

    /// What it learns from, to be written beside a checkpoint and to be held against that of a file.
    pub fn about(&self) -> About {
        let painted = self.place.settings.is_drawn().then_some(&self.inputs);
        About::new(self.exhibit.card(), self.sources.user.as_ref(), painted, self.alphabet())
    }

    /// The characters that a model of text knows.
    pub fn alphabet(&self) -> Option<String> {
        self.exhibit.alphabet()
    }

    /// Takes a checkpoint back. Nothing changes unless all of it fits.
    ///
    /// # Errors
    /// [`Error::BadFile`] if a tensor is missing or has another shape or type.
    pub fn import(&mut self, saved: &[Saved]) -> Result<(), Error> {
        let parts = self.saved_parts();
        let mut found = Vec::new();
        for (name, loc, shape, holds) in &parts {
            let dtype = match loc.arena.dtype() {
                DType::F32 => "F32",
                DType::U32 => "U32",
            };
            let values = Saved::find(saved, name, dtype, &shape.dims().collect::<Vec<_>>())?;
            sound(name, *holds, values)?;
            found.push((*loc, values));
        }
        let step = steps(saved)?;
        self.exhibit.load(saved)?;
        if let Some(given) = self.exhibit.inputs() {
            self.inputs.replace(given);
        }
        // Between the parameters of a group there are words that no file holds. Training that diverges leaves
        // more than zeros there.
        for (i, decl) in self.exhibit.program().vars().iter().enumerate() {
            if !decl.params.is_empty() {
                let loc = self.place.device.of_plan(|plan| plan.vars[i].loc);
                self.place.device.write_at(loc, &alloc::vec![0.0; decl.shape.len()]);
            }
        }
        for (loc, values) in found {
            match values {
                SavedValues::F32(v) => self.place.device.write_at(loc, v),
                SavedValues::U32(v) => self.place.device.write_u_at(loc, v),
                SavedValues::F64(_) => {}
            }
        }
        self.counted(step);
        self.moved();
        Ok(())
    }
}

/// Whether numbers of a file are what their variable can hold.
fn sound(name: &str, holds: Holds, values: &SavedValues) -> Result<(), Error> {
    let SavedValues::F32(values) = values else { return Ok(()) };
    let fits = |x: f32| match holds {
        Holds::Any => x.is_finite(),
        Holds::Count => (0.0..=MOST_COUNTED).contains(&x) && libm::truncf(x) == x,
        Holds::NotNegative => x >= 0.0 && x.is_finite(),
    };
    if values.iter().all(|&x| fits(x)) {
        return Ok(());
    }
    Err(Error::BadFile(match holds {
        Holds::Any => format!("The file's '{name}' holds numbers that are not finite."),
        Holds::Count => format!("The file's '{name}' is no count: a whole number from 0 to 16777216."),
        Holds::NotNegative => format!("The file's '{name}' holds numbers below 0, and cannot."),
    }))
}

/// Floats count exactly up to 2²⁴.
const MOST_COUNTED: f32 = 16_777_216.0;

/// The name of the step count in a checkpoint.
const STEPS: &str = "steps";

/// The largest step count of a checkpoint. Training goes on from there, and must not overflow.
const MOST_STEPS: u32 = u32::MAX / 2;

/// The step count of a checkpoint: a whole number, which programs that count on the device keep as a float.
fn steps(saved: &[Saved]) -> Result<u32, Error> {
    let wrong = || Error::BadFile(format!("The file's '{STEPS}' is no count of steps."));
    let found = saved.iter().find(|s| s.name == STEPS).ok_or_else(|| {
        Error::BadFile(format!("The file has no tensor '{STEPS}'. Was it saved with other settings?"))
    })?;
    match &found.values {
        SavedValues::U32(v) if v.len() == 1 && v[0] <= MOST_STEPS => Ok(v[0]),
        SavedValues::F32(v)
            if v.len() == 1 && v[0] >= 0.0 && v[0] <= MOST_COUNTED && libm::truncf(v[0]) == v[0] =>
        {
            Ok(v[0] as u32)
        }
        _ => Err(wrong()),
    }
}

/// A part of a frame.
enum Part {
    Finite,
    Figures(Figures),
    Picture(Picture),
}

/// What the page asks for.
fn scope(deep: bool) -> Scope {
    if deep { Scope::Page } else { Scope::Quick }
}

fn finite(metrics: Figures) -> Result<Figures, Error> {
    match metrics.iter().find(|m| !m.1.is_finite()) {
        Some((id, _)) => Err(Error::NotFinite(format!(
            "'{id}' is no longer a finite number. Start again with a smaller learning rate."
        ))),
        None => Ok(metrics),
    }
}

#[cfg(test)]
mod tests;
