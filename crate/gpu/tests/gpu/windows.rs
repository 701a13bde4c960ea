//! Products whose factors have several axes in a dimension: convolutions as implicit products, and
//! the heads of an attention.

use crate::build::{Builder, at, dense, factor, product};
use crate::check::{Draw, check, random_memory};
use tilde_gpu::{Target, wgsl};
use tilde_graph::plan::{Arena, Axes, Core, Factor, Kernel, Loc};
use tilde_graph::{Binary, Unary};

/// A convolution of padded images `[batch, height, width, channels]`.
#[derive(Clone, Copy)]
struct Conv {
    batch: usize,
    image: [usize; 2],
    window: [usize; 2],
    stride: usize,
    dilation: usize,
    channels: usize,
    filters: usize,
}

/// 3 × 3 windows side by side.
const PLAIN: Conv =
    Conv { batch: 2, image: [7, 9], window: [3, 3], stride: 1, dilation: 1, channels: 3, filters: 8 };

impl Conv {
    fn result(&self) -> [usize; 2] {
        [0, 1].map(|a| (self.image[a] - (self.window[a] - 1) * self.dilation - 1) / self.stride + 1)
    }

    /// The axes of all windows, and those within a window.
    fn axes(&self) -> [Vec<(usize, i32)>; 2] {
        let Conv { batch, image: [h, w], window, channels: c, .. } = *self;
        let [oh, ow] = self.result();
        let rows = |step: usize| [(step * w * c) as i32, (step * c) as i32];
        let ([down, across], [dy, dx]) = (rows(self.stride), rows(self.dilation));
        let windows = vec![(batch, (h * w * c) as i32), (oh, down), (ow, across)];
        (windows, vec![(window[0], dy), (window[1], dx), (c, 1)]).into()
    }

    /// Words of the images and of the windows, and results without their channels.
    fn sizes(&self) -> [usize; 3] {
        let [h, w] = self.image;
        let taps = self.window[0] * self.window[1] * self.channels;
        let results = self.batch * self.result()[0] * self.result()[1];
        [self.batch * h * w * self.channels, taps * self.filters, results]
    }

    /// `leaky(conv(x, w) + bias)` twice: dense, and inside a border of zeros. Images and results
    /// share an arena, as they do in a program.
    fn forward(&self) -> (Kernel, [u32; 7]) {
        let [image, weights, results] = self.sizes();
        let (n, [oh, ow]) = (self.filters, self.result());
        let domain = [self.batch, oh, ow, n];
        let [windows, within] = self.axes();
        let taps = weights / n;
        let a = factor(Arena::Work, 0, &[], &windows, &within);
        let b = factor(Arena::State, 0, &[], &[(n, 1)], &[(taps, n as i32)]);
        let mut body = Builder::default();
        let sum = body.result(0);
        let bias = body.load(at(Arena::Data, 0, &[0, 0, 0, 1]));
        let sum = body.binary(Binary::Add, sum, bias);
        let y = body.unary(Unary::Leaky(0.1), sum);
        let dense_at = round(image);
        body.store(dense(Arena::Work, dense_at, &domain), y);
        let border = [(oh + 2) * (ow + 2) * n, (ow + 2) * n, n, 1].map(|s| s as i32);
        let first = dense_at + round(results * n);
        body.store(at(Arena::Work, first + (border[1] + border[2]) as u32, &border), y);
        let padded = self.batch * border[0] as usize;
        let words = [round(weights), 4, first + round(padded), 4, round(n), 4, 4];
        (product(&domain, a, b, body), words)
    }

    /// The gradient of the weights: a sum over all windows for each place in them.
    fn weights(&self) -> (Kernel, [u32; 7]) {
        let [image, weights, results] = self.sizes();
        let n = self.filters;
        let [windows, within] = self.axes();
        let a = factor(Arena::Data, 0, &[], &within, &windows);
        let b = factor(Arena::Work, 0, &[], &[(n, 1)], &[(results, n as i32)]);
        let mut body = Builder::default();
        let sum = body.result(0);
        let domain = [self.window[0], self.window[1], self.channels, n].into_iter().filter(|d| *d > 1);
        let domain: Vec<_> = domain.collect();
        let first = round(results * n);
        body.store(dense(Arena::Work, first, &domain), sum);
        (product(&domain, a, b, body), [4, 4, first + round(weights), 4, round(image), 4, 4])
    }

