//! A body made ready for a domain: what is the same at every point is set apart, each access becomes
//! strides with as few axes as possible, and registers get slots of scratch only where they need one.

use super::elementwise::takes_scalars;
use crate::strided::Strided;
use alloc::vec;
use alloc::vec::Vec;
use core::slice;
use tilde_graph::plan::{Access, Arena, Body, Guard, Instr, Loc, Reg};
use tilde_graph::{Binary, DType, Shape, Unary};

/// Where a vector register's numbers are.
#[derive(Clone, Debug)]
pub(super) enum Out {
    /// Scratch.
    Slot(u16),
    /// Straight in memory.
    Memory(Loc),
}

#[derive(Clone, Debug)]
pub(super) enum Op {
    /// Numbers that are already consecutive in memory.
    Direct(Loc),
    /// A result of the core, one for each point.
    Result(u8),
    /// A result of the core that several points share.
    Spread(u8, Strided),
    Fill(Strided, Vec<(Strided, Guard)>),
    Gather {
        index: Reg,
        columns: Strided,
        row_stride: u32,
        rows: u32,
        bytes: bool,
    },
    Index(Strided),
    Random {
        key: Loc,
        counter: Loc,
    },
    Unary(Unary, Reg),
    Binary(Binary, DType, Reg, Reg),
    Select(Reg, Reg, Reg),
}

#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) reg: Reg,
    pub(super) op: Op,
    pub(super) out: Option<Out>,
}

#[derive(Clone, Debug)]
pub(super) struct StoreStep {
    pub(super) reg: Reg,
    pub(super) to: Strided,
}

/// A [`Body`] prepared for a domain.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// Instructions whose value is the same everywhere.
    pub(super) scalars: Vec<(Reg, Instr)>,
    pub(super) is_scalar: Vec<bool>,
    /// Scalars that some instruction needs as a vector.
    pub(super) splats: Vec<(Reg, u16)>,
    pub(super) steps: Vec<Step>,
    pub(super) stores: Vec<StoreStep>,
    /// Slots of scratch it uses.
    pub slots: usize,
}

impl Compiled {
    /// Prepares `body` over `domain`. `keep` is a register whose vector is wanted by the caller;
    /// `results` are the strides at which the domain's points find their result of the core.
    pub fn new(body: &Body, domain: &Shape, keep: Option<Reg>, results: [i32; 6]) -> Compiled {
        let count = body.instrs.len();
        let mut is_scalar = vec![false; count];
        for (r, instr) in body.instrs.iter().enumerate() {
            let s = |x: &Reg| is_scalar[*x as usize];
            is_scalar[r] = match instr {
                Instr::Const(_) | Instr::ConstU(_) => true,
                Instr::Load(a, guards) => guards.is_empty() && Strided::new(a, domain, guards).is_constant(),
                Instr::Unary(_, x) => s(x),
                Instr::Binary(_, _, x, y) => s(x) && s(y),
                Instr::Select(_, c, x, y) => s(c) && s(x) && s(y),
                _ => false,
            };
        }
        let mut last_use = vec![0usize; count];
        let mut wants_vector = vec![false; count];
        for (r, instr) in body.instrs.iter().enumerate().filter(|(r, _)| !is_scalar[*r]) {
            let (used, as_vector): (Vec<Reg>, bool) = match instr {
                Instr::Unary(_, x) => (vec![*x], true),
                Instr::Binary(b, dtype, x, y) => (vec![*x, *y], !takes_scalars(*b, *dtype)),
                Instr::Select(_, c, x, y) => (vec![*c, *x, *y], true),
                Instr::Gather { index, .. } | Instr::GatherByte { index, .. } => (vec![*index], true),
                _ => (vec![], false),
            };
            for u in used {
                last_use[u as usize] = r;
                wants_vector[u as usize] |= as_vector;
            }
        }
        for store in &body.stores {
            last_use[store.reg as usize] = usize::MAX;
            wants_vector[store.reg as usize] = true;
        }
        if let Some(reg) = keep {
            last_use[reg as usize] = usize::MAX;
            wants_vector[reg as usize] = true;
        }
        let mut pool = Pool::default();
        let splats = (0..count)
            .filter(|&r| is_scalar[r] && wants_vector[r])
            .map(|r| (r as Reg, pool.take(usize::MAX)))
            .collect();
        let mut stores: Vec<StoreStep> = body
            .stores
            .iter()
            .map(|s| StoreStep { reg: s.reg, to: Strided::new(&s.access, domain, &[]) })
            .collect();
        let mut steps = vec![];
        for (r, instr) in body.instrs.iter().enumerate().filter(|(r, _)| !is_scalar[*r]) {
            let reg = r as Reg;
            let op = step_op(instr, domain, results);
            let out = match op {
                Op::Direct(_) | Op::Result(_) => None,
                _ => Some(match direct_store(&mut stores, reg) {
                    Some(loc) => Out::Memory(loc),
                    None => Out::Slot(pool.take(last_use[r])),
                }),
            };
            steps.push(Step { reg, op, out });
            pool.free(r);
        }
        let scalars =
            (0..count).filter(|&r| is_scalar[r]).map(|r| (r as Reg, body.instrs[r].clone())).collect();
        Compiled { scalars, is_scalar, splats, steps, stores, slots: pool.size }
    }

