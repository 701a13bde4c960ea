//! Random programs: the fast executor, portable and SIMD, against the `f64` interpreter; and every
//! gradient against central differences in `f64`.

mod common;
mod parity;

use common::random_program;
use parity::{check_gradients, compare};
use proptest::prelude::*;
use tilde_cpu::Cpu;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn simd_agrees_with_the_interpreter(seed in any::<u64>()) {
        compare(&random_program(seed, false), seed, Cpu::load)?;
    }

    #[test]
    fn portable_agrees_with_the_interpreter(seed in any::<u64>()) {
        compare(&random_program(seed, false), seed, Cpu::load_portable)?;
    }

    #[test]
    fn gradients_agree_with_central_differences(seed in any::<u64>()) {
        check_gradients(&random_program(seed, true), seed, "loss", "grad")?;
    }
}
