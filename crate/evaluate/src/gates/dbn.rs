//! The deep belief net of twelve hidden units on the binary digits: 150 epochs of the second machine raise the
//! bound over the first machine's likelihood, and wake and sleep raise it further.
//!
//! That the tied net is the machine it was made of, and that the bound is below the likelihood, are
//! theorems, which `tests/boltzmann.rs` checks.

use crate::figure::Figure::*;
use crate::gate::{Control, Gate, Judge, Source, Table, Trial, at_least};

/// What the second layer gains, in nats of the held-out bound.
pub static TABLE: Table = Table { id: "dbn", exhibit: "dbn", gates: GATES, judge: Judge::Exhibit };

const TRAINED: Trial = Trial::new(&[("top_steps", "1350")], 3600);
const TUNED: Trial = Trial::new(&[("top_steps", "1350"), ("fine_tune", "true")], 9250);

const GATES: &[Gate] = &[
    Gate {
        name: "bound over the first machine's likelihood",
        trial: TRAINED,
        figure: Of("identity"),
        beside: None,
        bound: at_least(0.05),
        source: Source::Library(
            "a reference run outside this project, 150 epochs of CD-1 at rate 0.05: + 0.078 held out",
        ),
        controls: &[
            Control::run(
                "a rate five hundred times too small",
                Trial::new(&[("top_steps", "1350"), ("top_rate", "0.0001")], 3600),
            ),
            Control::run(
                "a second machine that diverges",
                Trial::new(&[("top_steps", "1350"), ("top_rate", "1"), ("momentum", "0.99")], 3600),
            ),
        ],
    },
    Gate {
        name: "the same, fine-tuned",
        trial: TUNED,
        figure: Of("identity"),
        beside: None,
        bound: at_least(0.2),
        source: Source::Ours("four times the gain that is asked of the second machine alone"),
        controls: &[Control::run(
            "not fine-tuned, for as many steps",
            Trial::new(&[("top_steps", "1350")], 9250),
        )],
    },
];

/// The strokes, with the card's defaults.
pub static SETS: Table = Table { id: "dbn-sets", exhibit: "dbn", gates: ON_STROKES, judge: Judge::Exhibit };

const STROKES: Trial = Trial::new(&[("data", "strokes")], 5250);

const ON_STROKES: &[Gate] = &[Gate {
    name: "strokes, bound over the first machine's likelihood",
    trial: STROKES,
    figure: Of("identity"),
    beside: None,
    bound: at_least(6.5),
    source: Source::Ours("half of what it gains"),
    controls: &[Control::run(
        "a rate five hundred times too small",
        Trial::new(&[("data", "strokes"), ("top_rate", "0.0001")], 5250),
    )],
}];
