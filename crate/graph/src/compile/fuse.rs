//! Which nodes share a kernel.

use super::list::List;
use super::rows::Rows;
use super::squeeze;
use super::views::{self, View, axes_of};
use crate::Shape;
use crate::graph::{Built, Node, NodeId};
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

    fn computed(&self, id: NodeId) -> bool {
        matches!(self.kinds[id as usize], Kind::Map | Kind::Reduce | Kind::Matmul)
    }
}

/// Divides an entry into kernels.
pub fn fuse(built: &Built) -> Fused {
    let mut f = classify(built);
    add_operand_copies(&mut f);
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
                merge(&mut f, &consumers, theirs, mine);
            }
        }
    }
    place_values(&mut f, &consumers);
    place_roots(&mut f, built);
    f
}

/// Finds what is alive, what is a view, and what is one number.
fn classify(built: &Built) -> Fused {
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
                let copy = add_copy(f, input);
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
fn part_of(f: &Fused, parts: NodeId, slot: usize) -> Option<(NodeId, Affine)> {
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
    (base.shape == shape && domain_strides(f, view.base, &affine).is_some()).then_some((view.base, affine))
}

/// Strides of a destination of node `id`, given over its own axes, over those that its kernel runs
/// over: a copying reshape's kernel runs over its argument.
pub fn domain_strides(f: &Fused, id: NodeId, affine: &Affine) -> Option<(Shape, Affine)> {
    let node = &f.nodes[id as usize];
    if node.op != Op::Reshape {
        return Some((node.shape, *affine));
    }
    let from = f.nodes[node.inputs[0] as usize].shape;
    let strides = views::reshape(&node.shape, &affine.strides, &from)?;
    Some((from, Affine { offset: affine.offset, strides }))
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

/// Lets two groups become one, if a kernel can be both.
fn merge(f: &mut Fused, consumers: &[Vec<NodeId>], theirs: usize, mine: usize) {
    if mine == theirs || !fit(f, &f.groups[theirs], &f.groups[mine]) {
        return;
    }
    let rows = f.groups[theirs].rows.or(f.groups[mine].rows);
    let inside = |n: NodeId| matches!(f.group[n as usize], Some(g) if g == mine || g == theirs);
    let members = || f.groups[theirs].members.iter().chain(&f.groups[mine].members).copied();
    // Within one kernel values cross in registers only.
    let through_memory = members().any(|m| {
        (0..f.nodes[m as usize].inputs.len()).any(|i| inside(f.base(m, i)) && !f.carried(m, i, rows))
    });
    if through_memory || leads_back(f, consumers, members(), inside) {
        return;
    }
    let Group { members, product, rows } = core::mem::take(&mut f.groups[theirs]);
    members.iter().for_each(|&m| f.group[m as usize] = Some(mine));
    let g = &mut f.groups[mine];
    g.product = g.product.or(product);
    g.rows = g.rows.or(rows);
    for m in members {
        g.members.insert(g.members.partition_point(|&other| other < m), m);
    }
}

/// Whether one kernel can run both groups' domains.
fn fit(f: &Fused, a: &Group, b: &Group) -> bool {
    let Some(rows) = a.rows.or(b.rows) else {
        return (a.product.is_none() || b.product.is_none()) && f.outer(a) == f.outer(b);
    };
    if a.product.is_some() || b.product.is_some() {
        return false;
    }
    let draws = |inner: bool| {
        a.members
            .iter()
            .chain(&b.members)
            .any(|&m| matches!(f.nodes[m as usize].op, Op::RandomBits(_)) && f.is_inner(m, &rows) == inner)
    };
    if draws(true) && !rows.trailing() {
        return false;
    }
    let members = || a.members.iter().chain(&b.members).copied();
    // What a row has drawn must not be drawn again at each of its points.
    if draws(false) && members().any(|m| uses_row(f, m, &rows)) {
        return false;
    }
    // Each group is either reductions over these rows, or elementwise along or across them.
    let alike = |g: &Group| match g.rows {
        Some(other) => other == rows,
        None => [rows.shape, rows.outer()].contains(&f.outer(g)),
    };
    if !alike(a) || !alike(b) {
        return false;
    }
    let passes = members().filter(|&m| f.kinds[m as usize] == Kind::Reduce).count();
    let last = members().filter(|&m| f.kinds[m as usize] == Kind::Reduce).max();
    let one = passes == 1 && members().all(|m| !f.is_inner(m, &rows) || Some(m) < last);
    one || rows.several_passes() && passes <= 8
}

/// Whether a member that runs along the rows uses a value of its row.
fn uses_row(f: &Fused, id: NodeId, rows: &Rows) -> bool {
    (0..f.nodes[id as usize].inputs.len()).any(|i| f.of_row(id, i, rows))
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
        let rows = f.group[id as usize].and_then(|g| f.groups[g].rows);
        for &c in &consumers[id as usize] {
            for i in 0..f.nodes[c as usize].inputs.len() {
                if f.base(c, i) != id {
                    continue;
                }
                let dest = match f.kinds[c as usize] {
                    Kind::Parts => match part_of(f, c, i) {
                        Some((_, affine)) => Dest::Part(c, affine),
                        None => continue,
                    },
                    _ if f.group[c as usize] == f.group[id as usize] && f.carried(c, i, rows) => continue,
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
    // A row may be gone over again after its values were written.
    let again = g.rows.is_some_and(|rows| {
        let along = |&m: &NodeId| {
            f.is_inner(m, &rows)
                && (uses_row(f, m, &rows)
                    || (0..f.nodes[m as usize].inputs.len()).any(|i| operand_reads(f, m, i, var)))
        };
        f.is_inner(base, &rows) || g.members.iter().any(along)
    });
    g.members.iter().any(|&m| {
        (0..f.nodes[m as usize].inputs.len()).any(|i| {
            let same_place = f.aligned(m, i)
                && !again
                && f.kinds[m as usize] != Kind::Reduce
                && g.product != Some(m)
                && f.domain(m) == f.domain(base);
            operand_reads(f, m, i, var) && !same_place
        })
    })
}
