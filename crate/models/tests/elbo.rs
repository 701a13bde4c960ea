//! The emoji lab's integrals against SciPy's.

mod common;

use common::{near, numbers, records};
use tilde_models::elbo::bounds;
use tilde_models::elbo::guide::{Estimator, Guide, Rule};
use tilde_models::elbo::model::{Decoder, Model};

#[test]
fn integrals_are_the_librarys() {
    for record in records("elbo", "elbo.") {
        let id = record["id"].as_str().unwrap();
        let decoder = match id.split([' ', '.']).nth(1).unwrap() {
            "curved" => Decoder::Curved,
            "square" => Decoder::Square,
            "linear" => Decoder::Linear,
            _ => Decoder::Discrete,
        };
        let (given, out) = (&record["in"], &record["out"]);
        let [x, noise] = ["x", "noise"].map(|key| given[key].as_f64().unwrap());
        let at = numbers(&given["q"]);
        let m = Model::new(decoder, x, noise);
        let q = Guide { at: [at[0], at[1]], discrete: m.is_discrete() };
        let check = |key: &str, got: &[f64], tolerance: f64| {
            near(&format!("{id} {key}"), got, &numbers(&out[key]), tolerance);
        };
        check("log_evidence", &[m.log_evidence], 1e-11);
        check("elbo", &[q.elbo(&m, &Rule::new(0.08))], 1e-11);
        check("kl", &[q.kl(&m)], 1e-11);
        check("forward_kl", &[q.forward_kl(&m)], 1e-11);
        let [of_score, variance] = q.moments_of(&m, Estimator::Score, 0.0, &Rule::new(0.08));
        check("gradient", &of_score, 1e-9);
        if q.discrete {
            check("variances", &variance[..1], 1e-9);
            check("iwae_5", &[bounds::exact(&q, &m, 5).unwrap()], 1e-9);
        } else {
            let [of_path, path] = q.moments_of(&m, Estimator::Reparameterised, 0.0, &Rule::new(0.08));
            check("gradient", &of_path, 1e-9);
            check("variances", &[path[0], variance[0]], 1e-9);
            check("iwae_2", &[bounds::exact(&q, &m, 2).unwrap()], 1e-8);
        }
    }
}
