//! Every classifier beside scikit-learn's, SciPy's and by hand.

use super::*;
use crate::data::digits;
use crate::exhibit::Sources;
use crate::golden::{near, numbers, record};
use crate::test_run::TestRun;
use bayes::Bayes;
use forest::{Forest, Growth, Tree};
use logistic::Logistic;
use serde_json::Value;
use std::format;
use std::fs;
use std::path::Path;
use std::string::ToString;
use svm::{Kernel, Svm};

fn file(path: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path))
        .expect("a file of the repository")
}

/// The record of that id.
fn golden(id: &str) -> Value {
    record("boundary", id)
}

fn table(given: &Value, classes: usize) -> Table {
    let y: Vec<usize> = numbers(&given["y"]).iter().map(|&y| y as usize).collect();
    let x = numbers(&given["x"]);
    Table { d: x.len() / y.len(), x, y, classes }
}

/// Steps until nothing is left to do.
fn trained<C: Classifier>(mut model: C, table: &Table) -> C {
    for _ in 0..5000 {
        if model.is_done() {
            return model;
        }
        model.step(table);
    }
    panic!("it does not come to an end");
}

/// log P(y | x) at places.
fn posteriors(model: &dyn Classifier, table: &Table, at: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; table.classes];
    let mut all = Vec::new();
    for x in at.chunks_exact(table.d) {
        model.log_posterior(table, x, &mut out);
        all.extend_from_slice(&out);
    }
    all
}

#[test]
fn classifiers_in_the_plane_are_those_of_scikit_learn() {
    for id in ["plane.sixty", "plane.noisy"] {
        let Value::Object(record) = golden(id) else { panic!("{id}") };
        let (given, known) = (&record["in"], &record["out"]);
        let number = |name: &str| given[name].as_f64().expect("a number");
        let (c, gamma, smoothing) = (number("c"), number("gamma"), number("smoothing"));
        let (table, at) = (table(given, 2), numbers(&given["at"]));
        let logistic = trained(Logistic::new(c, &table), &table);
        near("logistic", logistic.weights(), &numbers(&known["logistic"]), 1e-6);
        for (what, kernel) in [("linear", Kernel::Linear), ("rbf", Kernel::Rbf(gamma))] {
            let svm = trained(Svm::new(kernel, c, &table), &table);
            let got: Vec<f64> = at.chunks_exact(2).map(|x| svm.decision(&table, x)).collect();
            near(what, &got, &numbers(&known[what]), 1e-4);
        }
        for (what, naive) in [("bayes", true), ("gaussians", false)] {
            let bayes = trained(Bayes::new(naive, smoothing, &table), &table);
            near(what, &posteriors(&bayes, &table, &at), &numbers(&known[what]), 1e-7);
        }
    }
}

#[test]
fn a_tree_without_ties_is_that_of_scikit_learn() {
    let record = golden("tree.shallow");
    let (table, at) = (table(&record["in"], 3), numbers(&record["in"]["at"]));
    let growth =
        Growth { features: table.d, depth: record["in"]["depth"].as_u64().expect("a depth") as usize };
    let tree = Tree::grow(&table, (0..table.n()).collect(), growth, &mut Stream::new(1, 0));
    let shares: Vec<f64> = at.chunks_exact(table.d).flat_map(|x| tree.leaf(x, 3).to_vec()).collect();
    near("shares", &shares, &numbers(&record["out"]["shares"]), 1e-12);
    assert_eq!(tree.shares.len() / 3, record["out"]["leaves"].as_u64().expect("a count") as usize);
}

fn halves() -> (Table, Table) {
    let files = ["images", "labels"].map(|part| file(&format!("www/data/digits8-{part}.idx")));
    let (train, test) = digits::digits(&files[0], &files[1]).expect("the digits");
    (Table::of_images(&train), Table::of_images(&test))
}

fn accuracy_and_nll(model: &dyn Classifier, table: &Table, test: &Table) -> [f64; 2] {
    let logs = posteriors(model, table, &test.x);
    let (mut right, mut nll) = (0.0, 0.0);
    for (logs, &y) in logs.chunks_exact(10).zip(&test.y) {
        right += f64::from(u8::from(measure::decide(logs) == y));
        nll -= logs[y];
    }
    [right / test.n() as f64, nll / test.n() as f64]
}

