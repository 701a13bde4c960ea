//! Groups written out as kernels.

use super::fused::{Dest, Fused, Group, Kind};
use super::memory::Memory;
use super::rows::Rows;
use crate::Shape;
use crate::graph::NodeId;
use crate::op::{Affine, Binary, DType, Op};
use crate::plan::{
    Access, Arena, Axes, Body, Core, Factor, Guard, Instr, Kernel, Loc, Output, Pass, Reg, Store, VarPlan,
};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// Where everything is.
pub struct Places<'a> {
    /// The variables.
    pub vars: &'a [VarPlan],
    /// The entry's work buffers.
    pub memory: &'a Memory,
    /// Where the entry's reserved part of the work arena begins.
    pub reserved: u32,
    /// The entry's outputs.
    pub outputs: &'a [Output],
}

/// Writes the groups out in order. `draws` is where the entry's keys and counter are and how many
/// sites it has; `table` places a constant table.
pub fn lower(
    f: &Fused,
    order: &[usize],
    places: &Places,
    knobs: Loc,
    draws: (Loc, Loc, u32),
    table: &mut dyn FnMut(&[f32]) -> Loc,
) -> Vec<Kernel> {
    let mut tables: Vec<(NodeId, Loc)> = vec![];
    for (id, node) in f.nodes.iter().enumerate() {
        if let (Op::Table(values), Kind::Leaf) = (&node.op, f.kinds[id]) {
            tables.push((id as NodeId, table(values)));
        }
    }
    let writer = Writer { f, places, knobs, keys: draws.0, counter: draws.1, tables };
    let mut kernels: Vec<Kernel> = order.iter().map(|&g| writer.kernel(&f.groups[g])).collect();
    if draws.2 > 0 {
        count_invocation(&mut kernels, draws.1);
    }
    kernels
}

/// Adds one to the invocation counter: in the last kernel if that is the scalar updates' one, else
/// in a kernel of its own, since every draw must have been made.
fn count_invocation(kernels: &mut Vec<Kernel>, counter: Loc) {
    let draws = |k: &Kernel| {
        let random = |b: &Body| b.instrs.iter().any(|i| matches!(i, Instr::Random { .. }));
        random(&k.body)
            || matches!(&k.core, Core::Reduce { passes, last, .. }
                if random(last) || passes.iter().any(|p| random(&p.pre)))
    };
    let reusable = kernels.last().is_some_and(|k| k.core == Core::Map && k.points() == 1 && !draws(k));
    if !reusable {
        let label = String::from("count");
        kernels.push(Kernel { label, domain: Shape::SCALAR, core: Core::Map, body: Body::default() });
    }
    let Some(Kernel { body, .. }) = kernels.last_mut() else { return };
    let access = Access { loc: counter, strides: [0; 6] };
    let old = push(body, Instr::Load(access, vec![]), DType::U32);
    let one = push(body, Instr::ConstU(1), DType::U32);
    let new = push(body, Instr::Binary(Binary::Add, DType::U32, old, one), DType::U32);
    body.stores.push(Store { access, reg: new });
}

fn push(body: &mut Body, instr: Instr, dtype: DType) -> Reg {
    body.instrs.push(instr);
    body.types.push(dtype);
    (body.instrs.len() - 1) as Reg
}

struct Writer<'a> {
    f: &'a Fused,
    places: &'a Places<'a>,
    knobs: Loc,
    keys: Loc,
    counter: Loc,
    tables: Vec<(NodeId, Loc)>,
}

/// A body being written: which nodes already have a register, and how a node's axes map to the
/// domain's.
struct Scope<'a> {
    body: Body,
    regs: Vec<(NodeId, Reg)>,
    group: &'a Group,
    /// Whether it runs along the rows of the group's reductions.
    inner: bool,
    /// Domain axis of each non-1 axis of what has the domain, in order.
    axes: Vec<usize>,
    /// Members that an earlier body of the kernel has put into memory.
    stored: Vec<NodeId>,
}

