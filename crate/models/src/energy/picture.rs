//! The pictures.

use super::model::{TRAIL, TRAILS};
use super::{EXTENT, Ebm, GRID, SAMPLED, STEP_SIZES, biased_variance};
use crate::card::{Role, ViewKind};
use crate::exhibit::{Layer, Picture};
use crate::{Error, drive};
use alloc::vec;
use alloc::vec::Vec;
use tilde_graph::Device;

/// Energies above the lowest, in nats, that still have a colour of their own.
const DEPTH: f32 = 12.0;
/// Points of the data that are shown over a field.
const SHOWN: usize = 256;

impl Ebm {
    pub(super) async fn picture(&mut self, device: &mut dyn Device, id: &str) -> Result<Picture, Error> {
        Ok(match id {
            "landscape" => {
                let [x, trail] = [self.model.chain, self.model.trail].map(|var| drive::read(device, var));
                let (x, trail) = (x.await?, trail.await?);
                let mut pieces = Vec::new();
                for chain in 0..TRAILS {
                    let at = |t: usize| &trail[2 * (t * TRAILS + chain)..][..2];
                    for t in 1..TRAIL {
                        pieces.extend_from_slice(at(t - 1));
                        pieces.extend_from_slice(at(t));
                    }
                }
                let landscape = self.look(device).await?;
                let low = landscape.energies.iter().copied().fold(f32::INFINITY, f32::min);
                let above = landscape.energies.iter().map(|e| (e - low).min(DEPTH)).collect();
                let layers = vec![
                    Layer::new("energy", Role::Truth, ViewKind::Field, above, &[GRID, GRID]),
                    Layer::lines("trail", Role::Other, pieces),
                    Layer::points("chains", Role::Model, x),
                ];
                Picture { range: [0.0, 0.5 * DEPTH, DEPTH], ..Picture::plane(layers, EXTENT) }
            }
            "density" => {
                let shown = Layer::points("data", Role::Data, self.plane.bank()[..2 * SHOWN].to_vec());
                let landscape = self.look(device).await?;
                let low = landscape.energies.iter().copied().fold(f32::INFINITY, f32::min);
                // Of the peak, so that the colours keep their meaning while it trains.
                let share = landscape.energies.iter().map(|e| libm::expf(low - e)).collect();
                let field = Layer::new("probability", Role::Model, ViewKind::Field, share, &[GRID, GRID]);
                Picture { range: [0.0, 0.5, 1.0], ..Picture::plane(vec![field, shown], EXTENT) }
            }
            "samples" => {
                let samples = self.latest(device).await?;
                let data = self.test[..2 * SAMPLED].to_vec();
                Picture::plane(
                    vec![
                        Layer::points("data", Role::Data, data),
                        Layer::points("samples", Role::Model, samples),
                    ],
                    EXTENT,
                )
            }
            _ => {
                let squares = drive::read(device, self.model.squares).await?;
                let measured: Vec<f32> =
                    STEP_SIZES.iter().zip(&squares).flat_map(|(&step, &square)| [step, square]).collect();
                let theory: Vec<f32> = (0..=44)
                    .map(|i| i as f64 / 40.0)
                    .flat_map(|step| [step as f32, biased_variance(step) as f32])
                    .collect();
                let layers = vec![
                    Layer::curve("theory", Role::Truth, theory),
                    Layer::curve("target", Role::Data, vec![0.0, 1.0, 1.1, 1.0]),
                    Layer::points("measured", Role::Model, measured),
                ];
                Picture::plane(layers, [0.0; 4])
            }
        })
    }
}
