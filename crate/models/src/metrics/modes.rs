//! How a generator covers the modes of a mixture of equal, round Gaussians in the plane.

use alloc::vec;

/// What samples say about the modes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coverage {
    /// Modes that hold at least 1 % of the high-quality samples.
    pub modes: usize,
    /// Share of samples within three standard deviations of a mode. Samples of the mixture itself
    /// reach 1 − e^−4.5 = 0.9889.
    pub high_quality: f64,
    /// Samples that were measured.
    pub count: usize,
    /// KL divergence, in nats, of the high-quality samples' modes from the uniform distribution
    /// over all modes; log of their number where there is no such sample.
    pub kl: f64,
    /// Its standard error, to first order.
    pub kl_error: f64,
}

/// Measures samples `[N, 2]` against modes of standard deviation `sigma`.
pub fn coverage(samples: &[f32], modes: &[[f32; 2]], sigma: f32) -> Coverage {
    let mut hits = vec![0usize; modes.len()];
    for p in samples.chunks_exact(2) {
        let square = |m: &[f32; 2]| (p[0] - m[0]) * (p[0] - m[0]) + (p[1] - m[1]) * (p[1] - m[1]);
        let nearest =
            modes.iter().enumerate().map(|(i, m)| (i, square(m))).min_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((i, d)) = nearest
            && d <= 9.0 * sigma * sigma
        {
            hits[i] += 1;
        }
    }
    let total: usize = hits.iter().sum();
    let count = modes.len() as f64;
    let share = |h: usize| h as f64 / total.max(1) as f64;
    let moment = |power: i32| -> f64 {
        let log = |h: usize| libm::log(share(h) * count);
        hits.iter()
            .filter(|&&h| h > 0)
            .map(|&h| share(h) * if power == 1 { log(h) } else { log(h) * log(h) })
            .sum()
    };
    let kl = moment(1);
    Coverage {
        modes: hits.iter().filter(|&&h| h > 0 && share(h) >= 0.01).count(),
        high_quality: total as f64 / (samples.len() / 2).max(1) as f64,
        count: samples.len() / 2,
        kl: if total == 0 { libm::log(count) } else { kl },
        kl_error: tilde_graph::real::sqrt((moment(2) - kl * kl).max(0.0) / total as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Toy;
    use alloc::vec::Vec;
    use tilde_graph::rng::Stream;

    #[test]
    fn the_data_itself_reaches_the_ceiling() {
        let (modes, sigma) = Toy::EightGaussians.modes().unwrap();
        let samples = Toy::EightGaussians.sample(20_000, &mut Stream::new(1, 0));
        let c = coverage(&samples, &modes, sigma);
        assert_eq!(c.modes, 8);
        assert!((c.high_quality - 0.98889).abs() < 0.003, "{c:?}");
        assert!(c.kl < 0.002);
    }

    #[test]
    fn a_dropped_mode_and_a_blur_are_noticed() {
        let (modes, sigma) = Toy::EightGaussians.modes().unwrap();
        let samples = Toy::EightGaussians.sample(8_000, &mut Stream::new(1, 0));
        let kept: Vec<f32> = samples.chunks_exact(2).filter(|p| p[0] < 1.8).flatten().copied().collect();
        let c = coverage(&kept, &modes, sigma);
        assert_eq!(c.modes, 7);
        assert!((c.kl - libm::log(8.0 / 7.0)).abs() < 0.01);
        let mut s = Stream::new(2, 0);
        let blurred: Vec<f32> = samples.iter().map(|x| x + 0.2 * s.normal()).collect();
        assert!(coverage(&blurred, &modes, sigma).high_quality < 0.5);
        assert_eq!(coverage(&[], &modes, sigma).modes, 0);
    }
}
