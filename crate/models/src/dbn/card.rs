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

    /// Pictures.
    pub enum Show: View {
        "copy" => Copy: View::main(ViewKind::Images),
        "fantasies" => Fantasies: View::side(ViewKind::Images),
        "layers" => Layers: View::side(ViewKind::Images),
        "first" => First: View::side(ViewKind::Images),
        "top" => Top: View::side(ViewKind::Images),
        "data" => Data: View::side(ViewKind::Images),
    }

    /// Inputs.
    pub enum Input: Action {
        "restart" => Restart: ActionKind::Button.on("fantasies"),
    }

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
        Setting::log("fine_rate", 1e-5, 0.5, 0.01).more().when(&[("fine_tune", &["true"])]),
        Setting::int("top_steps", 1, 100_000, 3000).live().more().unit("steps"),
        Setting::float("momentum", 0.0, 0.99, 0.5).more(),
        Setting::batch(8, 1024, 100),
    ],
    metrics: &[
        Metric::new("loss", "nats", "", Role::Model),
        // What the second machine adds is little beside what the first one has learned: it has axes of its own.
        Metric::new("identity", "nats", "gain", Role::Model).against(0.0).sometimes(),
        Metric::new("exact_gain", "nats", "gain", Role::Truth).sometimes(),
        Metric::new("bound", "nats", "likelihood", Role::Model),
        Metric::new("test_log_likelihood", "nats", "likelihood", Role::Truth),
        Metric::new("first_log_likelihood", "nats", "likelihood", Role::Data),
        Metric::new("reconstruction_error", "", "error", Role::Other),
        Metric::new("log_partition_first", "nats", "partition", Role::Data),
        Metric::new("log_partition_top", "nats", "partition", Role::Model),
        Metric::new("accuracy", "share", "accuracy", Role::Model).sometimes(),
        Metric::new("stage", "", "", Role::Other),
        Metric::new("stage_began", "steps", "", Role::Other),
        Metric::new("first_step", "steps", "", Role::Other).sometimes(),
        Metric::new("top_step", "steps", "", Role::Other).sometimes(),
        Metric::new("fine_step", "steps", "", Role::Other).sometimes(),
    ],
    views: Show::ROWS,
    actions: Input::ROWS,
    phases: Phase::IDS,
    experiments: &[
        Experiment::new("identity", 2250, &[]),
        Experiment::new("growing", 5250, &[]),
        Experiment::new("clamped", 6000, &[("digit", "free"), ("k", "10")]),
        Experiment::new("wake-sleep", 7000, &[("fine_tune", "true")]),
    ],
    data: &["images"],
    budget: 5250,
    small: &[
        ("hidden", "4"),
        ("first_steps", "3"),
        ("top_steps", "3"),
        ("fine_tune", "true"),
        ("batch", "32"),
    ],
};
