//! Classifiers on the digits: as far from scikit-learn's as rounding takes them.

use crate::figure::Figure::{self, *};
use crate::gate::{Control, Gate, Judge, Source, Table, Trial, at_most};

/// Untrained, and each classifier with one setting changed, must be told from scikit-learn's.
pub static TABLE: Table = Table { id: "boundary", exhibit: "boundary", gates: GATES, judge: Judge::Exhibit };

const SOURCE: Source = Source::Library("scikit-learn on the same halves, tests/goldens/make_boundary.py");

/// The distance of a figure of one classifier on the held-out digits from the known one.
const fn gate(
    name: &'static str,
    trial: Trial,
    figure: Figure,
    tolerance: f64,
    controls: &'static [Control],
) -> Gate {
    Gate { name, trial, figure, beside: None, bound: at_most(tolerance), source: SOURCE, controls }
}

const BEST: Source =
    Source::Ours("the best possible accuracy is that of the true density; naive Bayes has other shapes");

/// How far naive Bayes, the card's default, stays below the true density's own decisions on one set.
macro_rules! below_the_best {
    ($data:literal, $share:literal) => {
        Gate {
            name: concat!($data, ", accuracy below the best possible"),
            trial: Trial::new(&[("data", $data)], 1),
            figure: Minus(&Of("accuracy_test_reference"), &Of("accuracy_test")),
            beside: None,
            bound: at_most($share),
            source: BEST,
            controls: &[Control::run("untrained", Trial::new(&[("data", $data)], 0))],
        }
    };
}

const NAIVE: Trial = Trial::new(&[("data", "digits"), ("model", "bayes")], 1);
const BARE: Trial = Trial::new(&[("data", "digits"), ("model", "bayes"), ("smoothing", "1e-9")], 1);
const FULL: Trial = Trial::new(&[("data", "digits"), ("model", "gaussians")], 1);
const LOGISTIC: Trial = Trial::new(&[("data", "digits"), ("model", "logistic")], 300);
const PENALISED: Trial = Trial::new(&[("data", "digits"), ("model", "logistic"), ("c", "0.01")], 300);
// γ = 0.001 on pixels up to 16.
const RBF: Trial =
    Trial::new(&[("data", "digits"), ("model", "svm-rbf"), ("c", "10"), ("gamma", "0.256")], 300);
const NARROW: Trial =
    Trial::new(&[("data", "digits"), ("model", "svm-rbf"), ("c", "10"), ("gamma", "5")], 300);
const FOREST: Trial = Trial::new(&[("data", "digits"), ("model", "forest"), ("trees", "100")], 100);
const SHALLOW: Trial =
    Trial::new(&[("data", "digits"), ("model", "forest"), ("trees", "100"), ("depth", "2")], 100);

const GATES: &[Gate] = &[
    gate(
        "naive Bayes, accuracy",
        NAIVE,
        Size(&Minus(&Of("accuracy_test"), &Known(0.905_345_211_581_3))),
        1e-6,
        &[Control::run("smoothed by 1e-9", BARE)],
    ),
    gate(
        "naive Bayes unsmoothed, accuracy",
        BARE,
        Size(&Minus(&Of("accuracy_test"), &Known(0.779_510_022_271_7))),
        1e-6,
        &[Control::run("smoothed by 0.01", NAIVE)],
    ),
    gate(
        "full Gaussians, log-loss",
        FULL,
        Size(&Minus(&Of("nll_test"), &Known(0.533_239_588_206_8))),
        1e-6,
        &[Control::run("naive Bayes", NAIVE)],
    ),
    gate(
        "logistic regression, accuracy",
        LOGISTIC,
        Size(&Minus(&Of("accuracy_test"), &Known(0.948_775_055_679_3))),
        1e-6,
        &[Control::run("a hundred times the penalty", PENALISED)],
    ),
    gate(
        "logistic regression, log-loss",
        LOGISTIC,
        Size(&Minus(&Of("nll_test"), &Known(0.206_844_516_002_3))),
        1e-4,
        &[Control::run("a hundred times the penalty", PENALISED)],
    ),
    gate(
        "RBF machine, accuracy",
        RBF,
        Size(&Minus(&Of("accuracy_test"), &Known(0.988_864_142_539))),
        1e-6,
        &[Control::run("twenty times the gamma", NARROW)],
    ),
    gate(
        "forest, accuracy",
        FOREST,
        Size(&Minus(&Of("accuracy_test"), &Known(0.955_456_570_155_9))),
        0.015,
        &[Control::run("trees of depth 2", SHALLOW), Control::run("untrained", FOREST.steps(0))],
    ),
    below_the_best!("clouds", 0.05),
    below_the_best!("twins", 0.05),
    below_the_best!("ring", 0.06),
    below_the_best!("moons", 0.15),
];
