//! How long work takes by the device's own clock.

use crate::Context;
use crate::memory::Memory;
use crate::pipeline::Dispatch;
use crate::read::{Read, Staging};
use crate::run::record;
use std::rc::Rc;
use tilde_graph::{DeviceError, Task};

/// Two timestamps, in bytes.
const BYTES: u64 = 16;

/// Submits dispatches as one pass, and gives the milliseconds from its beginning to its end; none where the device
/// has no timestamp queries. Browsers round timestamps, to a tenth of a millisecond for example.
pub(crate) fn time<'a>(
    context: &Context,
    memory: &Memory,
    staging: &Rc<Staging>,
    dispatches: impl Iterator<Item = &'a Dispatch>,
) -> Task<'static, Option<f64>> {
    let Context { device, queue, .. } = context;
    if !device.features().contains(wgpu::Features::TIMESTAMP_QUERY) {
        return Box::pin(async { Ok(None) });
    }
    let times = device.create_query_set(&wgpu::QuerySetDescriptor {
        label: Some("times"),
        ty: wgpu::QueryType::Timestamp,
        count: 2,
    });
    let resolved = device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("times"),
        size: BYTES,
        usage: wgpu::BufferUsages::QUERY_RESOLVE | wgpu::BufferUsages::COPY_SRC,
        mapped_at_creation: false,
    });
    let mut encoder = device.create_command_encoder(&Default::default());
    let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
        label: None,
        timestamp_writes: Some(wgpu::ComputePassTimestampWrites {
            query_set: &times,
            beginning_of_pass_write_index: Some(0),
            end_of_pass_write_index: Some(1),
        }),
    });
    record(&mut pass, memory, dispatches);
    drop(pass);
    encoder.resolve_query_set(&times, 0..2, &resolved, 0);
    queue.submit([encoder.finish()]);
    let read = Read::new(context, staging, &resolved, 0, BYTES);
    // Nanoseconds a tick.
    let period = f64::from(queue.get_timestamp_period());
    Box::pin(async move {
        let ticks: Vec<u64> = bytemuck::pod_collect_to_vec(&read.await?);
        let [begun, done] = ticks[..] else { return Err(DeviceError::Lost("it gave no times".into())) };
        // Clocks of some devices run backwards now and then.
        Ok(Some(done.saturating_sub(begun) as f64 * period / 1e6))
    })
}
