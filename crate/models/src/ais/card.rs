//! The exhibit's card.

use crate::prelude::*;

choices! {
    /// Whose log Z is wanted.
    pub enum Kind {
        /// A machine that learns the digits meanwhile.
        "digits" => Digits,
        /// One whose mass sits where chains from fair pixels hardly get.
        "trap" => Trap,
        /// One of 4×3 units, whose weights vary little.
        "tiny" => Tiny,
    }
}

choices! {
    /// Where chains begin; the values are the bases' numbers.
    pub enum Base {
        /// Every pixel with its mean.
        "pixels" => Pixels,
        /// Every pixel fair.
        "uniform" => Uniform,
    }
}

choices! {
    /// Pictures.
    pub enum Show {
        "running" => Running,
        "particles" => Particles,
        "weights" => Weights,
        "few" => Few,
    }
}

choices! {
    /// Inputs.
    pub enum Input {
        "begin" => Begin,
    }
}

choices! {
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
        Setting::choice("machine", Kind::IDS),
        Setting::choice("base", Base::IDS).live(),
        Setting::int("temperatures", 10, 10_000, 1000).live(),
        Setting::int("chains", 10, 1000, 100),
        Setting::int("updates", 0, 50, 10).live().more().unit("a step"),
        Setting::int("hidden", 1, 18, 16).more(),
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
    views: &[
        View::main("running", ViewKind::Curves),
        View::main("particles", ViewKind::Images),
        View::side("weights", ViewKind::Curves),
        View::side("few", ViewKind::LogCurves),
    ],
    actions: &[Action { id: "begin", kind: ActionKind::Button, view: "particles" }],
    phases: Phase::IDS,
    experiments: &[
        Experiment { id: "trap", settings: &[("machine", "trap")], steps: 50, phase: "" },
        Experiment {
            id: "patience",
            settings: &[("machine", "trap"), ("temperatures", "4000")],
            steps: 50,
            phase: "",
        },
        Experiment {
            id: "hasty",
            settings: &[("temperatures", "10"), ("base", "uniform")],
            steps: 500,
            phase: "",
        },
        Experiment {
            id: "unbiased",
            settings: &[("machine", "tiny"), ("temperatures", "10"), ("chains", "1000")],
            steps: 10,
            phase: "",
        },
    ],
    data: &["images"],
    budget: 600,
    small: &[("hidden", "4"), ("temperatures", "70"), ("chains", "10"), ("updates", "2")],
};
