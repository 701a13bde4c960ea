//! Normalisations. What is learned, a gain and an offset for each channel, is the caller's: `y * gain
//! + offset`.

use crate::op::DType;
use crate::{Graph, Init, Program, Tensor, Var};
use alloc::format;

impl<'g> Tensor<'g> {
    /// Each row of the last axis with mean 0 and variance 1: (x − mean) / √(variance + ε); the
    /// variance is over N (J. Ba, J. Kiros, G. Hinton, 2016). The shape stays.
    pub fn layer_norm(self, epsilon: f32) -> Tensor<'g> {
        match self.shape().rank() {
            0 => self.graph.fail("layer_norm", format!("{} has no rows", self.shape())),
            rank => self.standardised(&[rank - 1], epsilon),
        }
    }

    /// Each row of the last axis divided by √(mean of squares + ε) (B. Zhang, R. Sennrich, NeurIPS
    /// 2019). The shape stays.
    pub fn rms_norm(self, epsilon: f32) -> Tensor<'g> {
        match self.shape().rank() {
            0 => self.graph.fail("rms_norm", format!("{} has no rows", self.shape())),
            rank => self * (1.0 / (self.square().mean_keep(&[rank - 1]) + epsilon).sqrt()),
        }
    }

    /// Each image's channels in `groups` groups of neighbours, each group of `[B, H, W, C]` with mean
    /// 0 and variance 1 over its pixels and channels (Y. Wu, K. He, ECCV 2018). The shape stays.
    pub fn group_norm(self, groups: usize, epsilon: f32) -> Tensor<'g> {
        let x = self.shape();
        if x.rank() != 4 || groups == 0 || !x.dim(3).is_multiple_of(groups) {
            let message = format!("the channels of {x} do not form {groups} groups; images are [B, H, W, C]");
            return self.graph.fail("group_norm", message);
        }
        let grouped = self.reshape([x.dim(0), x.dim(1) * x.dim(2), groups, x.dim(3) / groups]);
        grouped.standardised(&[1, 3], epsilon).reshape(x)
    }

    /// The mean and the variance (over N) of each channel, the last axis: `[.., C] → [C], [C]`.
    pub fn moments(self) -> (Tensor<'g>, Tensor<'g>) {
        let x = self.shape();
        if x.rank() < 2 || self.dtype() != DType::F32 {
            let none = self.graph.fail("moments", format!("{:?} {x} is no batch [.., C]", self.dtype()));
            return (none, none);
        }
        let axes = &[0, 1, 2, 3, 4][..x.rank() - 1];
        let mean = self.mean_keep(axes);
        let variance = (self - mean).square().mean_keep(axes);
        let channels = [x.dim(x.rank() - 1)];
        (mean.reshape(channels), variance.reshape(channels))
    }

    /// Each channel of a batch `[.., C]` with mean 0 and variance 1 over the batch (S. Ioffe,
    /// C. Szegedy, ICML 2015). The shape stays. [`BatchNorm`] also keeps averages for later.
    pub fn batch_norm(self, epsilon: f32) -> Tensor<'g> {
        let x = self.shape();
        if x.rank() < 2 {
            return self.graph.fail("batch_norm", format!("{x} is no batch [.., C]"));
        }
        let (mean, variance) = self.moments();
        self.scaled(mean, variance, epsilon)
    }

    fn standardised(self, axes: &[usize], epsilon: f32) -> Tensor<'g> {
        let mean = self.mean_keep(axes);
        self.scaled(mean, (self - mean).square().mean_keep(axes), epsilon)
    }

    /// With mean 0 and variance 1, from what they are; the division is done once for each of them.
    fn scaled(self, mean: Tensor<'g>, variance: Tensor<'g>, epsilon: f32) -> Tensor<'g> {
        (self - mean) * (1.0 / (variance + epsilon).sqrt())
    }

    /// The mean over some axes, kept with size 1.
    fn mean_keep(self, axes: &[usize]) -> Tensor<'g> {
        let sum = self.sum_keep(axes);
        sum / (self.shape().len() / sum.shape().len().max(1)) as f32
    }
}

/// Batch normalisation with averages of mean and variance to use outside of training, as in PyTorch:
/// `running ← (1 − momentum)·running + momentum·batch`, where the batch's variance is over N − 1.
#[derive(Clone, Copy, Debug)]
pub struct BatchNorm {
    /// The averaged mean, `[channels]`.
    pub mean: Var,
    /// The averaged variance, `[channels]`.
    pub variance: Var,
    /// How much of the newest batch enters the averages; 0.1 is usual.
    pub momentum: f32,
    /// Added to the variance; 1e-5 is usual.
    pub epsilon: f32,
}

impl BatchNorm {
    /// Declares the averages `name.mean` and `name.variance`, `[channels]`, of 0 and 1.
    pub fn new(program: &mut Program, name: &str, channels: usize) -> BatchNorm {
        let mut state =
            |what: &str, start| program.state(&format!("{name}.{what}"), [channels], Init::Constant(start));
        let (mean, variance) = (state("mean", 0.0), state("variance", 1.0));
        BatchNorm { mean, variance, momentum: 0.1, epsilon: 1e-5 }
    }

    /// [`Tensor::batch_norm`] of `x [.., channels]`, of at least two elements a channel; assigns the
    /// averages.
    pub fn train<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> Tensor<'g> {
        let shape = x.shape();
        let channels = g.read(self.mean).shape();
        let count = shape.len() / channels.len().max(1);
        if shape.rank() < 2 || shape.dim(shape.rank() - 1) != channels.len() || count < 2 {
            let message =
                format!("{shape} is no batch of {channels} channels with two elements or more each");
            return g.fail("batch_norm", message);
        }
        let (mean, variance) = x.moments();
        let unbiased = variance * count as f32 / (count - 1) as f32;
        for (running, batch) in [(self.mean, mean), (self.variance, unbiased)] {
            let old = g.read(running);
            g.assign(running, old + self.momentum * (batch.stop() - old));
        }
        x.scaled(mean, variance, self.epsilon)
    }

    /// `x [.., channels]` normalised by the averages.
    pub fn infer<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> Tensor<'g> {
        x.scaled(g.read(self.mean), g.read(self.variance), self.epsilon)
    }
}
