//! What a model family is to the rest of the house: [`Model`], which an exhibit's folder implements, and
//! [`Exhibit`], the same behind one pointer.
//!
//! A model describes its program and answers for its figures and pictures; it never knows which device
//! runs it. What it is asked with is a [`Live`]: the device, the settings, the seed, and how far the run
//! is. None of these is the model's own, so that each has one owner, the [`Run`](crate::Run).

use crate::card::Card;
use crate::choices::Choices;
use crate::data::{ImageSets, Plane};
use crate::exhibit::{Payload, Picture, Samples, Sources};
use crate::nn::{Recorded, Trainer};
use crate::settings::Settings;
use crate::{Error, Saved};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::future::Future;
use core::pin::Pin;
use tilde_graph::Program;

pub use crate::figures::Figures;
pub use crate::live::Live;

/// A boxed future of an answer.
pub type Task<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + 'a>>;

/// What a model is built from. The same setup gives the same model.
#[derive(Clone, Copy)]
pub struct Setup<'a> {
    /// All settings, the live ones too.
    pub settings: &'a Settings,
    /// The seed of the run: what is drawn for its life, such as its data, is drawn from it.
    pub seed: u64,
    /// Data to learn from.
    pub sources: &'a Sources,
}

impl Setup<'_> {
    /// The images that the setting `data` names, or the user's own.
    ///
    /// # Errors
    /// [`Error::BadData`] if the data are missing, or no images.
    pub fn images(&self) -> Result<ImageSets, Error> {
        self.images_of(self.settings.choice("data"))
    }

    /// The set of images of an id, or the user's own.
    ///
    /// # Errors
    /// As [`Setup::images`].
    pub fn images_of(&self, id: &str) -> Result<ImageSets, Error> {
        ImageSets::new(self.settings.card().id, id, self.seed, self.sources.clone())
    }

    /// The points of the plane that the setting `data` names, or the user's own.
    ///
    /// # Errors
    /// [`Error::BadData`] if the data are no points.
    pub fn plane(&self) -> Result<Plane, Error> {
        let plane = Plane::new(self.settings.choice("data"), self.sources, self.seed, false)?;
        let id = self.settings.card().id;
        plane.ok_or_else(|| Error::BadData(format!("'{id}' learns points of the plane, [N, 2], only.")))
    }
}

/// How much is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// What every frame shows: a few milliseconds at most.
    Quick,
    /// The costly figures too, as the page has them.
    Page,
    /// The same over the whole held-out set, where the page measures a sample of it: for the end of a run.
    Whole,
    /// What gates are held against: the figures over the whole held-out set, and others that nobody waits for
    /// in the page. It never asks for it, so its modules do not hold what answers.
    All(Gates),
}

/// That the figures of gates are asked for. There is none in a build without the feature `gates`, so that
/// the compiler drops whatever depends on one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gates(Allowed);

#[cfg(feature = "gates")]
type Allowed = ();
#[cfg(not(feature = "gates"))]
type Allowed = core::convert::Infallible;

impl Scope {
    /// The figures that gates are held against.
    #[cfg(feature = "gates")]
    pub const ALL: Scope = Scope::All(Gates(()));

    /// Whether the costly figures are asked for.
    pub fn is_deep(self) -> bool {
        self != Scope::Quick
    }

    /// Whether it is all that gates are held against.
    pub fn is_all(self) -> bool {
        matches!(self, Scope::All(_))
    }
}

