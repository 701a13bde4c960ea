//! Theorems about the evidence lower bound, held against the exhibit as it trains.

mod common;

use common::figures;
use tilde_evaluate::gate::Trial;
use tilde_graph::rng::Stream;
use tilde_models::elbo::guide::{Estimator, Guide, Rule};
use tilde_models::elbo::model::{Decoder, Model};

/// Steps at which a run is looked at.
const WAY: [u32; 4] = [0, 20, 100, 600];

/// Every model with every objective that it has.
const RUNS: &[&[(&str, &str)]] = &[
    &[("model", "curved"), ("objective", "exact")],
    &[("model", "curved"), ("objective", "score")],
    &[("model", "curved"), ("objective", "forward")],
    &[("model", "square"), ("objective", "exact")],
    &[("model", "square"), ("objective", "score")],
    &[("model", "square"), ("objective", "forward")],
    &[("model", "linear"), ("objective", "exact")],
    &[("model", "discrete"), ("objective", "exact")],
    &[("model", "discrete"), ("objective", "score")],
    &[("model", "discrete"), ("objective", "forward")],
];

/// The bound and the divergence from the posterior are log p(x), wherever q is; with the divergence the
/// other way round they are not.
#[test]
fn the_bound_and_the_gap_are_the_evidence() {
    let mut other_way = 0f64;
    for settings in RUNS {
        for steps in WAY {
            let run = figures("elbo", Trial::new(settings, steps), 1);
            let [bound, kl, forward, evidence] =
                ["elbo", "kl", "forward_kl", "elbo_reference"].map(|id| run.of(id));
            let off = (bound + kl - evidence).abs();
            assert!(off <= 1e-9, "{settings:?}, {steps} steps: {off} nats off");
            other_way = other_way.max((bound + forward - evidence).abs());
        }
    }
    assert!(other_way > 0.01, "{other_way}");
}

/// Y. Burda, R. Grosse, R. Salakhutdinov, 2016: more draws give a higher bound, and none passes log p(x).
#[test]
fn importance_weighted_bounds_rise_to_the_evidence() {
    for settings in [RUNS[0], RUNS[3]] {
        for steps in WAY {
            let run = figures("elbo", Trial::new(settings, steps), 1);
            let bounds = ["elbo", "iwae_5", "iwae_50", "elbo_reference"].map(|id| run.of(id));
            assert!(
                bounds.windows(2).all(|pair| pair[1] - pair[0] > 1e-6),
                "{settings:?}, {steps} steps: {bounds:?}"
            );
        }
    }
}

/// What an estimator's single draws are on average, and how much they vary.
struct Drawn {
    /// How far the mean is from the exact gradient, in standard errors: the worse parameter's.
    bias: f64,
    /// The variance in the first parameter.
    variance: f64,
    /// The same by quadrature.
    known: f64,
}

/// Draws an estimator, each draw changed as `wrong` says.
fn drawn(m: &Model, q: &Guide, how: Estimator, seed: u64, wrong: fn([f64; 2]) -> [f64; 2]) -> Drawn {
    const DRAWS: usize = 40_000;
    let [exact, variances] = q.moments_of(m, how, 0.0, &Rule::new(0.08));
    let mut stream = Stream::new(seed, how as u32);
    let (mut sum, mut squares) = ([0.0; 2], [0.0; 2]);
    for _ in 0..DRAWS {
        let z = q.draw(&mut stream);
        for (i, g) in wrong(q.estimate(m, how, z, 0.0)).into_iter().enumerate() {
            sum[i] += g;
            squares[i] += g * g;
        }
    }
    let n = DRAWS as f64;
    let mean = sum.map(|s| s / n);
    let variance = [0, 1].map(|i| (squares[i] / n - mean[i] * mean[i]) * n / (n - 1.0));
    let bias = [0, 1].map(|i| (mean[i] - exact[i]).abs() / (variance[i] / n).sqrt());
    Drawn { bias: bias[0].max(bias[1]), variance: variance[0], known: variances[0] }
}

/// Both estimators have the exact gradient for their mean, with the variance that quadrature gives; the
/// score function's is several times that of the reparameterised one. A gradient without q's entropy is
/// found to be biased.
#[test]
fn gradient_estimators_are_unbiased() {
    let m = Model::new(Decoder::Curved, 1.6, 0.5);
    let q = Guide { at: [0.8, -0.5], discrete: false };
    for seed in [1, 2, 3] {
        let [path, score] =
            [Estimator::Reparameterised, Estimator::Score].map(|how| drawn(&m, &q, how, seed, |g| g));
        for drawn in [&path, &score] {
            assert!(drawn.bias < 4.0, "seed {seed}: {} standard errors off", drawn.bias);
            let off = (drawn.variance / drawn.known - 1.0).abs();
            assert!(off < 0.1, "seed {seed}: the variance is {off} off, relatively");
        }
        assert!(score.variance > 3.0 * path.variance, "{} {}", score.variance, path.variance);
        let forgets = drawn(&m, &q, Estimator::Reparameterised, seed, |g| [g[0], g[1] - 1.0]);
        assert!(forgets.bias > 4.0, "seed {seed}: {}", forgets.bias);
    }
}
