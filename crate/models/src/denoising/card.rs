//! The card.

use crate::prelude::*;

choices! {
    /// What the chain does with a corrupted x̃.
    pub enum Reconstruct {
        "draw" => Draw,
        "mean" => Mean,
    }

    /// Pictures.
    pub enum Show: View {
        "arrows" => Arrows: View::main(ViewKind::Points),
        "chain" => Chain: View::main(ViewKind::Points),
        "samples" => Samples: View::side(ViewKind::Points),
        "pad" => Pad: View::side(ViewKind::Images),
    }

    /// Inputs.
    pub enum Input: Action {
        "brush" => Brush: ActionKind::Brush.on("arrows"),
        "clear" => Clear: ActionKind::Clear.on("arrows"),
        "restart" => Restart: ActionKind::Button.on("chain"),
        "draw" => Draw: ActionKind::Brush.on("pad"),
        "erase" => Erase: ActionKind::Clear.on("pad"),
        "next" => Next: ActionKind::Button.on("pad"),
    }

    /// The halves of a step of the chain.
    pub enum Phase {
        "corrupt" => Corrupt,
        "reconstruct" => Reconstruct,
    }
}

/// The card.
pub const CARD: Card = Card {
    id: "denoising",
    chapter: 4,
    slides: "9–10",
    minutes: 12,
    settings: &[
        Setting::choice("data", Domain::SETS),
        Setting::float("sigma", 0.05, 1.5, 0.3),
        Setting::float("masked", 0.0, 0.9, 0.0).unit("share").when(&[("data", IMAGES)]),
        Setting::choice("reconstruct", Reconstruct::IDS).live(),
        Setting::int("chain_length", 1, 500, 50).live(),
        Setting::learning_rate(0.05, 4e-3),
        Setting::schedule(true),
        Setting::horizon(2000),
        Setting::flag("fourier", true).more().when(&[("data", POINTS)]),
        Setting::int("hidden", 8, 512, 128).more(),
        Setting::int("layers", 1, 4, 2).more(),
        Setting::batch(16, 1024, 256),
    ],
    metrics: &[
        Metric::new("loss", "", "loss", Role::Model),
        Metric::new("batch_loss", "", "loss", Role::Other).sometimes(),
        Metric::new("noise_left", "share", "", Role::Model),
        Metric::new("score_error", "", "score", Role::Model).against(0.0).sometimes(),
        Metric::new("score_cosine", "", "score", Role::Other).against(1.0).sometimes(),
        Metric::new("energy_distance", "", "", Role::Model).against(0.0).sometimes(),
        // 1 − e^−4.5: the share of a Gaussian in the plane within three standard deviations.
        Metric::new("high_quality", "share", "", Role::Model).against(0.988_891_003_461_758).sometimes(),
        Metric::new("spread", "", "", Role::Model),
    ],
    views: Show::ROWS,
    actions: Input::ROWS,
    phases: Phase::IDS,
    experiments: &[
        Experiment::new("mean", 1500, &[("sigma", "1"), ("reconstruct", "mean")]),
        Experiment::new("stuck", 1500, &[("sigma", "0.1")]),
        Experiment::new("fill", 1500, &[("data", "digits8"), ("masked", "0.5"), ("sigma", "0.05")]),
        Experiment::new("own", 1000, &[("data", "strokes"), ("sigma", "0.5")]),
    ],
    data: &["points", "images"],
    budget: 2000,
    small: &[("hidden", "8"), ("layers", "1"), ("batch", "16"), ("chain_length", "3")],
};
