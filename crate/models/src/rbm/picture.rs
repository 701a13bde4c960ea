//! The machine's pictures.

use super::Rbm;
use super::model::{CHUNK, FANTASIES};
use crate::numeric::scalar::{logistic, softplus};
use crate::prelude::*;

/// Filters that are drawn.
pub(super) const FILTERS: usize = 100;
/// Images in the row of data.
const ACROSS: usize = 9;
/// Images that are shown with their hidden units.
const WATCHED: usize = 3;
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

    /// The free energies of held-out images and of the fantasies, each its mark, in a column for each; between the
    /// columns an arrow from the mean of each in the direction in which learning moves it.
    pub(super) async fn energies(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let (m, d) = (&self.model, live.device);
        let data = m.feed.over(d, m.measure, CHUNK, CHUNK.min(self.sets.test.n), "free_energy");
        let fantasies = d.ask(m.fantasy_energy, "free_energy");
        let columns = [data.await?, fantasies.await?];
        let all = || columns.iter().flatten();
        let low = all().fold(f32::MAX, |low, x| low.min(*x));
        let high = all().fold(f32::MIN, |high, x| high.max(*x));
        let bottom = libm::floorf(low / STEP - 0.2) * STEP;
        let top = libm::ceilf(high / STEP + 0.2) * STEP;
        let mut layers = Vec::new();
        for (id, moved, role, sign, energies) in [
            ("data", "pulled", Role::Data, -1.0, &columns[0]),
            ("fantasies", "pushed", Role::Model, 1.0, &columns[1]),
        ] {
            // The golden ratio spreads marks evenly, however many there are; the middle is free for the arrows.
            let mut share = 0.0;
            let mut across = || {
                share += if share < 0.382 { 0.618 } else { -0.382 };
                1.0 + sign * (0.24 + 0.7 * share)
            };
            let marks = energies.iter().flat_map(|f| [across(), *f]).collect();
            let mean = energies.iter().fold(0.0, |sum, f| sum + f) / energies.len().max(1) as f32;
            let (x, tip, barb) =
                (1.0 + sign * 0.1, mean + sign * 0.2 * (top - bottom), sign * 0.035 * (top - bottom));
            let arrow = [
                [1.0 + sign * 0.94, mean, 1.0 + sign * 0.04, mean],
                [x, mean, x, tip],
                [x, tip, x - 0.045, tip - barb],
                [x, tip, x + 0.045, tip - barb],
            ];
            layers.push(Layer::points(id, role, marks));
            layers.push(Layer::lines(moved, role, arrow.concat()));
        }
        Ok(Picture { columns: 2, ..Picture::plane(layers, [0.0, 2.0, bottom, top]) })
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
