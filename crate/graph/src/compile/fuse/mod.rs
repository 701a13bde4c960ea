//! Fusion: which nodes share a kernel.
//!
//! A *kernel* is one loop over a domain that computes several nodes at each point, passing their values
//! in registers; only what another kernel needs goes through memory. The compiler looks for few
//! kernels, because a kernel costs a pass over memory on a CPU and a dispatch on a GPU.
//!
//! - The *domain* of a node is the shape its loop runs over, without axes of size 1: the node's own
//!   shape, or its argument's if it is a reshape that copies.
//! - A *group* is the set of nodes that become one kernel. All of its members have the same domain, with
//!   one exception: a reduction and what it reduces also run over [`Rows`](super::rows::Rows).
//! - The *core* of a group is its product or convolution (one at most) or its reductions (over the same
//!   rows). A group without a core is elementwise.
//! - The *epilogue* is what the group computes after its core, at each point of the result, before
//!   anything is stored. The elementwise nodes that a reduction reduces are its *prologue*.
//!
//! A network of two layers and its mean squared error, for example:
//!
//! ```text
//! node   op                     domain      group
//! z      x · w                  [64, 32]    1  core: product
//! h      tanh(z + b)            [64, 32]    1  epilogue: two nodes, in registers
//! y      h · v                  [64, 8]     2  core: product
//! e      (y − t)²               [64, 8]     3  prologue: is only summed, so it is computed there
//! l      sum of e over axis 1   [64]        3  core: reduction over 64 rows of 8
//! m      l / 8                  [64]        3  epilogue
//! ```
//!
//! Three kernels run instead of eight, and only `h` and `y` cross from one to the next through memory.
//!
//! The entry is walked in topological order. Each node begins a group of its own, which is merged with
//! the group of each operand if
//!
//! 1. one kernel can run both ([`merge`]): their domains or rows agree, and there is one core at most;
//! 2. a register can carry the value: the operand is read at the very point that is being computed, or
//!    is a value of the row that is being run over;
//! 3. no path leads from the union through another group back into it, since then neither could run
//!    first.
//!
//! What only reductions use never joins a product in front of it: it is their prologue.
//!
//! Before that, [`classify`] finds what each node is and [`parts`] adds the copies that products and
//! buffers of parts need; after it, [`place`] decides which values leave their kernel and where they go.

mod classify;
mod merge;
mod parts;
mod place;

use super::fused::{Fused, Group, Kind};
use crate::graph::{Built, NodeId};
use alloc::vec;
use alloc::vec::Vec;

/// Divides an entry into kernels.
pub fn fuse(built: &Built) -> Fused {
    let mut f = classify::classify(built);
    parts::add_operand_copies(&mut f);
    let consumers = consumers(&f);
    let summed = only_reduced(&f, &consumers);
    for id in 0..f.nodes.len() as NodeId {
        if !f.computed(id) {
            continue;
        }
        let product = (f.kinds[id as usize] == Kind::Matmul).then_some(id);
        let rows = f.rows(id);
        f.group[id as usize] = Some(f.groups.len());
        f.groups.push(Group { members: vec![id], product, rows });
        for i in 0..f.nodes[id as usize].inputs.len() {
            let Some(theirs) = f.group[f.base(id, i) as usize] else { continue };
            // What is only summed is computed where it is summed.
            if summed[id as usize] && f.groups[theirs].product.is_some() {
                continue;
            }
            let Some(mine) = f.group[id as usize] else { continue };
            let rows = f.groups[mine].rows.or(f.groups[theirs].rows);
            if f.carried(id, i, rows) {
                merge::merge(&mut f, &consumers, theirs, mine);
            }
        }
    }
    place::place_values(&mut f, &consumers);
    place::place_roots(&mut f, built);
    f
}

/// For each node, the computing nodes and concatenations that use it (views resolved).
fn consumers(f: &Fused) -> Vec<Vec<NodeId>> {
    let mut out = vec![vec![]; f.nodes.len()];
    for id in 0..f.nodes.len() as NodeId {
        if f.computed(id) || f.kinds[id as usize] == Kind::Parts {
            for i in 0..f.nodes[id as usize].inputs.len() {
                out[f.base(id, i) as usize].push(id);
            }
        }
    }
    out
}

/// The elementwise nodes that nothing but reductions and other such nodes use.
fn only_reduced(f: &Fused, consumers: &[Vec<NodeId>]) -> Vec<bool> {
    let mut only = vec![false; f.nodes.len()];
    for id in (0..f.nodes.len()).rev() {
        let used = |&c: &NodeId| {
            f.kinds[c as usize] == Kind::Reduce || only[c as usize] && f.domain(c) == f.domain(id as NodeId)
        };
        only[id] = f.kinds[id] == Kind::Map && !consumers[id].is_empty() && consumers[id].iter().all(used);
    }
    only
}
