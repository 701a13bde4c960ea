//! Operands that must lie in memory: copies of those that no kernel puts there, and where the kernel
//! that computes a part of a buffer can write it at once.

use crate::compile::fused::{Fused, Kind};
use crate::graph::NodeId;
use crate::op::{Affine, Op};

/// Copies what has to be in memory but is not put there by a kernel of its own: parts of
/// concatenations that are leaves or views, and constants under a matrix product.
pub fn add_operand_copies(f: &mut Fused) {
    for id in 0..f.nodes.len() {
        let op = f.nodes[id].op.clone();
        for slot in 0..f.nodes[id].inputs.len() {
            let input = f.nodes[id].inputs[slot];
            let base = f.views[input as usize].base as usize;
            let in_memory = f.computed(base as NodeId)
                || f.kinds[base] == Kind::Parts
                || matches!(f.nodes[base].op, Op::Read(_) | Op::Table(_));
            let copy = match (&op, slot) {
                _ if f.kinds[id] == Kind::Dead => false,
                _ if f.kinds[id] == Kind::Parts => {
                    part_of(f, id as NodeId, slot).is_none() && !is_zero(f, input)
                }
                _ if f.kinds[id] == Kind::Matmul => !in_memory,
                (Op::Gather | Op::GatherBytes | Op::Pad(_), 0) => !in_memory,
                _ => false,
            };
            if copy {
                let copy = f.add_copy(input);
                f.nodes[id].inputs[slot] = copy;
            }
        }
    }
}

fn is_zero(f: &Fused, id: NodeId) -> bool {
    matches!(f.nodes[id as usize].op, Op::Const(0.0))
}

/// Where operand `slot` of a buffer of parts can be written by the kernel that computes it: strides
/// over its base's axes in the buffer.
pub fn part_of(f: &Fused, parts: NodeId, slot: usize) -> Option<(NodeId, Affine)> {
    let node = &f.nodes[parts as usize];
    let part = node.inputs[slot];
    let (shape, view) = (f.nodes[part as usize].shape, f.views[part as usize]);
    let base = &f.nodes[view.base as usize];
    let whole = view.affine.offset == 0 && view.affine.is_dense(&shape) && shape.len() == base.shape.len();
    if !f.computed(view.base) || !whole {
        return None;
    }
    let strides = node.shape.strides();
    let mut offset = 0;
    match &node.op {
        Op::Concat(axis) => {
            let axis = *axis as usize;
            let start: usize = node.inputs[..slot].iter().map(|&p| f.nodes[p as usize].shape.dim(axis)).sum();
            offset = start as i32 * strides[axis];
            if (0..axis).all(|a| node.shape.dim(a) == 1) {
                return Some((view.base, Affine { offset, strides: base.shape.strides() }));
            }
        }
        Op::Pad(starts) => (0..shape.rank()).for_each(|a| offset += starts[a] as i32 * strides[a]),
        _ => return None,
    }
    let affine = Affine { offset, strides };
    (base.shape == shape && f.domain_strides(view.base, &affine).is_some()).then_some((view.base, affine))
}
