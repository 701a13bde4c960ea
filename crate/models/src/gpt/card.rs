//! The exhibit's card.

use super::OWN_RUNGS;
use crate::prelude::*;

choices! {
    /// Texts that it learns.
    pub enum Text {
        "grammar" => Grammar,
        "chain" => Chain,
        "lessons" => Lessons,
    }

    /// Pictures.
    pub enum Show: View {
        "samples" => Samples: View::main(ViewKind::Text),
        "next" => Next: View::side(ViewKind::Bars),
        "heads" => Heads: View::side(ViewKind::Text),
        "attention" => Attention: View::side(ViewKind::Images),
    }

    /// Inputs.
    pub enum Input: Action {
        "sentence" => Sentence: ActionKind::Text.on("next"),
    }
}

/// The exhibit's card.
pub const CARD: Card = Card {
    id: "gpt",
    chapter: 13,
    slides: "23, 28",
    minutes: 15,
    settings: &[
        Setting::choice("data", Text::IDS),
        Setting::int("context", 2, 128, 64),
        Setting::learning_rate(0.05, 5e-3),
        Setting::float("temperature", 0.0, 3.0, 1.0),
        Setting::int("top_k", 1, 256, 256).live(),
        Setting::int("layers", 1, 4, 2).more(),
        Setting::int("heads", 1, 8, 4).more(),
        Setting::int("width", 16, 256, 96).more(),
        Setting::batch(1, 64, 16),
        Setting::log("characters", 1e3, 1e6, 1e6).rebuilds().more(),
        Setting::float("dropout", 0.0, 0.6, 0.0).rebuilds().more(),
        Setting::float("weight_decay", 0.0, 1.0, 0.1).more(),
        Setting::int("warm_up", 0, 1000, 50).live().more().unit("steps"),
        Setting::horizon(1000).when(&[]), // the rate always falls
    ],
    metrics: &[
        Metric::new("loss", "nats", "loss", Role::Data),
        Metric::new("test_loss", "nats", "loss", Role::Model),
        Metric::new(OWN_RUNGS[0], "nats", "loss", Role::Other).sometimes(),
        Metric::new(OWN_RUNGS[1], "nats", "loss", Role::Other).sometimes(),
        Metric::new(OWN_RUNGS[2], "nats", "loss", Role::Other).sometimes(),
        Metric::new(OWN_RUNGS[3], "nats", "loss", Role::Other).sometimes(),
        Metric::new(OWN_RUNGS[4], "nats", "loss", Role::Other).sometimes(),
        Metric::new("bits", "bits", "", Role::Model),
        Metric::new("gap", "nats", "", Role::Model),
        Metric::new("grammatical", "share", "", Role::Model).sometimes(),
    ],
    views: Show::ROWS,
    actions: Input::ROWS,
    phases: Nothing::IDS,
    experiments: &[
        Experiment::new("memory", 600, &[("context", "8"), ("batch", "64")]),
        Experiment::new("by-heart", 400, &[("data", "chain"), ("characters", "3000")]),
        Experiment::new("ladder", 1000, &[("data", "lessons"), ("dropout", "0.2"), ("weight_decay", "0.5")]),
        Experiment::new("cold", 400, &[("temperature", "0.2")]),
    ],
    data: &["text"],
    budget: 1000,
    small: &[
        ("characters", "5000"),
        ("context", "8"),
        ("width", "16"),
        ("heads", "2"),
        ("layers", "1"),
        ("batch", "4"),
        ("warm_up", "2"),
    ],
};
