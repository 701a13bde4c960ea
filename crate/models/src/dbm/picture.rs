//! The machine's pictures.

use super::measure::mean_bounds;
use super::model::CHUNK;
use super::{Dbm, LAYERS, SHOWN};
use crate::prelude::*;

/// Rounds of the mean field after which the layers are drawn.
const ROUNDS: [u32; 4] = [0, 1, 2, 24];
/// The held-out image whose layers are drawn.
const WATCHED: usize = 3;
/// Pixels of the images whose bounds are followed round by round: all that are held out, if they are small.
const PIXELS: usize = 1 << 16;

impl Dbm {
    /// How likely each pixel of the chains is on.
    pub(super) async fn fantasies(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let mut data = live.device.read(self.model.dreams).await?;
        data.truncate(SHOWN * self.sets.train.area());
        Ok(Picture::images("fantasies", Role::Model, data, &self.sets.train, 6))
    }

    /// How the units of all layers settle, given an image: what they are after some rounds of the mean field, one
    /// column each, with what has changed since the column before; the third layer at the top, the pixels at the bottom.
    pub(super) async fn layers(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let image = WATCHED.min(self.sets.test.n - 1);
        let rounds = self.model.rounds(live.device, &ROUNDS, image)?;
        let mut layers = [const { Vec::new() }; LAYERS];
        for answers in rounds {
            for (layer, answer) in layers.iter_mut().zip(answers) {
                layer.extend(answer.await?);
            }
        }
        let [first, second, third] = layers;
        let units = |id, data: Vec<f32>| {
            let each = data.len() / ROUNDS.len();
            let before = [&data[..each], &data[..data.len() - each]].concat();
            Layer::units(id, data, each).changed(&before)
        };
        let area = self.sets.train.area();
        let given = self.sets.test.first(image + 1)[image * area..].repeat(ROUNDS.len());
        let layers = vec![
            units("third", third),
            units("second", second),
            units("first", first),
            Layer::images("data", Role::Data, given, &self.sets.train).labelled(ROUNDS.to_vec()),
        ];
        Ok(Picture { columns: ROUNDS.len(), ..Picture::of(layers) })
    }

    /// How far below the exact log-likelihood the bound is after each round of the mean field.
    pub(super) async fn settling(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let (test, area) = (self.sets.test.n, self.sets.train.area());
        let images = (PIXELS / area).clamp(CHUNK.min(test), test);
        let traces = self.model.bounds(live.device, images);
        let known = self.known(live).await?;
        let mut gaps = mean_bounds(&traces.await?, images, known.log_z);
        let exact = known.log_likelihood(images);
        gaps.iter_mut().for_each(|bound| *bound -= exact);
        gaps.truncate(changing(&gaps) + 1);
        let line: Vec<f32> = gaps.iter().enumerate().flat_map(|(i, gap)| [i as f32, *gap as f32]).collect();
        let exact = Layer::level("exact", Role::Truth, [0.0, (gaps.len() - 1) as f32], 0.0);
        Ok(Picture::of(vec![Layer::curve("bound", Role::Model, line), exact]))
    }

    /// The pixels that the units of each layer switch on: W₁, W₁W₂, W₁W₂W₃, each to its own largest value.
    pub(super) async fn units(&self, live: &Live<'_>) -> Result<Picture, Error> {
        let machine = self.model.net.values(&live.device.read(self.model.parameters).await?);
        let sizes: Vec<usize> = machine.biases.iter().map(Vec::len).collect();
        let most = sizes[1..].iter().copied().max().unwrap_or(0);
        let mut to_pixels = machine.weights[0].clone();
        let mut layers = Vec::new();
        for (l, id) in ["first", "second", "third"].into_iter().enumerate() {
            if l > 0 {
                to_pixels = product(&to_pixels, &machine.weights[l], [sizes[0], sizes[l], sizes[l + 1]]);
            }
            let n = sizes[l + 1];
            let top = to_pixels.iter().fold(1e-6f32, |m, x| m.max(x.abs()));
            // Layers have as many images as the widest one.
            let mut data = vec![0.0; most * sizes[0]];
            for (at, x) in to_pixels.iter().enumerate() {
                data[at % n * sizes[0] + at / n] = x / top;
            }
            layers.push(Layer::images(id, Role::Other, data, &self.sets.train));
        }
        Ok(Picture { columns: most.min(8), ..Picture::of(layers).ranged([-1.0, 0.0, 1.0]) })
    }
}

