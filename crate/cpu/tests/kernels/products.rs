//! Products, by their factors' axes.

use super::{check, data, load, store, work};
use proptest::prelude::*;
use tilde_graph::plan::{Axes, Body, Core, Factor, Instr, Kernel};
use tilde_graph::{Binary, DType, Shape};

type Side = [Vec<(usize, i32)>; 3];

/// Where the smallest address of the axes is word 0: the first element's, and how many words.
fn extent(side: &Side) -> (u32, u32) {
    let (mut below, mut above) = (0i64, 0i64);
    for &(size, stride) in side.iter().flatten() {
        let far = (size as i64 - 1) * i64::from(stride);
        below += far.min(0);
        above += far.max(0);
    }
    (-below as u32, (above - below + 1) as u32)
}

fn size(axes: &[(usize, i32)]) -> usize {
    axes.iter().map(|a| a.0).product()
}

/// Runs a product of two sides, each batch, kept and summed axes; the body adds a number of each
/// column to the result, over a domain with the axes of both sides.
fn product(a: Side, b: Side) {
    let [(a0, a_words), (b0, b_words)] = [extent(&a), extent(&b)];
    let factor = |loc, side: &Side| {
        let [batch, kept, summed] = [0, 1, 2].map(|i| Axes::new(side[i].iter().copied()));
        Factor { loc, batch, kept, summed }
    };
    let (batch, m, n, k) = (size(&a[0]), size(&a[1]), size(&b[1]), size(&a[2]));
    assert_eq!((batch, k), (size(&b[0]), size(&b[2])), "the sides fit");
    let dims: Vec<usize> = a[0].iter().chain(&a[1]).map(|axis| axis.0).chain([n]).collect();
    let domain = if dims.len() > 6 { Shape::new(&[batch, m, n]) } else { Shape::new(&dims) };
    let rank = domain.rank();
    let column: Vec<i32> = (0..rank).map(|axis| (axis + 1 == rank) as i32).collect();
    let bias = data(a_words + b_words);
    let body = Body {
        instrs: vec![load(bias, &column), Instr::Result(0), Instr::Binary(Binary::Add, DType::F32, 0, 1)],
        types: vec![DType::F32; 3],
        stores: vec![store(work(0), &domain.strides(), 2)],
    };
    let core = Core::Matmul {
        batch: batch as u32,
        m: m as u32,
        n: n as u32,
        k: k as u32,
        a: factor(data(a0), &a),
        b: factor(data(a_words + b0), &b),
    };
    let words = [a_words + b_words + n as u32, (batch * m * n) as u32];
    // Errors grow with the root of the number of terms, which here are of either sign.
    check(Kernel { label: "product".into(), domain, core, body }, words, 4.0 + (k as f64).sqrt());
}

/// `[m, k]·[k, n]`, either factor stored transposed or not.
fn dense([m, k, n]: [usize; 3], ta: bool, tb: bool) {
    let [am, ak] = if ta { [1, m as i32] } else { [k as i32, 1] };
    let [bn, bk] = if tb { [k as i32, 1] } else { [1, n as i32] };
    product([vec![], vec![(m, am)], vec![(k, ak)]], [vec![], vec![(n, bn)], vec![(k, bk)]]);
}

#[test]
fn dense_factors() {
    for (ta, tb) in [(false, false), (false, true), (true, false), (true, true)] {
        dense([1, 1, 1], ta, tb);
        dense([7, 13, 1], ta, tb);
        dense([1, 600, 9], ta, tb);
        dense([13, 3, 35], ta, tb);
        // Several blocks of k, whole panels and a rest; several chunks of rows.
        dense([31, 1100, 37], ta, tb);
        dense([401, 530, 90], ta, tb);
    }
}

#[test]
fn few_columns() {
    for (ta, tb) in [(false, false), (false, true), (true, false), (true, true)] {
        for n in 1..=5 {
            dense([40, 32, n], ta, tb);
            dense([43, 33, n], ta, tb);
            dense([72, 1304, n], ta, tb);
        }
        // Several chunks of rows.
        dense([33_000, 16, 1], ta, tb);
    }
}

