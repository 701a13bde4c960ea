//! A prepared body, run.

use super::elementwise::{GROUP, Group, Loop, Operand, binary, in_groups, select, takes_scalars, unary};
use super::load::fill;
use super::prepare::{Compiled, Op, Out};
use super::random::random;
use super::{BLOCK, Frame, Results};
use crate::memory::Memory;
use tilde_graph::plan::{Instr, Reg};

impl Compiled {
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

    /// Runs one instruction for points `start .. start + n`.
    ///
    /// # Safety
    /// As [`Compiled::block`]. `out` must have room for `n` words and overlap no operand; the operands'
    /// registers must hold the same points.
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

/// An instruction whose operands are all scalars.
///
/// # Safety
/// `memory` must be that of the plan the instruction belongs to.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
unsafe fn scalar(instr: &Instr, memory: &Memory, scalars: &[Group]) -> Group {
    let mut out = [[0; GROUP]];
    let operand = |r: Reg| Operand::Vector(scalars[r as usize].as_ptr());
    // SAFETY: every operand and the result are one group, apart from each other.
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
