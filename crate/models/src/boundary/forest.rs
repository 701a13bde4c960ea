//! The random forest: trees that each see a draw of the rows, and at each split a draw of the features;
//! their leaves' shares are averaged. L. Breiman, Machine Learning 45, 2001. Splits lower Gini's impurity,
//! and fall in the middle between two values.

use super::classifier::{Classifier, LEAST};
use super::table::Table;
use crate::prelude::*;

/// A split of a tree, or a leaf.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Node {
    /// Rows whose feature is at most the threshold go to the first node, others to the second.
    Split(usize, f64, [usize; 2]),
    /// Where its shares of the classes begin.
    Leaf(usize),
}

/// How a tree is grown.
#[derive(Clone, Copy, Debug)]
pub struct Growth {
    /// Features that are tried at a split.
    pub features: usize,
    /// Splits above a leaf.
    pub depth: usize,
}

/// A decision tree.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// The root first; children after their parents.
    pub nodes: Vec<Node>,
    /// Shares of the classes in each leaf.
    pub shares: Vec<f64>,
}

impl Tree {
    /// Grows from these rows (some perhaps more than once).
    pub fn grow(table: &Table, mut rows: Vec<usize>, growth: Growth, stream: &mut Stream) -> Tree {
        let mut tree = Tree { nodes: vec![Node::Leaf(0)], shares: Vec::new() };
        let mut features: Vec<usize> = (0..table.d).collect();
        // Nodes to be grown: which, its part of the rows, its depth.
        let mut open = vec![(0, 0, rows.len(), 0)];
        while let Some((node, from, to, depth)) = open.pop() {
            let part = &mut rows[from..to];
            let counts = counts(table, part);
            let pure = counts.iter().filter(|&&c| c > 0.0).count() < 2;
            let best = if pure || depth >= growth.depth {
                None
            } else {
                split(table, part, &counts, growth.features, &mut features, stream)
            };
            let Some((feature, threshold)) = best else {
                tree.nodes[node] = Node::Leaf(tree.shares.len());
                tree.shares.extend(counts.iter().map(|c| c / part.len() as f64));
                continue;
            };
            // Stable, so that a tree does not depend on how sorting left the rows.
            part.sort_by_key(|&i| table.row(i)[feature] > threshold);
            let middle = from + part.partition_point(|&i| table.row(i)[feature] <= threshold);
            let first = tree.nodes.len();
            tree.nodes[node] = Node::Split(feature, threshold, [first, first + 1]);
            tree.nodes.extend([Node::Leaf(0); 2]);
            open.push((first + 1, middle, to, depth + 1));
            open.push((first, from, middle, depth + 1));
        }
        tree
    }

    /// The shares of the classes in the leaf of x.
    pub fn leaf(&self, x: &[f64], classes: usize) -> &[f64] {
        let mut at = 0;
        loop {
            match self.nodes[at] {
                Node::Leaf(from) => return &self.shares[from..from + classes],
                Node::Split(feature, threshold, next) => at = next[usize::from(x[feature] > threshold)],
            }
        }
    }
}

fn counts(table: &Table, rows: &[usize]) -> Vec<f64> {
    let mut counts = vec![0.0; table.classes];
    rows.iter().for_each(|&i| counts[table.y[i]] += 1.0);
    counts
}

/// The feature and threshold that leave the least impurity, among `tries` features drawn afresh
/// that are not constant. `None` if all are.
fn split(
    table: &Table,
    rows: &mut [usize],
    counts: &[f64],
    tries: usize,
    features: &mut [usize],
    stream: &mut Stream,
) -> Option<(usize, f64)> {
    let mut best = (f64::NEG_INFINITY, 0, 0.0);
    let mut tried = 0;
    let mut sorted: Vec<(f64, usize)> = Vec::with_capacity(rows.len());
    let mut left = vec![0.0; counts.len()];
    for drawn in 0..features.len() {
        if tried == tries {
            break;
        }
        if tries < features.len() {
            let other = drawn + stream.below((features.len() - drawn) as u32) as usize;
            features.swap(drawn, other);
        }
        let feature = features[drawn];
        sorted.clear();
        sorted.extend(rows.iter().map(|&i| (table.row(i)[feature], table.y[i])));
        sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        if sorted[0].0 == sorted[sorted.len() - 1].0 {
            continue;
        }
        tried += 1;
        left.fill(0.0);
        // Impurity is least where Σ n_c²/n of both sides is largest; kept up as rows cross over.
        let (mut squares_left, mut squares_right) = (0.0, counts.iter().map(|c| c * c).sum::<f64>());
        for at in 0..sorted.len() - 1 {
            let (value, class) = sorted[at];
            squares_left += 2.0 * left[class] + 1.0;
            squares_right -= 2.0 * (counts[class] - left[class]) - 1.0;
            left[class] += 1.0;
            let next = sorted[at + 1].0;
            if next > value {
                let gain = squares_left / (at + 1) as f64 + squares_right / (sorted.len() - at - 1) as f64;
                if gain > best.0 {
                    let middle = (value + next) / 2.0;
                    best = (gain, feature, if middle < next { middle } else { value });
                }
            }
        }
    }
    (best.0 > f64::NEG_INFINITY).then_some((best.1, best.2))
}

