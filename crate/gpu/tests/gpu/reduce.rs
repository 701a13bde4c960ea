//! Reductions of all shapes, whichever way they are spread over invocations.

use crate::build::{Builder, at, dense, pass, rows};
use crate::check::{check, random_memory};
use tilde_graph::plan::{Access, Arena, Instr, Kernel};
use tilde_graph::{Binary, DType, ReduceOp, Unary};

/// `out = 1 + reduce(x·x)` over `inner`, where `x` is read by `access`, and every square is kept.
fn squares(op: ReduceOp, outer: &[usize], inner: &[usize], access: Access) -> Kernel {
    let mut pre = Builder::default();
    let x = pre.load(access);
    let value = pre.binary(Binary::Mul, x, x);
    let all = [outer, inner].concat();
    pre.store(dense(Arena::Work, 0, &all), value);
    let mut body = Builder::default();
    let result = body.result(0);
    let one = body.constant(1.0);
    let y = body.binary(Binary::Add, result, one);
    body.store(dense(Arena::Io, 0, outer), y);
    rows(outer, inner, vec![pass(op, pre, value)], Builder::default(), body)
}

fn words(outer: usize, inner: usize) -> [u32; 7] {
    let round = |n: usize| (n as u32).next_multiple_of(4);
    [round(outer * inner), 4, round(outer * inner), 4, 4, 4, round(outer)]
}

#[test]
fn along_rows() {
    for (i, (outer, inner)) in [(1, 5), (7, 33), (3, 1000), (300, 10), (5, 257)].into_iter().enumerate() {
        let access = dense(Arena::State, 0, &[outer, inner]);
        let kernel = squares(ReduceOp::Sum, &[outer], &[inner], access);
        check(vec![kernel], &random_memory(words(outer, inner), i as u64), 1e-5);
    }
}

#[test]
fn along_columns() {
    for (i, (outer, inner)) in [(37, 129), (64, 300), (3, 2000)].into_iter().enumerate() {
        let access = at(Arena::State, 0, &[1, outer as i32]);
        let kernel = squares(ReduceOp::Max, &[outer], &[inner], access);
        check(vec![kernel], &random_memory(words(outer, inner), i as u64), 1e-5);
    }
}

#[test]
fn everything_to_one_number() {
    for n in [1, 100, 70_001] {
        let kernel = squares(ReduceOp::Sum, &[], &[n], at(Arena::State, 0, &[1]));
        check(vec![kernel], &random_memory(words(1, n), n as u64), 1e-5);
    }
}

#[test]
fn several_axes_on_both_sides() {
    // The axes lie as outer, inner, outer, inner in memory.
    let (outer, inner) = ([4, 5], [6, 7]);
    let access = at(Arena::State, 0, &[210, 7, 35, 1]);
    let kernel = squares(ReduceOp::Sum, &outer, &inner, access);
    check(vec![kernel], &random_memory(words(20, 42), 11), 1e-5);
}

#[test]
fn many_points() {
    let (outer, inner) = (20_000, 3);
    let access = dense(Arena::State, 0, &[outer, inner]);
    let kernel = squares(ReduceOp::Max, &[outer], &[inner], access);
    check(vec![kernel], &random_memory(words(outer, inner), 12), 1e-5);
}

#[test]
fn integers() {
    for op in [ReduceOp::Sum, ReduceOp::Max] {
        let mut pre = Builder::default();
        let value = pre.load(dense(Arena::DataU, 0, &[3, 700]));
        let mut body = Builder::default();
        let result = body.push(Instr::Result(0), DType::U32);
        body.store(at(Arena::WorkU, 0, &[1]), result);
        let kernel = rows(&[3], &[700], vec![pass(op, pre, value)], Builder::default(), body);
        check(vec![kernel], &random_memory([4, 4, 4, 4, 4, 2100, 4], 13), 0.0);
    }
}

#[test]
fn softmax_in_two_kernels() {
    let (outer, inner) = (9, 65);
    let row = |offset| at(Arena::Work, offset, &[1]);
    let access = dense(Arena::State, 0, &[outer, inner]);
    let reduce = |op, pre: Builder, value, out| {
        let mut body = Builder::default();
        let result = body.result(0);
        body.store(out, result);
        rows(&[outer], &[inner], vec![pass(op, pre, value)], Builder::default(), body)
    };
    let mut pre = Builder::default();
    let x = pre.load(access);
    let largest = reduce(ReduceOp::Max, pre, x, row(0));
    let mut pre = Builder::default();
    let x = pre.load(access);
    let top = pre.load(at(Arena::Work, 0, &[1, 0]));
    let d = pre.binary(Binary::Sub, x, top);
    let e = pre.unary(Unary::Exp, d);
    pre.store(dense(Arena::Io, 0, &[outer, inner]), e);
    let total = reduce(ReduceOp::Sum, pre, e, row(12));
    let words = [588, 4, 24, 4, 4, 4, 588];
    check(vec![largest, total], &random_memory(words, 14), 1e-5);
}
