//! What came of a table's gates and controls.

use crate::gate::{Control, Gate, Op, Table};

/// A gate is reached if at most one seed of so many misses it: three, five or ten seeds must all reach it.
const ONE_OF: usize = 40;

/// A gate with what was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The gate.
    pub gate: &'static Gate,
    /// The figure for each seed, in their order; NaN where the run did not give it.
    pub seeds: Vec<f64>,
}

impl Measured {
    /// The middle figure.
    pub fn median(&self) -> f64 {
        median(&self.seeds)
    }

    /// The figure of the worst seed. A missing figure is the worst there is.
    pub fn worst(&self) -> f64 {
        let sorted = sorted(&self.seeds);
        if sorted.iter().any(|x| x.is_nan()) {
            return f64::NAN;
        }
        let last = match self.gate.bound.op {
            Op::AtLeast => sorted.first(),
            Op::AtMost => sorted.last(),
        };
        last.copied().unwrap_or(f64::NAN)
    }

    /// How many seeds reach it.
    pub fn reached(&self) -> usize {
        self.seeds.iter().filter(|&&x| self.gate.bound.admits(x)).count()
    }

    /// Whether the gate is reached: there are seeds, and at most one of forty misses.
    pub fn pass(&self) -> bool {
        let missed = self.seeds.len() - self.reached();
        !self.seeds.is_empty() && missed <= self.seeds.len() / ONE_OF
    }
}

/// A control with what was measured of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// The gate that must reject it.
    pub gate: &'static Gate,
    /// What is wrong.
    pub control: &'static Control,
    /// Its figure; NaN where the run did not give it.
    pub value: f64,
}

impl Tried {
    /// Whether the gate does its duty. A figure that is missing shows nothing about the gate, so it
    /// counts as let through.
    pub fn rejected(&self) -> bool {
        self.gate.bound.rejects(self.value)
    }
}

/// What an exhibit reached.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// What was asked.
    pub table: &'static Table,
    /// The seeds of every gate; controls run from the first of them.
    pub seeds: Vec<u64>,
    /// Its gates.
    pub gates: Vec<Measured>,
    /// Their controls, in the order of the gates.
    pub controls: Vec<Tried>,
}

impl Evaluation {
    /// Whether all gates are reached and all controls rejected.
    pub fn pass(&self) -> bool {
        self.gates.iter().all(Measured::pass) && self.controls.iter().all(Tried::rejected)
    }
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The middle value, or the mean of the two; NaN if there is none or one of them is NaN.
fn median(values: &[f64]) -> f64 {
    let sorted = sorted(values);
    match sorted.len() {
        0 => f64::NAN,
        _ if sorted.iter().any(|x| x.is_nan()) => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => (sorted[n / 2 - 1] + sorted[n / 2]) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Figure;
    use crate::gate::{Bound, Source, Trial, at_least, at_most};

    fn gate(bound: Bound) -> &'static Gate {
        Box::leak(Box::new(Gate {
            name: "x",
            trial: Trial::new(&[], 0),
            figure: Figure::Of("x"),
            beside: None,
            bound,
            source: Source::Exact("a test"),
            controls: &[],
        }))
    }

    fn measured(bound: Bound, seeds: &[f64]) -> Measured {
        Measured { gate: gate(bound), seeds: seeds.to_vec() }
    }

    #[test]
    fn the_median_and_the_worst_are_known() {
        let m = measured(at_least(0.5), &[0.9, 0.1, 0.6]);
        assert_eq!((m.median(), m.worst(), m.reached(), m.pass()), (0.6, 0.1, 2, false));
        let m = measured(at_most(0.5), &[0.4, 0.1, 0.3, 0.2]);
        assert_eq!((m.median(), m.worst(), m.reached(), m.pass()), (0.25, 0.4, 4, true));
    }

    /// No gate is reached by luck of its seeds: of forty one may miss, of fewer none.
    #[test]
    fn at_most_one_seed_of_forty_misses() {
        for (seeds, misses, pass) in
            [(3, 0, true), (3, 1, false), (39, 1, false), (40, 1, true), (40, 2, false)]
        {
            let figures: Vec<f64> = (0..seeds).map(|seed| if seed < misses { 7.0 } else { 8.0 }).collect();
            let m = measured(at_least(8.0), &figures);
            assert_eq!((m.reached(), m.pass()), (seeds - misses, pass), "{misses} of {seeds}");
        }
    }

    #[test]
    fn what_is_not_a_number_misses() {
        for bound in [at_least(0.5), at_most(0.5)] {
            let m = measured(bound, &[0.5, f64::NAN, 0.5]);
            assert_eq!((m.reached(), m.pass()), (2, false));
            assert!(m.median().is_nan() && m.worst().is_nan());
            assert!(!measured(bound, &[]).pass());
        }
    }

    #[test]
    fn a_control_without_a_figure_is_not_rejected() {
        static CONTROL: Control = Control::run("untrained", Trial::new(&[], 0));
        for bound in [at_least(0.5), at_most(0.5)] {
            let tried = |value| Tried { gate: gate(bound), control: &CONTROL, value };
            assert!(!tried(f64::NAN).rejected());
            assert!(!tried(0.5).rejected());
            assert!(tried(if bound.op == Op::AtLeast { 0.4 } else { 0.6 }).rejected());
        }
    }
}
