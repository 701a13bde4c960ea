//! Pictures of the codes and of what is decoded from them.

use super::codes::{Codes, deviations};
use super::model::SHOWN;
use super::{Autoencoder, REACH, clipped, measure};
use crate::prelude::*;

/// Side of the grid over the plane of codes.
const GRID: usize = 13;
/// Images in a row of samples and of reconstructions.
const ACROSS: usize = 10;
/// Samples that are shown.
const SAMPLES: usize = 40;
/// Draws into holes that are unfolded in the plane, and how far from each other they are at least.
const ASTRAY: usize = 2;
const APART: f32 = 1.0;
/// A ring that is no farther from a code, in standard deviations, is at it.
const AWAY: f64 = 0.05;
/// Dimensions that are traversed, and pictures on the way.
const DIMENSIONS: usize = 4;
const BETWEEN: usize = 11;
const EXTENT: [f32; 4] = [-REACH, REACH, -REACH, REACH];

/// Place i of `n` that divide −`REACH` to `REACH` evenly.
fn division(i: usize, n: usize) -> f32 {
    (i as f32 / (n - 1) as f32 * 2.0 - 1.0) * REACH
}

impl Autoencoder {
    /// Images `[n, D]`, of which what is beyond black and white is cut.
    fn images(&self, id: &'static str, role: Role, data: Vec<f32>, across: usize) -> Picture {
        Picture::images(id, role, clipped(data), &self.sets.train, across)
    }

    /// Asks for the image that is made of the code at the ring.
    fn unfolded(&self, live: &Live) -> Result<Answer<Vec<f32>>, Error> {
        match self.at.map(deviations) {
            Some(place) => self.decode(live, core::iter::once(&place[..])),
            None => {
                self.map(live)?;
                Ok(live.device.ask(self.model.unfold, "images"))
            }
        }
    }

    /// Of draws into holes, those whose images are farthest from all training images: where they are in the plane, and
    /// their images.
    fn odd(&self, codes: &Codes, drawn: &[f32], images: &[f32]) -> [Vec<f32>; 2] {
        let d = self.sets.train.area();
        let image = |i: usize| &images[i * d..][..d];
        let astray = codes.astray(drawn);
        let all: Vec<f32> = astray.iter().flat_map(|&i| image(i)).copied().collect();
        let mut astray: Vec<(f64, usize)> =
            measure::distances(&all, &self.sets).into_iter().zip(astray).collect();
        astray.sort_by(|a, b| b.0.total_cmp(&a.0));
        let at = codes.plane(drawn);
        let mut odd = [Vec::new(), Vec::new()];
        for (_, i) in astray {
            let [x, y] = [at[2 * i], at[2 * i + 1]];
            let apart = |p: &[f32]| libm::hypotf(p[0] - x, p[1] - y) > APART;
            if odd[0].len() < 2 * ASTRAY && x.abs().max(y.abs()) < REACH && odd[0].chunks_exact(2).all(apart)
            {
                odd[0].extend([x, y]);
                odd[1].extend(image(i));
            }
        }
        odd
    }

