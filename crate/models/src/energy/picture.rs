//! The pictures.

use super::measure::SAMPLED;
use super::model::TRAIL;
use super::{EXTENT, Ebm, STEP_SIZES, biased_variance};
use crate::prelude::*;

/// Energies above the lowest, in nats, that still have a colour of their own.
const DEPTH: f32 = 12.0;
/// Points of the data that are shown over a field.
const SHOWN: usize = 256;

impl Ebm {
    /// Points of the data.
    fn shown(&self) -> Layer {
        Layer::points("data", Role::Data, self.plane.bank()[..2 * SHOWN].to_vec())
    }

    /// The energy, and data and chains on it.
    pub(super) async fn landscape_picture(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let [chains, trail] = [self.model.chain, self.model.trail.places].map(|var| live.device.read(var));
        let landscape = self.landscape(live).await?;
        let low = landscape.lowest();
        let above = landscape.energies.iter().map(|e| (e - low).min(DEPTH)).collect();
        let layers = vec![
            Layer::field("energy", Role::Truth, above),
            self.shown(),
            Layer::lines("trail", Role::Model, shapes::trails(&trail.await?, TRAIL)),
            Layer::points("chains", Role::Model, chains.await?),
        ];
        Ok(Picture::plane(layers, EXTENT).ranged([0.0, 0.5 * DEPTH, DEPTH]))
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
