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

use adapter::{block_on, context};
use libtest_mimic::{Arguments, Trial};
use shipped::{SEED, open, small, sources};
use std::collections::BTreeSet;
use tilde_gpu::Context;
use tilde_graph::{Program, compile};
use tilde_models::card::{Card, SettingKind, Value};
use tilde_models::model::Setup;
use tilde_models::{Error, Run, Saved, SavedValues, Settings, exhibits};

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
        parameters.extend(parameters_of(&settings));
        moved.extend(compare(&name, &settings, &context));
    }
    // Where a model is trained in phases, its small settings must reach each of them in a hundred steps.
    let still: Vec<_> = parameters.difference(&moved).collect();
    assert!(still.is_empty(), "no step that was compared has changed {still:?}");
}

/// The small settings, and with them every choice by which a program with other kernels is built, or
/// which is live. None for what has no tensors.
fn variants(card: &'static Card) -> Vec<(String, Settings)> {
    let small = small(card);
    let mut known = BTreeSet::from([kernels(&small)]);
    let mut all = vec![(String::from("small"), small.clone())];
    for setting in card.settings {
        let SettingKind::Choice(ids) = setting.kind else { continue };
        for (i, id) in ids.iter().enumerate() {
            let mut settings = small.clone();
            settings.set(setting.id, Value::Choice(i)).expect("a choice of the card");
            let kernels = kernels(&settings);
            // Choices that exclude others of the small settings build nothing.
            if settings != small && kernels.is_some() && (known.insert(kernels) || setting.live) {
                all.push((format!("{} = {id}", setting.id), settings));
            }
        }
    }
    all.retain(|(_, settings)| kernels(settings).is_none_or(|text| !text.is_empty()));
    all
}

/// What the settings build, or nothing if they exclude each other.
fn built<T>(settings: &Settings, ask: impl FnOnce(&Program) -> T) -> Option<T> {
    let sources = sources();
    let exhibit = exhibits::build(&Setup { settings, seed: SEED, sources: &sources }).ok()?;
    Some(ask(exhibit.program()))
}

/// All kernels of the program as text; empty for what has no tensors.
fn kernels(settings: &Settings) -> Option<String> {
    built(settings, |program| compile(program).entries.iter().map(|entry| format!("{entry}")).collect())
}

/// The names of all parameters.
fn parameters_of(settings: &Settings) -> Vec<String> {
    let names = |program: &Program| {
        program.vars().iter().flat_map(|var| var.params.iter().map(|p| p.name.clone())).collect()
    };
    built(settings, names).unwrap_or_default()
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
    let state = |run: &mut Run| block_on(run.export()).expect("it saves");
    let mut moved = BTreeSet::new();
    let mut done = 0;
    for step in [1, 10, 100] {
        block_on(cpu.train(step - done)).expect("it trains");
        done = step + 1;
        let before = state(&mut cpu);
        gpu.import(&before).expect("it fits");
        for run in [&mut cpu, &mut gpu] {
            block_on(run.train(1)).expect("it trains");
        }
        let (a, b) = (state(&mut cpu), state(&mut gpu));
        assert!(before.len() == a.len() && a.len() == b.len(), "{name}: all save the same tensors");
        let mut changed = false;
        for ((old, a), b) in before.iter().zip(&a).zip(&b) {
            alike(&format!("{name}, step {step}, {}", old.name), old, a, b);
            if old != a {
                moved.insert(old.name.clone());
                // Counters are integers; the count of steps of some programs is a float.
                changed |= matches!(a.values, SavedValues::F32(_)) && old.name != "steps";
            }
        }
        assert!(changed, "{name}, step {step}: nothing has changed");
    }
    moved
}

/// Fails unless the change of a tensor agrees.
fn alike(what: &str, old: &Saved, a: &Saved, b: &Saved) {
    match (&old.values, &a.values, &b.values) {
        (SavedValues::F32(old), SavedValues::F32(a), SavedValues::F32(b)) => changes_agree(what, old, a, b),
        (_, a, b) => assert_eq!(a, b, "{what}"),
    }
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