#[test]
fn classifiers_of_digits_are_those_of_scikit_learn() {
    let (train, test) = halves();
    let check = |id: &str, model: &dyn Classifier, tolerance: f64| {
        let known = &golden(id)["out"];
        let [accuracy, nll] = accuracy_and_nll(model, &train, &test);
        near(id, &[accuracy], &numbers(&known["accuracy"]), 1e-9);
        if !known["nll"].is_null() {
            near(id, &[nll], &numbers(&known["nll"]), tolerance);
        }
    };
    for smoothing in [1e-9, 1e-2] {
        let id = if smoothing < 1e-3 { "digits.bayes.1e-09" } else { "digits.bayes.0.01" };
        check(id, &trained(Bayes::new(true, smoothing, &train), &train), 1e-6);
    }
    check("digits.gaussians.0.01", &trained(Bayes::new(false, 1e-2, &train), &train), 1e-6);
    check("digits.logistic", &trained(Logistic::new(1.0, &train), &train), 1e-5);
    let record = golden("digits.svm");
    let svm =
        trained(Svm::new(Kernel::Rbf(record["in"]["gamma"].as_f64().expect("γ")), 10.0, &train), &train);
    check("digits.svm", &svm, 0.0);
}

#[test]
fn a_forest_knows_digits_as_well_as_that_of_scikit_learn() {
    let (train, test) = halves();
    let forest = trained(Forest::new(100, 20, 1, &train), &train);
    let [accuracy, _] = accuracy_and_nll(&forest, &train, &test);
    let known = numbers(&golden("digits.forest")["out"]["accuracy"])[0];
    assert!((accuracy - known).abs() < 0.015, "{accuracy}");
}

fn opened(changes: &[(&str, &str)]) -> TestRun<Boundary> {
    of_seed(changes, 3)
}

fn of_seed(changes: &[(&str, &str)], seed: u64) -> TestRun<Boundary> {
    let digits = ["images", "labels"].map(|part| file(&format!("www/data/digits8-{part}.idx")));
    let sources = Sources { digits: Some(digits.into()), ..Sources::default() };
    TestRun::try_open(changes, seed, &sources).expect("it opens")
}

/// The integrals of the figures against twenty thousand fresh points.
#[test]
fn figures_in_the_plane_are_integrals() {
    for data in ["clouds", "twins", "ring", "moons"] {
        for hidden in ["false", "true"] {
            let mut exhibit = opened(&[("data", data), ("model", "gaussians"), ("hidden", hidden)]);
            exhibit.train(1);
            let truth = table::truth(exhibit.settings.get("data"), 0.5).expect("a known set");
            let fresh = Table::drawn_from(&truth, 20_000, &mut Stream::new(9, 0));
            let (mut right, mut out) = (0.0, [0.0; 2]);
            for i in 0..fresh.n() {
                exhibit.judge(hidden == "true", fresh.row(i), &mut out);
                right += f64::from(u8::from(measure::decide(&out) == fresh.y[i])) / 20_000.0;
            }
            let known = exhibit.figure("accuracy_test");
            assert!((known - right).abs() < 0.012, "{data} {hidden}: {known}, counted {right}");
            assert!(known <= exhibit.figure("accuracy_test_reference") + 1e-12);
            assert!(exhibit.figure("nll_test") >= exhibit.figure("nll_test_reference") - 1e-12);
        }
    }
}

#[test]
fn a_generative_model_integrates_over_what_is_hidden() {
    let mut exhibit = opened(&[("model", "gaussians"), ("hidden", "true")]);
    exhibit.train(1);
    let mut out = [0.0; 2];
    exhibit.judge(true, &[0.3, 77.0], &mut out);
    let joint = exhibit.model.joint().expect("it is generative");
    let (mut sums, mut each) = ([0.0; 2], [0.0; 2]);
    for i in -2000..2000 {
        joint.log_joint(&[0.3, f64::from(i) * 0.01], &mut each);
        (0..2).for_each(|k| sums[k] += libm::exp(each[k]) * 0.01);
    }
    near("P(y | x₁)", &[libm::exp(out[1])], &[sums[1] / (sums[0] + sums[1])], 1e-9);
}

