//! The variational autoencoder: eight latent dimensions on the binary digits for 300 epochs; and the linear
//! one beside probabilistic PCA, which is its optimum.

use crate::figure::Figure::{self, *};
use crate::gate::{Control, Gate, Judge, Source, Table, Trial, at_least, at_most};

/// Bounds on held-out digits, and the gap to probabilistic PCA.
pub static TABLE: Table = Table { id: "vae", exhibit: "vae", gates: GATES, judge: Judge::Exhibit };

const DEEP: Trial = Trial::experiment("wide", &[], 2700);
const UNTRAINED: Control = Control::run("untrained", DEEP.steps(0));
const COLLAPSED: Control = Control::run(
    "collapsed posterior, β = 20",
    Trial::experiment("wide", &[("beta", "20"), ("warm_up", "0")], 2700),
);

const TWO: Trial = Trial::experiment("pca", &[("latent", "2")], 4000);
const EIGHT: Trial = Trial::experiment("pca", &[("latent", "8")], 4000);
const GAP: Figure = Size(&Minus(&Of("loss"), &Of("loss_reference")));
const OPTIMUM: Source = Source::Exact(
    "probabilistic PCA is the optimum (Lucas et al., 2019); scikit-learn's likelihood of it, tests/goldens/make_sklearn.py",
);

const GATES: &[Gate] = &[
    Gate {
        name: "held-out bound",
        trial: DEEP,
        figure: Of("test_elbo"),
        beside: None,
        bound: at_least(-19.1),
        source: Source::Library(
            "a reference run outside this project, the same recipe: −18.80, the median of five seeds",
        ),
        controls: &[UNTRAINED, COLLAPSED],
    },
    Gate {
        name: "held-out bound of 500 draws",
        trial: DEEP,
        figure: Of("test_bound_500"),
        beside: None,
        bound: at_least(-17.5),
        source: Source::Library(
            "a reference run outside this project, the same recipe: −17.32 to −17.25 over five seeds",
        ),
        controls: &[UNTRAINED, COLLAPSED],
    },
    Gate {
        name: "linear with two dimensions, off probabilistic PCA",
        trial: TWO,
        figure: GAP,
        beside: None,
        bound: at_most(0.01),
        source: OPTIMUM,
        controls: &[
            Control::run("after 200 steps", TWO.steps(200)),
            Control::run(
                "the divergence counted twice",
                Trial::experiment("pca", &[("latent", "2"), ("beta", "2")], 4000),
            ),
        ],
    },
    Gate {
        name: "linear with eight dimensions, off probabilistic PCA",
        trial: EIGHT,
        figure: GAP,
        beside: None,
        bound: at_most(0.02),
        source: OPTIMUM,
        controls: &[
            Control::run("after 200 steps", EIGHT.steps(200)),
            Control::run(
                "the divergence counted twice",
                Trial::experiment("pca", &[("latent", "8"), ("beta", "2")], 4000),
            ),
        ],
    },
];

/// The sets with the card's defaults, the binary digits of the gates above excepted.
pub static SETS: Table = Table { id: "vae-sets", exhibit: "vae", gates: ON_OTHERS, judge: Judge::Exhibit };

macro_rules! gain_on {
    ($name:literal, $data:literal, $gain:literal) => {
        Gate {
            name: concat!($name, ", bound over that of a code that says nothing"),
            trial: Trial::new(&[("data", $data)], 2700),
            figure: Of("test_elbo"),
            beside: Some(Trial::new(&[("data", $data), ("beta", "20"), ("warm_up", "0")], 2700)),
            bound: at_least($gain),
            source: Source::Ours("half of what it gains"),
            controls: &[
                Control::run("untrained", Trial::new(&[("data", $data)], 0)),
                Control::run("after 20 steps", Trial::new(&[("data", $data)], 20)),
            ],
        }
    };
}

const ON_OTHERS: &[Gate] = &[gain_on!("strokes", "strokes", 18.0), gain_on!("grey digits", "digits8", 1.4)];
