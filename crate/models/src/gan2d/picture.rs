//! Pictures of the game.

use super::card::Shown;
use super::model::{CHUNK, FIELD};
use super::{Gan2d, REACH};
use crate::prelude::*;

const EXTENT: [f32; 4] = [-REACH, REACH, -REACH, REACH];
/// Length that no arrow reaches.
const LONGEST: f64 = 0.4;

/// The places of the discriminator's field, `[FIELD², 2]`.
pub(super) fn grid() -> Vec<f32> {
    shapes::grid(FIELD, EXTENT)
}

impl Gan2d {
    /// Data, forgeries, and where the discriminator would have the first of them go: all of one generator, the
    /// present one or the averaged one.
    pub(super) async fn points(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let (d, game) = (live.device, &self.game);
        let data = game.feed.shown(d, CHUNK);
        let made = d.drawn(game.arrows, VIEW_SEED, "points");
        let towards = d.output(game.arrows, "towards");
        let (data, made, towards) = (data.await?, made.await?, towards.await?);
        let pairs = made.chunks_exact(2).zip(towards.chunks_exact(2));
        let generated = match live.settings.get("shown") {
            Shown::Present => "generated",
            Shown::Averaged => "averaged",
        };
        let arrow =
            |(x, d): (&[f32], &[f32])| shapes::arrow([x[0], x[1]], [d[0], d[1]].map(f64::from), LONGEST);
        let arrows = pairs.flat_map(arrow).collect();
        let layers = vec![
            Layer::points("data", Role::Data, data),
            Layer::arrows("arrows", Role::Other, arrows),
            Layer::points(generated, Role::Model, made),
        ];
        Ok(Picture::plane(layers, EXTENT))
    }

    /// What the discriminator takes for data.
    pub(super) async fn field(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let data = live.device.ask(self.game.field, "field").await?;
        Ok(Picture::plane(vec![Layer::field("field", Role::Other, data)], EXTENT))
    }
}
