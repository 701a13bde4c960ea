//! The machine's pictures.

use super::measure::mean_bounds;
use super::model::CHUNK;
use super::{Dbm, SHOWN};
use crate::prelude::*;

impl Dbm {
    /// How likely each pixel of the chains is on.
    pub(super) async fn fantasies(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let mut data = live.device.read(self.model.dreams).await?;
        data.truncate(SHOWN * self.sets.train.area());
        Ok(Picture::images("fantasies", Role::Model, data, &self.sets.train, 6))
    }

    /// The bound after each round of the mean field, and the exact log-likelihood.
    pub(super) async fn settling(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let images = CHUNK.min(self.sets.test.n);
        let traces = self.model.bounds(live.device, images);
        let known = self.known(live).await?;
        let bounds = mean_bounds(&traces.await?, images, known.log_z);
        let rounds = bounds.iter().enumerate();
        let line: Vec<f32> = rounds.flat_map(|(i, bound)| [i as f32, *bound as f32]).collect();
        let (end, exact) = ((bounds.len() - 1) as f32, known.log_likelihood(images) as f32);
        let exact = Layer::level("exact", Role::Truth, [0.0, end], exact);
        Ok(Picture::of(vec![Layer::curve("bound", Role::Model, line), exact]))
    }

    /// The pixels that the units of each layer switch on: W₁, W₁W₂, W₁W₂W₃, each to its own largest value.
    pub(super) async fn units(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let machine = self.model.net.values(&live.device.read(self.model.parameters).await?);
        let sizes: Vec<usize> = machine.biases.iter().map(Vec::len).collect();
        let most = sizes[1..].iter().copied().max().unwrap_or(0);
        let mut to_pixels = machine.weights[0].clone();
        let mut layers = Vec::new();
        for (l, id) in ["first", "second", "third"].into_iter().enumerate() {
            if l > 0 {
                to_pixels = product(&to_pixels, &machine.weights[l], [sizes[0], sizes[l], sizes[l + 1]]);
            }
            let n = sizes[l + 1];
            let top = to_pixels.iter().fold(1e-6f32, |m, x| m.max(x.abs()));
            // Layers have as many images as the widest one.
            let mut data = vec![0.0; most * sizes[0]];
            for (at, x) in to_pixels.iter().enumerate() {
                data[at % n * sizes[0] + at / n] = x / top;
            }
            layers.push(Layer::images(id, Role::Other, data, &self.sets.train));
        }
        Ok(Picture { columns: most.min(8), ..Picture::of(layers).ranged([-1.0, 0.0, 1.0]) })
    }
}

/// `[I, J] · [J, K]`.
fn product(a: &[f32], b: &[f32], [rows, inner, columns]: [usize; 3]) -> Vec<f32> {
    let mut out = vec![0.0; rows * columns];
    for i in 0..rows {
        for j in 0..inner {
            for k in 0..columns {
                out[i * columns + k] += a[i * inner + j] * b[j * columns + k];
            }
        }
    }
    out
}
