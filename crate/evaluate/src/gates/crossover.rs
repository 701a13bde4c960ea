//! The learning curves of naive Bayes and logistic regression: 128 draws of each size up to 512.

use crate::figure::Figure::*;
use crate::gate::{Control, Gate, Judge, Source, Table, Trial, at_least, at_most};

/// Where the curves cross, and how near the largest sets come to the exact limits.
pub static TABLE: Table =
    Table { id: "crossover", exhibit: "crossover", gates: GATES, judge: Judge::Exhibit };

const RECIPE: Trial = Trial::new(&[], 128);

const CROSSING: Source = Source::Library(
    "a reference run with scikit-learn, 100 draws of each size: the curves cross at about 180 points",
);
const LIMIT: Source = Source::Exact("the limit's closed form, N(±μ, Σ) under the best rule of each family");

const GATES: &[Gate] = &[
    Gate {
        name: "crossover, earliest",
        trial: RECIPE,
        figure: Of("crossover"),
        beside: None,
        bound: at_least(130.0),
        source: CROSSING,
        controls: &[Control::run("features correlated by 0.9", Trial::new(&[("correlation", "0.9")], 128))],
    },
    Gate {
        name: "crossover, latest",
        trial: RECIPE,
        figure: Of("crossover"),
        beside: None,
        bound: at_most(240.0),
        source: CROSSING,
        controls: &[Control::run("a quarter of the labels wrong", Trial::new(&[("noise", "0.25")], 128))],
    },
    Gate {
        name: "naive Bayes, off its limit",
        trial: RECIPE,
        figure: Size(&Minus(&Of("bayes_error"), &Of("bayes_error_reference"))),
        beside: None,
        bound: at_most(0.005),
        source: LIMIT,
        controls: &[Control::run(
            "a signal too weak for 4,096 points",
            Trial::new(&[("shift", "0.05"), ("noise", "0.4")], 128),
        )],
    },
    Gate {
        name: "logistic regression, off its limit",
        trial: RECIPE,
        figure: Size(&Minus(&Of("logistic_error"), &Of("logistic_error_reference"))),
        beside: None,
        bound: at_most(0.005),
        source: LIMIT,
        controls: &[Control::run("a heavy penalty", Trial::new(&[("c", "0.0001")], 128))],
    },
    Gate {
        name: "digits, error of naive Bayes over logistic regression's",
        trial: Trial::new(&[("data", "digits")], 128),
        figure: Minus(&Of("bayes_error"), &Of("logistic_error")),
        beside: None,
        bound: at_least(0.005),
        source: Source::Ours("half a percent of the largest sets"),
        controls: &[Control::run("a heavy penalty", Trial::new(&[("data", "digits"), ("c", "0.0001")], 128))],
    },
];
