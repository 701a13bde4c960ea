//! Reductions.
//!
//! The argument is run in blocks of its domain, in whichever order reads memory in rows: outer
//! axes first (each result is a sum over consecutive points) or inner axes first (each row is
//! added to all results). Either order is fixed when the plan is loaded, so sums are reproducible.

use crate::body::{BLOCK, Compiled, Frame, Memory};
use crate::math;
use alloc::vec::Vec;
use tilde_graph::plan::{Access, Body, Core, Guard, Instr, Kernel, Reg, Store};
use tilde_graph::{ReduceOp, Shape};

/// A prepared reduction.
pub struct Reduction {
    op: ReduceOp,
    outer: usize,
    inner: usize,
    pre: Compiled,
    value: Reg,
    /// Whether `pre` runs over inner ++ outer instead of outer ++ inner.
    inner_first: bool,
}

impl Reduction {
    /// Prepares the core of a reduction kernel; `None` for any other.
    pub fn new(kernel: &Kernel) -> Option<Reduction> {
        let Core::Reduce { op, inner, pre, value } = &kernel.core else { return None };
        let outer = &kernel.domain;
        let inner_first = reads_rows_of_outer(pre, outer, inner);
        let (pre, domain) =
            if inner_first { rotate(pre, outer, inner) } else { (pre.clone(), join(outer, inner)) };
        Some(Reduction {
            op: *op,
            outer: outer.len(),
            inner: inner.len(),
            pre: Compiled::new(&pre, &domain, Some(*value)),
            value: *value,
            inner_first,
        })
    }

    /// Registers and slots it needs.
    pub fn needs(&self) -> (usize, usize) {
        (self.pre.regs(), self.pre.slots)
    }

    /// Writes the results of all outer points to `results`.
    ///
    /// # Safety
    /// `memory` must be that of the plan the kernel belongs to.
    #[inline(always)]
    pub unsafe fn run(&self, memory: &Memory, frame: &mut Frame, results: &mut [f32]) {
        let start = match self.op {
            ReduceOp::Sum => 0.0,
            ReduceOp::Max => f32::NEG_INFINITY,
        };
        results[..self.outer].fill(start);
        let total = self.outer * self.inner;
        let row = if self.inner_first { self.outer } else { self.inner };
        // SAFETY: blocks cover the domain once.
        unsafe {
            self.pre.begin(memory, frame);
            let mut at = 0;
            while at < total {
                let n = BLOCK.min(total - at);
                self.pre.block(memory, frame, at, n, core::ptr::null());
                let values = core::slice::from_raw_parts(frame.vector(self.value), n);
                let mut done = 0;
                while done < n {
                    let (r, c) = ((at + done) / row, (at + done) % row);
                    let len = (row - c).min(n - done);
                    let run = &values[done..done + len];
                    if self.inner_first {
                        combine(self.op, &mut results[c..c + len], run);
                    } else {
                        let one = total_of(self.op, run);
                        combine(self.op, &mut results[r..r + 1], &[one]);
                    }
                    done += len;
                }
                at += n;
            }
        }
    }
}

#[inline(always)]
fn combine(op: ReduceOp, into: &mut [f32], values: &[f32]) {
    match op {
        ReduceOp::Sum => into.iter_mut().zip(values).for_each(|(a, b)| *a += b),
        ReduceOp::Max => into.iter_mut().zip(values).for_each(|(a, b)| *a = math::max(*a, *b)),
    }
}

/// One number from a run, in sixteen lanes: pairwise enough for `f32`.
#[inline(always)]
fn total_of(op: ReduceOp, run: &[f32]) -> f32 {
    const LANES: usize = 16;
    let f = |a: f32, b: f32| match op {
        ReduceOp::Sum => a + b,
        ReduceOp::Max => math::max(a, b),
    };
    let start = match op {
        ReduceOp::Sum => 0.0,
        ReduceOp::Max => f32::NEG_INFINITY,
    };
    let mut lanes = [start; LANES];
    let mut chunks = run.chunks_exact(LANES);
    for chunk in &mut chunks {
        for i in 0..LANES {
            lanes[i] = f(lanes[i], chunk[i]);
        }
    }
    for (i, &x) in chunks.remainder().iter().enumerate() {
        lanes[i] = f(lanes[i], x);
    }
    let mut width = LANES / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] = f(lanes[i], lanes[i + width]);
        }
        width /= 2;
    }
    lanes[0]
}

fn join(a: &Shape, b: &Shape) -> Shape {
    let mut out = *a;
    b.dims().for_each(|d| out.push(d));
    out
}

/// Whether most of what `pre` reads is consecutive along the last outer axis rather than along the
/// last inner one. Draws are numbered outer first, so they decide against.
fn reads_rows_of_outer(pre: &Body, outer: &Shape, inner: &Shape) -> bool {
    let (Some(o), Some(i)) = (outer.rank().checked_sub(1), (outer.rank() + inner.rank()).checked_sub(1))
    else {
        return false;
    };
    let mut votes = 0i32;
    let accesses = pre.instrs.iter().filter_map(|instr| match instr {
        Instr::Load(a, _) => Some(a),
        _ => None,
    });
    for a in accesses.chain(pre.stores.iter().map(|s| &s.access)) {
        votes += (a.strides[o] == 1) as i32 - (a.strides[i] == 1) as i32;
    }
    votes > 0 && !pre.instrs.iter().any(|i| matches!(i, Instr::Random { .. }))
}

/// The same body over inner ++ outer.
fn rotate(pre: &Body, outer: &Shape, inner: &Shape) -> (Body, Shape) {
    let (o, n) = (outer.rank(), inner.rank());
    let axis = |a: u8| if (a as usize) < o { a + n as u8 } else { a - o as u8 };
    let access = |a: &Access| {
        let mut strides = [0; 6];
        (0..o + n).for_each(|i| strides[axis(i as u8) as usize] = a.strides[i]);
        Access { loc: a.loc, strides }
    };
    let mut body = pre.clone();
    for instr in &mut body.instrs {
        match instr {
            Instr::Load(a, guards) => {
                *a = access(a);
                let moved: Vec<Guard> = guards.iter().map(|g| Guard { axis: axis(g.axis), ..*g }).collect();
                *guards = moved;
            }
            Instr::Gather { access: a, .. } | Instr::GatherByte { access: a, .. } => *a = access(a),
            Instr::Index(a) => *a = axis(*a),
            _ => {}
        }
    }
    body.stores = pre.stores.iter().map(|s| Store { access: access(&s.access), reg: s.reg }).collect();
    (body, join(inner, outer))
}
