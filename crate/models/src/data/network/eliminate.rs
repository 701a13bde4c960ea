//! Exact inference by variable elimination (N. Zhang and D. Poole, 1994): the sum over all
//! hidden nodes of a product of tables is pushed inwards, one node after the other.

use super::{Network, bad};
use crate::Error;
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

/// Most numbers of a product of tables: milliseconds.
const LARGEST: usize = 1 << 16;

/// What is known of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// Nothing.
    Free,
    /// It was observed in this state.
    Seen(usize),
    /// It was set to this state from outside, whatever its parents say: J. Pearl's do-operator.
    Done(usize),
}

impl Given {
    /// The state, if it is fixed.
    pub fn state(self) -> Option<usize> {
        match self {
            Given::Free => None,
            Given::Seen(s) | Given::Done(s) => Some(s),
        }
    }
}

/// A node summed out: the nodes of the product of all tables that mentioned it (itself first), and
/// how many numbers that product has.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The nodes, the eliminated one first.
    pub scope: Vec<usize>,
    /// Numbers of the product.
    pub size: usize,
}

/// P(query = s, observations | interventions) for each state s, and how it was computed.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Not normalised; their sum is the probability of the observations.
    pub joint: Vec<f64>,
    /// The eliminations in order.
    pub steps: Vec<Step>,
}

impl Answer {
    /// The probability of the observations.
    pub fn evidence(&self) -> f64 {
        self.joint.iter().sum()
    }

    /// P(query | observations, interventions); zeros if these are impossible.
    pub fn posterior(&self) -> Vec<f64> {
        let sum = self.evidence();
        self.joint.iter().map(|p| if sum > 0.0 { p / sum } else { 0.0 }).collect()
    }
}

/// A table over some nodes, the last one's state changing fastest.
struct Factor {
    scope: Vec<usize>,
    values: Vec<f64>,
}

/// The tables with what is given put in. An intervention replaces its node's table by certainty.
fn factors(network: &Network, given: &[Given], cards: &[usize]) -> Vec<Factor> {
    let mut factors = Vec::new();
    for (i, node) in network.nodes.iter().enumerate() {
        if matches!(given[i], Given::Done(_)) {
            continue;
        }
        let mut whole = node.parents.clone();
        whole.push(i);
        let mut digits = vec![0; whole.len()];
        let mut values = Vec::new();
        for &p in &node.table {
            if whole.iter().zip(&digits).all(|(&v, d)| given[v].state().is_none_or(|s| s == *d)) {
                values.push(p);
            }
            for (d, &v) in digits.iter_mut().zip(&whole).rev() {
                *d += 1;
                if *d < cards[v] {
                    break;
                }
                *d = 0;
            }
        }
        whole.retain(|&v| given[v].state().is_none());
        factors.push(Factor { scope: whole, values });
    }
    factors
}

/// The product of factors, with the nodes of `scope` from the index `keep` on summed out.
fn combine(factors: &[Factor], scope: &[usize], keep: usize, cards: &[usize]) -> Vec<f64> {
    let size = |nodes: &[usize]| nodes.iter().map(|&v| cards[v]).product::<usize>();
    let (all, inner) = (size(scope), size(&scope[keep..]));
    // How far a factor's index moves when a node of the scope does.
    let stride = |f: &Factor, v: usize| match f.scope.iter().position(|&u| u == v) {
        Some(at) => size(&f.scope[at + 1..]),
        None => 0,
    };
    let strides: Vec<Vec<usize>> =
        scope.iter().map(|&v| factors.iter().map(|f| stride(f, v)).collect()).collect();
    let mut at = vec![0; factors.len()];
    let mut digits = vec![0; scope.len()];
    let mut out = vec![0.0; all / inner];
    for i in 0..all {
        out[i / inner] += factors.iter().zip(&at).map(|(f, &a)| f.values[a]).product::<f64>();
        for k in (0..scope.len()).rev() {
            digits[k] += 1;
            if digits[k] < cards[scope[k]] {
                at.iter_mut().zip(&strides[k]).for_each(|(a, s)| *a += s);
                break;
            }
            digits[k] = 0;
            at.iter_mut().zip(&strides[k]).for_each(|(a, s)| *a -= s * (cards[scope[k]] - 1));
        }
    }
    out
}

/// The nodes of all factors that mention `node`, it first.
fn union(factors: &[Factor], node: usize) -> Vec<usize> {
    let mut scope = vec![node];
    for f in factors.iter().filter(|f| f.scope.contains(&node)) {
        for &v in &f.scope {
            if !scope.contains(&v) {
                scope.push(v);
            }
        }
    }
    scope
}

/// Sums out all nodes but the query and what is given, each time the one whose product is smallest.
///
/// # Errors
/// [`Error::BadData`] if a product would have more numbers than fit.
pub fn eliminate(network: &Network, given: &[Given], query: usize) -> Result<Answer, Error> {
    let cards = network.cards();
    let mut factors = factors(network, given, &cards);
    let mut hidden: Vec<usize> =
        (0..cards.len()).filter(|&i| i != query && given[i] == Given::Free).collect();
    let mut steps = Vec::new();
    while !hidden.is_empty() {
        let size =
            |v: usize| union(&factors, v).iter().fold(1usize, |size, &u| size.saturating_mul(cards[u]));
        let (at, size) =
            (0..hidden.len()).map(|i| (i, size(hidden[i]))).min_by_key(|&(_, s)| s).unwrap_or((0, 0));
        let node = hidden.remove(at);
        if size > LARGEST {
            return bad(format!(
                "This network is too entangled: to sum out {} takes a table of {size} numbers, and {LARGEST} are the most here. Use fewer arrows or states.",
                network.nodes[node].name
            ));
        }
        let scope = union(&factors, node);
        let (with, without): (Vec<_>, Vec<_>) = factors.into_iter().partition(|f| f.scope.contains(&node));
        factors = without;
        let mut order = scope[1..].to_vec();
        order.push(node);
        let values = combine(&with, &order, order.len() - 1, &cards);
        order.pop();
        factors.push(Factor { scope: order, values });
        steps.push(Step { scope, size });
    }
    let joint = match given[query].state() {
        None => combine(&factors, &[query], 1, &cards),
        Some(state) => {
            let mut joint = vec![0.0; cards[query]];
            joint[state] = combine(&factors, &[], 0, &cards)[0];
            joint
        }
    };
    Ok(Answer { joint, steps })
}