    /// Registers it has.
    pub fn regs(&self) -> usize {
        self.is_scalar.len()
    }
}

/// Slots of scratch, reused once their register is no longer needed.
#[derive(Default)]
struct Pool {
    until: Vec<Option<usize>>,
    size: usize,
}

impl Pool {
    fn take(&mut self, until: usize) -> u16 {
        let slot = self.until.iter().position(Option::is_none).unwrap_or(self.until.len());
        if slot == self.until.len() {
            self.until.push(None);
        }
        self.until[slot] = Some(until);
        self.size = self.until.len();
        slot as u16
    }

    /// Gives back what instruction `now` was the last to use.
    fn free(&mut self, now: usize) {
        self.until.iter_mut().filter(|u| u.is_some_and(|u| u <= now)).for_each(|u| *u = None);
    }
}

fn step_op(instr: &Instr, domain: &Shape, results: [i32; 6]) -> Op {
    match instr {
        Instr::Load(access, guards) => {
            let from = Strided::new(access, domain, guards);
            if guards.is_empty() && from.is_dense() {
                return Op::Direct(from.loc);
            }
            let guards = guards
                .iter()
                .map(|g| {
                    let mut along = Access { loc: access.loc, strides: [0; 6] };
                    along.strides[g.axis as usize] = 1;
                    // Unmerged, so that its runs are those of the load.
                    (Strided::new(&along, domain, slice::from_ref(g)), *g)
                })
                .collect();
            Op::Fill(from, guards)
        }
        Instr::Gather { index, access, row_stride, rows } => Op::Gather {
            index: *index,
            columns: Strided::new(access, domain, &[]),
            row_stride: *row_stride,
            rows: *rows,
            bytes: false,
        },
        Instr::GatherByte { index, access, row_stride, rows } => Op::Gather {
            index: *index,
            columns: Strided::new(access, domain, &[]),
            row_stride: *row_stride,
            rows: *rows,
            bytes: true,
        },
        Instr::Index(axis) => {
            let mut along = Access { loc: Loc { arena: Arena::Io, offset: 0 }, strides: [0; 6] };
            along.strides[*axis as usize] = 1;
            Op::Index(Strided::new(&along, domain, &[]))
        }
        Instr::Random { key, counter } => Op::Random { key: *key, counter: *counter },
        Instr::Result(i) => {
            let loc = Loc { arena: Arena::Work, offset: 0 };
            let from = Strided::new(&Access { loc, strides: results }, domain, &[]);
            if from.is_dense() { Op::Result(*i) } else { Op::Spread(*i, from) }
        }
        Instr::Unary(u, x) => Op::Unary(*u, *x),
        Instr::Binary(b, dtype, x, y) => Op::Binary(*b, *dtype, *x, *y),
        Instr::Select(_, c, x, y) => Op::Select(*c, *x, *y),
        // Constants are scalars and never get here.
        Instr::Const(_) | Instr::ConstU(_) => Op::Result(0),
    }
}

/// Takes a dense store of `reg` out of the list, if the register may be computed right there:
/// state may be read by the same body at the same points, work and outputs are not.
fn direct_store(stores: &mut Vec<StoreStep>, reg: Reg) -> Option<Loc> {
    let fits = |s: &StoreStep| {
        s.reg == reg && s.to.is_dense() && matches!(s.to.loc.arena, Arena::Work | Arena::WorkU | Arena::Io)
    };
    let i = stores.iter().position(fits)?;
    Some(stores.remove(i).to.loc)
}
