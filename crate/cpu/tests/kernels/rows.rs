//! Reductions of several passes, and the elementwise work after them.

use super::{check, data, load, store, work};
use proptest::prelude::*;
use tilde_graph::plan::{Body, Core, Guard, Instr, Kernel, Pass, Store};
use tilde_graph::{Binary, DType, ReduceOp, Shape, Unary};

fn body(instrs: Vec<Instr>, stores: Vec<Store>) -> Body {
    let types =
        instrs.iter().map(|i| if matches!(i, Instr::Index(_)) { DType::U32 } else { DType::F32 }).collect();
    Body { instrs, types, stores }
}

fn binary(op: Binary, x: u16, y: u16) -> Instr {
    Instr::Binary(op, DType::F32, x, y)
}

fn pass(op: ReduceOp, pre: Body) -> Pass {
    let value = pre.instrs.len() as u16 - 1;
    Pass { op, pre, value }
}

/// A dense tensor whose axes are these, outermost first; axis `i` is number `axes[i]` of outer ++
/// inner. Gives the strides over outer ++ inner.
fn strides(sizes: &[usize], axes: &[usize]) -> Vec<i32> {
    let mut strides = vec![0; sizes.len()];
    let mut step = 1;
    for &axis in axes.iter().rev() {
        strides[axis] = step;
        step *= sizes[axis] as i32;
    }
    strides
}

/// What is reduced and how it lies in memory.
struct Rows {
    outer: Shape,
    inner: Shape,
    strides: Vec<i32>,
    words: u32,
}

impl Rows {
    fn new(outer: &[usize], inner: &[usize], axes: &[usize]) -> Rows {
        let sizes = [outer, inner].concat();
        let words = sizes.iter().product::<usize>() as u32;
        Rows { outer: Shape::new(outer), inner: Shape::new(inner), strides: strides(&sizes, axes), words }
    }

    fn in_order(outer: &[usize], inner: &[usize]) -> Rows {
        let axes: Vec<usize> = (0..outer.len() + inner.len()).collect();
        Rows::new(outer, inner, &axes)
    }

    /// The elements, tensor `i` of those that lie one after another.
    fn load(&self, i: u32) -> Instr {
        load(data(i * self.words), &self.strides)
    }

    fn store(&self, i: u32, reg: u16) -> Store {
        store(work(i * self.words), &self.strides, reg)
    }

    fn load_back(&self, i: u32) -> Instr {
        load(work(i * self.words), &self.strides)
    }

    /// A kernel of `tensors` inputs and as many outputs that stores its results behind them.
    fn check(&self, tensors: u32, passes: Vec<Pass>, last: Body) {
        let points = self.outer.len() as u32;
        let count = passes.len() as u32;
        let results = (0..count).map(|i| Instr::Result(i as u8)).collect();
        let at = |i: u32| work(tensors * self.words + i * points);
        let stores = (0..count).map(|i| store(at(i), &self.outer.strides()[..self.outer.rank()], i as u16));
        let kernel = Kernel {
            label: "rows".into(),
            domain: self.outer,
            body: body(results, stores.collect()),
            core: Core::Reduce { inner: self.inner, passes, last },
        };
        let words = [tensors * self.words, tensors * self.words + count * points];
        check(kernel, words, 4.0 + (self.inner.len() as f64).sqrt());
    }

    /// e^(x − max) is stored by the second pass and divided by its sum afterwards.
    fn softmax(&self) {
        let max = pass(ReduceOp::Max, body(vec![self.load(0)], vec![]));
        let exp =
            vec![self.load(0), Instr::Result(0), binary(Binary::Sub, 0, 1), Instr::Unary(Unary::Exp, 2)];
        let sum = pass(ReduceOp::Sum, body(exp, vec![self.store(0, 3)]));
        let share = vec![self.load_back(0), Instr::Result(1), binary(Binary::Div, 0, 1)];
        self.check(2, vec![max, sum], body(share, vec![self.store(1, 2)]));
    }

