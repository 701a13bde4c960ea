//! Reverse-mode differentiation: each op's rule beside its forward formula.
//!
//! The backward pass is more nodes of the same graph, so it can be differentiated again, and the
//! compiler fuses it like anything else.

use crate::graph::Graph;
use crate::op::{Binary, DType, Op, ReduceOp, Unary};
use crate::{Shape, Tensor};
use alloc::vec;
use alloc::vec::Vec;

impl Graph {
    /// The gradients of a scalar with respect to each tensor of `wrt`. A tensor the loss does not
    /// depend on has gradient 0.
    pub fn grad<'g>(&'g self, loss: Tensor<'g>, wrt: &[Tensor<'g>]) -> Vec<Tensor<'g>> {
        if loss.shape().len() != 1 {
            self.fail("grad", alloc::format!("the loss must be one number, not {}", loss.shape()));
            return wrt.iter().map(|w| self.full(0.0, w.shape())).collect();
        }
        let count = loss.id as usize + 1;
        // Only what lies between the loss and `wrt` needs a gradient.
        let mut needed = vec![false; count];
        for id in 0..count {
            let hit = wrt.iter().any(|w| w.id as usize == id);
            needed[id] = hit || self.node(id as u32).inputs.iter().any(|&i| needed[i as usize]);
        }
        let mut grads: Vec<Option<Tensor<'g>>> = vec![None; count];
        grads[loss.id as usize] = Some(self.full(1.0, loss.shape()));
        for id in (0..count).rev() {
            // A tensor of `wrt` may itself depend on another one, so its gradient flows on.
            let Some(dy) = grads[id] else { continue };
            if !needed[id] {
                continue;
            }
            let y = Tensor { graph: self, id: id as u32 };
            let node = self.node(id as u32);
            let inputs: Vec<Tensor<'g>> = node.inputs.iter().map(|&id| Tensor { graph: self, id }).collect();
            for (i, &x) in inputs.iter().enumerate() {
                if !needed[x.id as usize] || x.dtype() != DType::F32 {
                    continue;
                }
                if let Some(dx) = rule(&node.op, i, &inputs, y, dy) {
                    let sum = grads[x.id as usize].map_or(dx, |g| g + dx);
                    grads[x.id as usize] = Some(sum);
                }
            }
        }
        wrt.iter()
            .map(|w| grads.get(w.id as usize).copied().flatten().unwrap_or_else(|| self.full(0.0, w.shape())))
            .collect()
    }
}

/// The gradient with respect to operand `i` of `y = op(x…)`, given `dy`.
fn rule<'g>(op: &Op, i: usize, x: &[Tensor<'g>], y: Tensor<'g>, dy: Tensor<'g>) -> Option<Tensor<'g>> {
    let g = y.graph;
    Some(match op {
        Op::Unary(u) => return unary(*u, x[0], y, dy),
        Op::Binary(b) => return binary(*b, i, x[0], x[1], y, dy),
        // y = c > 0 ? a : b
        Op::Select => {
            let zero = g.constant(0.0);
            match i {
                1 => x[0].select(dy, zero),
                2 => x[0].select(zero, dy),
                _ => return None,
            }
        }
        // y = Σ x
        Op::Reduce(ReduceOp::Sum, mask) => spread(dy, x[0].shape(), *mask),
        // y = max x; ties share the gradient
        Op::Reduce(ReduceOp::Max, mask) => {
            let hits = x[0].equal(spread(y, x[0].shape(), *mask));
            let axes: Vec<usize> = (0..x[0].shape().rank()).filter(|a| mask & (1 << a) != 0).collect();
            hits * spread(dy / hits.sum_axes(&axes), x[0].shape(), *mask)
        }
        // C = A·B, with either operand stored transposed
        Op::Matmul { ta, tb } => {
            let (a, b) = (x[0], x[1]);
            match (i, ta) {
                (0, false) => dy.matmul_flags(b, false, !tb),
                (0, true) => b.matmul_flags(dy, *tb, true),
                _ if !tb => a.matmul_flags(dy, !ta, false),
                _ => dy.matmul_flags(a, true, *ta),
            }
        }
        Op::Conv { stride } => match i {
            0 => dy.conv_input(x[1], *stride as usize, x[0].shape()),
            _ => x[0].conv_weights(dy, *stride as usize, x[1].shape()),
        },
        // dw = Σ dy·x over all windows is linear in x and in dy, and its gradients are convolutions.
        Op::ConvWeights { stride } => match i {
            0 => x[1].conv_input(dy, *stride as usize, x[0].shape()),
            _ => x[0].conv(dy, *stride as usize, 0),
        },
        Op::Flip(mask) => dy.flip_mask(*mask),
        Op::Reshape => dy.reshape(x[0].shape()),
        Op::Permute(perm) => {
            let mut inverse = [0; 6];
            let rank = y.shape().rank();
            (0..rank).for_each(|a| inverse[perm[a] as usize] = a);
            dy.permute(&inverse[..rank])
        }
        // y repeats x
        Op::Broadcast => {
            let (from, to) = (x[0].shape(), y.shape());
            let lead = to.rank() - from.rank();
            let axes: Vec<usize> =
                (0..to.rank()).filter(|&a| a < lead || from.dim(a - lead) != to.dim(a)).collect();
            dy.sum_axes(&axes).reshape(from)
        }
        Op::Slice(starts) => {
            let from = x[0].shape();
            (0..from.rank()).fold(dy, |t, a| {
                let start = starts[a] as usize;
                t.pad(a, start, from.dim(a) - start - t.shape().dim(a))
            })
        }
        Op::Pad(starts) => {
            let from = x[0].shape();
            (0..from.rank()).fold(dy, |t, a| t.slice_axis(a, starts[a] as usize, from.dim(a)))
        }
        Op::Concat(axis) => {
            let axis = *axis as usize;
            let start = x[..i].iter().map(|t| t.shape().dim(axis)).sum();
            dy.slice_axis(axis, start, x[i].shape().dim(axis))
        }
        // y[b] = table[index[b]]. The gradient is a product with a one-hot matrix: unlike atomic additions,
        // it sums in the same order every time.
        Op::Gather if i == 0 => {
            let (rows, batch) = (x[0].shape().dim(0), x[1].shape().len());
            let width = x[0].shape().len() / rows.max(1);
            let index = x[1].reshape([batch, 1]);
            let one_hot = index.equal(g.iota([batch, rows], 1));
            one_hot.matmul_tn(dy.reshape([batch, width])).reshape(x[0].shape())
        }
        _ => return None,
    })
}

