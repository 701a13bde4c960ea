//! Layers of images `[B, H, W, C]` (batch, height, width, channels).

use super::Linear;
use alloc::format;
use tilde_graph::{Graph, Group, Init, Param, Program, Tensor, Var};

/// A convolution with 3×3 windows, the image padded with zeros by one pixel.
#[derive(Clone, Copy, Debug)]
pub struct Conv {
    /// `[3, 3, inputs, outputs]`.
    pub w: Param,
    /// `[outputs]`.
    pub b: Param,
    /// Pixels between neighbouring windows.
    pub stride: usize,
}

impl Conv {
    /// Uniform in ±1/√(9·inputs), weights and biases alike (PyTorch's default).
    pub fn new(p: &mut Program, group: &mut Group, name: &str, channels: [usize; 2], stride: usize) -> Conv {
        let bound = 1.0 / tilde_graph::real::sqrtf((9 * channels[0]) as f32);
        Conv::from(p, group, name, channels, stride, Init::Uniform(bound))
    }

    /// All zeros: a residual block that ends with it is the identity at first.
    pub fn zero(p: &mut Program, group: &mut Group, name: &str, channels: [usize; 2]) -> Conv {
        Conv::from(p, group, name, channels, 1, Init::Constant(0.0))
    }

    fn from(
        p: &mut Program,
        group: &mut Group,
        name: &str,
        [i, o]: [usize; 2],
        stride: usize,
        init: Init,
    ) -> Conv {
        Conv {
            w: group.param(p, &format!("{name}.weight"), [3, 3, i, o], init.clone()),
            b: group.param(p, &format!("{name}.bias"), [o], init),
            stride,
        }
    }

    /// `[B, H, W, inputs] → [B, ⌈H/stride⌉, ⌈W/stride⌉, outputs]`.
    pub fn apply<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> Tensor<'g> {
        x.conv(g.param(self.w), self.stride, 1) + g.param(self.b)
    }

    /// The same layer with the parameters of another flat variable.
    pub fn with(&self, group: &Group, flat: Var) -> Conv {
        Conv { w: group.of(self.w, flat), b: group.of(self.b, flat), ..*self }
    }
}

/// Group normalisation with a gain and an offset for each channel (Y. Wu, K. He, ECCV 2018).
#[derive(Clone, Copy, Debug)]
pub struct GroupNorm {
    gain: Param,
    offset: Param,
    groups: usize,
}

impl GroupNorm {
    /// Gains of 1, offsets of 0.
    pub fn new(p: &mut Program, group: &mut Group, name: &str, channels: usize, groups: usize) -> GroupNorm {
        GroupNorm {
            gain: group.param(p, &format!("{name}.gain"), [channels], Init::Constant(1.0)),
            offset: group.param(p, &format!("{name}.offset"), [channels], Init::Constant(0.0)),
            groups,
        }
    }

    /// `[B, H, W, C]`, of the same shape.
    pub fn apply<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> Tensor<'g> {
        x.group_norm(self.groups, 1e-5) * g.param(self.gain) + g.param(self.offset)
    }

    /// The same layer with the parameters of another flat variable.
    pub fn with(&self, group: &Group, flat: Var) -> GroupNorm {
        GroupNorm { gain: group.of(self.gain, flat), offset: group.of(self.offset, flat), ..*self }
    }
}

/// A residual block with a condition, such as the features of a time: two convolutions, and between them
/// adaptive group normalisation, whose gains and offsets are linear in the condition (P. Dhariwal, A. Nichol,
/// "Diffusion models beat GANs on image synthesis", NeurIPS 2021).
#[derive(Clone, Copy, Debug)]
pub struct ResidualBlock {
    before: GroupNorm,
    first: Conv,
    between: GroupNorm,
    condition: Linear,
    second: Conv,
    channels: usize,
}

impl ResidualBlock {
    /// A block of `channels` whose condition is a row of `width` numbers.
    pub fn new(
        p: &mut Program,
        group: &mut Group,
        name: &str,
        channels: usize,
        groups: usize,
        width: usize,
    ) -> ResidualBlock {
        let both = [channels, channels];
        ResidualBlock {
            before: GroupNorm::new(p, group, &format!("{name}.norm1"), channels, groups),
            first: Conv::new(p, group, &format!("{name}.conv1"), both, 1),
            between: GroupNorm::new(p, group, &format!("{name}.norm2"), channels, groups),
            condition: Linear::new(p, group, &format!("{name}.condition"), width, 2 * channels),
            second: Conv::zero(p, group, &format!("{name}.conv2"), both),
            channels,
        }
    }

    /// `x [B, H, W, C]` and `condition [B, width]`, or one row for all, to `[B, H, W, C]`.
    pub fn apply<'g>(&self, g: &'g Graph, x: Tensor<'g>, condition: Tensor<'g>) -> Tensor<'g> {
        let both = self.condition.apply(g, condition);
        let part = |i: usize| {
            let part = both.slice_axis(1, i * self.channels, self.channels);
            part.reshape([both.shape().dim(0), 1, 1, self.channels])
        };
        let h = self.first.apply(g, self.before.apply(g, x).silu());
        let h = self.between.apply(g, h) * (1.0 + part(0)) + part(1);
        x + self.second.apply(g, h.silu())
    }

    /// The same block with the parameters of another flat variable.
    pub fn with(&self, group: &Group, flat: Var) -> ResidualBlock {
        ResidualBlock {
            before: self.before.with(group, flat),
            first: self.first.with(group, flat),
            between: self.between.with(group, flat),
            condition: self.condition.with(group, flat),
            second: self.second.with(group, flat),
            channels: self.channels,
        }
    }
}

/// Attention of each pixel to all others, with one head, added to the image.
#[derive(Clone, Copy, Debug)]
pub struct PixelAttention {
    norm: GroupNorm,
    /// To queries, keys and values.
    into: Linear,
    out: Linear,
}

impl PixelAttention {
    /// Of `channels`. It adds nothing at first.
    pub fn new(
        p: &mut Program,
        group: &mut Group,
        name: &str,
        channels: usize,
        groups: usize,
    ) -> PixelAttention {
        let zeros = Init::Constant(0.0);
        PixelAttention {
            norm: GroupNorm::new(p, group, &format!("{name}.norm"), channels, groups),
            into: Linear::new(p, group, &format!("{name}.into"), channels, 3 * channels),
            out: Linear {
                w: group.param(p, &format!("{name}.out.weight"), [channels, channels], zeros.clone()),
                b: group.param(p, &format!("{name}.out.bias"), [channels], zeros),
            },
        }
    }

    /// `[B, H, W, C]`, of the same shape.
    pub fn apply<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> Tensor<'g> {
        let [b, h, w, c] = [0, 1, 2, 3].map(|a| x.shape().dim(a));
        let all = self.into.apply(g, self.norm.apply(g, x).reshape([b * h * w, c]));
        let [q, k, v] = [0, 1, 2].map(|i| all.slice_axis(1, i * c, c).reshape([b, h * w, c]));
        let attended = q.attention(k, v, None).reshape([b * h * w, c]);
        x + self.out.apply(g, attended).reshape([b, h, w, c])
    }

    /// The same layer with the parameters of another flat variable.
    pub fn with(&self, group: &Group, flat: Var) -> PixelAttention {
        PixelAttention {
            norm: self.norm.with(group, flat),
            into: self.into.with(group, flat),
            out: self.out.with(group, flat),
        }
    }
}
