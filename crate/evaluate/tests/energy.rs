//! The bias of Langevin dynamics.

mod common;

use common::figures;
use tilde_evaluate::gate::Trial;

/// Nothing else of the exhibit matters here, so all else is small.
const SMALL: &[(&str, &str)] = &[
    ("method", "grid"),
    ("places", "8"),
    ("hidden", "8"),
    ("layers", "1"),
    ("batch", "16"),
    ("sample_steps", "1"),
];

/// x ← x − εx + √(2ε)·noise on the standard normal has the stationary variance 1/(1 − ε/2). The exhibit's
/// chains, some for each of its step sizes, have it to 3 %, which is far less than the bias at ε = ½.
#[test]
fn chains_of_finite_steps_are_too_wide() {
    for seed in [1, 2, 3] {
        let run = figures("energy", Trial::new(SMALL, 400), seed);
        let error = run.of("ula_error");
        assert!(error <= 0.03, "seed {seed}: the variance is {error} off, relatively");
        let variance = run.of("ula_variance");
        assert!((variance - 1.0).abs() > 0.2, "seed {seed}: variance {variance}");
        // What no chain has walked yet is not known.
        assert!(figures("energy", Trial::new(SMALL, 0), seed).of("ula_error").is_nan());
    }
}
