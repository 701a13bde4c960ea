//! A gate: a bound on a figure after a fixed number of steps, where the bound comes from, and the wrong
//! runs that it must reject.

use crate::figure::Figure;
use crate::imitation::Imitation;

/// The gates of one exhibit.
#[derive(Debug)]
pub struct Table {
    /// What it is asked for by: the exhibit's id, or another where the exhibit has a second table.
    pub id: &'static str,
    /// The exhibit.
    pub exhibit: &'static str,
    /// What must hold.
    pub gates: &'static [Gate],
    /// Where the figures come from.
    pub judge: Judge,
}

/// Where a table's figures come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judge {
    /// The exhibit's own: [`Run::evaluate`](tilde_models::Run::evaluate).
    Exhibit,
    /// A classifier of strokes that is trained for it and looks at samples. No figure of an exhibit
    /// can say what an image shows.
    Classifier,
}

/// Training that figures are read after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The card's experiment whose settings it begins with; "" for the card's defaults.
    pub experiment: &'static str,
    /// Changes from those.
    pub settings: &'static [(&'static str, &'static str)],
    /// Iterations.
    pub steps: u32,
    /// Live settings that change once it has trained: the same model asked otherwise.
    pub then: &'static [(&'static str, &'static str)],
}

impl Trial {
    /// The card's defaults with changes.
    pub const fn new(settings: &'static [(&'static str, &'static str)], steps: u32) -> Trial {
        Trial { experiment: "", settings, steps, then: &[] }
    }

    /// The settings of an experiment of the card with changes.
    pub const fn experiment(
        experiment: &'static str,
        settings: &'static [(&'static str, &'static str)],
        steps: u32,
    ) -> Trial {
        Trial { experiment, settings, steps, then: &[] }
    }

    /// Asked otherwise once it has trained.
    pub const fn then(self, then: &'static [(&'static str, &'static str)]) -> Trial {
        Trial { then, ..self }
    }

    /// The same for another number of steps.
    pub const fn steps(self, steps: u32) -> Trial {
        Trial { steps, ..self }
    }

    /// Whether one training serves both.
    pub(crate) fn trains_like(&self, other: &Trial) -> bool {
        Trial { then: &[], ..*self } == Trial { then: &[], ..*other }
    }
}

/// The side of its target that a figure must be on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// The target or more.
    AtLeast,
    /// The target or less.
    AtMost,
}

impl Op {
    /// ">=" or "<=".
    pub fn symbol(self) -> &'static str {
        match self {
            Op::AtLeast => ">=",
            Op::AtMost => "<=",
        }
    }
}

/// What a figure must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// The side it must be on.
    pub op: Op,
    /// Of this.
    pub target: f64,
}

/// The target or more.
pub const fn at_least(target: f64) -> Bound {
    Bound { op: Op::AtLeast, target }
}

/// The target or less.
pub const fn at_most(target: f64) -> Bound {
    Bound { op: Op::AtMost, target }
}

impl Bound {
    /// Whether a figure passes. What is not a finite number does not.
    pub fn admits(&self, value: f64) -> bool {
        value.is_finite()
            && match self.op {
                Op::AtLeast => value >= self.target,
                Op::AtMost => value <= self.target,
            }
    }

    /// Whether a figure is on the wrong side. What is not a finite number is on neither.
    pub fn rejects(&self, value: f64) -> bool {
        value.is_finite() && !self.admits(value)
    }
}

/// Where a target comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A theorem, a closed form or an enumeration.
    Exact(&'static str),
    /// A published figure.
    Paper(&'static str),
    /// What another implementation reached on the same data.
    Library(&'static str),
    /// Set by us before a first run.
    Ahead(&'static str),
    /// Set by us after a first run.
    Ours(&'static str),
}

impl Source {
    /// In words, kind first.
    pub fn words(&self) -> String {
        match self {
            Source::Exact(what) => format!("exact value: {what}"),
            Source::Paper(what) => format!("paper: {what}"),
            Source::Library(what) => format!("outside library: {what}"),
            Source::Ahead(what) => format!("set by us before a first run: {what}"),
            Source::Ours(what) => format!("set by us after a first run: {what}"),
        }
    }
}

/// A bound on a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gate {
    /// Its name, unique in its table.
    pub name: &'static str,
    /// The run.
    pub trial: Trial,
    /// What is measured of it.
    pub figure: Figure,
    /// A second run of the same seed, whose figure is taken off: then the gate is on a gain.
    pub beside: Option<Trial>,
    /// What the figure must be.
    pub bound: Bound,
    /// Why that.
    pub source: Source,
    /// What it must reject.
    pub controls: &'static [Control],
}

/// A run that is really wrong. A gate that lets it through measures nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Control {
    /// What is wrong with it.
    pub name: &'static str,
    /// The run.
    pub wrong: Wrong,
    /// What is measured of it, where it is not the gate's own figure.
    pub figure: Option<Figure>,
}

/// Something wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wrong {
    /// Another run.
    Run(Trial),
    /// Samples of something else than the model, measured as the model's are.
    Samples(Imitation),
}

impl Control {
    /// A run, measured like the gate's.
    pub const fn run(name: &'static str, trial: Trial) -> Control {
        Control { name, wrong: Wrong::Run(trial), figure: None }
    }

    /// Samples, measured like the model's.
    pub const fn samples(name: &'static str, imitation: Imitation) -> Control {
        Control { name, wrong: Wrong::Samples(imitation), figure: None }
    }

    /// With a figure of its own.
    pub const fn measured(self, figure: Figure) -> Control {
        Control { figure: Some(figure), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_admits_one_side_and_rejects_the_other() {
        assert!(at_least(0.5).admits(0.5) && at_least(0.5).rejects(0.4));
        assert!(at_most(0.5).admits(0.5) && at_most(0.5).rejects(0.6));
        assert!(!at_least(0.5).rejects(0.5) && !at_most(0.5).rejects(0.5));
    }

    #[test]
    fn what_is_not_a_number_is_neither_admitted_nor_rejected() {
        for bound in [at_least(0.5), at_most(0.5)] {
            for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                assert!(!bound.admits(value) && !bound.rejects(value), "{bound:?} {value}");
            }
        }
    }
}
