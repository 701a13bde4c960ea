//! Checkpoints of anybody's: refused with words, or continued from. Never a panic, never a loop without end.

use crate::opened::{must_be, open, small, state, train};
use pollster::block_on;
use tilde_models::SavedValues;
use tilde_models::card::Card;

pub fn a_file_with_a_part_missing_is_refused(card: &'static Card) {
    let mut run = open(small(card), 3);
    train(&mut run, 2);
    let saved = state(&mut run);
    train(&mut run, 1);
    let before = state(&mut run);
    for missing in 0..saved.len() {
        let mut part = saved.clone();
        let name = part.remove(missing).name;
        let error = run.import(&part).expect_err(&name);
        assert_eq!(error.code(), "bad-file", "without '{name}': {error}");
    }
    must_be(&state(&mut run), &before, "half loaded");
}

pub fn files_may_hold_any_numbers(card: &'static Card) {
    let mut run = open(small(card), 3);
    train(&mut run, 2);
    let saved = state(&mut run);
    for (at, part) in saved.iter().enumerate() {
        let all: Vec<SavedValues> = match &part.values {
            SavedValues::F64(v) => [0.0, -1e18, 1e300].map(|x| SavedValues::F64(vec![x; v.len()])).into(),
            SavedValues::U32(v) => {
                [0, 3_000_000_000, u32::MAX].map(|x| SavedValues::U32(vec![x; v.len()])).into()
            }
            // Weights: what comes of them is numbers.
            SavedValues::F32(_) => continue,
        };
        for values in all {
            let mut changed = saved.clone();
            changed[at].values = values;
            if let Err(error) = run.import(&changed) {
                assert_eq!(error.code(), "bad-file", "'{}': {error}", part.name);
                continue;
            }
            // Numbers that are not finite are reported as such: an error is as good an answer.
            let _ = block_on(run.train(1));
            let _ = block_on(run.metrics(true));
            for view in card.views {
                let _ = block_on(run.view(view.id));
            }
            run.import(&saved).unwrap_or_else(|e| panic!("'{}': {e}", part.name));
        }
    }
}