#[test]
fn what_is_not_generative_says_that_it_cannot_be_sampled() {
    for model in ["logistic", "svm-linear", "svm-rbf", "forest"] {
        let exhibit = opened(&[("model", model)]);
        let error = exhibit.sample(5, 1).expect_err("it has no p(x)");
        assert_eq!(error.code(), "bad-data");
        assert!(error.to_string().contains("cannot be sampled"));
        assert!(exhibit.view(Show::Density).layers.iter().any(|l| l.id == "no_density"));
        assert!(exhibit.view(Show::Samples).layers.iter().any(|l| l.id == "no_samples"));
    }
}

#[test]
fn every_model_goes_on_as_it_was_saved() {
    for data in ["clouds", "digits"] {
        for model in ["bayes", "gaussians", "logistic", "svm-linear", "svm-rbf", "forest"] {
            let mut one = opened(&[("data", data), ("model", model)]);
            one.train(3);
            let saved = one.save();
            let mut other = opened(&[("data", data), ("model", model)]);
            other.load(&saved).expect("it loads");
            one.train(2);
            other.train(2);
            assert!(one.save() == other.save(), "{data} {model}");
            // One number less, and nothing changes.
            let mut cut = saved.clone();
            let at = cut.iter().position(|s| s.name == "model").expect("the model");
            let state = Saved::find_doubles(&saved, "model", &saved[at].shape).expect("as saved");
            cut[at] = Saved::doubles("model", &[state.len() - 1], &state[1..]);
            assert_eq!(other.load(&cut).expect_err("it does not fit").code(), "bad-file", "{data} {model}");
            assert!(one.save() == other.save(), "{data} {model}: half loaded");
            // Other numbers, one by one: refused, or gone on from.
            for i in (0..state.len()).step_by(state.len().div_ceil(40)) {
                for x in [1e300, -1e300, 0.5] {
                    let mut state = state.to_vec();
                    state[i] = x;
                    cut[at] = Saved::doubles("model", &[state.len()], &state);
                    if other.load(&cut).is_ok() {
                        other.train(1);
                        other.view(Show::Probe);
                    }
                }
            }
        }
    }
}

#[test]
fn painted_points_are_learned_from() {
    let mut exhibit = opened(&[("data", "drawn"), ("model", "svm-rbf")]);
    // There is nothing to learn, and that is no error.
    exhibit.train(5);
    let paint = |points: &[f32]| Payload { points: points.to_vec(), ..Payload::default() };
    exhibit.act(Input::Zeros, &paint(&[-1.0, 0.0, -1.2, 0.3])).expect("it paints");
    assert!((exhibit.figure("sure") - 0.5).abs() < 1e-12);
    exhibit.act(Input::Ones, &paint(&[1.0, 0.2])).expect("it paints");
    assert_eq!(exhibit.figure("accuracy_train"), 1.0);
    for _ in 0..200 {
        exhibit.act(Input::Ones, &paint(&[1.0, 0.2, 1.1, 0.3])).ok();
    }
    assert_eq!(exhibit.table.n(), 400);
    // Another setting leaves them alone.
    exhibit.set("c", "2").expect("it is live");
    assert_eq!((exhibit.table.n(), exhibit.settings.choice("data")), (400, "drawn"));
    let error = exhibit.act(Input::Zeros, &paint(&[0.0, 0.0])).expect_err("400 is the most");
    assert!(error.to_string().contains("Clear"));
    exhibit.act(Input::Clear, &Payload::default()).expect("it clears");
    assert_eq!(exhibit.table.n(), 0);
    let mut other = opened(&[]);
    other.act(Input::Clear, &Payload::default()).expect_err("nothing is painted");
    assert_eq!(other.table.n(), 120);
}

