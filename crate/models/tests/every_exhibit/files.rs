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
        // What only pictures show, files from before the picture do not have.
        if name.starts_with("shown.") {
            open(small(card), 3).import(&part).expect("an older file");
            continue;
        }
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
            // Weights and moments at the ends of what they can be, and far beyond. What comes of them is numbers, or
            // it is said that they are none.
            SavedValues::F32(v) => {
                [0.0, -1.0, 1e30, 16_777_216.0].map(|x| SavedValues::F32(vec![x; v.len()])).into()
            }
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

/// What one step raises by 1 is a count. A file may say that it is as large as it can be, and not that it is
/// negative, a fraction, or larger.
pub fn counts_of_a_file_are_counts(card: &'static Card) {
    let mut run = open(small(card), 3);
    train(&mut run, 2);
    let before = state(&mut run);
    train(&mut run, 1);
    let after = state(&mut run);
    let only = |values: &SavedValues| match values {
        SavedValues::F32(v) if v.len() == 1 => Some(f64::from(v[0])),
        SavedValues::U32(v) if v.len() == 1 => Some(f64::from(v[0])),
        _ => None,
    };
    let mut counts = 0;
    for (at, (a, b)) in before.iter().zip(&after).enumerate() {
        // (A loss may rise by 1, too, but hardly from one whole number to the next.)
        let [Some(x), Some(y)] = [&a.values, &b.values].map(only) else { continue };
        if y != x + 1.0 || x.fract() != 0.0 || a.name.starts_with("last.") {
            continue;
        }
        counts += 1;
        let mut changed = after.clone();
        if let SavedValues::F32(_) = a.values {
            for x in [-1.0, 2.5, 16_777_218.0, f32::MAX, f32::NAN, f32::NEG_INFINITY] {
                changed[at].values = SavedValues::F32(vec![x]);
                let error = run.import(&changed).expect_err(&format!("'{}' = {x}", a.name));
                assert_eq!(error.code(), "bad-file", "'{}' = {x}: {error}", a.name);
            }
        }
        let largest = match a.values {
            SavedValues::F32(_) => vec![SavedValues::F32(vec![16_777_216.0])],
            // An invocation may be any; the count of steps ends where a float's sign would.
            _ => [u32::MAX, u32::MAX / 2].map(|n| SavedValues::U32(vec![n])).into(),
        };
        let mut taken = false;
        for values in largest {
            changed[at].values = values;
            if run.import(&changed).is_err() {
                continue;
            }
            taken = true;
            train(&mut run, 3);
            for view in card.views {
                block_on(run.view(view.id)).unwrap_or_else(|e| panic!("'{}' at its largest: {e}", a.name));
            }
            block_on(run.metrics(false)).unwrap_or_else(|e| panic!("'{}' at its largest: {e}", a.name));
        }
        assert!(taken, "'{}' cannot be at its largest", a.name);
    }
    assert!(counts > 0, "it counts nothing");
}
