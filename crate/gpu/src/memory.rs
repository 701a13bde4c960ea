//! The arenas as buffers, and the one bind group that every kernel uses.

use crate::Context;
use crate::offsets::Offsets;
use crate::wgsl::{OFFSETS_BINDING, SCRATCH_BINDING, read_only};
use tilde_graph::plan::Arena;
use tilde_graph::{DeviceError, Plan};

/// Fewest bytes of a binding: one that is empty is not allowed.
const LEAST: u64 = 16;

/// A plan's storage on the device: a buffer per arena, the scratch buffer between the two
/// dispatches of a split kernel, and the offsets. Freed when dropped, not when the garbage
/// collector finds it.
#[derive(Debug)]
pub(crate) struct Memory {
    buffers: Vec<wgpu::Buffer>,
    pub(crate) group: wgpu::BindGroup,
    pub(crate) layout: wgpu::PipelineLayout,
}

impl Memory {
    /// Allocates zeroed buffers for `plan` and `scratch` words more, and one for `offsets`.
    ///
    /// # Errors
    /// [`DeviceError::OutOfMemory`] where an arena is larger than a binding may be.
    pub(crate) fn new(
        context: &Context,
        plan: &Plan,
        scratch: u32,
        offsets: &Offsets,
    ) -> Result<Memory, DeviceError> {
        let limits = context.device.limits();
        let limit = limits.max_buffer_size.min(limits.max_storage_buffer_binding_size);
        let mut sizes: Vec<u64> = Arena::ALL.iter().map(|arena| plan.bytes(*arena)).collect();
        sizes.push(4 * u64::from(scratch));
        if let Some(&needed) = sizes.iter().find(|size| **size > limit) {
            return Err(DeviceError::OutOfMemory { needed, limit });
        }
        let mut buffers: Vec<_> = sizes.iter().map(|size| buffer(context, *size)).collect();
        let group_layout = group_layout(context);
        let mut entries: Vec<_> = buffers
            .iter()
            .enumerate()
            .map(|(binding, buffer)| wgpu::BindGroupEntry {
                binding: binding as u32,
                resource: buffer.as_entire_binding(),
            })
            .collect();
        let offset_buffer = offsets.buffer(context);
        entries.push(wgpu::BindGroupEntry {
            binding: OFFSETS_BINDING,
            resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                buffer: &offset_buffer,
                offset: 0,
                size: offsets.visible(),
            }),
        });
        let group = context.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("arenas"),
            layout: &group_layout,
            entries: &entries,
        });
        let layout = context.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("arenas"),
            bind_group_layouts: &[Some(&group_layout)],
            ..Default::default()
        });
        buffers.push(offset_buffer);
        Ok(Memory { buffers, group, layout })
    }

    /// Number of buffers.
    pub(crate) fn count(&self) -> u32 {
        self.buffers.len() as u32
    }

    /// The buffer of an arena.
    pub(crate) fn arena(&self, arena: Arena) -> &wgpu::Buffer {
        &self.buffers[arena as usize]
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.buffers.iter().for_each(wgpu::Buffer::destroy);
    }
}

/// WebGPU and wgpu fill new buffers with zeros.
fn buffer(context: &Context, size: u64) -> wgpu::Buffer {
    context.device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: size.max(LEAST),
        usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    })
}

/// The explicit layout: the same for all shaders, whichever of the arenas they use.
fn group_layout(context: &Context) -> wgpu::BindGroupLayout {
    let entry = |binding, ty, has_dynamic_offset| wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset, min_binding_size: None },
        count: None,
    };
    let storage = |binding, read_only| entry(binding, wgpu::BufferBindingType::Storage { read_only }, false);
    let mut entries: Vec<_> =
        Arena::ALL.iter().map(|arena| storage(*arena as u32, read_only(*arena))).collect();
    entries.push(storage(SCRATCH_BINDING, false));
    entries.push(entry(OFFSETS_BINDING, wgpu::BufferBindingType::Uniform, true));
    context.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("arenas"),
        entries: &entries,
    })
}
