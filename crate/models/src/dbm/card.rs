//! The exhibit's card.

use crate::prelude::*;

choices! {
    /// Pictures.
    pub enum Show: View {
        "layers" => Layers: View::main(ViewKind::Images),
        "settling" => Settling: View::main(ViewKind::Curves),
        "fantasies" => Fantasies: View::side(ViewKind::Images),
        "units" => Units: View::side(ViewKind::Images),
        "data" => Data: View::side(ViewKind::Images),
    }

    /// Inputs.
    pub enum Input: Action {
        "restart" => Restart: ActionKind::Button.on("fantasies"),
    }

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
        Setting::learning_rate(1.0, 0.15),
        Setting::int("layer_steps", 1, 5000, 900).more().unit("steps").when(&[("pretrain", &["true"])]),
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
        Metric::new("stage_began", "steps", "", Role::Other),
        Metric::new("layer_step", "steps", "", Role::Other).sometimes(),
        Metric::new("joint_step", "steps", "", Role::Other).sometimes(),
    ],
    views: Show::ROWS,
    actions: Input::ROWS,
    phases: Phase::IDS,
    experiments: &[
        Experiment::new("scratch", 4500, &[("pretrain", "false")]),
        Experiment::new("blind", 7200, &[("mean_field", "0")]),
        Experiment::new("settling", 3600, &[]),
    ],
    data: &["images"],
    budget: 7200,
    small: &[
        ("first", "3"),
        ("second", "4"),
        ("third", "3"),
        ("layer_steps", "2"),
        ("mean_field", "2"),
        ("k", "1"),
        ("batch", "32"),
    ],
};
