//! The autoencoder: linear ones beside principal component analysis; one with hidden layers, which must
//! beat it on held-out digits with as many dimensions; and one of eight dimensions, where a Gaussian of
//! codes falls between the digits.

use crate::figure::Figure::{self, *};
use crate::gate::{Control, Gate, Judge, Source, Table, Trial, at_least, at_most};

/// Gates of three kinds of autoencoder.
pub static TABLE: Table =
    Table { id: "autoencoder", exhibit: "autoencoder", gates: GATES, judge: Judge::Exhibit };

const TWO: Trial = Trial::experiment("pca", &[], 4000);
const EIGHT: Trial = Trial::experiment("pca", &[("latent", "8")], 4000);
const DEEP: Trial = Trial::new(&[], 3000);
const WIDE: Trial = Trial::new(&[("latent", "8")], 3000);
const LINEAR: Trial = Trial::new(&[("linear", "true")], 3000);

/// Relative to the exact optimum.
const GAP: Figure = Size(&Minus(&Over(&Of("loss"), &Of("loss_reference")), &Known(1.0)));
/// Samples, as far from the nearest digit as held-out digits are or farther.
const STRANGE: Figure = Over(&Of("sample_distance"), &Of("sample_distance_reference"));

const SUBSPACE: Source = Source::Exact("the principal subspace is the optimum (Baldi and Hornik, 1989)");
const OPTIMUM: Source = Source::Exact("the error of the principal components, by eigenvalues");

const UNTRAINED_TWO: Control = Control::run("untrained", TWO.steps(0));
const EARLY_TWO: Control = Control::run("after 20 steps", TWO.steps(20));
const UNTRAINED_EIGHT: Control = Control::run("untrained", EIGHT.steps(0));
const EARLY_EIGHT: Control = Control::run("after 20 steps", EIGHT.steps(20));
const FILLED: Control = Control::run("two dimensions, which digits fill", DEEP);

const GATES: &[Gate] = &[
    Gate {
        name: "angle to two components",
        trial: TWO,
        figure: Of("angle"),
        beside: None,
        bound: at_most(0.01),
        source: SUBSPACE,
        controls: &[UNTRAINED_TWO, EARLY_TWO],
    },
    Gate {
        name: "angle to eight components",
        trial: EIGHT,
        figure: Of("angle"),
        beside: None,
        bound: at_most(0.01),
        source: SUBSPACE,
        controls: &[UNTRAINED_EIGHT, EARLY_EIGHT],
    },
    Gate {
        name: "error beside two components",
        trial: TWO,
        figure: GAP,
        beside: None,
        bound: at_most(1e-3),
        source: OPTIMUM,
        controls: &[UNTRAINED_TWO, EARLY_TWO],
    },
    Gate {
        name: "error beside eight components",
        trial: EIGHT,
        figure: GAP,
        beside: None,
        bound: at_most(1e-3),
        source: OPTIMUM,
        controls: &[UNTRAINED_EIGHT, EARLY_EIGHT],
    },
    Gate {
        name: "held-out error with hidden layers, of two components'",
        trial: DEEP,
        figure: Over(&Of("test_error"), &Of("test_error_reference")),
        beside: None,
        bound: at_most(0.75),
        source: Source::Ours("a quarter less than the best that is linear"),
        controls: &[
            Control::run("linear, trained likewise", LINEAR),
            Control::run("a bottle of four hidden units", Trial::new(&[("hidden", "4")], 3000)),
        ],
    },
    Gate {
        name: "holes of eight dimensions",
        trial: WIDE,
        figure: Of("holes"),
        beside: None,
        bound: at_least(0.30),
        source: Source::Ours("six times the share of held-out digits' codes, 0.05"),
        controls: &[FILLED, Control::run("untrained", WIDE.steps(0))],
    },
    Gate {
        name: "distance of samples, of held-out digits', at least",
        trial: WIDE,
        figure: STRANGE,
        beside: None,
        bound: at_least(1.15),
        source: Source::Ours("1 for samples as near to digits as digits are"),
        controls: &[FILLED],
    },
    Gate {
        name: "distance of samples, of held-out digits', at most",
        trial: WIDE,
        figure: STRANGE,
        beside: None,
        bound: at_most(2.0),
        source: Source::Ours("between digits, but no noise"),
        controls: &[Control::run("untrained", WIDE.steps(0))],
    },
];

/// The sets that the gates above do not train on, with the card's defaults.
pub static SETS: Table =
    Table { id: "autoencoder-sets", exhibit: "autoencoder", gates: ON_OTHERS, judge: Judge::Exhibit };

macro_rules! deep_on {
    ($name:literal, $data:literal, $most:literal) => {
        Gate {
            name: concat!($name, ", held-out error, less that of linear networks"),
            trial: Trial::new(&[("data", $data)], 3000),
            figure: Of("test_error"),
            beside: Some(Trial::new(&[("data", $data), ("linear", "true")], 3000)),
            bound: at_most($most),
            source: Source::Ours("half of what the hidden layers gain"),
            controls: &[
                Control::run("untrained", Trial::new(&[("data", $data)], 0)),
                Control::run("after 100 steps", Trial::new(&[("data", $data)], 100)),
            ],
        }
    };
}

const ON_OTHERS: &[Gate] =
    &[deep_on!("strokes", "strokes", -5.5), deep_on!("binary digits", "digits8-binary", -1.0)];