impl<'a> Scope<'a> {
    fn new(group: &'a Group, inner: bool, axes: Vec<usize>) -> Scope<'a> {
        Scope { body: Body::default(), regs: vec![], group, inner, axes, stored: vec![] }
    }

    /// Ends a body, to go on in another one over the same points.
    fn next(&mut self) -> Body {
        self.regs.clear();
        core::mem::take(&mut self.body)
    }
}

impl Writer<'_> {
    fn kernel(&self, group: &Group) -> Kernel {
        let f = self.f;
        let domain = f.outer(group);
        let core = match (group.product, group.rows) {
            (Some(id), _) => self.product(id),
            (_, Some(rows)) => self.reduction(group, &rows),
            _ => Core::Map,
        };
        let mut scope = Scope::new(group, false, (0..domain.rank()).collect());
        self.store(&mut scope, |_, m| group.rows.is_none_or(|rows| !f.is_inner(m, &rows)));
        Kernel { label: self.label(group), domain, core, body: scope.body }
    }

    /// Emits the wanted members that are stored somewhere, then the stores, so that all loads of a
    /// point come before its writes.
    fn store(&self, scope: &mut Scope, wanted: impl Fn(usize, NodeId) -> bool) {
        let unwritten = |m: NodeId| !self.f.dests[m as usize].is_empty() && !scope.stored.contains(&m);
        let members = scope.group.members.iter().enumerate();
        let stored: Vec<NodeId> =
            members.filter(|&(i, &m)| unwritten(m) && wanted(i, m)).map(|(_, &m)| m).collect();
        let regs: Vec<Reg> = stored.iter().map(|&m| self.emit(scope, m)).collect();
        for (&m, reg) in stored.iter().zip(regs) {
            for dest in &self.f.dests[m as usize] {
                let dense = Affine::dense(&self.f.nodes[m as usize].shape);
                let (loc, affine) = match dest {
                    Dest::Work => (self.buffer(m), dense),
                    Dest::Part(parts, affine) => (self.buffer(*parts), *affine),
                    Dest::Var(var) => (self.places.vars[var.0 as usize].loc, dense),
                    Dest::Output(i) => (self.places.outputs[*i].loc, dense),
                };
                // Every destination was chosen so that this is possible.
                let Some((shape, affine)) = self.f.domain_strides(m, &affine) else { continue };
                let access = self.access(loc, &affine, &shape, &scope.axes);
                scope.body.stores.push(Store { access, reg });
            }
        }
        scope.stored.extend(stored);
    }

    /// The core of a group's reductions: a pass for each, in order. What runs along the rows is stored
    /// by the first pass that computes it, or after all of them.
    fn reduction(&self, group: &Group, rows: &Rows) -> Core {
        let (f, inner) = (self.f, rows.inner());
        let outer_rank = rows.outer().rank();
        let before = |a: usize| (0..a).filter(|&b| rows.reduced(b)).count();
        let axis = |a: usize| if rows.reduced(a) { outer_rank + before(a) } else { a - before(a) };
        let mut scope = Scope::new(group, true, (0..rows.shape.rank()).map(axis).collect());
        let ready = self.ready(group);
        let mut passes = vec![];
        for &id in &group.members {
            let Op::Reduce(op, _) = f.nodes[id as usize].op else { continue };
            let value = self.value(&mut scope, id, 0);
            let now = passes.len();
            self.store(&mut scope, |i, m| ready[i] <= now && f.is_inner(m, rows));
            passes.push(Pass { op, pre: scope.next(), value });
        }
        self.store(&mut scope, |_, m| f.is_inner(m, rows));
        Core::Reduce { inner, passes, last: scope.body }
    }

    /// How many reductions each member of a group has to wait for.
    fn ready(&self, group: &Group) -> Vec<usize> {
        let mut ready: Vec<usize> = vec![];
        let mut passes = 0;
        for &m in &group.members {
            let is_pass = self.f.kinds[m as usize] == Kind::Reduce;
            let needs = (0..self.f.nodes[m as usize].inputs.len())
                .filter_map(|i| group.members.binary_search(&self.f.base(m, i)).ok())
                .map(|at| ready[at]);
            ready.push(needs.max().unwrap_or(0));
            if is_pass {
                passes += 1;
                *ready.last_mut().unwrap_or(&mut passes) = passes;
            }
        }
        ready
    }