    /// The gradient of the images at stride 1, of gradients with a border: windows backwards.
    fn images(&self) -> (Kernel, [u32; 7]) {
        let grads = Conv { channels: self.filters, filters: self.channels, ..*self };
        let [image, weights, results] = grads.sizes();
        let [windows, within] = grads.axes();
        let (c, n) = (self.channels as i32, self.filters as i32);
        let (kh, kw) = (self.window[0], self.window[1]);
        let a = factor(Arena::Work, 0, &[], &windows, &within);
        let last = (kh * kw - 1) as u32 * (c * n) as u32;
        let within = [(kh, -(kw as i32) * c * n), (kw, -c * n), (self.filters, 1)];
        let b = factor(Arena::State, last, &[], &[(self.channels, n)], &within);
        let mut body = Builder::default();
        let sum = body.result(0);
        let [oh, ow] = grads.result();
        let domain = [self.batch, oh, ow, self.channels];
        body.store(dense(Arena::Work, round(image), &domain), sum);
        let words = [round(weights), 4, round(image) + round(results * self.channels), 4, 4, 4, 4];
        (product(&domain, a, b, body), words)
    }

    fn matches(&self) {
        let all = [Conv::forward, Conv::weights, Conv::images];
        let of = if self.stride == 1 { &all[..] } else { &all[..2] };
        for (i, kernel) in of.iter().enumerate() {
            let (kernel, words) = kernel(self);
            check_product(kernel, words, i as u64);
        }
    }
}

fn round(n: usize) -> u32 {
    (n as u32).next_multiple_of(4)
}

/// Sums of k products of numbers in [−1, 1), each rounded.
fn check_product(kernel: Kernel, words: [u32; 7], seed: u64) {
    let Core::Matmul { k, .. } = kernel.core else { panic!("{} is no product", kernel.label) };
    check(vec![kernel], &random_memory(words, seed), 1e-5 * f64::from(k).sqrt());
}

#[test]
fn convolutions() {
    PLAIN.matches();
    Conv { stride: 2, channels: 4, image: [12, 8], ..PLAIN }.matches();
    Conv { stride: 2, channels: 1, filters: 5, image: [11, 10], ..PLAIN }.matches();
    Conv { channels: 1, filters: 4, ..PLAIN }.matches();
    Conv { channels: 2, filters: 3, batch: 1, ..PLAIN }.matches();
    Conv { window: [5, 4], channels: 8, filters: 6, ..PLAIN }.matches();
    Conv { window: [1, 1], stride: 2, channels: 5, ..PLAIN }.matches();
    Conv { window: [3, 1], channels: 12, filters: 1, ..PLAIN }.matches();
    // The windows are whole images.
    Conv { window: [7, 9], channels: 4, filters: 10, ..PLAIN }.matches();
}

#[test]
fn dilated_convolutions() {
    Conv { dilation: 2, image: [9, 10], channels: 8, filters: 12, ..PLAIN }.matches();
    Conv { dilation: 3, image: [11, 12], channels: 1, filters: 4, ..PLAIN }.matches();
}

#[test]
fn convolutions_large_enough_for_shared_memory() {
    let large = Conv { batch: 3, image: [20, 18], channels: 32, filters: 32, ..PLAIN };
    large.matches();
    Conv { dilation: 2, ..large }.matches();
    Conv { channels: 12, filters: 34, batch: 5, ..large }.matches();
    Conv { channels: 33, stride: 2, image: [31, 29], ..large }.matches();
}

#[test]
fn long_sums_over_several_axes_are_split() {
    for (channels, filters, stride) in [(1, 4, 1), (4, 8, 2), (3, 5, 1)] {
        let conv = Conv { batch: 48, image: [18, 19], channels, filters, stride, ..PLAIN };
        let (kernel, words) = conv.weights();
        for target in [Target::Hardware, Target::Software] {
            assert_eq!(wgsl(&kernel, target).len(), 2, "{target:?}");
        }
        check_product(kernel, words, channels as u64);
    }
}

/// Queries, keys and values lie side by side, `[batch, positions, 3, heads, size]`.
fn attention(batch: usize, positions: usize, heads: usize, size: usize) {
    let row = (3 * heads * size) as i32;
    let items = [(batch, positions as i32 * row), (heads, size as i32)];
    let wide = [batch, heads, positions, positions];
    let points = wide.iter().product();
    let of =
        |i: usize, kept, summed| factor(Arena::Work, (i * heads * size) as u32, &items, &[kept], &[summed]);
    // Scores, scaled.
    let (a, b) = (of(0, (positions, row), (size, 1)), of(1, (positions, row), (size, 1)));
    let mut body = Builder::default();
    let sum = body.result(0);
    let scale = body.constant(0.25);
    let y = body.binary(Binary::Mul, sum, scale);
    body.store(dense(Arena::Io, 0, &wide), y);
    let input = round(batch * positions * row as usize);
    let words = [4, 4, input, 4, 4, 4, round(points)];
    check_product(product(&wide, a, b, body), words, 1);
    // Weights times values, back to positions before heads.
    let square = (positions * positions) as i32;
    let weights = [(batch, heads as i32 * square), (heads, square)];
    let a = factor(Arena::State, 0, &weights, &[(positions, positions as i32)], &[(positions, 1)]);
    let b = of(2, (size, 1), (positions, row));
    let mut body = Builder::default();
    let sum = body.result(0);
    let (item, head, position) = (positions * heads * size, size, heads * size);
    body.store(at(Arena::Work, input, &[item as i32, head as i32, position as i32, 1]), sum);
    let words = [round(points), 4, input + round(batch * item), 4, 4, 4, 4];
    check_product(product(&[batch, heads, positions, size], a, b, body), words, 2);
}

