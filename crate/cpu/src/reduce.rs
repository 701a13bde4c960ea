//! Reductions: one or several passes over rows, and what follows them at every point.
//!
//! The points are run in blocks, in whichever order reads memory in rows: inner axes last (each
//! result comes from consecutive points) or the trailing outer axes last (each row of points is
//! added to a row of results). The order is fixed when the plan is loaded, so sums are
//! reproducible.
//!
//! All points that share results are a slab. Several passes (softmax: a maximum, then a sum) run
//! over a few slabs before the next few are begun, so that later passes find them in the cache.

use crate::body::{BLOCK, Compiled, Frame, Results};
use crate::isa::Simd;
use crate::math;
use crate::memory::Memory;
use alloc::vec::Vec;
use core::slice;
use tilde_graph::plan::{Access, Body, Core, Instr, Kernel, Reg};
use tilde_graph::{ReduceOp, Shape};

/// Points of several slabs that are run together.
const NEAR: usize = 4096;

/// A prepared reduction.
pub struct Reduction {
    /// The passes in order, then what runs after them, if anything.
    passes: Vec<Step>,
    outer: usize,
    inner: usize,
    /// Consecutive points that belong to different results.
    tail: usize,
    /// Points that all passes run over before the next ones are begun: whole slabs.
    near: usize,
}

/// A pass, or with nothing to combine the body after all passes.
struct Step {
    body: Compiled,
    combine: Option<(ReduceOp, Reg)>,
}

impl Reduction {
    /// Prepares the core of a reduction kernel; `None` for any other.
    #[inline(never)]
    pub fn new(kernel: &Kernel) -> Option<Reduction> {
        let Core::Reduce { inner, passes, last } = &kernel.core else { return None };
        let outer = &kernel.domain;
        let mut bodies: Vec<(&Body, Option<(ReduceOp, Reg)>)> =
            passes.iter().map(|p| (&p.pre, Some((p.op, p.value)))).collect();
        if !last.instrs.is_empty() {
            bodies.push((last, None));
        }
        let order = Order::new(&bodies, outer, inner);
        let domain = order.domain(outer, inner);
        // Neighbours along an inner axis share their results.
        let results = order.strides(&outer.strides(), 0);
        let passes: Vec<Step> = bodies
            .iter()
            .map(|(body, combine)| {
                let keep = combine.map(|c| c.1);
                let body = Compiled::new(&order.body(body), &domain, keep, results);
                Step { body, combine: *combine }
            })
            .collect();
        let tail: usize = outer.dims().skip(outer.rank() - order.tail).product();
        let slab = inner.len() * tail;
        let near =
            if passes.len() == 1 { inner.len() * outer.len() } else { slab.max(NEAR / slab.max(1) * slab) };
        Some(Reduction { passes, outer: outer.len(), inner: inner.len(), tail, near })
    }

    /// Registers and slots it needs.
    pub fn needs(&self) -> (usize, usize) {
        self.passes.iter().fold((0, 0), |(regs, slots), p| (regs.max(p.body.regs()), slots.max(p.body.slots)))
    }

    /// Numbers it gives: those of each pass for all outer points, one pass after another.
    pub fn results(&self) -> usize {
        self.outer * self.passes.len()
    }

    /// Writes [`Reduction::results`] numbers.
    ///
    /// # Safety
    /// `memory` must be that of the plan the kernel belongs to, `frame` large enough for
    /// [`Reduction::needs`], and `results` for [`Reduction::results`]. `S` must be present.
    #[inline(always)]
    pub unsafe fn run<S: Simd>(&self, memory: &Memory, frame: &mut Frame, results: *mut f32) {
        let total = self.inner * self.outer;
        // What is consecutive: points of one result, or points of a row of results.
        let row = if self.tail > 1 { self.tail } else { self.inner };
        let given = Results { at: results, stride: self.outer, first: 0 };
        // SAFETY: blocks cover the domain once, results are inside the caller's.
        unsafe {
            for (i, pass) in self.passes.iter().enumerate() {
                let results = slice::from_raw_parts_mut(results.add(i * self.outer), self.outer);
                results.fill(pass.combine.map_or(0.0, |c| nothing(c.0)));
            }
            let mut from = 0;
            while from < total {
                let to = total.min(from + self.near);
                for (i, pass) in self.passes.iter().enumerate() {
                    pass.body.begin(memory, frame);
                    let mut at = from;
                    while at < to {
                        let n = BLOCK.min(to - at);
                        pass.body.block(memory, frame, at, n, given);
                        let mut done = if pass.combine.is_some() { 0 } else { n };
                        let (op, value) = pass.combine.unwrap_or((ReduceOp::Sum, 0));
                        let values = frame.vector(value);
                        let results = results.add(i * self.outer);
                        while done < n {
                            let (r, c) = ((at + done) / row, (at + done) % row);
                            let len = (row - c).min(n - done);
                            let run = slice::from_raw_parts(values.add(done), len);
                            if self.tail > 1 {
                                let into = results.add(r / self.inner * self.tail + c);
                                combine(op, slice::from_raw_parts_mut(into, len), run);
                            } else {
                                let into = slice::from_raw_parts_mut(results.add(r), 1);
                                combine(op, into, &[total_of::<S>(op, run)]);
                            }
                            done += len;
                        }
                        at += n;
                    }
                }
                from = to;
            }
        }
    }
}

/// What combining begins with.
fn nothing(op: ReduceOp) -> f32 {
    match op {
        ReduceOp::Sum => 0.0,
        ReduceOp::Max => f32::NEG_INFINITY,
    }
}

