//! Plans by hand.

use tilde_graph::plan::*;
use tilde_graph::{Binary, DType, Plan, Shape, Unary};

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

    pub fn core(&mut self) -> Reg {
        self.push(Instr::Core, DType::F32)
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
