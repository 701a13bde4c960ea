//! The card of the deep belief net.

use crate::card::*;

/// The exhibit's card.
pub const CARD: Card = Card {
    id: "dbn",
    chapter: 6,
    slides: "13",
    minutes: 12,
    settings: &[
        Setting::choice("data", &["digits8-binary", "strokes"]),
        Setting::choice("digit", &["each", "free", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
            .live()
            .under("fantasies"),
        Setting::int("hidden", 2, 14, 12),
        Setting::int("first_steps", 1, 20_000, 2250).unit("steps"),
        Setting::flag("fine_tune", false).live(),
        Setting::log("top_rate", 1e-4, 1.0, 0.05),
        Setting::int("k", 1, 50, 1).live().unit("Gibbs steps"),
        Setting::log("learning_rate", 1e-4, 1.0, 0.1).more(),
        Setting::log("fine_rate", 1e-5, 0.5, 0.01).more(),
        Setting::int("top_steps", 1, 100_000, 3000).live().more().unit("steps"),
        Setting::float("momentum", 0.0, 0.99, 0.5).more(),
        Setting::int("batch", 8, 1024, 100).more(),
    ],
    metrics: &[
        Metric::new("loss", "nats", "", Role::Model),
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
    phases: &["top", "down"],
    experiments: &[
        Experiment { id: "identity", settings: &[], steps: 2000, phase: "" },
        Experiment { id: "growing", settings: &[], steps: 5250, phase: "" },
        Experiment { id: "clamped", settings: &[("digit", "free"), ("k", "10")], steps: 6000, phase: "" },
        Experiment { id: "wake-sleep", settings: &[("fine_tune", "true")], steps: 7000, phase: "" },
    ],
    data: &["images"],
    budget: 5250,
    small: &[("first_steps", "5"), ("top_steps", "50"), ("fine_tune", "true")],
};
