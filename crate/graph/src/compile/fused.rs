//! An entry as the compiler sees it: nodes, what each is, and the groups that kernels are made of. The
//! words are explained in [`fuse`](super::fuse), which fills it in.

use super::list::List;
use super::rows::Rows;
use super::squeeze;
use super::views::{self, View};
use crate::Shape;
use crate::graph::{Node, NodeId};
use crate::op::{Affine, Op, VarId};
use crate::plan::Axes;
use alloc::vec;
use alloc::vec::Vec;

/// What a node is to the compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Not needed by any root.
    Dead,
    /// Memory or a constant: no kernel computes it.
    Leaf,
    /// Strides over another node.
    View,
    /// One number, computed again wherever it is used.
    Scalar,
    /// Computed element by element.
    Map,
    /// A reduction.
    Reduce,
    /// A matrix product or a convolution.
    Matmul,
    /// A buffer that other nodes write parts of: a concatenation, or the zeros around an image
    /// that is convolved.
    Parts,
}

/// Where a node's value has to be written.
#[derive(Clone, Debug, PartialEq)]
pub enum Dest {
    /// Its own work buffer.
    Work,
    /// A part of a concatenation's buffer.
    Part(NodeId, Affine),
    /// A variable.
    Var(VarId),
    /// Output number i.
    Output(usize),
}

/// One entry, divided into groups.
pub struct Fused {
    /// The entry's nodes, and copies the compiler added behind them.
    pub nodes: List<Node>,
    /// What each node is.
    pub kinds: List<Kind>,
    /// Where each node's elements are found.
    pub views: List<View>,
    /// The group that computes each node.
    pub group: List<Option<usize>>,
    /// The groups' members, ascending.
    pub groups: List<Group>,
    /// Where each node's value goes.
    pub dests: List<Vec<Dest>>,
    /// Factors of products that are reshaped in a way that one stride per axis cannot say: whose they
    /// are, and the axes over the reshaped node that make up each axis of the factor.
    pub factors: Vec<((NodeId, usize), Vec<Axes>)>,
    /// Groups that must run before others although no data flows: (reader, writer) of a variable.
    pub before: Vec<(usize, usize)>,
}

/// The nodes of one kernel.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// Members, ascending.
    pub members: Vec<NodeId>,
    /// The product among them.
    pub product: Option<NodeId>,
    /// What its reductions run over, if it has any.
    pub rows: Option<Rows>,
}

impl Fused {
    /// The shape a node's kernel runs over: its own, or its argument's where it is a copying
    /// reshape.
    pub fn domain(&self, id: NodeId) -> Shape {
        let node = &self.nodes[id as usize];
        squeeze(&if node.op == Op::Reshape { self.nodes[node.inputs[0] as usize].shape } else { node.shape })
    }

    /// The domain of a group: of what follows its product or reduction.
    pub fn outer(&self, group: &Group) -> Shape {
        match group.rows {
            Some(rows) => rows.outer(),
            None => self.domain(group.product.unwrap_or(group.members[0])),
        }
    }

    /// The nodes whose values operand `i` of `id` needs (views resolved).
    pub fn base(&self, id: NodeId, i: usize) -> NodeId {
        self.views[self.nodes[id as usize].inputs[i] as usize].base
    }

    /// Whether operand `i` of `id` is its base's value at the same point of the same domain, so
    /// that a register can carry it.
    pub fn aligned(&self, id: NodeId, i: usize) -> bool {
        let node = &self.nodes[id as usize];
        let from_memory = matches!((&node.op, i), (Op::Gather | Op::GatherBytes, 0) | (Op::Pad(_), _));
        if from_memory || self.kinds[id as usize] == Kind::Matmul {
            return false;
        }
        let input = node.inputs[i];
        let view = &self.views[input as usize];
        let base = squeeze(&self.nodes[view.base as usize].shape);
        let here = match node.op {
            Op::Reduce(..) | Op::Reshape => squeeze(&self.nodes[input as usize].shape),
            _ => self.domain(id),
        };
        base == here
            && squeeze(&self.nodes[input as usize].shape) == base
            && view.affine.offset == 0
            && view.affine.is_dense(&self.nodes[input as usize].shape)
    }

