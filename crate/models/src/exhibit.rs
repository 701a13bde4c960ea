//! What goes in and out of every exhibit: samples, pictures, inputs.

use crate::card::{Role, ViewKind};
use crate::data::Images;
use alloc::string::String;
use alloc::vec::Vec;

pub use crate::data::{Sources, UserData};

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
