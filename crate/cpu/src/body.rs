//! The scalar programs of kernels, run a block of points at a time.
//!
//! Every instruction is one loop over at most [`BLOCK`] points, so that its operands stay in the
//! first-level cache and the loop is SIMD. What is the same at every point is computed once per
//! kernel. Dense operands are read where they are, dense results are written where they go. What a
//! core gave is read where it is, too; where a row of points shares one result, it is spread out.
//!
//! Natively everything is inlined into the instruction set's own function (see `device`), so that
//! its loops use those instructions. A wasm module has one instruction set and wants one copy.

use crate::aligned::Words;
use crate::math;
use crate::strided::Strided;
use alloc::vec;
use alloc::vec::Vec;
use core::slice;
use tilde_graph::plan::{Access, Arena, Body, Guard, Instr, Loc, Reg};
use tilde_graph::rng::{threefry2x32, unit};
use tilde_graph::{Binary, DType, DeviceError, Shape, Unary};

/// Points that are run together. Even, so that blocks start on whole pairs of random words.
pub const BLOCK: usize = 512;

/// The arenas' first words.
#[derive(Clone, Copy)]
pub struct Memory {
    /// In the order of [`Arena::ALL`].
    pub base: [*mut u32; 7],
}

impl Memory {
    /// The word at `loc`.
    ///
    /// # Safety
    /// `loc` must lie in its arena.
    #[inline(always)]
    pub unsafe fn at(&self, loc: Loc) -> *mut u32 {
        // A guarded access may begin before its arena; it is never read there.
        self.base[loc.arena as usize].wrapping_offset(loc.offset as i32 as isize)
    }
}

/// What a core gave: result `i` of point `first + j` is number `i · stride + j`.
#[derive(Clone, Copy)]
pub struct Results {
    /// The first number; null where there is no core.
    pub at: *const f32,
    /// Numbers of each result.
    pub stride: usize,
    /// The point that the first number belongs to.
    pub first: usize,
}

impl Results {
    /// Result `i` of a point and those after it.
    #[inline(always)]
    fn of(&self, i: u8, point: usize) -> *mut u32 {
        self.at.wrapping_add(i as usize * self.stride + point - self.first).cast_mut().cast()
    }
}

/// Where a vector register's numbers are.
#[derive(Clone, Debug)]
enum Out {
    /// Scratch.
    Slot(u16),
    /// Straight in memory.
    Memory(Loc),
}

#[derive(Clone, Debug)]
enum Op {
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
struct Step {
    reg: Reg,
    op: Op,
    out: Option<Out>,
}

#[derive(Clone, Debug)]
struct StoreStep {
    reg: Reg,
    to: Strided,
}

/// A [`Body`] prepared for a domain.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// Instructions whose value is the same everywhere.
    scalars: Vec<(Reg, Instr)>,
    is_scalar: Vec<bool>,
    /// Scalars that some instruction needs as a vector.
    splats: Vec<(Reg, u16)>,
    steps: Vec<Step>,
    stores: Vec<StoreStep>,
    /// Slots of scratch it uses.
    pub slots: usize,
}

/// Registers of a running body.
pub struct Frame {
    ptr: Vec<*mut u32>,
    /// What is the same at every point, spread over a group.
    scalar: Vec<Group>,
    slots: Words,
}

impl Frame {
    /// Room for bodies of up to so many registers and slots.
    ///
    /// # Errors
    /// [`DeviceError::OutOfMemory`].
    pub fn new(regs: usize, slots: usize) -> Result<Frame, DeviceError> {
        Ok(Frame {
            ptr: vec![core::ptr::null_mut(); regs],
            scalar: vec![[0; GROUP]; regs],
            slots: Words::zeros(slots * BLOCK)?,
        })
    }

    /// The numbers of a vector register in the present block.
    #[inline(always)]
    pub fn vector(&self, reg: Reg) -> *const f32 {
        self.ptr[reg as usize].cast()
    }
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

