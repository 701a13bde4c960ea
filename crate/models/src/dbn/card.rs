//! The exhibit's card.

use crate::prelude::*;

choices! {
    /// The labels that the fantasies are clamped to.
    pub enum Digit {
        /// A row of chains for each class.
        "each" => Each,
        /// None.
        "free" => Free,
        "0" => Zero,
        "1" => One,
        "2" => Two,
        "3" => Three,
        "4" => Four,
        "5" => Five,
        "6" => Six,
        "7" => Seven,
        "8" => Eight,
        "9" => Nine,
    }
}

choices! {
    /// Pictures.
    pub enum Show {
        "fantasies" => Fantasies,
        "first" => First,
        "top" => Top,
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
    /// Parts of a step of the fantasies.
    pub enum Phase {
        "top" => Top,
        "down" => Down,
    }
}

/// The exhibit's card.
pub const CARD: Card = Card {
    id: "dbn",
    chapter: 6,
    slides: "13",
    minutes: 12,
    settings: &[
        Setting::choice("data", &["digits8-binary", "strokes"]),
        Setting::choice("digit", Digit::IDS).live().under("fantasies"),
        Setting::int("hidden", 2, 14, 12),
        Setting::int("first_steps", 1, 20_000, 2250).unit("steps"),
        Setting::flag("fine_tune", false).live(),
        Setting::log("top_rate", 1e-4, 1.0, 0.05),
        Setting::int("k", 1, 50, 1).live().unit("Gibbs steps"),
        Setting::learning_rate(1.0, 0.1).more(),
        Setting::log("fine_rate", 1e-5, 0.5, 0.01).more(),
        Setting::int("top_steps", 1, 100_000, 3000).live().more().unit("steps"),
        Setting::float("momentum", 0.0, 0.99, 0.5).more(),
        Setting::batch(8, 1024, 100),
    ],
    metrics: &[
        Metric::new("loss", "nats", "", Role::Model),
        Metric::new("reconstruction_error", "", "error", Role::Other),
        Metric::new("test_log_likelihood", "nats", "likelihood", Role::Truth),
        Metric::new("bound", "nats", "likelihood", Role::Model),
        Metric::new("first_log_likelihood", "nats", "likelihood", Role::Data),
        Metric::new("identity", "nats", "", Role::Model).against(0.0),
        Metric::new("log_partition_first", "nats", "partition", Role::Data),
        Metric::new("log_partition_top", "nats", "partition", Role::Model),
        Metric::new("accuracy", "share", "accuracy", Role::Model).sometimes(),
        Metric::new("stage", "", "", Role::Other),
    ],
    views: &[
        View::main("fantasies", ViewKind::Images),
        View::side("first", ViewKind::Images),
        View::side("top", ViewKind::Images),
        View::side("data", ViewKind::Images),
    ],
    actions: &[Action { id: "restart", kind: ActionKind::Button, view: "fantasies" }],
    phases: Phase::IDS,
    experiments: &[
        Experiment { id: "identity", settings: &[], steps: 2000, phase: "" },
        Experiment { id: "growing", settings: &[], steps: 5250, phase: "" },
        Experiment { id: "clamped", settings: &[("digit", "free"), ("k", "10")], steps: 6000, phase: "" },
        Experiment { id: "wake-sleep", settings: &[("fine_tune", "true")], steps: 7000, phase: "" },
    ],
    data: &["images"],
    budget: 5250,
    small: &[
        ("hidden", "4"),
        ("first_steps", "5"),
        ("top_steps", "30"),
        ("fine_tune", "true"),
        ("batch", "32"),
    ],
};
