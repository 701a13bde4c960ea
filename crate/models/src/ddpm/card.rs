//! The exhibit's card.

use super::sampler::Target;
use crate::prelude::*;

choices! {
    /// How the noise grows over the time.
    pub enum NoiseSchedule {
        "cosine" => Cosine,
        "linear" => Linear,
    }

    /// The samplers of [`super::sampler::Sampler`].
    pub enum Walk {
        "ddpm" => Small,
        "ddpm-large" => Large,
        "ddim" => Implicit,
    }

    /// Pictures.
    pub enum Show: View {
        "film" => Film: View::main(ViewKind::Points),
        "forward" => Forward: View::twin(ViewKind::Points, Twin::Left),
        "samples" => Samples: View::side(ViewKind::Points),
        "prediction" => Prediction: View::side(ViewKind::Points),
        "losses" => Losses: View::side(ViewKind::Bars),
        "signal" => Signal: View::side(ViewKind::Bars),
    }

    /// Inputs.
    pub enum Input: Action {
        "brush" => Brush: ActionKind::Brush.on("film"),
        "clear" => Clear: ActionKind::Clear.on("film"),
    }

    /// What can be stepped alone.
    pub enum Phase {
        "denoise" => Denoise,
    }
}

/// The card.
pub const CARD: Card = Card {
    id: "ddpm",
    chapter: 12,
    slides: "21–22",
    minutes: 15,
    settings: &[
        Setting::choice("data", Domain::SETS),
        Setting::choice("prediction", Target::IDS),
        Setting::choice("noise_schedule", NoiseSchedule::IDS),
        Setting::choice("sampler", Walk::IDS).live(),
        Setting::int("sampling_steps", 1, 1000, 100).live(),
        Setting::float("eta", 0.0, 1.0, 0.0).when(&[("sampler", &["ddim"])]),
        Setting::learning_rate(0.05, 4e-3),
        Setting::flag("follow", true).live().under("forward"),
        Setting::float("time", 0.0, 1.0, 0.3).under("prediction"),
        Setting::int("timesteps", 10, 1000, 100).more(),
        Setting::flag("clip", true).live().more(),
        Setting::average(0.995),
        Setting::schedule(true),
        Setting::horizon(2000),
        Setting::flag("fourier", true).more().when(&[("data", POINTS)]),
        Setting::int("hidden", 8, 512, 128).more().when(&[("data", POINTS)]),
        Setting::int("layers", 1, 4, 3).more().when(&[("data", POINTS)]),
        Setting::batch(16, 1024, 256),
    ],
    metrics: &[
        Metric::new("loss", "", "loss", Role::Model),
        Metric::new("score_error", "", "score", Role::Model).against(0.0).sometimes(),
        Metric::new("score_cosine", "", "score", Role::Other).against(1.0).sometimes(),
        Metric::new("energy_distance", "", "", Role::Model).against(0.0).sometimes(),
        // 1 − e^−4.5: the share of a Gaussian in the plane within three standard deviations.
        Metric::new("high_quality", "share", "", Role::Model).against(0.988_891_003_461_758).sometimes(),
        Metric::new("modes", "", "", Role::Model).sometimes(),
        Metric::new("bound", "nats", "", Role::Model).sometimes(),
        Metric::new("prior_kl", "nats", "", Role::Truth).against(0.0),
        Metric::new("denoised", "", "", Role::Model).film("denoise"),
    ],
    views: Show::ROWS,
    actions: Input::ROWS,
    phases: Phase::IDS,
    experiments: &[
        Experiment::new("few-steps", 2000, &[("sampler", "ddim"), ("sampling_steps", "5")]),
        Experiment::new(
            "division",
            2000,
            &[("prediction", "noise"), ("sampler", "ddim"), ("sampling_steps", "10"), ("clip", "false")],
        ),
        Experiment::new("plateau", 1000, &[("fourier", "false")]),
        Experiment::new(
            "images",
            2000,
            &[
                ("data", "strokes"),
                ("learning_rate", "0.002"),
                ("sampler", "ddim"),
                ("sampling_steps", "25"),
                ("time", "0.5"),
            ],
        )
        .trained("ddpm-strokes"),
    ],
    data: &["points", "images"],
    budget: 2000,
    small: &[
        ("hidden", "16"),
        ("layers", "1"),
        ("batch", "16"),
        ("timesteps", "12"),
        ("sampling_steps", "5"),
    ],
};
