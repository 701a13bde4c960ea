//! Pictures of the codes and of what is decoded from them.

use super::codes::{Codes, deviations};
use super::model::SHOWN;
use super::{Autoencoder, REACH, clipped, measure};
use crate::prelude::*;

/// Side of the grid over the plane of codes.
const GRID: usize = 13;
/// Images in a row of samples and of reconstructions.
const ACROSS: usize = 10;
/// Samples that are shown, and in a row.
const SAMPLES: usize = 30;
const ALONG: usize = 6;
/// Draws among codes of which one is shown in the plane.
const AMONG: usize = 8;
/// How far that is at least from where the ring is at first.
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

    /// Of draws, that into a hole whose image is farthest from all training images, and of the first others that whose image
    /// is nearest to one: where each is in the plane, its image, and whether that is as near to a training image as held-out
    /// ones are.
    fn told(&self, codes: &Codes, drawn: &[f32], images: &[f32]) -> Vec<Layer> {
        let d = self.sets.train.area();
        let image = |i: &usize| &images[i * d..][..d];
        let at = codes.plane(drawn);
        let seen = |i: &usize| at[2 * i].abs().max(at[2 * i + 1].abs()) < REACH;
        let mut astray = codes.astray(drawn);
        let mut among: Vec<usize> = (0..at.len() / 2).filter(|i| !astray.contains(i)).collect();
        astray.retain(seen);
        // Not where the ring is at first.
        let ring = codes.plane(&codes.codes[self.model.shown * self.z..][..self.z]);
        among.retain(|i| seen(i) && libm::hypotf(at[2 * i] - ring[0], at[2 * i + 1] - ring[1]) > APART);
        among.truncate(AMONG);
        let mut layers = Vec::new();
        for (id, of, sign) in [("astray", astray, -1.0), ("among", among, 1.0)] {
            let all: Vec<f32> = of.iter().flat_map(image).copied().collect();
            let far = measure::distances(&all, &self.sets);
            let one = far.iter().zip(&of).min_by(|a, b| (sign * a.0).total_cmp(&(sign * b.0)));
            let Some((far, i)) = one else { continue };
            let like = if *far > self.test_distances[1] { "unlike" } else { "like" };
            layers.push(Layer::points(id, Role::Model, at[2 * i..][..2].to_vec()));
            layers.push(Layer::images(like, Role::Model, image(i).to_vec(), &self.sets.train));
        }
        layers
    }

    /// Codes of training images in their first two dimensions, where the Gaussian that is fitted to them has most of its
    /// draws, and the holes there; what is made of two draws; the place that was dragged to, and the code nearest to it.
    pub(super) async fn code_plane(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let drawn = self.drawn_codes(live, SAMPLES, VIEW_SEED)?;
        let images = self.drawn_images(live, SAMPLES, VIEW_SEED)?;
        let codes = self.codes(live).await?;
        let told = self.told(&codes, &drawn.await?, &clipped(images.await?));
        let here = self.ring(&codes);
        let (near, off) = codes.nearest_to(&here);
        let mut all = Layer::points("codes", Role::Data, codes.plane(&codes.codes));
        let label = |i: &usize| self.sets.train.labels.get(*i).map(|&l| u32::from(l));
        all.labels = self.model.mapped.iter().filter_map(label).collect();
        let mut layers = vec![all];
        // Elsewhere a place of the plane says little of how far codes are.
        if self.z == 2 {
            layers.push(Layer::lines("holes", Role::Model, codes.open()).labelled(vec![1]));
        }
        layers.push(Layer::lines("fitted", Role::Other, shapes::ellipse([0.0; 2], codes.shape(), 2.0)));
        layers.extend(told);
        if off >= AWAY {
            let code = &codes.codes[near * self.z..][..self.z];
            layers.push(Layer::points("nearest", Role::Data, codes.plane(code)));
        }
        layers.push(Layer::points("code", Role::Model, codes.plane(&here)));
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

    /// Images of codes that are drawn from the fitted Gaussian; above, a row at most of those that are in holes.
    pub(super) async fn samples(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let drawn = self.drawn_codes(live, SAMPLES, VIEW_SEED)?;
        let images = self.drawn_images(live, SAMPLES, VIEW_SEED)?;
        let astray = self.codes(live).await?.astray(&drawn.await?);
        let (area, images) = (self.sets.train.area(), clipped(images.await?));
        let of = |astray_ones: bool, most: usize| {
            let images = images.chunks_exact(area).enumerate();
            images
                .filter(|(i, _)| astray.contains(i) == astray_ones)
                .take(most)
                .flat_map(|(_, x)| x)
                .copied()
                .collect()
        };
        let parts =
            [("in_holes", Role::Model, of(true, ALONG)), ("elsewhere", Role::Model, of(false, SAMPLES))];
        let parts = parts.into_iter().filter(|(.., data): &Part| !data.is_empty()).collect();
        Ok(Picture::grids(&self.sets.train, ALONG, parts))
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
