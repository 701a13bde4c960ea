//! Whoever asks for an evaluation.

use tilde_graph::{Device, Plan, Task};
use tilde_models::Error;
use tilde_models::exhibit::Sources;

/// Whoever asks for an evaluation: it has the devices and the data, and perhaps someone who waits.
pub trait Host {
    /// Loads a plan.
    fn load(&self, plan: Plan) -> Task<'_, Box<dyn Device>, Error>;

    /// The shipped data: [`Sources::digits`] and [`Sources::lessons`].
    fn sources(&self) -> Sources;

    /// Is told that a run of `exhibit` with `seed` has done `step` of `steps`.
    fn progress(&self, exhibit: &str, seed: u64, step: u32, steps: u32);
}
