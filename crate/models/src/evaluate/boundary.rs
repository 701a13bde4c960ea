//! The gates of the classifiers: on the digits, as far from scikit-learn's as rounding takes them.

use super::{Control, Evaluation, Figures, Gate, Host, Measured, Op, Over, Trial, figure};
use crate::{Error, boundary};
use alloc::vec::Vec;

/// A figure of one classifier on the held-out digits, beside scikit-learn's (`tests/goldens/boundary.json`).
struct Case {
    name: &'static str,
    settings: &'static [(&'static str, &'static str)],
    steps: u32,
    figure: &'static str,
    known: f64,
    tolerance: f64,
    /// A change of the settings that must be seen.
    wrong: (&'static str, &'static str),
}

const NAIVE: &[(&str, &str)] = &[("data", "digits"), ("model", "bayes")];
const NAIVE_BARE: &[(&str, &str)] = &[("data", "digits"), ("model", "bayes"), ("smoothing", "1e-9")];
const FULL: &[(&str, &str)] = &[("data", "digits"), ("model", "gaussians")];
const LOGISTIC: &[(&str, &str)] = &[("data", "digits"), ("model", "logistic")];
// γ = 0.001 on pixels up to 16.
const RBF: &[(&str, &str)] = &[("data", "digits"), ("model", "svm-rbf"), ("c", "10"), ("gamma", "0.256")];
const FOREST: &[(&str, &str)] = &[("data", "digits"), ("model", "forest"), ("trees", "100")];

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case { name: "naive Bayes, accuracy", settings: NAIVE, steps: 1, figure: "accuracy_test", known: 0.905_345_211_581_3, tolerance: 1e-6, wrong: ("smoothing", "1e-9") },
    Case { name: "naive Bayes unsmoothed, accuracy", settings: NAIVE_BARE, steps: 1, figure: "accuracy_test", known: 0.779_510_022_271_7, tolerance: 1e-6, wrong: ("smoothing", "0.01") },
    Case { name: "full Gaussians, log-loss", settings: FULL, steps: 1, figure: "nll_test", known: 0.533_239_588_206_8, tolerance: 1e-6, wrong: ("model", "bayes") },
    Case { name: "logistic regression, accuracy", settings: LOGISTIC, steps: 300, figure: "accuracy_test", known: 0.948_775_055_679_3, tolerance: 1e-6, wrong: ("c", "0.01") },
    Case { name: "logistic regression, log-loss", settings: LOGISTIC, steps: 300, figure: "nll_test", known: 0.206_844_516_002_3, tolerance: 1e-4, wrong: ("c", "0.01") },
    Case { name: "RBF machine, accuracy", settings: RBF, steps: 300, figure: "accuracy_test", known: 0.988_864_142_539, tolerance: 1e-6, wrong: ("gamma", "5") },
    Case { name: "forest, accuracy", settings: FOREST, steps: 100, figure: "accuracy_test", known: 0.955_456_570_155_9, tolerance: 0.015, wrong: ("depth", "2") },
];

/// Each classifier's distance from the known figure; as controls, the same with one setting changed.
pub(super) async fn gates(host: &dyn Host, seeds: &[u64]) -> Result<Evaluation, Error> {
    let card = &boundary::CARD;
    let (mut gates, mut controls) = (Vec::new(), Vec::new());
    for case in CASES {
        let gate = Gate { name: case.name, op: Op::AtMost, target: case.tolerance, over: Over::Median };
        let trial = Trial { card, settings: case.settings, steps: case.steps };
        let runs = trial.run_all(host, seeds).await?;
        let off = |run: &Figures| (figure(run, case.figure) - case.known).abs();
        gates.push(Measured::of(gate, &runs, off));
        let changed = [case.settings, &[case.wrong]].concat();
        let wrong = Trial { settings: &changed, ..trial }.run(host, 1).await?;
        controls.push(Control { name: case.wrong.0, gate, value: off(&wrong) });
    }
    let untrained = Trial { card, settings: FOREST, steps: 0 }.run(host, 1).await?;
    let last = CASES.len() - 1;
    let value = (figure(&untrained, "accuracy_test") - CASES[last].known).abs();
    controls.push(Control { name: "untrained", gate: gates[last].gate, value });
    Ok(Evaluation { id: card.id, gates, controls })
}
