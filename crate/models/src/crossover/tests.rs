//! The rules beside scikit-learn's, the error beside the closed form of others and beside counts.

use super::rules::counted_error;
use super::*;
use crate::exhibit::Sources;
use crate::golden::{near, numbers, record};
use crate::test_run::TestRun;
use std::path::Path;

#[test]
fn limits_have_the_known_errors() {
    let golden = record("seed1", "nj.asymptote");
    let pair = Pair::new(numbers(&golden["in"]["mu_plusminus"]), numbers(&golden["in"]["Sigma"])).unwrap();
    let errors = pair.limits(0.0).map(|rule| pair.error(&rule));
    near(
        "limits",
        &errors,
        &[numbers(&golden["out"]["err_naive_bayes"])[0], numbers(&golden["out"]["err_bayes"])[0]],
        1e-9,
    );
    // The design's own figures.
    let pair = Pair::design(20, 5, 0.5, 0.3).unwrap();
    near("limits", &pair.limits(0.0).map(|rule| pair.error(&rule)), &[0.1367, 0.1103], 5e-5);
    let pair = Pair::design(20, 10, 0.3, 0.3).unwrap();
    near("limits", &pair.limits(0.0).map(|rule| pair.error(&rule)), &[0.1907, 0.1425], 5e-5);
}

#[test]
fn rules_are_those_of_scikit_learn() {
    for id in ["crossover.balanced", "crossover.noisy"] {
        let golden = record("boundary", id);
        let (x, y) = (numbers(&golden["in"]["x"]), numbers(&golden["in"]["y"]));
        near(
            id,
            &logistic(&x, &y, golden["in"]["c"].as_f64().unwrap()),
            &numbers(&golden["out"]["logistic"]),
            1e-4,
        );
        near(id, &naive_bayes(&x, &y, 0.0), &numbers(&golden["out"]["bayes"]), 1e-9);
    }
}

#[test]
fn the_exact_error_is_the_share_of_wrong_points() {
    let pair = Pair::design(6, 3, 0.6, 0.4).unwrap();
    let mut stream = Stream::new(4, 0);
    let sample = pair.draw(40, 0.0, &mut stream);
    let many = pair.draw(40_000, 0.0, &mut stream);
    for rule in [naive_bayes(&sample.x, &sample.y, 0.0), logistic(&sample.x, &sample.y, 1.0)] {
        let (exact, counted) = (pair.error(&rule), counted_error(&rule, &many));
        assert!((exact - counted).abs() < 0.008, "{exact}, counted {counted}");
    }
}

/// With a fifth of the labels wrong, both rules still end where the closed form says.
#[test]
fn limits_hold_with_noisy_labels() {
    let pair = Pair::new(vec![0.3, 0.9, 0.5], vec![1.0, 0.5, 0.0, 0.5, 2.0, -0.3, 0.0, -0.3, 0.7]).unwrap();
    let points = pair.draw(200_000, 0.2, &mut Stream::new(5, 0));
    let rules = [naive_bayes(&points.x, &points.y, 0.0), logistic(&points.x, &points.y, 1e6)];
    for (rule, limit) in rules.iter().zip(pair.limits(0.2)) {
        let cosine = |a: &[f64], b: &[f64]| {
            let dot = |a: &[f64], b: &[f64]| (0..3).map(|i| a[i] * b[i]).sum::<f64>();
            dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
        };
        assert!(cosine(rule, &limit) > 0.9999, "{rule:?} {limit:?}");
    }
}

/// What the "Try this" experiments say.
#[test]
fn experiments_show_what_they_say() {
    let run = |changes: &[(&str, &str)], steps: u32| {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www/data");
        let file = |name: &str| std::fs::read(data.join(name)).expect("shipped data");
        let digits = Some((file("digits8-images.idx"), file("digits8-labels.idx")));
        let sources = Sources { digits, ..Sources::default() };
        let mut exhibit = TestRun::<Crossover>::try_open(changes, 1, &sources).unwrap();
        exhibit.train(steps);
        exhibit
    };
    // The mean error of naive Bayes minus that of logistic regression, size by size.
    let crossing = |exhibit: &Crossover| exhibit.curves.crossing(exhibit.source.sizes());
    let leads = |exhibit: &Crossover| -> Vec<f64> {
        let [bayes, logistic] = &exhibit.curves.0;
        bayes.iter().zip(logistic).map(|(b, l)| b.mean() - l.mean()).collect()
    };
    let plain = run(&[], 64);
    let (at, _) = crossing(&plain).expect("it crosses");
    assert!((130.0..240.0).contains(&at), "{at}");
    let independent = run(&[("correlation", "0")], 64);
    assert!(crossing(&independent).is_none() && leads(&independent)[1..].iter().all(|lead| *lead < 0.0));
    assert!(leads(&run(&[("c", "0.01")], 64)).iter().all(|lead| *lead > 0.0));
    let noisy = run(&[("noise", "0.25")], 64);
    assert!(crossing(&noisy).expect("it crosses").0 > 3.0 * at);
    assert!(
        (noisy.source.limits(0.25).unwrap().iter())
            .zip(plain.source.limits(0.0).unwrap())
            .all(|(a, b)| (a - b).abs() < 1e-9)
    );
    assert!(leads(&run(&[("data", "digits")], 200)).iter().all(|lead| *lead > 0.0));
}

/// One draw says nothing of how far its error is from the mean: no bar is drawn, and there is no loss.
#[test]
fn one_draw_has_no_standard_error() {
    let mut curves = Curves::new(&[4, 8]);
    let mut draw = |errors: [f64; 2]| {
        for rule in &mut curves.0 {
            rule.iter_mut().zip(errors).for_each(|(all, error)| all.add(error));
        }
        (curves.precision(), curves.0[0][0].error())
    };
    assert_eq!(draw([0.3, 0.2]), (None, None));
    let (precision, first) = draw([0.1, 0.2]);
    assert!((precision.unwrap() - 0.1).abs() < 1e-12 && first == precision, "{precision:?}, {first:?}");
}
