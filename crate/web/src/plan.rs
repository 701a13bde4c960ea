//! What an engine makes of a program: the module `plan`, fetched when somebody looks under the hood.
//!
//! It compiles the program that the engine was sent, by the same compiler, and tells where everything is, so that the
//! page can see that both made the same plan.

use crate::js::{Cross, words};
use crate::types::{EntryShown, KernelShown, PlanShown, ShaderShown};
use tilde_gpu::{Target, wgsl};
use tilde_graph::compile;
use tilde_graph::plan::Kernel;
use tilde_graph::wire::{read_program, write_layout};
use wasm_bindgen::prelude::*;

/// The plan of a program, with the shaders for a GPU, or for one that the CPU emulates; none if it is of another
/// version.
#[wasm_bindgen(unchecked_return_type = "PlanShown | undefined")]
pub fn describe_plan(program: &[u8], emulated: bool) -> JsValue {
    let target = if emulated { Target::Software } else { Target::Hardware };
    let Some(program) = read_program(program) else { return JsValue::UNDEFINED };
    let plan = compile(&program);
    let layout = words(&write_layout(&plan));
    let kernels = |kernels: Vec<Kernel>| kernels.into_iter().map(|k| shown(k, target)).collect();
    let entries = plan.entries.into_iter().map(|e| EntryShown { name: e.name, kernels: kernels(e.kernels) });
    PlanShown { layout, entries: entries.collect() }.cross()
}

fn shown(kernel: Kernel, target: Target) -> KernelShown {
    let shaders = wgsl(&kernel, target).into_iter();
    KernelShown {
        shape: kernel.domain.to_string(),
        heavy: kernel.heavy(),
        flops: kernel.flops() as f64,
        bytes: kernel.traffic() as f64,
        updates: kernel.updates(),
        shaders: shaders.map(|s| ShaderShown { text: s.text, groups: s.groups }).collect(),
        label: kernel.label,
    }
}
