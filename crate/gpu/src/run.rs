//! Encoding and submitting a schedule.

use crate::Context;
use crate::memory::Memory;
use crate::pace::Pace;
use crate::pipeline::Dispatch;

/// Submits `dispatches` in order, in as few submits as the pace allows; returns their number.
/// A submit is one pass: WebGPU orders the writes and reads of its dispatches by itself.
pub(crate) fn submit<'a>(
    context: &Context,
    memory: &Memory,
    pace: &Pace,
    dispatches: impl Iterator<Item = &'a Dispatch>,
) -> u64 {
    let mut dispatches = dispatches.peekable();
    let mut submits = 0;
    while dispatches.peek().is_some() {
        let mut encoder = context.device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&Default::default());
        let budget = pace.budget();
        let mut cost = 0.0;
        let affordable = std::iter::from_fn(|| {
            let next = dispatches.next_if(|d| cost == 0.0 || cost + d.cost <= budget)?;
            cost += next.cost;
            Some(next)
        });
        record(&mut pass, memory, affordable);
        drop(pass);
        context.queue.submit([encoder.finish()]);
        pace.submitted(&context.queue, cost);
        submits += 1;
    }
    submits
}

/// Puts dispatches into a pass.
pub(crate) fn record<'a>(
    pass: &mut wgpu::ComputePass<'_>,
    memory: &Memory,
    dispatches: impl Iterator<Item = &'a Dispatch>,
) {
    let mut bound = None;
    for dispatch in dispatches {
        if bound != Some(dispatch.record) {
            bound = Some(dispatch.record);
            pass.set_bind_group(0, &memory.group, &[dispatch.record]);
        }
        pass.set_pipeline(&dispatch.pipeline);
        pass.dispatch_workgroups(dispatch.groups[0], dispatch.groups[1], 1);
    }
}
