//! The graph of one entry: nodes in topological order, equal ones shared.

use crate::op::{Binary, DType, Op, ReduceOp, Unary};
use crate::program::{Group, Knob, Param, Var, VarDecl, VarId};
use crate::{Shape, Tensor};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt;
use serde::{Deserialize, Serialize};

/// Index of a node; operands always have smaller ones.
pub type NodeId = u32;

/// One operation and what it yields.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Node {
    /// What it does.
    pub op: Op,
    /// Its operands.
    pub inputs: Vec<NodeId>,
    /// Its shape.
    pub shape: Shape,
    /// Its element type.
    pub dtype: DType,
}

/// A mistake made while building a graph. The message names the op and the shapes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphError {
    /// The op that was asked for.
    pub op: String,
    /// What is wrong with its operands.
    pub message: String,
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.op, self.message)
    }
}

impl core::error::Error for GraphError {}

/// What an entry computes, keeps and gives out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Built {
    pub nodes: Vec<Node>,
    pub assigns: Vec<(VarId, NodeId)>,
    pub outputs: Vec<(String, NodeId)>,
    pub sites: u32,
}

/// A graph under construction. Tensors are handles into it.
///
/// The first mistake is remembered and [`Program::entry`](crate::Program::entry) returns it; what
/// is built after it does not matter.
pub struct Graph {
    pub(crate) vars: Vec<VarDecl>,
    inner: RefCell<Inner>,
    /// Whether a node may be replaced by one that leaves its operand out. Not while the graph is
    /// built, since a gradient may still be asked for with respect to that operand.
    complete: bool,
}

#[derive(Default)]
struct Inner {
    built: Built,
    /// The nodes by the last digits of their hash.
    known: [Vec<NodeId>; 32],
    error: Option<GraphError>,
}

impl Graph {
    pub(crate) fn new(vars: Vec<VarDecl>) -> Graph {
        Graph { vars, inner: RefCell::default(), complete: false }
    }

    pub(crate) fn finish(self) -> (Vec<VarDecl>, Result<Built, GraphError>) {
        let Inner { built, error, .. } = self.inner.into_inner();
        (self.vars, error.map_or_else(|| Ok(Graph::simplified(built)), Err))
    }

    /// The same entry of what it needs alone, simplified once more.
    fn simplified(mut built: Built) -> Built {
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

    /// Remembers the first mistake and yields a harmless scalar.
    pub(crate) fn fail(&self, op: &str, message: String) -> Tensor<'_> {
        let mut inner = self.inner.borrow_mut();
        if inner.error.is_none() {
            inner.error = Some(GraphError { op: op.to_string(), message });
        }
        drop(inner);
        self.constant(0.0)
    }

    pub(crate) fn node(&self, id: NodeId) -> Node {
        self.inner.borrow().built.nodes[id as usize].clone()
    }

    pub(crate) fn shape(&self, id: NodeId) -> Shape {
        self.inner.borrow().built.nodes[id as usize].shape
    }

    pub(crate) fn dtype(&self, id: NodeId) -> DType {
        self.inner.borrow().built.nodes[id as usize].dtype
    }

    fn const_value(&self, id: NodeId) -> Option<f32> {
        match self.inner.borrow().built.nodes[id as usize].op {
            Op::Const(c) => Some(c),
            _ => None,
        }
    }

