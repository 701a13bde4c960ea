//! The networks, and the two halves of a step of the chain.

use crate::nn::fourier::FourierMlp;
use crate::prelude::*;

/// Octaves of the Fourier features of a point.
const OCTAVES: usize = 3;
/// Hidden units of what learns log s².
const SPREAD: usize = 64;

/// What is learned of p(x | x̃): its mean r(x̃), and log s²(x̃).
pub(super) enum Net {
    /// Of points, the mean is x̃ plus a residual.
    Points(FourierMlp, FourierMlp),
    Images(Mlp, Mlp),
}

impl Net {
    /// Of points, from hidden layers of these widths.
    pub fn points(p: &mut Program, group: &mut Group, hidden: &[usize], fourier: bool) -> Net {
        let octaves = if fourier { OCTAVES } else { 0 };
        let mean = FourierMlp::named(p, group, "mean", hidden, 2, octaves);
        Net::Points(mean, FourierMlp::named(p, group, "spread", &[SPREAD], 1, octaves))
    }

    /// Of images of `d` pixels; hidden layers are twice as wide.
    pub fn images(p: &mut Program, group: &mut Group, d: usize, hidden: &[usize]) -> Net {
        let wide = hidden.iter().map(|h| 2 * h);
        let widths: Vec<usize> = [d].into_iter().chain(wide).chain([d]).collect();
        let mean = Mlp::named(p, group, "mean", &widths);
        Net::Images(mean, Mlp::named(p, group, "spread", &[d, SPREAD, 1]))
    }

    /// The mean, `[B, D] → [B, D]`.
    pub fn mean<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> Tensor<'g> {
        match self {
            Net::Points(net, _) => x + net.apply(g, x),
            Net::Images(net, _) => net.apply(g, x, Tensor::relu),
        }
    }

    /// log s², `[B, D] → [B, 1]`.
    pub fn log_variance<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> Tensor<'g> {
        let answer = match self {
            Net::Points(_, net) => net.apply(g, x),
            Net::Images(_, net) => net.apply(g, x, Tensor::relu),
        };
        // s² is kept between e⁻⁹ and 1.
        answer.clamp(-9.0, 0.0)
    }

    /// Of clean and corrupted rows `[B, D]`: E‖x − r(x̃)‖², and E −log p(x | x̃) without its constant, from
    /// which s² is learned with r held fixed.
    pub fn losses<'g>(&self, g: &'g Graph, x: Tensor<'g>, noised: Tensor<'g>) -> [Tensor<'g>; 2] {
        let d = x.shape().dim(1) as f32;
        let square = (x - self.mean(g, noised)).square().sum_keep(&[1]);
        let log_variance = self.log_variance(g, noised);
        // ½(‖x − r‖²/s² + D log s²)
        let nll = 0.5 * (square.stop() * (-log_variance).exp() + log_variance * d);
        [square.mean(), nll.mean()]
    }
}

/// How far a point may go.
const FAR: f32 = 1e3;

/// Both halves of a step of the chain.
pub(super) struct Process {
    pub net: Net,
    /// Whether it is of points.
    pub points: bool,
    /// Standard deviation of the noise.
    pub sigma: Knob,
    /// Share of the pixels that are masked.
    pub masked: Knob,
    /// 1 to draw from the reconstruction distribution, 0 to take its mean.
    pub draw: Knob,
}

impl Process {
    /// C(x̃ | x): Gaussian noise; of images, some pixels are black whatever they were.
    pub fn corrupt<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> Tensor<'g> {
        let noised = x + g.knob(self.sigma) * g.normal(x.shape());
        if self.points {
            return noised;
        }
        let kept = g.knob(self.masked).lt(g.uniform(x.shape()));
        kept.select(noised, g.constant(0.0))
    }

    /// A draw from the reconstruction distribution p(x | x̃), here N(r(x̃), s²(x̃)), and its mean.
    pub fn reconstruct<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> [Tensor<'g>; 2] {
        let mean = self.net.mean(g, x);
        let spread = g.knob(self.draw) * (0.5 * self.net.log_variance(g, x)).exp();
        let [x, mean] = [mean + spread * g.normal(mean.shape()), mean];
        // Far from the data the network may answer anything: a chain that runs away stays where the next
        // network can still call it back. Pixels stay between black and white.
        let [least, most] = if self.points { [-FAR, FAR] } else { [0.0, 1.0] };
        [x.clamp(least, most), mean.clamp(least, most)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{self, flat, numbers};

    /// PyTorch's losses and gradients with the same weights (`tests/goldens/make_auto.py`).
    fn agrees(id: &str, d: usize, build: impl Fn(&mut Program, &mut Group) -> Net) {
        let r = golden::record("auto", id);
        let mut p = Program::new("golden");
        let mut group = p.group("denoiser");
        let net = build(&mut p, &mut group);
        let [x, noised] = ["x", "noised"].map(|name| p.input(name, [8, d]));
        p.entry("run", |g| {
            let noised = g.read(noised);
            let [loss, nll] = net.losses(g, g.read(x), noised);
            g.output("mean", net.mean(g, noised));
            g.output("log_variance", net.log_variance(g, noised));
            g.output("loss", loss);
            g.output("surprise", nll);
            g.output("grads", g.grad_group(loss + nll, &group));
        })
        .unwrap();
        let state = [
            (group.var(), flat(&p, &group, &r["in"]["weights"])),
            (x, numbers(&r["in"]["x"])),
            (noised, numbers(&r["in"]["noised"])),
        ];
        let mut expected = ["mean", "log_variance", "loss", "surprise"]
            .map(|name| (name, numbers(&r["out"][name])))
            .to_vec();
        expected.push(("grads", flat(&p, &group, &r["out"]["grads"])));
        golden::agree(&p, &state, &expected);
    }

    #[test]
    fn losses_of_points_agree_with_pytorch() {
        agrees("denoising.points", 2, |p, group| {
            Net::Points(
                FourierMlp::named(p, group, "mean", &[6], 2, OCTAVES),
                FourierMlp::named(p, group, "spread", &[4], 1, OCTAVES),
            )
        });
    }

    #[test]
    fn losses_of_images_agree_with_pytorch() {
        agrees("denoising.images", 5, |p, group| {
            Net::Images(Mlp::named(p, group, "mean", &[5, 6, 5]), Mlp::named(p, group, "spread", &[5, 4, 1]))
        });
    }
}
