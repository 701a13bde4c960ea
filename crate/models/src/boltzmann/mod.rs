//! What the Boltzmann machines share: a machine's conditionals, contrastive divergence and its
//! relatives, annealed importance sampling. The exact counterparts are in `metrics`.

mod anneal;
#[cfg(test)]
mod golden;
mod learner;
mod machine;

pub use anneal::{Anneal, log_base};
pub use learner::{Learner, LearnerOptions};
pub use machine::{Machine, Values, log_odds};
