use super::guide::{Estimator, Guide, Rule};
use super::model::{Decoder, Model};
use super::*;
use crate::exhibit::Sources;
use crate::numeric::scalar::log_sum_exp;
use crate::test_run::TestRun;
use std::vec::Vec;

const DECODERS: [Decoder; 4] = [Decoder::Curved, Decoder::Square, Decoder::Linear, Decoder::Discrete];

fn guides(model: &Model) -> Vec<Guide> {
    [[-1.5, 0.0], [1.2, -1.0], [0.3, -2.9], [3.9, 0.9], [-3.0, -3.0]]
        .map(|at| Guide { at, discrete: model.is_discrete() })
        .to_vec()
}

/// Two different quadratures, a closed form and a normaliser: they only agree if all are right.
#[test]
fn the_bound_and_the_gap_are_the_evidence() {
    for decoder in DECODERS {
        for (x, noise) in [(1.6, 0.5), (-3.0, 0.2), (4.0, 2.0)] {
            let m = Model::new(decoder, x, noise);
            for q in guides(&m) {
                let sum = q.elbo(&m, &Rule::new(NODES)) + q.kl(&m);
                let off = (sum - m.log_evidence).abs();
                assert!(off < 1e-9, "{decoder:?} x {x} noise {noise} {:?}: off by {off}", q.at);
                assert!(q.forward_kl(&m) >= 0.0 && q.kl(&m) >= 0.0);
            }
        }
    }
}

/// x = z + noise: p(x) = N(0, 1 + noise²), p(z|x) = N(x/(1 + noise²), noise²/(1 + noise²)).
#[test]
fn the_linear_model_has_closed_forms() {
    let (x, noise) = (1.6, 0.5);
    let m = Model::new(Decoder::Linear, x, noise);
    let variance: f64 = 1.0 + noise * noise;
    let known = -0.5 * (x * x / variance + (core::f64::consts::TAU * variance).ln());
    assert!((m.log_evidence - known).abs() < 1e-12);
    let at = [x / variance, 0.5 * (noise * noise / variance).ln()];
    let q = Guide { at, discrete: false };
    assert!(q.kl(&m).abs() < 1e-12 && (q.elbo(&m, &Rule::new(NODES)) - known).abs() < 1e-12);
    for g in [q.moments_of(&m, Estimator::Reparameterised, 0.0, &Rule::new(NODES))[0], q.forward_gradient(&m)]
    {
        assert!(g.iter().all(|g| g.abs() < 1e-10), "{g:?}");
    }
    // With the posterior as q, every weight is p(x): all bounds are tight.
    for k in [5, 50] {
        assert!((bounds::exact(&q, &m, k).unwrap() - known).abs() < 1e-10);
    }
}

/// Central differences of the bound, and of the forward divergence.
#[test]
fn gradients_are_slopes() {
    for decoder in DECODERS {
        let m = Model::new(decoder, 1.6, 0.5);
        for q in guides(&m) {
            let moved = |i: usize, by: f64| {
                let mut other = q;
                other.at[i] += by;
                other
            };
            let score = q.moments_of(&m, Estimator::Score, 0.0, &Rule::new(NODES))[0];
            let lowered = q.moments_of(&m, Estimator::Score, -2.0, &Rule::new(NODES))[0];
            let forward = q.forward_gradient(&m);
            for i in 0..2 {
                let h = 1e-4;
                let slope = |f: &dyn Fn(Guide) -> f64| (f(moved(i, h)) - f(moved(i, -h))) / (2.0 * h);
                let known = slope(&|q| q.elbo(&m, &Rule::new(NODES)));
                let near = |got: f64, known: f64| (got - known).abs() < 1e-5 * known.abs().max(1.0);
                assert!(near(score[i], known), "{decoder:?} {:?}: {} not {known}", q.at, score[i]);
                assert!(near(lowered[i], known), "a baseline moves nothing");
                if !q.discrete {
                    let path = q.moments_of(&m, Estimator::Reparameterised, 0.0, &Rule::new(NODES))[0];
                    assert!(near(path[i], known), "{decoder:?} {:?}: {} not {known}", q.at, path[i]);
                }
                let known = slope(&|q| -q.forward_kl(&m));
                assert!(near(forward[i], known), "{decoder:?} {:?}: {} not {known}", q.at, forward[i]);
            }
        }
    }
}

