//! Changes of a network. What is refused has changed nothing.

use super::network::{MAX_CELLS, MAX_NODES, MAX_STATES, Network, Node, bad, checked_name, checked_row};
use crate::prelude::*;

impl Network {
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