    /// The deviation from the mean is stored by the second pass, which sums its squares.
    fn standardise(&self) {
        let count = self.inner.len() as f32;
        let mean = pass(ReduceOp::Sum, body(vec![self.load(0)], vec![]));
        let square = vec![
            self.load(0),
            Instr::Result(0),
            Instr::Const(count),
            binary(Binary::Div, 1, 2),
            binary(Binary::Sub, 0, 3),
            binary(Binary::Mul, 4, 4),
        ];
        let squares = pass(ReduceOp::Sum, body(square, vec![self.store(0, 4)]));
        let scaled = vec![
            self.load_back(0),
            Instr::Result(1),
            Instr::Const(0.1),
            binary(Binary::Add, 1, 2),
            Instr::Unary(Unary::Sqrt, 3),
            binary(Binary::Div, 0, 4),
            Instr::Result(0),
            binary(Binary::Add, 5, 6),
        ];
        self.check(2, vec![mean, squares], body(scaled, vec![self.store(1, 7)]));
    }

    /// Three passes that need one another, coordinates and guards; nothing afterwards.
    fn three_passes(&self) {
        let (o, rank) = (self.outer.rank(), self.strides.len());
        let first = pass(ReduceOp::Sum, body(vec![self.load(0)], vec![]));
        let axis = (rank - 1) as u8;
        let guard = Guard { axis, lo: 1, hi: 3 };
        let Instr::Load(guarded, _) = self.load(1) else { unreachable!() };
        // Small multiples, so that the large numbers do not hide an error in the small ones.
        let second = vec![
            Instr::Load(guarded, vec![guard]),
            Instr::Index(if o > 0 { 0 } else { axis }),
            Instr::Unary(Unary::ToF32, 1),
            Instr::Const(0.001),
            binary(Binary::Mul, 2, 3),
            binary(Binary::Add, 0, 4),
            Instr::Result(0),
            binary(Binary::Mul, 6, 3),
            binary(Binary::Sub, 5, 7),
        ];
        let second = pass(ReduceOp::Max, body(second, vec![self.store(0, 8)]));
        let third = vec![
            self.load_back(0),
            Instr::Result(1),
            binary(Binary::Sub, 0, 1),
            Instr::Result(0),
            Instr::Const(0.01),
            binary(Binary::Mul, 3, 4),
            binary(Binary::Add, 2, 5),
        ];
        let third = pass(ReduceOp::Sum, body(third, vec![]));
        self.check(2, vec![first, second, third], Body::default());
    }

    fn all(&self) {
        self.softmax();
        self.standardise();
        self.three_passes();
    }
}

#[test]
fn short_rows() {
    Rows::in_order(&[1000], &[64]).all();
    Rows::in_order(&[777], &[7]).all();
    Rows::in_order(&[3, 5, 11], &[2, 9]).all();
}

#[test]
fn rows_longer_than_a_block() {
    Rows::in_order(&[5], &[1300]).all();
    Rows::in_order(&[3], &[512]).all();
    Rows::in_order(&[2, 3], &[40, 130]).all();
}

#[test]
fn one_row_and_rows_of_one() {
    Rows::in_order(&[], &[9000]).all();
    Rows::in_order(&[9000], &[]).softmax();
    Rows::in_order(&[9000], &[1]).softmax();
    Rows::in_order(&[], &[1]).softmax();
    Rows::in_order(&[1], &[100]).all();
}

#[test]
fn columns() {
    // Inner axes first in memory: a batch norm's sums over pixels of each channel.
    Rows::new(&[70], &[300], &[1, 0]).all();
    Rows::new(&[600], &[20], &[1, 0]).all();
    Rows::new(&[16], &[4, 9, 10], &[1, 2, 3, 0]).all();
    // Sums over the batch of each pixel.
    Rows::new(&[28, 28], &[30], &[2, 0, 1]).all();
}

#[test]
fn columns_of_each_image() {
    // Each image and channel on its own: images are slabs of their own.
    Rows::new(&[9, 16], &[12, 13], &[0, 2, 3, 1]).all();
    Rows::new(&[3, 2, 8], &[700], &[0, 1, 3, 2]).all();
    // Groups of neighbouring channels.
    Rows::new(&[5, 4], &[50, 8], &[0, 2, 1, 3]).all();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_order_of_axes(
        (outer, inner, axes) in (
            prop::collection::vec(2..20usize, 0..4),
            prop::collection::vec(2..20usize, 1..3),
        ).prop_flat_map(|(outer, inner)| {
            let axes: Vec<usize> = (0..outer.len() + inner.len()).collect();
            (Just(outer), Just(inner), Just(axes).prop_shuffle())
        })
    ) {
        // All of a large one takes long without adding much.
        let points: usize = outer.iter().chain(&inner).product();
        prop_assume!(points < 20_000);
        Rows::new(&outer, &inner, &axes).all();
    }
}
