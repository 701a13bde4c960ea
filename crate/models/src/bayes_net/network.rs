//! A directed graph without cycles, and for each node a table of its probabilities given its parents.

use crate::Error;
use crate::data::text::{decimal, excerpt};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

/// Most nodes of a network.
pub const MAX_NODES: usize = 12;
/// Most states of a node.
pub const MAX_STATES: usize = 6;
/// Most probabilities in one table.
pub const MAX_CELLS: usize = 1024;
/// Most characters of a name.
pub const MAX_NAME: usize = 24;
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

pub(super) fn bad<T>(message: String) -> Result<T, Error> {
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
pub(super) fn checked_name(name: &str) -> Result<String, Error> {
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

    /// The nodes of a directed path from `from` to `to`, if there is one.
    fn path(&self, from: usize, to: usize) -> Option<Vec<usize>> {
        if from == to {
            return Some(vec![to]);
        }
        let parents = self.nodes[to].parents.iter();
        let mut path = parents.filter_map(|&p| self.path(from, p)).next()?;
        path.push(to);
        Some(path)
    }

    /// Adds a node with two states and no parents, in a free place; gives its index.
    ///
    /// # Errors
    /// [`Error::BadData`] if the name is taken or cannot be one, or there are nodes enough.
    pub fn add(&mut self, name: &str) -> Result<usize, Error> {
        let name = checked_name(name)?;
        if self.nodes.len() >= MAX_NODES {
            return bad(format!("A network has at most {MAX_NODES} nodes here. Remove one to add '{name}'."));
        }
        if self.find(&name).is_ok() {
            return bad(format!("There is a node '{name}' already. Choose another name."));
        }
        // The place of a grid of 3 by 4 that is farthest from all nodes.
        let places = (0..12).map(|i| [(i % 3) as f32 / 2.0, (i / 3) as f32 / 3.0]);
        let room = |[x, y]: [f32; 2]| {
            let distances = self.nodes.iter().map(|n| (n.at[0] - x).abs().max((n.at[1] - y).abs()));
            distances.fold(1.0, f32::min)
        };
        let at = places.fold([0.0, 0.0], |best, place| if room(place) > room(best) { place } else { best });
        let states = vec!["no".to_string(), "yes".to_string()];
        self.nodes.push(Node { name, states, parents: Vec::new(), table: vec![0.5; 2], at });
        Ok(self.nodes.len() - 1)
    }

    /// Removes a node; its children's tables become means over its states.
    ///
    /// # Errors
    /// [`Error::BadData`] if it is the last one.
    pub fn remove(&mut self, node: usize) -> Result<(), Error> {
        if self.nodes.len() == 1 {
            return bad("The last node stays: a network has at least one.".to_string());
        }
        for child in 0..self.nodes.len() {
            if self.nodes[child].parents.contains(&node) {
                self.cut(node, child);
            }
        }
        self.nodes.remove(node);
        for n in &mut self.nodes {
            n.parents.iter_mut().filter(|p| **p > node).for_each(|p| *p -= 1);
        }
        Ok(())
    }

    /// Gives a node another name.
    ///
    /// # Errors
    /// [`Error::BadData`] if it is taken or cannot be one.
    pub fn rename(&mut self, node: usize, name: &str) -> Result<(), Error> {
        let name = checked_name(name)?;
        if self.find(&name).is_ok_and(|i| i != node) {
            return bad(format!("There is a node '{name}' already. Choose another name."));
        }
        self.nodes[node].name = name;
        Ok(())
    }

    /// Gives a node other states. If there are more or fewer than before, its own rows become
    /// uniform, and its children's tables treat new states as the last old one.
    ///
    /// # Errors
    /// [`Error::BadData`] if there are too few or too many, one twice, or tables would be too large.
    pub fn set_states(&mut self, node: usize, states: &[&str]) -> Result<(), Error> {
        let k = states.len();
        if !(2..=MAX_STATES).contains(&k) {
            return bad(format!("A node has 2 to {MAX_STATES} states, separated by blanks."));
        }
        let names = states.iter().map(|s| checked_name(s)).collect::<Result<Vec<_>, _>>()?;
        if (1..k).any(|i| names[..i].contains(&names[i])) {
            return bad("Two states have the same name. Give each a name of its own.".to_string());
        }
        let mut next = self.clone();
        let old = next.nodes[node].states.len();
        next.nodes[node].states = names;
        if old != k {
            let n = &mut next.nodes[node];
            n.table = vec![1.0 / k as f64; n.table.len() / old * k];
            for child in 0..next.nodes.len() {
                next.retable(child, self, |values, before| {
                    before.copy_from_slice(values);
                    before[node] = before[node].min(old - 1);
                });
            }
        }
        next.check_size()?;
        *self = next;
        Ok(())
    }

    /// Draws an arrow, or takes it away. A new parent makes no difference until the table is
    /// changed; without a parent, the table is the mean over its states.
    ///
    /// # Errors
    /// [`Error::BadData`] if it would close a cycle or make the table too large.
    pub fn toggle_arrow(&mut self, parent: usize, child: usize) -> Result<(), Error> {
        if self.nodes[child].parents.contains(&parent) {
            self.cut(parent, child);
            return Ok(());
        }
        if let Some(path) = self.path(child, parent) {
            let names: Vec<&str> = path.iter().map(|&i| &*self.nodes[i].name).collect();
            return bad(format!(
                "An arrow from {} to {} would close a cycle: {} → {}. No variable may depend on itself, so take away an arrow of the way back first.",
                self.nodes[parent].name,
                self.nodes[child].name,
                names.join(" → "),
                names[0]
            ));
        }
        let mut next = self.clone();
        next.nodes[child].parents.push(parent);
        next.retable(child, self, |values, before| before.copy_from_slice(values));
        next.check_size()?;
        *self = next;
        Ok(())
    }

    /// Sets a row of a node's table.
    ///
    /// # Errors
    /// [`Error::BadData`] if there is no such row or it is no distribution over the states.
    pub fn set_row(&mut self, node: usize, row: usize, probabilities: &[f64]) -> Result<(), Error> {
        let n = &mut self.nodes[node];
        let k = n.states.len();
        if probabilities.len() != k || row >= n.table.len() / k {
            return bad(format!(
                "The table of {} has {} rows of {k} probabilities.",
                n.name,
                n.table.len() / k
            ));
        }
        n.table[row * k..(row + 1) * k].copy_from_slice(&checked_row(probabilities)?);
        Ok(())
    }

    /// Sets one probability; the others of its row keep their proportions and make up the rest.
    ///
    /// # Errors
    /// [`Error::BadData`] if there is no such cell or the number is no probability.
    pub fn set_cell(&mut self, node: usize, row: usize, state: usize, p: f64) -> Result<(), Error> {
        let n = &self.nodes[node];
        let k = n.states.len();
        if state >= k || row >= n.table.len() / k {
            return bad(format!("The table of {} has no such cell.", n.name));
        }
        if !(0.0..=1.0).contains(&p) {
            return bad("A probability is a number from 0 to 1.".to_string());
        }
        let mut new = n.table[row * k..(row + 1) * k].to_vec();
        new[state] = 0.0;
        let rest: f64 = new.iter().sum();
        for q in &mut new {
            *q = if rest > 0.0 { *q / rest * (1.0 - p) } else { (1.0 - p) / (k - 1) as f64 };
        }
        new[state] = p;
        self.set_row(node, row, &new)
    }

    fn cut(&mut self, parent: usize, child: usize) {
        let before = self.clone();
        let states = before.nodes[parent].states.len();
        let n = &mut self.nodes[child];
        n.parents.retain(|&p| p != parent);
        n.table.clear();
        let k = n.states.len();
        self.each_row(child, |values| {
            let mut values = values.to_vec();
            let mut mean = vec![0.0; k];
            for s in 0..states {
                values[parent] = s;
                let row = before.row(child, &values);
                mean.iter_mut().zip(row).for_each(|(m, p)| *m += p / states as f64);
            }
            mean
        });
    }

    /// Fills a node's table from that of another network, whose rows are found through `map`.
    fn retable(&mut self, node: usize, before: &Network, map: impl Fn(&[usize], &mut [usize])) {
        let mut old = vec![0; before.nodes.len()];
        let k = self.nodes[node].states.len();
        if before.nodes[node].states.len() != k {
            return; // its own states changed: its rows are uniform already
        }
        self.each_row(node, |values| {
            map(values, &mut old);
            before.row(node, &old).to_vec()
        });
    }

    /// Sets a node's table to what `of` gives for the states of all nodes, row after row.
    pub(super) fn each_row(&mut self, node: usize, mut of: impl FnMut(&[usize]) -> Vec<f64>) {
        let parents = self.nodes[node].parents.clone();
        let cards = self.cards();
        let rows: usize = parents.iter().map(|&p| cards[p]).product();
        let mut values = vec![0; cards.len()];
        let mut table = Vec::new();
        for _ in 0..rows.min(MAX_CELLS) {
            table.extend(of(&values));
            for &p in parents.iter().rev() {
                values[p] += 1;
                if values[p] < cards[p] {
                    break;
                }
                values[p] = 0;
            }
        }
        self.nodes[node].table = table;
    }

    fn check_size(&self) -> Result<(), Error> {
        let cards = self.cards();
        for n in &self.nodes {
            let cells = n.parents.iter().fold(n.states.len(), |cells, &p| cells.saturating_mul(cards[p]));
            if cells > MAX_CELLS {
                return bad(format!(
                    "The table of {} would have {cells} numbers, and at most {MAX_CELLS} are shown here. Use fewer parents or states.",
                    n.name
                ));
            }
        }
        Ok(())
    }
}
