//! Views as strides. A view op moves no data where its result can be addressed by one stride per
//! axis over the node it looks at.

use crate::Shape;
use crate::graph::{Node, NodeId};
use crate::op::{Affine, Op};
use crate::plan::Axes;
use alloc::vec;
use alloc::vec::Vec;

/// How a node's elements are found: strides over the dense layout of another node.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// The node that is looked at; not a view itself.
    pub base: NodeId,
    /// Strides over `base`'s dense layout, one per axis of the view.
    pub affine: Affine,
}

/// Resolves node `id`, whose operands' views are `of`. `None` for a reshape that strides cannot
/// express, which has to copy.
pub fn resolve(node: &Node, id: NodeId, nodes: &[Node], of: impl Fn(NodeId) -> View) -> Option<View> {
    let own = View { base: id, affine: Affine::dense(&node.shape) };
    let Some(&input) = node.inputs.first() else { return Some(own) };
    let from = of(input);
    let from_shape = nodes[input as usize].shape;
    let mut affine = Affine { offset: from.affine.offset, strides: [0; 6] };
    let old = &from.affine.strides;
    match &node.op {
        Op::Stop => affine = from.affine,
        Op::Permute(perm) => (0..node.shape.rank()).for_each(|a| affine.strides[a] = old[perm[a] as usize]),
        Op::Broadcast => {
            let lead = node.shape.rank() - from_shape.rank();
            for a in lead..node.shape.rank() {
                if from_shape.dim(a - lead) == node.shape.dim(a) {
                    affine.strides[a] = old[a - lead];
                }
            }
        }
        Op::Slice(starts) => {
            affine.strides = *old;
            for a in 0..node.shape.rank() {
                affine.offset += starts[a] as i32 * old[a];
            }
        }
        Op::Flip(mask) => {
            affine.strides = *old;
            for a in (0..node.shape.rank()).filter(|a| mask & (1 << a) != 0) {
                affine.offset += (node.shape.dim(a) as i32 - 1) * old[a];
                affine.strides[a] = -old[a];
            }
        }
        Op::Reshape => affine.strides = reshape(&from_shape, old, &node.shape)?,
        _ => return Some(own),
    }
    Some(View { base: from.base, affine })
}

/// Strides of `to` over the elements that `from` addresses, if a stride per axis can express them:
/// runs of axes with equal products are matched, and each old run must be evenly spaced.
pub fn reshape(from: &Shape, strides: &[i32; 6], to: &Shape) -> Option<[i32; 6]> {
    let old: Vec<(usize, i32)> =
        from.dims().zip(strides).filter(|(d, _)| *d != 1).map(|(d, s)| (d, *s)).collect();
    let mut out = [0; 6];
    let (mut i, mut a) = (0, 0);
    while a < to.rank() {
        if to.dim(a) == 1 {
            a += 1;
            continue;
        }
        let (first_old, first_new) = (i, a);
        let (mut p, mut q) = (old.get(i)?.0, to.dim(a));
        i += 1;
        a += 1;
        while p != q {
            if p < q {
                p *= old.get(i)?.0;
                i += 1;
            } else {
                q *= to.dim(a);
                a += 1;
            }
        }
        let run = &old[first_old..i];
        if run.windows(2).any(|w| w[0].1 != w[1].1 * w[1].0 as i32) {
            return None;
        }
        let mut stride = run.last()?.1;
        for axis in (first_new..a).rev() {
            if to.dim(axis) != 1 {
                out[axis] = stride;
                stride *= to.dim(axis) as i32;
            }
        }
    }
    Some(out)
}

/// The axes of `from`, addressed by `strides`, that make up each axis of `to`, a reshape of it; an
/// axis may be cut in two. `None` where their sizes do not fit into one another.
pub fn axes_of(from: &Shape, strides: &[i32; 6], to: &Shape) -> Option<Vec<Axes>> {
    let mut old = from.dims().zip(*strides).filter(|a| a.0 != 1);
    // What is left of the axis that was begun.
    let mut rest = (1, 0);
    let mut out = vec![];
    for size in to.dims() {
        let mut parts = vec![];
        let mut missing = size;
        while missing > 1 {
            if rest.0 == 1 {
                rest = old.next()?;
            }
            let (has, stride) = rest;
            if missing.is_multiple_of(has) {
                parts.push(rest);
                missing /= has;
                rest.0 = 1;
            } else if has.is_multiple_of(missing) {
                rest.0 = has / missing;
                parts.push((missing, stride * rest.0 as i32));
                missing = 1;
            } else {
                return None;
            }
        }
        out.push(Axes::new(parts));
    }
    Some(out)
}
