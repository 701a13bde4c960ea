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
        let mut bound = None;
        while let Some(dispatch) = dispatches.next_if(|d| cost == 0.0 || cost + d.cost <= budget) {
            if bound != Some(dispatch.record) {
                bound = Some(dispatch.record);
                pass.set_bind_group(0, &memory.group, &[dispatch.record]);
            }
            pass.set_pipeline(&dispatch.pipeline);
            pass.dispatch_workgroups(dispatch.groups[0], dispatch.groups[1], 1);
            cost += dispatch.cost;
        }
        drop(pass);
        context.queue.submit([encoder.finish()]);
        pace.submitted(&context.queue, cost);
        submits += 1;
    }
    submits
}
