//! Which nodes share a kernel.

use super::list::List;
use super::squeeze;
use super::views::{self, View};
use crate::Shape;
use crate::graph::{Built, Node, NodeId};
use crate::op::{Affine, Op};
use crate::program::VarId;
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
    /// A matrix product.
    Matmul,
    /// A buffer that other nodes write parts of.
    Concat,
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
    /// Groups that must run before others although no data flows: (reader, writer) of a variable.
    pub before: Vec<(usize, usize)>,
}

/// The nodes of one kernel.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// Members, ascending.
    pub members: Vec<NodeId>,
    /// The reduction or product among them.
    pub core: Option<NodeId>,
    /// Members that run before the reduction, over its argument's domain.
    pub pre: Vec<NodeId>,
}

impl Fused {
    /// The shape a node's kernel runs over: its own, or its argument's where it is a copying
    /// reshape.
    pub fn domain(&self, id: NodeId) -> Shape {
        let node = &self.nodes[id as usize];
        squeeze(&if node.op == Op::Reshape { self.nodes[node.inputs[0] as usize].shape } else { node.shape })
    }

    /// The domain that joins a group after its core.
    fn outer(&self, group: usize) -> Shape {
        let g = &self.groups[group];
        self.domain(g.core.unwrap_or(g.members[0]))
    }

    /// The nodes whose values operand `i` of `id` needs (views resolved).
    pub fn base(&self, id: NodeId, i: usize) -> NodeId {
        self.views[self.nodes[id as usize].inputs[i] as usize].base
    }

