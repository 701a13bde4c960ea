//! The machine's pictures.

use super::Rbm;
use super::model::{CHUNK, FANTASIES};
use crate::numeric::scalar::{length, logistic, softplus};
use crate::prelude::*;

/// Filters that are drawn.
pub(super) const FILTERS: usize = 100;
/// Images in the row of data.
const ACROSS: usize = 9;
/// Images that are shown with their hidden units.
const WATCHED: usize = 3;
/// Images of each column that stand below the energies.
const EACH: usize = 3;
/// The energies' axis begins and ends at multiples of this, so that it stays while they move.
const STEP: f32 = 10.0;
/// Side of the slice through the energy landscape, in points.
const SLICE: usize = 32;
/// What is seen of the plane through three images, which lie at (0, 0), (1, 0) and (0, 1).
/// Not much beyond: there pixels would be darker than black.
const EXTENT: [f32; 4] = [-0.15, 1.15, -0.15, 1.15];

impl Rbm {
    /// How likely each pixel of the fantasies is on, below a row of data: held-out images, or those that switch the
    /// picked unit on more than any others.
    pub(super) async fn fantasies(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let learner = &self.model.learner;
        let data = live.device.read(self.model.fantasy_p);
        let values = self.unit.map(|unit| (unit, learner.values(live.device)));
        let (id, first) = match values {
            None => ("data", self.sets.test.first(ACROSS)),
            Some((unit, values)) => ("on", self.strongest(unit, &values.await?.w)),
        };
        let (like, data) = (&self.sets.train, data.await?);
        let parts = vec![(id, Role::Data, first), ("fantasies", Role::Model, data)];
        Ok(Picture::grids(like, 0, parts))
    }

    /// The held-out images that give a hidden unit the most input, the strongest first.
    fn strongest(&self, unit: usize, w: &[f32]) -> Vec<f32> {
        let (test, area) = (&self.sets.test, self.sets.train.area());
        let all = test.first(test.n);
        let input = |v: &[f32]| v.iter().enumerate().map(|(i, x)| x * w[i * self.hidden + unit]).sum::<f32>();
        let mut inputs: Vec<f32> = all.chunks(area).map(input).collect();
        let mut strongest = Vec::new();
        for _ in 0..ACROSS.min(test.n) {
            let best = (0..test.n).fold(0, |best, i| if inputs[i] > inputs[best] { i } else { best });
            inputs[best] = f32::NEG_INFINITY;
            strongest.extend_from_slice(&all[best * area..][..area]);
        }
        strongest
    }

    /// The two layers of the machine, for a few held-out images: how likely each hidden unit is on, given the pixels.
    pub(super) async fn machine(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let values = self.model.learner.values(live.device).await?;
        let (like, h) = (&self.sets.train, self.hidden);
        let pixels = self.sets.test.first(WATCHED.min(self.sets.test.n));
        let mut units = Vec::new();
        for v in pixels.chunks(like.area()) {
            let mut input: Vec<f32> = values.c.clone();
            for (x, w) in v.iter().zip(values.w.chunks(h)) {
                input.iter_mut().zip(w).for_each(|(sum, w)| *sum += x * w);
            }
            units.extend(input.into_iter().map(|x| logistic(f64::from(x)) as f32));
        }
        let mut hidden = Layer::units("hidden", units, h);
        // Layers of one size would be images of one kind.
        if hidden.shape[1..] == [like.height, like.width] {
            hidden.shape = vec![hidden.shape[0], 1, h];
        }
        let pixels = Layer { role: Role::Other, ..Layer::images("pixels", Role::Data, pixels, like) };
        Ok(Picture { columns: WATCHED, ..Picture::of(vec![hidden, pixels]) })
    }