    /// The core of a product or a convolution.
    fn product(&self, id: NodeId) -> Core {
        let node = &self.f.nodes[id as usize];
        // The factors' axes, each as the axes over its base that make it up.
        let [(x, a), (y, b)] = [self.axes(id, 0), self.axes(id, 1)];
        let windows = |w: &Shape, result: &Shape, stride: u32| {
            let s = self.f.views[node.inputs[0] as usize].affine.strides;
            let moved = |a: usize| (result.dim(a), s[a] * if a == 0 { 1 } else { stride as i32 });
            let over = Axes::new([0, 1, 2].map(moved));
            let within = Axes::new([(w.dim(0), s[1]), (w.dim(1), s[2]), (w.dim(2), s[3])]);
            (over, within)
        };
        let none = Axes::default;
        let (a, b) = match node.op {
            Op::Conv { stride } => {
                let (kept, summed) =
                    windows(&self.f.nodes[node.inputs[1] as usize].shape, &node.shape, stride);
                let a = Factor { loc: x, batch: none(), kept, summed };
                (a, Factor { loc: y, batch: none(), kept: join(&b[3..]), summed: join(&b[..3]) })
            }
            Op::ConvWeights { stride } => {
                let result = self.f.nodes[node.inputs[1] as usize].shape;
                let (summed, kept) = windows(&node.shape, &result, stride);
                let a = Factor { loc: x, batch: none(), kept, summed };
                (a, Factor { loc: y, batch: none(), kept: join(&b[3..]), summed: join(&b[..3]) })
            }
            _ => {
                let (ta, tb) = match node.op {
                    Op::Matmul { ta, tb } => (ta as usize, tb as usize),
                    _ => (0, 0),
                };
                let r = node.shape.rank();
                let factor = |loc: Loc, axes: &[Axes], kept: usize| {
                    let other = 2 * r - 3 - kept;
                    let batch = join(&axes[..r - 2]);
                    Factor { loc, batch, kept: axes[kept].clone(), summed: axes[other].clone() }
                };
                (factor(x, &a, r - 2 + ta), factor(y, &b, r - 1 - tb))
            }
        };
        let (batch, m, n) = (a.batch.points(), a.kept.points(), b.kept.points());
        Core::Matmul { batch, m, n, k: a.summed.points(), a, b }
    }

    /// Where operand `i` of a product begins, and the strides of each of its axes.
    fn axes(&self, id: NodeId, i: usize) -> (Loc, Vec<Axes>) {
        let input = self.f.nodes[id as usize].inputs[i] as usize;
        let view = self.f.views[input];
        let loc = self.memory(view.base);
        let loc = Loc { offset: loc.offset.wrapping_add_signed(view.affine.offset), ..loc };
        let seen = self.f.factors.iter().find(|f| f.0 == (id, i));
        let axes = seen.map(|f| f.1.clone()).unwrap_or_else(|| {
            self.f.nodes[input].shape.dims().zip(view.affine.strides).map(|axis| Axes::new([axis])).collect()
        });
        (loc, axes)
    }

    fn buffer(&self, id: NodeId) -> Loc {
        let arena = match self.f.nodes[id as usize].dtype {
            DType::F32 => Arena::Work,
            DType::U32 => Arena::WorkU,
        };
        let place = self.places.memory.place[id as usize];
        let offset = place.map_or(0, |p| if p.reserved { self.places.reserved + p.offset } else { p.offset });
        Loc { arena, offset }
    }

    /// Where a node's elements are in memory.
    fn memory(&self, base: NodeId) -> Loc {
        match self.f.nodes[base as usize].op {
            Op::Read(var) => self.places.vars[var.0 as usize].loc,
            Op::Knob(i) => Loc { offset: self.knobs.offset + i, ..self.knobs },
            Op::Table(_) => self.tables.iter().find(|(id, _)| *id == base).map_or(self.knobs, |t| t.1),
            _ => self.buffer(base),
        }
    }

    /// Strides per domain axis for a view of `shape`.
    fn access(&self, loc: Loc, affine: &Affine, shape: &Shape, axes: &[usize]) -> Access {
        let mut strides = [0; 6];
        let wide = (0..shape.rank()).filter(|&a| shape.dim(a) != 1);
        for (a, &d) in wide.zip(axes) {
            strides[d] = affine.strides[a];
        }
        // Wrapping: a guarded load may begin before its buffer.
        let offset = loc.offset.wrapping_add_signed(affine.offset);
        Access { loc: Loc { offset, ..loc }, strides }
    }

