//! A run is a function of its settings, data, seed and steps, however it was gone through.

use crate::opened::{look, must_be, open, small, state, train};
use pollster::block_on;
use tilde_models::Run;
use tilde_models::card::Card;

const STEPS: u32 = 60;
const SEED: u64 = 3;

fn begun(card: &'static Card) -> Run {
    open(small(card), SEED)
}

/// All pictures and figures, as the page asks for them.
fn frame(run: &mut Run, deep: bool) {
    let views: Vec<&str> = run.settings().card().views.iter().map(|v| v.id).collect();
    block_on(run.frame(&views, deep, 0)).unwrap_or_else(|e| panic!("a frame: {e}"));
}

/// At once, one by one, by sevens, and played with looks in between: the same figures, samples, pictures,
/// curves and checkpoint, bit for bit.
pub fn a_run_is_a_function(card: &'static Card) {
    let mut run = begun(card);
    train(&mut run, STEPS);
    let known = look(&mut run);
    let curve = block_on(run.losses(0)).expect("losses");

    let ways: [(&str, fn(&mut Run)); 5] = [
        ("one by one", |run| (0..STEPS).for_each(|_| train(run, 1))),
        ("by sevens", |run| {
            (0..STEPS / 7).for_each(|_| train(run, 7));
            train(run, STEPS % 7);
        }),
        ("played", |run| {
            let mut left = STEPS;
            for n in (1..).take_while(|n| n * (n - 1) / 2 < STEPS) {
                frame(run, n % 3 == 0);
                let n = n.min(left);
                train(run, n);
                left -= n;
            }
            train(run, left);
            frame(run, false);
        }),
        ("sampled in between", |run| {
            train(run, STEPS / 2);
            block_on(run.sample(3, 5)).expect("samples");
            train(run, STEPS - STEPS / 2);
        }),
        ("looked at twice", |run| {
            train(run, STEPS);
            look(run);
        }),
    ];
    for (how, go) in ways {
        let mut run = begun(card);
        go(&mut run);
        look(&mut run).must_be(&known, how);
        let again = block_on(run.losses(0)).expect("losses");
        assert!(again == curve, "{how}: the curve of the losses differs");
    }
    // Another seed gives another run, or none of this would mean anything.
    let mut other = open(small(card), SEED + 1);
    train(&mut other, STEPS);
    assert!(look(&mut other) != known, "the seed makes no difference");
}

/// Saved halfway and loaded elsewhere: the same to the end, and at once.
pub fn a_saved_run_continues(card: &'static Card) {
    let mut run = begun(card);
    train(&mut run, STEPS / 2);
    let saved = state(&mut run);
    assert!(!saved.is_empty(), "nothing is saved");
    let halfway = look(&mut run);
    train(&mut run, STEPS - STEPS / 2);
    let known = look(&mut run);

    let mut other = begun(card);
    other.import(&saved).unwrap_or_else(|e| panic!("loading: {e}"));
    look(&mut other).must_be(&halfway, "loaded");
    train(&mut other, STEPS - STEPS / 2);
    look(&mut other).must_be(&known, "loaded and trained");

    // Into a run that has gone somewhere else meanwhile.
    let mut used = open(small(card), SEED);
    train(&mut used, 7);
    look(&mut used);
    used.import(&saved).unwrap_or_else(|e| panic!("loading: {e}"));
    look(&mut used).must_be(&halfway, "loaded into a run that was trained");
}

/// Begun again from a seed it is as if it had been opened with it.
pub fn reset_means_the_seed_everywhere(card: &'static Card) {
    let mut run = begun(card);
    let untrained = look(&mut run);
    train(&mut run, 9);
    let known = look(&mut run);

    run.reset(SEED).unwrap_or_else(|e| panic!("reset: {e}"));
    look(&mut run).must_be(&untrained, "begun again");
    let mut other = open(small(card), SEED + 8);
    train(&mut other, 5);
    look(&mut other);
    other.reset(SEED).unwrap_or_else(|e| panic!("reset: {e}"));
    train(&mut other, 9);
    look(&mut other).must_be(&known, "begun again with another seed");
}

/// Sampling moves no chain, no counter and no scratch that is saved.
pub fn samples_move_nothing(card: &'static Card) {
    let mut run = begun(card);
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
