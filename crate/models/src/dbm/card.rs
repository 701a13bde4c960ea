//! The exhibit's card.

use crate::prelude::*;

choices! {
    /// Pictures.
    pub enum Show {
        "fantasies" => Fantasies,
        "settling" => Settling,
        "units" => Units,
        "data" => Data,
    }
}

choices! {
    /// Inputs.
    pub enum Input {
        "restart" => Restart,
    }
}

choices! {
    /// Parts of a joint iteration.
    pub enum Phase {
        "settle" => Settle,
        "dream" => Dream,
        "update" => Update,
    }
}

/// The exhibit's card.
pub const CARD: Card = Card {
    id: "dbm",
    chapter: 6,
    slides: "12",
    minutes: 10,
    settings: &[
        Setting::choice("data", &["digits8-binary", "strokes"]),
        Setting::flag("pretrain", true),
        Setting::int("first", 1, 10, 8),
        Setting::int("second", 1, 32, 8),
        Setting::int("third", 1, 10, 8),
        Setting::int("mean_field", 0, 50, 10).live(),
        Setting::int("k", 1, 50, 5).live().unit("Gibbs steps"),
        Setting::learning_rate(1.0, 0.1),
        Setting::int("layer_steps", 1, 5000, 900).more().unit("steps"),
        Setting::float("momentum", 0.0, 0.99, 0.5).more(),
        Setting::schedule(true),
        Setting::horizon(4500),
        Setting::batch(8, 1024, 100),
    ],
    metrics: &[
        Metric::new("loss", "nats", "", Role::Model),
        Metric::new("reconstruction_error", "", "error", Role::Other),
        Metric::new("test_log_likelihood", "nats", "likelihood", Role::Truth),
        Metric::new("bound", "nats", "likelihood", Role::Model),
        Metric::new("pixels", "nats", "likelihood", Role::Data),
        Metric::new("gap", "nats", "gap", Role::Model).against(0.0),
        Metric::new("log_partition", "nats", "", Role::Truth),
        Metric::new("weights_first", "", "weights", Role::Other),
        Metric::new("weights_second", "", "weights", Role::Other),
        Metric::new("weights_third", "", "weights", Role::Other),
        Metric::new("stage", "", "", Role::Other),
    ],
    views: &[
        View::main("fantasies", ViewKind::Images),
        View::main("settling", ViewKind::Curves),
        View::side("units", ViewKind::Images),
        View::side("data", ViewKind::Images),
    ],
    actions: &[Action { id: "restart", kind: ActionKind::Button, view: "fantasies" }],
    phases: Phase::IDS,
    experiments: &[
        Experiment { id: "scratch", settings: &[("pretrain", "false")], steps: 4500, phase: "" },
        Experiment { id: "blind", settings: &[("mean_field", "0")], steps: 7200, phase: "" },
        Experiment { id: "settling", settings: &[], steps: 3600, phase: "" },
    ],
    data: &["images"],
    budget: 7200,
    small: &[
        ("first", "3"),
        ("second", "4"),
        ("third", "3"),
        ("layer_steps", "5"),
        ("mean_field", "2"),
        ("k", "1"),
        ("batch", "32"),
    ],
};
