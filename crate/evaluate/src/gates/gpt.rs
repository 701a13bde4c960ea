//! The small transformer: the card's recipe, 1,000 steps of 16 × 64 characters, on texts whose entropy rate is
//! known, and on the lessons beside n-gram models.

use crate::figure::Figure::{self, *};
use crate::gate::{Control, Gate, Judge, Source, Table, Trial, at_most};

/// Held-out losses.
pub static TABLE: Table = Table { id: "gpt", exhibit: "gpt", gates: GATES, judge: Judge::Exhibit };

const STEPS: u32 = 1000;
const CHAIN: Trial = Trial::new(&[("data", "chain")], STEPS);
const GRAMMAR: Trial = Trial::new(&[("data", "grammar")], STEPS);
const LESSONS: Trial = Trial::experiment("ladder", &[], STEPS);

/// The standard error of the held-out loss.
const ERROR: Figure = Of("test_loss_se");
/// Standard errors below the entropy rate: an honest model is above, but for chance.
const BELOW: Figure = Over(&Minus(&Of("test_loss_reference"), &Of("test_loss")), &ERROR);
/// The same of the loss on what was learned from: a text learned by heart is predicted better than anyone
/// can predict it who has not seen it.
const BY_HEART: Figure = Over(&Minus(&Of("test_loss_reference"), &Of("loss")), &ERROR);

const RATE: Source = Source::Exact("the source's entropy rate, in closed form; 0.05 nats above it");
const CHANCE: Source = Source::Exact("no model is below the entropy rate; three standard errors");

const GATES: &[Gate] = &[
    Gate {
        name: "chain, above the entropy rate",
        trial: CHAIN,
        figure: Of("gap"),
        beside: None,
        bound: at_most(0.05),
        source: RATE,
        controls: &[
            Control::run("untrained", CHAIN.steps(0)),
            Control::run("a tenth of the steps", CHAIN.steps(100)),
        ],
    },
    Gate {
        name: "chain, standard errors below it",
        trial: CHAIN,
        figure: BELOW,
        beside: None,
        bound: at_most(3.0),
        source: CHANCE,
        controls: &[Control::run(
            "loss on a text learned by heart",
            Trial::new(&[("data", "chain"), ("characters", "3000")], STEPS),
        )
        .measured(BY_HEART)],
    },
    Gate {
        name: "grammar, above the entropy rate",
        trial: GRAMMAR,
        figure: Of("gap"),
        beside: None,
        bound: at_most(0.05),
        source: RATE,
        controls: &[
            Control::run("untrained", GRAMMAR.steps(0)),
            Control::run(
                "a context of two characters",
                Trial::new(&[("data", "grammar"), ("context", "2")], STEPS),
            ),
        ],
    },
    Gate {
        name: "grammar, standard errors below it",
        trial: GRAMMAR,
        figure: BELOW,
        beside: None,
        bound: at_most(3.0),
        source: CHANCE,
        controls: &[Control::run(
            "loss on a text learned by heart",
            Trial::new(&[("data", "grammar"), ("characters", "3000")], STEPS),
        )
        .measured(BY_HEART)],
    },
    Gate {
        name: "lessons, above the Witten–Bell model of contexts of four",
        trial: LESSONS,
        figure: Minus(&Of("test_loss"), &Of("context_4")),
        beside: None,
        bound: at_most(0.0),
        source: Source::Library("NLTK's interpolated Witten–Bell model, tests/goldens/make_gpt.py"),
        controls: &[
            Control::run("untrained", LESSONS.steps(0)),
            Control::run(
                "a context of two characters",
                Trial::experiment("ladder", &[("context", "2")], STEPS),
            ),
        ],
    },
];
