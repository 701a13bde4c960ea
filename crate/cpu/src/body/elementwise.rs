//! Elementwise ops, each a loop that the compiler turns into SIMD.

use crate::math;
use core::slice;
use tilde_graph::rng::unit;
use tilde_graph::{Binary, DType, Unary};

/// Points that an elementwise loop takes at a time. With whole groups only, the compiler adds no second
/// loop for the points left over, which every op would have one of.
pub(super) const GROUP: usize = 16;

pub(super) type Group = [u32; GROUP];

/// What an elementwise loop reads: consecutive groups, or one group for all points.
#[derive(Clone, Copy)]
pub(super) enum Operand {
    Vector(*const u32),
    Number(*const u32),
}

impl Operand {
    /// Its words from point `first` on.
    ///
    /// # Safety
    /// `first` must be a point of the vector, or the one after its last.
    #[inline(always)]
    unsafe fn at(self, first: usize) -> *const u32 {
        match self {
            // SAFETY: the caller gives a point of the vector.
            Operand::Vector(at) => unsafe { at.add(first) },
            Operand::Number(at) => at,
        }
    }
}

/// An elementwise loop. It is not a closure: a closure that is called at two places is not inlined into
/// the function of the instruction set, and would be compiled without those instructions.
#[derive(Clone, Copy)]
pub(super) enum Loop {
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
pub(super) unsafe fn in_groups(run: Loop, mut operands: [Operand; 3], n: usize, out: *mut u32) {
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

/// Applies `f` to groups of words that are read as `A` and written as `B`.
///
/// # Safety
/// `x` must have as many words as `out` and not overlap it. `A` and `B` must be `f32` or `u32`, for
/// which any word is a value.
#[inline(always)]
unsafe fn map<A: Copy, B>(x: *const u32, out: &mut [Group], f: impl Fn(A) -> B) {
    let out = out.as_flattened_mut();
    // SAFETY: the operand has as many words, and a word is an A or a B.
    unsafe {
        let x = slice::from_raw_parts(x.cast::<A>(), out.len());
        let out = slice::from_raw_parts_mut(out.as_mut_ptr().cast::<B>(), out.len());
        for i in 0..out.len() {
            out[i] = f(x[i]);
        }
    }
}

/// As [`map`], of two operands.
///
/// # Safety
/// As [`map`], for each operand; both must be vectors, or `out` one group.
#[inline(always)]
unsafe fn zip<A: Copy, B>([x, y]: [Operand; 2], out: &mut [Group], f: impl Fn(A, A) -> B) {
    let out = out.as_flattened_mut();
    // SAFETY: the operands have as many words, and a word is an A or a B.
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
pub(super) fn takes_scalars(op: Binary, dtype: DType) -> bool {
    use Binary::*;
    dtype == DType::F32 && matches!(op, Add | Sub | Mul | Div | Max | Min)
}

/// An op that takes numbers beside vectors.
///
/// # Safety
/// As [`zip`], but one operand may be a number.
#[inline(always)]
unsafe fn mixed(operands: [Operand; 2], out: &mut [Group], f: impl Fn(f32, f32) -> f32) {
    // SAFETY: the vectors are as the caller promises; a number is one word at least.
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

/// A function of one argument.
///
/// # Safety
/// `x` must have as many words as `out` and not overlap it.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
pub(super) unsafe fn unary(op: Unary, x: *const u32, out: &mut [Group]) {
    // SAFETY: as the caller promises; the closures take and give f32 or u32.
    unsafe {
        match op {
            Unary::Neg => map(x, out, |x: f32| -x),
            Unary::Exp => map(x, out, math::exp()),
            Unary::Log => map(x, out, math::log()),
            Unary::Sqrt => map(x, out, math::sqrt),
            Unary::Tanh => map(x, out, math::tanh()),
            Unary::Sigmoid => map(x, out, math::sigmoid()),
            Unary::Softplus => map(x, out, math::softplus()),
            Unary::Abs => map(x, out, f32::abs),
            Unary::Sign => map(x, out, math::sign),
            Unary::Floor => map(x, out, math::floor),
            Unary::Sin => map(x, out, math::sin()),
            Unary::Cos => map(x, out, math::cos()),
            Unary::Leaky(slope) => map(x, out, |x| math::leaky(x, slope)),
            Unary::LeakySlope(slope) => map(x, out, |x| math::leaky_slope(x, slope)),
            Unary::Probit => map(x, out, math::probit()),
            Unary::UnitFromBits => map(x, out, unit),
            Unary::ToF32 => map(x, out, |x: u32| x as f32),
            Unary::ToU32 => map(x, out, |x: f32| x as u32),
        }
    }
}

/// A function of two arguments.
///
/// # Safety
/// The operands must have as many words as `out` and not overlap it. One may be a number where
/// [`takes_scalars`] says so.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
pub(super) unsafe fn binary(op: Binary, dtype: DType, operands: [Operand; 2], out: &mut [Group]) {
    let truth = |b: bool| b as u32 as f32;
    // SAFETY: as the caller promises; the closures take and give f32 or u32.
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
            (Binary::Pow, _) => {
                let (exp, log) = (math::exp(), math::log());
                zip(operands, out, |a, b| exp(b * log(a)))
            }
            (Binary::Lt, DType::U32) => zip(operands, out, |a: u32, b: u32| truth(a < b)),
            (Binary::Le, DType::U32) => zip(operands, out, |a: u32, b: u32| truth(a <= b)),
            (Binary::Eq, DType::U32) => zip(operands, out, |a: u32, b: u32| truth(a == b)),
            (Binary::Lt, DType::F32) => zip(operands, out, |a: f32, b: f32| truth(a < b)),
            (Binary::Le, DType::F32) => zip(operands, out, |a: f32, b: f32| truth(a <= b)),
            (Binary::Eq, DType::F32) => zip(operands, out, |a: f32, b: f32| truth(a == b)),
        }
    }
}

/// The first operand > 0 ? the second : the third.
///
/// # Safety
/// The operands must be vectors of as many words as `out` and not overlap it.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
pub(super) unsafe fn select([c, x, y]: [Operand; 3], out: &mut [Group]) {
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
