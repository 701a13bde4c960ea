//! Every layer in random shapes: the fast executor, portable and SIMD, against the `f64` interpreter,
//! with first and second derivatives; and both derivatives against central differences in `f64`.
//! Beside them, cases that random shapes do not reach.

mod cache;
mod draws;
mod wrt;

#[path = "../common/mod.rs"]
mod common;
#[path = "../parity/mod.rs"]
mod parity;

use common::layers;
use parity::{check_gradients, compare};
use proptest::prelude::*;
use tilde_cpu::Cpu;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(12) })]

    #[test]
    fn simd_agrees_with_the_interpreter(seed in any::<u64>()) {
        for layer in 0..layers::count(false) {
            compare(&layers::program(layer, seed, false).1, seed, Cpu::load)?;
        }
    }

    #[test]
    fn portable_agrees_with_the_interpreter(seed in any::<u64>()) {
        for layer in 0..layers::count(false) {
            compare(&layers::program(layer, seed, false).1, seed, Cpu::load_portable)?;
        }
    }

    #[test]
    fn gradients_agree_with_central_differences(seed in any::<u64>()) {
        for layer in 0..layers::count(true) {
            let r = layers::program(layer, seed, true).1;
            check_gradients(&r, seed, "loss", "grad")?;
            check_gradients(&r, seed, "penalty", "second")?;
        }
    }
}
