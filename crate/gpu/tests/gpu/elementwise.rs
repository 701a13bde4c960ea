//! Every op and every kind of access, in maps.

use crate::build::{Builder, at, dense, map};
use crate::check::{Draw, check, random_memory};
use crate::reference::Memory;
use tilde_graph::plan::{Arena, Guard, Instr, Loc};
use tilde_graph::{Binary, DType, Unary};

const N: usize = 150;

#[test]
fn unary_ops() {
    use Unary::*;
    let anywhere =
        [Neg, Exp, Tanh, Sigmoid, Softplus, Abs, Sign, Floor, Leaky(0.0), Leaky(0.2), LeakySlope(0.2)];
    // Arguments in (0, 1): also within ±π.
    let unit = [Log, Sqrt, Probit, Sin, Cos];
    let words = [2 * N as u32, 4, 20 * N as u32, N as u32 + 2, 4, N as u32 + 2, 4];
    let mut memory = random_memory(words, 1);
    let (wide, narrow) = memory.floats[Arena::State as usize].split_at_mut(N);
    let edges = [0.0, 1.0, -1.0, 0.5, -0.5, 44.0, -44.0, 86.0, -86.0, 200.0, -200.0, 1e-6, -1e-6];
    let mut draw = Draw(2);
    wide.iter_mut().for_each(|x| *x = draw.float(-20.0, 20.0));
    wide[..edges.len()].copy_from_slice(&edges);
    narrow.iter_mut().for_each(|x| *x = draw.float(1e-6, 1.0));
    narrow[..4].copy_from_slice(&[1e-6, 0.5, 0.999_999, 6e-8]);

    let mut body = Builder::default();
    let out = |i: usize| at(Arena::Work, (i * N) as u32, &[1]);
    let [x, u] = [0, N].map(|offset| body.load(at(Arena::State, offset as u32, &[1])));
    for (i, op) in anywhere.into_iter().enumerate() {
        // e^x is compared by its logarithm: it spans 76 orders of magnitude.
        let mut y = body.unary(op, x);
        if op == Exp {
            y = body.unary(Log, y);
        }
        body.store(out(i), y);
    }
    for (i, op) in unit.into_iter().enumerate() {
        let y = body.unary(op, u);
        body.store(out(anywhere.len() + i), y);
    }
    let bits = body.load(at(Arena::DataU, 0, &[1]));
    for (i, op) in [UnitFromBits, ToF32].into_iter().enumerate() {
        let y = body.unary(op, bits);
        body.store(out(anywhere.len() + unit.len() + i), y);
    }
    let truncated = body.unary(ToU32, x);
    body.store(at(Arena::WorkU, 0, &[1]), truncated);
    check(vec![map(&[N], body)], &memory, 1e-5);
}

#[test]
fn binary_ops_and_select() {
    use Binary::*;
    let words = [2 * N as u32, 4, 20 * N as u32, 20 * N as u32, 4, 2 * N as u32, 4];
    let mut memory = random_memory(words, 3);
    let mut draw = Draw(4);
    memory.floats[0].iter_mut().for_each(|x| *x = draw.float(0.1, 3.0));
    memory.floats[0][N] = memory.floats[0][0];
    let integers = &mut memory.integers[Arena::DataU as usize];
    integers[N] = integers[0];
    integers[N + 1..].iter_mut().for_each(|x| *x = *x % 100 + 1);

    let mut body = Builder::default();
    let mut outs = [0, 0];
    let mut out = |dtype| {
        let (arena, i) = match dtype {
            DType::F32 => (Arena::Work, &mut outs[0]),
            DType::U32 => (Arena::WorkU, &mut outs[1]),
        };
        *i += 1;
        at(arena, (*i - 1) * N as u32, &[1])
    };
    for arena in [Arena::State, Arena::DataU] {
        let [a, b] = [0, N].map(|offset| body.load(at(arena, offset as u32, &[1])));
        for op in [Add, Sub, Mul, Div, Max, Min, Pow, Lt, Le, Eq, Rem, And, Shr] {
            if let Some(dtype) = op.dtype(arena.dtype()) {
                let y = body.binary(op, a, b);
                body.store(out(dtype), y);
            }
        }
        let one = body.push(Instr::ConstU(1), DType::U32);
        let condition = match arena.dtype() {
            DType::F32 => body.binary(Sub, a, b),
            DType::U32 => body.binary(And, a, one),
        };
        let y = body.push(Instr::Select(arena.dtype(), condition, a, b), arena.dtype());
        body.store(out(arena.dtype()), y);
    }
    check(vec![map(&[N], body)], &memory, 1e-5);
}

