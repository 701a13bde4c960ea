//! A small classifier of images, which judges what generators make.
//!
//! Two strided convolutions and a linear layer, trained by cross-entropy. A part of each batch is
//! drowned in noise, fine and coarse, and belongs to a class of its own: a classifier that has seen
//! nothing but digits is sure of anything. It is no exhibit: gates train one, check it on held-out
//! images, and ask it what it takes generated ones for.

use crate::data::Images;
use crate::nn::Linear;
use crate::nn::conv::Conv;
use crate::{Error, drive};
use alloc::format;
use alloc::vec::Vec;
use tilde_graph::optim::{Adam, AdamOptions, schedule};
use tilde_graph::{Binary, Device, EntryId, Graph, Init, Program, Tensor, Var};

/// Images of a step, and of one run of the judging entry.
const BATCH: usize = 64;
/// Those of a step that are drowned in noise.
const DROWNED: usize = 16;
/// The ten digits, and what is none.
pub const CLASSES: usize = 11;
/// Steps of training.
const STEPS: u32 = 2000;
/// Adam's rate at first.
const RATE: f32 = 3e-3;

/// A classifier of the digits.
pub struct Classifier {
    program: Program,
    set: Images,
    images: Var,
    labels: Var,
    shown: Var,
    train: EntryId,
    judge: EntryId,
}

impl Classifier {
    /// Builds the program for a set of labelled images.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if the images are too small for its two halvings.
    pub fn new(set: Images) -> Result<Classifier, Error> {
        let (n, h, w) = (set.n, set.height, set.width);
        let [small_h, small_w] = [h, w].map(|side| side.div_ceil(4));
        let mut p = Program::new("classifier");
        let mut group = p.group("classifier");
        let first = Conv::new(&mut p, &mut group, "conv1", [1, 16], 2);
        let second = Conv::new(&mut p, &mut group, "conv2", [16, 32], 2);
        let last = Linear::new(&mut p, &mut group, "out", small_h * small_w * 32, CLASSES);
        let adam = Adam::new(&mut p, &group, "adam", AdamOptions::default());
        let steps = p.state("steps", [], Init::Constant(0.0));
        let images = p.data_u("images", [n, set.row_words()]);
        let labels = p.data_u("labels", [n]);
        let shown = p.input("shown", [BATCH, h * w]);
        // `[B, H·W] → [B, CLASSES]`
        fn logits<'g>(g: &'g Graph, layers: &(Conv, Conv, Linear), x: Tensor<'g>, h: usize) -> Tensor<'g> {
            let [b, area] = [0, 1].map(|a| x.shape().dim(a));
            let (first, second, last) = layers;
            let x = first.apply(g, x.reshape([b, h, area / h, 1])).relu();
            let x = second.apply(g, x).relu();
            last.apply(g, x.reshape([b, x.shape().len() / b]))
        }
        let layers = (first, second, last);
        let train = p.entry("train", |g| {
            let index = g.indices(BATCH, n);
            let x = g.read(images).gather_bytes(index, h * w) / f32::from(set.levels);
            // Noise of pixels and of blocks of them, and the digit not quite gone.
            let rows = [DROWNED, h, w];
            let blocks = g.normal([DROWNED, small_h, small_w, 1]).upsample(4);
            let blocks = blocks.slice_axis(1, 0, h).slice_axis(2, 0, w).reshape(rows);
            let coarse = g.uniform([DROWNED, 1, 1]);
            let noise = 0.5 + 0.7 * (coarse * blocks + (1.0 - coarse) * g.normal(rows));
            let share = 0.5 + 0.5 * g.uniform([DROWNED, 1, 1]);
            let drowned = share * noise + (1.0 - share) * x.slice(0, DROWNED).reshape(rows);
            let drowned = drowned.clamp(0.0, 1.0).reshape([DROWNED, h * w]);
            let x = g.concat(&[drowned, x.slice(DROWNED, BATCH - DROWNED)], 0);
            let none = g.iota([BATCH], 0).binary(Binary::Lt, g.constant_u(DROWNED as u32));
            let labels = none.select(g.constant_u(CLASSES as u32 - 1), g.read(labels).gather(index));
            let loss = logits(g, &layers, x, h).cross_entropy(labels).mean();
            let step = g.read(steps);
            let [rate, none, total] = [RATE, 0.0, STEPS as f32].map(|x| g.constant(x));
            adam.update(g, g.grad_group(loss, &group), schedule::cosine(step, rate, none, total, none));
            g.assign(steps, step + 1.0);
        });
        let judge = p.entry("judge", |g| {
            g.output("probabilities", logits(g, &layers, g.read(shown), h).softmax(1));
        });
        let build = |e: tilde_graph::GraphError| {
            Error::BadSetting(format!("The classifier does not fit these images: {e}."))
        };
        let (train, judge) = (train.map_err(build)?, judge.map_err(build)?);
        Ok(Classifier { program: p, set, images, labels, shown, train, judge })
    }

