//! How much noise is left, and how near the network is to the exact denoiser.

use super::{CARD, Denoising, REACH};
use crate::data::exact::Level;
use crate::metrics::score::{Agreement, agreement};
use crate::prelude::*;

/// Points that the least possible loss is measured on: at most so many, and so many terms of the exact
/// denoiser's sums.
const MOST: usize = 1 << 13;
const TERMS: usize = 1 << 21;
/// Arrows on a side of the grid.
pub(super) const GRID: usize = 11;
/// Samples that the page's figures are computed from, and images that it shows.
pub(super) const SAMPLED: usize = 1024;
pub(super) const IMAGES_SAMPLED: usize = 32;

/// Where arrows are drawn from, `[GRID², 2]`.
pub(super) fn places() -> Vec<f32> {
    shapes::grid(GRID, [-REACH, REACH, -REACH, REACH])
}

/// Held-out rows, corrupted as the settings say. N rows.
pub(super) struct Probes {
    /// `[N, D]`
    pub clean: Vec<f32>,
    /// `[N, D]`
    pub corrupted: Vec<f32>,
    /// What the exact denoiser makes of them; none for images.
    pub exact: Option<Exact>,
    dims: usize,
    /// Rows that are not those of before again.
    distinct: usize,
}

/// The exact denoiser's answers.
pub(super) struct Exact {
    /// E[x | x̃] of the corrupted rows, `[N, 2]`.
    pub means: Vec<f32>,
    /// That of the places that arrows are drawn from.
    pub arrows: Vec<f32>,
    /// E‖x − E[x | x̃]‖², the least possible loss.
    least: Estimate,
}

/// The network's answers to the probes.
pub(super) struct Answers {
    /// r(x̃), `[N, D]`.
    pub means: Vec<f32>,
    /// Mean of s²(x̃).
    variance: Estimate,
}

impl Answers {
    fn new(means: Vec<f32>, log_variance: &[f32]) -> Answers {
        let variance = Estimate::of(log_variance.iter().map(|&s| libm::exp(f64::from(s))));
        Answers { means, variance }
    }
}

/// ‖a − b‖² of each row of `d` numbers.
pub(super) fn distances<'a>(a: &'a [f32], b: &'a [f32], d: usize) -> impl Iterator<Item = f64> + Clone + 'a {
    let square = |(a, b): (&f32, &f32)| f64::from(a - b) * f64::from(a - b);
    a.chunks_exact(d).zip(b.chunks_exact(d)).map(move |(a, b)| a.iter().zip(b).map(square).sum())
}

/// Rows corrupted on the host as the settings say; of images, a share of the pixels is masked.
pub(super) fn corrupted(
    domain: &Domain,
    settings: &Settings,
    clean: &[f32],
    stream: &mut Stream,
) -> Vec<f32> {
    let images = matches!(domain, Domain::Images(_));
    let [sigma, masked] = ["sigma", "masked"].map(|id| settings.number(id));
    let corrupt = |x: &f32| {
        let noised = x + sigma as f32 * stream.normal();
        if images && f64::from(stream.uniform()) < masked { 0.0 } else { noised }
    };
    clean.iter().map(corrupt).collect()
}

/// E[x | x̃] of points `[n, 2]`.
fn exact_means(plane: &Plane, points: &[f32], sigma: f64) -> Vec<f32> {
    let at = Level { alpha: 1.0, sigma };
    points.chunks_exact(2).flat_map(|x| plane.clean([x[0], x[1]], at).map(|x| x as f32)).collect()
}

impl Probes {
    /// `n` rows; the same seed gives the same.
    pub fn new(domain: &Domain, settings: &Settings, seed: u64, n: usize) -> Probes {
        let mut stream = Stream::new(seed, 0x9E57);
        let clean = domain.held_out(n, &mut stream);
        let noised = corrupted(domain, settings, &clean, &mut stream);
        let exact = domain.plane().map(|plane| {
            let sigma = settings.number("sigma");
            let many = plane.fresh((TERMS / plane.terms()).clamp(n, MOST), &mut stream);
            let best = exact_means(plane, &corrupted(domain, settings, &many, &mut stream), sigma);
            Exact {
                means: exact_means(plane, &noised, sigma),
                arrows: exact_means(plane, &places(), sigma),
                least: Estimate::of(distances(&many, &best, 2)),
            }
        });
        Probes { clean, corrupted: noised, exact, dims: domain.dims(), distinct: domain.most(n) }
    }

