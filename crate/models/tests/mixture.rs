//! Mixtures of Gaussians against scikit-learn.

mod common;

use common::{near, numbers, records};
use serde_json::Value;
use tilde_models::mixture::em::{self, Floor};
use tilde_models::mixture::gaussian::{Component, mean_log_density, ready};
use tilde_models::mixture::{sixty, variational};

fn pairs(value: &Value) -> Vec<[f64; 2]> {
    numbers(value).chunks_exact(2).map(|p| [p[0], p[1]]).collect()
}

/// Covariances as matrices, row-major.
fn matrices(all: impl Iterator<Item = [f64; 3]>) -> Vec<f64> {
    all.flat_map(|[xx, xy, yy]| [xx, xy, xy, yy]).collect()
}

/// Unit covariances and equal weights.
fn start(means: &[[f64; 2]]) -> Vec<Component> {
    let weight = 1.0 / means.len() as f64;
    means.iter().map(|&mean| Component { weight, mean, covariance: [1.0, 0.0, 1.0] }).collect()
}

fn trace(points: &[[f64; 2]], components: &mut [Component], steps: usize) -> Vec<f64> {
    let mut trace = vec![mean_log_density(&ready(components), points)];
    for _ in 0..steps {
        let responsibilities = em::scores(components, points).responsibilities();
        em::maximise(components, points, &responsibilities, Floor::Add(1e-6));
        trace.push(mean_log_density(&ready(components), points));
    }
    trace
}

#[test]
fn em_is_the_librarys() {
    for record in records("mixture", "mixture.em") {
        let (id, given, out) = (record["id"].as_str().unwrap(), &record["in"], &record["out"]);
        let points = pairs(&given["points"]);
        let mut c = start(&pairs(&given["means"]));
        let got = trace(&points, &mut c, given["steps"].as_u64().unwrap() as usize);
        near(id, &got, &numbers(&out["trace"]), 1e-9);
        let weights: Vec<f64> = c.iter().map(|c| c.weight).collect();
        near(id, &weights, &numbers(&out["weights"]), 1e-9);
        near(id, &c.iter().flat_map(|c| c.mean).collect::<Vec<_>>(), &numbers(&out["means"]), 1e-8);
        near(id, &matrices(c.iter().map(|c| c.covariance)), &numbers(&out["covariances"]), 1e-8);
    }
}

#[test]
fn the_given_trace_is_followed() {
    for record in records("seed1", "gmm.em_trace") {
        let given = &record["in"];
        let mut c = start(&pairs(&given["means0"]));
        let got = trace(&pairs(&given["X"]), &mut c, given["iters"].as_u64().unwrap() as usize);
        near("gmm.em_trace", &got, &numbers(&record["out"]["mean_loglik_it0_to_20"]), 1e-8);
    }
}

#[test]
fn the_sixty_points_are_the_designs() {
    let record = &records("mixture", "mixture.em.sixty")[0];
    near("points", &sixty().concat(), &numbers(&record["in"]["points"]), 1e-14);
}

#[test]
fn variational_bayes_is_the_librarys() {
    for record in records("mixture", "mixture.vb") {
        let (id, given, out) = (record["id"].as_str().unwrap(), &record["in"], &record["out"]);
        let points = pairs(&given["points"]);
        let mut responsibilities = numbers(&given["responsibilities"]);
        let k = responsibilities.len() / points.len();
        let prior = variational::prior(&points, given["concentration"].as_f64().unwrap(), 0.0);
        let mut beliefs = variational::maximise(&prior, &points, &responsibilities, k);
        let mut bounds = Vec::new();
        for _ in 0..given["steps"].as_u64().unwrap() {
            responsibilities = variational::scores(&beliefs, &points).responsibilities();
            beliefs = variational::maximise(&prior, &points, &responsibilities, k);
            let scores = variational::scores(&beliefs, &points);
            bounds.push(variational::elbo(&prior, &beliefs, &scores, &responsibilities));
        }
        // The library leaves constants out of its bound: what it rises by has none.
        let risen = |bounds: &[f64]| bounds.iter().map(|b| b - bounds[0]).collect::<Vec<_>>();
        near(id, &risen(&bounds), &risen(&numbers(&out["bounds"])), 1e-8);
        let all = |f: &dyn Fn(&variational::Belief) -> f64| beliefs.iter().map(f).collect::<Vec<_>>();
        near(id, &all(&|b| b.count), &numbers(&out["counts"]), 1e-7);
        near(id, &all(&|b| b.beta), &numbers(&out["beta"]), 1e-7);
        near(id, &all(&|b| b.freedom), &numbers(&out["freedom"]), 1e-7);
        near(id, &beliefs.iter().flat_map(|b| b.mean).collect::<Vec<_>>(), &numbers(&out["means"]), 1e-7);
        let covariances = matrices(beliefs.iter().map(|b| b.component().covariance));
        near(id, &covariances, &numbers(&out["covariances"]), 1e-7);
    }
}

#[test]
fn k_means_is_the_librarys() {
    for record in records("mixture", "mixture.kmeans") {
        let (given, out) = (&record["in"], &record["out"]);
        let points = pairs(&given["points"]);
        let mut c = start(&pairs(&given["means"]));
        let known = numbers(&out["inertias"]);
        let mut inertias = Vec::new();
        for _ in 0..known.len() {
            let responsibilities = em::assign(&c, &points);
            em::centre(&mut c, &points, &responsibilities);
            inertias.push(em::inertia(&c, &points));
        }
        near("inertia", &inertias, &known, 1e-12);
        near("means", &c.iter().flat_map(|c| c.mean).collect::<Vec<_>>(), &numbers(&out["means"]), 1e-12);
    }
}
