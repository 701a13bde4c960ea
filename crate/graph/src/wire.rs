//! What crosses between a module that builds programs and an engine that runs them.
//!
//! A program goes to the engine as bytes; the engine compiles it and keeps the kernels. What comes back is
//! where everything is, as words: variables, outputs, knobs, keys and counters. Names and shapes stand in the
//! program already, so that both together are a plan, without its kernels and tables: all that a driver of
//! a device asks for.

use crate::plan::{Arena, EntryPlan, Loc, Output, Plan, VarPlan};
use crate::{Program, VarId};
use alloc::vec::Vec;

/// A program as bytes. Initial values and the names of parameters stay behind.
pub fn write_program(program: &Program) -> Vec<u8> {
    // Every length is known and the buffer grows: there is nothing that could fail.
    postcard::to_allocvec(program).unwrap_or_default()
}

/// A program that came as bytes; none if they are of another version.
pub fn read_program(bytes: &[u8]) -> Option<Program> {
    postcard::from_bytes(bytes).ok()
}

/// Where everything of a plan is: words of the arenas, the knobs, then each variable's arena and offset,
/// then for each entry its keys, sites and counter and the offset of each output.
pub fn write_layout(plan: &Plan) -> Vec<u32> {
    let mut words = plan.words.to_vec();
    words.push(plan.knobs.offset);
    for var in &plan.vars {
        words.extend([var.loc.arena as u32, var.loc.offset]);
    }
    for entry in &plan.entries {
        words.extend([entry.keys.offset, entry.sites, entry.counter.offset]);
        words.extend(entry.outputs.iter().map(|output| output.loc.offset));
    }
    words
}

/// The plan of a program with this layout, without kernels and tables; none if it is of another program.
pub fn read_layout(program: &Program, words: &[u32]) -> Option<Plan> {
    let mut rest = words.iter().copied();
    let mut next = || rest.next();
    let mut sizes = [0; Arena::ALL.len()];
    for size in &mut sizes {
        *size = next()?;
    }
    let knobs = Loc { arena: Arena::Io, offset: next()? };
    let mut vars = Vec::with_capacity(program.vars().len());
    for (i, var) in program.vars().iter().enumerate() {
        let loc = Loc { arena: *Arena::ALL.get(next()? as usize)?, offset: next()? };
        vars.push(VarPlan { id: VarId(i as u32), loc, shape: var.shape, learned: var.learned });
    }
    let mut entries = Vec::with_capacity(program.entries().len());
    for entry in program.entries() {
        let keys = Loc { arena: Arena::DataU, offset: next()? };
        let sites = next()?;
        let counter = Loc { arena: Arena::StateU, offset: next()? };
        let mut outputs = Vec::with_capacity(entry.outputs().len());
        for (name, node) in entry.outputs() {
            let loc = Loc { arena: Arena::Io, offset: next()? };
            outputs.push(Output { name: name.clone(), loc, shape: entry.nodes()[*node as usize].shape });
        }
        entries.push(EntryPlan {
            name: entry.name.clone(),
            kernels: Vec::new(),
            outputs,
            keys,
            sites,
            counter,
        });
    }
    let (name, knob_count) = (program.name.clone(), program.knobs().len() as u32);
    let plan = Plan { name, entries, vars, words: sizes, knobs, knob_count, tables: Vec::new() };
    next().is_none().then_some(plan)
}