/// A forest that gets a tree a step.
pub struct Forest {
    trees: Vec<Tree>,
    most: usize,
    growth: Growth,
    seed: u64,
    /// Votes on each row of the trees that were grown without it, `[N, classes]`.
    out_of_bag: Vec<f64>,
}

impl Forest {
    /// Without a tree; at each split √D features are tried.
    pub fn new(most: usize, depth: usize, seed: u64, table: &Table) -> Forest {
        let features = (tilde_graph::real::sqrt(table.d as f64) as usize).max(1);
        let out_of_bag = vec![0.0; table.n() * table.classes];
        Forest { trees: Vec::new(), most, growth: Growth { features, depth }, seed, out_of_bag }
    }
}

impl Classifier for Forest {
    fn fresh(&self, table: &Table) -> Box<dyn Classifier> {
        Box::new(Forest::new(self.most, self.growth.depth, self.seed, table))
    }

    fn is_done(&self) -> bool {
        self.trees.len() >= self.most
    }

    fn step(&mut self, table: &Table) {
        let (n, classes) = (table.n(), table.classes);
        let mut stream = Stream::new(self.seed, 0xF0_0000 + self.trees.len() as u32);
        let rows: Vec<usize> = (0..n).map(|_| stream.below(n as u32) as usize).collect();
        let mut drawn = vec![false; n];
        rows.iter().for_each(|&i| drawn[i] = true);
        let tree = Tree::grow(table, rows, self.growth, &mut stream);
        for i in (0..n).filter(|&i| !drawn[i]) {
            let votes = &mut self.out_of_bag[i * classes..(i + 1) * classes];
            votes.iter_mut().zip(tree.leaf(table.row(i), classes)).for_each(|(v, s)| *v += s);
        }
        self.trees.push(tree);
    }

    fn log_posterior(&self, table: &Table, x: &[f64], out: &mut [f64]) {
        let trees = self.trees.len() as f64;
        out.fill(if self.trees.is_empty() { 1.0 / table.classes as f64 } else { 0.0 });
        for tree in &self.trees {
            out.iter_mut().zip(tree.leaf(x, table.classes)).for_each(|(p, s)| *p += s / trees);
        }
        out.iter_mut().for_each(|p| *p = libm::log(p.max(LEAST)));
    }

    /// The out-of-bag error: each row judged by the trees that were grown without it.
    fn objective(&self, table: &Table) -> f64 {
        let (mut wrong, mut judged) = (0.0, 0.0);
        for (votes, &y) in self.out_of_bag.chunks_exact(table.classes).zip(&table.y) {
            let most = votes.iter().copied().fold(0.0, f64::max);
            if most > 0.0 {
                judged += 1.0;
                wrong += f64::from(u8::from(votes[y] < most));
            }
        }
        if judged > 0.0 { wrong / judged } else { 1.0 - 1.0 / table.classes as f64 }
    }

    /// The votes; then of each tree how many nodes and shares, the nodes (feature or −1, threshold,
    /// two places), the shares.
    fn state(&self) -> Vec<f64> {
        let mut state = self.out_of_bag.clone();
        for tree in &self.trees {
            state.extend([tree.nodes.len() as f64, tree.shares.len() as f64]);
            for node in &tree.nodes {
                state.extend(match *node {
                    Node::Split(feature, threshold, [a, b]) => {
                        [feature as f64, threshold, a as f64, b as f64]
                    }
                    Node::Leaf(from) => [-1.0, 0.0, from as f64, 0.0],
                });
            }
            state.extend(&tree.shares);
        }
        state
    }

    fn restore(&mut self, table: &Table, state: &[f64]) -> bool {
        if state.len() < self.out_of_bag.len() {
            return false;
        }
        let (votes, mut rest) = state.split_at(self.out_of_bag.len());
        let mut trees = Vec::new();
        while !rest.is_empty() {
            let Some(tree) = read(&mut rest, table) else { return false };
            trees.push(tree);
        }
        self.out_of_bag.copy_from_slice(votes);
        self.trees = trees;
        true
    }
}

/// One saved tree, taken off the front; `None` unless every place that it names exists and every
/// path ends.
fn read(rest: &mut &[f64], table: &Table) -> Option<Tree> {
    let [nodes, shares, tail @ ..] = rest else { return None };
    let (count, leaves) = (*nodes as usize, *shares as usize);
    if count == 0 || tail.len() / 4 < count || tail.len() - 4 * count < leaves {
        return None;
    }
    let mut tree = Tree { nodes: Vec::with_capacity(count), shares: tail[4 * count..][..leaves].to_vec() };
    for (at, node) in tail[..4 * count].chunks_exact(4).enumerate() {
        let (feature, first, second) = (node[0] as usize, node[2] as usize, node[3] as usize);
        let fits = |child: usize| child > at && child < count;
        tree.nodes.push(if node[0] < 0.0 && first.saturating_add(table.classes) <= leaves {
            Node::Leaf(first)
        } else if node[0] >= 0.0 && feature < table.d && fits(first) && fits(second) {
            Node::Split(feature, node[1], [first, second])
        } else {
            return None;
        });
    }
    *rest = &tail[4 * count + leaves..];
    Some(tree)
}
