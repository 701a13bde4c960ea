//! What each node is: dead, a leaf, a view, a number, or something that a kernel computes.

use crate::compile::fused::{Fused, Kind};
use crate::compile::list::List;
use crate::compile::views::{self, View, axes_of};
use crate::graph::{Built, Node, NodeId};
use crate::op::{Affine, Op};
use crate::plan::Axes;
use alloc::vec;
use alloc::vec::Vec;

/// Finds what is alive, what is a view, and what is one number.
pub fn classify(built: &Built) -> Fused {
    let mut nodes = List::from(built.nodes.clone());
    let count = nodes.len();
    let mut views: List<View> = Vec::with_capacity(count).into();
    let mut copied = List::from(vec![false; count]);
    let mut factors = vec![];
    for id in 0..count {
        if matches!(nodes[id].op, Op::Matmul { .. }) {
            for slot in 0..2 {
                see_through(&mut nodes, &views, &copied, &mut factors, id, slot);
            }
        }
        let node = &nodes[id];
        let own = View { base: id as NodeId, affine: Affine::dense(&node.shape) };
        let view = views::resolve(node, id as NodeId, &nodes, |i| views[i as usize]);
        copied[id] = view.is_none();
        views.push(view.unwrap_or(own));
    }
    let mut alive = List::from(vec![false; count]);
    let mut convolved = List::from(vec![false; count]);
    let roots = built.assigns.iter().map(|a| a.1).chain(built.outputs.iter().map(|o| o.1));
    let mut stack: Vec<NodeId> = roots.collect();
    while let Some(id) = stack.pop() {
        if !core::mem::replace(&mut alive[id as usize], true) {
            let node = &nodes[id as usize];
            stack.extend(&node.inputs);
            if matches!(node.op, Op::Conv { .. } | Op::ConvWeights { .. }) {
                convolved[views[node.inputs[0] as usize].base as usize] = true;
            }
        }
    }
    let mut kinds = List::from(vec![Kind::Dead; count]);
    for (id, node) in nodes.iter().enumerate() {
        if !alive[id] {
            continue;
        }
        let scalar = node.shape.len() == 1
            && node.inputs.iter().all(|&i| {
                let base = views[i as usize].base as usize;
                matches!(kinds[base], Kind::Leaf | Kind::Scalar) && nodes[base].shape.len() == 1
            });
        kinds[id] = match &node.op {
            Op::Const(_) | Op::ConstU(_) | Op::Table(_) | Op::Knob(_) | Op::Read(_) => Kind::Leaf,
            Op::Permute(_) | Op::Broadcast | Op::Slice(_) | Op::Flip(_) | Op::Stop => Kind::View,
            Op::Reshape if !copied[id] => Kind::View,
            Op::Reduce(..) => Kind::Reduce,
            Op::Matmul { .. } | Op::Conv { .. } | Op::ConvWeights { .. } => Kind::Matmul,
            Op::Concat(_) => Kind::Parts,
            Op::Pad(_) if convolved[id] => Kind::Parts,
            Op::Unary(_) | Op::Binary(_) | Op::Select if scalar => Kind::Scalar,
            _ => Kind::Map,
        };
    }
    Fused {
        group: vec![None; count].into(),
        dests: vec![vec![]; count].into(),
        groups: vec![].into(),
        before: vec![],
        factors,
        nodes,
        kinds,
        views,
    }
}

/// Lets a product read what its factor `slot` copies into another shape, if several strides per
/// axis can say where the elements are: the heads of attention, joined, for example.
fn see_through(
    nodes: &mut List<Node>,
    views: &List<View>,
    copied: &List<bool>,
    factors: &mut Vec<((NodeId, usize), Vec<Axes>)>,
    id: usize,
    slot: usize,
) {
    let input = nodes[id].inputs[slot] as usize;
    if !copied[input] {
        return;
    }
    let from = nodes[input].inputs[0];
    let axes =
        axes_of(&nodes[from as usize].shape, &views[from as usize].affine.strides, &nodes[input].shape);
    if let Some(axes) = axes {
        factors.push(((id as NodeId, slot), axes));
        nodes[id].inputs[slot] = from;
    }
}
