//! The exhibit's card.

use crate::prelude::*;

choices! {
    /// Whose log Z is wanted.
    pub enum Kind {
        /// One whose mass sits where chains from fair pixels hardly get.
        "trap" => Trap,
        /// A machine that learns the digits meanwhile.
        "digits" => Digits,
        /// One of 4×3 units, whose weights vary little.
        "tiny" => Tiny,
    }

    /// Where chains begin; the values are the bases' numbers.
    pub enum Base {
        /// Every pixel with its mean.
        "pixels" => Pixels,
        /// Every pixel fair.
        "uniform" => Uniform,
    }

    /// Pictures.
    pub enum Show: View {
        "running" => Running: View::main(ViewKind::Curves),
        "particles" => Particles: View::main(ViewKind::Images),
        "weights" => Weights: View::side(ViewKind::Curves),
        "few" => Few: View::side(ViewKind::LogCurves),
    }

    /// Inputs.
    pub enum Input: Action {
        "begin" => Begin: ActionKind::Button.on("particles"),
    }

    /// Parts of an iteration.
    pub enum Phase {
        "learn" => Learn,
        "anneal" => Anneal,
    }
}

/// The exhibit's card.
pub const CARD: Card = Card {
    id: "ais",
    chapter: 6,
    slides: "12–13",
    minutes: 10,
    settings: &[
        Setting::choice("machine", Kind::IDS).own("digits"),
        Setting::choice("base", Base::IDS).live(),
        Setting::int("temperatures", 10, 10_000, 1000).live(),
        Setting::int("chains", 10, 1000, 100),
        Setting::int("updates", 0, 50, 10).live().more().unit("a step").when(&[("machine", &["digits"])]),
        Setting::int("hidden", 1, 18, 16).more().when(&[("machine", &["digits"])]),
    ],
    metrics: &[
        Metric::new("loss", "nats", "", Role::Model),
        Metric::new("log_partition", "nats", "partition", Role::Truth),
        Metric::new("log_z_pixels", "nats", "partition", Role::Model).sometimes(),
        Metric::new("log_z_uniform", "nats", "partition", Role::Other).sometimes(),
        Metric::new("error_pixels", "nats", "error", Role::Model).against(0.0).sometimes(),
        Metric::new("error_uniform", "nats", "error", Role::Other).against(0.0).sometimes(),
        Metric::new("ess_pixels", "chains", "effective", Role::Model).sometimes(),
        Metric::new("ess_uniform", "chains", "effective", Role::Other).sometimes(),
        Metric::new("one_chain", "nats", "", Role::Model).sometimes(),
    ],
    views: Show::ROWS,
    actions: Input::ROWS,
    phases: Phase::IDS,
    experiments: &[
        Experiment::new("trap", 50, &[("machine", "trap")]),
        Experiment::new("patience", 50, &[("machine", "trap"), ("temperatures", "4000")]),
        Experiment::new("hasty", 500, &[("machine", "digits"), ("temperatures", "10"), ("base", "uniform")]),
        Experiment::new("unbiased", 10, &[("machine", "tiny"), ("temperatures", "10"), ("chains", "1000")]),
    ],
    data: &["images"],
    budget: 600,
    small: &[
        ("machine", "digits"),
        ("hidden", "4"),
        ("temperatures", "70"),
        ("chains", "10"),
        ("updates", "2"),
    ],
};
