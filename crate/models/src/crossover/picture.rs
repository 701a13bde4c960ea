//! The pictures.

use super::Crossover;
use super::source::{SIDE, Source};
use crate::prelude::*;

impl Crossover {
    /// Both errors over the size of the training set, with two standard errors, their limits, and the crossing.
    pub(super) fn curves(&self, noise: f64) -> Picture {
        let sizes = self.source.sizes();
        let (first, last) = (sizes[0] as f32, sizes[sizes.len() - 1] as f32);
        let mut layers = Vec::new();
        let mut spread = Vec::new();
        for (errors, (id, role)) in
            self.curves.0.iter().zip([("bayes", Role::Data), ("logistic", Role::Model)])
        {
            let mut data = Vec::new();
            for (error, &m) in errors.iter().zip(sizes).filter(|(error, _)| error.count > 0.0) {
                let mean = error.mean() as f32;
                data.extend([m as f32, mean]);
                let off = error.error().map(|error| 2.0 * error as f32);
                spread.extend(off.into_iter().flat_map(|off| [m as f32, mean - off, m as f32, mean + off]));
            }
            layers.push(Layer::curve(id, role, data));
        }
        layers.push(Layer::lines("spread", Role::Other, spread));
        let limits = self.source.limits(noise);
        if let Some(limits) = limits {
            for (id, limit) in ["best", "bayes_limit"].into_iter().zip([limits[1], limits[0]]) {
                layers.push(Layer::level(id, Role::Truth, [first, last], limit as f32));
            }
        }
        if let Some((m, error)) = self.curves.crossing(sizes) {
            layers.push(Layer::points("crossing", Role::Truth, vec![m as f32, error as f32]));
        }
        let top = if limits.is_some() { 0.4 } else { 0.15 };
        Picture::plane(layers, [first, last, 0.0, top])
    }

    /// The latest rules of the largest size, and the best one, each of length 1; on the digits as images.
    pub(super) fn weights(&self, noise: f64) -> Picture {
        let unit = |rule: &[f64]| -> Vec<f32> {
            let w = &rule[..rule.len() - 1];
            let length = tilde_graph::real::sqrt(w.iter().map(|w| w * w).sum::<f64>()).max(1e-12);
            w.iter().map(|w| (w / length) as f32).collect()
        };
        let [bayes, logistic] = &self.latest;
        let mut rules = vec![("logistic", Role::Model, unit(logistic)), ("bayes", Role::Data, unit(bayes))];
        if let Source::Gaussians(pair) = &self.source {
            rules.push(("best_weights", Role::Truth, unit(&pair.limits(noise)[1])));
        }
        let top = rules.iter().flat_map(|rule| &rule.2).fold(0.01, |top: f32, w| top.max(w.abs()));
        let (kind, shape): (_, &[usize]) = match self.source {
            Source::Gaussians(_) => (ViewKind::Bars, &[bayes.len() - 1]),
            Source::Digits(_) => (ViewKind::Images, &[1, SIDE, SIDE]),
        };
        let layers =
            rules.into_iter().map(|(id, role, data)| Layer::new(id, role, kind, data, shape)).collect();
        Picture { columns: 1, ..Picture::of(layers).ranged([-top, 0.0, top]) }
    }
}
