//! What goes in and out of every exhibit: samples, pictures, inputs.

use crate::Error;
use crate::card::{Role, ViewKind};
use crate::data::{ImageSets, Images};
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

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

impl Samples {
    /// Points `[n, 2]`.
    pub fn points(data: Vec<f32>) -> Samples {
        let shape = vec![data.len() / 2, 2];
        Samples { kind: "points", data, shape }
    }

    /// Images `[n, H, W]` as large as `like`'s.
    pub fn images(data: Vec<f32>, like: &Images) -> Samples {
        let shape = vec![data.len() / like.area(), like.height, like.width];
        Samples { kind: "images", data, shape }
    }
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

    /// The same at one height, from the first x to the second.
    pub fn level(id: &'static str, role: Role, [from, to]: [f32; 2], y: f32) -> Layer {
        Layer::curve(id, role, vec![from, y, to, y])
    }

    /// Straight pieces, `[N, 4]`.
    pub fn lines(id: &'static str, role: Role, data: Vec<f32>) -> Layer {
        Layer::rows(id, role, ViewKind::Lines, data, 4)
    }

    /// Arrows, `[N, 4]`.
    pub fn arrows(id: &'static str, role: Role, data: Vec<f32>) -> Layer {
        Layer::rows(id, role, ViewKind::Vectors, data, 4)
    }

    /// A field as wide as it is high.
    pub fn field(id: &'static str, role: Role, data: Vec<f32>) -> Layer {
        let side = data.len().isqrt();
        Layer::new(id, role, ViewKind::Field, data, &[side, side])
    }

    /// Bars.
    pub fn bars(id: &'static str, role: Role, data: Vec<f32>) -> Layer {
        let shape = [data.len()];
        Layer::new(id, role, ViewKind::Bars, data, &shape)
    }

    /// Images `[N, H, W]` as large as `like`'s.
    pub fn images(id: &'static str, role: Role, data: Vec<f32>, like: &Images) -> Layer {
        let shape = [data.len() / like.area(), like.height, like.width];
        Layer::new(id, role, ViewKind::Images, data, &shape)
    }

    /// Layers of `units` units, `[N, units]`, as images: a rectangle of them, as near to a square as it can be filled.
    pub fn units(id: &'static str, data: Vec<f32>, units: usize) -> Layer {
        let height = (1..=units.isqrt()).rev().find(|&height| units.is_multiple_of(height)).unwrap_or(1);
        let shape = [data.len() / units, height, units / height];
        Layer::new(id, Role::Other, ViewKind::Images, data, &shape)
    }

    /// Lines of text of a width, as code points.
    pub fn text(id: &'static str, role: Role, codes: Vec<f32>, width: usize) -> Layer {
        Layer::rows(id, role, ViewKind::Text, codes, width)
    }

    /// The same with each number's change since `before` as its label: by how many hundredths it has risen, or 100 more
    /// than by how many it has fallen.
    pub fn changed(self, before: &[f32]) -> Layer {
        let hundredths = |(now, before): (&f32, &f32)| (100.0 * (now - before)) as i32;
        let label = |change: i32| if change < 0 { 100 + change.unsigned_abs() } else { change as u32 };
        let labels = self.data.iter().zip(before).map(hundredths).map(label).collect();
        self.labelled(labels)
    }

    /// The same with labels.
    pub fn labelled(self, labels: Vec<u32>) -> Layer {
        Layer { labels, ..self }
    }
}

/// Layers of images before their sizes are known: id, role, and numbers `[N, D]`.
pub type Part = (&'static str, Role, Vec<f32>);

/// A picture's numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Parts, drawn in order.
    pub layers: Vec<Layer>,
    /// The box of data coordinates that is shown: x₀, x₁, y₀, y₁. Zeros where it has no meaning.
    pub extent: [f32; 4],
    /// For fields: the values at the two ends and the middle of the colour map.
    pub range: [f32; 3],
    /// For images: how many in a row, 0 if the page may choose. For curves: columns along the x axis in place of numbers, if
    /// not 0.
    pub columns: usize,
}

impl Picture {
    /// Layers that need no box.
    pub fn of(layers: Vec<Layer>) -> Picture {
        Picture::plane(layers, [0.0; 4])
    }

    /// Several layers in one box of data coordinates: x₀, x₁, y₀, y₁ (zeros: as they need).
    pub fn plane(layers: Vec<Layer>, extent: [f32; 4]) -> Picture {
        Picture { layers, extent, range: [0.0, 0.5, 1.0], columns: 0 }
    }

    /// A grid of images `[N, H, W]` of one size, as large as `like`'s, `columns` in a row (0 if the
    /// page may choose).
    pub fn images(id: &'static str, role: Role, data: Vec<f32>, like: &Images, columns: usize) -> Picture {
        Picture::grids(like, columns, vec![(id, role, data)])
    }

    /// Several grids of images likewise, whose rows take turns.
    pub fn grids(like: &Images, columns: usize, parts: Vec<Part>) -> Picture {
        let layers = parts.into_iter().map(|(id, role, data)| Layer::images(id, role, data, like)).collect();
        Picture { columns, ..Picture::of(layers) }
    }

    /// Weights to images `[N, H, W]`, 0 in the middle of the colours.
    pub fn weights(id: &'static str, data: Vec<f32>, like: &Images) -> Picture {
        let top = data.iter().fold(0.01f32, |m, x| m.max(x.abs()));
        Picture::images(id, Role::Other, data, like, 0).ranged([-top, 0.0, top])
    }

    /// The first `n` held-out images.
    pub fn held_out(sets: &ImageSets, n: usize, columns: usize) -> Picture {
        Picture::images("data", Role::Data, sets.test.first(n), &sets.train, columns)
    }

    /// Bars.
    pub fn bars(id: &'static str, data: Vec<f32>) -> Picture {
        Picture::of(vec![Layer::bars(id, Role::Model, data)])
    }

    /// The same with these values at the ends and in the middle of the colours.
    pub fn ranged(self, range: [f32; 3]) -> Picture {
        Picture { range, ..self }
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

impl Payload {
    /// The place in the view, 0..=1 each.
    ///
    /// # Errors
    /// [`Error::BadData`] if there is none; `id` is that of the action.
    pub fn place(&self, id: &str) -> Result<[f32; 2], Error> {
        let wanted = || Error::BadData(format!("'{id}' takes a place 'at': two numbers from 0 to 1."));
        Ok(self.at.ok_or_else(wanted)?.map(|x| x.max(0.0).min(1.0)))
    }

    /// The points of a picture that reaches ±`reach`, `[N, 2]`. A stroke may go a little over the edge.
    ///
    /// # Errors
    /// [`Error::BadData`] if they are no points, or one is far outside; `id` is that of the action.
    pub fn points(&self, id: &str, reach: f32) -> Result<&[f32], Error> {
        if self.points.is_empty() || !self.points.len().is_multiple_of(2) {
            return Err(Error::BadData(format!("'{id}' takes points: x, y, x, y, …")));
        }
        if self.points.iter().any(|x| x.abs() > 2.0 * reach) {
            // In tenths: what prints floats is eight kilobytes.
            let tenths = (10.0 * reach + 0.5) as u32;
            let reach = match tenths % 10 {
                0 => format!("{}", tenths / 10),
                rest => format!("{}.{rest}", tenths / 10),
            };
            return Err(Error::BadData(format!("'{id}' takes points from -{reach} to {reach} both ways.")));
        }
        Ok(&self.points)
    }
}