#[inline(always)]
fn combine(op: ReduceOp, into: &mut [f32], values: &[f32]) {
    match op {
        ReduceOp::Sum => into.iter_mut().zip(values).for_each(|(a, b)| *a += b),
        ReduceOp::Max => into.iter_mut().zip(values).for_each(|(a, b)| *a = math::max(*a, *b)),
    }
}

/// Lanes that a run is combined in: pairwise enough for `f32`, and the same for every instruction
/// set.
const LANES: usize = 16;

/// One number from a run.
///
/// # Safety
/// The instruction set must be present.
#[inline(always)]
unsafe fn total_of<S: Simd>(op: ReduceOp, run: &[f32]) -> f32 {
    let mut lanes = [nothing(op); LANES];
    let whole = run.len() / LANES * LANES;
    // SAFETY: whole groups of the run, then a group of its own.
    unsafe {
        let mut acc = [S::splat(nothing(op)); 4];
        let mut i = 0;
        while i < whole {
            add_lanes(op, &mut acc, run.as_ptr().add(i));
            i += LANES;
        }
        if i < run.len() {
            lanes[..run.len() - i].copy_from_slice(&run[i..]);
            add_lanes(op, &mut acc, lanes.as_ptr());
        }
        for v in 0..LANES / S::LANES {
            acc[v].store(lanes.as_mut_ptr().add(v * S::LANES));
        }
    }
    let mut width = LANES / 2;
    while width > 0 {
        let (low, high) = lanes.split_at_mut(width);
        combine(op, low, &high[..width]);
        width /= 2;
    }
    lanes[0]
}

/// Combines each lane of a group with its own number.
///
/// # Safety
/// `from` must have [`LANES`] numbers, and `S` must be present.
#[inline(always)]
unsafe fn add_lanes<S: Simd>(op: ReduceOp, acc: &mut [S; 4], from: *const f32) {
    for v in 0..LANES / S::LANES {
        // SAFETY: the caller gives all lanes.
        acc[v] = unsafe {
            let x = S::load(from.add(v * S::LANES));
            match op {
                ReduceOp::Sum => acc[v].add(x),
                ReduceOp::Max => acc[v].max(x),
            }
        };
    }
}

/// The order in which the points of outer ++ inner are run: the inner axes are moved before the
/// last `tail` outer ones.
struct Order {
    outer: usize,
    inner: usize,
    tail: usize,
}

impl Order {
    /// The order in which most of what the bodies touch is consecutive: along the last outer axis or
    /// along the last inner one. Draws are numbered outer first, so they decide against moving.
    #[inline(never)]
    fn new(bodies: &[(&Body, Option<(ReduceOp, Reg)>)], outer: &Shape, inner: &Shape) -> Order {
        let (o, n) = (outer.rank(), inner.rank());
        let mut order = Order { outer: o, inner: n, tail: 0 };
        let instrs = || bodies.iter().flat_map(|b| &b.0.instrs);
        if o == 0 || n == 0 || instrs().any(|i| matches!(i, Instr::Random { .. })) {
            return order;
        }
        let loads = instrs().filter_map(|instr| match instr {
            Instr::Load(a, _) => Some(a),
            _ => None,
        });
        let stores = bodies.iter().flat_map(|b| &b.0.stores).map(|s| &s.access);
        // For each outer axis whether it steps through memory in smaller strides than the first inner
        // one; for the last also whether it is the one without gaps.
        let mut votes = [0i32; 6];
        let mut rows = 0;
        for a in loads.chain(stores) {
            let of = |axis: usize| a.strides[axis].unsigned_abs();
            rows += (a.strides[o - 1] == 1) as i32 - (a.strides[o + n - 1] == 1) as i32;
            for axis in (0..o).filter(|&axis| of(axis) != 0 && of(o) != 0) {
                votes[axis] += (of(axis) < of(o)) as i32 - (of(axis) > of(o)) as i32;
            }
        }
        if rows > 0 {
            order.tail = 1 + (0..o - 1).rev().take_while(|&axis| votes[axis] >= 0).count();
        }
        order
    }

    /// Where an axis of outer ++ inner goes.
    fn axis(&self, axis: usize) -> usize {
        let lead = self.outer - self.tail;
        match axis {
            a if a < lead => a,
            a if a < self.outer => a + self.inner,
            a => a - self.tail,
        }
    }

    /// The reordered domain.
    fn domain(&self, outer: &Shape, inner: &Shape) -> Shape {
        let mut dims = [0; 6];
        for (a, d) in outer.dims().chain(inner.dims()).enumerate() {
            dims[self.axis(a)] = d;
        }
        Shape::new(&dims[..self.outer + self.inner])
    }

    /// Strides over the reordered domain; those of inner axes are multiplied by `inner`.
    fn strides(&self, strides: &[i32; 6], inner: i32) -> [i32; 6] {
        let mut moved = [0; 6];
        for a in 0..self.outer + self.inner {
            moved[self.axis(a)] = strides[a] * if a < self.outer { 1 } else { inner };
        }
        moved
    }

    fn access(&self, access: &Access) -> Access {
        Access { loc: access.loc, strides: self.strides(&access.strides, 1) }
    }

    /// The same body over the reordered domain.
    #[inline(never)]
    fn body(&self, body: &Body) -> Body {
        let mut body = body.clone();
        for instr in &mut body.instrs {
            match instr {
                Instr::Load(a, guards) => {
                    *a = self.access(a);
                    for g in guards {
                        g.axis = self.axis(g.axis as usize) as u8;
                    }
                }
                Instr::Gather { access: a, .. } | Instr::GatherByte { access: a, .. } => *a = self.access(a),
                Instr::Index(a) => *a = self.axis(*a as usize) as u8,
                _ => {}
            }
        }
        for store in &mut body.stores {
            store.access = self.access(&store.access);
        }
        body
    }
}
