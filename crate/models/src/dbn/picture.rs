//! The net's pictures.

use super::card::Digit;
use super::model::DREAMS;
use super::{CLASSES, Dbn, Stage, stage};
use crate::numeric::scalar::logistic;
use crate::prelude::*;

/// Held-out images that are drawn with their codes.
const CODED: usize = 3;
/// Chains that are drawn in all layers.
const CHAINS: usize = 5;
/// Units of the top machine that are drawn.
const UNITS: usize = 32;

impl Dbn {
    /// Images, the codes that they are recognised as, and what the second machine makes of these and of the images' labels:
    /// turned over, as it was put on top, with what has changed since it was the first one.
    pub(super) async fn turned_over(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let (m, test) = (&self.model, &self.sets.test);
        let (net, first) = (self.net(live.device), m.learner.values(live.device));
        let up = live.device.read(m.up);
        let (net, first, up) = (net.await?, first.await?, up.await?);
        let (h, d, count) = (net.b.len(), test.area(), CODED.min(test.n));
        let images = test.first(count);
        let (mut codes, mut now, mut before) = (Vec::new(), Vec::new(), Vec::new());
        let on = |x: f32| logistic(f64::from(x)) as f32;
        let [weight, bias] = m.net.up.map(|p| &up[p.range()]);
        for (i, image) in images.chunks(d).enumerate() {
            let input = |j: usize| (0..d).map(|at| image[at] * weight[at * h + j]).sum::<f32>();
            let code: Vec<f32> = (0..h).map(|j| on(bias[j] + input(j))).collect();
            let label = &net.labels[Dbn::class(&test.labels, i) as usize * d..][..d];
            // The lowest row comes first.
            for t in (0..test.height).rev().flat_map(|y| (0..test.width).map(move |x| y * test.width + x)) {
                let sum = |w: &dyn Fn(usize) -> f32| (0..h).map(|j| code[j] * w(j)).sum::<f32>();
                now.push(on(net.c[t] + label[t] + sum(&|j| net.top[j * d + t])));
                before.push(on(first.b[t] + sum(&|j| first.w[t * h + j])));
            }
            codes.extend(code);
        }
        let turned = Layer::images("turned", Role::Other, now, &self.sets.train);
        let layers = vec![
            turned.changed(&before),
            Layer::units("code", codes, h),
            Layer::images("data", Role::Data, images, &self.sets.train),
        ];
        Ok(Picture { columns: count, ..Picture::of(layers) })
    }

    /// How likely each pixel of the chains is on.
    pub(super) async fn fantasies(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let data = live.device.read(self.model.dreams).await?;
        let mut picture = Picture::images("fantasies", Role::Model, data, &self.sets.train, DREAMS / CLASSES);
        picture.layers[0].labels = self.held(live, CLASSES);
        Ok(picture)
    }

    /// The labels of `count` chains, evenly out of all: each stands for its own once the top machine learns what labels are.
    fn held(&self, live: &Live<'_>, count: usize) -> Vec<u32> {
        let known = stage(live.settings, live.step).0 != Stage::First;
        let each = known && live.settings.get::<Digit>("digit") == Digit::Each;
        let label = |i: usize| (i * CLASSES / count) as u32;
        if each { (0..count).map(label).collect() } else { Vec::new() }
    }

    /// A few chains in all layers: labels and hidden units, which the top units join, and the pixels that follow
    /// from the hidden ones.
    pub(super) async fn layers(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let m = &self.model;
        let [top, hidden, labels] = m.dream_units.map(|var| live.device.read(var));
        let pixels = live.device.read(m.dreams);
        // Their rows stand for different labels.
        let chosen = |all: Vec<f32>| -> (Vec<f32>, usize) {
            let each = all.len() / DREAMS;
            (all.chunks(each * (DREAMS / CHAINS)).flat_map(|rows| &rows[..each]).copied().collect(), each)
        };
        let mut layers = Vec::new();
        for (id, units) in [("labels", labels), ("top", top), ("hidden", hidden)] {
            let (data, each) = chosen(units.await?);
            layers.push(Layer::units(id, data, each));
        }
        layers[0].labels = self.held(live, CHAINS);
        layers.push(Layer::images("pixels", Role::Model, chosen(pixels.await?).0, &self.sets.train));
        Ok(Picture { columns: CHAINS, ..Picture::of(layers) })
    }

    /// The generative weights of each hidden unit.
    pub(super) async fn first_units(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let net = self.net(live.device).await?;
        let h = net.b.len();
        Ok(self.weights("first", h, |unit, pixel| net.down[pixel * h + unit]))
    }

    /// The weights of top units to the pixels, through all hidden units.
    pub(super) async fn top_units(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let net = self.net(live.device).await?;
        let (h, t) = (net.b.len(), net.c.len());
        Ok(self.weights("top", UNITS.min(t), |unit, pixel| {
            let row = &net.down[pixel * h..][..h];
            row.iter().enumerate().map(|(j, w)| w * net.top[j * t + unit]).sum()
        }))
    }

    /// An image for each of `count` units, over a range that is even about 0.
    fn weights(&self, id: &'static str, count: usize, weight: impl Fn(usize, usize) -> f32) -> Picture {
        let area = self.sets.train.area();
        let data = (0..count * area).map(|at| weight(at / area, at % area)).collect();
        Picture::weights(id, data, &self.sets.train)
    }
}
