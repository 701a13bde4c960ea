//! Points of the plane to learn from, with their exact denoiser.

use super::exact::{Exact, Level};
use super::{Drawn, Sources, Toy, UserData};
use crate::Error;
use crate::figures::Figures;
use crate::metrics::Estimate;
use crate::metrics::energy_distance::estimate;
use crate::metrics::modes::coverage;
use alloc::vec::Vec;
use tilde_graph::rng::Stream;

/// Points that a step's batch is drawn from: enough that it is as good as fresh.
pub const BANK: usize = 1 << 16;

/// Repeats that gates are held against, and samples of each.
const REPEATS: u64 = 5;
const REPEATED: usize = 2000;

/// A set of the plane: one of the toys, or the user's own. Its coordinates are those of a network,
/// where the points have mean 0 and standard deviation 1 if that was asked for.
pub struct Plane {
    toy: Option<Toy>,
    /// What the user drew or gave, if anything.
    drawn: Option<Drawn>,
    seed: u64,
    /// Whether the points are standardised.
    unit: bool,
    mean: [f32; 2],
    scale: f32,
    exact: Exact,
    /// The points, `[BANK, 2]`.
    bank: Vec<f32>,
}

impl Plane {
    /// The set called `id`, or for any other id the user's points; `None` if there is no such set and no
    /// points. With `unit` its points are standardised.
    ///
    /// # Errors
    /// [`Error::BadData`] for points that are of no use.
    pub fn new(id: &str, sources: &Sources, seed: u64, unit: bool) -> Result<Option<Plane>, Error> {
        let drawn = match &sources.user {
            Some(UserData::Points(points)) => Some(Drawn::fitted(points)?),
            Some(_) => return Ok(None),
            None => None,
        };
        let toy = Toy::from_id(id);
        if drawn.is_none() && toy.is_none() && id != "drawn" {
            return Ok(None);
        }
        let exact = Exact::of(Toy::EightGaussians);
        let mut plane = Plane { toy, drawn, seed, unit, mean: [0.0; 2], scale: 1.0, exact, bank: Vec::new() };
        plane.fill();
        Ok(Some(plane))
    }

    /// Draws the points anew. Until something is drawn there is the first set to look at.
    fn fill(&mut self) {
        let mut bank = self.raw(BANK, &mut Stream::new(self.seed, 0xDA7A));
        if self.unit {
            self.standardise(&bank);
        }
        self.exact = match (&self.drawn, self.toy) {
            (Some(drawn), None) => Exact::Gaussians(drawn.mixture()),
            (_, toy) => Exact::of(toy.unwrap_or(Toy::EightGaussians)),
        };
        self.inside(&mut bank);
        self.bank = bank;
    }

    fn standardise(&mut self, bank: &[f32]) {
        let axis = |a: usize| bank.iter().skip(a).step_by(2).map(|&x| f64::from(x));
        let mean = [0, 1].map(|a| axis(a).sum::<f64>() / BANK as f64);
        let square: f64 = (0..2).flat_map(|a| axis(a).map(move |x| (x - mean[a]) * (x - mean[a]))).sum();
        self.mean = mean.map(|m| m as f32);
        self.scale = tilde_graph::real::sqrt(square / (2 * BANK) as f64).max(0.05) as f32;
    }

    fn raw(&self, n: usize, stream: &mut Stream) -> Vec<f32> {
        match (&self.drawn, self.toy) {
            (Some(drawn), None) => drawn.bank(n, stream),
            (_, toy) => toy.unwrap_or(Toy::EightGaussians).sample(n, stream),
        }
    }

    /// Adds a stroke of the brush for data that live in a box: what goes over the edge is painted at the edge.
    ///
    /// # Errors
    /// As [`Plane::paint`].
    pub fn paint_inside(&mut self, points: &[f32], reach: f32) -> Result<(), Error> {
        let inside: Vec<f32> = points.iter().map(|x| x.max(-reach).min(reach)).collect();
        self.paint(&inside)
    }

