//! Pictures of the latent space and of what is decoded from it.

use super::Vae;
use super::model::{BETWEEN, CHUNK, SHOWN};
use crate::prelude::*;

/// Side of the grid over the latent plane, which reaches ±`REACH`.
const GRID: usize = 15;
const REACH: f32 = 2.5;
/// Images of the latent map.
const MAPPED: usize = 512;

/// A code in the latent plane.
fn plane(code: &[f32]) -> [f32; 2] {
    [code[0], code.get(1).copied().unwrap_or(0.0)]
}

impl Vae {
    /// Decoded images of a grid over the first two latent dimensions, the others 0; the first row is
    /// the top.
    pub(super) async fn latent_grid(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let mut codes = vec![0.0; GRID * GRID * self.z];
        let at = |i: usize| (i as f32 / (GRID - 1) as f32 * 2.0 - 1.0) * REACH;
        for (i, code) in codes.chunks_mut(self.z).enumerate() {
            code[0] = at(i % GRID);
            if self.z > 1 {
                code[1] = at(GRID - 1 - i / GRID);
            }
        }
        let made = self.decode(live.device, &codes);
        let ring = Layer::points("latent", Role::Model, plane(&self.place()).to_vec());
        let mut picture = Picture::images("decoded", Role::Model, made.await?, &self.sets.train, GRID);
        picture.layers.push(ring);
        Ok(Picture { extent: [-REACH, REACH, -REACH, REACH], ..picture })
    }

    /// Posterior means of the first held-out images, `[MAPPED, Z]` or as many as there are.
    async fn means(&self, live: &Live<'_>) -> Result<Rc<Vec<f32>>, Error> {
        let (m, count) = (&self.model, MAPPED.min(self.sets.test.n));
        self.means
            .get(live.generation, async || m.feed.over(live.device, m.encode, CHUNK, count, "mean").await)
            .await
    }

    /// Posterior means of held-out images in the first two latent dimensions, with their classes, and the point that
    /// was last dragged to.
    pub(super) async fn latent_map(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let means = self.means(live).await?;
        let codes = Layer::points("codes", Role::Data, means.chunks(self.z).flat_map(plane).collect());
        let codes = codes.labelled(self.sets.test.classes(MAPPED.min(self.sets.test.n)));
        let place = Layer::points("place", Role::Model, plane(&self.place()).to_vec());
        let extent = [-1.6 * REACH, 1.6 * REACH, -1.6 * REACH, 1.6 * REACH];
        Ok(Picture::plane(vec![codes, place], extent))
    }

    /// The code at the ring, `[Z]`: beyond the plane it is 0.
    fn place(&self) -> Vec<f32> {
        let mut code = vec![0.0; self.z];
        for (c, at) in code.iter_mut().zip(self.at) {
            *c = (2.0 * at - 1.0) * REACH;
        }
        code
    }

    /// The image of the code at the ring, and the held-out one whose code is nearest.
    pub(super) async fn decoded(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let place = self.place();
        let made = self.decode(live.device, &place);
        let means = self.means(live).await?;
        let off = |code: &[f32]| code.iter().zip(&place).map(|(a, b)| (a - b) * (a - b)).sum::<f32>();
        let all = means.chunks(self.z).map(off).enumerate();
        let (near, _) = all.fold((0, f32::INFINITY), |best, each| if each.1 < best.1 { each } else { best });
        let mut data = made.await?;
        data.extend(self.sets.test.grey(near));
        Ok(Picture::images("decoded", Role::Model, data, &self.sets.train, 2))
    }

    pub(super) async fn samples(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let data = self.draws(live.device, 64, VIEW_SEED).await?;
        Ok(Picture::images("samples", Role::Model, data, &self.sets.train, 8))
    }

    /// Held-out images above what the decoder makes of their posterior means.
    pub(super) async fn reconstructions(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let (m, count) = (&self.model, SHOWN.min(self.sets.test.n));
        let made = m.feed.over(live.device, m.reconstruct, SHOWN, count, "images").await?;
        let shown = ("originals", Role::Data, self.sets.test.first(count));
        Ok(Picture::grids(&self.sets.train, 10, vec![shown, ("reconstructions", Role::Model, made)]))
    }

    /// Images along the straight line between the codes of two held-out ones.
    pub(super) async fn interpolation(&self, live: &Live<'_>) -> Result<Picture, Error> {
        live.device.write(self.model.ends, &self.ends.map(|i| i as f32));
        let data = live.device.ask(self.model.interpolate, "images").await?;
        Ok(Picture::images("interpolation", Role::Model, data, &self.sets.train, BETWEEN))
    }

    /// How far each latent dimension's posterior is from the prior, over the last batch.
    pub(super) async fn kl_bars(&self, live: &Live<'_>) -> Result<Picture, Error> {
        Ok(Picture::bars("kl", self.kl_dims(live).await?))
    }
}
