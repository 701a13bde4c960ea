//! The benchmark's tasks: training steps of fixed shape, with the same initial weights, batch and
//! arithmetic in every library (`tests/bench/tasks.mjs` says the same in JavaScript).
//!
//! Dimensions: `B` batch, `D` data, `H` hidden units, `Z` latent or noise, `T` length of a text,
//! `V` size of its vocabulary.
//!
//! One step is forward, backward and optimiser, with fresh noise and the batch already in memory.

mod conv;
mod ddpm;
mod draws;
mod gan;
mod gpt;
mod matmul;
mod rbm;
mod vae;

use crate::Error;
use crate::driver::{Answer, Driver};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use tilde_graph::{EntryId, GraphError, Program, Var};

/// The seed of the noise.
pub const SEED: u64 = 1;

/// A program, its fixed data, and the entries that make up a step. The last of them gives "loss".
pub struct Task {
    /// What to load.
    pub program: Program,
    /// The batch, or a product's factors.
    pub data: Vec<(Var, Data)>,
    /// The entries of one step, in order.
    pub step: Vec<EntryId>,
}

/// Contents of a data set, row-major.
pub enum Data {
    /// Points, images, matrices.
    Floats(Vec<f32>),
    /// Letters.
    Integers(Vec<u32>),
}

impl Task {
    /// Writes the initial weights, the keys of the noise and the data to a device that has loaded
    /// the program.
    pub fn start(&self, device: &Driver) {
        device.start(&self.program, SEED);
        for (var, data) in &self.data {
            match data {
                Data::Floats(values) => device.write(*var, values),
                Data::Integers(values) => device.write_u(*var, values),
            }
        }
    }

    /// Does `n` steps and gives the last one's loss.
    pub fn train(&self, device: &Driver, n: u32) -> Answer<f32> {
        let schedule: Vec<_> = self.step.iter().map(|&entry| (entry, 1)).collect();
        let (last, _) = schedule[schedule.len() - 1];
        let done = device.schedule(&schedule, n);
        let loss = device.output(last, "loss");
        Box::pin(async move {
            done?;
            Ok(loss.await?[0])
        })
    }
}

/// Ids of the tasks.
pub const TASKS: [&str; 9] =
    ["gan2d_lab", "gan2d", "vae_mlp", "rbm", "ddpm2d", "gpt_char", "conv_ddpm28", "matmul256", "matmul1024"];

/// The task of this id.
///
/// # Errors
/// [`Error::BadSetting`] if there is none.
pub fn task(id: &str) -> Result<Task, Error> {
    let built: Result<Task, GraphError> = match id {
        "gan2d_lab" => gan::lab(),
        "gan2d" => gan::gan2d(),
        "vae_mlp" => vae::vae_mlp(),
        "rbm" => rbm::rbm(),
        "ddpm2d" => ddpm::ddpm2d(),
        "gpt_char" => gpt::gpt_char(),
        "conv_ddpm28" => conv::conv_ddpm28(),
        "matmul256" => matmul::square(256),
        "matmul1024" => matmul::square(1024),
        _ => {
            return Err(Error::BadSetting(format!(
                "There is no benchmark task `{id}`; there are {}.",
                TASKS.join(", ")
            )));
        }
    };
    // The tasks are fixed: a graph that does not build is a mistake in this folder.
    Ok(built.unwrap_or_else(|error| panic!("{id}: {error}")))
}