    /// Figures of the network's answers.
    fn figures(&self, answers: &Answers) -> Figures {
        // Where there are few images, they are repeated: again they say nothing new.
        let (d, n) = (self.dims, self.distinct);
        let noise = || distances(&self.corrupted, &self.clean, d).take(n);
        let left = |means: &[f32]| Estimate::ratio(distances(means, &self.clean, d).zip(noise()));
        let mut out = Figures::new();
        left(&answers.means).report(&mut out, ["noise_left", "noise_left_se"]);
        let spread = answers.variance;
        let root = tilde_graph::real::sqrt(spread.mean);
        spread.through(root, 0.5 / root.max(1e-30)).report(&mut out, ["spread", "spread_se"]);
        let Some(exact) = &self.exact else { return out };
        // E‖x − r‖² = E‖x − r*‖² + E‖r − r*‖², because r* is the mean of x given x̃. The loss of a batch is
        // so noisy that it is often below the least possible one.
        let off = Estimate::of(distances(&answers.means, &exact.means, 2));
        let loss = off.plus(exact.least.mean, exact.least.error);
        loss.report(&mut out, ["loss", "loss_se"]);
        out.push(("loss_reference", exact.least.mean));
        out.push(("spread_reference", tilde_graph::real::sqrt(0.5 * exact.least.mean)));
        out.push(("noise_left_reference", left(&exact.means).mean));
        // r(x̃) − x̃ beside σ²∇log p_σ(x̃).
        let arrows = answers.means.iter().zip(&exact.means).zip(&self.corrupted);
        let pairs = arrows.map(|((r, exact), x)| (f64::from(r - x), f64::from(exact - x)));
        let Agreement { cosine, .. } = agreement(pairs);
        let size = distances(&exact.means, &self.corrupted, 2);
        let square = Estimate::ratio(distances(&answers.means, &exact.means, 2).zip(size));
        let error = tilde_graph::real::sqrt(square.mean);
        square.through(error, 0.5 / error.max(1e-30)).report(&mut out, ["score_error", "score_error_se"]);
        out.push(("score_cosine", cosine));
        out
    }
}

impl Denoising {
    /// The network's answers to the probes.
    pub(super) async fn answers(&self, live: &Live<'_>) -> Result<Rc<Answers>, Error> {
        let compute = async || {
            let means = self.ask(live.device, &self.probes.corrupted);
            // The entry takes as many rows as there are probes, so it ran once.
            let log_variance = live.device.output(self.model.ask, "log_variance");
            let (means, log_variance) = (means.await?, log_variance.await?);
            Ok(Answers::new(means, &log_variance))
        };
        self.answers.get(live.generation, compute).await
    }

    /// The page's samples, `[n, D]`.
    pub(super) async fn shown_samples(&self, live: &Live<'_>) -> Result<Rc<Vec<f32>>, Error> {
        let n = match self.domain {
            Domain::Plane(_) => SAMPLED,
            Domain::Images(_) => IMAGES_SAMPLED,
        };
        self.samples.get(live.generation, async || self.draw(live, n, VIEW_SEED).await).await
    }

    /// The figures of the page.
    pub(super) async fn page_figures(&self, live: &Live<'_>, deep: bool) -> Result<Figures, Error> {
        let plane = self.domain.plane();
        let trainer = &self.model.trainer;
        let losses = trainer.losses(live);
        let samples = async || match plane {
            Some(plane) if deep => self.shown_samples(live).await.map(|samples| Some((plane, samples))),
            Some(_) | None => Ok(None),
        };
        let (answers, samples) = join::both(self.answers(live), samples()).await;
        let mut out = self.probes.figures(&*answers?);
        out.push((trainer.recorder.names()[0], losses.await?[0]));
        if let Some((plane, samples)) = samples? {
            let data = plane.fresh(SAMPLED, &mut Stream::new(live.seed, 0xF2E5));
            out.extend(CARD.own(plane.quality(&samples, &data)));
        }
        Ok(out)
    }

    /// The same at the end of a run: of all held-out images.
    pub(super) async fn whole_figures(&self, live: &Live<'_>) -> Result<Figures, Error> {
        let mut out = self.page_figures(live, true).await?;
        if let Domain::Images(sets) = &self.domain {
            let probes = Probes::new(&self.domain, live.settings, live.seed, sets.test.n);
            let ask = |output| {
                let m = &self.model;
                live.device.over_rows(m.ask, m.probe, &probes.corrupted, output)
            };
            let (means, log_variance) = (ask("answer"), ask("log_variance"));
            let answers = Answers::new(means.await?, &log_variance.await?);
            let whole = probes.figures(&answers);
            out.retain(|(id, _)| !whole.iter().any(|(known, _)| known == id));
            out.extend(whole);
        }
        Ok(out)
    }

    /// Those of the gates.
    pub(super) async fn gate_figures(&self, live: &Live<'_>) -> Result<Figures, Error> {
        let mut out = match self.domain {
            Domain::Plane(_) => self.page_figures(live, false).await?,
            Domain::Images(_) => self.whole_figures(live).await?,
        };
        if let Some(plane) = self.domain.plane() {
            let draw = async |n: usize, seed: u64| self.draw(live, n, seed).await;
            out.extend(CARD.own(plane.repeated_quality(live.seed, draw).await?));
        }
        Ok(out)
    }
}
