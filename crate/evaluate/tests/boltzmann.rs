//! Theorems about Boltzmann machines and belief nets, held against the exhibits as they train.

mod common;

use common::figures;
use tilde_evaluate::gate::Trial;

const SEEDS: [u64; 3] = [1, 2, 3];
/// Of the mean over the held-out images, in single precision.
const ROUNDING: f64 = 1e-4;

/// A belief net whose second machine is the first one upside down is that machine (G. Hinton, S. Osindero,
/// Y. Teh, 2006): its log Z is the same, and so are the bound and the likelihood.
#[test]
fn a_tied_net_is_the_machine_it_was_made_of() {
    for seed in SEEDS {
        let tied = figures("dbn", Trial::new(&[], 2250), seed);
        let off = tied.of("identity").abs();
        let off_z = (tied.of("log_partition_top") - tied.of("log_partition_first")).abs();
        // The bound is a mean over draws of the hidden units.
        assert!(off <= 0.03, "seed {seed}: the bound is {off} nats off");
        assert!(off_z <= 0.03, "seed {seed}: log Z is {off_z} nats off");
    }
}

/// log p(v) ≥ the bound. A top machine that has learned is no longer the first one, and the comparison of
/// the test above notices it.
#[test]
fn a_belief_nets_bound_is_below_its_likelihood() {
    for seed in SEEDS {
        let trained = figures("dbn", Trial::new(&[("top_rate", "1")], 3000), seed);
        let above = trained.of("test_log_likelihood") - trained.of("bound");
        assert!(above > 0.0, "seed {seed}: the bound is {above} nats below the likelihood");
        let off_z = (trained.of("log_partition_top") - trained.of("log_partition_first")).abs();
        assert!(off_z > 0.03, "seed {seed}: log Z is {off_z} nats off");
    }
}

/// Independent pixels, which an untrained machine is, by NumPy: half a count is added to each state of each
/// pixel on both sides.
#[test]
fn independent_pixels_are_numpys() {
    let known = common::golden("bernoulli", "bernoulli.independent")["out"]["test"].as_f64().unwrap();
    let found = figures("dbm", Trial::new(&[], 0), 1).of("pixels");
    assert!((found - known).abs() < 1e-5, "{found}, not {known}");
}

/// The mean-field bound of a deep Boltzmann machine is below its exact likelihood, whatever the machine.
#[test]
fn a_deep_machines_bound_is_below_its_likelihood() {
    let pretrained = Trial::new(&[("layer_steps", "300")], 900);
    for seed in SEEDS {
        for trial in [pretrained.steps(0), pretrained, pretrained.steps(1500)] {
            let run = figures("dbm", trial, seed);
            let gap = run.of("gap");
            assert!(gap >= -ROUNDING, "seed {seed}, {} steps: the gap is {gap}", trial.steps);
            let gap = run.of("test_log_likelihood") - run.of("bound");
            assert!(gap >= -ROUNDING, "seed {seed}, {} steps: the gap is {gap}", trial.steps);
        }
        // Where layers speak to each other the posterior does not factor, and the bound is not tight.
        assert!(figures("dbm", pretrained, seed).of("gap") > 10.0 * ROUNDING, "seed {seed}");
    }
}
