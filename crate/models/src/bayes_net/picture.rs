//! The pictures.

use super::card::{Click, Show};
use super::eliminate::Given;
use super::network::Node;
use super::problem::Problem;
use super::sampling::TRACE;
use super::separation::reach;
use super::{BayesNet, write};
use crate::prelude::*;

/// Of what was given, so many of the last are shown one by one.
const STEPS: usize = 3;

/// What is marked at a node.
mod node {
    pub const SELECTED: u32 = 1;
    pub const SEEN: u32 = 2;
    pub const DONE: u32 = 4;
    pub const SOURCE: u32 = 8;
    pub const CONNECTED: u32 = 16;
    pub const SEPARATED: u32 = 32;
    pub const FROM: u32 = 64;
    pub const DRAWN: u32 = 128;
    pub const REJECTED: u32 = 256;
}

/// At an arrow.
mod arrow {
    pub const ACTIVE: u32 = 1;
    pub const CUT: u32 = 2;
}

/// At a state.
mod state {
    pub const GIVEN: u32 = 1;
    pub const ASKED: u32 = 2;
    pub const DRAWN: u32 = 4;
}

/// Lines as code points, filled with blanks to the length of the longest; and that length.
pub(super) fn codes<'a>(lines: impl Iterator<Item = &'a str> + Clone) -> (Vec<f32>, usize) {
    let width = lines.clone().map(|line| line.chars().count()).max().unwrap_or(0).max(1);
    let mut codes = Vec::new();
    for line in lines {
        let from = codes.len();
        codes.extend(line.chars().map(|c| u32::from(c) as f32));
        codes.resize(from + width, 32.0);
    }
    (codes, width)
}

fn texts<'a>(id: &'static str, lines: impl Iterator<Item = &'a str> + Clone) -> Layer {
    let (codes, width) = codes(lines);
    Layer::text(id, Role::Other, codes, width)
}

/// A number of flags.
fn flags(parts: &[(bool, u32)]) -> u32 {
    parts.iter().map(|&(on, flag)| if on { flag } else { 0 }).sum()
}

impl BayesNet {
    pub(super) fn picture(&self, live: &Live, view: Show) -> Picture {
        let mut picture = Picture::of(Vec::new());
        picture.layers = match view {
            Show::Convergence => {
                let batch = live.settings.count("batch");
                picture.extent[0] = batch as f32;
                self.convergence(batch)
            }
            Show::Table => self.table(),
            Show::Elimination => self.elimination(),
            Show::File => vec![texts("file", [&*write(&self.problem.network)].into_iter())],
            Show::Network => {
                let mut rows: Vec<f32> = self.problem.network.nodes.iter().map(|n| n.at[1]).collect();
                rows.sort_unstable_by(f32::total_cmp);
                rows.dedup_by(|a, b| (*a - *b).abs() < 0.15);
                picture.columns = rows.len();
                self.graph(live)
            }
        };
        picture
    }

    /// Nodes, arrows, and the posteriors of all states.
    fn graph(&self, live: &Live) -> Vec<Layer> {
        let Problem { network, given, node, state } = &self.problem;
        let separating = live.settings.get::<Click>("click") == Click::Separate;
        let sums = self.sums(live.settings.get("sampler"));
        let source = self.source.filter(|_| separating);
        let reach = source.map(|source| reach(network, given, source));
        let walked = &self.plan.order[..self.walk.drawn];
        let last = walked.last();
        let (mut nodes, mut node_marks) = (Vec::new(), Vec::new());
        let (mut arrows, mut arrow_marks) = (Vec::new(), Vec::new());
        let mut state_marks = Vec::new();
        for (i, n) in network.nodes.iter().enumerate() {
            nodes.extend([n.at[0], n.at[1], n.states.len() as f32]);
            let done = matches!(given[i], Given::Done(_));
            let connected = reach.as_ref().is_some_and(|r| r.connected[i]);
            node_marks.push(flags(&[
                (i == *node, node::SELECTED),
                (matches!(given[i], Given::Seen(_)), node::SEEN),
                (done, node::DONE),
                (source == Some(i), node::SOURCE),
                (connected, node::CONNECTED),
                (
                    reach.is_some() && !connected && source != Some(i) && given[i] == Given::Free,
                    node::SEPARATED,
                ),
                (self.from == Some(i), node::FROM),
                (last == Some(&i), node::DRAWN),
                (last == Some(&i) && self.walk.rejected, node::REJECTED),
            ]));
            for s in 0..n.states.len() {
                state_marks.push(flags(&[
                    (given[i].state() == Some(s), state::GIVEN),
                    (i == *node && s == *state, state::ASKED),
                    (walked.contains(&i) && self.walk.values[i] == s, state::DRAWN),
                ]));
            }
            for &p in &n.parents {
                arrows.extend([p as f32, i as f32]);
                let active = reach.as_ref().is_some_and(|r| r.active.contains(&(p, i)));
                arrow_marks.push(flags(&[(active, arrow::ACTIVE), (done, arrow::CUT)]));
            }
        }
        let names = network.nodes.iter().map(|n| &*n.name);
        let states = network.nodes.iter().flat_map(|n| n.states.iter().map(|s| &**s));
        let bars = |id, role, shares: &[f64]| Layer::bars(id, role, floats(shares));
        let mut estimates = Vec::new();
        for (i, n) in network.nodes.iter().enumerate() {
            let own = self.tallies.share(sums, self.plan.starts[i], n.states.len());
            estimates.extend(own.unwrap_or_else(|| vec![0.0; n.states.len()]));
        }
        let named = |i: usize, s: usize| {
            let Node { name, states, .. } = &network.nodes[i];
            [name, " = ", &states[s]].concat()
        };
        // Of many steps, the first and the last ones.
        let (before, after) = &self.exact.course;
        let after = &after[after.len().saturating_sub(STEPS)..];
        let mut course = vec![*before];
        let mut seen = vec![named(*node, *state)];
        for &(i, p) in after {
            course.push(p);
            let what = named(i, given[i].state().unwrap_or(0));
            seen.push(if matches!(given[i], Given::Done(_)) { ["do(", &what, ")"].concat() } else { what });
        }
        // The table of what is set does not count.
        let factors = (0..network.nodes.len()).filter(|&i| !matches!(given[i], Given::Done(_)));
        let product: Vec<String> = factors.map(|i| self.conditional(i)).collect();
        let count = [nodes.len() / 3, arrows.len() / 2];
        vec![
            Layer::new("nodes", Role::Other, ViewKind::Network, nodes, &[count[0], 3]).labelled(node_marks),
            Layer::new("arrows", Role::Other, ViewKind::Network, arrows, &[count[1], 2])
                .labelled(arrow_marks),
            texts("names", names),
            texts("states", states),
            bars("exact", Role::Truth, &self.exact.posteriors).labelled(state_marks),
            bars("estimated", Role::Model, &estimates),
            bars("course", Role::Truth, &course),
            texts("seen", seen.iter().map(|line| &**line)),
            texts("product", product.iter().map(|factor| &**factor)),
        ]
    }

