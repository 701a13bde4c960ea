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
}

choices! {
    /// What is given.
    pub enum Question {
        /// One observation.
        "one" => One,
        /// Two observations.
        "two" => Two,
        /// An intervention.
        "set" => Set,
        /// Nothing.
        "none" => Nothing,
    }
}

choices! {
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
}

choices! {
    /// Samplers.
    pub enum Sampler {
        "weighting" => Weighting,
        "rejection" => Rejection,
        "gibbs" => Gibbs,
    }
}

choices! {
    /// Pictures.
    pub enum Show {
        "network" => Network,
        "convergence" => Convergence,
        "table" => Table,
        "elimination" => Elimination,
        "file" => File,
    }
}

choices! {
    /// Inputs.
    pub enum Input {
        "edit" => Edit,
        "cell" => Cell,
        "forget" => Forget,
    }
}

choices! {
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
        Setting::choice("given", Question::IDS).live().under("network"),
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
    views: &[
        View::main("network", ViewKind::Network),
        View::side("convergence", ViewKind::LogCurves),
        View::side("table", ViewKind::Table),
        View::side("elimination", ViewKind::Table),
        View::side("file", ViewKind::Text),
    ],
    actions: &[
        Action { id: "edit", kind: ActionKind::Edit, view: "network" },
        Action { id: "cell", kind: ActionKind::Edit, view: "table" },
        Action { id: "forget", kind: ActionKind::Button, view: "network" },
    ],
    phases: Phase::IDS,
    experiments: &[
        Experiment { id: "explain-away", settings: &[("given", "two")], steps: 20_000, phase: "" },
        Experiment {
            id: "stuck",
            settings: &[("data", "asia"), ("given", "two"), ("sampler", "gibbs")],
            steps: 20_000,
            phase: "",
        },
        Experiment { id: "see-do", settings: &[("given", "set"), ("click", "do")], steps: 5_000, phase: "" },
        Experiment {
            id: "rare",
            settings: &[("data", "burglary"), ("given", "two"), ("sampler", "rejection")],
            steps: 10_000,
            phase: "",
        },
    ],
    data: &["network"],
    budget: 100_000,
    small: &[],
};
