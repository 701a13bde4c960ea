//! Every exhibit of the registry trains on the adapter as it does on the CPU. A test for each, so that any
//! can be run alone:
//!
//! ```sh
//! cargo test -p tilde-gpu --test exhibits -- vae
//! ```
//!
//! At steps 1, 10 and 100 the CPU's state is loaded into the GPU, one step is run on both, and what it
//! changed is compared. Whole trajectories are chaotic and are not.

#[path = "../common/adapter.rs"]
mod adapter;
#[path = "../common/shipped.rs"]
mod shipped;
mod variants;

use adapter::{block_on, context};
use libtest_mimic::{Arguments, Trial};
use shipped::{SEED, open, small, sources};
use std::collections::{BTreeMap, BTreeSet};
use tilde_gpu::Context;
use tilde_models::card::Card;
use tilde_models::model::Setup;
use tilde_models::{Error, Run, SavedValues, Settings, exhibits};
use variants::variants;

fn main() {
    let arguments = Arguments::from_args();
    let trial = |card: &'static Card| {
        Trial::test(format!("trains_as_on_the_cpu::{}", card.id), move || {
            trains_as_on_the_cpu(card);
            Ok(())
        })
    };
    libtest_mimic::run(&arguments, exhibits::cards().map(trial).collect()).exit();
}

fn trains_as_on_the_cpu(card: &'static Card) {
    let Some(context) = context() else { return };
    let (mut parameters, mut moved) = (BTreeSet::new(), BTreeSet::new());
    for (name, settings) in variants(card) {
        parameters.extend(groups(&settings).into_keys());
        moved.extend(compare(&name, &settings, &context));
    }
    // Where a model is trained in phases, its small settings must reach each of them in a hundred steps.
    let still: Vec<_> = parameters.difference(&moved).collect();
    assert!(still.is_empty(), "no step that was compared has changed {still:?}");
}

/// The names of all parameters, with the variable of which each is a part.
fn groups(settings: &Settings) -> BTreeMap<String, String> {
    let sources = sources();
    let setup = Setup { settings, seed: SEED, sources: &sources };
    let exhibit = exhibits::build(&setup).unwrap_or_else(|e| panic!("it builds: {e}"));
    let vars = exhibit.program().vars().iter();
    vars.flat_map(|var| var.params.iter().map(|p| (p.name.clone(), var.name.clone()))).collect()
}

/// Compares some steps; the names of all tensors that one of them has changed.
fn compare(name: &str, settings: &Settings, context: &Context) -> BTreeSet<String> {
    let mut cpu = open(settings, None).unwrap_or_else(|e| panic!("{name}: {e}"));
    let mut gpu = match open(settings, Some(context)) {
        Ok(run) => run,
        // Larger data than the small settings choose may not fit in an adapter's buffers.
        Err(Error::OutOfMemory(why)) if *settings != small(settings.card()) => {
            eprintln!("{}, {name}: not compared. {why}", settings.card().id);
            return BTreeSet::new();
        }
        Err(error) => panic!("{name}: {error}"),
    };
    let groups = groups(settings);
    let state = |run: &mut Run| block_on(run.export()).expect("it saves");
    let mut moved = BTreeSet::new();
    let mut done = 0;
    for step in [1, 10, 30, 100] {
        block_on(cpu.train(step - done)).expect("it trains");
        done = step + 1;
        let before = state(&mut cpu);
        gpu.import(&before).expect("it fits");
        for run in [&mut cpu, &mut gpu] {
            block_on(run.train(1)).expect("it trains");
        }
        let (a, b) = (state(&mut cpu), state(&mut gpu));
        assert!(before.len() == a.len() && a.len() == b.len(), "{name}: all save the same tensors");
        // The parameters of a group are compared together, as the one variable that they are.
        let mut floats: BTreeMap<&str, [Vec<f32>; 3]> = BTreeMap::new();
        let mut changed = false;
        for ((old, a), b) in before.iter().zip(&a).zip(&b) {
            match (&old.values, &a.values, &b.values) {
                (SavedValues::F32(x), SavedValues::F32(y), SavedValues::F32(z)) => {
                    let whole = floats.entry(groups.get(&old.name).unwrap_or(&old.name)).or_default();
                    whole.iter_mut().zip([x, y, z]).for_each(|(whole, part)| whole.extend(part));
                    // The count of steps of some programs is a float.
                    changed |= x != y && old.name != "steps";
                }
                (_, a, b) => assert_eq!(a, b, "{name}, step {step}, {}", old.name),
            }
            if old != a {
                moved.insert(old.name.clone());
            }
        }
        assert!(changed, "{name}, step {step}: nothing has changed");
        for (tensor, [old, a, b]) in floats {
            changes_agree(&format!("{name}, step {step}, {tensor}"), &old, &a, &b);
        }
    }
    moved
}

/// Changes must agree to 1 % of the largest one, for all but one element in a thousand: Adam turns
/// a gradient that is nothing but rounding into a whole step, and a draw within rounding of its
/// probability may fall on either side.
fn changes_agree(what: &str, old: &[f32], a: &[f32], b: &[f32]) {
    // A comparison with NaN would be false, and pass.
    for (side, values) in [("before", old), ("on the CPU", a), ("on the GPU", b)] {
        assert!(values.iter().all(|x| x.is_finite()), "{what} is not finite {side}");
    }
    let largest = old.iter().zip(a).fold(0.0f32, |m, (o, a)| m.max((a - o).abs()));
    let wrong = a.iter().zip(b).filter(|(a, b)| (*a - *b).abs() > 0.01 * largest + 1e-6 * a.abs()).count();
    assert!(wrong <= a.len() / 1000, "{what}: {wrong} of {} changes differ (largest {largest})", a.len());
}
