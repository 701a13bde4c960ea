//! Places in the work arena, by liveness.

use super::aligned;
use super::fused::{Dest, Fused, Kind};
use crate::op::{DType, Op};
use alloc::vec;
use alloc::vec::Vec;

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

impl Buffer {
    /// Its words, then how long it lives.
    fn size(&self) -> (u32, usize) {
        (self.words, self.last - self.first.min(self.last))
    }
}

/// Plans the buffers that cross kernels: those needed longest first, each at the lowest offset
/// that is free throughout its life.
pub fn plan(f: &Fused, order: &[usize]) -> Memory {
    let mut place = vec![None; f.nodes.len()];
    let mut reserved = 0;
    let mut buffers: Vec<Buffer> = vec![];
    for (id, node) in f.nodes.iter().enumerate() {
        let parts = f.kinds[id] == Kind::Parts;
        if !parts && !f.dests[id].contains(&Dest::Work) {
            continue;
        }
        let words = aligned(node.shape.len());
        // Parts that nobody writes must be zero, as all memory is at the start.
        let zeros = |p: &u32| matches!(f.nodes[*p as usize].op, Op::Const(0.0));
        if parts && (matches!(node.op, Op::Pad(_)) || node.inputs.iter().any(zeros)) {
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
        let integer = node.dtype == DType::U32;
        let buffer = Buffer { node: id, words, integer, first: life.0, last: life.1 };
        // Kept in order: a sort would be more code to download than all of this.
        let at = buffers.partition_point(|b| b.size() >= buffer.size());
        buffers.insert(at, buffer);
    }
    let mut shared = [0u32; 2];
    // By offset.
    let mut placed: Vec<(u32, &Buffer)> = vec![];
    for b in &buffers {
        let mut at = 0;
        for (lo, o) in &placed {
            if o.integer != b.integer || o.first > b.last || b.first > o.last {
                continue;
            }
            if *lo >= at + b.words {
                break;
            }
            at = at.max(lo + o.words);
        }
        place[b.node] = Some(Place { offset: at, reserved: false });
        let top = &mut shared[b.integer as usize];
        *top = (*top).max(at + b.words);
        placed.insert(placed.partition_point(|(lo, _)| *lo <= at), (at, b));
    }
    Memory { place, shared, reserved }
}