    /// The free energies of what the machine drew at first, of held-out images, and of the fantasies, a column of marks for
    /// each, and some of the images below. The untrained machine gives the first two the same mean. So how far apart their
    /// means are is what learning has done to them: pushed the ones up and pulled the others down, against each other, as
    /// all can be shifted together. Where the fantasies have come down to the data, it is done.
    pub(super) async fn energies(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let (m, d) = (&self.model, live.device);
        let untrained = d.ask(m.untrained_energy, "free_energy");
        let data = m.feed.over(d, m.measure, CHUNK, CHUNK.min(self.sets.test.n), "free_energy");
        let fantasies = d.ask(m.fantasy_energy, "free_energy");
        let pixels = d.read(m.fantasy_v);
        let columns = [untrained.await?, data.await?, fantasies.await?];
        let all = || columns.iter().flatten();
        let low = all().fold(f32::MAX, |low, x| low.min(*x));
        let high = all().fold(f32::MIN, |high, x| high.max(*x));
        let bottom = tilde_graph::real::floorf(low / STEP - 0.5) * STEP;
        let top = tilde_graph::real::ceilf(high / STEP + 0.2) * STEP;
        let means = [0, 1, 2].map(|i| Estimate::of(columns[i].iter().map(|x| f64::from(*x))));
        let apart = |a: Estimate, b: Estimate| {
            let (gap, error) = (a.mean - b.mean, 2.0 * length(a.error, b.error));
            (gap.abs() > error).then_some(gap as f32)
        };
        let [first, real, now] = means.map(|estimate| estimate.mean as f32);
        let mut layers = Vec::new();
        // Where marks and the line at their mean begin and end.
        for (id, role, energies, y, [from, to], [begin, end]) in [
            ("untrained", Role::Model, &columns[0], first, [0.08, 0.64], [0.08, 0.88]),
            ("data", Role::Data, &columns[1], real, [1.5, 1.95], [0.7, 2.96]),
            ("now", Role::Model, &columns[2], now, [2.08, 2.92], [2.04, 2.96]),
        ] {
            // The golden ratio spreads marks evenly, however many there are.
            let mut share = 0.0;
            let mut across = || {
                share += if share < 0.382 { 0.618 } else { -0.382 };
                from + (to - from) * share
            };
            let marks = energies.iter().flat_map(|f| [across(), *f]).collect();
            layers.push(Layer::points(id, role, marks));
            layers.push(Layer::lines("mean", role, vec![begin, y, end, y]));
        }
        let said = |id, role, x, y| Layer::arrows(id, role, vec![x, y, 0.0, 0.0]);
        layers.push(said("low", Role::Other, 0.41, bottom + 0.06 * (top - bottom)));
        if let Some(gap) = apart(means[0], means[1]).filter(|gap| *gap > 0.0) {
            let middle = real + 0.5 * gap;
            layers.push(Layer::arrows("pushed", Role::Model, vec![0.8, middle, 0.0, 0.5 * gap]));
            layers.push(Layer::arrows("pulled", Role::Data, vec![0.8, middle, 0.0, -0.5 * gap]));
            let id = if apart(means[2], means[1]).is_none() { "level" } else { "unlevel" };
            layers.push(said(id, Role::Truth, 2.5, real + 0.8 * gap));
        }
        let like = &self.sets.train;
        let each = EACH.min(self.sets.test.n);
        let shown = each * like.area();
        let images =
            [&self.untrained[..shown], &self.sets.test.first(each), &pixels.await?[..shown]].concat();
        layers.push(Layer::images("images", Role::Other, images, like));
        Ok(Picture { columns: 3, ..Picture::plane(layers, [0.0, 3.0, bottom, top]) })
    }

    /// The weights of each hidden unit as an image.
    pub(super) async fn filters(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let w = self.model.learner.values(live.device).await?.w;
        let (area, count) = (self.sets.train.area(), self.hidden.min(FILTERS));
        let filter = |j: usize| (0..area).map(move |i| i * self.hidden + j);
        let data = (0..count).flat_map(filter).map(|i| w[i]).collect();
        Ok(Picture::weights("filters", data, &self.sets.train))
    }

    /// The share of the fantasies in which each hidden unit is on.
    pub(super) async fn hidden_means(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let states = live.device.read(self.model.fantasy_h).await?;
        let mut data = vec![0.0; self.hidden];
        for row in states.chunks(self.hidden) {
            data.iter_mut().zip(row).for_each(|(m, x)| *m += x / FANTASIES as f32);
        }
        Ok(Picture::bars("hidden", data))
    }

    /// The free energy on the plane through three held-out images v₀, v₁, v₂: of
    /// v₀ + x(v₁ − v₀) + y(v₂ − v₀). Only the three corners are images of black and white; in between F
    /// is the same formula at grey ones. The hidden units' input is linear in x and y.
    pub(super) async fn slice(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let values = self.model.learner.values(live.device).await?;
        let h = self.hidden;
        let test = &self.sets.test;
        let at = |k: usize| {
            let mut sums = vec![0.0; h + 1];
            for (i, &on) in test.image(k.min(test.n - 1)).iter().enumerate().filter(|(_, on)| **on > 0) {
                let on = f64::from(on) / f64::from(test.levels);
                sums[h] += on * f64::from(values.b[i]);
                sums.iter_mut()
                    .zip(&values.w[i * h..(i + 1) * h])
                    .for_each(|(s, w)| *s += on * f64::from(*w));
            }
            sums
        };
        let [origin, first, second] = [0, 1, 2].map(at);
        let mut field = Vec::with_capacity(SLICE * SLICE);
        for point in shapes::grid(SLICE, EXTENT).chunks_exact(2) {
            let (x, y) = (f64::from(point[0]), f64::from(point[1]));
            let along = |j: usize| origin[j] + x * (first[j] - origin[j]) + y * (second[j] - origin[j]);
            let units: f64 = (0..h).map(|j| softplus(f64::from(values.c[j]) + along(j))).sum();
            field.push((-along(h) - units) as f32);
        }
        let (low, high) = field.iter().fold((f32::MAX, f32::MIN), |(l, h), x| (l.min(*x), h.max(*x)));
        let corners = Layer::points("corners", Role::Data, vec![0.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
        let layers =
            vec![Layer::field("energy", Role::Model, field), corners.labelled(self.sets.test.classes(3))];
        Ok(Picture::plane(layers, EXTENT).ranged([low, (low + high) / 2.0, high.max(low + 1e-3)]))
    }
}
