//! The gates of the emoji lab.

use super::{Control, Evaluation, Figures, Gate, Host, Measured, Trial, figure};
use crate::Error;
use crate::elbo::CARD;
use crate::elbo::bounds;
use crate::elbo::guide::{Estimator, Guide};
use crate::elbo::model::{Decoder, Model};
use crate::numeric::scalar::largest;
use alloc::vec;
use alloc::vec::Vec;
use tilde_graph::rng::Stream;

/// Draws for the estimators' means and variances.
const DRAWS: usize = 40_000;

/// The bar keeps its length at every step of every model; the importance-weighted bounds rise and stay
/// below log p(x); both gradient estimators are right on average, and as noisy as quadrature says; the
/// conjugate model's q becomes its posterior.
pub(super) async fn gates(host: &dyn Host, seeds: &[u64]) -> Result<Evaluation, Error> {
    const BALANCE: Gate = Gate::at_most("balance_error", 1e-9).for_every_seed();
    const RISE: Gate = Gate::at_least("smallest_rise", 1e-4);
    // In standard errors.
    const BIAS: Gate = Gate::at_most("gradient_bias", 4.0);
    const RATIO: Gate = Gate::at_most("variance_error", 0.1);
    const NOISIER: Gate = Gate::at_least("variance_ratio", 3.0);
    const CONJUGATE: Gate = Gate::at_most("conjugate_error", 1e-9);
    const STEPS: u32 = 600;
    let card = &CARD;

    let (mut balances, mut others) = (Vec::new(), Vec::new());
    for &seed in seeds {
        let (mut worst, mut other) = (0.0, 0.0);
        for model in ["curved", "square", "linear", "discrete"] {
            for objective in ["exact", "score", "forward"] {
                let settings = &[("model", model), ("objective", objective)];
                let mut run = Trial { card, settings, steps: 0 }.trained(host, seed).await?;
                for _ in 0..STEPS {
                    let all = run.metrics(false).await?;
                    worst = largest([worst, figure(&all, "balance_error")]);
                    other = largest([other, wrong_way(&all)]);
                    run.train(1).await?;
                }
            }
        }
        balances.push(worst);
        others.push(other);
    }

    let curved = Model::new(Decoder::Curved, 1.6, 0.5);
    let q = Guide { at: [0.8, -0.5], discrete: false };
    let square = Model::new(Decoder::Square, 2.0, 0.5);
    let rise = [&curved, &square].map(|m| {
        // A bound that is not known does not pass.
        smallest_rise(|k| bounds::exact(&q, m, k).unwrap_or(f64::NAN), m.log_evidence)
    });
    let path = measured(&curved, &q, Estimator::Reparameterised, 0.0, false);
    let score = measured(&curved, &q, Estimator::Score, 0.0, false);
    let linear = Trial { card, settings: &[("model", "linear")], steps: STEPS };
    let trained = linear.run(host, 1).await?;
    let gates = vec![
        Measured { gate: BALANCE, seeds: balances },
        Measured { gate: RISE, seeds: vec![-largest(rise.map(|rise| -rise))] },
        Measured { gate: BIAS, seeds: vec![largest([path.bias, score.bias])] },
        Measured { gate: RATIO, seeds: vec![largest([path.off, score.off])] },
        Measured { gate: NOISIER, seeds: vec![score.variance / path.variance] },
        Measured { gate: CONJUGATE, seeds: vec![conjugate_error(&trained)] },
    ];

    let untrained = Trial { steps: 0, ..linear }.run(host, 1).await?;
    let biased = measured(&curved, &q, Estimator::Reparameterised, 0.0, true);
    let other = Guide { at: [1.2, -0.5], ..q };
    let elsewhere = measured(&curved, &other, Estimator::Score, 0.0, false);
    let calmed = measured(&curved, &q, Estimator::Score, q.elbo(&curved, 0.08), false);
    let logs = |_| q.elbo(&curved, 0.08);
    let controls = vec![
        Control { name: "the divergence the other way round", gate: BALANCE, value: others[0] },
        Control {
            name: "the mean of the logs for the log of the mean",
            gate: RISE,
            value: smallest_rise(logs, curved.log_evidence),
        },
        Control { name: "a gradient without the entropy", gate: BIAS, value: biased.bias },
        Control {
            name: "the variance at another q",
            gate: RATIO,
            value: (elsewhere.variance / score.variance - 1.0).abs(),
        },
        Control {
            name: "the score function with a baseline",
            gate: NOISIER,
            value: calmed.variance / path.variance,
        },
        Control { name: "untrained", gate: CONJUGATE, value: conjugate_error(&untrained) },
    ];
    Ok(Evaluation { id: card.id, gates, controls })
}

/// How far the ELBO and the forward divergence are from log p(x).
fn wrong_way(figures: &Figures) -> f64 {
    let of = |id| figure(figures, id);
    (of("elbo") + of("forward_kl") - of("elbo_reference")).abs()
}

/// The least by which a bound of K draws rises from K = 1 to 5, 50, 500 and log p(x).
fn smallest_rise(bound: impl Fn(u32) -> f64, log_evidence: f64) -> f64 {
    let all = [bound(1), bound(5), bound(50), bound(500), log_evidence];
    let rises = all.windows(2).map(|pair| pair[1] - pair[0]);
    rises.fold(f64::INFINITY, |least, rise| if rise < least || rise.is_nan() { rise } else { least })
}

/// How far q is from the posterior of the linear model, N(x/(1 + σ²), σ²/(1 + σ²)), and its bound from
/// the closed form of log p(x).
fn conjugate_error(figures: &Figures) -> f64 {
    let (x, variance): (f64, f64) = (1.6, 1.25);
    let known = -0.5 * (x * x / variance + libm::log(core::f64::consts::TAU * variance));
    largest([(figure(figures, "elbo") - known).abs(), figure(figures, "kl").abs()])
}

/// An estimator's draws.
struct Estimated {
    /// How far their mean is from the exact gradient, in standard errors: the worse parameter's.
    bias: f64,
    /// Their variance in the first parameter.
    variance: f64,
    /// How far it is from quadrature's, relatively.
    off: f64,
}

/// Draws an estimator, perhaps one that forgets q's entropy.
fn measured(m: &Model, q: &Guide, how: Estimator, baseline: f64, forgets: bool) -> Estimated {
    let [exact, variances] = q.moments_of(m, how, baseline);
    let mut stream = Stream::new(7, how as u32);
    let (mut sum, mut squares) = ([0.0; 2], [0.0; 2]);
    for _ in 0..DRAWS {
        let z = q.draw(&mut stream);
        let mut g = q.estimate(m, how, z, baseline);
        if forgets {
            g[1] -= 1.0;
        }
        for i in 0..2 {
            sum[i] += g[i];
            squares[i] += g[i] * g[i];
        }
    }
    let n = DRAWS as f64;
    let mean = sum.map(|s| s / n);
    let variance = [0, 1].map(|i| (squares[i] / n - mean[i] * mean[i]) * n / (n - 1.0));
    let bias = [0, 1].map(|i| (mean[i] - exact[i]).abs() / libm::sqrt(variance[i] / n));
    Estimated { bias: largest(bias), variance: variance[0], off: (variance[0] / variances[0] - 1.0).abs() }
}