#[test]
fn broadcast_strided_and_reversed() {
    let dims = [3, 5, 7];
    let words = [200, 4, 500, 4, 16, 4, 8];
    let mut body = Builder::default();
    let loads = [
        dense(Arena::State, 8, &dims),
        // A row vector, a column vector, a scalar, a transposed and a reversed tensor.
        at(Arena::Data, 1, &[0, 0, 1]),
        at(Arena::Data, 3, &[0, 2, 0]),
        at(Arena::Io, 5, &[]),
        at(Arena::State, 0, &[1, 3, 15]),
        at(Arena::State, 104, &[-35, -7, -1]),
    ];
    let mut sum = body.constant(0.1);
    for access in loads {
        let x = body.load(access);
        sum = body.binary(Binary::Add, sum, x);
    }
    body.store(dense(Arena::Work, 4, &dims), sum);
    body.store(at(Arena::Work, 200, &[1, 3, 15]), sum);
    check(vec![map(&dims, body)], &random_memory(words, 5), 1e-6);
}

#[test]
fn scalars() {
    let mut body = Builder::default();
    let x = body.load(at(Arena::State, 3, &[]));
    let y = body.unary(Unary::Neg, x);
    body.store(at(Arena::Io, 2, &[]), y);
    check(vec![map(&[], body)], &random_memory([4; 7], 6), 0.0);
}

#[test]
fn guards_are_a_padded_box() {
    // [4, 6] padded to [6, 9] by one row above and two columns on the left.
    let mut body = Builder::default();
    let guards = vec![Guard { axis: 0, lo: 1, hi: 5 }, Guard { axis: 1, lo: 2, hi: 8 }];
    let x = body.push(Instr::Load(at(Arena::State, 8, &[6, 1]), guards.clone()), DType::F32);
    let i = body.push(Instr::Load(at(Arena::DataU, 8, &[6, 1]), guards), DType::U32);
    let column = vec![Guard { axis: 1, lo: 0, hi: 4 }];
    let z = body.push(Instr::Load(at(Arena::State, 0, &[0, 1]), column), DType::F32);
    let y = body.binary(Binary::Add, x, z);
    body.store(dense(Arena::Work, 0, &[6, 9]), y);
    body.store(dense(Arena::WorkU, 0, &[6, 9]), i);
    check(vec![map(&[6, 9], body)], &random_memory([60, 4, 60, 60, 4, 60, 4], 7), 0.0);
}

#[test]
fn gathered_rows_and_bytes() {
    // 9 rows of 5 floats; 9 rows of 3 words, of whose 12 bytes every second is taken, backwards.
    let dims = [20, 5];
    let words = [48, 4, 400, 100, 4, 64, 4];
    let mut memory = random_memory(words, 8);
    let mut draw = Draw(9);
    // Some indices are past the end.
    memory.integers[Arena::DataU as usize][..20].iter_mut().for_each(|x| *x = draw.bits() % 12);
    let mut body = Builder::default();
    let index = body.load(at(Arena::DataU, 0, &[1, 0]));
    let access = at(Arena::State, 2, &[0, 1]);
    let x = body.push(Instr::Gather { index, access, row_stride: 5, rows: 9 }, DType::F32);
    let access = at(Arena::DataU, 22, &[0, 2]);
    let b = body.push(Instr::GatherByte { index, access, row_stride: 3, rows: 9 }, DType::F32);
    let row = body.push(Instr::Index(0), DType::U32);
    let column = body.push(Instr::Index(1), DType::U32);
    let sum = body.binary(Binary::Add, row, column);
    body.store(dense(Arena::Work, 0, &dims), x);
    body.store(dense(Arena::Work, 200, &dims), b);
    body.store(dense(Arena::WorkU, 0, &dims), sum);
    check(vec![map(&dims, body)], &memory, 0.0);
}

#[test]
fn random_words_are_threefry() {
    let dims = [7, 9];
    let words = [4, 8, 64, 64, 4, 16, 4];
    let mut memory = random_memory(words, 10);
    // The published vector: key 0, counter 0.
    memory.integers[Arena::DataU as usize][..2].fill(0);
    memory.integers[Arena::StateU as usize][0] = 0;
    let mut known = Builder::default();
    let site = |key, counter| Instr::Random {
        key: Loc { arena: Arena::DataU, offset: key },
        counter: Loc { arena: Arena::StateU, offset: counter },
    };
    let bits = known.push(site(0, 0), DType::U32);
    known.store(at(Arena::WorkU, 0, &[1]), bits);
    let mut body = Builder::default();
    let bits = body.push(site(6, 3), DType::U32);
    let u = body.unary(Unary::UnitFromBits, bits);
    body.store(dense(Arena::WorkU, 0, &dims), bits);
    body.store(at(Arena::Work, 0, &[1, 7]), u);
    check(vec![map(&[2], known)], &memory, 0.0);
    check(vec![map(&dims, body)], &memory, 0.0);
}

#[test]
fn more_points_than_a_row_of_workgroups() {
    let points = 65_535 * 64 + 1000;
    let words = [4, 4, (points as u32).next_multiple_of(4), 4, 4, 4, 4];
    let mut body = Builder::default();
    let i = body.push(Instr::Index(0), DType::U32);
    let x = body.unary(Unary::ToF32, i);
    body.store(at(Arena::Work, 0, &[1]), x);
    check(vec![map(&[points], body)], &Memory::zeros(words), 0.0);
}
