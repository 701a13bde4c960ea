//! Reductions of several passes over the same rows, and what follows them for every element.

use crate::build::{Builder, at, dense, pass, rows};
use crate::check::{check, random_memory};
use tilde_gpu::{Target, wgsl};
use tilde_graph::plan::{Access, Arena, Instr, Kernel, Loc};
use tilde_graph::{Binary, DType, ReduceOp, Unary};

/// Points and elements: few, many, one, not multiples of anything.
const SIZES: [(usize, usize); 8] =
    [(1, 5), (3, 64), (7, 1000), (300, 65), (2, 9000), (20_000, 3), (16_500, 70), (130, 256)];

fn round(n: usize) -> u32 {
    (n as u32).next_multiple_of(4)
}

/// Sizes of arenas whose state, work and io hold the rows, and io a word a row behind them.
fn words(outer: usize, inner: usize) -> [u32; 7] {
    let all = round(outer * inner);
    [all, 4, all, 4, round(inner), 4, all + round(outer)]
}

/// A softmax of `x`, whose logarithmic normaliser is kept for every row.
fn softmax(outer: usize, inner: usize, x: Access) -> Kernel {
    let exponential = |body: &mut Builder| {
        let (x, top) = (body.load(x), body.result(0));
        let d = body.binary(Binary::Sub, x, top);
        body.unary(Unary::Exp, d)
    };
    let mut largest = Builder::default();
    let value = largest.load(x);
    let mut total = Builder::default();
    let e = exponential(&mut total);
    let mut last = Builder::default();
    let (y, sum) = (exponential(&mut last), last.result(1));
    let y = last.binary(Binary::Div, y, sum);
    last.store(dense(Arena::Io, 0, &[outer, inner]), y);
    let mut body = Builder::default();
    let (top, sum) = (body.result(0), body.result(1));
    let log = body.unary(Unary::Log, sum);
    let log = body.binary(Binary::Add, log, top);
    body.store(at(Arena::Io, round(outer * inner), &[1]), log);
    let passes = vec![pass(ReduceOp::Max, largest, value), pass(ReduceOp::Sum, total, e)];
    rows(&[outer], &[inner], passes, last, body)
}

/// A layer norm with a gain: the mean, the variance of what the second pass stores, and the
/// quotient of what was stored and the deviation.
fn layer_norm(outer: usize, inner: usize, x: Access, centred: Access) -> Kernel {
    let mut sum = Builder::default();
    let value = sum.load(x);
    let mut squares = Builder::default();
    let (x, sum_of_all) = (squares.load(x), squares.result(0));
    let scale = squares.constant(1.0 / inner as f32);
    let mean = squares.binary(Binary::Mul, sum_of_all, scale);
    let d = squares.binary(Binary::Sub, x, mean);
    let square = squares.binary(Binary::Mul, d, d);
    squares.store(centred, d);
    let deviation = |body: &mut Builder| {
        let (sum, scale) = (body.result(1), body.constant(1.0 / inner as f32));
        let epsilon = body.constant(0.01);
        let variance = body.binary(Binary::Mul, sum, scale);
        let variance = body.binary(Binary::Add, variance, epsilon);
        body.unary(Unary::Sqrt, variance)
    };
    let mut last = Builder::default();
    let (d, gain) = (last.load(centred), last.load(at(Arena::Data, 0, &[0, 1])));
    let deviation_here = deviation(&mut last);
    let y = last.binary(Binary::Div, d, deviation_here);
    let y = last.binary(Binary::Mul, y, gain);
    last.store(dense(Arena::Io, 0, &[outer, inner]), y);
    let mut body = Builder::default();
    let kept = deviation(&mut body);
    body.store(at(Arena::Io, round(outer * inner), &[1]), kept);
    let passes = vec![pass(ReduceOp::Sum, sum, value), pass(ReduceOp::Sum, squares, square)];
    rows(&[outer], &[inner], passes, last, body)
}

#[test]
fn softmaxes() {
    for (seed, (outer, inner)) in SIZES.into_iter().enumerate() {
        let x = dense(Arena::State, 0, &[outer, inner]);
        check(vec![softmax(outer, inner, x)], &random_memory(words(outer, inner), seed as u64), 1e-5);
    }
}

#[test]
fn layer_norms() {
    for (seed, (outer, inner)) in SIZES.into_iter().enumerate() {
        let all = [outer, inner];
        let (x, centred) = (dense(Arena::State, 0, &all), dense(Arena::Work, 0, &all));
        let memory = random_memory(words(outer, inner), seed as u64);
        check(vec![layer_norm(outer, inner, x, centred)], &memory, 3e-5);
    }
}

/// Neighbouring rows side by side in memory, as channels of a batch are, overwritten in place.
#[test]
fn rows_side_by_side() {
    for (seed, (outer, inner)) in [(37, 129), (3, 700), (2500, 40), (8, 16)].into_iter().enumerate() {
        let x = at(Arena::State, 0, &[1, outer as i32]);
        let memory = random_memory(words(outer, inner), seed as u64);
        check(vec![layer_norm(outer, inner, x, x)], &memory, 3e-5);
        check(vec![softmax(outer, inner, x)], &memory, 1e-5);
    }
}

