//! Whether all that is learned is finite: a test of the bits, as integers. WGSL promises nothing about
//! floats that are not finite, not even that they stay what they are when they are read.

use crate::Context;
use crate::memory::Memory;
use crate::read::{Read, Staging};
use std::rc::Rc;
use tilde_graph::plan::Arena;
use tilde_graph::{DeviceError, Plan, Task};

/// Workgroups that share a variable.
const GROUPS: u32 = 64;

const TEXT: &str = "
@group(0) @binding(0) var<storage, read> state: array<u32>;
@group(0) @binding(1) var<storage, read> parts: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read_write> found: atomic<u32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let part = parts[id.y];
    var bad = 0u;
    for (var i = id.x; i < part.y; i += 256u * groups.x) {
        bad |= u32((state[part.x + i] & 0x7f800000u) == 0x7f800000u);
    }
    if (bad != 0u) {
        atomicOr(&found, 1u);
    }
}";

/// The test, ready to run.
#[derive(Debug)]
pub(crate) struct Finite {
    pipeline: wgpu::ComputePipeline,
    group: wgpu::BindGroup,
    parts: u32,
    /// One word: 1 where something was found.
    found: wgpu::Buffer,
}

impl Finite {
    /// Prepares it for a plan; nothing if the plan learns nothing.
    pub(crate) fn new(context: &Context, memory: &Memory, plan: &Plan) -> Option<Finite> {
        let parts: Vec<u32> = plan.learned().flatten().collect();
        if parts.is_empty() {
            return None;
        }
        let buffer = |size: u64| {
            let usage =
                wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST;
            let label = Some("finite");
            context.device.create_buffer(&wgpu::BufferDescriptor {
                label,
                size,
                usage,
                mapped_at_creation: false,
            })
        };
        let ranges = buffer(4 * parts.len() as u64);
        context.queue.write_buffer(&ranges, 0, bytemuck::cast_slice(&parts));
        let found = buffer(4);
        let module = context.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("finite"),
            source: wgpu::ShaderSource::Wgsl(TEXT.into()),
        });
        let pipeline = context.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some("finite"),
            layout: None,
            module: &module,
            entry_point: Some("main"),
            compilation_options: Default::default(),
            cache: None,
        });
        let buffers = [memory.arena(Arena::State), &ranges, &found];
        let entries: Vec<_> = (0..)
            .zip(buffers)
            .map(|(binding, buffer)| wgpu::BindGroupEntry { binding, resource: buffer.as_entire_binding() })
            .collect();
        let group = context.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("finite"),
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        });
        Some(Finite { pipeline, group, parts: parts.len() as u32 / 2, found })
    }

    /// Runs it after all that was submitted.
    pub(crate) fn run(&self, context: &Context, staging: &Rc<Staging>) -> Task<'static, bool> {
        let mut encoder = context.device.create_command_encoder(&Default::default());
        encoder.clear_buffer(&self.found, 0, None);
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.group, &[]);
        pass.dispatch_workgroups(GROUPS, self.parts, 1);
        drop(pass);
        context.queue.submit([encoder.finish()]);
        let read = Read::new(context, staging, &self.found, 0, 4);
        Box::pin(async move {
            let bytes: Vec<u8> = read.await?;
            Ok::<_, DeviceError>(bytes.iter().all(|&byte| byte == 0))
        })
    }
}

impl Drop for Finite {
    fn drop(&mut self) {
        self.found.destroy();
    }
}
