//! What the Boltzmann machines share: a machine's conditionals, contrastive divergence and its
//! relatives, annealed importance sampling. The exact counterparts are in `metrics`.

mod anneal;
mod learner;
mod machine;

pub use anneal::{Anneal, log_base};
pub use learner::Learner;
pub use machine::{Machine, Values, log_odds};

use crate::Error;
use tilde_graph::GraphError;

/// A machine that does not fit together, in words.
pub fn misfit(error: GraphError) -> Error {
    Error::BadSetting(alloc::format!("The machine does not fit together: {error}."))
}