/// The rounds, an even number and four or more, after which less than a hundredth of the whole change is left.
fn changing(bounds: &[f64]) -> usize {
    let last = bounds.len() - 1;
    let small = 0.01 * (bounds[last] - bounds[0]).abs();
    let settled = bounds.iter().position(|bound| (bounds[last] - bound).abs() <= small).unwrap_or(last);
    (settled.max(3) + 2).next_multiple_of(2).min(last)
}

/// `[I, J] · [J, K]`.
fn product(a: &[f32], b: &[f32], [rows, inner, columns]: [usize; 3]) -> Vec<f32> {
    let mut out = vec![0.0; rows * columns];
    for i in 0..rows {
        for j in 0..inner {
            for k in 0..columns {
                out[i * columns + k] += a[i * inner + j] * b[j * columns + k];
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Run, exhibit::Sources};
    use pollster::block_on;
    use tilde_cpu::Cpu;
    use tilde_graph::{Device, compile};

    #[test]
    fn rounds_are_drawn_as_far_as_something_changes() {
        let settled_after = |rounds: usize| -> Vec<f64> { (0..=24).map(|i| i.min(rounds) as f64).collect() };
        assert_eq!([1, 3, 5, 12, 24].map(|n| changing(&settled_after(n))), [6, 6, 8, 14, 24]);
    }

    /// μ₂ = σ(W₂ᵀμ₁ + W₃μ₃ + b₂), which each round ends with, in every column but the first.
    #[test]
    fn the_drawn_units_are_those_of_the_mean_field() {
        let mut settings = Settings::new(&super::super::CARD);
        for (id, value) in [("data", "strokes"), ("layer_steps", "20"), ("batch", "32")] {
            settings.set_text(id, value).unwrap();
        }
        let load = async |program: &Program| {
            let device: Box<dyn Device> = Box::new(Cpu::load(compile(program)).unwrap());
            Ok(device)
        };
        let mut run = block_on(Run::open(settings, 3, Sources::default(), load)).unwrap();
        block_on(run.train(80)).unwrap();
        let layers = block_on(run.view("layers")).unwrap().layers;
        let shapes: Vec<&[usize]> = layers.iter().map(|layer| &layer.shape[..]).collect();
        assert_eq!(shapes, [[4, 2, 4], [4, 2, 4], [4, 2, 4], [4, 28, 28]]);
        let saved = block_on(run.export()).unwrap();
        let tensor = |name: &str| -> &[f32] {
            let found = saved.iter().find(|s| s.name.ends_with(name)).unwrap_or_else(|| panic!("{name}"));
            let SavedValues::F32(values) = &found.values else { panic!("{name}") };
            values
        };
        let [w2, w3, b2] = ["weight2", "weight3", "bias2"].map(tensor);
        let most = w2.iter().fold(0.0f32, |m, w| m.max(w.abs()));
        assert!(most > 0.02, "it has learned next to nothing: {most}");
        assert_eq!(layers[3].labels, ROUNDS);
        for layer in &layers[..3] {
            for (at, mark) in layer.labels.iter().enumerate() {
                let moved = if at < 8 { 0.0 } else { layer.data[at] - layer.data[at - 8] };
                let said = if *mark > 100 { 100.0 - *mark as f32 } else { *mark as f32 };
                assert!((100.0 * moved - said).abs() <= 1.0, "{} {at}: {moved}, {mark}", layer.id);
            }
        }
        for column in 1..ROUNDS.len() {
            let [third, second, first] = [0, 1, 2].map(|l| &layers[l].data[column * 8..][..8]);
            for k in 0..8 {
                let sum = |w: &dyn Fn(usize) -> f32, mu: &[f32]| (0..8).map(|i| w(i) * mu[i]).sum::<f32>();
                let input = b2[k] + sum(&|i| w2[i * 8 + k], first) + sum(&|j| w3[k * 8 + j], third);
                let mu = 1.0 / (1.0 + libm::expf(-input));
                assert!(
                    (second[k] - mu).abs() < 1e-5,
                    "column {column}, unit {k}: {} is not {mu}",
                    second[k]
                );
            }
        }
    }
}
