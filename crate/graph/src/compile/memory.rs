//! Places in the work arena, by liveness.

use super::aligned;
use super::fuse::{Dest, Fused, Kind};
use crate::op::{DType, Op};
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// Where the buffers of one entry are.
pub struct Memory {
    /// Per node: its buffer's offset in `Work` or `WorkU`, if it has one.
    pub place: Vec<Option<Place>>,
    /// Words of `Work` and of `WorkU` that other entries may use too.
    pub shared: [u32; 2],
    /// Words of `Work` that nobody else may touch.
    pub reserved: u32,
}

/// A buffer's offset, from the start of the shared or of the reserved part.
#[derive(Clone, Copy)]
pub struct Place {
    /// Words.
    pub offset: u32,
    /// Whether it lies in the reserved part.
    pub reserved: bool,
}

struct Buffer {
    node: usize,
    words: u32,
    integer: bool,
    first: usize,
    last: usize,
}

/// Plans the buffers that cross kernels: those needed longest first, each at the lowest offset
/// that is free throughout its life.
pub fn plan(f: &Fused, order: &[usize]) -> Memory {
    let mut place = vec![None; f.nodes.len()];
    let mut reserved = 0;
    let mut buffers: Vec<Buffer> = vec![];
    for (id, node) in f.nodes.iter().enumerate() {
        let concat = f.kinds[id] == Kind::Concat;
        if !concat && !f.dests[id].contains(&Dest::Work) {
            continue;
        }
        let words = aligned(node.shape.len());
        // Parts that nobody writes must be zero, as all memory is at the start.
        if concat && node.inputs.iter().any(|&p| matches!(f.nodes[p as usize].op, Op::Const(0.0))) {
            place[id] = Some(Place { offset: reserved, reserved: true });
            reserved += words;
            continue;
        }
        let mut life = (usize::MAX, 0);
        for (time, &g) in order.iter().enumerate() {
            let touches = f.groups[g].members.iter().any(|&m| {
                m as usize == id
                    || f.dests[m as usize].iter().any(|d| matches!(d, Dest::Part(c, _) if *c as usize == id))
                    || (0..f.nodes[m as usize].inputs.len()).any(|i| f.base(m, i) as usize == id)
            });
            if touches {
                life = (life.0.min(time), time);
            }
        }
        buffers.push(Buffer {
            node: id,
            words,
            integer: node.dtype == DType::U32,
            first: life.0,
            last: life.1,
        });
    }
    // The node breaks ties, so that the plan is the same everywhere.
    buffers.sort_unstable_by_key(|b| (Reverse((b.words, b.last - b.first.min(b.last))), b.node));
    let mut shared = [0u32; 2];
    let mut placed: Vec<(u32, &Buffer)> = vec![];
    for b in &buffers {
        let mut busy: Vec<(u32, u32)> = placed
            .iter()
            .filter(|(_, o)| o.integer == b.integer && o.first <= b.last && b.first <= o.last)
            .map(|(at, o)| (*at, *at + o.words))
            .collect();
        busy.sort_unstable();
        let mut at = 0;
        for (lo, hi) in busy {
            if lo >= at + b.words {
                break;
            }
            at = at.max(hi);
        }
        place[b.node] = Some(Place { offset: at, reserved: false });
        let top = &mut shared[b.integer as usize];
        *top = (*top).max(at + b.words);
        placed.push((at, b));
    }
    Memory { place, shared, reserved }
}
