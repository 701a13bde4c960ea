//! Pictures of the game.

use super::model::{CHUNK, FIELD};
use super::{Gan2d, REACH};
use crate::prelude::*;

const EXTENT: [f32; 4] = [-REACH, REACH, -REACH, REACH];

/// The places of the discriminator's field, `[FIELD², 2]`.
pub(super) fn grid() -> Vec<f32> {
    shapes::grid(FIELD, EXTENT)
}

impl Gan2d {
    /// Data, forgeries, and where the discriminator would have each forgery go.
    pub(super) async fn points(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let (d, game) = (live.device, &self.game);
        let data = game.feed.shown(d, CHUNK);
        let from = d.drawn(game.arrows, VIEW_SEED, "from");
        let towards = d.output(game.arrows, "towards");
        let made = self.samples(d, CHUNK, VIEW_SEED);
        let (data, from, towards, made) = (data.await?, from.await?, towards.await?, made.await?);
        let pairs = from.chunks_exact(2).zip(towards.chunks_exact(2));
        let arrows: Vec<f32> = pairs.flat_map(|(x, d)| [x[0], x[1], d[0], d[1]]).collect();
        let layers = vec![
            Layer::points("data", Role::Data, data),
            Layer::arrows("arrows", Role::Other, arrows),
            Layer::points("generated", Role::Model, made),
        ];
        Ok(Picture::plane(layers, EXTENT))
    }

    /// What the discriminator takes for data.
    pub(super) async fn field(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let data = live.device.ask(self.game.field, "field").await?;
        Ok(Picture::plane(vec![Layer::field("field", Role::Other, data)], EXTENT))
    }
}
