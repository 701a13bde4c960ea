//! The CPU as a [`Device`].

use crate::aligned::Words;
use crate::body::{BLOCK, Compiled, Frame, Results};
#[cfg(not(target_arch = "wasm32"))]
use crate::isa::Portable;
use crate::isa::{Isa, Simd};
use crate::matmul::Product;
use crate::memory::Memory;
use crate::reduce::Reduction;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::future::ready;
use core::ops::Range;
use tilde_graph::plan::{Arena, Kernel, Plan};
use tilde_graph::{Device, DeviceError, Task};

/// A plan loaded on the CPU. Everything is allocated here; running allocates nothing.
pub struct Cpu {
    plan: Plan,
    entries: Vec<Vec<Prepared>>,
    // In the order of the plan's sizes.
    arenas: Vec<Words>,
    scratch: Scratch,
    isa: Isa,
}

struct Scratch {
    pre: Frame,
    post: Frame,
    results: Words,
    packed: Words,
}

struct Prepared {
    points: usize,
    core: Heavy,
    body: Compiled,
}

enum Heavy {
    Map,
    Reduce(Reduction),
    Product(Product),
}

impl Prepared {
    fn new(kernel: &Kernel) -> Prepared {
        let core = match (Reduction::new(kernel), Product::new(kernel)) {
            (Some(r), _) => Heavy::Reduce(r),
            (_, Some(p)) => Heavy::Product(p),
            _ => Heavy::Map,
        };
        let results = kernel.domain.strides();
        let body = Compiled::new(&kernel.body, &kernel.domain, None, results);
        Prepared { points: kernel.points(), core, body }
    }

