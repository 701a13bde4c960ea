//! Simplification: constant folding, and the algebraic identities that differentiation produces many of
//! (x + 0, x · 1, slices of what was padded).
//!
//! It happens twice. Each node is simplified as it is added, by rules that keep its operands. When the
//! entry is complete, dead nodes are dropped and the rest are added to a new graph, now by all rules: no
//! gradient will be asked for any more, so a node may skip its operand and read the operand's operand.

use super::{Built, Graph, Node, NodeId};
use crate::Shape;
use crate::op::{Binary, DType, Op, ReduceOp, Unary};
use alloc::vec;
use alloc::vec::Vec;

impl Graph {
    /// The entry without its dead nodes, simplified once more.
    pub(super) fn simplified(mut built: Built) -> Built {
        let mut needed = vec![false; built.nodes.len()];
        let roots = built.assigns.iter().map(|a| a.1).chain(built.outputs.iter().map(|o| o.1));
        roots.for_each(|id| needed[id as usize] = true);
        for (id, node) in built.nodes.iter().enumerate().rev() {
            if needed[id] {
                node.inputs.iter().for_each(|&i| needed[i as usize] = true);
            }
        }
        let graph = Graph { complete: true, ..Graph::new(vec![]) };
        let mut ids = vec![0; needed.len()];
        for (id, node) in core::mem::take(&mut built.nodes).into_iter().enumerate() {
            if needed[id] {
                let inputs: Vec<NodeId> = node.inputs.iter().map(|&i| ids[i as usize]).collect();
                ids[id] = graph.push(node.op, &inputs, node.shape, node.dtype).id;
            }
        }
        built.assigns.iter_mut().for_each(|a| a.1 = ids[a.1 as usize]);
        built.outputs.iter_mut().for_each(|o| o.1 = ids[o.1 as usize]);
        built.nodes = graph.inner.into_inner().built.nodes;
        built
    }

    /// A node that already has the value of `op`, or a simpler one for it, if a rule applies.
    pub(super) fn simpler(&self, op: &Op, inputs: &[NodeId], shape: Shape) -> Option<NodeId> {
        let value = |i: usize| inputs.get(i).and_then(|&id| self.const_value(id));
        let constant = |c: f32| Some(self.push(Op::Const(c), &[], shape, DType::F32).id);
        match op {
            Op::Reshape | Op::Broadcast if self.shape(inputs[0]) == shape => Some(inputs[0]),
            Op::Reshape | Op::Broadcast | Op::Permute(_) | Op::Slice(_) | Op::Flip(_)
                if value(0).is_some() =>
            {
                constant(value(0)?)
            }
            Op::Reshape if self.complete => {
                let inner = self.node(inputs[0]);
                matches!(inner.op, Op::Reshape)
                    .then(|| self.push(Op::Reshape, &inner.inputs, shape, inner.dtype).id)
            }
            Op::Permute(perm) if (0..shape.rank()).all(|a| perm[a] as usize == a) => Some(inputs[0]),
            Op::Slice(_) if self.shape(inputs[0]) == shape => Some(inputs[0]),
            Op::Slice(starts) if self.complete => self.slice_of(starts, &self.node(inputs[0]), shape),
            Op::Flip(0) => Some(inputs[0]),
            Op::Pad(_) if self.shape(inputs[0]) == shape => Some(inputs[0]),
            Op::Pad(starts) if self.complete => {
                let inner = self.node(inputs[0]);
                let Op::Pad(first) = inner.op else { return None };
                let starts = core::array::from_fn(|a| first[a] + starts[a]);
                Some(self.push(Op::Pad(starts), &inner.inputs, shape, inner.dtype).id)
            }
            Op::Concat(_) if inputs.len() == 1 => Some(inputs[0]),
            Op::Unary(Unary::Neg) => value(0).and_then(|c| constant(-c)),
            Op::Unary(Unary::Exp) => value(0).and_then(|c| constant(libm::expf(c))),
            Op::Unary(Unary::Log) => value(0).and_then(|c| constant(libm::logf(c))),
            Op::Unary(Unary::Sqrt) => value(0).and_then(|c| constant(crate::real::sqrtf(c))),
            Op::Binary(Binary::Add) => match (value(0), value(1)) {
                (Some(a), Some(b)) => constant(a + b),
                (Some(0.0), _) => Some(inputs[1]),
                (_, Some(0.0)) => Some(inputs[0]),
                _ if self.complete => self.joined(inputs, shape),
                _ => None,
            },
            Op::Binary(Binary::Sub) => match (value(0), value(1)) {
                (Some(a), Some(b)) => constant(a - b),
                (_, Some(0.0)) => Some(inputs[0]),
                _ => None,
            },
            Op::Binary(Binary::Mul) => match (value(0), value(1)) {
                (Some(a), Some(b)) => constant(a * b),
                (Some(0.0), _) | (_, Some(0.0)) => constant(0.0),
                (Some(1.0), _) => Some(inputs[1]),
                (_, Some(1.0)) => Some(inputs[0]),
                _ => None,
            },
            Op::Binary(Binary::Div) => match (value(0), value(1)) {
                (Some(a), Some(b)) => constant(a / b),
                (_, Some(1.0)) => Some(inputs[0]),
                _ => None,
            },
            Op::Reduce(ReduceOp::Sum, _) => {
                let count = self.shape(inputs[0]).len() / shape.len().max(1);
                value(0).and_then(|c| constant(c * count as f32))
            }
            Op::Reduce(ReduceOp::Max, _) => value(0).and_then(constant),
            _ => None,
        }
    }

