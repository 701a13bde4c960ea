use super::*;
use crate::exhibit::Sources;
use crate::test_run::TestRun;
use crate::{Run, SavedValues};
use gaussian::eigenvalues;
use pollster::block_on;

fn opened(settings: &[(&str, &str)]) -> TestRun<Mixture> {
    TestRun::open(settings, 1)
}

/// Every half step of every method on every set, from random starts and from bad ones.
#[test]
fn no_half_step_lowers_the_objective() {
    for method in ["em", "k-means", "variational"] {
        for data in ["blobs", "sixty", "two-moons", "checkerboard"] {
            for start in ["spread", "points", "same", "on-a-point"] {
                for floor in ["1e-9", "0.05"] {
                    let mut m = opened(&[
                        ("method", method),
                        ("data", data),
                        ("start", start),
                        ("floor", floor),
                        ("components", "5"),
                    ]);
                    m.train(40);
                    let fall = m.figure("largest_fall");
                    assert!(fall < 1e-12, "{method} {data} {start} {floor}: fell by {fall}");
                }
            }
        }
    }
    // What is added to the diagonal is no maximisation, and the check finds out.
    let mut m =
        opened(&[("data", "eight-gaussians"), ("components", "6"), ("cure", "add"), ("floor", "0.5")]);
    m.train(60);
    assert!(m.figure("largest_fall") > 1e-3);
}

/// The likelihood of a component on one point grows without bound as its floor falls; points that were
/// held out are none the likelier. A floor, or a prior, cures it.
#[test]
fn a_component_collapses_onto_a_point_and_is_cured() {
    let trained = |more: &[(&str, &str)]| {
        let mut settings = vec![("points", "60"), ("components", "4"), ("start", "on-a-point")];
        settings.extend(more);
        let mut m = opened(&settings);
        m.train(60);
        ["log_likelihood", "test_log_likelihood", "smallest_deviation"].map(|id| m.figure(id))
    };
    let [low, lower] = ["1e-5", "1e-9"].map(|floor| trained(&[("floor", floor)]));
    // One of 60 points under a Gaussian of variance ε both ways: −log(ε)/60 more.
    let known = (1e4f64).ln() / 60.0;
    assert!((lower[0] - low[0] - known).abs() < 1e-6, "{} {} {known}", lower[0], low[0]);
    assert!((lower[1] - low[1]).abs() < 0.01 && lower[2] < 1e-4);
    assert!(trained(&[("floor", "0.02")])[2] > 0.14);
    let prior = trained(&[("method", "variational")]);
    assert!(prior[2] > 0.1 && prior[1] > lower[1], "{prior:?}");
}

/// With one component the posterior is in the family of q, so the bound is the evidence, which has a
/// closed form: Bishop, exercise 2.45 and K. Murphy, "Conjugate Bayesian analysis of the Gaussian
/// distribution", 2007, equation 266.
#[test]
fn with_one_component_the_bound_is_the_evidence() {
    let mut m = opened(&[("method", "variational"), ("components", "1"), ("data", "sixty")]);
    m.train(1);
    let prior = *m.task(&m.settings).prior();
    let (after, n) = (m.fit.beliefs()[0], m.points.len() as f64);
    let log_det = |s: [f64; 3]| (s[0] * s[2] - s[1] * s[1]).ln();
    let log_gamma = |v: f64| libm::lgamma(v / 2.0) + libm::lgamma((v - 1.0) / 2.0);
    let known = -n * core::f64::consts::PI.ln() + log_gamma(after.freedom) - log_gamma(prior.freedom)
        + 0.5 * prior.freedom * log_det(prior.scatter)
        - 0.5 * after.freedom * log_det(after.scatter)
        + (prior.beta / after.beta).ln();
    let got = m.figure("elbo") * n;
    assert!((got - known).abs() < 1e-9, "{got}, not {known}");
}

