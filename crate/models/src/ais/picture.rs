//! Pictures of a run.

use super::Ais;
use super::measure::Reading;
use super::model::RUNGS;
use crate::metrics::ais;
use crate::prelude::*;

/// Chains of each base that are drawn.
const SHOWN: usize = 24;
/// Images of a chain on its way, evenly from β = 0 to 1.
const STATIONS: usize = 9;
/// Bars of a histogram.
const BINS: usize = 24;
/// Ids and roles of the bases' layers.
const LAYERS: [(&str, Role); 2] = [("pixels", Role::Model), ("uniform", Role::Other)];

impl Ais {
    /// log Ẑ against β of the last whole run, which the figures are of, and faintly of the run under way; or, of the first
    /// run, as far as it has come. Below them a chain of each base on its way.
    pub(super) async fn running(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let (m, progress) = (&self.model, &self.progress);
        let read = |var| live.device.read(var);
        let done = progress.done() as usize;
        let again = progress.finished && progress.done() < progress.rungs();
        let whole = again.then(|| read(m.finished_sums));
        let [machine, trail] =
            if again { [m.finished_machine, m.finished_trail] } else { [m.present_machine, m.trail] };
        let (flat, trail, present) = (read(machine), read(trail), read(m.anneal.sums));
        let log_z = self.exact.log_z(m.machine, flat.await?);
        let trail = trail.await?;
        let mut now = self.paths(&present.await?, done, |rung| progress.beta(rung as u32));
        let mut layers = Vec::new();
        let (mut rungs, mut come) = (progress.rungs() as usize, done);
        if let Some(sums) = whole {
            now.iter_mut().for_each(|layer| (layer.id, layer.labels) = ("now", vec![1]));
            let sums = sums.await?;
            // Its rungs had increments; those that it did not need have none.
            rungs = sums.iter().rposition(|&x| x != 0.0).map_or(1, |last| last / (sums.len() / RUNGS) + 1);
            come = rungs;
            layers = self.paths(&sums, rungs, |rung| rung as f64 / rungs as f64);
        }
        layers.extend(now);
        layers.push(Layer::level("exact", Role::Truth, [0.0, 1.0], log_z as f32));
        layers.extend(self.stations(&trail, rungs, come));
        Ok(Picture::of(layers))
    }

    /// The first chain of each base at places from β = 0 to 1, from the trail of a run of so many rungs; those to which it has
    /// not come yet, or that an older file does not know, have the label 1.
    fn stations(&self, trail: &[f32], rungs: usize, come: usize) -> impl Iterator<Item = Layer> {
        let m = &self.model;
        let d = m.blank.area();
        LAYERS.into_iter().enumerate().map(move |(k, (id, role))| {
            let (mut data, mut labels) = (Vec::new(), Vec::new());
            for station in 0..STATIONS {
                let row = (station * rungs + (STATIONS - 1) / 2) / (STATIONS - 1);
                let image = &trail[(row * LAYERS.len() + k) * d..][..d];
                labels.push(u32::from(row > come || image.iter().all(|&x| x == 0.0)));
                data.extend_from_slice(image);
            }
            Layer::images(id, role, data, &m.blank).labelled(labels)
        })
    }

    /// log Ẑ of each base over β, which is known after each rung, from the sums of a run.
    fn paths(&self, sums: &[f32], rungs: usize, beta: impl Fn(usize) -> f64) -> Vec<Layer> {
        let weights = self.model.anneal.weights_of(sums);
        let path = |(k, (id, role)): (usize, (&'static str, Role))| {
            let start = self.model.log_base(k);
            let mut line = vec![0.0, start as f32];
            for rung in 0..rungs {
                let estimate = start + ais::log_mean(weights[k].at(rung));
                line.extend([beta(rung + 1) as f32, estimate as f32]);
            }
            Layer::curve(id, role, line)
        };
        LAYERS.into_iter().enumerate().map(path).collect()
    }

    /// Chains of each base.
    pub(super) async fn particles(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let m = &self.model;
        let data = live.device.read(m.anneal.particles).await?;
        let (d, count) = (m.blank.area(), m.anneal.chains.min(SHOWN));
        let layer = |k: usize| {
            let from = k * m.anneal.chains * d;
            let (id, role) = LAYERS[k];
            Layer::images(id, role, data[from..from + count * d].to_vec(), &m.blank)
        };
        Ok(Picture::of(vec![layer(0), layer(1)]))
    }

    /// The estimates of log Z by single chains, as histograms: outlines of bars.
    pub(super) fn histograms(&self, reading: &Reading) -> Picture {
        let single = |k: usize| reading.weights[k].last().iter().map(move |x| x + self.model.log_base(k));
        let all = || single(0).chain(single(1)).chain([reading.log_z]);
        let low = all().fold(f64::INFINITY, f64::min);
        let width = (all().fold(f64::NEG_INFINITY, f64::max) - low).max(1e-6) / BINS as f64;
        let mut layers = Vec::new();
        let mut top = 0.0f32;
        for (k, (id, role)) in LAYERS.into_iter().enumerate() {
            let mut shares = [0.0f32; BINS];
            single(k).for_each(|x| {
                shares[(((x - low) / width) as usize).min(BINS - 1)] += 1.0 / self.model.anneal.chains as f32;
            });
            let mut line = Vec::new();
            for (bin, share) in shares.into_iter().enumerate() {
                let x = (low + bin as f64 * width) as f32;
                line.extend([x, share, x + width as f32, share]);
                top = top.max(share);
            }
            layers.push(Layer::curve(id, role, line));
        }
        let x = reading.log_z as f32;
        layers.push(Layer::lines("exact", Role::Truth, vec![x, 0.0, x, top]));
        Picture::of(layers)
    }

    /// The mean error of log Ẑ from base `k` if it had been made of fewer chains.
    pub(super) fn few(&self, k: usize, reading: &Reading) -> Picture {
        let logs = reading.weights[k].last();
        let mut line = Vec::new();
        let mut size = 1;
        while size <= logs.len() {
            let error = self.model.log_base(k) + ais::log_mean_of(logs, size) - reading.log_z;
            line.extend([size as f32, error as f32]);
            // 1, 2, 5, 10, 20, 50, …
            size = if matches!(size, 2 | 20 | 200) { size / 2 * 5 } else { size * 2 };
        }
        let (shape, end) = ([line.len() / 2, 2], line[line.len() - 2]);
        let (id, role) = LAYERS[k];
        let exact = Layer::level("exact", Role::Truth, [1.0, end], 0.0);
        Picture::of(vec![Layer::new(id, role, ViewKind::LogCurves, line, &shape), exact])
    }
}
