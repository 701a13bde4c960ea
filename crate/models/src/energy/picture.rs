//! The pictures.

use super::card::Method;
use super::measure::{GRID, SAMPLED};
use super::model::TRAIL;
use super::{EXTENT, Ebm, REACH, STEP_SIZES, biased_variance};
use crate::prelude::*;

/// Energies above the lowest, in nats, that still have a colour of their own.
const DEPTH: f32 = 12.0;
/// Points of the data that are shown over a field.
const SHOWN: usize = 256;
/// How near to the cut through the landscape points are that have an arrow on it; of how many of each; how long arrows are.
const NEAR: f32 = 0.15;
const LOOKED: usize = 96;
const ARROW: f32 = 2.0;

impl Ebm {
    /// Points of the data.
    fn shown(&self) -> Layer {
        Layer::points("data", Role::Data, self.plane.bank()[..2 * SHOWN].to_vec())
    }

    /// Whether the energy is pushed up where chains are.
    fn contrasts(&self, live: &Live) -> bool {
        match live.settings.get("method") {
            Method::Persistent | Method::ShortRun => true,
            Method::Grid | Method::ScoreMatching => false,
        }
    }

    /// The energy, and data and chains on it.
    pub(super) async fn landscape_picture(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let [chains, trail] = [self.model.chain, self.model.trail.places].map(|var| live.device.read(var));
        let landscape = self.landscape(live).await?;
        let low = landscape.lowest();
        let above = landscape.energies.iter().map(|e| (e - low).min(DEPTH)).collect();
        let (_, y) = self.cut_at();
        let pushing = if self.contrasts(live) { "chains" } else { "idle" };
        let layers = vec![
            Layer::field("energy", Role::Truth, above),
            Layer { id: "pulling", ..self.shown() },
            Layer::lines("cut", Role::Other, vec![-REACH, y, REACH, y]),
            Layer::lines("trail", Role::Model, shapes::trails(&trail.await?, TRAIL)),
            Layer::points(pushing, Role::Model, chains.await?),
        ];
        Ok(Picture::plane(layers, EXTENT).ranged([0.0, 0.5 * DEPTH, DEPTH]))
    }

    /// The row of the landscape that most of the data are near, and its y.
    fn cut_at(&self) -> (usize, f32) {
        let y = |row: usize| (row as f32 + 0.5) * (2.0 * REACH / GRID as f32) - REACH;
        let data = self.shown().data;
        let near = |row: &usize| data.chunks_exact(2).filter(|p| (p[1] - y(*row)).abs() < NEAR).count();
        let row = (0..GRID).max_by_key(near).unwrap_or(0);
        (row, y(row))
    }

    /// The energy along a line. Each point of the data near it pulls it down by as much as each chain there pushes it up: the
    /// gradient of their difference in mean energy is that of the likelihood.
    pub(super) async fn cut(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let chains = live.device.read(self.model.chain);
        let landscape = self.landscape(live).await?;
        let low = landscape.lowest();
        let (row, y) = self.cut_at();
        let heights: Vec<f32> =
            landscape.energies[row * GRID..][..GRID].iter().map(|e| (e - low).min(DEPTH)).collect();
        let cell = 2.0 * REACH / GRID as f32;
        let place = |i: usize| (i as f32 + 0.5) * cell - REACH;
        let height = |x: f32| {
            let at = ((x + REACH) / cell - 0.5).max(0.0).min((GRID - 2) as f32);
            let share = at - tilde_graph::real::floorf(at);
            heights[at as usize] * (1.0 - share) + heights[at as usize + 1] * share
        };
        let arrows = |points: &[f32], length: f32| {
            let near = points.chunks_exact(2).take(LOOKED).filter(|p| (p[1] - y).abs() < NEAR);
            near.flat_map(|p| [p[0], height(p[0]), 0.0, length]).collect()
        };
        let mut layers = vec![
            Layer::curve("along", Role::Truth, (0..GRID).flat_map(|i| [place(i), heights[i]]).collect()),
            Layer::arrows("pulled", Role::Data, arrows(&self.shown().data, -ARROW)),
        ];
        let chains = chains.await?;
        if self.contrasts(live) {
            layers.push(Layer::arrows("pushed", Role::Model, arrows(&chains, ARROW)));
        }
        Ok(Picture::plane(layers, [-REACH, REACH, -1.2 * ARROW, DEPTH + 1.2 * ARROW]))
    }

    /// The density as a share of its peak, so that colours keep their meaning while it trains.
    pub(super) async fn density(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let landscape = self.landscape(live).await?;
        let low = landscape.lowest();
        let share = landscape.energies.iter().map(|e| libm::expf(low - e)).collect();
        Ok(Picture::plane(vec![Layer::field("probability", Role::Model, share), self.shown()], EXTENT))
    }

    /// Samples over held-out points.
    pub(super) async fn samples_picture(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let samples = self.shown_samples(live).await?;
        let data = Layer::points("data", Role::Data, self.held_out[..2 * SAMPLED].to_vec());
        Ok(Picture::plane(vec![data, Layer::points("samples", Role::Model, samples.to_vec())], EXTENT))
    }

    /// The variance of chains on the standard normal over their step size, measured and by theory.
    pub(super) async fn bias(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let squares = live.device.read(self.model.squares).await?;
        let measured: Vec<f32> =
            STEP_SIZES.iter().zip(&squares).flat_map(|(&step, &square)| [step, square]).collect();
        let theory: Vec<f32> = (0..=44)
            .map(|i| i as f64 / 40.0)
            .flat_map(|step| [step as f32, biased_variance(step) as f32])
            .collect();
        let layers = vec![
            Layer::curve("theory", Role::Truth, theory),
            Layer::level("target", Role::Data, [0.0, 1.1], 1.0),
            Layer::points("measured", Role::Model, measured),
        ];
        Ok(Picture::of(layers))
    }
}
