//! What every exhibit answers.

use crate::card::{Card, Role, ViewKind};
use crate::data::Images;
use crate::settings::Settings;
use crate::{Error, Saved};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use tilde_graph::{Device, Program, Task as DeviceTask};

pub use crate::data::{Sources, UserData};

/// A boxed future of an exhibit's answer.
pub type Task<'a, T> = DeviceTask<'a, T, Error>;

/// An opened exhibit, or why it cannot be opened.
pub type Opening = Result<Box<dyn Exhibit>, Error>;

/// Samples: `[N, ..]` of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// "points", "images" or "text" (`[N, T]` code points).
    pub kind: &'static str,
    /// Row-major values.
    pub data: Vec<f32>,
    /// Shape, samples first.
    pub shape: Vec<usize>,
}

/// One part of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Id of the layer ("data", "generated", "labels", …); its word is in the exhibit's JSON.
    pub id: &'static str,
    /// What it stands for.
    pub role: Role,
    /// Its own kind, if not the view's (arrows over points, for example).
    pub kind: ViewKind,
    /// Row-major values.
    pub data: Vec<f32>,
    /// Shape.
    pub shape: Vec<usize>,
    /// Labels of the items (class numbers of points or images; see [`ViewKind`] for others), or empty.
    pub labels: Vec<u32>,
}

impl Layer {
    /// A layer without labels.
    pub fn new(id: &'static str, role: Role, kind: ViewKind, data: Vec<f32>, shape: &[usize]) -> Layer {
        Layer { id, role, kind, data, shape: shape.to_vec(), labels: Vec::new() }
    }

    /// Rows of a width, as many as there are numbers for.
    fn rows(id: &'static str, role: Role, kind: ViewKind, data: Vec<f32>, width: usize) -> Layer {
        let shape = [data.len() / width, width];
        Layer::new(id, role, kind, data, &shape)
    }

    /// Points, `[N, 2]`.
    pub fn points(id: &'static str, role: Role, data: Vec<f32>) -> Layer {
        Layer::rows(id, role, ViewKind::Points, data, 2)
    }

    /// A line through points `[N, 2]`, over axes.
    pub fn curve(id: &'static str, role: Role, data: Vec<f32>) -> Layer {
        Layer::rows(id, role, ViewKind::Curves, data, 2)
    }

    /// Straight pieces, `[N, 4]`.
    pub fn lines(id: &'static str, role: Role, data: Vec<f32>) -> Layer {
        Layer::rows(id, role, ViewKind::Lines, data, 4)
    }
}

/// A picture's numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Parts, drawn in order.
    pub layers: Vec<Layer>,
    /// The box of data coordinates that is shown: x₀, x₁, y₀, y₁. Zeros where it has no meaning.
    pub extent: [f32; 4],
    /// For fields: the values at the two ends and the middle of the colour map.
    pub range: [f32; 3],
    /// For images: how many in a row, 0 if the page may choose.
    pub columns: usize,
}

impl Picture {
    /// A grid of images `[N, H, W]` of one size, as large as `like`'s, `columns` in a row (0 if the
    /// page may choose).
    pub fn images(id: &'static str, role: Role, data: Vec<f32>, like: &Images, columns: usize) -> Picture {
        let count = data.len() / like.area();
        let layer = Layer::new(id, role, ViewKind::Images, data, &[count, like.height, like.width]);
        Picture { layers: alloc::vec![layer], extent: [0.0; 4], range: [0.0, 0.5, 1.0], columns }
    }

    /// Several layers in one box of data coordinates: x₀, x₁, y₀, y₁ (zeros: as they need).
    pub fn plane(layers: Vec<Layer>, extent: [f32; 4]) -> Picture {
        Picture { layers, extent, range: [0.0, 0.5, 1.0], columns: 0 }
    }

    /// Bars.
    pub fn bars(id: &'static str, data: Vec<f32>) -> Picture {
        let shape = [data.len()];
        let layer = Layer::new(id, Role::Model, ViewKind::Bars, data, &shape);
        Picture { layers: alloc::vec![layer], extent: [0.0; 4], range: [0.0, 0.5, 1.0], columns: 0 }
    }
}

/// What an action carries; unused parts are empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Payload {
    /// `[N, 2]` points in data coordinates.
    pub points: Vec<f32>,
    /// A place in the view, 0..=1 each, origin bottom left.
    pub at: Option<[f32; 2]>,
    /// Indices of picked images.
    pub picks: Vec<usize>,
    /// A line of text.
    pub text: String,
}

/// A model family with programs built for given settings and data. Methods take the device that
/// its program is loaded on; what they enqueue, they do not wait for, unless they read.
pub trait Exhibit {
    /// The card.
    fn card(&self) -> &'static Card;

    /// The program to load.
    fn program(&self) -> &Program;

    /// Writes data sets and other fixed contents after the program's variables were initialised
    /// from the seed.
    fn start(&mut self, device: &mut dyn Device, seed: u64) -> Result<(), Error>;

    /// Enqueues `n` of the exhibit's iterations.
    fn train(&mut self, device: &mut dyn Device, n: u32) -> Result<(), Error>;

    /// Enqueues one phase of an iteration.
    fn step(&mut self, device: &mut dyn Device, phase: &str) -> Result<(), Error>;

    /// All figures, by id, from the present model. Every value is finite unless training diverged;
    /// `step` and `loss` are always among them. `deep` asks for the costly ones too.
    fn metrics<'a>(
        &'a mut self,
        device: &'a mut dyn Device,
        deep: bool,
    ) -> Task<'a, Vec<(&'static str, f64)>>;

    /// The figures that gates are held against: those of `metrics`, over the whole test set where
    /// the page measures a part of it.
    fn evaluate<'a>(&'a mut self, device: &'a mut dyn Device) -> Task<'a, Vec<(&'static str, f64)>> {
        self.metrics(device, true)
    }

    /// `n` samples of the present model; pure: it moves no chain and no counter of training.
    fn sample<'a>(&'a mut self, device: &'a mut dyn Device, n: usize, seed: u64) -> Task<'a, Samples>;

    /// The numbers of a picture of the card.
    fn view<'a>(&'a mut self, device: &'a mut dyn Device, id: &'a str) -> Task<'a, Picture>;

    /// Takes an input of the card.
    fn act<'a>(&'a mut self, device: &'a mut dyn Device, id: &'a str, payload: Payload) -> Task<'a, ()>;

    /// Applies the live setting `id` (or every one, if it is ""), which has its new value in
    /// `settings`.
    fn set(&mut self, device: &mut dyn Device, settings: &Settings, id: &str) -> Result<(), Error>;

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
}