#[test]
fn points_with_classes_are_brought() {
    let points: Vec<f32> =
        (0..40).flat_map(|i| [100.0 + i as f32, if i < 20 { 0.0 } else { 30.0 }]).collect();
    let classes: Vec<u8> = (0..40).map(|i| u8::from(i >= 20)).collect();
    let user = Some(UserData::Classed { points, classes: classes.clone() });
    let sources = Sources { user, ..Sources::default() };
    let mut exhibit: TestRun<Boundary> =
        TestRun::try_open(&[("data", "drawn")], 1, &sources).expect("it opens");
    assert_eq!(exhibit.table.counts(), [20, 20]);
    assert!(exhibit.table.x.iter().all(|x| x.abs() <= 2.2 + 1e-6));
    exhibit.train(20);
    assert_eq!(exhibit.figure("accuracy_train"), 1.0);
    // What is painted besides is given again, and what was brought is not given twice.
    let paint = Payload { points: vec![0.5, 0.5], ..Payload::default() };
    exhibit.act(Input::Ones, &paint).expect("it paints");
    let inputs = exhibit.inputs().expect("its own");
    assert!(inputs[0].1.points.is_empty() && inputs[1].1.points == [0.5, 0.5]);
    exhibit.act(Input::Clear, &Payload::default()).expect("it clears");
    assert_eq!(exhibit.table.n(), 0);
    let one = Sources {
        user: Some(UserData::Classed { points: vec![0.0, 0.0, 1.0, 1.0], classes: vec![1, 1] }),
        ..Sources::default()
    };
    assert!(TestRun::<Boundary>::try_open(&[("data", "drawn")], 1, &one).is_err());
}

/// Where the ring begins the classifier is sure, the truth is not, and nothing like it was ever seen.
#[test]
fn the_ring_begins_where_only_a_distribution_knows_better() {
    for seed in 1..6 {
        let mut exhibit = of_seed(&[], seed);
        exhibit.train(60);
        assert!(exhibit.at.iter().all(|share| (0.05..0.95).contains(share)), "inside the picture");
        assert!(exhibit.figure("sure") > 0.99, "{seed}: {}", exhibit.figure("sure"));
        assert!(exhibit.figure("sure_reference") < 0.5, "{seed}: {}", exhibit.figure("sure_reference"));
        assert!(exhibit.figure("typical") < measure::ALARM, "{seed}: {}", exhibit.figure("typical"));
    }
}

/// What the "Try this" experiments say, on five draws of the points.
#[test]
fn experiments_show_what_they_say() {
    for seed in 1..6 {
        let run = |changes: &[(&str, &str)]| {
            let mut exhibit = of_seed(changes, seed);
            exhibit.train(60);
            exhibit
        };
        // Naive Bayes on features that agree: right, but too sure.
        let naive = run(&[("data", "twins"), ("points", "400")]);
        let best = naive.figure("nll_test_reference");
        assert!(naive.figure("accuracy_test_reference") - naive.figure("accuracy_test") < 0.02);
        let naive = naive.figure("nll_test") - best;
        let full = run(&[("data", "twins"), ("points", "400"), ("model", "gaussians")]);
        let full = full.figure("nll_test") - best;
        assert!(naive > 0.04 && naive > 3.0 * full, "{seed}: {naive} {full}");
        // Logistic regression with the mean in place of x₂: too cautious.
        let mut logistic =
            run(&[("data", "twins"), ("points", "400"), ("model", "logistic"), ("hidden", "true")]);
        let marginal =
            run(&[("data", "twins"), ("points", "400"), ("model", "gaussians"), ("hidden", "true")]);
        logistic.at = [0.75, 0.5];
        assert_eq!(logistic.figure("decision"), 1.0, "{seed}");
        assert!(logistic.figure("sure") < logistic.figure("sure_reference") - 0.02, "{seed}");
        let excess =
            |exhibit: &TestRun<Boundary>| exhibit.figure("nll_test") - exhibit.figure("nll_test_reference");
        let (logistic, marginal) = (excess(&logistic), excess(&marginal));
        assert!(logistic > 2.0 * marginal, "{seed}: {logistic} {marginal}");
        // The machine separates the moons, the Gaussians do not.
        let machine = run(&[("data", "moons"), ("model", "svm-rbf")]);
        let full = run(&[("data", "moons"), ("model", "gaussians")]);
        assert!(machine.figure("accuracy_test") > 0.95);
        assert!(full.figure("accuracy_test") < machine.figure("accuracy_test") - 0.02);
    }
}
