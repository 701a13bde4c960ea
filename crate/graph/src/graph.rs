//! The graph of one entry: nodes in topological order, equal ones shared.

mod leaves;
mod simplify;

use crate::Shape;
use crate::op::{DType, Op, Unary, VarId};
use crate::var::VarDecl;
use alloc::string::{String, ToString};
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

/// A handle to a node of a graph. Operators broadcast by NumPy's rule.
#[derive(Clone, Copy)]
pub struct Tensor<'g> {
    pub(crate) graph: &'g Graph,
    pub(crate) id: NodeId,
}

impl<'g> Tensor<'g> {
    /// The graph it belongs to.
    pub fn graph(self) -> &'g Graph {
        self.graph
    }

    /// The node it stands for.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// Its shape.
    pub fn shape(self) -> Shape {
        self.graph.shape(self.id)
    }

    /// Its element type.
    pub fn dtype(self) -> DType {
        self.graph.dtype(self.id)
    }
}

/// A graph under construction. Tensors are handles into it.
///
/// The first mistake is remembered and [`Program::entry`](crate::Program::entry) returns it; what
/// is built after it does not matter.
pub struct Graph {
    pub(crate) vars: Vec<VarDecl>,
    inner: RefCell<Inner>,
    /// Whether a node may skip its operand and read the operand's operand. Not while the graph is
    /// built: a gradient with respect to the skipped operand may still be asked for.
    complete: bool,
}

#[derive(Default)]
struct Inner {
    built: Built,
    /// The nodes by hash, to find equal ones.
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
