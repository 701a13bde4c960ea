//! Figures: what is lost, where codes are, and how far samples are from images.

use super::Autoencoder;
use super::codes::{QUANTILE, median, nearest, quantile};
use super::model::{CHUNK, MAPPED};
use crate::data::spread;
use crate::metrics::pca::Pca;
use crate::metrics::ppca::MOST;
use crate::prelude::*;

/// Held-out images that the figures on the page are computed from, and fewer where they are large.
const MEASURED: usize = 1024;
const MEASURED_LARGE: usize = 256;
/// Samples that the figures are computed from.
const SAMPLED: usize = 256;

/// The optimum of linear networks: principal component analysis.
pub(super) struct Optimum {
    pub(super) pca: Pca,
    /// Its mean ‖x − x̂‖² over held-out images.
    test_error: f64,
}

impl Optimum {
    /// That of Z dimensions; none for images so large that it takes long.
    pub(super) fn new(sets: &ImageSets, z: usize) -> Option<Optimum> {
        let d = sets.train.area();
        (d <= MOST).then(|| {
            let pca = Pca::new(&sets.train.to_floats(), d, z.min(d));
            let test = sets.test.to_floats();
            let test_error = square_distance(&test, &pca.project(&test)) * d as f64 / test.len() as f64;
            Optimum { pca, test_error }
        })
    }
}

/// Distances of images `[n, D]` to the nearest of the mapped training images.
pub(super) fn distances(images: &[f32], sets: &ImageSets) -> Vec<f64> {
    let train = &sets.train;
    let mapped: Vec<f32> = spread::sample(train.n, MAPPED).flat_map(|i| train.grey(i)).collect();
    nearest(images, &mapped, train.area())
}

/// The same of held-out images, as many as samples are drawn: the median, and how far all but a few are at most.
pub(super) fn test_distances(sets: &ImageSets) -> [f64; 2] {
    let all = distances(&sets.test.first(SAMPLED), sets);
    [median(all.clone()).mean, quantile(all, 1.0 - QUANTILE)]
}

impl Autoencoder {
    /// The errors and the codes; the samples too; and the same over all held-out images.
    pub(super) async fn measure(&self, live: &Live<'_>, scope: Scope) -> Result<Figures, Error> {
        let (d, m) = (live.device, &self.model);
        let most = match scope {
            Scope::Whole | Scope::All(_) => usize::MAX,
            Scope::Quick | Scope::Page if self.optimum.is_none() => MEASURED_LARGE,
            Scope::Quick | Scope::Page => MEASURED,
        };
        let count = most.min(self.sets.test.n);
        let losses = m.trainer.losses(live);
        let errors = m.feed.over(d, m.encode_test, CHUNK, count, "errors");
        let weights = m.linear.as_ref().map(|_| d.read(m.weights));
        let (mut test_codes, mut drawn, mut images) = (None, None, None);
        if scope.is_deep() {
            test_codes = Some(m.feed.over(d, m.encode_test, CHUNK, count, "codes"));
            drawn = Some(self.drawn_codes(live, SAMPLED, VIEW_SEED)?);
            images = Some(self.drawn_images(live, SAMPLED, VIEW_SEED)?);
        }
        let codes = self.codes(live).await?;

        let errors = errors.await?;
        let mut out = vec![("loss", losses.await?[0])];
        let test = Estimate::of(errors.iter().map(|&x| f64::from(x)));
        test.report(&mut out, ["test_error", "test_error_se"]);
        if let Some(Optimum { pca, test_error }) = &self.optimum {
            out.extend([("loss_reference", pca.error), ("test_error_reference", *test_error)]);
            // Not where there are more dimensions than pixels.
            if let (Some(weights), Some(range)) = (weights, m.linear.clone())
                && self.z <= self.sets.train.area()
            {
                out.push(("angle", pca.angle(&weights.await?[range])));
            }
        }
        out.push(("nearest", codes.nearest_to(&self.ring(&codes)).1));
        if let (Some(test_codes), Some(drawn), Some(images)) = (test_codes, drawn, images) {
            codes.holes(&drawn.await?, &test_codes.await?).report(&mut out, ["holes", "holes_se"]);
            let made = median(distances(&images.await?, &self.sets));
            made.report(&mut out, ["sample_distance", "sample_distance_se"]);
            out.push(("sample_distance_reference", self.test_distances[0]));
        }
        Ok(out)
    }
}
