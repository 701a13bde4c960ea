//! Matrix products of all shapes and layouts, with bodies behind them.

use crate::build::{Builder, at, dense, factor, map, product};
use crate::check::{Draw, check, random_memory};
use tilde_graph::plan::{Arena, Instr, Kernel, Loc};
use tilde_graph::{Binary, DType, Unary};

/// `leaky(a·b + bias)`, with either factor stored transposed.
fn layer(batch: usize, m: usize, k: usize, n: usize, ta: bool, tb: bool) -> Kernel {
    let strides = |rows: usize, columns: usize, transposed: bool| {
        if transposed { (1, rows as i32) } else { (columns as i32, 1) }
    };
    let (row, along) = strides(m, k, ta);
    let a = factor(Arena::State, 0, &[(batch, (m * k) as i32)], &[(m, row)], &[(k, along)]);
    let (along, column) = strides(k, n, tb);
    let b = factor(Arena::Io, 0, &[(batch, (k * n) as i32)], &[(n, column)], &[(k, along)]);
    let mut body = Builder::default();
    let sum = body.result(0);
    let bias = body.load(at(Arena::Data, 0, &[0, 0, 1]));
    let sum = body.binary(Binary::Add, sum, bias);
    let y = body.unary(Unary::Leaky(0.1), sum);
    body.store(dense(Arena::Work, 0, &[batch, m, n]), y);
    product(&[batch, m, n], a, b, body)
}

fn layer_matches(batch: usize, m: usize, k: usize, n: usize, ta: bool, tb: bool) {
    let round = |n: usize| (n as u32).next_multiple_of(4);
    let words = [round(batch * m * k), 4, round(batch * m * n), 4, round(n), 4, round(batch * k * n)];
    let memory = random_memory(words, (m * k * n) as u64);
    check(vec![layer(batch, m, k, n, ta, tb)], &memory, 1e-5 * (k as f64).sqrt());
}

#[test]
fn all_layouts() {
    for (ta, tb) in [(false, false), (false, true), (true, false), (true, true)] {
        layer_matches(2, 37, 45, 50, ta, tb);
    }
}

#[test]
fn tiles_for_real_gpus_in_all_layouts() {
    for (ta, tb) in [(false, false), (false, true), (true, false), (true, true)] {
        layer_matches(1, 160, 96, 128, ta, tb);
        layer_matches(1, 130, 71, 141, ta, tb);
    }
}

#[test]
fn vectors_and_odd_edges() {
    for (m, k, n) in [(1, 1, 1), (1, 9, 30), (2, 7, 2), (65, 64, 1), (3, 5, 6), (150, 2, 8)] {
        layer_matches(1, m, k, n, false, false);
    }
}

#[test]
fn long_sums_are_split() {
    layer_matches(1, 20, 3001, 6, true, false);
    layer_matches(1, 32, 4096, 33, false, true);
    layer_matches(3, 128, 640, 64, true, false);
}

#[test]
fn random_shapes() {
    let mut draw = Draw(21);
    for _ in 0..6 {
        let [m, k, n] = [0; 3].map(|_| 1 + draw.below(100));
        layer_matches(1 + draw.below(3), m, k, n, draw.below(2) == 1, draw.below(2) == 1);
    }
}

#[test]
fn a_shared_factor_and_a_draw_per_output() {
    // One matrix times a batch, its result noised and stored transposed.
    let (batch, m, k, n) = (3, 10, 12, 14);
    let mut body = Builder::default();
    let sum = body.result(0);
    let site = Instr::Random {
        key: Loc { arena: Arena::DataU, offset: 2 },
        counter: Loc { arena: Arena::StateU, offset: 1 },
    };
    let bits = body.push(site, DType::U32);
    let u = body.unary(Unary::UnitFromBits, bits);
    let y = body.binary(Binary::Add, sum, u);
    body.store(at(Arena::Work, 0, &[140, 1, 10]), y);
    let a = factor(Arena::State, 0, &[(batch, 0)], &[(m, 12)], &[(k, 1)]);
    let b = factor(Arena::Io, 503, &[(batch, -168)], &[(n, -1)], &[(k, -14)]);
    let product = product(&[batch, m, n], a, b, body);
    // The next kernel sees what this one wrote.
    let mut body = Builder::default();
    let x = body.load(at(Arena::Work, 0, &[1]));
    let x = body.unary(Unary::Neg, x);
    body.store(at(Arena::Work, 420, &[1]), x);
    let words = [120, 4, 840, 4, 4, 4, 504];
    check(vec![product, map(&[420], body)], &random_memory(words, 22), 1e-5);
}
