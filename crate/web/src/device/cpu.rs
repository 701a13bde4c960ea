//! The CPU backend.

use super::Loaded;
use tilde_cpu::Cpu;
use tilde_graph::{DeviceError, Plan};

/// Loads a plan.
pub fn load(plan: Plan) -> Result<Loaded, DeviceError> {
    Ok(Box::new(Cpu::load(plan)?))
}
