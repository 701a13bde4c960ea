//! Shaders as pipelines, one per distinct text.

use crate::Context;
use crate::memory::Memory;
use crate::pace::cost;
use crate::wgsl::Shader;
use tilde_graph::plan::Kernel;

/// One dispatch, ready to be encoded.
#[derive(Debug)]
pub(crate) struct Dispatch {
    pub(crate) pipeline: wgpu::ComputePipeline,
    pub(crate) groups: [u32; 2],
    /// The dynamic offset of its record of offsets, in bytes.
    pub(crate) record: u32,
    /// What it is expected to take, in the units of [`cost`].
    pub(crate) cost: f64,
}

/// Makes pipelines and remembers them by their text.
pub(crate) struct Pipelines<'a> {
    context: &'a Context,
    memory: &'a Memory,
    made: Vec<(String, wgpu::ComputePipeline)>,
}

impl<'a> Pipelines<'a> {
    pub(crate) fn new(context: &'a Context, memory: &'a Memory) -> Pipelines<'a> {
        Pipelines { context, memory, made: Vec::new() }
    }

    /// Number of pipelines made.
    pub(crate) fn count(&self) -> u32 {
        self.made.len() as u32
    }

    /// The dispatch of one of the shaders of `kernel`, which finds its offsets at `record`.
    pub(crate) fn dispatch(&mut self, kernel: &Kernel, shader: Shader, record: u32) -> Dispatch {
        let Pipelines { context, memory, made } = self;
        let cost = cost(kernel, context.target);
        let found = made.iter().find(|(text, _)| *text == shader.text).map(|(_, made)| made.clone());
        let pipeline = found.unwrap_or_else(|| {
            let new = pipeline(context, memory, &kernel.label, &shader.text);
            made.push((shader.text, new.clone()));
            new
        });
        Dispatch { pipeline, groups: shader.groups, record, cost }
    }
}

fn pipeline(context: &Context, memory: &Memory, label: &str, text: &str) -> wgpu::ComputePipeline {
    let module = context.device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some(label),
        source: wgpu::ShaderSource::Wgsl(text.into()),
    });
    context.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: Some(label),
        layout: Some(&memory.layout),
        module: &module,
        entry_point: Some("main"),
        compilation_options: wgpu::PipelineCompilationOptions {
            // Kernels write workgroup memory before they read it.
            zero_initialize_workgroup_memory: false,
            ..Default::default()
        },
        cache: None,
    })
}
