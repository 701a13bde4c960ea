//! Bayesian networks: a directed graph without cycles, and for each node a table of its probabilities
//! given its parents.
//!
//! - [`eliminate`]: exact posteriors, by variable elimination.
//! - [`plain`]: the text in which a network is kept, and read again. Files of others are read by the crate
//!   `tilde-files`.

pub mod eliminate;
pub mod layout;
pub mod plain;

use crate::Error;
use crate::data::text::{decimal, excerpt};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Most nodes of a network.
pub const MAX_NODES: usize = 12;
/// Most states of a node.
pub const MAX_STATES: usize = 6;
/// Most probabilities in one table.
pub const MAX_CELLS: usize = 1024;
/// Most characters of a name; the picture shows the beginning of a long one.
pub const MAX_NAME: usize = 100;
/// How far the sum of a row may be from 1: what six decimals lose in six states.
const SLACK: f64 = 1e-5;

/// A variable: its name, its states, and P(state | states of the parents).
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The name, without blanks.
    pub name: String,
    /// Names of its states.
    pub states: Vec<String>,
    /// The nodes that it depends on.
    pub parents: Vec<usize>,
    /// `[rows, states]`: a row for each combination of the parents' states, the last parent's state
    /// changing fastest. Every row sums to 1.
    pub table: Vec<f64>,
    /// Where it is drawn, 0 to 1 to the right and downwards.
    pub at: [f32; 2],
}

/// The whole network. Nothing that its methods refuse has changed it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Network {
    /// Its nodes, in the order in which they were made.
    pub nodes: Vec<Node>,
}

pub(crate) fn bad<T>(message: String) -> Result<T, Error> {
    Err(Error::BadData(message))
}

/// The row of probabilities, exactly summing to 1 where it nearly did.
///
/// # Errors
/// [`Error::BadData`] if a number is no probability or they do not sum to 1.
pub fn checked_row(row: &[f64]) -> Result<Vec<f64>, Error> {
    if row.iter().any(|p| !(0.0..=1.0).contains(p)) {
        return bad("A probability is a number from 0 to 1.".to_string());
    }
    let sum: f64 = row.iter().sum();
    if (sum - 1.0).abs() > SLACK {
        return bad(format!(
            "The probabilities of a row must sum to 1, and these sum to {}. Change them so that they do.",
            decimal(sum)
        ));
    }
    // What sums to 1 but for rounding stays as it was written.
    let scale = if (sum - 1.0).abs() < 1e-12 { 1.0 } else { sum };
    Ok(row.iter().map(|p| p / scale).collect())
}

/// The name, if it can be one.
pub(crate) fn checked_name(name: &str) -> Result<String, Error> {
    let fits = name.chars().all(|c| c.is_alphanumeric() || "_-.+<>=/".contains(c));
    if !fits || name.is_empty() || name.chars().count() > MAX_NAME {
        return bad(format!(
            "'{}' cannot be a name: use 1 to {MAX_NAME} letters, digits, _ or -, without blanks.",
            excerpt(name)
        ));
    }
    Ok(name.to_string())
}

impl Network {
    /// The number of states of each node.
    pub fn cards(&self) -> Vec<usize> {
        self.nodes.iter().map(|n| n.states.len()).collect()
    }

    /// The nodes that depend on each node.
    pub fn children(&self) -> Vec<Vec<usize>> {
        let depends = |c: &usize, i| self.nodes[*c].parents.contains(&i);
        let all = 0..self.nodes.len();
        all.clone().map(|i| all.clone().filter(|c| depends(c, i)).collect()).collect()
    }

    /// The index of a node.
    ///
    /// # Errors
    /// [`Error::BadData`] if there is none of that name.
    pub fn find(&self, name: &str) -> Result<usize, Error> {
        match self.nodes.iter().position(|n| n.name == name) {
            Some(i) => Ok(i),
            None => bad(format!("There is no node '{}' in this network.", excerpt(name))),
        }
    }

    /// The index of a state of a node, given by its name.
    ///
    /// # Errors
    /// [`Error::BadData`] if it has none of that name.
    pub fn find_state(&self, node: usize, state: &str) -> Result<usize, Error> {
        let Node { name, states, .. } = &self.nodes[node];
        match states.iter().position(|s| s == state) {
            Some(s) => Ok(s),
            None => {
                bad(format!("'{name}' has no state '{}'. It has: {}.", excerpt(state), states.join(", ")))
            }
        }
    }

    /// The row of a node's table for the states of all nodes.
    pub fn row(&self, node: usize, values: &[usize]) -> &[f64] {
        let Node { parents, table, states, .. } = &self.nodes[node];
        let k = states.len();
        let row = parents.iter().fold(0, |row, &p| row * self.nodes[p].states.len() + values[p]);
        &table[row * k..(row + 1) * k]
    }

    /// The nodes in an order in which parents come before children.
    pub fn order(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.nodes.len());
        while order.len() < self.nodes.len() {
            let ready =
                |i: &usize| !order.contains(i) && self.nodes[*i].parents.iter().all(|p| order.contains(p));
            match (0..self.nodes.len()).find(ready) {
                Some(next) => order.push(next),
                None => break,
            }
        }
        order
    }
}