#[test]
fn a_clamped_covariance_keeps_its_axes() {
    let thin = [1.0, 0.999, 1.0];
    let [large, small] = eigenvalues(gaussian::clamped(thin, 0.1));
    assert!((large - 1.999).abs() < 1e-12 && (small - 0.1).abs() < 1e-12);
    assert_eq!(gaussian::clamped([0.0; 3], 0.1), [0.1, 0.0, 0.1]);
    assert_eq!(gaussian::clamped([2.0, 0.5, 1.0], 0.1), [2.0, 0.5, 1.0]);
}

/// A count of a Dirichlet below nothing sends the digamma function on a way without end.
#[test]
fn files_hold_beliefs_or_are_refused() {
    let mut m = opened(&[("method", "variational")]);
    m.train(3);
    let saved = m.save();
    for (name, at) in [("beliefs", 0), ("beliefs", 4), ("beliefs", 5), ("components", 0), ("components", 3)] {
        let mut changed = saved.clone();
        let part = changed.iter_mut().find(|s| s.name == name).unwrap();
        let SavedValues::F64(values) = &mut part.values else { panic!("{name} are doubles") };
        values[at] = -1e18;
        assert_eq!(m.load(&changed).unwrap_err().code(), "bad-file", "{name} {at}");
        assert!(m.save() == saved, "{name} {at}: half loaded");
    }
    m.load(&saved).unwrap();
}

#[test]
fn each_dab_is_fitted_from_the_start() {
    let mut m = opened(&[("components", "2"), ("floor", "0.001")]);
    for centre in [-2.0f32, 2.0] {
        let points = (0..40).map(|i| centre + 0.3 * libm::sinf(i as f32)).collect();
        m.act(Input::Brush, &Payload { points, ..Payload::default() }).unwrap();
        assert!(m.fit.components().iter().all(|c| m.points.contains(&c.mean)));
        m.train(40);
    }
    let mut means: Vec<f64> = m.fit.components().iter().map(|c| c.mean[0]).collect();
    means.sort_by(f64::total_cmp);
    assert!((means[0] + 2.0).abs() < 0.1 && (means[1] - 2.0).abs() < 0.1, "{means:?}");
}

#[test]
fn ones_own_points_replace_the_set() {
    let mut m = opened(&[]);
    m.train(3);
    let points = vec![0.0, 0.5, 1.0, -0.5, 0.2, 0.2, -1.0, 0.1];
    m.act(Input::Brush, &Payload { points, ..Payload::default() }).unwrap();
    assert_eq!(m.points.len(), 4);
    m.train(20);
    assert!(m.figure("log_likelihood").is_finite());
    // Another setting leaves them alone.
    m.set("floor", "1e-5").unwrap();
    assert_eq!((m.points.len(), m.settings.choice("data")), (4, "drawn"));
    let mut other = opened(&[("data", "drawn")]);
    other.load(&m.save()).unwrap();
    assert_eq!(other.points, m.points);
    let far = Payload { points: vec![100.0, 0.0], ..Payload::default() };
    assert_eq!(m.act(Input::Brush, &far).unwrap_err().code(), "bad-data");
    assert_eq!(m.points.len(), 4);
}

/// So does a new beginning, until they are cleared.
#[test]
fn painted_points_outlive_a_reset() {
    let none = async |_: &Program| panic!("there is no program to load");
    let mut run = block_on(Run::open(Settings::new(&CARD), 1, Sources::default(), none)).unwrap();
    let count = |run: &mut Run| block_on(run.view("plane")).unwrap().layers[0].shape[0];
    let points = vec![0.0, 0.5, 1.0, -0.5, 0.2, 0.2];
    run.act("brush", &Payload { points, ..Payload::default() }).unwrap();
    run.reset(2).unwrap();
    assert_eq!(count(&mut run), 3);
    run.act("clear", &Payload::default()).unwrap();
    run.reset(2).unwrap();
    assert_eq!(count(&mut run), 300);
}
