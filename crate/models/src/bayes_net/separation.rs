//! Which nodes a node can tell something about, given what is known: d-separation (J. Pearl,
//! Probabilistic Reasoning in Intelligent Systems, 1988).
//!
//! A trail is active if each node on it lets it pass: one that it only passes through or forks at,
//! while nothing is known of it; one where two arrows meet, if it or something it leads to was
//! observed. An intervention takes away the arrows into its node.

use super::eliminate::Given;
use super::network::Network;
use crate::prelude::*;

/// What a node is connected with.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach {
    /// For each node, whether an active trail leads to it. False for nodes that are fixed.
    pub connected: Vec<bool>,
    /// The arrows (parent, child) that lie on active trails.
    pub active: Vec<(usize, usize)>,
}

/// A move along an arrow, with it or against it.
#[derive(Clone, Copy, PartialEq)]
struct Move {
    from: usize,
    to: usize,
    down: bool,
}

/// Follows all active trails from a node. They are walked without turning round on an arrow, which
/// finds the same nodes as trails that visit none twice.
pub fn reach(network: &Network, given: &[Given], source: usize) -> Reach {
    let n = network.nodes.len();
    let known = |v: usize| given[v] != Given::Free;
    let mut moves = Vec::new();
    for (child, node) in network.nodes.iter().enumerate() {
        if !matches!(given[child], Given::Done(_)) {
            for &parent in &node.parents {
                moves.push(Move { from: parent, to: child, down: true });
                moves.push(Move { from: child, to: parent, down: false });
            }
        }
    }
    // Nodes that were observed, or lead to one that was.
    let mut opens: Vec<bool> = given.iter().map(|g| matches!(g, Given::Seen(_))).collect();
    for &v in network.order().iter().rev() {
        opens[v] |= moves.iter().any(|m| m.down && m.from == v && opens[m.to]);
    }
    let passes = |a: &Move, b: &Move| {
        a.to == b.from && a.from != b.to && if a.down && !b.down { opens[a.to] } else { !known(a.to) }
    };
    let mut walked: Vec<bool> = moves.iter().map(|m| m.from == source).collect();
    let mut useful: Vec<bool> = moves.iter().map(|m| !known(m.to) && m.to != source).collect();
    loop {
        let before = (walked.clone(), useful.clone());
        for (i, a) in moves.iter().enumerate() {
            for (j, b) in moves.iter().enumerate() {
                if passes(a, b) {
                    walked[j] |= walked[i];
                    useful[i] |= useful[j];
                }
            }
        }
        if before == (walked.clone(), useful.clone()) {
            break;
        }
    }
    let mut connected = vec![false; n];
    let mut active = Vec::new();
    for (i, m) in moves.iter().enumerate() {
        if walked[i] {
            connected[m.to] |= !known(m.to) && m.to != source;
            let arrow = if m.down { (m.from, m.to) } else { (m.to, m.from) };
            if useful[i] && !active.contains(&arrow) {
                active.push(arrow);
            }
        }
    }
    Reach { connected, active }
}