    /// What a node's table holds, as one writes it.
    fn conditional(&self, node: usize) -> String {
        let n = &self.problem.network.nodes[node];
        match &*self.parents(node) {
            "" => ["P(", &n.name, ")"].concat(),
            parents => ["P(", &n.name, " | ", parents, ")"].concat(),
        }
    }

    /// Names of a node's parents.
    fn parents(&self, node: usize) -> String {
        let nodes = &self.problem.network.nodes;
        let names: Vec<&str> = nodes[node].parents.iter().map(|&p| &*nodes[p].name).collect();
        names.join(", ")
    }

    /// The estimates over the count of samples.
    fn convergence(&self, batch: usize) -> Vec<Layer> {
        let rows = self.trace.chunks_exact(TRACE);
        let end = rows.clone().next_back().map_or(0.0, |row| row[0]).max(10.0 * batch as f64) as f32;
        let truth = self.truth() as f32;
        let exact = vec![batch as f32, truth, end, truth];
        let line = |id, role, data: Vec<f32>| {
            let count = data.len() / 2;
            Layer::new(id, role, ViewKind::LogCurves, data, &[count, 2])
        };
        let estimates = |column: usize| -> Vec<f32> {
            let known = rows.clone().filter(|row| row[column] >= 0.0);
            known.flat_map(|row| [row[0] as f32, row[column] as f32]).collect()
        };
        vec![
            line("rejection", Role::Other, estimates(2)),
            line("gibbs", Role::Data, estimates(3)),
            line("weighting", Role::Model, estimates(1)),
            line("exact", Role::Truth, exact),
        ]
    }

    /// The table of the node that is looked at.
    fn table(&self) -> Vec<Layer> {
        let network = &self.problem.network;
        let n = &network.nodes[self.problem.node];
        let k = n.states.len();
        let count = n.table.len() / k;
        let mut rows: Vec<String> = Vec::new();
        for row in 0..count {
            let mut at = row;
            let mut words: Vec<&str> = Vec::new();
            for &p in n.parents.iter().rev() {
                let states = &network.nodes[p].states;
                words.insert(0, &states[at % states.len()]);
                at /= states.len();
            }
            rows.push(words.join(", "));
        }
        let (parents, title) = (self.parents(self.problem.node), self.conditional(self.problem.node));
        vec![
            Layer::new("table", Role::Truth, ViewKind::Table, floats(&n.table), &[count, k]),
            texts("rows", rows.iter().map(|row| &**row)),
            texts("columns", n.states.iter().map(|s| &**s)),
            texts("title", [&*title].into_iter()),
            texts("corner", [&*parents].into_iter()),
        ]
    }

    /// The eliminations for it, and the numbers of each product.
    fn elimination(&self) -> Vec<Layer> {
        let network = &self.problem.network;
        let steps = &self.exact.answer.steps;
        let mut rows = Vec::new();
        for step in steps {
            let names: Vec<&str> = step.scope.iter().map(|&i| &*network.nodes[i].name).collect();
            rows.push(if names.len() > 1 {
                [names[0], " (", &names[1..].join(", "), ")"].concat()
            } else {
                names.concat()
            });
        }
        let sizes: Vec<f32> = steps.iter().map(|s| s.size as f32).collect();
        vec![
            Layer::new("sizes", Role::Truth, ViewKind::Table, sizes, &[steps.len(), 1]),
            texts("rows", rows.iter().map(|row| &**row)),
        ]
    }
}