/// A model family.
///
/// Nothing here may depend on how often a method was called: a run is a function of its settings, data,
/// seed and steps. Methods that take `&self` are asked together for one frame. Each enqueues what it
/// wants to read before it first waits, so that a frame is one round trip to the device.
#[expect(async_fn_in_trait, reason = "everything runs on one thread, so no future has to be Send")]
pub trait Model: Sized + 'static {
    /// The card.
    const CARD: &'static Card;
    /// Its pictures.
    type View: Choices;
    /// The parts of an iteration that can be stepped alone.
    type Phase: Choices;
    /// The inputs that it takes.
    type Action: Choices;

    /// Builds the program and draws the data.
    ///
    /// # Errors
    /// [`Error::BadData`] if the data do not suit it, [`Error::BadSetting`] if settings exclude each other.
    fn new(setup: &Setup) -> Result<Self, Error>;

    /// The program that is loaded on the device. What needs no tensors has none.
    fn program(&self) -> Option<&Program> {
        None
    }

    /// Writes data and other fixed contents, after the program's variables were initialised from the
    /// seed and its knobs were set.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    fn start(&mut self, _live: &Live) -> Result<(), Error> {
        Ok(())
    }

    /// What trains its network, where an iteration is one step of that: then the model need not say how
    /// it [trains](Model::train) and what it has [recorded](Model::recorded).
    fn trainer(&self) -> Option<&Trainer> {
        None
    }

    /// Iterations done, if the model counts them itself: where an input begins a new count, say. The run
    /// counts those of the others.
    fn steps(&self) -> Option<u32> {
        None
    }

    /// Follows a live setting, which has its new value in `live`. Knobs of its name were set already.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if it does not go with the others.
    fn set(&mut self, _live: &Live, _id: &str) -> Result<(), Error> {
        Ok(())
    }

    /// Enqueues `n` iterations.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    fn train(&mut self, live: &Live, n: u32) -> Result<(), Error> {
        self.trainer().map_or_else(|| Err(unanswered("'train'")), |trainer| trainer.run(live, n))
    }

    /// Enqueues one phase; gives the iterations that it completed, 0 or 1. Not asked of a model that has
    /// none.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    fn phase(&mut self, _live: &Live, phase: Self::Phase) -> Result<u32, Error> {
        Err(unanswered(phase.id()))
    }

    /// The losses of every step, where the program records them.
    fn recorded(&self, _live: &Live) -> Option<Recorded<'_>> {
        self.trainer().map(Trainer::recorded)
    }

    /// The losses of the present model, where the host knows them at little cost after every step: figures
    /// of the card, always of the same names, NaN where one is not known. The run asks after each iteration
    /// and keeps the answers, as it keeps the losses that a program [records](Model::recorded).
    fn losses(&self, _live: &Live) -> Figures {
        Figures::new()
    }

    /// Figures of the present model, by id. `loss` is always among them; what is not known yet is
    /// left out. The run adds `step`.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    async fn figures(&self, live: &Live<'_>, scope: Scope) -> Result<Figures, Error>;

    /// `n` samples of the present model. Moves no chain and no counter of training.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    async fn sample(&self, live: &Live<'_>, n: usize, seed: u64) -> Result<Samples, Error>;

    /// The numbers of a picture.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    async fn view(&self, live: &Live<'_>, view: Self::View) -> Result<Picture, Error>;

    /// Takes an input. Not asked of a model that has none.
    ///
    /// # Errors
    /// [`Error::BadData`] if it does not fit; nothing has changed then.
    fn act(&mut self, _live: &Live, action: Self::Action, _payload: &Payload) -> Result<(), Error> {
        Err(unanswered(action.id()))
    }

    /// What a checkpoint holds besides the state of the device.
    fn save(&self) -> Vec<Saved> {
        Vec::new()
    }

    /// Takes it back; nothing changes unless all of it fits.
    ///
    /// # Errors
    /// [`Error::BadFile`] if a tensor is missing or does not fit.
    fn load(&mut self, _saved: &[Saved]) -> Result<(), Error> {
        Ok(())
    }

    /// The characters that it knows, in the order of its symbols, if it is a model of text.
    fn alphabet(&self) -> Option<String> {
        None
    }

    /// The inputs that give a new model the data of this one, which it has from a checkpoint. `None` if the
    /// data are those of the settings, or of no checkpoint.
    fn inputs(&self) -> Option<Vec<(Self::Action, Payload)>> {
        None
    }
}

/// Of what a card promises and its model does not do: a mistake in the exhibit.
fn unanswered(what: &str) -> Error {
    Error::BadData(format!("The model does not answer {what}."))
}

