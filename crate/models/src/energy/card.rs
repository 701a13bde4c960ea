//! The card.

use super::PROBED;
use crate::prelude::*;

/// Data sets, in the order of the setting.
const DATA: &[&str] =
    &["two-moons", "eight-gaussians", "checkerboard", "grid-25", "spiral", "swiss-roll", "drawn"];

choices! {
    /// What pushes the energy up where there are no data.
    pub enum Method {
        "persistent" => Persistent,
        "short-run" => ShortRun,
        "grid" => Grid,
        "score-matching" => ScoreMatching,
    }

    /// Where samples come from.
    pub enum Sampler {
        "grid" => Grid,
        "chain" => Chain,
    }

    /// Pictures.
    pub enum Show: View {
        "landscape" => Landscape: View::main(ViewKind::Field),
        "cut" => Cut: View::beside(ViewKind::Curves),
        "density" => Density: View::side(ViewKind::Field),
        "samples" => Samples: View::side(ViewKind::Points),
        "bias" => Bias: View::side(ViewKind::Curves),
    }

    /// Inputs.
    pub enum Input: Action {
        "brush" => Brush: ActionKind::Brush.on("samples"),
        "clear" => Clear: ActionKind::Clear.on("samples"),
        "scatter" => Scatter: ActionKind::Button.on("landscape"),
    }

    /// Parts of an iteration.
    pub enum Phase {
        "langevin" => Langevin,
        "update" => Update,
    }
}

/// The settings of maximum likelihood with Z from 4,096 places a step.
pub const EXACT: &[(&str, &str)] =
    &[("method", "grid"), ("learning_rate", "0.01"), ("places", "64"), ("horizon", "250")];

/// The card.
pub const CARD: Card = Card {
    id: "energy",
    chapter: 7,
    slides: "21–22",
    minutes: 12,
    settings: &[
        Setting::choice("data", DATA).live(),
        Setting::choice("method", Method::IDS).live(),
        Setting::int("chain_steps", 1, 200, 20).live().when(&[("method", &["persistent", "short-run"])]),
        Setting::log("step_size", 1e-4, 0.1, 5e-4),
        Setting::int("jumps", 0, 100, 10).live().when(&[("method", &["persistent"])]),
        Setting::learning_rate(0.05, 2e-3),
        Setting::choice("sampler", Sampler::IDS).live(),
        Setting::float("noise", 0.02, 1.0, 0.15).when(&[("method", &["score-matching"])]),
        Setting::int("sample_steps", 1, 2000, 400)
            .live()
            .more()
            .when(&[("sampler", &["chain"]), ("method", &["persistent", "grid", "score-matching"])]),
        Setting::schedule(true),
        Setting::horizon(1000),
        Setting::flag("fourier", true).more(),
        Setting::int("hidden", 8, 256, 64).more(),
        Setting::int("layers", 1, 4, 2).more(),
        Setting::batch(16, 1024, 256),
        Setting::int("places", 8, 64, 32).more().when(&[("method", &["grid"])]),
    ],
    metrics: &[
        Metric::new("loss", "nats", "loss", Role::Model),
        Metric::new("objective", "", "objective", Role::Model).sometimes(),
        Metric::new("log_partition", "nats", "", Role::Truth),
        Metric::new("energy_gap", "nats", "gap", Role::Other).against(0.0),
        Metric::new("energy_distance", "", "", Role::Model).against(0.0),
        // 1/(1 − ε/2)
        Metric::new("ula_variance", "", "", Role::Model).against(1.0 / (1.0 - 0.5 * PROBED)),
        Metric::new("ula_error", "share", "", Role::Model).against(0.0),
    ],
    views: Show::ROWS,
    actions: Input::ROWS,
    phases: Phase::IDS,
    experiments: &[
        Experiment::new(
            "short",
            700,
            &[
                ("method", "short-run"),
                ("chain_steps", "50"),
                ("step_size", "0.005"),
                ("learning_rate", "0.001"),
                ("sampler", "chain"),
            ],
        ),
        Experiment::new("exact", 250, EXACT),
        Experiment::new("coarse", 500, &[("step_size", "0.01")]),
    ],
    data: &["points"],
    budget: 1000,
    small: &[
        // Enough weights that one whose gradient is rounding does not stand out from all others.
        ("hidden", "32"),
        ("batch", "64"),
        ("chain_steps", "2"),
        ("places", "8"),
        ("sampler", "chain"),
        ("sample_steps", "5"),
    ],
};
