//! What a classifier is.

use super::joint::Joint;
use super::table::Table;
use crate::prelude::*;

/// Smaller probabilities count as this one, where a model can give 0.
pub const LEAST: f64 = 1e-6;

/// Something that decides between classes.
pub trait Classifier {
    /// One of the same kind that has learned nothing, for another table.
    fn fresh(&self, table: &Table) -> Box<dyn Classifier>;

    /// Whether no iteration is left to do.
    fn is_done(&self) -> bool;

    /// One natural iteration, if it is not done.
    fn step(&mut self, table: &Table);

    /// log P(y | x) for each class.
    fn log_posterior(&self, table: &Table, x: &[f64], out: &mut [f64]);

    /// What training lowers.
    fn objective(&self, table: &Table) -> f64;

    /// The joint distribution, if it is a generative model.
    fn joint(&self) -> Option<&Joint> {
        None
    }

    /// Whether what it gives are probabilities.
    fn has_probabilities(&self) -> bool {
        true
    }

    /// Everything that training has made.
    fn state(&self) -> Vec<f64>;

    /// Takes it back. `false` if it does not fit; the classifier is of no use then.
    fn restore(&mut self, table: &Table, state: &[f64]) -> bool;
}
