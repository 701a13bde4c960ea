//! What a backend promises.

use crate::plan::{Arena, Plan};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::future::Future;
use core::pin::Pin;

/// A boxed future on the present thread, of a value or a [`DeviceError`].
pub type Task<'a, T, E = DeviceError> = Pin<Box<dyn Future<Output = Result<T, E>> + 'a>>;

/// Why a device could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceError {
    /// The device went away; everything on it is lost.
    Lost(String),
    /// Memory would not fit: bytes asked for, bytes allowed.
    OutOfMemory {
        /// Bytes needed.
        needed: u64,
        /// Bytes there are.
        limit: u64,
    },
    /// No such device here, and why.
    Unavailable(String),
    /// It was told to give up what it was asked, which would have taken long.
    Stopped,
}

impl fmt::Display for DeviceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DeviceError::Lost(why) => write!(f, "the device was lost: {why}"),
            DeviceError::OutOfMemory { needed, limit } => {
                write!(f, "{needed} bytes are needed where {limit} are allowed")
            }
            DeviceError::Unavailable(why) => write!(f, "no such device: {why}"),
            DeviceError::Stopped => f.write_str("it was stopped"),
        }
    }
}

impl core::error::Error for DeviceError {}

/// A loaded [`Plan`]: memory, compiled kernels, and a queue.
///
/// Writes, runs and reads take effect in the order of the calls. Only [`Device::read`] waits.
/// All memory starts as zeros, except the plan's tables. Offsets and lengths are in words.
pub trait Device {
    /// The plan it was loaded with.
    fn plan(&self) -> &Plan;

    /// Runs a schedule `times` over: each `(entry index, count)` in turn. Allocates nothing, and
    /// on a GPU only encodes and submits.
    fn run(&mut self, schedule: &[(usize, u32)], times: u32) -> Result<(), DeviceError>;

    /// Writes floats. `arena` must be an `f32` one.
    fn write(&mut self, arena: Arena, offset: u32, values: &[f32]);

    /// Writes integers. `arena` must be a `u32` one.
    fn write_u(&mut self, arena: Arena, offset: u32, values: &[u32]);

    /// Reads `len` floats as they are once everything before is done. The copy is enqueued by the
    /// call, not by the first poll: several reads that are begun together wait together.
    fn read(&mut self, arena: Arena, offset: u32, len: u32) -> Task<'static, Vec<f32>>;

    /// Reads `len` integers, likewise.
    fn read_u(&mut self, arena: Arena, offset: u32, len: u32) -> Task<'static, Vec<u32>>;

    /// Whether all that is [learned](crate::VarDecl::learned) is finite once everything before is done: a
    /// test of bits, because a GPU's arithmetic promises nothing about NaN.
    fn finite(&mut self) -> Task<'static, bool>;

    /// "cpu" or "webgpu" (natively also the GPU's API is called so).
    fn kind(&self) -> &'static str;

    /// What it runs on, for people: "SIMD 128", "NVIDIA …", "SwiftShader (software)".
    fn describe(&self) -> String;
}