    /// Runs the kernel.
    ///
    /// # Safety
    /// `memory` and `scratch` must be those of the plan the kernel belongs to, and `S` must be present.
    #[inline(always)]
    unsafe fn run<S: Simd>(&self, memory: &Memory, scratch: &mut Scratch) {
        let Scratch { pre, post, .. } = scratch;
        let (results, packed) = (scratch.results.floats(), scratch.packed.floats());
        // SAFETY: the plan's kernels stay inside the plan's arenas, and the scratch was sized for
        // the largest of them.
        unsafe {
            self.body.begin(memory, post);
            let mut first = 0;
            while first < self.points {
                let given = match &self.core {
                    Heavy::Map => Results { at: core::ptr::null(), stride: 0, first },
                    Heavy::Reduce(reduction) => {
                        reduction.run::<S>(memory, pre, results);
                        Results { at: results, stride: self.points, first }
                    }
                    Heavy::Product(product) => {
                        product.chunk::<S>(memory, first, packed, results);
                        Results { at: results, stride: 0, first }
                    }
                };
                let end = match &self.core {
                    Heavy::Product(product) => product.end_of_chunk(first),
                    _ => self.points,
                };
                while first < end {
                    let n = BLOCK.min(end - first);
                    self.body.block(memory, post, first, n, given);
                    first += n;
                }
            }
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn run_portable(kernels: &[Prepared], memory: &Memory, scratch: &mut Scratch) {
    // SAFETY: plain Rust runs anywhere; the caller passes the plan's own memory and scratch.
    kernels.iter().for_each(|k| unsafe { k.run::<Portable>(memory, scratch) });
}

#[cfg(target_arch = "wasm32")]
fn run_wasm(kernels: &[Prepared], memory: &Memory, scratch: &mut Scratch) {
    // SAFETY: the module is built for SIMD.
    kernels.iter().for_each(|k| unsafe { k.run::<crate::isa::Wasm>(memory, scratch) });
}

/// Runs kernels with AVX2 and FMA.
///
/// # Safety
/// The processor must have both, and `memory` and `scratch` must be those of the kernels' plan.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn run_avx2(kernels: &[Prepared], memory: &Memory, scratch: &mut Scratch) {
    for k in kernels {
        // SAFETY: the caller has checked for AVX2 and FMA and passes the plan's own memory and scratch.
        unsafe { k.run::<crate::isa::Avx2>(memory, scratch) };
    }
}

impl Cpu {
    /// Loads a plan: allocates its memory and prepares its kernels.
    ///
    /// # Errors
    /// [`DeviceError::OutOfMemory`] if the allocator refuses.
    pub fn load(plan: Plan) -> Result<Cpu, DeviceError> {
        Cpu::load_for(plan, Isa::detect())
    }

    /// Loads a plan for plain code without vector instructions, for comparison.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn load_portable(plan: Plan) -> Result<Cpu, DeviceError> {
        Cpu::load_for(plan, Isa::Portable)
    }

    fn load_for(plan: Plan, isa: Isa) -> Result<Cpu, DeviceError> {
        let mut arenas = Vec::with_capacity(Arena::ALL.len());
        for words in plan.words {
            arenas.push(Words::zeros(words as usize)?);
        }
        for (loc, values) in &plan.tables {
            let part = &mut arenas[loc.arena as usize][loc.offset as usize..][..values.len()];
            part.iter_mut().zip(values).for_each(|(w, v)| *w = v.to_bits());
        }
        let entries: Vec<Vec<Prepared>> =
            plan.entries.iter().map(|e| e.kernels.iter().map(Prepared::new).collect()).collect();
        let (mut regs, mut slots, mut results, mut packed) = (1, 1, 1, 1);
        for k in entries.iter().flatten() {
            regs = regs.max(k.body.regs());
            slots = slots.max(k.body.slots);
            match &k.core {
                Heavy::Map => {}
                Heavy::Reduce(r) => {
                    let (pre_regs, pre_slots) = r.needs();
                    regs = regs.max(pre_regs);
                    slots = slots.max(pre_slots);
                    results = results.max(r.results());
                }
                Heavy::Product(p) => {
                    results = results.max(p.chunk_len());
                    packed = packed.max(p.packed_len());
                }
            }
        }
        let scratch = Scratch {
            pre: Frame::new(regs, slots)?,
            post: Frame::new(regs, slots)?,
            results: Words::zeros(results)?,
            packed: Words::zeros(packed)?,
        };
        Ok(Cpu { plan, entries, arenas, scratch, isa })
    }

    /// Number of kernels of an entry.
    pub fn kernels(&self, entry: usize) -> usize {
        self.entries[entry].len()
    }

    /// Runs one kernel of an entry on whatever is in memory: for measuring.
    pub fn run_kernel(&mut self, entry: usize, index: usize) {
        self.run_range(entry, index..index + 1);
    }

    fn run_range(&mut self, entry: usize, range: Range<usize>) {
        let memory = Memory { base: core::array::from_fn(|i| self.arenas[i].as_mut_ptr()) };
        let kernels = &self.entries[entry][range];
        match self.isa {
            #[cfg(not(target_arch = "wasm32"))]
            Isa::Portable => run_portable(kernels, &memory, &mut self.scratch),
            #[cfg(target_arch = "wasm32")]
            Isa::Wasm => run_wasm(kernels, &memory, &mut self.scratch),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: this variant is only made where AVX2 and FMA were found.
            Isa::Avx2 => unsafe { run_avx2(kernels, &memory, &mut self.scratch) },
        }
    }

    /// Words `offset..offset + len` of an arena, to be read or written in place.
    ///
    /// # Panics
    /// If the arena has fewer.
    pub fn words_mut(&mut self, arena: Arena, offset: u32, len: u32) -> &mut [u32] {
        &mut self.arenas[arena as usize][offset as usize..][..len as usize]
    }

    /// Whether all that is [learned](Plan::learned) is finite.
    pub fn all_finite(&self) -> bool {
        self.plan.learned().all(|[offset, len]| {
            // Chunks, because a loop that may end at any number is no vector loop.
            let finite = |chunk: &[u32]| chunk.iter().fold(0, |bad, &w| bad | u32::from(!finite(w))) == 0;
            self.words(Arena::State, offset, len).chunks(BLOCK).all(finite)
        })
    }

    fn words(&self, arena: Arena, offset: u32, len: u32) -> &[u32] {
        &self.arenas[arena as usize][offset as usize..][..len as usize]
    }
}

/// Whether the bits of a float are those of a finite number.
fn finite(word: u32) -> bool {
    word & 0x7f80_0000 != 0x7f80_0000
}

impl Device for Cpu {
    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn run(&mut self, schedule: &[(usize, u32)], times: u32) -> Result<(), DeviceError> {
        for _ in 0..times {
            for &(entry, count) in schedule {
                for _ in 0..count {
                    self.run_range(entry, 0..self.kernels(entry));
                }
            }
        }
        Ok(())
    }

    fn write(&mut self, arena: Arena, offset: u32, values: &[f32]) {
        let words = &mut self.arenas[arena as usize][offset as usize..][..values.len()];
        words.iter_mut().zip(values).for_each(|(w, v)| *w = v.to_bits());
    }

    fn write_u(&mut self, arena: Arena, offset: u32, values: &[u32]) {
        self.arenas[arena as usize][offset as usize..][..values.len()].copy_from_slice(values);
    }

    fn read(&mut self, arena: Arena, offset: u32, len: u32) -> Task<'static, Vec<f32>> {
        let values = self.words(arena, offset, len).iter().map(|w| f32::from_bits(*w)).collect();
        Box::pin(ready(Ok(values)))
    }

    fn read_u(&mut self, arena: Arena, offset: u32, len: u32) -> Task<'static, Vec<u32>> {
        let values = self.words(arena, offset, len).to_vec();
        Box::pin(ready(Ok(values)))
    }

    fn finite(&mut self) -> Task<'static, bool> {
        Box::pin(ready(Ok(self.all_finite())))
    }

    fn kind(&self) -> &'static str {
        "cpu"
    }

    fn describe(&self) -> String {
        format!("CPU · {}", self.isa.name())
    }
}