    /// Whether operand `i` of `id` is its base's value at the same point of the same domain, so
    /// that a register can carry it.
    pub fn aligned(&self, id: NodeId, i: usize) -> bool {
        let node = &self.nodes[id as usize];
        if matches!((&node.op, i), (Op::Gather | Op::GatherBytes, 0) | (Op::Pad(_), _)) {
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

    fn computed(&self, id: NodeId) -> bool {
        matches!(self.kinds[id as usize], Kind::Map | Kind::Reduce | Kind::Matmul)
    }
}

/// Divides an entry into kernels.
pub fn fuse(built: &Built) -> Fused {
    let mut f = classify(built);
    add_operand_copies(&mut f);
    let consumers = consumers(&f);
    for id in 0..f.nodes.len() as NodeId {
        if !f.computed(id) {
            continue;
        }
        let core = matches!(f.kinds[id as usize], Kind::Reduce | Kind::Matmul).then_some(id);
        f.group[id as usize] = Some(f.groups.len());
        f.groups.push(Group { members: vec![id], core, pre: vec![] });
        if f.kinds[id as usize] == Kind::Matmul {
            continue;
        }
        for i in 0..f.nodes[id as usize].inputs.len() {
            let Some(theirs) = f.group[f.base(id, i) as usize] else { continue };
            if f.aligned(id, i) {
                merge(&mut f, &consumers, theirs, id);
            }
        }
    }
    place_values(&mut f, &consumers);
    place_roots(&mut f, built);
    f
}

/// Finds what is alive, what is a view, and what is one number.
fn classify(built: &Built) -> Fused {
    let nodes = List::from(built.nodes.clone());
    let count = nodes.len();
    let mut alive = List::from(vec![false; count]);
    let roots = built.assigns.iter().map(|a| a.1).chain(built.outputs.iter().map(|o| o.1));
    let mut stack: Vec<NodeId> = roots.collect();
    while let Some(id) = stack.pop() {
        if !core::mem::replace(&mut alive[id as usize], true) {
            stack.extend(&nodes[id as usize].inputs);
        }
    }
    let mut views: List<View> = Vec::with_capacity(count).into();
    let mut kinds = List::from(vec![Kind::Dead; count]);
    for (id, node) in nodes.iter().enumerate() {
        let own = View { base: id as NodeId, affine: Affine::dense(&node.shape) };
        let view = views::resolve(node, id as NodeId, &nodes, |i| views[i as usize]);
        let copied = view.is_none();
        views.push(view.unwrap_or(own));
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
            Op::Permute(_) | Op::Broadcast | Op::Slice(_) | Op::Stop => Kind::View,
            Op::Reshape if !copied => Kind::View,
            Op::Reduce(..) => Kind::Reduce,
            Op::Matmul { .. } => Kind::Matmul,
            Op::Concat(_) => Kind::Concat,
            Op::Unary(_) | Op::Binary(_) | Op::Select if scalar => Kind::Scalar,
            _ => Kind::Map,
        };
    }
    Fused {
        group: vec![None; count].into(),
        dests: vec![vec![]; count].into(),
        groups: vec![].into(),
        before: vec![],
        nodes,
        kinds,
        views,
    }
}

/// Appends a node that copies `of` (a `Stop` that is computed).
fn add_copy(f: &mut Fused, of: NodeId) -> NodeId {
    let id = f.nodes.len() as NodeId;
    let Node { shape, dtype, .. } = f.nodes[of as usize];
    f.nodes.push(Node { op: Op::Stop, inputs: vec![of], shape, dtype });
    f.kinds.push(Kind::Map);
    f.views.push(View { base: id, affine: Affine::dense(&shape) });
    f.group.push(None);
    f.dests.push(vec![]);
    id
}

/// Copies what has to be in memory but is not put there by a kernel of its own: parts of
/// concatenations that are leaves or views, and constants under a matrix product.
fn add_operand_copies(f: &mut Fused) {
    for id in 0..f.nodes.len() {
        let op = f.nodes[id].op.clone();
        for slot in 0..f.nodes[id].inputs.len() {
            let input = f.nodes[id].inputs[slot];
            let base = f.views[input as usize].base as usize;
            let in_memory = f.computed(base as NodeId)
                || f.kinds[base] == Kind::Concat
                || matches!(f.nodes[base].op, Op::Read(_) | Op::Table(_));
            let copy = match (&op, slot) {
                _ if f.kinds[id] == Kind::Dead => false,
                (Op::Concat(_), _) => part_of(f, id as NodeId, slot).is_none() && !is_zero(f, input),
                (Op::Matmul { .. }, _) | (Op::Gather | Op::GatherBytes | Op::Pad(_), 0) => !in_memory,
                _ => false,
            };
            if copy {
                let copy = add_copy(f, input);
                f.nodes[id].inputs[slot] = copy;
            }
        }
    }
}

fn is_zero(f: &Fused, id: NodeId) -> bool {
    matches!(f.nodes[id as usize].op, Op::Const(0.0))
}

/// Where operand `slot` of a concatenation can be written by the kernel that computes it: strides
/// over its base's axes in the concatenation's buffer.
fn part_of(f: &Fused, concat: NodeId, slot: usize) -> Option<(NodeId, Affine)> {
    let node = &f.nodes[concat as usize];
    let Op::Concat(axis) = node.op else { return None };
    let axis = axis as usize;
    let part = node.inputs[slot];
    let (shape, view) = (f.nodes[part as usize].shape, f.views[part as usize]);
    let base_shape = f.nodes[view.base as usize].shape;
    let whole = view.affine.offset == 0 && view.affine.is_dense(&shape) && shape.len() == base_shape.len();
    if !f.computed(view.base) || !whole {
        return None;
    }
    let strides = node.shape.strides();
    let start: usize = node.inputs[..slot].iter().map(|&p| f.nodes[p as usize].shape.dim(axis)).sum();
    let offset = start as i32 * strides[axis];
    if (0..axis).all(|a| node.shape.dim(a) == 1) {
        return Some((view.base, Affine { offset, strides: base_shape.strides() }));
    }
    (base_shape == shape).then_some((view.base, Affine { offset, strides }))
}

/// For each node, the computing nodes and concatenations that use it (views resolved).
fn consumers(f: &Fused) -> Vec<Vec<NodeId>> {
    let mut out = vec![vec![]; f.nodes.len()];
    for id in 0..f.nodes.len() as NodeId {
        if f.computed(id) || f.kinds[id as usize] == Kind::Concat {
            for i in 0..f.nodes[id as usize].inputs.len() {
                out[f.base(id, i) as usize].push(id);
            }
        }
    }
    out
}

/// Lets node `id`'s group and group `theirs` become one, if a kernel can be both.
fn merge(f: &mut Fused, consumers: &[Vec<NodeId>], theirs: usize, id: NodeId) {
    let Some(mine) = f.group[id as usize] else { return };
    if mine == theirs {
        return;
    }
    let is_reduce = f.kinds[id as usize] == Kind::Reduce;
    if is_reduce {
        let node = &f.nodes[id as usize];
        let argument = f.nodes[node.inputs[0] as usize].shape;
        let Op::Reduce(_, mask) = node.op else { return };
        let random =
            f.groups[theirs].members.iter().any(|&m| matches!(f.nodes[m as usize].op, Op::RandomBits(_)));
        // A draw is numbered by its domain's order, which reducing leading axes would change.
        let trailing =
            (0..argument.rank()).skip_while(|a| mask & (1 << a) == 0).all(|a| mask & (1 << a) != 0);
        if f.groups[theirs].core.is_some() || f.outer(theirs) != squeeze(&argument) || (random && !trailing) {
            return;
        }
    } else if f.outer(theirs) != f.domain(id)
        || (f.groups[theirs].core.is_some() && f.groups[mine].core.is_some())
    {
        return;
    }
    let inside = |n: NodeId| matches!(f.group[n as usize], Some(g) if g == mine || g == theirs);
    let members = || f.groups[theirs].members.iter().chain(&f.groups[mine].members).copied();
    // Within one kernel values cross in registers only.
    let through_memory = members()
        .any(|m| (0..f.nodes[m as usize].inputs.len()).any(|i| inside(f.base(m, i)) && !f.aligned(m, i)));
    if through_memory || leads_back(f, consumers, members(), inside) {
        return;
    }
    let Group { members, core, pre } = core::mem::take(&mut f.groups[theirs]);
    members.iter().for_each(|&m| f.group[m as usize] = Some(mine));
    let g = &mut f.groups[mine];
    if is_reduce {
        g.pre = members.clone();
    } else {
        g.pre.extend(pre);
        g.core = g.core.or(core);
    }
    for m in members {
        g.members.insert(g.members.partition_point(|&other| other < m), m);
    }
}

/// Whether data flows from `members` out of the set and back into it.
fn leads_back(
    f: &Fused,
    consumers: &[Vec<NodeId>],
    members: impl Iterator<Item = NodeId>,
    inside: impl Fn(NodeId) -> bool,
) -> bool {
    let mut seen = vec![false; f.nodes.len()];
    let mut stack: Vec<NodeId> = vec![];
    let visit = |stack: &mut Vec<NodeId>, from: NodeId| {
        stack.extend(consumers[from as usize].iter().copied());
    };
    for m in members {
        stack.extend(consumers[m as usize].iter().copied().filter(|&c| !inside(c)));
    }
    while let Some(id) = stack.pop() {
        if inside(id) {
            return true;
        }
        if core::mem::replace(&mut seen[id as usize], true) {
            continue;
        }
        match f.group[id as usize] {
            Some(g) => f.groups[g].members.iter().for_each(|&m| {
                seen[m as usize] = true;
                visit(&mut stack, m);
            }),
            None => visit(&mut stack, id),
        }
    }
    false
}

/// Decides which values leave their kernel, and to where.
fn place_values(f: &mut Fused, consumers: &[Vec<NodeId>]) {
    for id in 0..f.nodes.len() as NodeId {
        if !f.computed(id) {
            continue;
        }
        let mut dests = vec![];
        for &c in &consumers[id as usize] {
            for i in 0..f.nodes[c as usize].inputs.len() {
                if f.base(c, i) != id {
                    continue;
                }
                let dest = match f.kinds[c as usize] {
                    Kind::Concat => match part_of(f, c, i) {
                        Some((_, affine)) => Dest::Part(c, affine),
                        None => continue,
                    },
                    _ if f.group[c as usize] == f.group[id as usize] && f.aligned(c, i) => continue,
                    _ => Dest::Work,
                };
                if !dests.contains(&dest) {
                    dests.push(dest);
                }
            }
        }
        f.dests[id as usize] = dests;
    }
}

/// Sends what the entry assigns and gives out to its place.
///
/// A variable is written directly by the kernel that computes its new value if every kernel that
/// reads the old one can run before, else through a copy at the end.
fn place_roots(f: &mut Fused, built: &Built) {
    let assigned: Vec<VarId> = built.assigns.iter().map(|a| a.0).collect();
    let mut direct = vec![];
    let mut scalars = Group::default();
    let roots = built.outputs.iter().enumerate().map(|(i, o)| (Dest::Output(i), o.1));
    let roots: Vec<(Dest, NodeId)> =
        roots.chain(built.assigns.iter().map(|a| (Dest::Var(a.0), a.1))).collect();
    for (dest, node) in roots {
        let view = f.views[node as usize];
        let shape = f.nodes[node as usize].shape;
        let whole = view.affine.offset == 0
            && view.affine.is_dense(&shape)
            && shape.len() == f.nodes[view.base as usize].shape.len();
        match dest {
            _ if !(whole && f.computed(view.base)) => {
                let reads_assigned =
                    matches!(f.nodes[view.base as usize].op, Op::Read(v) if assigned.contains(&v));
                if f.computed(view.base) {
                    keep_in_work(f, view.base);
                }
                let mut copy = add_copy(f, node);
                if shape.len() == 1 {
                    scalars.members.push(copy);
                } else {
                    alone(f, copy);
                    if reads_assigned {
                        // Two variables may be exchanged: hold the old value first.
                        f.dests[copy as usize].push(Dest::Work);
                        copy = add_copy(f, copy);
                        alone(f, copy);
                    }
                }
                f.dests[copy as usize].push(dest);
            }
            Dest::Var(var) => direct.push((var, view.base)),
            dest => f.dests[view.base as usize].push(dest),
        }
    }
    // Every scalar update of the entry (step counts and the like) shares one last kernel.
    for &m in &scalars.members {
        f.group[m as usize] = Some(f.groups.len());
    }
    f.groups.push(scalars);
    for g in 0..f.groups.len() {
        for m in f.groups[g].members.clone() {
            for dest in f.dests[m as usize].clone() {
                if let Dest::Var(var) = dest {
                    let readers = (0..f.groups.len()).filter(|&h| h != g && reads(f, h, var));
                    f.before.extend(readers.map(|h| (h, g)).collect::<Vec<_>>());
                }
            }
        }
    }
    for (var, base) in direct {
        let Some(g) = f.group[base as usize] else { continue };
        let readers: Vec<usize> = (0..f.groups.len()).filter(|&h| h != g && reads(f, h, var)).collect();
        if reads_elsewhere(f, g, base, var) || super::order::reaches(f, g, &readers) {
            keep_in_work(f, base);
            let copy = add_copy(f, base);
            let own = alone(f, copy);
            f.dests[copy as usize].push(Dest::Var(var));
            let readers = (0..f.groups.len()).filter(|&h| h != own && reads(f, h, var));
            f.before.extend(readers.map(|h| (h, own)).collect::<Vec<_>>());
        } else {
            f.dests[base as usize].push(Dest::Var(var));
            f.before.extend(readers.into_iter().map(|h| (h, g)));
        }
    }
}

fn keep_in_work(f: &mut Fused, id: NodeId) {
    if !f.dests[id as usize].contains(&Dest::Work) {
        f.dests[id as usize].push(Dest::Work);
    }
}

/// Gives a node a kernel of its own.
fn alone(f: &mut Fused, id: NodeId) -> usize {
    f.group[id as usize] = Some(f.groups.len());
    f.groups.push(Group { members: vec![id], ..Group::default() });
    f.groups.len() - 1
}

/// Whether a kernel reads a variable, directly or through a recomputed scalar.
fn reads(f: &Fused, group: usize, var: VarId) -> bool {
    f.groups[group]
        .members
        .iter()
        .any(|&m| (0..f.nodes[m as usize].inputs.len()).any(|i| operand_reads(f, m, i, var)))
}

fn operand_reads(f: &Fused, id: NodeId, i: usize, var: VarId) -> bool {
    let base = f.base(id, i);
    match f.kinds[base as usize] {
        Kind::Leaf => f.nodes[base as usize].op == Op::Read(var),
        Kind::Scalar => (0..f.nodes[base as usize].inputs.len()).any(|j| operand_reads(f, base, j, var)),
        _ => false,
    }
}

/// Whether the kernel that computes `base` reads `var` anywhere but at the very element it is
/// about to write.
fn reads_elsewhere(f: &Fused, group: usize, base: NodeId, var: VarId) -> bool {
    let g = &f.groups[group];
    g.members.iter().any(|&m| {
        (0..f.nodes[m as usize].inputs.len()).any(|i| {
            let same_place =
                f.aligned(m, i) && !g.pre.contains(&m) && g.core != Some(m) && f.domain(m) == f.domain(base);
            operand_reads(f, m, i, var) && !same_place
        })
    })
}