    /// Whether a kernel computes the node into a register.
    pub fn computed(&self, id: NodeId) -> bool {
        matches!(self.kinds[id as usize], Kind::Map | Kind::Reduce | Kind::Matmul)
    }

    /// The rows of a reduction.
    pub fn rows(&self, id: NodeId) -> Option<Rows> {
        let node = &self.nodes[id as usize];
        match node.op {
            Op::Reduce(_, mask) if self.kinds[id as usize] == Kind::Reduce => {
                Some(Rows::new(&self.nodes[node.inputs[0] as usize].shape, mask))
            }
            _ => None,
        }
    }

    /// Whether a member of a kernel over `rows` runs at every inner point, not once a row.
    pub fn is_inner(&self, id: NodeId, rows: &Rows) -> bool {
        self.kinds[id as usize] != Kind::Reduce && self.domain(id) == rows.shape
    }

    /// Whether operand `i` of `id` is a value of its row, so that within a kernel over `rows` every
    /// inner point can take it from a register.
    pub fn of_row(&self, id: NodeId, i: usize, rows: &Rows) -> bool {
        let node = &self.nodes[id as usize];
        if !matches!(node.op, Op::Unary(_) | Op::Binary(_) | Op::Select) || !self.is_inner(id, rows) {
            return false;
        }
        let view = &self.views[node.inputs[i] as usize];
        let base = squeeze(&self.nodes[view.base as usize].shape);
        let outer = rows.outer();
        let strides = outer.strides();
        let wide = (0..node.shape.rank()).filter(|&a| node.shape.dim(a) != 1);
        let mut kept = 0;
        base == outer
            && view.affine.offset == 0
            && wide.enumerate().all(|(at, a)| {
                let stride = view.affine.strides[a];
                if rows.reduced(at) {
                    return stride == 0;
                }
                kept += 1;
                stride == strides[kept - 1]
            })
    }

    /// Whether a register can carry operand `i` to `id` inside one kernel, which runs over `rows` if
    /// it has a reduction.
    pub fn carried(&self, id: NodeId, i: usize, rows: Option<Rows>) -> bool {
        self.aligned(id, i) || rows.is_some_and(|rows| self.of_row(id, i, &rows))
    }

    /// Whether a member that runs along the rows uses a value of its row.
    pub fn uses_row(&self, id: NodeId, rows: &Rows) -> bool {
        (0..self.nodes[id as usize].inputs.len()).any(|i| self.of_row(id, i, rows))
    }

    /// Strides of a destination of node `id`, given over its own axes, over those that its kernel runs
    /// over: a copying reshape's kernel runs over its argument.
    pub fn domain_strides(&self, id: NodeId, affine: &Affine) -> Option<(Shape, Affine)> {
        let node = &self.nodes[id as usize];
        if node.op != Op::Reshape {
            return Some((node.shape, *affine));
        }
        let from = self.nodes[node.inputs[0] as usize].shape;
        let strides = views::reshape(&node.shape, &affine.strides, &from)?;
        Some((from, Affine { offset: affine.offset, strides }))
    }

    /// Appends a node that copies `of` (a `Stop` that is computed).
    pub fn add_copy(&mut self, of: NodeId) -> NodeId {
        let id = self.nodes.len() as NodeId;
        let Node { shape, dtype, .. } = self.nodes[of as usize];
        self.nodes.push(Node { op: Op::Stop, inputs: vec![of], shape, dtype });
        self.kinds.push(Kind::Map);
        self.views.push(View { base: id, affine: Affine::dense(&shape) });
        self.group.push(None);
        self.dests.push(vec![]);
        id
    }
}
