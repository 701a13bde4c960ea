//! The gates of `ddpm`: the card's recipe on the ring of eight Gaussians, and the same model of
//! 28×28 strokes, which a classifier judges. The second takes a quarter of an hour a seed on one
//! core, so it has an id of its own.

use super::gan2d::fitted_gaussian;
use super::*;
use crate::classifier::{Classifier, recognised};
use crate::data::{Toy, strokes};
use crate::ddpm::CARD;
use crate::metrics::energy_distance::energy_distance;
use alloc::vec;
use tilde_graph::rng::Stream;

/// The id of [`image_gates`].
pub(super) const IMAGES: &str = "ddpm-images";

const DISTANCE: Gate = Gate::at_most("energy_distance", 0.003);
const HIGH_QUALITY: Gate = Gate::at_least("high_quality", 0.90);
const MODES: Gate = Gate::at_least("modes", 8.0).for_every_seed();
/// The same network with fewer, deterministic steps.
const FEWER: [(Gate, f64); 2] = [
    (Gate::at_least("ddim_20_high_quality", 0.84), 20.0),
    (Gate::at_least("ddim_10_high_quality", 0.72), 10.0),
];

pub(super) async fn gates(host: &dyn Host, seeds: &[u64]) -> Result<Evaluation, Error> {
    let recipe = Trial { card: &CARD, settings: &[], steps: 2000 };
    let mut figures = Vec::new();
    let mut fewer = [const { Vec::new() }; 2];
    for &seed in seeds {
        let mut run = recipe.trained(host, seed).await?;
        figures.push(run.evaluate().await?);
        for ((_, count), seeds) in FEWER.iter().zip(&mut fewer) {
            set(&mut run, "sampler", "ddim")?;
            run.set("sampling_steps", Value::Number(*count))?;
            seeds.push(figure(&run.evaluate().await?, HIGH_QUALITY.name));
        }
    }
    let mut gates: Vec<Measured> =
        [DISTANCE, HIGH_QUALITY, MODES].map(|gate| Measured::new(gate, &figures)).to_vec();
    gates.extend(FEWER.into_iter().zip(fewer).map(|((gate, _), seeds)| Measured { gate, seeds }));

    let untrained = Trial { steps: 0, ..recipe }.run(host, 1).await?;
    // No clipping, noise predicted, and a first step that divides by almost nothing.
    let divided = [("prediction", "noise"), ("sampler", "ddim"), ("sampling_steps", "10"), ("clip", "false")];
    let divided = Trial { settings: &divided, ..recipe }.run(host, 1).await?;
    let ring = Toy::EightGaussians;
    let mut stream = Stream::new(1, 0);
    // Standard deviation 1, as the figure is measured.
    let scale =
        |points: Vec<f32>| -> Vec<f32> { points.iter().map(|x| x / core::f32::consts::SQRT_2).collect() };
    let data = ring.sample(2000, &mut stream);
    let gaussian = scale(fitted_gaussian(&data, &mut stream));
    let seven: Vec<f32> = data.chunks_exact(2).filter(|p| p[0] < 1.8).flatten().copied().collect();
    let data = scale(ring.sample(2000, &mut stream));
    let distance =
        |name, points: Vec<f32>| Control { name, gate: DISTANCE, value: energy_distance(&points, &data, 2) };
    let controls = vec![
        Control::new("untrained", DISTANCE, &untrained),
        Control::new("untrained", HIGH_QUALITY, &untrained),
        Control::new("ten steps that divide by almost nothing", DISTANCE, &divided),
        distance("one Gaussian fitted to the data", gaussian),
        distance("seven of the eight modes", scale(seven)),
    ];
    Ok(Evaluation { id: CARD.id, gates, controls })
}

/// A setting of the card, from text.
fn set(run: &mut Run, id: &str, text: &str) -> Result<(), Error> {
    let setting = CARD.settings.iter().find(|s| s.id == id).expect("a setting of the card");
    run.set(id, setting.parse(text)?)
}

/// Samples that the classifier judges.
const JUDGED: usize = 500;

/// 2,000 steps of 64 strokes of 28×28 pixels, and 50 steps of DDIM.
pub(super) async fn image_gates(host: &dyn Host, seeds: &[u64]) -> Result<Evaluation, Error> {
    const RECOGNISED: Gate = Gate::at_least("recognised", 0.80);
    const CLASSES: Gate = Gate::at_least("classes", 10.0);
    const ACCURACY: Gate = Gate::at_least("classifier_accuracy", 0.99);
    let mut stream = Stream::new(1, 0xC1A5);
    let judge = Classifier::new(strokes::digits(20_000, 28, &mut stream))?;
    let held_out = strokes::digits(2000, 28, &mut stream);
    let desk = crate::Driver::new(host.load(compile(judge.program())).await?);
    judge.train(&desk, 1)?;
    let accuracy = judge.accuracy(&desk, &held_out).await?;

    let recipe = Trial {
        card: &CARD,
        settings: &[
            ("data", "strokes"),
            ("learning_rate", "0.002"),
            ("sampler", "ddim"),
            ("sampling_steps", "50"),
        ],
        steps: 2000,
    };
    let (mut shares, mut classes) = (Vec::new(), Vec::new());
    for &seed in seeds {
        let mut run = recipe.trained(host, seed).await?;
        let samples = run.sample(JUDGED, seed).await?;
        let (share, count) = recognised(&judge.judge(&desk, &samples.data).await?);
        shares.push(share);
        classes.push(count as f64);
    }
    let gates = vec![
        Measured { gate: RECOGNISED, seeds: shares },
        Measured { gate: CLASSES, seeds: classes },
        Measured { gate: ACCURACY, seeds: vec![accuracy] },
    ];

    let mut untrained = Trial { steps: 0, ..recipe }.trained(host, 1).await?;
    let untrained = untrained.sample(JUDGED, 1).await?.data;
    let pixel = |_| (0.5 + 0.5 * stream.normal()).max(0.0).min(1.0);
    let noise: Vec<f32> = (0..JUDGED * 784).map(pixel).collect();
    let ones: Vec<f32> = held_out
        .to_floats()
        .chunks(784)
        .zip(&held_out.labels)
        .filter(|(_, l)| **l == 1)
        .flat_map(|x| x.0)
        .copied()
        .collect();
    let mut controls = Vec::new();
    for (name, images) in [("untrained", untrained), ("noise", noise)] {
        let (share, _) = recognised(&judge.judge(&desk, &images).await?);
        controls.push(Control { name, gate: RECOGNISED, value: share });
    }
    let (_, count) = recognised(&judge.judge(&desk, &ones).await?);
    controls.push(Control { name: "true ones only", gate: CLASSES, value: count as f64 });
    Ok(Evaluation { id: IMAGES, gates, controls })
}
