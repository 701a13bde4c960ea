//! What a model is asked with, and what it answers in numbers: below the models and what they are built
//! of.

use crate::driver::Driver;
use crate::settings::Settings;

/// A run as its model sees it.
#[derive(Clone, Copy)]
pub struct Live<'a> {
    /// The device, with the model's program on it.
    pub device: &'a Driver,
    /// The settings as they are.
    pub settings: &'a Settings,
    /// The seed of the run.
    pub seed: u64,
    /// Iterations done.
    pub step: u32,
    /// Another number after whatever may have changed an answer: training, a setting, an input, a
    /// checkpoint. What was computed for the same number still holds; see [`Memo`](crate::memo::Memo).
    pub generation: u64,
}
