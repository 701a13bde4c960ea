//! The uniform buffer that tells a shader where its operands are: one record per dispatch, chosen
//! by a dynamic offset of the bind group.

use crate::Context;
use crate::wgsl::Shader;

/// Bytes of one entry of a record, a vector of four words.
const VECTOR: usize = 16;

/// The records of a program, equal ones once.
#[derive(Debug)]
pub(crate) struct Offsets {
    words: Vec<u32>,
    /// Words between records.
    stride: usize,
    /// Bytes of the longest record.
    record: u64,
}

impl Offsets {
    /// Room for the records of `shaders`.
    pub(crate) fn new<'a>(context: &Context, shaders: impl Iterator<Item = &'a Shader>) -> Offsets {
        let longest = shaders.map(|shader| 4 * shader.offsets.len()).max();
        let record = longest.unwrap_or(0).max(1).next_multiple_of(VECTOR);
        let alignment = context.device.limits().min_uniform_buffer_offset_alignment as usize;
        Offsets { words: Vec::new(), stride: record.next_multiple_of(alignment) / 4, record: record as u64 }
    }

    /// Adds the record of `shader` and gives its dynamic offset in bytes.
    pub(crate) fn add(&mut self, shader: &Shader) -> u32 {
        let mut record = shader.offsets.clone();
        record.resize(self.stride, 0);
        let known = self.words.chunks(self.stride).position(|r| r == record);
        let index = known.unwrap_or(self.words.len() / self.stride);
        if known.is_none() {
            self.words.append(&mut record);
        }
        (4 * index * self.stride) as u32
    }

    /// The buffer that holds them.
    pub(crate) fn buffer(&self, context: &Context) -> wgpu::Buffer {
        let buffer = context.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("offsets"),
            size: 4 * self.words.len().max(self.stride) as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        context.queue.write_buffer(&buffer, 0, bytemuck::cast_slice(&self.words));
        buffer
    }

    /// Bytes that a shader sees of the buffer.
    pub(crate) fn visible(&self) -> Option<wgpu::BufferSize> {
        wgpu::BufferSize::new(self.record)
    }
}
