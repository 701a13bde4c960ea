//! From a program to its plan: resolve views, fuse nodes into kernels, order them, plan memory,
//! and write the kernels out.
//!
//! 1. [`views`]: reshape, permute, broadcast and slice become strides over the node they look at.
//! 2. [`fuse`]: elementwise nodes join the kernel of a neighbour with the same domain: each other,
//!    the result of a product or reduction, or the argument of a reduction; several reductions over
//!    the same [`rows`] become one kernel. The result is a [`fused`] entry, which the rest reads.
//! 3. [`order`]: kernels are sorted, with what reads a variable before what overwrites it.
//! 4. [`memory`]: tensors that cross kernels get places in the work arena by liveness.
//! 5. [`lower`]: each group of nodes is written out as a [`Kernel`](crate::plan::Kernel).

mod fuse;
mod fused;
mod list;
mod lower;
mod memory;
mod order;
mod rows;
mod views;

use crate::Shape;
use crate::op::DType;
use crate::plan::{Arena, EntryPlan, Loc, Output, Plan, VarPlan};
use crate::program::Program;
use crate::var::Role;
use alloc::vec::Vec;

/// Words are handed out in fours, so that vector loads are always legal.
fn aligned(words: usize) -> u32 {
    words.div_ceil(4) as u32 * 4
}

/// The next free word of each arena.
#[derive(Default)]
struct Layout {
    words: [u32; 7],
}

impl Layout {
    fn take(&mut self, arena: Arena, words: usize) -> Loc {
        let next = &mut self.words[arena as usize];
        let loc = Loc { arena, offset: *next };
        *next += aligned(words.max(1));
        loc
    }
}

/// Compiles every entry of a program over one memory layout.
pub fn compile(program: &Program) -> Plan {
    let mut layout = Layout::default();
    let knobs = layout.take(Arena::Io, program.knobs.len());
    let vars: Vec<VarPlan> = program
        .vars
        .iter()
        .enumerate()
        .map(|(i, v)| {
            let arena = match (v.role, v.dtype) {
                (Role::State | Role::Scratch, DType::F32) => Arena::State,
                (Role::State | Role::Scratch, DType::U32) => Arena::StateU,
                (Role::Data, DType::F32) => Arena::Data,
                (_, DType::U32) => Arena::DataU,
                (Role::Input, DType::F32) => Arena::Io,
            };
            let (id, loc) = (crate::VarId(i as u32), layout.take(arena, v.shape.len()));
            VarPlan { id, loc, shape: v.shape, learned: v.learned }
        })
        .collect();

    let mut tables = Vec::new();
    let fused: Vec<_> = program.entries.iter().map(|e| fuse::fuse(&e.built)).collect();
    let planned: Vec<_> =
        fused.iter().map(|f| (order::order(f), f)).map(|(o, f)| (memory::plan(f, &o), o)).collect();
    // Buffers with gaps that must stay zero are shared with nobody, not even other entries.
    let mut reserved = 0;
    let mut shared = [0u32; 2];
    for (m, _) in &planned {
        shared[0] = shared[0].max(m.shared[0]);
        shared[1] = shared[1].max(m.shared[1]);
    }
    let mut entries = Vec::new();
    for ((entry, f), (m, order)) in program.entries.iter().zip(&fused).zip(&planned) {
        let outputs: Vec<Output> = entry
            .built
            .outputs
            .iter()
            .map(|(name, node)| {
                let shape = f.nodes[*node as usize].shape;
                Output { name: name.clone(), loc: layout.take(Arena::Io, shape.len()), shape }
            })
            .collect();
        let sites = entry.built.sites;
        let keys = layout.take(Arena::DataU, 2 * sites as usize);
        let counter = layout.take(Arena::StateU, 1);
        let places =
            lower::Places { vars: &vars, memory: m, reserved: shared[0] + reserved, outputs: &outputs };
        reserved += m.reserved;
        let kernels = lower::lower(f, order, &places, knobs, (keys, counter, sites), &mut |values| {
            let loc = layout.take(Arena::Data, values.len());
            tables.push((loc, values.to_vec()));
            loc
        });
        entries.push(EntryPlan { name: entry.name.clone(), kernels, outputs, keys, sites, counter });
    }
    layout.words[Arena::Work as usize] = shared[0] + reserved;
    layout.words[Arena::WorkU as usize] = shared[1];
    let mut words = layout.words;
    words.iter_mut().for_each(|w| *w = (*w).max(4));
    Plan {
        name: program.name.clone(),
        entries,
        vars,
        words,
        knobs,
        knob_count: program.knobs.len() as u32,
        tables,
    }
}

/// A shape without its axes of size 1: what kernels are written over.
fn squeeze(shape: &Shape) -> Shape {
    shape.without(|a| shape.dim(a) == 1)
}