    /// A slice of a convolution or of a padded tensor, with the slice moved to its operand. The gradient
    /// of a padded convolution needs this: it computes a gradient for the padding, too, and slices it
    /// off.
    fn slice_of(&self, starts: &[u32; 6], node: &Node, shape: Shape) -> Option<NodeId> {
        let from = node.inputs.first().map(|&id| (self.shape(id), id))?;
        match node.op {
            // A part of the result needs a part of the rows and columns of the operand only.
            Op::Conv { stride } if matches!(self.node(from.1).op, Op::Pad(_)) => {
                if shape.dim(0) != node.shape.dim(0) || shape.dim(3) != node.shape.dim(3) {
                    return None;
                }
                let window = self.shape(node.inputs[1]);
                let mut begin = [0; 6];
                let mut needed = from.0;
                for a in [1, 2] {
                    begin[a] = starts[a] * stride;
                    needed = needed.with(a, (shape.dim(a) - 1) * stride as usize + window.dim(a - 1));
                }
                let part = self.push(Op::Slice(begin), &[from.1], needed, node.dtype);
                Some(self.push(node.op.clone(), &[part.id, node.inputs[1]], shape, node.dtype).id)
            }
            // The padding that the slice keeps, around the part of the tensor that it keeps.
            Op::Pad(before) => {
                let (mut begin, mut left, mut kept) = ([0; 6], [0; 6], from.0);
                for a in 0..shape.rank() {
                    let (lo, hi) = (starts[a], starts[a] + shape.dim(a) as u32);
                    let end = before[a] + from.0.dim(a) as u32;
                    if lo >= end || hi <= before[a] {
                        return None;
                    }
                    begin[a] = lo.saturating_sub(before[a]);
                    left[a] = before[a].saturating_sub(lo);
                    kept = kept.with(a, (hi.min(end) - lo.max(before[a])) as usize);
                }
                let part = self.push(Op::Slice(begin), &[from.1], kept, node.dtype);
                Some(self.push(Op::Pad(left), &[part.id], shape, node.dtype).id)
            }
            _ => None,
        }
    }

    /// The sum of two padded tensors, one of which ends where the other begins, is their concatenation.
    /// The gradients of neighbouring slices of a tensor are added in this way.
    fn joined(&self, inputs: &[NodeId], shape: Shape) -> Option<NodeId> {
        let pads = [self.node(inputs[0]), self.node(inputs[1])];
        let [Op::Pad(s), Op::Pad(t)] = [&pads[0].op, &pads[1].op] else { return None };
        let parts = [0, 1].map(|i| pads[i].inputs[0]);
        let shapes = parts.map(|id| self.shape(id));
        let axis = (0..shape.rank()).find(|&a| s[a] != t[a])?;
        if (0..shape.rank()).any(|a| a != axis && (s[a] != t[a] || shapes[0].dim(a) != shapes[1].dim(a))) {
            return None;
        }
        let first = usize::from(s[axis] > t[axis]);
        let starts = [s, t][first];
        if starts[axis] as usize + shapes[first].dim(axis) != [s, t][1 - first][axis] as usize {
            return None;
        }
        let mut all = vec![];
        for i in [first, 1 - first] {
            // A concatenation of concatenations is one.
            let node = self.node(parts[i]);
            if node.op == Op::Concat(axis as u8) { all.extend(node.inputs) } else { all.push(parts[i]) }
        }
        let whole = shapes[0].with(axis, shapes[0].dim(axis) + shapes[1].dim(axis));
        let joined = self.push(Op::Concat(axis as u8), &all, whole, pads[0].dtype);
        Some(self.push(Op::Pad(*starts), &[joined.id], shape, pads[0].dtype).id)
    }
}