    /// Adds a node, or finds an equal one, or a simpler equivalent.
    pub(crate) fn push(&self, op: Op, inputs: &[NodeId], shape: Shape, dtype: DType) -> Tensor<'_> {
        if let Some(id) = self.simpler(&op, inputs, shape) {
            return Tensor { graph: self, id };
        }
        let hash = hash(&op, inputs, &shape) as usize;
        let mut inner = self.inner.borrow_mut();
        let Inner { built, known, .. } = &mut *inner;
        let same = &mut known[hash % known.len()];
        for &id in same.iter() {
            let node = &built.nodes[id as usize];
            if node.op == op && node.inputs == inputs && node.shape == shape {
                return Tensor { graph: self, id };
            }
        }
        let id = built.nodes.len() as NodeId;
        same.push(id);
        built.nodes.push(Node { op, inputs: inputs.to_vec(), shape, dtype });
        Tensor { graph: self, id }
    }

    /// Constant folding and the identities that gradients produce in number.
    fn simpler(&self, op: &Op, inputs: &[NodeId], shape: Shape) -> Option<NodeId> {
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
            Op::Unary(Unary::Sqrt) => value(0).and_then(|c| constant(libm::sqrtf(c))),
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

    /// A box of a convolution or of a padded tensor, taken before instead of after: the gradient of
    /// a padded convolution cuts off what its padding would be given.
    fn slice_of(&self, starts: &[u32; 6], node: &Node, shape: Shape) -> Option<NodeId> {
        let from = node.inputs.first().map(|&id| (self.shape(id), id))?;
        match node.op {
            // Rows and columns of a convolution of a padded tensor need fewer rows and columns of it.
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
            // What is left of the padding, around what is left of the tensor.
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

    /// The sum of two tensors padded so that one ends where the other begins: they are joined. The
    /// gradients of a tensor's slices meet so.
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

    /// A number as a scalar tensor.
    pub fn constant(&self, value: f32) -> Tensor<'_> {
        self.push(Op::Const(value), &[], Shape::SCALAR, DType::F32)
    }

    /// An integer as a scalar tensor.
    pub fn constant_u(&self, value: u32) -> Tensor<'_> {
        self.push(Op::ConstU(value), &[], Shape::SCALAR, DType::U32)
    }

    /// `shape` filled with one number.
    pub fn full(&self, value: f32, shape: impl Into<Shape>) -> Tensor<'_> {
        self.push(Op::Const(value), &[], shape.into(), DType::F32)
    }

    /// Given values, row-major.
    pub fn table(&self, values: &[f32], shape: impl Into<Shape>) -> Tensor<'_> {
        let shape = shape.into();
        if values.len() != shape.len() {
            return self.fail("table", format!("{} values do not fill {shape}", values.len()));
        }
        self.push(Op::Table(values.into()), &[], shape, DType::F32)
    }

    /// The value of a live scalar: changing it recompiles nothing.
    pub fn knob(&self, knob: Knob) -> Tensor<'_> {
        self.push(Op::Knob(knob.0), &[], Shape::SCALAR, DType::F32)
    }

    /// A variable as it was when the entry started.
    pub fn read(&self, var: Var) -> Tensor<'_> {
        let decl = &self.vars[var.id().0 as usize];
        self.push(Op::Read(var.id()), &[], decl.shape, decl.dtype)
    }

    /// A parameter: a view of its group's flat variable.
    pub fn param(&self, param: Param) -> Tensor<'_> {
        let flat = self.read(param.group.var());
        flat.slice(param.offset as usize, param.shape.len()).reshape(param.shape)
    }

    /// The coordinate along `axis` of `shape`, as `u32`.
    pub fn iota(&self, shape: impl Into<Shape>, axis: usize) -> Tensor<'_> {
        let shape = shape.into();
        if axis >= shape.rank() {
            return self.fail("iota", format!("{shape} has no axis {axis}"));
        }
        self.push(Op::Iota(axis as u8), &[], shape, DType::U32)
    }

    /// Fresh random words. Every call is a draw site of its own: its ordinal within the entry is
    /// part of the key, so no optimisation ever moves a draw.
    pub fn random_bits(&self, shape: impl Into<Shape>) -> Tensor<'_> {
        let site = {
            let sites = &mut self.inner.borrow_mut().built.sites;
            *sites += 1;
            *sites - 1
        };
        self.push(Op::RandomBits(site), &[], shape.into(), DType::U32)
    }

    /// Fresh uniform numbers in (0, 1).
    pub fn uniform(&self, shape: impl Into<Shape>) -> Tensor<'_> {
        self.random_bits(shape).unary(Unary::UnitFromBits)
    }

    /// Fresh standard normal numbers: Φ⁻¹ of a uniform.
    pub fn normal(&self, shape: impl Into<Shape>) -> Tensor<'_> {
        self.uniform(shape).unary(Unary::Probit)
    }

    /// Fresh Bernoulli draws, 1 with the given probabilities, else 0; no gradient.
    pub fn bernoulli<'g>(&'g self, p: Tensor<'g>) -> Tensor<'g> {
        self.uniform(p.shape()).lt(p).stop()
    }

    /// Fresh indices, uniform in `0..n`, `u32`. The 23 random bits make the bias below n·2⁻²³.
    pub fn indices(&self, count: usize, n: usize) -> Tensor<'_> {
        let picked = (self.uniform([count]) * n as f32).unary(Unary::ToU32);
        picked.minimum(self.constant_u(n.max(1) as u32 - 1))
    }

    /// Tensors joined along an axis.
    pub fn concat<'g>(&'g self, parts: &[Tensor<'g>], axis: usize) -> Tensor<'g> {
        let Some(first) = parts.first() else {
            return self.fail("concat", "needs at least one part".to_string());
        };
        let mut size = 0;
        for part in parts {
            let (a, b) = (first.shape(), part.shape());
            let fits = a.rank() == b.rank()
                && axis < a.rank()
                && a.with(axis, 0) == b.with(axis, 0)
                && first.dtype() == part.dtype();
            if !fits {
                return self.fail("concat", format!("{a} and {b} do not join along axis {axis}"));
            }
            size += b.dim(axis);
        }
        let inputs: Vec<NodeId> = parts.iter().map(|t| t.id).collect();
        self.push(Op::Concat(axis as u8), &inputs, first.shape().with(axis, size), first.dtype())
    }

    /// The gradients of a group's parameters, flat, in the layout of the group's variable. Padding
    /// between parameters is 0.
    pub fn grad_group<'g>(&'g self, loss: Tensor<'g>, group: &Group) -> Tensor<'g> {
        let wrt: Vec<Tensor<'g>> = group.params().iter().map(|&p| self.param(p)).collect();
        self.flatten_group(group, &self.grad(loss, &wrt))
    }

    /// One tensor per parameter, in order of declaration, joined in the layout of the group's
    /// variable.
    pub fn flatten_group<'g>(&'g self, group: &Group, tensors: &[Tensor<'g>]) -> Tensor<'g> {
        if tensors.len() != group.params().len() {
            return self.fail(
                "flatten",
                format!("{} tensors for {} parameters", tensors.len(), group.params().len()),
            );
        }
        let mut parts = vec![];
        let mut at = 0;
        for (p, tensor) in group.params().iter().zip(tensors) {
            if tensor.shape() != p.shape {
                return self.fail("flatten", format!("{} does not fill {}", tensor.shape(), p.shape));
            }
            if p.offset > at {
                parts.push(self.full(0.0, [(p.offset - at) as usize]));
            }
            parts.push(tensor.reshape([p.shape.len()]));
            at = p.offset + p.shape.len() as u32;
        }
        let total = self.vars[group.var().id().0 as usize].shape.len() as u32;
        if total > at {
            parts.push(self.full(0.0, [(total - at) as usize]));
        }
        self.concat(&parts, 0)
    }

    /// Sets a variable when the entry ends. Shapes and types must agree; a variable is assigned at
    /// most once per entry.
    pub fn assign(&self, var: Var, value: Tensor<'_>) {
        let decl = &self.vars[var.id().0 as usize];
        if decl.shape != value.shape() || decl.dtype != value.dtype() {
            let message = format!(
                "'{}' is {:?} {} and cannot take {:?} {}",
                decl.name,
                decl.dtype,
                decl.shape,
                value.dtype(),
                value.shape()
            );
            self.fail("assign", message);
            return;
        }
        if !decl.role.writable() {
            self.fail("assign", format!("'{}' is written by the host only", decl.name));
            return;
        }
        if self.inner.borrow().built.assigns.iter().any(|(v, _)| *v == var.id()) {
            self.fail("assign", format!("'{}' is assigned twice in one entry", decl.name));
            return;
        }
        self.inner.borrow_mut().built.assigns.push((var.id(), value.id));
    }

    /// Gives a tensor (`f32`) out under a name for the host to read.
    pub fn output(&self, name: &str, value: Tensor<'_>) {
        if value.dtype() != DType::F32 {
            self.fail("output", format!("'{name}' must be f32"));
            return;
        }
        self.inner.borrow_mut().built.outputs.push((name.to_string(), value.id));
    }
}

/// FNV-1a over what distinguishes a node.
fn hash(op: &Op, inputs: &[NodeId], shape: &Shape) -> u64 {
    let mut h = 0xcbf2_9ce4_8422_2325u64;
    let mut mix = |x: u64| h = (h ^ x).wrapping_mul(0x0100_0000_01b3);
    for b in op.name().bytes() {
        mix(u64::from(b));
    }
    match op {
        Op::Const(c) | Op::Unary(Unary::Leaky(c) | Unary::LeakySlope(c)) => mix(u64::from(c.to_bits())),
        Op::ConstU(c) | Op::Knob(c) | Op::RandomBits(c) => mix(u64::from(*c)),
        Op::Read(v) => mix(u64::from(v.0)),
        Op::Iota(a) | Op::Reduce(_, a) | Op::Concat(a) | Op::Flip(a) => mix(u64::from(*a)),
        Op::Conv { stride } | Op::ConvWeights { stride } => mix(u64::from(*stride)),
        Op::Matmul { ta, tb } => mix(u64::from(*ta) * 2 + u64::from(*tb)),
        Op::Slice(s) | Op::Pad(s) => s.iter().for_each(|&x| mix(u64::from(x))),
        Op::Permute(p) => p.iter().for_each(|&x| mix(u64::from(x))),
        _ => {}
    }
    inputs.iter().for_each(|&i| mix(u64::from(i)));
    shape.dims().for_each(|d| mix(d as u64));
    h
}