    /// To be loaded.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Trains it.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub async fn train(&self, device: &mut dyn Device, seed: u64) -> Result<(), Error> {
        drive::start(device, &self.program, seed);
        drive::write_u(device, self.images, &self.set.packed());
        let labels: Vec<u32> = self.set.labels.iter().map(|&l| u32::from(l)).collect();
        drive::write_u(device, self.labels, &labels);
        Ok(device.run(&[(self.train, 1)], STEPS)?)
    }

    /// How likely each class is for each image: `[N, H·W]` in 0..=1 to `[N, CLASSES]`.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub async fn judge(&self, device: &mut dyn Device, images: &[f32]) -> Result<Vec<f32>, Error> {
        let area = self.set.area();
        let mut out = Vec::with_capacity(images.len() / area * CLASSES);
        for chunk in images.chunks(BATCH * area) {
            drive::write(device, self.shown, chunk);
            drive::run(device, self.judge)?;
            let answers = drive::output(device, self.judge, "probabilities").await?;
            out.extend_from_slice(&answers[..chunk.len() / area * CLASSES]);
        }
        Ok(out)
    }

    /// The share of held-out images whose likeliest class is theirs.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub async fn accuracy(&self, device: &mut dyn Device, held_out: &Images) -> Result<f64, Error> {
        let answers = self.judge(device, &held_out.to_floats()).await?;
        let pairs = answers.chunks(CLASSES).zip(&held_out.labels);
        let right = pairs.filter(|(p, l)| likeliest(p).0 == usize::from(**l)).count();
        Ok(right as f64 / held_out.n as f64)
    }
}

/// The likeliest class of one image, and how likely it is.
fn likeliest(probabilities: &[f32]) -> (usize, f32) {
    probabilities.iter().copied().enumerate().fold((0, 0.0), |best, p| if p.1 > best.1 { p } else { best })
}

/// The share of images of which the classifier is surer than 90 % that they are a certain digit, and
/// how many digits those are; from [`Classifier::judge`].
pub fn recognised(probabilities: &[f32]) -> (f64, usize) {
    let mut counts = [0usize; CLASSES];
    for image in probabilities.chunks(CLASSES) {
        let (class, sure) = likeliest(image);
        counts[class] += usize::from(sure >= 0.9);
    }
    let digits = &counts[..CLASSES - 1];
    let images = (probabilities.len() / CLASSES).max(1);
    (digits.iter().sum::<usize>() as f64 / images as f64, digits.iter().filter(|&&c| c > 0).count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::strokes;
    use alloc::vec;
    use pollster::block_on;
    use tilde_cpu::Cpu;
    use tilde_graph::compile;
    use tilde_graph::rng::Stream;

    #[test]
    fn sure_answers_are_counted() {
        let mut answers = vec![0.0; 4 * CLASSES];
        (answers[3], answers[CLASSES + 3], answers[2 * CLASSES + 5]) = (1.0, 0.95, 0.89);
        answers[3 * CLASSES + 10] = 1.0;
        assert_eq!(recognised(&answers), (0.5, 1));
    }

    /// Small ones here; the gates ask for more of it at full size.
    #[test]
    fn it_knows_digits_and_noise() {
        const SIDE: usize = 12;
        let mut stream = Stream::new(1, 0);
        let classifier = Classifier::new(strokes::digits(4000, SIDE, &mut stream)).unwrap();
        let held_out = strokes::digits(500, SIDE, &mut stream);
        let mut cpu = Cpu::load(compile(classifier.program())).unwrap();
        block_on(classifier.train(&mut cpu, 1)).unwrap();
        let accuracy = block_on(classifier.accuracy(&mut cpu, &held_out)).unwrap();
        let mut judge = |images: &[f32]| recognised(&block_on(classifier.judge(&mut cpu, images)).unwrap());
        let digits = judge(&held_out.to_floats());
        let pixel = |_| (0.5 + 0.5 * stream.normal()).max(0.0).min(1.0);
        let noise = judge(&(0..300 * SIDE * SIDE).map(pixel).collect::<Vec<f32>>());
        assert!(accuracy > 0.95, "{accuracy}");
        assert!(digits.0 > 0.85 && digits.1 == 10, "{digits:?}");
        assert!(noise.0 < 0.02, "{noise:?}");
    }
}
