//! Probes of the network, and the exact denoiser beside it.

use super::Ddpm;
use super::measure::{Probes, Quality};
use super::sampler::Target;
use super::schedule::Schedule;
use crate::prelude::*;

/// Noised points, and noised images, that the network's answers are measured on.
const POINTS: usize = 512;
const IMAGES: usize = 64;
/// Points that the exact denoiser is measured on: at most so many, and so many terms of its sums.
const MOST: usize = 1 << 14;
const TERMS: usize = 1 << 22;

/// The exact denoiser, measured on the few probes of the network and on many more.
pub(super) struct Exact {
    /// Its answers to the probes, `[POINTS, 2]`.
    pub answers: Vec<f32>,
    /// How good it is on many.
    pub quality: Quality,
    /// The bound of many, in nats a row.
    pub bound: Estimate,
    /// Losses in parts of the time, likewise.
    pub losses_here: Vec<f64>,
    pub losses: Vec<f64>,
}

impl Exact {
    fn new(plane: &Plane, schedule: &Schedule, target: Target, seed: u64, probes: &Probes) -> Exact {
        let bars = Ddpm::bars(schedule, POINTS);
        let measured = |probes: &Probes| {
            let answers = probes.exact(plane, schedule, target);
            let quality = probes.quality(schedule, target, &answers, &answers);
            let bound = probes.bound(schedule, target, &answers);
            let losses = probes.losses(schedule, target, &answers, bars);
            (answers, quality, bound, losses)
        };
        let many = (TERMS / plane.terms()).clamp(POINTS, MOST);
        let mut stream = Stream::new(seed, 0x9E58);
        let (_, quality, bound, losses) =
            measured(&Probes::new(plane.fresh(many, &mut stream), 2, schedule, &mut stream));
        let (answers, _, _, losses_here) = measured(probes);
        Exact { answers, quality, bound, losses_here, losses }
    }
}

/// Held-out rows `[n, D]` in the coordinates of the network, where pixels are in −1..=1.
pub(super) fn held_out(domain: &Domain, n: usize, stream: &mut Stream) -> Vec<f32> {
    let mut rows = domain.held_out(n, stream);
    if domain.plane().is_none() {
        rows.iter_mut().for_each(|x| *x = 2.0 * *x - 1.0);
    }
    rows
}

/// The probes of a seed, and the exact denoiser measured; that of images is not known.
pub(super) fn probed(
    domain: &Domain,
    schedule: &Schedule,
    target: Target,
    seed: u64,
) -> (Probes, Option<Exact>) {
    let n = match domain {
        Domain::Plane(_) => POINTS,
        Domain::Images(_) => IMAGES,
    };
    let mut stream = Stream::new(seed, 0x9E57);
    let clean = held_out(domain, n, &mut stream);
    let probes = Probes::new(clean, domain.dims(), schedule, &mut stream);
    let exact = domain.plane().map(|plane| Exact::new(plane, schedule, target, seed, &probes));
    (probes, exact)
}
