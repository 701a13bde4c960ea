//! Convolutions of images `[B, H, W, C]` (batch, height, width, channels).
//!
//! Two primitives, [`Op::Conv`] and [`Op::ConvWeights`], are closed under differentiation: the
//! third gradient, with respect to the input, is a convolution of another arrangement of the same
//! numbers.

use crate::op::{DType, Op};
use crate::{Shape, Tensor};
use alloc::format;

impl<'g> Tensor<'g> {
    /// The convolution (as networks use the word: a cross-correlation) of `[B, H, W, C]` with
    /// `w [KH, KW, C, N]`, `padding` zeros around the image: `[B, OH, OW, N]`,
    /// OH = ⌊(H + 2·padding − KH)/stride⌋ + 1.
    pub fn conv(self, w: Tensor<'g>, stride: usize, padding: usize) -> Tensor<'g> {
        let (x, k) = (self.shape(), w.shape());
        let fits = x.rank() == 4
            && k.rank() == 4
            && x.dim(3) == k.dim(2)
            && stride > 0
            && (0..2).all(|a| k.dim(a) >= 1 && k.dim(a) <= x.dim(a + 1) + 2 * padding)
            && self.dtype() == DType::F32
            && w.dtype() == DType::F32;
        if !fits {
            let message = format!(
                "{x} and windows {k} do not fit; images are [B, H, W, C], windows [KH, KW, C, N] no \
                 larger than the padded image, the stride at least 1"
            );
            return self.graph.fail("conv", message);
        }
        let padded = self.pad(1, padding, padding).pad(2, padding, padding);
        let mut shape = x.with(3, k.dim(3));
        for a in [1, 2] {
            shape = shape.with(a, (padded.shape().dim(a) - k.dim(a - 1)) / stride + 1);
        }
        self.graph.push(Op::Conv { stride: stride as u32 }, &[padded.id, w.id], shape, DType::F32)
    }

    /// The transposed convolution: the gradient of [`Tensor::conv`] with respect to its image, as an
    /// operation of its own. `[B, H, W, N]` and `w [KH, KW, C, N]` give
    /// `[B, (H − 1)·stride + KH − 2·padding, …, C]`.
    pub fn conv_transpose(self, w: Tensor<'g>, stride: usize, padding: usize) -> Tensor<'g> {
        let (y, k) = (self.shape(), w.shape());
        let fits = y.rank() == 4
            && k.rank() == 4
            && y.dim(3) == k.dim(3)
            && stride > 0
            && (0..2).all(|a| (y.dim(a + 1) - 1) * stride + k.dim(a) > 2 * padding)
            && self.dtype() == DType::F32
            && w.dtype() == DType::F32;
        if !fits {
            let message = format!(
                "{y} and windows {k} do not fit; images are [B, H, W, N], windows [KH, KW, C, N], the \
                 stride at least 1, and something must be left within the padding"
            );
            return self.graph.fail("conv_transpose", message);
        }
        let mut whole = y.with(3, k.dim(2));
        for a in [1, 2] {
            whole = whole.with(a, (y.dim(a) - 1) * stride + k.dim(a - 1));
        }
        let image = self.conv_input(w, stride, whole);
        [1, 2].iter().fold(image, |t, &a| t.slice_axis(a, padding, whole.dim(a) - 2 * padding))
    }

    /// The gradient of an unpadded convolution of images of shape `image` with respect to them;
    /// `self` is the gradient of its result.
    ///
    /// With pixel y = s·t + r and window row k = s·q + r (s the stride), dx[s·t + r] =
    /// Σ_q dy[t − q]·w[s·q + r]: a convolution of stride 1 whose channels are the s·s phases r,
    /// which are then laid out as pixels.
    pub(crate) fn conv_input(self, w: Tensor<'g>, stride: usize, image: Shape) -> Tensor<'g> {
        let (s, k) = (stride, w.shape());
        let (c, n) = (k.dim(2), k.dim(3));
        let [kh, kw] = [0, 1].map(|a| k.dim(a).div_ceil(s));
        let w = w.pad(0, 0, kh * s - k.dim(0)).pad(1, 0, kw * s - k.dim(1));
        let w = w.reshape([kh, s, kw, s, c, n]).flip(&[0, 2]).permute(&[0, 2, 5, 1, 3, 4]);
        let w = w.reshape([kh, kw, n, s * s * c]);
        let dy = self.pad(1, kh - 1, kh - 1).pad(2, kw - 1, kw - 1);
        let mut pixels = dy.conv(w, 1, 0);
        if s > 1 {
            let [b, th, tw] = [0, 1, 2].map(|a| pixels.shape().dim(a));
            let phases = pixels.reshape([b, th, tw, s, s, c]);
            pixels = phases.permute(&[0, 1, 3, 2, 4, 5]).reshape([b, th * s, tw * s, c]);
        }
        // Rows that no window reached, or that only the rounded-up window reaches.
        [1, 2].iter().fold(pixels, |t, &a| {
            let (have, want) = (t.shape().dim(a), image.dim(a));
            if have > want { t.slice_axis(a, 0, want) } else { t.pad(a, 0, want - have) }
        })
    }

    /// The gradient of an unpadded convolution of `self` with respect to its windows, which have
    /// the shape `windows`; `dy` is the gradient of its result.
    pub(crate) fn conv_weights(self, dy: Tensor<'g>, stride: usize, windows: Shape) -> Tensor<'g> {
        self.graph.push(Op::ConvWeights { stride: stride as u32 }, &[self.id, dy.id], windows, DType::F32)
    }

    /// Some axes run backwards.
    pub fn flip(self, axes: &[usize]) -> Tensor<'g> {
        let from = self.shape();
        if let Some(a) = axes.iter().find(|&&a| a >= from.rank()) {
            return self.graph.fail("flip", format!("{from} has no axis {a}"));
        }
        self.flip_mask(axes.iter().fold(0, |m, &a| m | 1 << a))
    }

    pub(crate) fn flip_mask(self, mask: u8) -> Tensor<'g> {
        // An axis of size 1 is the same both ways.
        let shape = self.shape();
        let mask = (0..shape.rank()).filter(|&a| shape.dim(a) > 1).fold(0, |m, a| m | (mask & 1 << a));
        self.graph.push(Op::Flip(mask), &[self.id], shape, self.dtype())
    }

    /// The mean over blocks of `size`×`size` pixels: `[B, H, W, C] → [B, H/size, W/size, C]`.
    pub fn average_pool(self, size: usize) -> Tensor<'g> {
        let x = self.shape();
        if x.rank() != 4 || size == 0 || !(1..3).all(|a| x.dim(a).is_multiple_of(size)) {
            return self.graph.fail("average_pool", format!("{x} has no blocks of {size} by {size} pixels"));
        }
        let [b, h, w, c] = [0, 1, 2, 3].map(|a| x.dim(a));
        self.reshape([b, h / size, size, w / size, size, c]).mean_axes(&[2, 4])
    }

    /// Every pixel repeated `size` times both ways: `[B, H, W, C] → [B, H·size, W·size, C]`.
    pub fn upsample(self, size: usize) -> Tensor<'g> {
        let x = self.shape();
        if x.rank() != 4 || size == 0 {
            return self.graph.fail("upsample", format!("{x} is no image [B, H, W, C], or {size} is 0"));
        }
        let [b, h, w, c] = [0, 1, 2, 3].map(|a| x.dim(a));
        let apart = self.reshape([b, h, 1, w, 1, c]);
        apart.broadcast([b, h, size, w, size, c]).reshape([b, h * size, w * size, c])
    }
}
