//! The exhibit's card.

use crate::prelude::*;

/// Data sets, in the order of the setting.
const DATA: &[&str] =
    &["eight-gaussians", "grid-25", "two-moons", "spiral", "checkerboard", "swiss-roll", "drawn"];

choices! {
    /// What the generator descends.
    pub enum Objective {
        "non-saturating" => NonSaturating,
        "minimax" => Minimax,
        "as-printed" => AsPrinted,
    }

    /// Pictures.
    pub enum Show: View {
        "points" => Points: View::main(ViewKind::Points),
        "field" => Field: View::side(ViewKind::Field),
    }

    /// The generator whose points are shown, measured and drawn.
    pub enum Shown {
        "present" => Present,
        "averaged" => Averaged,
    }

    /// Inputs.
    pub enum Input: Action {
        "brush" => Brush: ActionKind::Brush.on("points"),
        "clear" => Clear: ActionKind::Clear.on("points"),
    }

    /// Parts of an iteration.
    pub enum Phase {
        "discriminator" => Discriminator,
        "generator" => Generator,
    }
}

/// The card.
pub const CARD: Card = Card {
    id: "gan2d",
    chapter: 8,
    slides: "14–18",
    minutes: 10,
    settings: &[
        Setting::choice("data", DATA).live(),
        Setting::choice("objective", Objective::IDS).live(),
        Setting::learning_rate(0.1, 2e-3),
        Setting::float("r1", 0.0, 1.0, 0.02),
        Setting::float("instance_noise", 0.0, 2.0, 0.5),
        Setting::int("discriminator_steps", 0, 10, 1).live(),
        Setting::int("noise", 1, 64, 2),
        Setting::float("generator_rate", 0.0, 10.0, 1.0).more(),
        Setting::schedule(true),
        Setting::horizon(3000),
        Setting::average(0.99),
        Setting::choice("shown", Shown::IDS).live().under("points"),
        Setting::int("hidden", 4, 256, 128).more(),
        Setting::int("layers", 1, 4, 3).more(),
        Setting::batch(16, 2048, 256),
        Setting::float("beta1", 0.0, 0.95, 0.5).rebuilds().more(),
    ],
    metrics: &[
        Metric::new("loss", "", "", Role::Model),
        Metric::new("loss_d", "", "losses", Role::Data).against(2.0 * core::f64::consts::LN_2),
        Metric::new("loss_g", "", "losses", Role::Model).against(core::f64::consts::LN_2),
        Metric::new("modes", "", "", Role::Model),
        // 1 − e^−4.5: the share of a Gaussian in the plane within three standard deviations.
        Metric::new("high_quality", "share", "", Role::Model).against(0.988_891_003_461_758),
        Metric::new("mode_kl", "nats", "", Role::Model).against(0.0),
        Metric::new("energy_distance", "", "", Role::Model).against(0.0),
    ],
    views: Show::ROWS,
    actions: Input::ROWS,
    phases: Phase::IDS,
    experiments: &[
        Experiment::new(
            "collapse",
            1500,
            &[
                ("r1", "0"),
                ("instance_noise", "0"),
                ("generator_rate", "10"),
                ("beta1", "0.9"),
                ("schedule", "false"),
            ],
        ),
        Experiment::new("freeze", 400, &[("discriminator_steps", "0")]),
        Experiment::new("saturate", 1500, &[("objective", "minimax"), ("r1", "0"), ("instance_noise", "0")]),
        Experiment::new("printed", 300, &[("objective", "as-printed")]),
    ],
    data: &["points"],
    budget: 3000,
    small: &[("batch", "32"), ("hidden", "8"), ("layers", "1")],
};
