//! The rules beside scikit-learn's, the error beside the closed form of others and beside counts.

use super::*;
use serde_json::Value;
use std::path::Path;

fn record(file: &str, id: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/goldens").join(file);
    let all: Value = serde_json::from_slice(&std::fs::read(path).expect("a golden file")).expect("JSON");
    let found = all["records"].as_array().expect("records").iter().find(|r| r["id"] == id);
    found.unwrap_or_else(|| panic!("there is no {id}")).clone()
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Object(tensor) => numbers(&tensor["data"]),
        Value::Array(parts) => parts.iter().flat_map(numbers).collect(),
        number => vec![number.as_f64().expect("a number")],
    }
}

fn near(got: &[f64], known: &[f64], tolerance: f64) {
    assert_eq!(got.len(), known.len());
    for (got, known) in got.iter().zip(known) {
        assert!((got - known).abs() <= tolerance * known.abs().max(1.0), "{got}, not {known}");
    }
}

#[test]
fn limits_have_the_known_errors() {
    let golden = record("seed1.json", "nj.asymptote");
    let pair = Pair::new(numbers(&golden["in"]["mu_plusminus"]), numbers(&golden["in"]["Sigma"])).unwrap();
    let errors = pair.limits(0.0).map(|rule| pair.error(&rule));
    near(
        &errors,
        &[numbers(&golden["out"]["err_naive_bayes"])[0], numbers(&golden["out"]["err_bayes"])[0]],
        1e-9,
    );
    // The design's own figures.
    let pair = Pair::design(20, 5, 0.5, 0.3).unwrap();
    near(&pair.limits(0.0).map(|rule| pair.error(&rule)), &[0.1367, 0.1103], 5e-5);
    let pair = Pair::design(20, 10, 0.3, 0.3).unwrap();
    near(&pair.limits(0.0).map(|rule| pair.error(&rule)), &[0.1907, 0.1425], 5e-5);
}

#[test]
fn rules_are_those_of_scikit_learn() {
    for id in ["crossover.balanced", "crossover.noisy"] {
        let golden = record("boundary.json", id);
        let (x, y) = (numbers(&golden["in"]["x"]), numbers(&golden["in"]["y"]));
        near(
            &logistic(&x, &y, golden["in"]["c"].as_f64().unwrap()),
            &numbers(&golden["out"]["logistic"]),
            1e-4,
        );
        near(&naive_bayes(&x, &y, 0.0), &numbers(&golden["out"]["bayes"]), 1e-9);
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

#[test]
#[ignore]
fn look() {
    for changes in [&[][..], &[("correlation", "0")], &[("c", "0.01")], &[("c","0.1")],&[("noise", "0.25")], &[("data", "digits")], &[("data", "digits"), ("c", "1")],&[("features","50"),("block","20")]] {
        let mut settings = Settings::new(&CARD);
        changes.iter().for_each(|(id, value)| { settings.set_text(id, value).unwrap(); });
        let data = |name: &str| std::fs::read(std::format!("../../www/data/{name}")).unwrap();
        let sources = Sources { digits: Some((data("digits8-images.idx"), data("digits8-labels.idx"))), ..Sources::default() };
        let mut exhibit = Crossover::new(&settings, 1, sources).unwrap();
        let start = std::time::Instant::now();
        let mut worst = 0.0f64;
        for _ in 0..128 { let t = std::time::Instant::now(); exhibit.train(1).unwrap(); worst = worst.max(t.elapsed().as_secs_f64()); }
        std::println!("{changes:?} {:.2} ms a step, worst {:.1}; crossing {:?} limits {:?}", start.elapsed().as_secs_f64() * 1000.0 / 128.0, worst * 1000.0, exhibit.crossing(), exhibit.asymptotes());
        for (i, m) in exhibit.sizes().iter().enumerate() {
            std::println!("  {m} {:.4} {:.4}  se {:.4} {:.4}", exhibit.errors[0][i].mean(), exhibit.errors[1][i].mean(), exhibit.errors[0][i].deviation(), exhibit.errors[1][i].deviation());
        }
    }
}
