//! The Dirac-GAN: every eigenvalue is known, and who converges is a theorem about the equilibrium; that the players really
//! arrive, from where they start, is not.

use crate::figure::Figure::*;
use crate::gate::{Control, Gate, Judge, Source, Table, Trial, at_least, at_most};

/// How long small distances get in a step, and where the players end.
pub static TABLE: Table =
    Table { id: "dirac-gan", exhibit: "dirac-gan", gates: GATES, judge: Judge::Exhibit };

const PLAIN: Trial = Trial::new(&[("learning_rate", "0.1")], 1);
const TURNS: Trial = Trial::new(&[("learning_rate", "0.1"), ("method", "alternating")], 1);
const PENALTY: Trial = Trial::experiment("penalty", &[], 400);
const AHEAD: Trial = Trial::experiment("ahead", &[], 2000);
const CLOSED: Source = Source::Paper("Mescheder et al., 2018: eigenvalues of the Dirac-GAN in closed form");
const WITHOUT: Control = Control::run("no penalty", Trial::new(&[], 400));

/// A figure that is a known number to a millionth.
macro_rules! known {
    ($name:literal, $trial:expr, $id:literal, $value:expr, $controls:expr) => {
        Gate {
            name: $name,
            trial: $trial,
            figure: Size(&Minus(&Of($id), &Known($value))),
            beside: None,
            bound: at_most(1e-6),
            source: CLOSED,
            controls: $controls,
        }
    };
}

const GATES: &[Gate] = &[
    known!(
        "simultaneous steps of 0.1, spectral radius",
        PLAIN,
        "radius",
        1.001_249_219_725_04,
        &[Control::run("taking turns", TURNS)]
    ),
    known!(
        "taking turns, spectral radius",
        TURNS,
        "radius",
        1.0,
        &[Control::run("simultaneous steps", PLAIN)]
    ),
    known!("R₁ of 0.3, real part", PENALTY, "eigen_real", -0.15, &[WITHOUT]),
    known!("R₁ of 0.3, imaginary part", PENALTY, "eigen_imaginary", 0.476_969_600_708_473, &[WITHOUT]),
    known!(
        "R₁ of 2, the slower real part",
        Trial::experiment("heavy", &[], 200),
        "eigen_real",
        -0.133_974_596_215_561,
        &[Control::run("R₁ of 0.3", PENALTY)]
    ),
    known!(
        "Wasserstein, imaginary part",
        Trial::new(&[("objective", "wasserstein")], 1),
        "eigen_imaginary",
        1.0,
        &[Control::run("minimax", PLAIN)]
    ),
    Gate {
        name: "distance after simultaneous steps",
        trial: Trial::new(&[], 300),
        figure: Of("loss"),
        beside: None,
        bound: at_least(1.6),
        source: Source::Ours("twice the distance at first: it diverges"),
        controls: &[Control::run("R₁ of 0.3", PENALTY), Control::run("untrained", Trial::new(&[], 0))],
    },
    Gate {
        name: "distance with R₁ of 0.3",
        trial: PENALTY,
        figure: Of("loss"),
        beside: None,
        bound: at_most(1e-3),
        source: Source::Ours("a thousandth: it arrives"),
        controls: &[WITHOUT, Control::run("untrained", PENALTY.steps(0))],
    },
    Gate {
        name: "distance with extragradient steps",
        trial: AHEAD,
        figure: Of("loss"),
        beside: None,
        bound: at_most(1e-3),
        source: Source::Ours("a thousandth: it arrives"),
        controls: &[
            Control::run("taking turns", Trial::new(&[("method", "alternating")], 2000)),
            Control::run("untrained", AHEAD.steps(0)),
        ],
    },
];
