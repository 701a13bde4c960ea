//! A run is a function of its settings, data, seed and steps, however it was gone through.

use crate::opened::{look, must_be, open, small, state, train};
use pollster::block_on;
use std::time::Instant;
use tilde_models::card::Card;
use tilde_models::{Run, Settings};

const STEPS: u32 = 60;
/// Steps at full size where [`STEPS`] would take minutes.
const FEW: u32 = 12;
/// Seconds that [`FEW`] steps at full size may take for [`STEPS`] to be done.
const PATIENCE: f32 = 2.0;
const SEED: u64 = 3;

/// What is run: settings, and how many steps.
struct Size {
    settings: Settings,
    steps: u32,
}

impl Size {
    /// Small enough for a few seconds.
    fn small(card: &'static Card) -> Size {
        Size { settings: small(card), steps: STEPS }
    }

    /// As the page has it; fewer steps where they are slow.
    fn full(card: &'static Card) -> Size {
        let settings = Settings::new(card);
        let mut run = open(settings.clone(), SEED);
        let began = Instant::now();
        train(&mut run, FEW);
        let steps = if began.elapsed().as_secs_f32() > PATIENCE { FEW } else { STEPS };
        Size { settings, steps }
    }

    fn begun(&self) -> Run {
        self.with_seed(SEED)
    }

    fn with_seed(&self, seed: u64) -> Run {
        open(self.settings.clone(), seed)
    }
}

/// All pictures and figures, as the page asks for them.
fn frame(run: &mut Run, deep: bool) {
    let views: Vec<&str> = run.settings().card().views.iter().map(|v| v.id).collect();
    block_on(run.frame(&views, deep, 0)).unwrap_or_else(|e| panic!("a frame: {e}"));
}

/// At once, one by one, by sevens, and played with looks in between: the same figures, samples, pictures,
/// curves and checkpoint, bit for bit.
pub fn a_run_is_a_function(card: &'static Card) {
    is_a_function(&Size::small(card));
}

/// The same at the default settings.
pub fn a_run_is_a_function_at_full_size(card: &'static Card) {
    is_a_function(&Size::full(card));
}

fn is_a_function(size: &Size) {
    let steps = size.steps;
    let mut run = size.begun();
    train(&mut run, steps);
    let known = look(&mut run);
    let curve = block_on(run.losses(0)).expect("losses");

    let ways: [(&str, fn(&mut Run, u32)); 5] = [
        ("one by one", |run, steps| (0..steps).for_each(|_| train(run, 1))),
        ("by sevens", |run, steps| {
            (0..steps / 7).for_each(|_| train(run, 7));
            train(run, steps % 7);
        }),
        ("played", |run, steps| {
            let mut left = steps;
            for n in (1..).take_while(|n| n * (n - 1) / 2 < steps) {
                frame(run, n % 3 == 0);
                let n = n.min(left);
                train(run, n);
                left -= n;
            }
            train(run, left);
            frame(run, false);
        }),
        ("sampled in between", |run, steps| {
            train(run, steps / 2);
            block_on(run.sample(3, 5)).expect("samples");
            train(run, steps - steps / 2);
        }),
        ("looked at twice", |run, steps| {
            train(run, steps);
            look(run);
        }),
    ];
    for (how, go) in ways {
        let mut run = size.begun();
        go(&mut run, steps);
        look(&mut run).must_be(&known, how);
        let again = block_on(run.losses(0)).expect("losses");
        assert!(again == curve, "{how}: the curve of the losses differs");
    }
    // Another seed gives another run, or none of this would mean anything.
    let mut other = size.with_seed(SEED + 1);
    train(&mut other, steps);
    assert!(look(&mut other) != known, "the seed makes no difference");
}

/// Saved halfway and loaded elsewhere: the same to the end, and at once.
pub fn a_saved_run_continues(card: &'static Card) {
    continues(&Size::small(card));
}

/// The same at the default settings.
pub fn a_saved_run_continues_at_full_size(card: &'static Card) {
    continues(&Size::full(card));
}

fn continues(size: &Size) {
    let steps = size.steps;
    let mut run = size.begun();
    train(&mut run, steps / 2);
    let saved = state(&mut run);
    assert!(!saved.is_empty(), "nothing is saved");
    let halfway = look(&mut run);
    train(&mut run, steps - steps / 2);
    let known = look(&mut run);

    let mut other = size.begun();
    other.import(&saved).unwrap_or_else(|e| panic!("loading: {e}"));
    look(&mut other).must_be(&halfway, "loaded");
    train(&mut other, steps - steps / 2);
    look(&mut other).must_be(&known, "loaded and trained");

    // Into a run that has gone somewhere else meanwhile.
    let mut used = size.begun();
    train(&mut used, 7);
    look(&mut used);
    used.import(&saved).unwrap_or_else(|e| panic!("loading: {e}"));
    look(&mut used).must_be(&halfway, "loaded into a run that was trained");
}

/// Begun again from a seed it is as if it had been opened with it.
pub fn reset_means_the_seed_everywhere(card: &'static Card) {
    let mut run = Size::small(card).begun();
    let untrained = look(&mut run);
    train(&mut run, 9);
    let known = look(&mut run);

    run.reset(SEED).unwrap_or_else(|e| panic!("reset: {e}"));
    look(&mut run).must_be(&untrained, "begun again");
    let mut other = Size::small(card).with_seed(SEED + 8);
    train(&mut other, 5);
    look(&mut other);
    other.reset(SEED).unwrap_or_else(|e| panic!("reset: {e}"));
    train(&mut other, 9);
    look(&mut other).must_be(&known, "begun again with another seed");
}

/// Sampling moves no chain, no counter and no scratch that is saved.
pub fn samples_move_nothing(card: &'static Card) {
    let mut run = Size::small(card).begun();
    train(&mut run, 2);
    let before = state(&mut run);
    let samples = block_on(run.sample(5, 11)).unwrap_or_else(|e| panic!("samples: {e}"));
    assert_eq!(samples.shape[0], 5);
    assert_eq!(samples.data.len(), samples.shape.iter().product::<usize>());
    assert!(samples.data.iter().all(|x| x.is_finite()));
    assert_eq!(samples, block_on(run.sample(5, 11)).expect("as before"));
    let other = block_on(run.sample(5, 12)).expect("as before");
    assert_ne!(samples.data, other.data, "another seed, the same samples");
    must_be(&state(&mut run), &before, "sampled");
}
