//! Annealed importance sampling: log Ẑ of the learned machine with 1,000 temperatures and 100 chains; and the
//! trap, where the base decides.
//!
//! That weights are unbiased is a theorem, which `tests/boltzmann.rs` checks.

use crate::figure::Figure::*;
use crate::gate::{Control, Gate, Judge, Source, Table, Trial, at_least, at_most};

/// Errors of log Ẑ.
pub static TABLE: Table = Table { id: "ais", exhibit: "ais", gates: GATES, judge: Judge::Exhibit };

// Ten updates a step, and a run of 50 rungs on what they have made.
const LEARNED: Trial = Trial::new(&[("machine", "digits")], 500);
const FEW: Trial = Trial::new(&[("machine", "digits"), ("temperatures", "10")], 500);
const TRAP: Trial = Trial::experiment("trap", &[], 50);
const HASTY: &str = "10 temperatures";

const GATES: &[Gate] = &[
    Gate {
        name: "log Z of the learned machine, error",
        trial: LEARNED,
        figure: Size(&Of("loss")),
        beside: None,
        bound: at_most(0.05),
        source: Source::Library(
            "a reference run outside this project, the same temperatures and chains: ± 0.03 beside the enumerated value",
        ),
        controls: &[
            Control::run(HASTY, FEW),
            Control::run("10 temperatures from fair pixels", Trial::experiment("hasty", &[], 500)),
        ],
    },
    Gate {
        name: "log Z of the trap from mean pixels, error",
        trial: TRAP,
        figure: Size(&Of("error_pixels")),
        beside: None,
        bound: at_most(0.1),
        source: Source::Exact("enumeration; right to a tenth of a nat"),
        // The trap itself is easy from mean pixels, however few the temperatures.
        controls: &[Control::run("10 temperatures, on the learned machine", FEW)],
    },
    Gate {
        name: "log Z of the trap from fair pixels, error",
        trial: TRAP,
        figure: Size(&Of("error_uniform")),
        beside: None,
        bound: at_least(10.0),
        source: Source::Exact("enumeration; wrong by tens of nats"),
        controls: &[
            Control::run(
                "ten times the temperatures",
                Trial::experiment("trap", &[("temperatures", "10000")], 50),
            ),
            Control::run("a machine without a trap", LEARNED),
        ],
    },
];
