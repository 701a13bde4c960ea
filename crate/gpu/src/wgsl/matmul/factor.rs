//! The addresses of one of the two factors of a product, and how four words of it can be loaded at
//! once.

use super::gcd;
use crate::wgsl::axes::{step, walk};
use crate::wgsl::source::Source;
use std::ops::Deref;
use tilde_graph::plan::{Arena, Factor};

/// The left or the right factor.
pub(super) struct Side<'a> {
    pub(super) factor: &'a Factor,
    /// Its rows (left) or columns (right): the dimension that the product keeps.
    pub(super) size: u32,
    /// Length of a run, a divisor of k: either factor walks along each with a single stride.
    pub(super) run: u32,
}

/// How the words of a factor are loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Walk {
    /// One by one.
    Words,
    /// Four along the summed dimension.
    Along,
    /// Four along the dimension that is kept.
    Out,
}

impl Deref for Side<'_> {
    type Target = Factor;

    fn deref(&self) -> &Factor {
        self.factor
    }
}

impl Side<'_> {
    /// Where its words are.
    pub(super) fn arena(&self) -> Arena {
        self.loc.arena
    }

    /// The widest aligned loads of a block of `tile` rows or columns.
    pub(super) fn walk(&self, tile: u32) -> Walk {
        let aligned = |axes: &[(u32, i32)]| axes.iter().all(|axis| axis.1 % 4 == 0);
        let four = |axes: &[(u32, i32)]| {
            axes.split_last().is_some_and(|((_, stride), outer)| *stride == 1 && aligned(outer))
        };
        let (kept, summed) = (&self.kept.0, &self.summed.0);
        // What is left of a single run is loaded by words.
        let whole = self.one_run() || self.run.is_multiple_of(4);
        if !self.loc.offset.is_multiple_of(4) || !aligned(&self.batch.0) {
            Walk::Words
        } else if four(summed) && whole && aligned(kept) {
            Walk::Along
        } else if four(kept) && self.line().is_multiple_of(4) && aligned(summed) && tile == 4 {
            Walk::Out
        } else {
            Walk::Words
        }
    }

    /// Words between neighbours along the summed dimension, within a run.
    pub(super) fn along(&self) -> i32 {
        self.summed.0.last().map_or(0, |axis| axis.1)
    }

    /// Whether the whole sum is one run.
    pub(super) fn one_run(&self) -> bool {
        self.summed.points() == self.run
    }

    /// The axes that runs are numbered by.
    pub(super) fn runs(&self) -> Vec<(u32, i32)> {
        let mut axes = self.summed.0.clone();
        if let Some((size, stride)) = axes.last_mut() {
            *size /= self.run;
            *stride *= self.run as i32;
        }
        axes.retain(|axis| axis.0 > 1);
        axes
    }

    /// Rows or columns that one stride serves.
    fn line(&self) -> u32 {
        self.kept.0.last().map_or(1, |axis| axis.0)
    }

    /// `let` statements: the first word of batch `item`, called `<name>_base`.
    pub(super) fn base(&self, source: &mut Source, name: char) -> String {
        format!("    let {name}_base = {}{};\n", source.offset(self.loc), walk(&self.batch.0, "item"))
    }

    /// `let` statements: where rows or columns number `at`, … begin, called `<name><first>`, …;
    /// `tile` neighbours of which the first is a multiple of `tile`. Those past the edge are the
    /// last ones again, so that they need no test in a loop; they are not stored. Without `edge` the
    /// first is inside for certain.
    pub(super) fn tile(&self, name: char, first: u32, at: &str, tile: u32, edge: bool) -> String {
        let kept = &self.kept.0;
        // Neighbours that are never on two lines: only the first of them is looked up.
        let together = gcd(self.line(), tile);
        let mut text = String::new();
        for i in 0..tile {
            let (this, behind) = (first + i, i % together);
            text += &if behind > 0 {
                let (head, along) = (this - behind, kept.last().map_or(0, |axis| axis.1));
                format!("    let {name}{this} = {name}{head}{};\n", step(&format!("{behind}u"), along))
            } else {
                let at = if i > 0 { format!("{at} + {i}u") } else { at.to_string() };
                let outside = edge || i > 0 && !self.size.is_multiple_of(tile);
                let at = if outside { format!("min({at}, {}u)", self.size - together) } else { at };
                format!(
                    "    let {name}_at{this} = {at};\n    let {name}{this} = {name}_base{};\n",
                    walk(kept, &format!("{name}_at{this}"))
                )
            };
        }
        text
    }
}