#[test]
fn heads_of_attention() {
    attention(2, 10, 3, 8);
    attention(3, 7, 2, 5);
    attention(4, 64, 4, 32);
}

/// A dimension of `sizes` in memory with random strides, of which neighbours are often merged.
fn random_axes(draw: &mut Draw, sizes: &[usize]) -> Vec<(usize, i32)> {
    let mut axes: Vec<(usize, i32)> = Vec::new();
    for &size in sizes.iter().rev() {
        let dense = axes.first().map_or(1, |(size, stride)| *size as i32 * stride);
        let stride = if draw.below(2) == 0 { dense } else { draw.below(24) as i32 - 8 };
        axes.insert(0, (size, stride));
    }
    axes
}

#[test]
fn random_factors() {
    let mut draw = Draw(31);
    for seed in 0..30 {
        let sizes = |draw: &mut Draw| [0; 3].map(|_| [1, 2, 3, 4, 5, 8, 12][draw.below(7)]);
        let [batch, rows, columns, summed] = [0; 4].map(|_| sizes(&mut draw));
        let batch = [batch[0]];
        // Only sums may be cut at places of their own in either factor.
        let mut cut = summed;
        if draw.below(3) == 0 {
            cut.swap(0, 2);
        }
        let mut random = |arena, kept: &[usize], summed: &[usize]| {
            let [batch, kept, summed] = [&batch, kept, summed].map(|sizes| random_axes(&mut draw, sizes));
            let mut f = factor(arena, 0, &batch, &kept, &summed);
            let back = |axes: &Axes| axes.0.iter().map(|(n, s)| (*n as i32 - 1) * (*s).min(0)).sum::<i32>();
            let before = back(&f.batch) + back(&f.kept) + back(&f.summed);
            f.loc = Loc { arena, offset: before.unsigned_abs().next_multiple_of(1 + draw.below(4) as u32) };
            f
        };
        let (a, b) = (random(Arena::Work, &rows, &summed), random(Arena::State, &columns, &cut));
        let end = |f: &Factor| {
            let far = |axes: &Axes| axes.0.iter().map(|(n, s)| (n - 1) * (*s).max(0) as u32).sum::<u32>();
            (f.loc.offset + far(&f.batch) + far(&f.kept) + far(&f.summed) + 1).next_multiple_of(4)
        };
        let (first, state) = (end(&a), end(&b));
        let domain: Vec<_> = [&batch[..], &rows, &columns].concat().into_iter().filter(|d| *d > 1).collect();
        // Axes are at most six, whichever dimension they belong to.
        let domain = if domain.len() > 6 { vec![domain.iter().product()] } else { domain };
        let mut body = Builder::default();
        let sum = body.result(0);
        body.store(dense(Arena::Work, first, &domain), sum);
        let bias = body.load(dense(Arena::Data, 0, &domain));
        let y = body.binary(Binary::Add, sum, bias);
        let reversed: Vec<_> =
            (0..domain.len()).map(|a| domain[..a].iter().product::<usize>() as i32).collect();
        body.store(at(Arena::Io, 0, &reversed), y);
        let points = round(domain.iter().product());
        let body = if seed % 2 == 0 { body } else { plain(first, &domain) };
        check_product(product(&domain, a, b, body), [state, 4, first + points, 4, points, 4, points], seed);
    }
}

/// Stores the result alone.
fn plain(first: u32, domain: &[usize]) -> Builder {
    let mut body = Builder::default();
    let sum = body.result(0);
    body.store(dense(Arena::Work, first, domain), sum);
    body
}

/// Aligned windows and filters are loaded four words at a time although the results go to the same
/// arena; the results then are stored four at a time, because a part of a vector cannot be written
/// without a race. Where they cannot be, the arena has no vectors.
#[test]
fn vectors_where_all_is_aligned() {
    let text = |conv: Conv, target| wgsl(&conv.forward().0, target)[0].text.clone();
    let wide = Conv { channels: 8, filters: 16, image: [16, 16], batch: 8, ..PLAIN };
    for target in [Target::Hardware, Target::Software] {
        let aligned = text(wide, target);
        for vectors in ["work: array<vec4<f32>>", "state: array<vec4<f32>>"] {
            assert!(aligned.contains(vectors), "no {vectors} in\n{aligned}");
        }
        let odd = text(Conv { filters: 15, ..wide }, target);
        assert!(odd.contains("work: array<f32>"), "vectors in\n{odd}");
        let odd = text(Conv { channels: 7, ..wide }, target);
        assert!(odd.contains("work: array<f32>"), "vectors in\n{odd}");
    }
}