/// Repeats a reduced tensor over the axes that were reduced away.
fn spread<'g>(small: Tensor<'g>, shape: Shape, mask: u8) -> Tensor<'g> {
    let mut kept = shape;
    for a in 0..shape.rank() {
        if mask & (1 << a) != 0 {
            kept = kept.with(a, 1);
        }
    }
    small.reshape(kept).broadcast(shape)
}

fn unary<'g>(op: Unary, x: Tensor<'g>, y: Tensor<'g>, dy: Tensor<'g>) -> Option<Tensor<'g>> {
    Some(match op {
        Unary::Neg => -dy,
        Unary::Exp => dy * y,
        Unary::Log => dy / x,
        Unary::Sqrt => dy * 0.5 / y,
        Unary::Tanh => dy * (1.0 - y.square()),
        Unary::Sigmoid => dy * (y * (1.0 - y)),
        Unary::Softplus => dy * x.sigmoid(),
        Unary::Abs => dy * x.unary(Unary::Sign),
        Unary::Sin => dy * x.cos(),
        Unary::Cos => -(dy * x.sin()),
        // The output has the sign of the input.
        Unary::Leaky(slope) => dy * y.unary(Unary::LeakySlope(slope)),
        // dΦ⁻¹/du = 1/φ(y)
        Unary::Probit => dy * ((y.square() * 0.5).exp() * crate::real::sqrtf(core::f32::consts::TAU)),
        Unary::Sign | Unary::Floor | Unary::LeakySlope(_) => return None,
        Unary::UnitFromBits | Unary::ToF32 | Unary::ToU32 => return None,
    })
}

fn binary<'g>(
    op: Binary,
    i: usize,
    a: Tensor<'g>,
    b: Tensor<'g>,
    y: Tensor<'g>,
    dy: Tensor<'g>,
) -> Option<Tensor<'g>> {
    let zero = y.graph.constant(0.0);
    Some(match (op, i) {
        (Binary::Add, _) | (Binary::Sub, 0) => dy,
        (Binary::Sub, _) => -dy,
        (Binary::Mul, 0) => dy * b,
        (Binary::Mul, _) => dy * a,
        (Binary::Div, 0) => dy / b,
        (Binary::Div, _) => -(dy * y / b),
        // At a tie the first operand takes the gradient.
        (Binary::Max, 0) => b.binary(Binary::Le, a).select(dy, zero),
        (Binary::Max, _) => a.lt(b).select(dy, zero),
        (Binary::Min, 0) => a.binary(Binary::Le, b).select(dy, zero),
        (Binary::Min, _) => b.lt(a).select(dy, zero),
        (Binary::Pow, 0) => dy * b * y / a,
        (Binary::Pow, _) => dy * y * a.ln(),
        _ => return None,
    })
}