#[test]
fn the_constant_is_the_logarithm() {
    assert_eq!(model::LN_TAU, libm::log(core::f64::consts::TAU));
}

/// L₂ by a double sum, and L₅ by draws, against the single integral.
#[test]
fn importance_weighted_bounds_are_exact() {
    for decoder in DECODERS {
        let m = Model::new(decoder, 1.6, 0.5);
        let q = Guide { at: [0.6, -0.4], discrete: m.is_discrete() };
        let weight = |z: f64| m.log_joint(z) - q.log_density(z);
        let nodes = q.nodes(&Rule::new(0.02));
        let known: f64 = nodes
            .iter()
            .flat_map(|a| nodes.iter().map(move |b| (a, b)))
            .map(|(a, b)| a[1] * b[1] * (log_sum_exp([weight(a[0]), weight(b[0])]) - 2f64.ln()))
            .sum();
        let got = bounds::exact(&q, &m, 2).unwrap();
        assert!((got - known).abs() < 1e-8, "{decoder:?}: {got}, not {known}");
        let made = bounds::estimated(&q, &m, &[5, 50], 100_000, &mut Stream::new(3, 0));
        for (k, [mean, error]) in [5, 50].into_iter().zip(made) {
            let exact = bounds::exact(&q, &m, k).unwrap();
            assert!((mean - exact).abs() < 4.0 * error, "{decoder:?} L{k}: {mean} ± {error}, not {exact}");
        }
    }
}

#[test]
fn a_discrete_z_has_no_reparameterised_gradient() {
    let changes = [("model", "discrete"), ("objective", "reparameterised")];
    let opened = TestRun::<Elbo>::try_open(&changes, 1, &Sources::default());
    assert_eq!(opened.err().map(|e| e.code()), Some("bad-setting"));
}

/// Trained on a double hill, the reverse divergence takes one side and the forward one both.
#[test]
fn directions_of_the_divergence() {
    let trained = |objective: &str| {
        let changes = [("model", "square"), ("x", "2"), ("objective", objective)];
        let mut lab = TestRun::<Elbo>::open(&changes, 1);
        lab.train(1200);
        lab.guide.moments()
    };
    let (mean, sd) = trained("exact");
    assert!(mean < -1.0 && sd < 0.4, "{mean} {sd}");
    let (mean, sd) = trained("forward");
    assert!(mean.abs() < 0.05 && sd > 1.0, "{mean} {sd}");
}

/// Where q was dragged to, the way begins anew; a checkpoint has all of it.
#[test]
fn the_trail_is_saved() {
    let mut lab = TestRun::<Elbo>::open(&[("objective", "score")], 1);
    lab.train(5);
    assert_eq!(lab.trail.pieces().len(), 4 * 5);
    lab.act(Input::Q, &Payload { at: Some([0.25, 0.5]), ..Payload::default() }).unwrap();
    assert!(!lab.trail.has_moved() && lab.trail.began() == [-2.0, -1.0]);
    lab.train(TRAIL as u32 + 7);
    assert_eq!(lab.trail.pieces().len(), 4 * (TRAIL - 2));
    assert_eq!(lab.trail.began(), [-2.0, -1.0], "where it began stays");
    let mut other = TestRun::<Elbo>::open(&[("objective", "score")], 1);
    other.load(&lab.save()).unwrap();
    other.step = lab.step;
    assert!(other.view(Show::Landscape) == lab.view(Show::Landscape));
    let mut outside = lab.save();
    outside[1] = Saved::doubles("trail", &[1, 2], &[0.0, 1e300]);
    assert_eq!(other.load(&outside).unwrap_err().code(), "bad-file");
}
