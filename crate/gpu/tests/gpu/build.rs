//! Plans by hand.

use tilde_graph::plan::*;
use tilde_graph::{Binary, DType, Plan, ReduceOp, Shape, Unary};

/// An access to `arena` from `offset` with the given strides.
pub fn at(arena: Arena, offset: u32, strides: &[i32]) -> Access {
    let mut all = [0; 6];
    all[..strides.len()].copy_from_slice(strides);
    Access { loc: Loc { arena, offset }, strides: all }
}

/// The same with the strides of a dense tensor.
pub fn dense(arena: Arena, offset: u32, dims: &[usize]) -> Access {
    at(arena, offset, &Shape::new(dims).strides()[..dims.len()])
}

/// A body under construction.
#[derive(Default)]
pub struct Builder(Body);

impl Builder {
    pub fn push(&mut self, instr: Instr, dtype: DType) -> Reg {
        self.0.instrs.push(instr);
        self.0.types.push(dtype);
        (self.0.instrs.len() - 1) as Reg
    }

    pub fn load(&mut self, access: Access) -> Reg {
        self.push(Instr::Load(access, Vec::new()), access.loc.arena.dtype())
    }

    pub fn constant(&mut self, value: f32) -> Reg {
        self.push(Instr::Const(value), DType::F32)
    }

    pub fn result(&mut self, i: u8) -> Reg {
        self.push(Instr::Result(i), DType::F32)
    }

    pub fn unary(&mut self, op: Unary, a: Reg) -> Reg {
        let dtype = if op == Unary::ToU32 { DType::U32 } else { DType::F32 };
        self.push(Instr::Unary(op, a), dtype)
    }

    pub fn binary(&mut self, op: Binary, a: Reg, b: Reg) -> Reg {
        let of = self.0.types[a as usize];
        let dtype = op.dtype(of).expect("an op for these operands");
        self.push(Instr::Binary(op, of, a, b), dtype)
    }

    pub fn store(&mut self, access: Access, reg: Reg) {
        self.0.stores.push(Store { access, reg });
    }

    pub fn body(self) -> Body {
        self.0
    }
}

/// A factor of a product from `offset` in `arena`; every list holds sizes and strides.
pub fn factor(
    arena: Arena,
    offset: u32,
    batch: &[(usize, i32)],
    kept: &[(usize, i32)],
    summed: &[(usize, i32)],
) -> Factor {
    let [batch, kept, summed] = [batch, kept, summed].map(|axes| Axes::new(axes.iter().copied()));
    Factor { loc: Loc { arena, offset }, batch, kept, summed }
}

/// The product of two factors over `domain`.
pub fn product(domain: &[usize], a: Factor, b: Factor, body: Builder) -> Kernel {
    let batch = domain.iter().product::<usize>() as u32 / (a.kept.points() * b.kept.points());
    let (m, n, k) = (a.kept.points(), b.kept.points(), a.summed.points());
    let core = Core::Matmul { batch, m, n, k, a, b };
    Kernel { label: "product".into(), domain: Shape::new(domain), core, body: body.body() }
}

/// One pass of a reduction.
pub fn pass(op: ReduceOp, pre: Builder, value: Reg) -> Pass {
    Pass { op, pre: pre.body(), value }
}

/// A reduction of passes, what runs on every element after them, and on every point.
pub fn rows(outer: &[usize], inner: &[usize], passes: Vec<Pass>, last: Builder, body: Builder) -> Kernel {
    let (label, domain, inner) = ("rows".to_string(), Shape::new(outer), Shape::new(inner));
    let core = Core::Reduce { inner, passes, last: last.body() };
    Kernel { label, domain, core, body: body.body() }
}

pub fn map(domain: &[usize], body: Builder) -> Kernel {
    let label = "map".to_string();
    Kernel { label, domain: Shape::new(domain), core: Core::Map, body: body.body() }
}

/// A plan of one entry, "main". Its counter is the first word of the integer state.
pub fn plan(kernels: Vec<Kernel>, words: [u32; 7]) -> Plan {
    let loc = |arena| Loc { arena, offset: 0 };
    let entry = EntryPlan {
        name: "main".into(),
        kernels,
        outputs: Vec::new(),
        keys: loc(Arena::DataU),
        sites: 0,
        counter: loc(Arena::StateU),
    };
    Plan {
        name: "test".into(),
        entries: vec![entry],
        vars: Vec::new(),
        words,
        knobs: loc(Arena::Io),
        knob_count: 0,
        tables: Vec::new(),
    }
}
