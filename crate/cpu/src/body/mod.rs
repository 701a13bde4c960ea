//! The scalar programs of kernels, run a block of points at a time.
//!
//! Every instruction is one loop over at most [`BLOCK`] points, so that its operands stay in the
//! first-level cache and the loop is SIMD. What is the same at every point is computed once per
//! kernel. Dense operands are read where they are, dense results are written where they go. What a
//! core gave is read where it is, too; where a row of points shares one result, it is spread out.
//!
//! Natively everything is inlined into the instruction set's own function (see `device`), so that
//! its loops use those instructions. A wasm module has one instruction set and wants one copy.

mod elementwise;
mod load;
mod prepare;
mod random;
mod run;

use crate::aligned::Words;
use alloc::vec;
use alloc::vec::Vec;
use elementwise::{GROUP, Group};
pub use prepare::Compiled;
use tilde_graph::DeviceError;
use tilde_graph::plan::Reg;

/// Points that are run together. Even, so that blocks start on whole pairs of random words.
pub const BLOCK: usize = 512;

/// What a core gave: result `i` of point `first + j` is number `i · stride + j`.
#[derive(Clone, Copy)]
pub struct Results {
    /// The first number; null where there is no core.
    pub at: *const f32,
    /// Numbers of each result.
    pub stride: usize,
    /// The point that the first number belongs to.
    pub first: usize,
}

impl Results {
    /// Result `i` of a point and those after it.
    #[inline(always)]
    fn of(&self, i: u8, point: usize) -> *mut u32 {
        self.at.wrapping_add(i as usize * self.stride + point - self.first).cast_mut().cast()
    }
}

/// Registers of a running body.
pub struct Frame {
    ptr: Vec<*mut u32>,
    /// What is the same at every point, spread over a group.
    scalar: Vec<Group>,
    slots: Words,
}

impl Frame {
    /// Room for bodies of up to so many registers and slots.
    ///
    /// # Errors
    /// [`DeviceError::OutOfMemory`].
    pub fn new(regs: usize, slots: usize) -> Result<Frame, DeviceError> {
        Ok(Frame {
            ptr: vec![core::ptr::null_mut(); regs],
            scalar: vec![[0; GROUP]; regs],
            slots: Words::zeros(slots * BLOCK)?,
        })
    }

    /// The numbers of a vector register in the present block.
    #[inline(always)]
    pub fn vector(&self, reg: Reg) -> *const f32 {
        self.ptr[reg as usize].cast()
    }
}