    /// Computes what is the same everywhere and lays out the registers.
    ///
    /// # Safety
    /// `memory` must be that of the plan the body belongs to.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub unsafe fn begin(&self, memory: &Memory, frame: &mut Frame) {
        for (reg, instr) in &self.scalars {
            // SAFETY: as promised by the caller.
            frame.scalar[*reg as usize] = unsafe { scalar(instr, memory, &frame.scalar) };
        }
        for &(reg, slot) in &self.splats {
            let x = frame.scalar[reg as usize][0];
            let part = &mut frame.slots[slot as usize * BLOCK..][..BLOCK];
            part.fill(x);
            frame.ptr[reg as usize] = part.as_mut_ptr();
        }
        let slots = frame.slots.as_mut_ptr();
        for step in &self.steps {
            if let Some(Out::Slot(slot)) = step.out {
                frame.ptr[step.reg as usize] = slots.wrapping_add(slot as usize * BLOCK);
            }
        }
    }

    /// Runs points `start .. start + n` of the domain, `n ≤ BLOCK`, with what the core gave.
    ///
    /// # Safety
    /// After [`Compiled::begin`] with the same memory and frame; the points must be in the domain.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub unsafe fn block(&self, memory: &Memory, frame: &mut Frame, start: usize, n: usize, results: Results) {
        // SAFETY: plans keep accesses inside their arenas, and results that are written straight
        // to memory are not read there by the same body (see direct_store).
        unsafe {
            for step in &self.steps {
                let out = match (&step.op, &step.out) {
                    (Op::Direct(loc), _) | (_, Some(Out::Memory(loc))) => memory.at(*loc).add(start),
                    (Op::Result(i), _) => results.of(*i, start),
                    _ => frame.ptr[step.reg as usize],
                };
                frame.ptr[step.reg as usize] = out;
                self.step(&step.op, memory, frame, start, n, results, out);
            }
            for store in &self.stores {
                let from = frame.ptr[store.reg as usize];
                let to = memory.at(store.to.loc);
                if store.to.is_dense() {
                    core::ptr::copy(from, to.add(start), n);
                } else {
                    store.to.walk_rarely(start, n, &mut |at, offset, stride, len| {
                        for i in 0..len {
                            *to.offset(offset + i as isize * stride) = *from.add(at + i);
                        }
                    });
                }
            }
        }
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    unsafe fn step(
        &self,
        op: &Op,
        memory: &Memory,
        frame: &Frame,
        start: usize,
        n: usize,
        results: Results,
        out: *mut u32,
    ) {
        let vector = |r: Reg| frame.ptr[r as usize].cast_const();
        // SAFETY: out has room for n ≤ BLOCK words and overlaps no operand.
        unsafe {
            match op {
                Op::Direct(_) | Op::Result(_) => {}
                Op::Spread(i, from) => fill(results.of(*i, results.first), from, &[], start, n, out),
                Op::Fill(from, guards) => fill(memory.at(from.loc), from, guards, start, n, out),
                Op::Gather { index, columns, row_stride, rows, bytes } => {
                    let table = memory.at(columns.loc);
                    let index = vector(*index);
                    columns.walk_rarely(start, n, &mut |at, offset, stride, len| {
                        for i in 0..len {
                            let row = (*index.add(at + i)).min(rows - 1) as usize * *row_stride as usize;
                            let column = (offset + i as isize * stride) as usize;
                            *out.add(at + i) = if *bytes {
                                let word = *table.add(row + column / 4);
                                ((word >> (column % 4 * 8) & 255) as f32).to_bits()
                            } else {
                                *table.add(row + column)
                            };
                        }
                    });
                }
                Op::Index(along) => along.walk_rarely(start, n, &mut |at, offset, stride, len| {
                    for i in 0..len {
                        *out.add(at + i) = (offset + i as isize * stride) as u32;
                    }
                }),
                Op::Random { key, counter } => {
                    let key = memory.at(*key);
                    random([*key, *key.add(1)], *memory.at(*counter), start, n, out);
                }
                Op::Unary(u, x) => in_groups(Loop::Unary(*u), [Operand::Vector(vector(*x)); 3], n, out),
                Op::Binary(b, dtype, x, y) => {
                    let operand = |r: Reg| match self.is_scalar[r as usize] && takes_scalars(*b, *dtype) {
                        true => Operand::Number(frame.scalar[r as usize].as_ptr()),
                        false => Operand::Vector(vector(r)),
                    };
                    let (x, y) = (operand(*x), operand(*y));
                    in_groups(Loop::Binary(*b, *dtype), [x, y, y], n, out);
                }
                Op::Select(c, x, y) => {
                    let operands = [*c, *x, *y].map(|r| Operand::Vector(vector(r)));
                    in_groups(Loop::Select, operands, n, out);
                }
            }
        }
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

/// An instruction whose operands are all scalars.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
unsafe fn scalar(instr: &Instr, memory: &Memory, scalars: &[Group]) -> Group {
    let mut out = [[0; GROUP]];
    let operand = |r: Reg| Operand::Vector(scalars[r as usize].as_ptr());
    // SAFETY: one group each.
    unsafe {
        match instr {
            Instr::Const(c) => out = [[c.to_bits(); GROUP]],
            Instr::ConstU(c) => out = [[*c; GROUP]],
            Instr::Load(access, _) => out = [[*memory.at(access.loc); GROUP]],
            Instr::Unary(u, x) => unary(*u, scalars[*x as usize].as_ptr(), &mut out),
            Instr::Binary(b, dtype, x, y) => binary(*b, *dtype, [operand(*x), operand(*y)], &mut out),
            Instr::Select(_, c, x, y) => select([operand(*c), operand(*x), operand(*y)], &mut out),
            _ => {}
        }
    }
    out[0]
}

#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
unsafe fn fill(
    base: *mut u32,
    from: &Strided,
    guards: &[(Strided, Guard)],
    start: usize,
    n: usize,
    out: *mut u32,
) {
    // SAFETY: the caller's.
    unsafe {
        if guards.is_empty() {
            from.walk(start, n, |at, offset, stride, len| match stride {
                0 => slice::from_raw_parts_mut(out.add(at), len).fill(*base.offset(offset)),
                1 => copy_run(base.offset(offset), out.add(at), len),
                _ => {
                    for i in 0..len {
                        *out.add(at + i) = *base.offset(offset + i as isize * stride);
                    }
                }
            });
            return;
        }
        // One bit of validity per point, then only the valid ones are read.
        let mut inside = [true; BLOCK];
        for (along, guard) in guards {
            along.walk_rarely(start, n, &mut |at, offset, stride, len| {
                for i in 0..len {
                    let c = (offset + i as isize * stride) as u32;
                    inside[at + i] &= guard.lo <= c && c < guard.hi;
                }
            });
        }
        from.walk_rarely(start, n, &mut |at, offset, stride, len| {
            for i in 0..len {
                let word = base.wrapping_offset(offset + i as isize * stride);
                *out.add(at + i) = if inside[at + i] { *word } else { 0 };
            }
        });
    }
}

/// A short copy; a call to memcpy costs more than two words are worth.
#[inline(always)]
unsafe fn copy_run(from: *const u32, to: *mut u32, len: usize) {
    // SAFETY: the caller's.
    unsafe {
        if len < 8 {
            for i in 0..len {
                *to.add(i) = *from.add(i);
            }
        } else {
            core::ptr::copy_nonoverlapping(from, to, len);
        }
    }
}

/// Words `start .. start + n` of a draw.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
unsafe fn random(key: [u32; 2], invocation: u32, start: usize, n: usize, out: *mut u32) {
    // SAFETY: out has room for n words.
    let out = unsafe { slice::from_raw_parts_mut(out, n) };
    let mut i = 0;
    if start % 2 == 1 && n > 0 {
        out[0] = threefry2x32(key, [(start / 2) as u32, invocation])[1];
        i = 1;
    }
    // Several blocks side by side, so that the rounds are SIMD.
    const WIDE: usize = 16;
    while i + 2 * WIDE <= n {
        let first = ((start + i) / 2) as u32;
        let mut words = [[0u32; 2]; WIDE];
        for (j, w) in words.iter_mut().enumerate() {
            *w = threefry2x32(key, [first + j as u32, invocation]);
        }
        out[i..i + 2 * WIDE].copy_from_slice(words.as_flattened());
        i += 2 * WIDE;
    }
    while i < n {
        let words = threefry2x32(key, [((start + i) / 2) as u32, invocation]);
        out[i] = words[0];
        if i + 1 < n {
            out[i + 1] = words[1];
        }
        i += 2;
    }
}

/// Points that an elementwise loop takes at a time: it then needs no second loop for the points left
/// over, of which there would be one for every op.
const GROUP: usize = 16;

type Group = [u32; GROUP];

/// What an elementwise loop reads: consecutive groups, or one group for all points.
#[derive(Clone, Copy)]
enum Operand {
    Vector(*const u32),
    Number(*const u32),
}

impl Operand {
    /// Its words from point `first` on.
    #[inline(always)]
    unsafe fn at(self, first: usize) -> *const u32 {
        match self {
            // SAFETY: the caller's.
            Operand::Vector(at) => unsafe { at.add(first) },
            Operand::Number(at) => at,
        }
    }
}

/// An elementwise loop. No closure: one that is called at two places is not inlined into the
/// instruction set's function, and has none of its instructions then.
#[derive(Clone, Copy)]
enum Loop {
    Unary(Unary),
    Binary(Binary, DType),
    Select,
}

/// Runs a loop over all whole groups of `n` points, where they are, then over the rest in a padded
/// copy.
///
/// # Safety
/// Operands, of which a loop takes as many as it has, and `out` have `n` words; `out` overlaps none.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
unsafe fn in_groups(run: Loop, mut operands: [Operand; 3], n: usize, out: *mut u32) {
    let (whole, rest) = (n / GROUP, n % GROUP);
    // SAFETY: whole groups and the rest together are n points; a number's group is longer than the rest.
    unsafe {
        for (part, count) in [whole, rest].into_iter().enumerate() {
            if count == 0 {
                continue;
            }
            let (mut padded, mut last);
            let groups = if part == 0 {
                slice::from_raw_parts_mut(out.cast::<Group>(), whole)
            } else {
                padded = [[0u32; GROUP]; 3];
                for (operand, copy) in operands.iter_mut().zip(&mut padded) {
                    operand.at(whole * GROUP).copy_to_nonoverlapping(copy.as_mut_ptr(), rest);
                    *operand = Operand::Vector(copy.as_ptr());
                }
                last = [[0; GROUP]];
                &mut last
            };
            let [x, y, _] = operands;
            match run {
                Loop::Unary(u) => unary(u, x.at(0), groups),
                Loop::Binary(b, dtype) => binary(b, dtype, [x, y], groups),
                Loop::Select => select(operands, groups),
            }
            if part == 1 {
                groups[0].as_ptr().copy_to_nonoverlapping(out.add(whole * GROUP), rest);
            }
        }
    }
}

/// Applies `f` to groups of words that are read as `A` and written as `B`, both 32-bit types.
#[inline(always)]
unsafe fn map<A: Copy, B>(x: *const u32, out: &mut [Group], f: impl Fn(A) -> B) {
    let out = out.as_flattened_mut();
    // SAFETY: the operand has as many words.
    unsafe {
        let x = slice::from_raw_parts(x.cast::<A>(), out.len());
        let out = slice::from_raw_parts_mut(out.as_mut_ptr().cast::<B>(), out.len());
        for i in 0..out.len() {
            out[i] = f(x[i]);
        }
    }
}

/// As [`map`], of two operands.
#[inline(always)]
unsafe fn zip<A: Copy, B>([x, y]: [Operand; 2], out: &mut [Group], f: impl Fn(A, A) -> B) {
    let out = out.as_flattened_mut();
    // SAFETY: the operands are vectors of as many words.
    unsafe {
        let x = slice::from_raw_parts(x.at(0).cast::<A>(), out.len());
        let y = slice::from_raw_parts(y.at(0).cast::<A>(), out.len());
        let out = slice::from_raw_parts_mut(out.as_mut_ptr().cast::<B>(), out.len());
        for i in 0..out.len() {
            out[i] = f(x[i], y[i]);
        }
    }
}

/// Whether an op has loops for one number beside a vector. For the rest numbers are spread out
/// first: they are rare, and each loop is code to download.
fn takes_scalars(op: Binary, dtype: DType) -> bool {
    use Binary::*;
    dtype == DType::F32 && matches!(op, Add | Sub | Mul | Div | Max | Min)
}

/// An op that takes numbers beside vectors.
#[inline(always)]
unsafe fn mixed(operands: [Operand; 2], out: &mut [Group], f: impl Fn(f32, f32) -> f32) {
    // SAFETY: the caller's; a number is one word at least.
    unsafe {
        match operands {
            [Operand::Number(x), Operand::Vector(y)] => {
                let x = f32::from_bits(*x);
                map(y, out, |y| f(x, y));
            }
            [Operand::Vector(x), Operand::Number(y)] => {
                let y = f32::from_bits(*y);
                map(x, out, |x| f(x, y));
            }
            // Two numbers make a scalar instruction, which is run before.
            _ => zip(operands, out, f),
        }
    }
}

#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
unsafe fn unary(op: Unary, x: *const u32, out: &mut [Group]) {
    // SAFETY: the caller's.
    unsafe {
        match op {
            Unary::Neg => map(x, out, |x: f32| -x),
            Unary::Exp => map(x, out, math::exp),
            Unary::Log => map(x, out, math::log),
            Unary::Sqrt => map(x, out, math::sqrt),
            Unary::Tanh => map(x, out, math::tanh),
            Unary::Sigmoid => map(x, out, math::sigmoid),
            Unary::Softplus => map(x, out, math::softplus),
            Unary::Abs => map(x, out, f32::abs),
            Unary::Sign => map(x, out, |x: f32| (x > 0.0) as u32 as f32 - (x < 0.0) as u32 as f32),
            Unary::Floor => map(x, out, math::floor),
            Unary::Sin => map(x, out, math::sin),
            Unary::Cos => map(x, out, math::cos),
            Unary::Leaky(slope) => map(x, out, |x: f32| if x > 0.0 { x } else { slope * x }),
            Unary::LeakySlope(slope) => map(x, out, |x: f32| if x > 0.0 { 1.0f32 } else { slope }),
            Unary::Probit => map(x, out, math::probit),
            Unary::UnitFromBits => map(x, out, unit),
            Unary::ToF32 => map(x, out, |x: u32| x as f32),
            Unary::ToU32 => map(x, out, |x: f32| x as u32),
        }
    }
}

#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
unsafe fn binary(op: Binary, dtype: DType, operands: [Operand; 2], out: &mut [Group]) {
    let truth = |b: bool| b as u32 as f32;
    // SAFETY: the caller's.
    unsafe {
        match (op, dtype) {
            (Binary::Add, DType::F32) => mixed(operands, out, |a, b| a + b),
            (Binary::Sub, DType::F32) => mixed(operands, out, |a, b| a - b),
            (Binary::Mul, DType::F32) => mixed(operands, out, |a, b| a * b),
            (Binary::Max, DType::F32) => mixed(operands, out, math::max),
            (Binary::Min, DType::F32) => mixed(operands, out, math::min),
            (Binary::Div, _) => mixed(operands, out, |a, b| a / b),
            (Binary::Add, DType::U32) => zip(operands, out, u32::wrapping_add),
            (Binary::Sub, DType::U32) => zip(operands, out, u32::wrapping_sub),
            (Binary::Mul, DType::U32) => zip(operands, out, u32::wrapping_mul),
            (Binary::Max, DType::U32) => zip(operands, out, u32::max),
            (Binary::Min, DType::U32) => zip(operands, out, u32::min),
            (Binary::Rem, _) => zip(operands, out, |a: u32, b: u32| a.checked_rem(b).unwrap_or(0)),
            (Binary::And, _) => zip(operands, out, |a: u32, b: u32| a & b),
            (Binary::Shr, _) => zip(operands, out, u32::wrapping_shr),
            (Binary::Pow, _) => zip(operands, out, |a, b| math::exp(b * math::log(a))),
            (Binary::Lt, DType::U32) => zip(operands, out, |a: u32, b: u32| truth(a < b)),
            (Binary::Le, DType::U32) => zip(operands, out, |a: u32, b: u32| truth(a <= b)),
            (Binary::Eq, DType::U32) => zip(operands, out, |a: u32, b: u32| truth(a == b)),
            (Binary::Lt, DType::F32) => zip(operands, out, |a: f32, b: f32| truth(a < b)),
            (Binary::Le, DType::F32) => zip(operands, out, |a: f32, b: f32| truth(a <= b)),
            (Binary::Eq, DType::F32) => zip(operands, out, |a: f32, b: f32| truth(a == b)),
        }
    }
}

#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
unsafe fn select([c, x, y]: [Operand; 3], out: &mut [Group]) {
    let out = out.as_flattened_mut();
    // SAFETY: the operands are vectors of as many words.
    unsafe {
        let c = slice::from_raw_parts(c.at(0).cast::<f32>(), out.len());
        let x = slice::from_raw_parts(x.at(0), out.len());
        let y = slice::from_raw_parts(y.at(0), out.len());
        for i in 0..out.len() {
            out[i] = if c[i] > 0.0 { x[i] } else { y[i] };
        }
    }
}
