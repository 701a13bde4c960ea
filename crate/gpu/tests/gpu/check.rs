//! Runs a plan on the adapter, once with the shaders for each kind of target, and compares all
//! memory with the reference.

use crate::build::plan;
use crate::reference::Memory;
use tilde_gpu::{Gpu, Target, wgsl};
use tilde_graph::plan::{Arena, Kernel};
use tilde_graph::{DType, Device, Plan};

pub use crate::adapter::{block_on, context};

/// A stream of pseudo-random test data.
pub struct Draw(pub u64);

impl Draw {
    pub fn bits(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as u32 ^ (self.0 >> 13) as u32
    }

    /// Uniform in [low, high).
    pub fn float(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * (self.bits() >> 8) as f32 / 16_777_216.0
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.bits() as usize % bound
    }
}

/// Memory of the given sizes, floats in [−1, 1) and integers of 32 random bits.
pub fn random_memory(words: [u32; 7], seed: u64) -> Memory {
    let mut memory = Memory::zeros(words);
    let mut draw = Draw(seed);
    memory.floats.iter_mut().flatten().for_each(|x| *x = draw.float(-1.0, 1.0));
    memory.integers.iter_mut().flatten().for_each(|x| *x = draw.bits());
    memory
}

/// Runs `kernels` once on `memory` and compares every arena: integers exactly, floats to within
/// `tolerance`, relative where they are larger than 1.
pub fn check(kernels: Vec<Kernel>, memory: &Memory, tolerance: f64) {
    let words = std::array::from_fn(|i| memory.floats[i].len().max(memory.integers[i].len()) as u32);
    check_plan(&plan(kernels, words), memory, tolerance);
}

/// The same for the first entry of a plan.
pub fn check_plan(plan: &Plan, memory: &Memory, tolerance: f64) {
    plan.entries.iter().flat_map(|entry| &entry.kernels).for_each(validate);
    let Some(context) = context() else { return };
    let mut expected = memory.clone();
    expected.run(plan);
    for target in [Target::Hardware, Target::Software] {
        let context = context.clone().with_target(target);
        let mut gpu = block_on(Gpu::load(&context, plan.clone())).expect("a loaded plan");
        upload(&mut gpu, memory);
        gpu.run(&[(0, 1)], 1).expect("a run");
        for arena in Arena::ALL {
            let len = plan.words[arena as usize];
            match arena.dtype() {
                DType::F32 => {
                    let got = block_on(gpu.read(arena, 0, len)).expect("floats");
                    for (i, (got, want)) in got.iter().zip(&expected.floats[arena as usize]).enumerate() {
                        let error = (f64::from(*got) - f64::from(*want)).abs();
                        let scale = f64::from(want.abs()).max(1.0);
                        assert!(
                            error <= tolerance * scale,
                            "{arena:?}[{i}] is {got}, not {want} ({target:?}, error {error:e})"
                        );
                    }
                }
                DType::U32 => {
                    let got = block_on(gpu.read_u(arena, 0, len)).expect("integers");
                    assert_eq!(got, expected.integers[arena as usize], "{arena:?} ({target:?})");
                }
            }
        }
    }
}

/// Writes all arenas.
pub fn upload(gpu: &mut Gpu, memory: &Memory) {
    for arena in Arena::ALL {
        match arena.dtype() {
            DType::F32 => gpu.write(arena, 0, &memory.floats[arena as usize]),
            DType::U32 => gpu.write_u(arena, 0, &memory.integers[arena as usize]),
        }
    }
}

/// Every shader of a kernel, for both targets, is valid WGSL.
pub fn validate(kernel: &Kernel) {
    for target in [Target::Hardware, Target::Software] {
        for shader in wgsl(kernel, target) {
            let text = &shader.text;
            let module = naga::front::wgsl::parse_str(text)
                .unwrap_or_else(|e| panic!("{}\n{text}", e.emit_to_string(text)));
            // No optional capabilities: a browser may have none of them.
            let capabilities = naga::valid::Capabilities::empty();
            naga::valid::Validator::new(naga::valid::ValidationFlags::all(), capabilities)
                .validate(&module)
                .unwrap_or_else(|e| panic!("{}\n{text}", e.emit_to_string(text)));
            assert!(!text.contains("{{"), "an unfilled placeholder in\n{text}");
        }
    }
}