    /// Codes of training images in their first two dimensions, with the Gaussian that is fitted to them, the
    /// place that was dragged to, and the code nearest to it; what is made of it, and of draws that fall into holes.
    pub(super) async fn code_plane(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let made = self.unfolded(live)?;
        let drawn = self.drawn_codes(live, SAMPLES, VIEW_SEED)?;
        let images = self.drawn_images(live, SAMPLES, VIEW_SEED)?;
        let codes = self.codes(live).await?;
        let [astray, odd] = self.odd(&codes, &drawn.await?, &clipped(images.await?));
        let here = self.ring(&codes);
        let (near, _) = codes.nearest_to(&here);
        let mut all = Layer::points("codes", Role::Data, codes.plane(&codes.codes));
        let label = |i: &usize| self.sets.train.labels.get(*i).map(|&l| u32::from(l));
        all.labels = self.model.mapped.iter().filter_map(label).collect();
        let ellipse = |k: f64| shapes::ellipse([0.0; 2], codes.shape(), k);
        let fitted: Vec<f32> = [1.0, 2.0].into_iter().flat_map(ellipse).collect();
        let mut layers = vec![
            all,
            Layer::lines("fitted", Role::Other, fitted),
            Layer::points("nearest", Role::Data, codes.plane(&codes.codes[near * self.z..][..self.z])),
            Layer::points("astray", Role::Model, astray),
            Layer::images("odd", Role::Model, odd, &self.sets.train),
            Layer::points("code", Role::Model, codes.plane(&here)),
            Layer::images("unfolded", Role::Model, clipped(made.await?), &self.sets.train),
        ];
        // Elsewhere a place of the plane says little of how far codes are.
        if self.z == 2 {
            let mut holes = Layer::lines("holes", Role::Other, codes.hatching());
            holes.labels = vec![1];
            layers.push(holes);
        }
        Ok(Picture::plane(layers, EXTENT))
    }

    /// Decoded images of a grid over the first two dimensions; the first row is the top.
    pub(super) async fn decoded_plane(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let at = |i: usize| [division(i % GRID, GRID), division(GRID - 1 - i / GRID, GRID)];
        let places: Vec<[f32; 2]> = (0..GRID * GRID).map(at).collect();
        let data = self.decode(live, places.iter().map(|p| &p[..]))?.await?;
        Ok(Picture { extent: EXTENT, ..self.images("decoded", Role::Model, data, GRID) })
    }

    /// An image, the numbers at the ring, and the image that is made of them. The image is the one whose code is there, or
    /// else, labelled 1, that of the nearest code.
    pub(super) async fn here(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let made = self.unfolded(live)?;
        let codes = self.codes(live).await?;
        let here = self.ring(&codes);
        let numbers = codes.deviations_of(&here);
        let (near, off) = codes.nearest_to(&here);
        let train = &self.sets.train;
        let own = ("image", Role::Data, train.grey(self.model.mapped[near]).collect());
        let mut picture = Picture::grids(train, 2, vec![own, ("made", Role::Model, clipped(made.await?))]);
        if off >= AWAY {
            (picture.layers[0].id, picture.layers[0].labels) = ("near", vec![1]);
        }
        picture.layers.push(Layer::new("numbers", Role::Other, ViewKind::Bars, numbers, &[self.z]));
        Ok(picture)
    }

    /// Images of codes that are drawn from the fitted Gaussian.
    pub(super) async fn samples(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let data = self.drawn_images(live, SAMPLES, VIEW_SEED)?.await?;
        Ok(self.images("samples", Role::Model, data, ACROSS))
    }

    /// Held-out images above what the networks, and principal component analysis, make of them.
    pub(super) async fn reconstructions(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let (m, count) = (&self.model, SHOWN.min(self.sets.test.n));
        let made = m.feed.over(live.device, m.reconstruct, SHOWN, count, "images").await?;
        let originals = self.sets.test.first(count);
        let linear = self.optimum.as_ref().map(|o| ("pca", Role::Truth, clipped(o.pca.project(&originals))));
        let made = ("reconstructions", Role::Model, clipped(made));
        let parts = [("originals", Role::Data, originals), made].into_iter().chain(linear).collect();
        Ok(Picture::grids(&self.sets.train, ACROSS, parts))
    }

    /// A row of images for each of the first dimensions, along which the code moves.
    pub(super) async fn traversal(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let mut rows = Vec::new();
        for axis in 0..self.z.min(DIMENSIONS) {
            for i in 0..BETWEEN {
                let mut row = [0.0; DIMENSIONS];
                row[axis] = division(i, BETWEEN);
                rows.push(row);
            }
        }
        let data = self.decode(live, rows.iter().map(|row| &row[..]))?.await?;
        Ok(self.images("decoded", Role::Model, data, BETWEEN))
    }
}
