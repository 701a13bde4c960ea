//! Groups written out as kernels.

use super::fuse::{Dest, Fused, Group, Kind};
use super::memory::Memory;
use crate::Shape;
use crate::graph::NodeId;
use crate::op::{Affine, Binary, DType, Op};
use crate::plan::{Access, Arena, Body, Core, Guard, Instr, Kernel, Loc, Output, Reg, Store, VarPlan};
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
        random(&k.body) || matches!(&k.core, Core::Reduce { pre, .. } if random(pre))
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
    /// Nodes computed here.
    members: &'a [NodeId],
    /// The core, whose value the domain starts with.
    core: Option<NodeId>,
    /// Domain axis of each non-1 axis, in order of the node's axes.
    axes: Vec<usize>,
}

impl Writer<'_> {
    fn kernel(&self, group: &Group) -> Kernel {
        let f = self.f;
        let lead = group.core.unwrap_or(group.members[0]);
        let mut domain = f.domain(lead);
        let mut axes: Vec<usize> = (0..domain.rank()).collect();
        let mut core = Core::Map;
        if let Some(id) = group.core {
            let node = &f.nodes[id as usize];
            match node.op {
                Op::Reduce(op, mask) => {
                    let (inner, pre, value) = self.reduction(group, id, mask);
                    core = Core::Reduce { op, inner, pre, value };
                }
                Op::Matmul { ta, tb } => {
                    let rank = node.shape.rank();
                    let (m, n) = (node.shape.dim(rank - 2), node.shape.dim(rank - 1));
                    let batch = if rank == 3 { node.shape.dim(0) } else { 1 };
                    let a = self.operand(id, 0, ta);
                    let b = self.operand(id, 1, tb);
                    let k = f.nodes[node.inputs[0] as usize].shape.dim(rank - 1 - ta as usize) as u32;
                    domain = Shape::new(&[batch, m, n]);
                    axes = (0..3).filter(|&a| domain.dim(a) != 1).collect();
                    core = Core::Matmul { k, a, b };
                }
                _ => {}
            }
        }
        let members: Vec<NodeId> = group.members.iter().copied().filter(|m| !group.pre.contains(m)).collect();
        let mut scope =
            Scope { body: Body::default(), regs: vec![], members: &members, core: group.core, axes };
        self.store_all(&mut scope);
        Kernel { label: self.label(group), domain, core, body: scope.body }
    }

    /// Emits every member that is stored somewhere, then the stores, so that all loads of a point
    /// come before its writes.
    fn store_all(&self, scope: &mut Scope) {
        let stored: Vec<NodeId> =
            scope.members.iter().copied().filter(|&m| !self.f.dests[m as usize].is_empty()).collect();
        let regs: Vec<Reg> = stored.iter().map(|&m| self.emit(scope, m)).collect();
        for (&m, reg) in stored.iter().zip(regs) {
            for dest in &self.f.dests[m as usize] {
                let shape = self.f.nodes[m as usize].shape;
                let dense = Affine::dense(&shape);
                let (loc, affine) = match dest {
                    Dest::Work => (self.buffer(m), dense),
                    Dest::Part(concat, affine) => (self.buffer(*concat), *affine),
                    Dest::Var(var) => (self.places.vars[var.0 as usize].loc, dense),
                    Dest::Output(i) => (self.places.outputs[*i].loc, dense),
                };
                let node = &self.f.nodes[m as usize];
                // A copying reshape runs over its argument's domain, whose dense order is its own.
                let (shape, affine) = match node.op {
                    Op::Reshape => {
                        let from = self.f.nodes[node.inputs[0] as usize].shape;
                        (from, Affine { offset: affine.offset, strides: from.strides() })
                    }
                    _ => (shape, affine),
                };
                let access = self.access(loc, &affine, &shape, &scope.axes);
                scope.body.stores.push(Store { access, reg });
            }
        }
    }

    /// The argument of a reduction: inner sizes, body over outer ++ inner, and the reduced value.
    fn reduction(&self, group: &Group, id: NodeId, mask: u8) -> (Shape, Body, Reg) {
        let argument = self.f.nodes[id as usize].inputs[0];
        let shape = self.f.nodes[argument as usize].shape;
        let reduced = |a: usize| mask & (1 << a) != 0;
        let outer_rank = (0..shape.rank()).filter(|&a| shape.dim(a) != 1 && !reduced(a)).count();
        let (mut outer, mut inner) = (0, Shape::SCALAR);
        let mut axes = vec![];
        for a in (0..shape.rank()).filter(|&a| shape.dim(a) != 1) {
            if reduced(a) {
                axes.push(outer_rank + inner.rank());
                inner.push(shape.dim(a));
            } else {
                axes.push(outer);
                outer += 1;
            }
        }
        let mut scope = Scope { body: Body::default(), regs: vec![], members: &group.pre, core: None, axes };
        let value = self.value(&mut scope, id, 0);
        self.store_all(&mut scope);
        (inner, scope.body, value)
    }

    /// Addresses of a matrix operand: strides for batch, row and column of the product's view.
    fn operand(&self, id: NodeId, i: usize, transposed: bool) -> Access {
        let input = self.f.nodes[id as usize].inputs[i];
        let view = self.f.views[input as usize];
        let rank = self.f.nodes[input as usize].shape.rank();
        let s = &view.affine.strides;
        let (mut row, mut column) = (s[rank - 2], s[rank - 1]);
        if transposed {
            core::mem::swap(&mut row, &mut column);
        }
        let batch = if rank == 3 { s[0] } else { 0 };
        let loc = self.memory(view.base);
        let loc = Loc { offset: loc.offset.wrapping_add_signed(view.affine.offset), ..loc };
        Access { loc, strides: [batch, row, column, 0, 0, 0] }
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

    /// The register of operand `i` of node `id` at the present point.
    fn value(&self, scope: &mut Scope, id: NodeId, i: usize) -> Reg {
        let input = self.f.nodes[id as usize].inputs[i];
        let view = self.f.views[input as usize];
        let base = view.base;
        let node = &self.f.nodes[base as usize];
        let here = scope.core == Some(base) || scope.members.contains(&base);
        if here && self.f.aligned(id, i) {
            return self.emit(scope, base);
        }
        match (&node.op, self.f.kinds[base as usize]) {
            (_, Kind::Scalar) | (Op::Const(_) | Op::ConstU(_), _) => self.emit(scope, base),
            _ => {
                let shape = self.f.nodes[input as usize].shape;
                // Axes are matched from the innermost: elementwise operands have the full shape.
                let access = self.access(self.memory(base), &view.affine, &shape, &scope.axes);
                load(scope, access, vec![], node.dtype)
            }
        }
    }

    /// The register of a node computed in this scope.
    fn emit(&self, scope: &mut Scope, id: NodeId) -> Reg {
        if let Some(&(_, reg)) = scope.regs.iter().find(|(n, _)| *n == id) {
            return reg;
        }
        let node = &self.f.nodes[id as usize];
        let dtype = node.dtype;
        let reg = if scope.core == Some(id) {
            push(&mut scope.body, Instr::Core, dtype)
        } else {
            match &node.op {
                Op::Const(c) => push(&mut scope.body, Instr::Const(*c), dtype),
                Op::ConstU(c) => push(&mut scope.body, Instr::ConstU(*c), dtype),
                Op::Stop | Op::Reshape => self.value(scope, id, 0),
                Op::Iota(axis) => match (0..*axis as usize).filter(|&a| node.shape.dim(a) != 1).count() {
                    _ if node.shape.dim(*axis as usize) == 1 => {
                        push(&mut scope.body, Instr::ConstU(0), dtype)
                    }
                    n => {
                        let axis = scope.axes[n] as u8;
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
                // Leaves and cores never get here.
                _ => push(&mut scope.body, Instr::Const(0.0), dtype),
            }
        };
        scope.regs.push((id, reg));
        reg
    }

    fn gather(&self, scope: &mut Scope, id: NodeId) -> Reg {
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
        let access = self.access(self.memory(view.base), &affine, &node.shape, &scope.axes);
        // The index has the leading axis only.
        let input = node.inputs[1];
        let index = if self.f.aligned(id, 1) {
            self.value(scope, id, 1)
        } else {
            let rows = self.f.views[input as usize];
            let mut strides = [0; 6];
            if node.shape.dim(0) != 1 {
                strides[scope.axes[0]] = rows.affine.strides[0];
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
                guards.push(Guard { axis: scope.axes[axis] as u8, lo: starts[a], hi });
            }
            axis += 1;
        }
        let access = self.access(self.memory(view.base), &affine, &node.shape, &scope.axes);
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

/// A load, shared with an equal one of the same body.
fn load(scope: &mut Scope, access: Access, guards: Vec<Guard>, dtype: DType) -> Reg {
    let instr = Instr::Load(access, guards);
    if let Some(reg) = scope.body.instrs.iter().position(|i| *i == instr) {
        return reg as Reg;
    }
    push(&mut scope.body, instr, dtype)
}