/// A group norm: images `[batch, pixels, groups, channels]`, normalised over pixels and channels.
#[test]
fn axes_in_turn() {
    let (batch, pixels, groups, channels) = (3, 25, 4, 6);
    let x = at(Arena::State, 0, &[(pixels * groups * channels) as i32, 6, 24, 1]);
    let mut sum = Builder::default();
    let value = sum.load(x);
    let mut squares = Builder::default();
    let (x_again, total) = (squares.load(x), squares.result(0));
    let scale = squares.constant(1.0 / 150.0);
    let mean = squares.binary(Binary::Mul, total, scale);
    let d = squares.binary(Binary::Sub, x_again, mean);
    let square = squares.binary(Binary::Mul, d, d);
    squares.store(x, d);
    let mut last = Builder::default();
    let (d, total, gain) = (last.load(x), last.result(1), last.load(at(Arena::Data, 0, &[0, 6, 0, 1])));
    let y = last.binary(Binary::Div, d, total);
    let y = last.binary(Binary::Mul, y, gain);
    last.store(dense(Arena::Io, 0, &[batch, groups, pixels, channels]), y);
    let passes = vec![pass(ReduceOp::Sum, sum, value), pass(ReduceOp::Sum, squares, square)];
    let kernel = rows(&[batch, groups], &[pixels, channels], passes, last, Builder::default());
    check(vec![kernel], &random_memory([1800, 4, 4, 4, 24, 4, 1800], 1), 1e-5);
}

/// One pass, then something for every element; three passes without anything after them.
#[test]
fn one_pass_and_three() {
    for (outer, inner) in [(5, 200), (40, 33)] {
        let all = [outer, inner];
        let x = dense(Arena::State, 0, &all);
        let mut pre = Builder::default();
        let value = pre.load(x);
        let mut last = Builder::default();
        let (x_again, top) = (last.load(x), last.result(0));
        let y = last.binary(Binary::Eq, x_again, top);
        last.store(dense(Arena::Io, 0, &all), y);
        let largest = vec![pass(ReduceOp::Max, pre, value)];
        let kernel = rows(&[outer], &[inner], largest, last, Builder::default());
        check(vec![kernel], &random_memory(words(outer, inner), 1), 0.0);

        let mut passes = Vec::new();
        for i in 0..3 {
            let mut pre = Builder::default();
            let mut value = pre.load(x);
            if i > 0 {
                let earlier = pre.result(i - 1);
                let scale = pre.constant(1.0 / inner as f32);
                let earlier = pre.binary(Binary::Mul, earlier, scale);
                value = pre.binary(Binary::Sub, value, earlier);
                value = pre.unary(Unary::Abs, value);
            }
            passes.push(pass(if i == 1 { ReduceOp::Max } else { ReduceOp::Sum }, pre, value));
        }
        let mut body = Builder::default();
        let results = [0, 1, 2].map(|i| body.result(i));
        let sum = body.binary(Binary::Add, results[0], results[1]);
        let sum = body.binary(Binary::Sub, sum, results[2]);
        body.store(at(Arena::Io, 0, &[1]), sum);
        let kernel = rows(&[outer], &[inner], passes, Builder::default(), body);
        check(vec![kernel], &random_memory(words(outer, inner), 2), 1e-5);
    }
}

/// Integers beside floats, and draws numbered by the elements.
#[test]
fn integers_and_draws() {
    let (outer, inner) = (9, 80);
    let all = [outer, inner];
    let site = Instr::Random {
        key: Loc { arena: Arena::DataU, offset: 2 },
        counter: Loc { arena: Arena::StateU, offset: 1 },
    };
    let draw = |body: &mut Builder| {
        let bits = body.push(site.clone(), DType::U32);
        (bits, body.unary(Unary::UnitFromBits, bits))
    };
    let mut largest = Builder::default();
    let (bits, _) = draw(&mut largest);
    let mut sum = Builder::default();
    let (_, u) = draw(&mut sum);
    let mut last = Builder::default();
    let (bits_again, _) = draw(&mut last);
    let (top, total) = (last.push(Instr::Result(0), DType::U32), last.result(1));
    let distance = last.binary(Binary::Sub, top, bits_again);
    last.store(dense(Arena::WorkU, 0, &all), distance);
    last.store(dense(Arena::Io, 0, &all), total);
    let passes = vec![pass(ReduceOp::Max, largest, bits), pass(ReduceOp::Sum, sum, u)];
    let kernel = rows(&[outer], &[inner], passes, last, Builder::default());
    check(vec![kernel], &random_memory([4, 4, 4, 720, 4, 4, 720], 3), 1e-5);
}

/// Which of the ways a kernel takes: barriers belong to the tree.
#[test]
fn trees_are_for_real_gpus_and_long_rows() {
    let tree = |outer, inner, target| {
        let kernel = softmax(outer, inner, dense(Arena::State, 0, &[outer, inner]));
        let shaders = wgsl(&kernel, target);
        assert_eq!(shaders.len(), 1, "rows of several passes are one dispatch");
        shaders[0].text.contains("workgroupBarrier")
    };
    for (outer, inner) in SIZES {
        assert!(!tree(outer, inner, Target::Software), "{outer} rows of {inner} on a software adapter");
    }
    assert!(tree(100, 64, Target::Hardware));
    assert!(tree(50_000, 128, Target::Hardware));
    assert!(tree(4, 40, Target::Hardware));
    assert!(!tree(50_000, 32, Target::Hardware));
    assert!(!tree(4, 8, Target::Hardware));
}
