//! The exhibit's card.

use crate::prelude::*;

choices! {
    /// Networks.
    pub enum Data {
        "sprinkler" => Sprinkler,
        "lecture" => Lecture,
        "burglary" => Burglary,
        "asia" => Asia,
        /// One node, to build one's own on.
        "own" => Own,
    }

    /// What is given.
    pub enum Question {
        /// Two observations, of which the second shows what the first does not.
        "two" => Two,
        /// One observation.
        "one" => One,
        /// Three observations.
        "three" => Three,
        /// An intervention.
        "set" => Set,
        /// Nothing.
        "none" => Nothing,
    }

    /// What a click on a node means.
    pub enum Click {
        /// The state was observed.
        "observe" => Observe,
        /// The state is set from outside.
        "do" => Do,
        /// The node's connections are shown.
        "separate" => Separate,
        /// An arrow begins or ends here.
        "arrow" => Arrow,
    }

    /// Samplers.
    pub enum Sampler {
        "weighting" => Weighting,
        "rejection" => Rejection,
        "gibbs" => Gibbs,
    }

    /// Pictures.
    pub enum Show: View {
        "network" => Network: View::main(ViewKind::Network),
        "convergence" => Convergence: View::side(ViewKind::LogCurves),
        "table" => Table: View::beside(ViewKind::Table),
        "elimination" => Elimination: View::side(ViewKind::Table),
        "file" => File: View::side(ViewKind::Text),
    }

    /// Inputs.
    pub enum Input: Action {
        "edit" => Edit: ActionKind::Edit.on("network"),
        "cell" => Cell: ActionKind::Edit.on("table"),
        "forget" => Forget: ActionKind::Button.on("network"),
    }

    /// Parts of an iteration.
    pub enum Phase {
        /// A node of an ancestral sample.
        "node" => Node,
    }
}

/// The card.
pub const CARD: Card = Card {
    id: "bayes-net",
    chapter: 2,
    slides: "5",
    minutes: 15,
    settings: &[
        Setting::choice("data", Data::IDS).under("network"),
        Setting::choice("given", Question::IDS)
            .live()
            .under("network")
            .when(&[("data", &["sprinkler", "lecture", "burglary", "asia"])]),
        Setting::choice("click", Click::IDS).live().under("network"),
        Setting::choice("sampler", Sampler::IDS).live().under("network"),
        Setting::int("batch", 1, 1000, 10).live().more().unit("samples"),
    ],
    metrics: &[
        Metric::new("loss", "", "", Role::Model),
        Metric::new("weighting", "", "", Role::Model),
        Metric::new("gibbs", "", "", Role::Data),
        Metric::new("rejection", "", "", Role::Other).sometimes(),
        Metric::new("kept", "share", "", Role::Other),
        Metric::new("effective", "share", "", Role::Model),
        Metric::new("if_seen", "", "", Role::Truth).sometimes(),
        Metric::new("if_set", "", "", Role::Truth),
        Metric::new("parameters", "", "", Role::Truth),
        Metric::new("largest_table", "", "", Role::Truth),
    ],
    views: Show::ROWS,
    actions: Input::ROWS,
    phases: Phase::IDS,
    experiments: &[
        Experiment::new("explain-away", 20_000, &[("data", "burglary"), ("given", "three")]),
        Experiment::new("stuck", 20_000, &[("data", "asia"), ("given", "two"), ("sampler", "gibbs")]),
        Experiment::new("see-do", 5_000, &[("given", "set"), ("click", "do")]),
        Experiment::new("rare", 10_000, &[("data", "burglary"), ("given", "two"), ("sampler", "rejection")]),
    ],
    data: &["network"],
    budget: 100_000,
    small: &[],
};
