//! Convolutions of `seed1.json`: the pixels under the kernel are gathered into rows, one matrix
//! product does the rest.

use super::Tested;
use super::file::Record;
use super::ops::check_op;
use super::trial::Tolerance;
use tilde_graph::Tensor;

/// How a convolution's output looks at its input.
struct Geometry {
    input: [usize; 2],
    output: [usize; 2],
    kernel: usize,
    /// The input coordinate for an output and a kernel coordinate along one axis.
    along: fn(isize, isize) -> Option<isize>,
}

/// For every output pixel and kernel place, the input pixel; one past the last where there is none.
fn pixels(geometry: &Geometry) -> Vec<u32> {
    let Geometry { input: [h, w], output, kernel, along } = geometry;
    let at = |y: usize, ky: usize, size: usize| {
        along(y as isize, ky as isize).and_then(|i| usize::try_from(i).ok()).filter(|i| *i < size)
    };
    let mut out = vec![];
    for (y, x) in grid(output[0], output[1]) {
        for (ky, kx) in grid(*kernel, *kernel) {
            let pixel = at(y, ky, *h).zip(at(x, kx, *w)).map_or(h * w, |(i, j)| i * w + j);
            out.push(pixel as u32);
        }
    }
    out
}

fn grid(h: usize, w: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..h).flat_map(move |y| (0..w).map(move |x| (y, x)))
}

/// `x [B, C, H, W]` and a matrix `[C·K·K, O]` to `[B, O, H', W']`.
fn convolve<'g>(x: Tensor<'g>, matrix: Tensor<'g>, index: Tensor<'g>, out: [usize; 2]) -> Tensor<'g> {
    let [b, c, h, w] = [0, 1, 2, 3].map(|a| x.shape().dim(a));
    let (pixels, taps) = (out[0] * out[1], index.shape().len() / (out[0] * out[1]));
    let rows = x.permute(&[2, 3, 0, 1]).reshape([h * w, b * c]).pad(0, 0, 1);
    let patches = rows.gather(index).reshape([pixels, taps, b, c]).permute(&[2, 0, 3, 1]);
    let y = patches.reshape([b * pixels, c * taps]).matmul(matrix);
    let channels = y.shape().dim(1);
    y.reshape([b, out[0], out[1], channels]).permute(&[0, 3, 1, 2])
}

const TOLERANCE: Tolerance = Tolerance { f64: 1e-12, f32: 2e-6 };

/// Weights are `[O, C, K, K]`.
fn convolution(r: &Record) {
    let (kernel, along): (usize, fn(isize, isize) -> Option<isize>) = match r.name() {
        "nn.conv3x3_s1p1" => (3, |y, k| Some(y - 1 + k)),
        _ => (4, |y, k| Some(2 * y - 1 + k)),
    };
    check_op(r, &pixels(&geometry(r, kernel, along)), &[], TOLERANCE, |g, x, given| {
        let w = x[1].shape();
        let matrix = x[1].reshape([w.dim(0), w.len() / w.dim(0)]).permute(&[1, 0]);
        let y = convolve(x[0], matrix, given.index(g), size(given.record));
        y + x[2].reshape([w.dim(0), 1, 1])
    });
}

/// Weights are `[C, O, K, K]`; output pixel 2i − 1 + k takes input pixel i.
fn transposed(r: &Record) {
    let along = |y: isize, k: isize| ((y + 1 - k) % 2 == 0).then_some((y + 1 - k) / 2);
    check_op(r, &pixels(&geometry(r, 4, along)), &[], TOLERANCE, |g, x, given| {
        let [c, o, k] = [0, 1, 2].map(|a| x[1].shape().dim(a));
        let matrix = x[1].permute(&[0, 2, 3, 1]).reshape([c * k * k, o]);
        let y = convolve(x[0], matrix, given.index(g), size(given.record));
        y + x[2].reshape([o, 1, 1])
    });
}

fn geometry(r: &Record, kernel: usize, along: fn(isize, isize) -> Option<isize>) -> Geometry {
    let input = &r.args()[0].shape;
    Geometry { input: [input[2], input[3]], output: size(r), kernel, along }
}

/// Height and width of the answer.
fn size(r: &Record) -> [usize; 2] {
    let shape = super::file::array(&r.out["y"]).shape;
    [shape[2], shape[3]]
}

/// The records of `seed1.json` that hold a convolution.
pub const TESTED: &[Tested] =
    &[("nn.conv3x3_s1p1", convolution), ("nn.conv4x4_s2p1", convolution), ("nn.convT4x4_s2p1", transposed)];

#[test]
fn convolutions_agree_with_seed1() {
    super::run("seed1", TESTED);
}
