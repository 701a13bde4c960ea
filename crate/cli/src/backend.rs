//! The two backends.

use crate::args;
use pollster::block_on;
use tilde_cpu::Cpu;
use tilde_gpu::{Context, Gpu};
use tilde_graph::{Device, DeviceError, Plan};

/// Where plans are loaded.
pub enum Backend {
    /// This machine's processor.
    Cpu,
    /// An opened GPU, shared by all that is loaded.
    Gpu(Context),
}

impl Backend {
    /// Opens the backend of that name.
    ///
    /// # Errors
    /// [`DeviceError::Unavailable`] where there is no GPU.
    pub fn open(name: args::Backend) -> Result<Backend, DeviceError> {
        match name {
            args::Backend::Cpu => Ok(Backend::Cpu),
            args::Backend::Gpu => Ok(Backend::Gpu(block_on(Context::new())?)),
        }
    }

    /// Loads a plan.
    ///
    /// # Errors
    /// Those of the backend.
    pub fn load(&self, plan: Plan) -> Result<Box<dyn Device>, DeviceError> {
        match self {
            Backend::Cpu => Ok(Box::new(Cpu::load(plan)?)),
            Backend::Gpu(context) => Ok(Box::new(block_on(Gpu::load(context, plan))?)),
        }
    }
}
