//! A small classifier of images, which judges what generators make.
//!
//! Two strided convolutions and a linear layer, trained by cross-entropy. A part of each batch is
//! drowned in noise, fine and coarse, and belongs to a class of its own: a classifier that was trained on
//! digits alone takes anything for a digit. It is no exhibit: gates train one, check it on held-out
//! images, and ask it what it takes generated ones for.
//!
//! B batch.

use crate::Error;
use crate::data::Images;
use crate::driver::{Answer, Driver};
use crate::nn::Linear;
use crate::nn::conv::Conv;
use alloc::vec::Vec;
use tilde_graph::optim::{Adam, AdamOptions, schedule};
use tilde_graph::{Binary, EntryId, Graph, Group, Program, Tensor, Var};

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

/// The network.
struct Network {
    first: Conv,
    second: Conv,
    last: Linear,
    /// Rows and columns of an image.
    size: [usize; 2],
}

impl Network {
    fn new(p: &mut Program, group: &mut Group, size: [usize; 2]) -> Network {
        let [h, w] = size.map(|side| side.div_ceil(4));
        Network {
            first: Conv::new(p, group, "conv1", [1, 16], 2),
            second: Conv::new(p, group, "conv2", [16, 32], 2),
            last: Linear::new(p, group, "out", h * w * 32, CLASSES),
            size,
        }
    }

    /// `[B, H·W] → [B, CLASSES]`
    fn logits<'g>(&self, g: &'g Graph, x: Tensor<'g>) -> Tensor<'g> {
        let (b, [h, w]) = (x.shape().dim(0), self.size);
        let x = self.first.apply(g, x.reshape([b, h, w, 1])).relu();
        let x = self.second.apply(g, x).relu();
        self.last.apply(g, x.reshape([b, x.shape().len() / b]))
    }
}

/// A share of noise in each digit, `[DROWNED, H·W]`: noise of pixels and of blocks of 4×4, in a mixture of
/// its own for each, and the digit not quite gone.
fn drowned<'g>(g: &'g Graph, digits: Tensor<'g>, [h, w]: [usize; 2]) -> Tensor<'g> {
    let rows = [DROWNED, h, w];
    let [block_rows, block_columns] = [h, w].map(|side| side.div_ceil(4));
    let blocks = g.normal([DROWNED, block_rows, block_columns, 1]).upsample(4);
    let blocks = blocks.slice_axis(1, 0, h).slice_axis(2, 0, w).reshape(rows);
    let coarse = g.uniform([DROWNED, 1, 1]);
    let noise = 0.5 + 0.7 * (coarse * blocks + (1.0 - coarse) * g.normal(rows));
    let share = 0.5 + 0.5 * g.uniform([DROWNED, 1, 1]);
    let drowned = share * noise + (1.0 - share) * digits.reshape(rows);
    drowned.clamp(0.0, 1.0).reshape([DROWNED, h * w])
}

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
        let (n, size) = (set.n, [set.height, set.width]);
        let mut p = Program::new("classifier");
        let mut group = p.group("classifier");
        let network = Network::new(&mut p, &mut group, size);
        let adam = Adam::new(&mut p, &group, "adam", AdamOptions::default());
        let steps = p.counter("steps");
        let images = p.data_u("images", [n, set.row_words()]);
        let labels = p.data_u("labels", [n]);
        let shown = p.input("shown", [BATCH, set.area()]);
        let train = p.entry("train", |g| {
            let index = g.indices(BATCH, n);
            let x = g.read(images).gather_bytes(index, set.area()) / f32::from(set.levels);
            let noisy = drowned(g, x.slice(0, DROWNED), size);
            let x = g.concat(&[noisy, x.slice(DROWNED, BATCH - DROWNED)], 0);
            let is_noisy = g.iota([BATCH], 0).binary(Binary::Lt, g.constant_u(DROWNED as u32));
            let labels = is_noisy.select(g.constant_u(CLASSES as u32 - 1), g.read(labels).gather(index));
            let loss = network.logits(g, x).cross_entropy(labels).mean();
            let step = g.read(steps);
            let [rate, zero, total] = [RATE, 0.0, STEPS as f32].map(|x| g.constant(x));
            adam.update(g, g.grad_group(loss, &group), schedule::cosine(step, rate, zero, total, zero));
            g.assign(steps, step + 1.0);
        })?;
        let judge = p.entry("judge", |g| {
            g.output("probabilities", network.logits(g, g.read(shown)).softmax(1));
        })?;
        Ok(Classifier { program: p, set, images, labels, shown, train, judge })
    }

    /// To be loaded.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Enqueues its training.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub fn train(&self, device: &Driver, seed: u64) -> Result<(), Error> {
        device.start(&self.program, seed);
        device.write_u(self.images, &self.set.packed());
        let labels: Vec<u32> = self.set.labels.iter().map(|&l| u32::from(l)).collect();
        device.write_u(self.labels, &labels);
        device.schedule(&[(self.train, 1)], STEPS)
    }

    /// How likely each class is for each image: `[N, H·W]` in 0..=1 to `[N, CLASSES]`.
    pub fn judge(&self, device: &Driver, images: &[f32]) -> Answer<Vec<f32>> {
        device.over_rows(self.judge, self.shown, images, "probabilities")
    }

    /// The share of held-out images whose likeliest class is theirs.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub async fn accuracy(&self, device: &Driver, held_out: &Images) -> Result<f64, Error> {
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
    use alloc::boxed::Box;
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

    /// Digits of 12×12 pixels here; the gates ask for more of it, of 28×28.
    #[test]
    fn it_knows_digits_and_noise() {
        const SIDE: usize = 12;
        let mut stream = Stream::new(1, 0);
        let classifier = Classifier::new(strokes::digits(4000, SIDE, &mut stream)).unwrap();
        let held_out = strokes::digits(500, SIDE, &mut stream);
        let device = Driver::new(Box::new(Cpu::load(compile(classifier.program())).unwrap()));
        classifier.train(&device, 1).unwrap();
        let accuracy = block_on(classifier.accuracy(&device, &held_out)).unwrap();
        let judge = |images: &[f32]| recognised(&block_on(classifier.judge(&device, images)).unwrap());
        let digits = judge(&held_out.to_floats());
        let pixel = |_| (0.5 + 0.5 * stream.normal()).max(0.0).min(1.0);
        let noise = judge(&(0..300 * SIDE * SIDE).map(pixel).collect::<Vec<f32>>());
        assert!(accuracy > 0.95, "{accuracy}");
        assert!(digits.0 > 0.85 && digits.1 == 10, "{digits:?}");
        assert!(noise.0 < 0.02, "{noise:?}");
    }
}
