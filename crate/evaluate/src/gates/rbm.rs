//! The restricted Boltzmann machine: sixteen hidden units on the binary digits for 500 epochs of CD-1,
//! exactly; the same with parallel tempering; 64 hidden units with persistent chains, annealed.
//!
//! That sampled gradients have the expectation that enumeration gives is a theorem about CD-k, which a test
//! beside the exhibit checks.

use crate::figure::Figure::*;
use crate::gate::{Control, Gate, Judge, Source, Table, Trial, at_least};

/// Held-out log-likelihoods of three machines.
pub static TABLE: Table = Table { id: "rbm", exhibit: "rbm", gates: GATES, judge: Judge::Exhibit };

const CD: Trial = Trial::new(&[("hidden", "16"), ("algorithm", "cd"), ("k", "1")], 4500);
const TEMPERED: Trial = Trial::new(&[("hidden", "16"), ("algorithm", "tempering"), ("k", "1")], 4500);
const LARGE: Trial = Trial::new(&[("hidden", "64"), ("algorithm", "pcd"), ("k", "1")], 4500);

const REFERENCE: Source = Source::Library(
    "a reference run outside this project, the same recipe: CD-1 −18.71, PCD-1 −18.58; scikit-learn's BernoulliRBM: −19.21",
);

const GATES: &[Gate] = &[
    Gate {
        name: "16 units, CD-1",
        trial: CD,
        figure: Of("test_log_likelihood"),
        beside: None,
        bound: at_least(-18.8),
        source: REFERENCE,
        controls: &[
            Control::run("untrained", CD.steps(0)),
            Control::run(
                "one hidden unit",
                Trial::new(&[("hidden", "1"), ("algorithm", "cd"), ("k", "1")], 4500),
            ),
        ],
    },
    Gate {
        name: "16 units, tempered",
        trial: TEMPERED,
        figure: Of("test_log_likelihood"),
        beside: None,
        bound: at_least(-18.8),
        source: REFERENCE,
        controls: &[
            Control::run("untrained", TEMPERED.steps(0)),
            Control::run(
                "one hidden unit, tempered",
                Trial::new(&[("hidden", "1"), ("algorithm", "tempering"), ("k", "1")], 4500),
            ),
        ],
    },
    Gate {
        name: "64 units, persistent chains",
        trial: LARGE,
        figure: Of("test_log_likelihood_ais"),
        beside: None,
        bound: at_least(-17.3),
        source: Source::Library(
            "a reference run outside this project, the same recipe: PCD-1 −17.06, CD-1 −17.30, both by annealing",
        ),
        controls: &[
            Control::run("untrained", LARGE.steps(0)),
            Control::run(
                "a rate at which the chains freeze",
                Trial::new(
                    &[
                        ("hidden", "64"),
                        ("algorithm", "pcd"),
                        ("k", "1"),
                        ("learning_rate", "1"),
                        ("schedule", "false"),
                    ],
                    4500,
                ),
            ),
        ],
    },
];

/// The strokes, with the card's defaults.
pub static SETS: Table = Table { id: "rbm-sets", exhibit: "rbm", gates: ON_STROKES, judge: Judge::Exhibit };

const STROKES: Trial = Trial::new(&[("data", "strokes")], 4500);

const ON_STROKES: &[Gate] = &[Gate {
    name: "strokes, persistent chains",
    trial: STROKES,
    figure: Of("test_log_likelihood_ais"),
    beside: None,
    bound: at_least(-160.0),
    source: Source::Ours("half of what it gains over one hidden unit"),
    controls: &[
        Control::run("untrained", STROKES.steps(0)),
        Control::run("one hidden unit", Trial::new(&[("data", "strokes"), ("hidden", "1")], 4500))
            .measured(Of("test_log_likelihood")),
    ],
}];