/// An opened model behind one pointer. Each method is the one of [`Model`], by ids.
pub trait Exhibit {
    /// The card.
    fn card(&self) -> &'static Card;
    /// See [`Model::program`]; one without entries where there is none.
    fn program(&self) -> &Program;
    /// See [`Model::start`].
    ///
    /// # Errors
    /// Those of the model.
    fn start(&mut self, live: &Live) -> Result<(), Error>;
    /// See [`Model::set`].
    ///
    /// # Errors
    /// Those of the model.
    fn set(&mut self, live: &Live, id: &str) -> Result<(), Error>;
    /// See [`Model::train`].
    ///
    /// # Errors
    /// Those of the model.
    fn train(&mut self, live: &Live, n: u32) -> Result<(), Error>;
    /// See [`Model::phase`].
    ///
    /// # Errors
    /// [`Error::BadData`] if there is no such phase, and those of the model.
    fn phase(&mut self, live: &Live, phase: &str) -> Result<u32, Error>;
    /// See [`Model::recorded`].
    fn recorded(&self, live: &Live) -> Option<Recorded<'_>>;
    /// See [`Model::losses`]; few models have any.
    fn losses(&self, _live: &Live) -> Figures {
        Figures::new()
    }
    /// See [`Model::steps`].
    fn steps(&self) -> Option<u32>;
    /// See [`Model::figures`].
    fn figures<'a>(&'a self, live: &'a Live<'a>, scope: Scope) -> Task<'a, Figures>;
    /// See [`Model::sample`].
    fn sample<'a>(&'a self, live: &'a Live<'a>, n: usize, seed: u64) -> Task<'a, Samples>;
    /// See [`Model::view`].
    fn view<'a>(&'a self, live: &'a Live<'a>, id: &str) -> Task<'a, Picture>;
    /// See [`Model::act`].
    ///
    /// # Errors
    /// [`Error::BadData`] if there is no such action, and those of the model.
    fn act(&mut self, live: &Live, id: &str, payload: &Payload) -> Result<(), Error>;
    /// See [`Model::save`].
    fn save(&self) -> Vec<Saved>;
    /// See [`Model::load`].
    ///
    /// # Errors
    /// Those of the model.
    fn load(&mut self, saved: &[Saved]) -> Result<(), Error>;
    /// See [`Model::alphabet`].
    fn alphabet(&self) -> Option<String> {
        None
    }
    /// See [`Model::inputs`]; few models have any.
    fn inputs(&self) -> Option<Vec<(&'static str, Payload)>> {
        None
    }
}

/// An opened exhibit, or why it cannot be opened.
pub type Opening = Result<Box<dyn Exhibit>, Error>;

/// Builds a model and puts it behind a pointer.
///
/// # Errors
/// Those of [`Model::new`].
pub fn open<M: Model>(setup: &Setup) -> Opening {
    Ok(Box::new(Boxed { model: M::new(setup)?, none: Program::empty() }))
}

/// The one adapter from [`Model`] to [`Exhibit`].
struct Boxed<M> {
    model: M,
    none: Program,
}

impl<M: Model> Exhibit for Boxed<M> {
    fn card(&self) -> &'static Card {
        M::CARD
    }

    fn program(&self) -> &Program {
        self.model.program().unwrap_or(&self.none)
    }

    fn start(&mut self, live: &Live) -> Result<(), Error> {
        self.model.start(live)
    }

    fn set(&mut self, live: &Live, id: &str) -> Result<(), Error> {
        self.model.set(live, id)
    }

    fn train(&mut self, live: &Live, n: u32) -> Result<(), Error> {
        self.model.train(live, n)
    }

    fn phase(&mut self, live: &Live, phase: &str) -> Result<u32, Error> {
        self.model.phase(live, M::Phase::from_id("phase", phase)?)
    }

    fn recorded(&self, live: &Live) -> Option<Recorded<'_>> {
        self.model.recorded(live)
    }

    fn losses(&self, live: &Live) -> Figures {
        self.model.losses(live)
    }

    fn steps(&self) -> Option<u32> {
        self.model.steps()
    }

    fn figures<'a>(&'a self, live: &'a Live<'a>, scope: Scope) -> Task<'a, Figures> {
        Box::pin(self.model.figures(live, scope))
    }

    fn sample<'a>(&'a self, live: &'a Live<'a>, n: usize, seed: u64) -> Task<'a, Samples> {
        Box::pin(self.model.sample(live, n, seed))
    }

    fn view<'a>(&'a self, live: &'a Live<'a>, id: &str) -> Task<'a, Picture> {
        let view = M::View::from_id("view", id);
        Box::pin(async move { self.model.view(live, view?).await })
    }

    fn act(&mut self, live: &Live, id: &str, payload: &Payload) -> Result<(), Error> {
        self.model.act(live, M::Action::from_id("action", id)?, payload)
    }

    fn save(&self) -> Vec<Saved> {
        self.model.save()
    }

    fn load(&mut self, saved: &[Saved]) -> Result<(), Error> {
        self.model.load(saved)
    }

    fn alphabet(&self) -> Option<String> {
        self.model.alphabet()
    }

    fn inputs(&self) -> Option<Vec<(&'static str, Payload)>> {
        let inputs = self.model.inputs()?;
        Some(inputs.into_iter().map(|(action, payload)| (action.id(), payload)).collect())
    }
}