    /// The domain axis of each non-1 axis of a node that is computed in a body: a value of a row has
    /// the outer ones.
    fn axes_of(&self, scope: &Scope, id: NodeId) -> Vec<usize> {
        match scope.group.rows {
            Some(rows) if scope.inner && self.f.kinds[id as usize] != Kind::Reduce => {
                if self.f.domain(id) == rows.shape {
                    scope.axes.clone()
                } else {
                    (0..rows.outer().rank()).collect()
                }
            }
            _ => scope.axes.clone(),
        }
    }

    /// The register of operand `i` of node `id` at the present point.
    fn value(&self, scope: &mut Scope, id: NodeId, i: usize) -> Reg {
        let f = self.f;
        let input = f.nodes[id as usize].inputs[i];
        let view = f.views[input as usize];
        let base = view.base;
        let node = &f.nodes[base as usize];
        let here = f.group[base as usize].is_some() && f.group[base as usize] == f.group[id as usize];
        if here && f.carried(id, i, scope.group.rows) && !self.in_memory(scope, base) {
            return self.emit(scope, base);
        }
        match (&node.op, f.kinds[base as usize]) {
            (_, Kind::Scalar) | (Op::Const(_) | Op::ConstU(_), _) => self.emit(scope, base),
            _ => {
                let shape = f.nodes[input as usize].shape;
                // Axes are matched from the innermost: elementwise operands have the full shape.
                let axes = self.axes_of(scope, id);
                let access = self.access(self.memory(base), &view.affine, &shape, &axes);
                load(scope, access, vec![], node.dtype)
            }
        }
    }

    /// Whether an earlier body of the kernel has put a member where it can be read again.
    fn in_memory(&self, scope: &Scope, id: NodeId) -> bool {
        scope.inner
            && scope.regs.iter().all(|r| r.0 != id)
            && scope.stored.contains(&id)
            && self.f.dests[id as usize].contains(&Dest::Work)
    }

    /// The register of a node computed in this scope.
    fn emit(&self, scope: &mut Scope, id: NodeId) -> Reg {
        if let Some(&(_, reg)) = scope.regs.iter().find(|(n, _)| *n == id) {
            return reg;
        }
        let node = &self.f.nodes[id as usize];
        let dtype = node.dtype;
        let members = &scope.group.members;
        let reg = if scope.group.product == Some(id) {
            push(&mut scope.body, Instr::Result(0), dtype)
        } else {
            match &node.op {
                Op::Reduce(..) => {
                    let earlier = members.iter().take_while(|&&m| m != id);
                    let pass = earlier.filter(|&&m| self.f.kinds[m as usize] == Kind::Reduce).count();
                    push(&mut scope.body, Instr::Result(pass as u8), dtype)
                }
                Op::Const(c) => push(&mut scope.body, Instr::Const(*c), dtype),
                Op::ConstU(c) => push(&mut scope.body, Instr::ConstU(*c), dtype),
                Op::Stop | Op::Reshape => self.value(scope, id, 0),
                Op::Iota(axis) => match (0..*axis as usize).filter(|&a| node.shape.dim(a) != 1).count() {
                    _ if node.shape.dim(*axis as usize) == 1 => {
                        push(&mut scope.body, Instr::ConstU(0), dtype)
                    }
                    n => {
                        let axis = self.axes_of(scope, id)[n] as u8;
                        push(&mut scope.body, Instr::Index(axis), dtype)
                    }
                },
                Op::RandomBits(site) => {
                    let key = Loc { offset: self.keys.offset + 2 * site, ..self.keys };
                    push(&mut scope.body, Instr::Random { key, counter: self.counter }, dtype)
                }
                Op::Unary(u) => {
                    let x = self.value(scope, id, 0);
                    push(&mut scope.body, Instr::Unary(*u, x), dtype)
                }
                Op::Binary(b) => {
                    let of = self.f.nodes[node.inputs[0] as usize].dtype;
                    let (x, y) = (self.value(scope, id, 0), self.value(scope, id, 1));
                    push(&mut scope.body, Instr::Binary(*b, of, x, y), dtype)
                }
                Op::Select => {
                    let (c, x, y) =
                        (self.value(scope, id, 0), self.value(scope, id, 1), self.value(scope, id, 2));
                    push(&mut scope.body, Instr::Select(dtype, c, x, y), dtype)
                }
                Op::Gather | Op::GatherBytes => self.gather(scope, id),
                Op::Pad(starts) => self.pad(scope, id, starts),
                // Leaves never get here.
                _ => push(&mut scope.body, Instr::Const(0.0), dtype),
            }
        };
        scope.regs.push((id, reg));
        reg
    }

