//! Exhibits opened with what ships.

#[path = "../../../../tests/shipped.rs"]
mod files;

use crate::adapter::block_on;
pub use files::{small, sources};
use tilde_cpu::Cpu;
use tilde_gpu::{Context, Gpu};
use tilde_graph::{Device, Program, compile};
use tilde_models::{Error, Run, Settings};

/// The seed of every run.
pub const SEED: u64 = 7;

/// A run on the GPU, or without a context on the CPU.
pub fn open(settings: &Settings, context: Option<&Context>) -> Result<Run, Error> {
    let load = async |program: &Program| -> Result<Box<dyn Device>, Error> {
        let plan = compile(program);
        let device: Box<dyn Device> = match context {
            Some(context) => Box::new(Gpu::load(context, plan).await?),
            None => Box::new(Cpu::load(plan)?),
        };
        Ok(device)
    };
    block_on(Run::open(settings.clone(), SEED, sources(), load))
}
