//! The deep Boltzmann machine of 64-8-8-8 units on the binary digits, whose likelihood is exact: better than
//! a mixture of ten Bernoulli products, and than the layers it was put together from.
//!
//! That the mean-field bound is below the likelihood is a theorem, which `tests/boltzmann.rs` checks.

use crate::figure::Figure::*;
use crate::gate::{Control, Gate, Judge, Source, Table, Trial, at_least};

/// Exact held-out log-likelihoods.
pub static TABLE: Table = Table { id: "dbm", exhibit: "dbm", gates: GATES, judge: Judge::Exhibit };

const TRAINED: Trial = Trial::new(&[], 7200);
/// All three layers pretrained, none joined yet.
const PRETRAINED: Trial = Trial::new(&[], 2700);

/// As many steps as [`TRAINED`], all of them on single layers.
const SINGLY: Trial = Trial::new(&[("layer_steps", "2400")], 7200);

const GATES: &[Gate] = &[
    Gate {
        name: "held-out log-likelihood",
        trial: TRAINED,
        figure: Of("test_log_likelihood"),
        beside: None,
        bound: at_least(-20.26),
        source: Source::Library(
            "a mixture of ten Bernoulli products by EM on the same halves; tests/goldens/make_bernoulli.py reaches −20.37 to −19.89 from twenty starts",
        ),
        controls: &[
            Control::run("untrained", TRAINED.steps(0)),
            Control::run("pretrained, not joined", PRETRAINED),
        ],
    },
    Gate {
        name: "gain over layers trained singly for as many steps",
        trial: TRAINED,
        figure: Of("test_log_likelihood"),
        beside: Some(SINGLY),
        bound: at_least(0.1),
        source: Source::Ours("a tenth of a nat"),
        controls: &[Control::run("pretrained, not joined", PRETRAINED)],
    },
    Gate {
        name: "size of the third layer's weights",
        trial: TRAINED,
        figure: Of("weights_third"),
        beside: None,
        bound: at_least(0.1),
        source: Source::Ours("ten times the size that they begin with"),
        controls: &[
            Control::run("all layers at once from scratch", Trial::new(&[("pretrain", "false")], 7200)),
            Control::run("untrained", TRAINED.steps(0)),
        ],
    },
];

/// The strokes, with the card's defaults.
pub static SETS: Table = Table { id: "dbm-sets", exhibit: "dbm", gates: ON_STROKES, judge: Judge::Exhibit };

const STROKES: Trial = Trial::new(&[("data", "strokes")], 7200);

const ON_STROKES: &[Gate] = &[Gate {
    name: "strokes, held-out log-likelihood over the untrained machine's",
    trial: STROKES,
    figure: Of("test_log_likelihood"),
    beside: Some(STROKES.steps(0)),
    bound: at_least(22.0),
    source: Source::Ours("half of what it gains"),
    controls: &[Control::run("after 20 steps", STROKES.steps(20))],
}];
