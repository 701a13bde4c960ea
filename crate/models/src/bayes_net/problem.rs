//! A network with a question, and the exact answers to it.

use super::card::{Data, Question};
use super::eliminate::{Answer, Given, eliminate};
use super::network::{Network, Node, bad};
use super::samplers::{Plan, Tallies};
use super::write;
use crate::prelude::*;

/// A network and what is asked of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    pub network: Network,
    pub given: Vec<Given>,
    /// The node that is looked at, whose table is shown and whose posterior is estimated.
    pub node: usize,
    /// The state of it whose probability is estimated.
    pub state: usize,
}

/// The exact answers to a problem.
#[derive(Clone, Debug)]
pub struct Exact {
    /// P(state | observations, interventions) of all states of all nodes, `[S]`.
    pub posteriors: Vec<f64>,
    /// The answer for the node that is looked at.
    pub answer: Answer,
    /// How likely its state was before anything was given, and after one thing after the other: nodes that are set first,
    /// then effects before their causes.
    pub course: (f64, Vec<(usize, f64)>),
    /// Its probability if everything given had been observed; `None` if that cannot be.
    pub if_seen: Option<f64>,
    /// And if everything had been set.
    pub if_set: f64,
}

impl Problem {
    /// The question of a prepared network.
    pub fn prepared(data: Data, question: Question) -> Problem {
        let prepared = data.prepared();
        let (given, node) = prepared.question(question);
        Problem { network: prepared.network(), given, node, state: 1 }
    }

    /// A network of which nothing is given.
    pub fn unasked(network: Network) -> Problem {
        let given = vec![Given::Free; network.nodes.len()];
        let state = network.nodes[0].states.len() - 1;
        Problem { network, given, node: 0, state }
    }

    /// Edits that lead to it, whatever was before.
    pub fn commands(&self) -> Vec<String> {
        let Problem { network, given, node, state } = self;
        let line = |verb: &str, node: usize, state: usize| {
            let Node { name, states, .. } = &network.nodes[node];
            [verb, name, &states[state]].join(" ")
        };
        let mut lines = vec![["bif ", &write(network)].concat()];
        for (i, given) in given.iter().enumerate() {
            match *given {
                Given::Free => {}
                Given::Seen(s) => lines.push(line("observe", i, s)),
                Given::Done(s) => lines.push(line("do", i, s)),
            }
        }
        lines.push(line("select", *node, *state));
        lines
    }

    /// Everything that follows from it.
    ///
    /// # Errors
    /// [`Error::BadData`] if what is given is impossible, and those of [`eliminate`].
    pub fn solve(&self) -> Result<(Exact, Plan, Tallies), Error> {
        let Problem { network, given, node, state } = self;
        let answer = eliminate(network, given, *node)?;
        if answer.evidence() <= 0.0 {
            return bad(
                "What is observed would have probability 0, so that nothing follows from it. Forget an observation first, or change a table."
                    .to_string(),
            );
        }
        let mut posteriors = Vec::new();
        for i in 0..given.len() {
            posteriors.extend(eliminate(network, given, i)?.posterior());
        }
        let all = |fix: fn(usize) -> Given| -> Result<Option<f64>, Error> {
            let given: Vec<Given> = given.iter().map(|g| g.state().map_or(Given::Free, fix)).collect();
            let answer = eliminate(network, &given, *node)?;
            Ok((answer.evidence() > 0.0).then(|| answer.posterior()[*state]))
        };
        let (if_seen, if_set) = (all(Given::Seen)?, all(Given::Done)?.unwrap_or(0.0));
        let plan = Plan::new(network, given);
        let mut so_far = vec![Given::Free; given.len()];
        let before = eliminate(network, &so_far, *node)?.posterior()[*state];
        let set = plan.order.iter().filter(|&&i| matches!(given[i], Given::Done(_)));
        let seen = plan.order.iter().rev().filter(|&&i| matches!(given[i], Given::Seen(_)));
        let mut after = Vec::new();
        for &i in set.chain(seen) {
            so_far[i] = given[i];
            after.push((i, eliminate(network, &so_far, *node)?.posterior()[*state]));
        }
        let tallies = Tallies::new(network, given, &plan)?;
        Ok((Exact { posteriors, answer, course: (before, after), if_seen, if_set }, plan, tallies))
    }
}
