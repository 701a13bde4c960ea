//! Weights that are not finite are reported, whatever the figures make of them.

use crate::opened::{open, small, state, train};
use pollster::block_on;
use tilde_graph::plan::{Arena, Loc};
use tilde_models::card::Card;
use tilde_models::{Error, SavedValues};

pub fn weights_that_are_not_finite_are_reported(card: &'static Card) {
    let mut run = open(small(card), 3);
    train(&mut run, 2);
    let saved = state(&mut run);
    let learned: Vec<[u32; 2]> = run.device().of_plan(|plan| plan.learned().collect());
    for [offset, len] in learned {
        // The first word, and the last of the parameter that is padded least.
        for (at, number) in [(0, f32::NAN), (len - 1, f32::INFINITY), (len / 2, f32::NEG_INFINITY)] {
            let place = Loc { arena: Arena::State, offset: offset + at };
            let plant = |run: &tilde_models::Run| run.device().write_at(place, &[number]);
            let reported = |how: &str, answer: Result<(), Error>| {
                let code = answer.err().map(|error| error.code());
                assert_eq!(code, Some("not-finite"), "{number} at {at} of {len} from {offset}: {how}");
            };
            plant(&run);
            reported("figures", block_on(run.metrics(false)).map(drop));
            reported("a frame", block_on(run.frame(&[], false, 0)).map(drop));
            reported("no step", block_on(run.train(0)));
            run.import(&saved).unwrap_or_else(|e| panic!("{e}"));
            block_on(run.metrics(false)).unwrap_or_else(|e| panic!("what was saved is finite: {e}"));
        }
    }
    // What has no tensors has doubles.
    for at in 0..saved.len() {
        let mut changed = saved.clone();
        let SavedValues::F64(values) = &mut changed[at].values else { continue };
        let Some(last) = values.last_mut() else { continue };
        *last = f64::NAN;
        match run.import(&changed) {
            Err(error) => assert_eq!(error.code(), "bad-file", "'{}'", saved[at].name),
            Ok(()) => {
                let answer = block_on(run.metrics(false)).map(drop);
                assert_eq!(answer.err().map(|e| e.code()), Some("not-finite"), "'{}'", saved[at].name);
            }
        }
        run.import(&saved).unwrap_or_else(|e| panic!("{e}"));
    }
}
