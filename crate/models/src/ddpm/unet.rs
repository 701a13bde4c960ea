//! The denoiser of images: a small U-Net (O. Ronneberger et al., MICCAI 2015; in the form of Ho et
//! al. 2020).
//!
//! Two steps down, each to half the size and twice the channels, attention between the pixels where
//! there are few, and two steps up, each with a skip connection from the same level.

use super::tables::FEATURES;
use crate::nn::conv::{Conv, GroupNorm, PixelAttention, ResidualBlock};
use crate::prelude::*;

/// Groups of channels that are normalised together.
const GROUPS: usize = 4;

/// The network.
pub struct UNet {
    height: usize,
    width: usize,
    /// The features of the time become what all blocks are told.
    time: [Linear; 2],
    enter: Conv,
    /// To half, and to a quarter of the size.
    down: [Conv; 2],
    /// On the way down, at the bottom twice, and up twice.
    blocks: [ResidualBlock; 5],
    attention: PixelAttention,
    up: [Conv; 2],
    norm: GroupNorm,
    leave: Conv,
}

impl UNet {
    /// For images of this size, with `channels` at full size: a multiple of 4.
    pub fn new(p: &mut Program, group: &mut Group, height: usize, width: usize, channels: usize) -> UNet {
        let [c, c2, c4] = [channels, 2 * channels, 4 * channels];
        UNet {
            height,
            width,
            time: [Linear::new(p, group, "time1", FEATURES, c4), Linear::new(p, group, "time2", c4, c4)],
            enter: Conv::new(p, group, "enter", [1, c], 1),
            down: [Conv::new(p, group, "down1", [c, c2], 2), Conv::new(p, group, "down2", [c2, c4], 2)],
            blocks: [("block1", c2), ("block2", c4), ("block3", c4), ("block4", c2), ("block5", c)]
                .map(|(name, channels)| ResidualBlock::new(p, group, name, channels, GROUPS, c4)),
            attention: PixelAttention::new(p, group, "attention", c4, GROUPS),
            up: [Conv::new(p, group, "up1", [c4, c2], 1), Conv::new(p, group, "up2", [c2, c], 1)],
            norm: GroupNorm::new(p, group, "norm", c, GROUPS),
            leave: Conv::zero(p, group, "leave", [c, 1]),
        }
    }

    /// Images `[B, D]` and features of their times, `[B, FEATURES]` or one row for all, to answers
    /// `[B, D]`.
    pub fn apply<'g>(&self, g: &'g Graph, x: Tensor<'g>, time: Tensor<'g>) -> Tensor<'g> {
        let (b, h, w) = (x.shape().dim(0), self.height, self.width);
        let told = self.time[1].apply(g, self.time[0].apply(g, time).silu()).silu();
        // Sizes that two halvings divide.
        let [more_h, more_w] = [h, w].map(|n| n.next_multiple_of(4) - n);
        let x = x.reshape([b, h, w, 1]).pad(1, 0, more_h).pad(2, 0, more_w);
        let full = self.enter.apply(g, x);
        let half = self.blocks[0].apply(g, self.down[0].apply(g, full), told);
        let small = self.blocks[1].apply(g, self.down[1].apply(g, half), told);
        let small = self.blocks[2].apply(g, self.attention.apply(g, small), told);
        let half = self.blocks[3].apply(g, self.up[0].apply(g, small.upsample(2)) + half, told);
        let full = self.blocks[4].apply(g, self.up[1].apply(g, half.upsample(2)) + full, told);
        let y = self.leave.apply(g, self.norm.apply(g, full).silu());
        y.slice_axis(1, 0, h).slice_axis(2, 0, w).reshape([b, h * w])
    }

    /// The same network with averaged parameters.
    pub fn with(&self, group: &Group, flat: Var) -> UNet {
        UNet {
            height: self.height,
            width: self.width,
            time: self.time.map(|l| l.with(group, flat)),
            enter: self.enter.with(group, flat),
            down: self.down.map(|l| l.with(group, flat)),
            blocks: self.blocks.map(|l| l.with(group, flat)),
            attention: self.attention.with(group, flat),
            up: self.up.map(|l| l.with(group, flat)),
            norm: self.norm.with(group, flat),
            leave: self.leave.with(group, flat),
        }
    }
}
