//! Convolutions of `seed1.json`, whose images are `[B, C, H, W]`.

use super::Tested;
use super::file::Record;
use super::ops::check_op;
use super::trial::Tolerance;
use tilde_graph::Tensor;

const TOLERANCE: Tolerance = Tolerance { f64: 1e-12, f32: 2e-6 };

/// Channels behind height and width.
pub fn last(x: Tensor<'_>) -> Tensor<'_> {
    x.permute(&[0, 2, 3, 1])
}

/// Channels before height and width.
pub fn first(x: Tensor<'_>) -> Tensor<'_> {
    x.permute(&[0, 3, 1, 2])
}

/// `[N, C, KH, KW]` as `[KH, KW, C, N]`.
fn windows(w: Tensor<'_>) -> Tensor<'_> {
    w.permute(&[2, 3, 1, 0])
}

/// Weights are `[O, C, K, K]`.
fn convolution(r: &Record) {
    check_op(r, &[], &[], TOLERANCE, |_, x, given| {
        let stride = if given.record.name() == "nn.conv3x3_s1p1" { 1 } else { 2 };
        first(last(x[0]).conv(windows(x[1]), stride, 1) + x[2])
    });
}

/// Weights are `[C, O, K, K]`.
fn transposed(r: &Record) {
    check_op(r, &[], &[], TOLERANCE, |_, x, _| first(last(x[0]).conv_transpose(windows(x[1]), 2, 1) + x[2]));
}

/// The records of `seed1.json` that hold a convolution.
pub const TESTED: &[Tested] =
    &[("nn.conv3x3_s1p1", convolution), ("nn.conv4x4_s2p1", convolution), ("nn.convT4x4_s2p1", transposed)];

#[test]
fn convolutions_agree_with_seed1() {
    super::run("seed1", TESTED);
}