/// Images `[b, h, w, c]` under windows `[kh, kw]` and `n` channels: the convolution and its weights'
/// gradient.
fn convolution([b, h, w, c]: [usize; 4], [kh, kw]: [usize; 2], stride: usize, n: usize) {
    let (oh, ow) = ((h - kh) / stride + 1, (w - kw) / stride + 1);
    let [row, pixel] = [w * c, c].map(|s| s as i32);
    let over = vec![(b, h as i32 * row), (oh, stride as i32 * row), (ow, stride as i32 * pixel)];
    let within = vec![(kh, row), (kw, pixel), (c, 1)];
    let columns = vec![(n, 1)];
    let windows = vec![(kh * kw * c, n as i32)];
    product([vec![], over.clone(), within.clone()], [vec![], columns.clone(), windows]);
    product([vec![], within, over], [vec![], columns, vec![(b * oh * ow, n as i32)]]);
}

#[test]
fn windows_over_images() {
    convolution([2, 9, 7, 1], [3, 3], 1, 5);
    convolution([2, 9, 7, 3], [3, 2], 2, 16);
    convolution([3, 15, 14, 8], [3, 3], 1, 1);
    convolution([3, 15, 14, 16], [5, 5], 2, 33);
    // Pixels of more than one block of k, cut in the middle of a row of the image.
    convolution([5, 17, 13, 6], [3, 3], 1, 9);
    convolution([1, 5, 6, 130], [2, 2], 1, 3);
}

#[test]
fn windows_that_run_backwards() {
    // The gradient of a convolution's image: windows flipped, channels exchanged.
    let (c, n) = (5, 16);
    let kept = vec![(c, n)];
    let summed = vec![(3, -3 * c as i32 * n), (3, -(c as i32) * n), (n as usize, 1)];
    let over = vec![(2, 8 * 9 * n), (6, 9 * n), (7, n)];
    let within = vec![(3, 9 * n), (3, n), (n as usize, 1)];
    product([vec![], over, within], [vec![], kept, summed]);
}

#[test]
fn heads_of_attention() {
    // Tokens of 3 sequences, 4 heads side by side in each: scores and their product with values.
    let (sequences, heads, tokens, size) = (3, 4, 21, 8);
    let row = (heads * size) as i32;
    let batch = vec![(sequences, tokens as i32 * row), (heads, size as i32)];
    let (over, along) = (vec![(tokens, row)], vec![(size, 1)]);
    product([batch.clone(), over.clone(), along.clone()], [batch.clone(), over.clone(), along.clone()]);
    let square = (tokens * tokens) as i32;
    let scores = vec![(sequences, heads as i32 * square), (heads, square)];
    let weights = [scores, vec![(tokens, tokens as i32)], vec![(tokens, 1)]];
    product(weights, [batch, along, over]);
}

#[test]
fn one_factor_for_the_whole_batch() {
    let a = [vec![(5, 6 * 40)], vec![(6, 40)], vec![(40, 1)]];
    let b = [vec![(5, 0)], vec![(20, 1)], vec![(40, 20)]];
    product(a, b);
}

/// Axes of given sizes with any strides.
fn axes(sizes: Vec<usize>) -> impl Strategy<Value = Vec<(usize, i32)>> {
    sizes.into_iter().map(|size| (Just(size), -9..30)).collect::<Vec<_>>()
}

fn side(sizes: [Vec<usize>; 3]) -> impl Strategy<Value = Side> {
    sizes.map(axes)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_axes(
        (a, b) in (
            prop::collection::vec(1..4usize, 0..3),
            prop::collection::vec(1..14usize, 1..4),
            prop::collection::vec(1..14usize, 1..3),
            prop::collection::vec(1..14usize, 1..4),
        ).prop_flat_map(|(batch, m, n, k)| {
            (side([batch.clone(), m, k.clone()]), side([batch, n, k]))
        })
    ) {
        // A large one takes long without adding much.
        let terms: usize = a.iter().map(|axes| size(axes)).product();
        prop_assume!(terms * size(&b[1]) < 300_000);
        product(a, b);
    }
}
