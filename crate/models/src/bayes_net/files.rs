//! What a checkpoint holds: the network, the question, what was counted, and the walk under way.

use super::eliminate::Given;
use super::problem::Problem;
use super::samplers::states_of;
use super::sampling::{TRACE, Walk};
use super::{BayesNet, network, read, write};
use crate::prelude::*;

impl BayesNet {
    /// For [`Model::save`](crate::Model::save).
    pub(super) fn tensors(&self) -> Vec<Saved> {
        let Problem { network, given, node, state } = &self.problem;
        let text: Vec<u32> = write(network).chars().map(u32::from).collect();
        // The text rounds to fifteen decimals; a run goes on with all of them.
        let tables: Vec<f64> = network.nodes.iter().flat_map(|n| n.table.clone()).collect();
        let code = |g: &Given| match *g {
            Given::Free => 0,
            Given::Seen(s) => 1 + 2 * s as u32,
            Given::Done(s) => 2 + 2 * s as u32,
        };
        let codes: Vec<u32> = given.iter().map(code).collect();
        let values = self.walk.values.iter().map(|&s| s as u32);
        let places = [*node, *state, self.walk.drawn].map(|n| n as u32).into_iter();
        let counters = [u32::from(self.walk.rejected), self.walk.number];
        let words: Vec<u32> = places.chain(counters).chain(values).collect();
        let mut out = vec![
            Saved::words("network", &[text.len()], &text),
            Saved::doubles("tables", &[tables.len()], &tables),
            Saved::words("given", &[codes.len()], &codes),
            Saved::words("state", &[words.len()], &words),
            Saved::doubles("trace", &[self.trace.len()], &self.trace),
            Saved::words("steps", &[], &[self.steps]),
        ];
        self.tallies.save(&mut out);
        out
    }

    /// For [`Model::load`](crate::Model::load).
    pub(super) fn take(&mut self, saved: &[Saved]) -> Result<(), Error> {
        let wrong = |message: &str| Error::BadFile(message.to_string());
        let text = Saved::find_words(saved, "network", Saved::sizes(saved, "network"))?;
        let text: Option<String> = text.iter().map(|&c| char::from_u32(c)).collect();
        let text = text.ok_or_else(|| wrong("The file's network is no text."))?;
        let mut network = read(&text).map_err(|e| Error::BadFile(e.to_string()))?;
        let cells = network.nodes.iter().map(|n| n.table.len()).sum();
        let mut tables = Saved::find_doubles(saved, "tables", &[cells])?;
        for node in &mut network.nodes {
            let (own, rest) = tables.split_at(node.table.len());
            for (row, known) in own.chunks(node.states.len()).zip(node.table.chunks(node.states.len())) {
                network::checked_row(row).map_err(|e| Error::BadFile(e.to_string()))?;
                if row.iter().zip(known).any(|(a, b)| (a - b).abs() > 1e-9) {
                    return Err(wrong("The tables of the file are not those of its network."));
                }
            }
            node.table = own.to_vec();
            tables = rest;
        }
        let cards = network.cards();
        let n = cards.len();
        let codes = Saved::find_words(saved, "given", &[n])?;
        let fixed: Vec<u32> = codes.iter().map(|c| c.saturating_sub(1) / 2).collect();
        let fixed = states_of(&fixed, &cards)?;
        let given = codes.iter().zip(fixed).map(|(&c, s)| match c {
            0 => Given::Free,
            c if c % 2 == 1 => Given::Seen(s),
            _ => Given::Done(s),
        });
        let words = Saved::find_words(saved, "state", &[5 + n])?;
        let steps = Saved::find_words(saved, "steps", &[])?;
        let [node, state, drawn] = [0, 1, 2].map(|i| words[i] as usize);
        if node >= n || state >= cards[node] || drawn > n {
            return Err(wrong("The file asks for a node or a state that its network does not have."));
        }
        let problem = Problem { network, given: given.collect(), node, state };
        let (exact, plan, mut tallies) = problem.solve().map_err(|e| Error::BadFile(e.to_string()))?;
        tallies.load(saved, &plan, &cards)?;
        let values = states_of(&words[5..], &cards)?;
        let trace = Saved::find_doubles(saved, "trace", Saved::sizes(saved, "trace"))?.to_vec();
        if trace.len() % TRACE != 0 || trace.iter().any(|x| !x.is_finite()) {
            return Err(wrong("The trace of the file is broken off."));
        }
        (self.problem, self.exact, self.plan, self.tallies, self.trace) =
            (problem, exact, plan, tallies, trace);
        self.walk = Walk { values, drawn, rejected: words[3] != 0, number: words[4] };
        self.steps = steps[0];
        (self.source, self.from) = (None, None);
        Ok(())
    }
}