    fn gather(&self, scope: &mut Scope, id: NodeId) -> Reg {
        let axes = self.axes_of(scope, id);
        let node = &self.f.nodes[id as usize];
        let table = node.inputs[0];
        let view = self.f.views[table as usize];
        let rows = self.f.nodes[table as usize].shape.dim(0) as u32;
        let bytes = node.op == Op::GatherBytes;
        let mut affine = view.affine;
        let row_stride = affine.strides[0] as u32;
        affine.strides[0] = 0;
        if bytes {
            affine.strides[1] = 1;
        }
        let access = self.access(self.memory(view.base), &affine, &node.shape, &axes);
        // The index has the leading axis only.
        let input = node.inputs[1];
        let is_number = self.f.kinds[self.f.views[input as usize].base as usize] == Kind::Scalar;
        let index = if self.f.aligned(id, 1) || is_number {
            self.value(scope, id, 1)
        } else {
            let rows = self.f.views[input as usize];
            let mut strides = [0; 6];
            if node.shape.dim(0) != 1 {
                strides[axes[0]] = rows.affine.strides[0];
            }
            let loc = self.memory(rows.base);
            let loc = Loc { offset: loc.offset.wrapping_add_signed(rows.affine.offset), ..loc };
            load(scope, Access { loc, strides }, vec![], DType::U32)
        };
        let instr = match bytes {
            true => Instr::GatherByte { index, access, row_stride, rows },
            false => Instr::Gather { index, access, row_stride, rows },
        };
        push(&mut scope.body, instr, node.dtype)
    }

    fn pad(&self, scope: &mut Scope, id: NodeId, starts: &[u32; 6]) -> Reg {
        let axes = self.axes_of(scope, id);
        let node = &self.f.nodes[id as usize];
        let input = node.inputs[0];
        let from = self.f.nodes[input as usize].shape;
        let view = self.f.views[input as usize];
        let mut affine = view.affine;
        let mut guards = vec![];
        let mut axis = 0;
        for a in 0..node.shape.rank() {
            affine.offset -= starts[a] as i32 * affine.strides[a];
            if node.shape.dim(a) == 1 {
                continue;
            }
            if from.dim(a) != node.shape.dim(a) {
                let hi = starts[a] + from.dim(a) as u32;
                guards.push(Guard { axis: axes[axis] as u8, lo: starts[a], hi });
            }
            axis += 1;
        }
        let access = self.access(self.memory(view.base), &affine, &node.shape, &axes);
        load(scope, access, guards, node.dtype)
    }

    fn label(&self, group: &Group) -> String {
        let mut label = String::new();
        for &m in &group.members {
            let name = match self.f.nodes[m as usize].op {
                Op::Stop => "copy",
                ref op => op.name(),
            };
            if !label.is_empty() {
                label.push('+');
            }
            label.push_str(name);
        }
        label
    }
}

/// Neighbouring axes as one.
fn join(axes: &[Axes]) -> Axes {
    Axes::new(axes.iter().flat_map(|a| &a.0).map(|&(size, stride)| (size as usize, stride)))
}

/// A load, shared with an equal one of the same body.
fn load(scope: &mut Scope, access: Access, guards: Vec<Guard>, dtype: DType) -> Reg {
    let instr = Instr::Load(access, guards);
    if let Some(reg) = scope.body.instrs.iter().position(|i| *i == instr) {
        return reg as Reg;
    }
    push(&mut scope.body, instr, dtype)
}
