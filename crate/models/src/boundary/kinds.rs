//! Which classifiers there are.

use super::bayes::Bayes;
use super::card::Kind;
use super::classifier::Classifier;
use super::forest::Forest;
use super::logistic::Logistic;
use super::svm::{Kernel, Svm};
use super::table::Table;
use crate::prelude::*;

/// The classifier of the settings, which has learned nothing.
pub fn of(settings: &Settings, seed: u64, table: &Table) -> Box<dyn Classifier> {
    let (c, smoothing) = (settings.number("c"), settings.number("smoothing"));
    match settings.get("model") {
        Kind::NaiveBayes => Box::new(Bayes::new(true, smoothing, table)),
        Kind::Gaussians => Box::new(Bayes::new(false, smoothing, table)),
        Kind::Logistic => Box::new(Logistic::new(c, table)),
        Kind::LinearSvm => Box::new(Svm::new(Kernel::Linear, c, table)),
        Kind::RbfSvm => Box::new(Svm::new(Kernel::Rbf(settings.number("gamma")), c, table)),
        Kind::Forest => Box::new(Forest::new(settings.count("trees"), settings.count("depth"), seed, table)),
    }
}
