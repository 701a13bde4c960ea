//! The card.

use crate::card::*;

/// Data sets, in the order of the setting.
const DATA: &[&str] = &[
    "eight-gaussians",
    "two-moons",
    "checkerboard",
    "grid-25",
    "spiral",
    "swiss-roll",
    "drawn",
    "digits8",
    "strokes",
];

/// The card.
pub const CARD: Card = Card {
    id: "denoising",
    chapter: 4,
    slides: "9–10",
    minutes: 12,
    settings: &[
        Setting::choice("data", DATA),
        Setting::float("sigma", 0.05, 1.5, 0.3),
        Setting::float("masked", 0.0, 0.9, 0.0).unit("share"),
        Setting::choice("reconstruct", &["draw", "mean"]).live(),
        Setting::int("chain_length", 1, 500, 50).live(),
        Setting::log("learning_rate", 1e-5, 0.05, 2e-3),
        Setting::flag("schedule", true).live().more(),
        Setting::int("horizon", 100, 100_000, 2000).live().more().unit("steps"),
        Setting::flag("fourier", true).more(),
        Setting::int("hidden", 8, 512, 128).more(),
        Setting::int("layers", 1, 4, 2).more(),
        Setting::int("batch", 16, 1024, 256).more(),
    ],
    metrics: &[
        Metric::new("loss", "", "loss", Role::Model),
        Metric::new("noise_left", "share", "", Role::Model),
        Metric::new("score_error", "", "score", Role::Model).against(0.0).sometimes(),
        Metric::new("score_cosine", "", "score", Role::Other).against(1.0).sometimes(),
        Metric::new("energy_distance", "", "", Role::Model).against(0.0).sometimes(),
        // 1 − e^−4.5: the share of a Gaussian in the plane within three standard deviations.
        Metric::new("high_quality", "share", "", Role::Model).against(0.988_891_003_461_758).sometimes(),
        Metric::new("spread", "", "", Role::Model),
    ],
    views: &[
        View::main("arrows", ViewKind::Points),
        View::main("chain", ViewKind::Points),
        View::side("samples", ViewKind::Points),
        View::side("pad", ViewKind::Images),
    ],
    actions: &[
        Action { id: "brush", kind: ActionKind::Brush, view: "arrows" },
        Action { id: "clear", kind: ActionKind::Clear, view: "arrows" },
        Action { id: "restart", kind: ActionKind::Button, view: "chain" },
        Action { id: "draw", kind: ActionKind::Brush, view: "pad" },
        Action { id: "erase", kind: ActionKind::Clear, view: "pad" },
        Action { id: "next", kind: ActionKind::Button, view: "pad" },
    ],
    phases: &["corrupt", "reconstruct"],
    experiments: &[
        Experiment {
            id: "mean",
            settings: &[("sigma", "1"), ("reconstruct", "mean")],
            steps: 1500,
            phase: "",
        },
        Experiment { id: "stuck", settings: &[("sigma", "0.1")], steps: 1500, phase: "" },
        Experiment {
            id: "fill",
            settings: &[("data", "digits8"), ("masked", "0.5"), ("sigma", "0.05")],
            steps: 1500,
            phase: "",
        },
        Experiment { id: "own", settings: &[("data", "strokes"), ("sigma", "0.5")], steps: 1000, phase: "" },
    ],
    data: &["points", "images"],
    budget: 2000,
    small: &[("hidden", "32"), ("batch", "32")],
};