    /// How samples `[N, 2]`, in the coordinates of the network, cover the modes; nothing where the set is
    /// no mixture of equal Gaussians.
    pub fn modes(&self, samples: &[f32]) -> Figures {
        let Some((modes, sigma)) = self.toy.and_then(Toy::modes) else { return Figures::new() };
        let mut samples = samples.to_vec();
        self.outside(&mut samples);
        let c = coverage(&samples, &modes, sigma);
        let mut out = alloc::vec![("modes", c.modes as f64), ("modes_reference", modes.len() as f64),];
        Estimate::share(c.high_quality, c.count).report(&mut out, ["high_quality", "high_quality_se"]);
        Estimate { mean: c.kl, error: c.kl_error }.report(&mut out, ["mode_kl", "mode_kl_se"]);
        out
    }

    /// The energy distance of samples `[N, 2]` from data `[M, 2]`, in the coordinates of the network.
    pub fn distance(&self, samples: &[f32], data: &[f32]) -> Figures {
        let mut out = Figures::new();
        let n = data.len() / 2;
        let distance = estimate(samples, data, 2).repeated(n, self.distinct(n));
        distance.report(&mut out, ["energy_distance", "energy_distance_se"]);
        out
    }

    /// How good samples `[N, 2]` are: their [`Plane::distance`] from data `[M, 2]`, and how they cover the
    /// modes.
    pub fn quality(&self, samples: &[f32], data: &[f32]) -> Figures {
        let mut out = self.distance(samples, data);
        out.extend(self.modes(samples));
        out
    }

    /// [`Plane::quality`] as gates are held against it: the mean over independent repeats, each of
    /// samples that `draw` gives for a number and a seed, and of data from the run's `seed`.
    ///
    /// # Errors
    /// Those of `draw`.
    pub async fn repeated_quality(
        &self,
        seed: u64,
        draw: impl AsyncFn(usize, u64) -> Result<Vec<f32>, Error>,
    ) -> Result<Figures, Error> {
        let mut repeats = Vec::new();
        for repeat in 1..=REPEATS {
            let samples = draw(REPEATED, repeat).await?;
            let data = self.fresh(REPEATED, &mut Stream::new(seed, 0xF2E5 + repeat as u32));
            repeats.push(self.quality(&samples, &data));
        }
        let mean = |i: usize| repeats.iter().map(|figures| figures[i].1).sum::<f64>() / REPEATS as f64;
        let ids = repeats[0].iter().map(|figure| figure.0).enumerate();
        // The errors of the means are those of one repeat over √REPEATS.
        let smaller =
            |id: &str| if id.ends_with("_se") { 1.0 / tilde_graph::real::sqrt(REPEATS as f64) } else { 1.0 };
        Ok(ids.map(|(i, id)| (id, mean(i) * smaller(id))).collect())
    }

    /// Adds a stroke of the brush.
    ///
    /// # Errors
    /// [`Error::BadData`].
    pub fn paint(&mut self, points: &[f32]) -> Result<(), Error> {
        match &mut self.drawn {
            Some(drawn) => drawn.add(points)?,
            None => self.drawn = Some(Drawn::new(points)?),
        }
        self.toy = None;
        self.fill();
        Ok(())
    }

    /// Forgets what was drawn.
    pub fn clear(&mut self) {
        (self.drawn, self.toy) = (None, None);
        self.fill();
    }

    /// Takes the set of that id; what was drawn where there is no such set.
    pub fn take(&mut self, id: &str) {
        self.toy = Toy::from_id(id);
        self.fill();
    }

    /// The set that it is, if it is not the user's own.
    pub fn toy(&self) -> Option<Toy> {
        self.toy
    }

    /// The points, `[BANK, 2]`.
    pub fn bank(&self) -> &[f32] {
        &self.bank
    }

    /// Fresh points, `[n, 2]`; of the user's own those that are held out, as often as it takes.
    pub fn fresh(&self, n: usize, stream: &mut Stream) -> Vec<f32> {
        let mut points = match (&self.drawn, self.toy) {
            (Some(drawn), None) => drawn.held_out(n, stream),
            _ => self.raw(n, stream),
        };
        self.inside(&mut points);
        points
    }

