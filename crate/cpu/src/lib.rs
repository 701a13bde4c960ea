//! Tilde on the CPU: the fast executor of a [`Plan`](tilde_graph::Plan), and the naive `f64`
//! interpreter of a [`Program`](tilde_graph::Program) that judges every backend.
//!
//! The executor runs fused kernels over blocks that stay in the first-level cache and matrix
//! products with a register-blocked micro-kernel: SIMD 128 in a browser (with relaxed
//! multiply-add where the module was built for it), AVX2 and FMA or portable code natively,
//! chosen once in `isa`.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod aligned;
mod body;
mod device;
mod interpret;
mod isa;
mod math;
mod matmul;
mod memory;
mod narrow;
mod reduce;
mod strided;

pub use device::Cpu;
pub use interpret::{Interpreter, Values};
