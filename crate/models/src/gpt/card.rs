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
}

choices! {
    /// Pictures.
    pub enum Show {
        "samples" => Samples,
        "next" => Next,
        "heads" => Heads,
        "attention" => Attention,
    }
}

choices! {
    /// Inputs.
    pub enum Input {
        "sentence" => Sentence,
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
        Setting::horizon(1000),
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
        Metric::new("error", "nats", "", Role::Other),
        Metric::new("grammatical", "share", "", Role::Model).sometimes(),
    ],
    views: &[
        View::main("samples", ViewKind::Text),
        View::side("next", ViewKind::Bars),
        View::side("heads", ViewKind::Text),
        View::side("attention", ViewKind::Images),
    ],
    actions: &[Action { id: "sentence", kind: ActionKind::Text, view: "next" }],
    phases: Nothing::IDS,
    experiments: &[
        Experiment { id: "memory", settings: &[("context", "8"), ("batch", "64")], steps: 600, phase: "" },
        Experiment {
            id: "by-heart",
            settings: &[("data", "chain"), ("characters", "3000")],
            steps: 400,
            phase: "",
        },
        Experiment {
            id: "ladder",
            settings: &[("data", "lessons"), ("dropout", "0.2"), ("weight_decay", "0.5")],
            steps: 1000,
            phase: "",
        },
        Experiment { id: "cold", settings: &[("temperature", "0.2")], steps: 400, phase: "" },
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
    ],
};