    /// How many of `n` fresh points say something of their own; the others are near them.
    pub fn distinct(&self, n: usize) -> usize {
        match (&self.drawn, self.toy) {
            (Some(drawn), None) => n.min(drawn.held_out_count()),
            _ => n,
        }
    }

    /// Standard deviation of the points before they were standardised; 1 where they are not.
    pub fn scale(&self) -> f32 {
        self.scale
    }

    /// Brings points of the plane to the coordinates of the network.
    pub fn inside(&self, points: &mut [f32]) {
        points.iter_mut().enumerate().for_each(|(i, x)| *x = (*x - self.mean[i % 2]) / self.scale);
    }

    /// Brings points of the network's coordinates back to the plane.
    pub fn outside(&self, points: &mut [f32]) {
        points.iter_mut().enumerate().for_each(|(i, x)| *x = *x * self.scale + self.mean[i % 2]);
    }

    /// E[x₀ | x] at a level, all in the coordinates of the network.
    pub fn clean(&self, x: [f32; 2], at: Level) -> [f64; 2] {
        let scale = f64::from(self.scale);
        let mean = self.mean.map(f64::from);
        let seen = [0, 1].map(|a| scale * f64::from(x[a]) + at.alpha * mean[a]);
        let clean = self.exact.clean(seen, Level { sigma: scale * at.sigma, ..at });
        [0, 1].map(|a| (clean[a] - mean[a]) / scale)
    }

    /// How many Gaussians or squares the exact denoiser sums over.
    pub fn terms(&self) -> usize {
        match &self.exact {
            Exact::Gaussians(mixture) => mixture.centres.len(),
            Exact::Squares(corners) => corners.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(id: &str) -> Plane {
        Plane::new(id, &Sources::default(), 1, true).unwrap().expect("a set of the plane")
    }

    #[test]
    fn points_are_standardised_and_come_back() {
        for toy in Toy::ALL {
            let plane = plane(toy.id());
            let n = plane.bank().len() as f64;
            let mean = plane.bank().iter().map(|&x| f64::from(x)).sum::<f64>() / n;
            let square = plane.bank().iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>() / n;
            assert!(mean.abs() < 1e-4 && (square - 1.0).abs() < 1e-4, "{toy:?}: {mean}, {square}");
            let mut p = [0.3, -1.2];
            plane.inside(&mut p);
            plane.outside(&mut p);
            assert!((p[0] - 0.3).abs() < 1e-6 && (p[1] + 1.2).abs() < 1e-6);
        }
    }

    /// In the network's coordinates the noise that the exact denoiser sees is right: no other level
    /// explains the data better.
    #[test]
    fn the_exact_denoiser_is_the_best_in_the_networks_coordinates() {
        let plane = plane("two-moons");
        let at = Level { alpha: 0.8, sigma: 0.6 };
        let mut stream = Stream::new(5, 1);
        let mut errors = [0.0; 3];
        for p in plane.bank()[..8000].chunks_exact(2) {
            let x = [0, 1].map(|a| 0.8 * p[a] + 0.6 * stream.normal());
            for (error, sigma) in errors.iter_mut().zip([0.5, 0.6, 0.7]) {
                let y = plane.clean(x, Level { sigma, ..at });
                *error += (0..2).map(|a| (y[a] - f64::from(p[a])).powi(2)).sum::<f64>();
            }
        }
        assert!(errors[1] < errors[0] && errors[1] < errors[2], "{errors:?}");
    }

    #[test]
    fn strokes_of_the_brush_become_the_data() {
        let mut plane = plane("drawn");
        assert_eq!((plane.toy(), plane.terms()), (None, 8));
        plane.paint(&[1.0, 1.0, 1.5, 1.0]).unwrap();
        // Every second one is held out.
        assert_eq!(plane.terms(), 1);
        let mut first = plane.bank()[..2].to_vec();
        plane.outside(&mut first);
        assert!((first[1] - 1.0).abs() < 0.3);
        assert!(plane.paint(&[1.0]).is_err());
        plane.clear();
        assert_eq!(plane.terms(), 8);
    }
}
