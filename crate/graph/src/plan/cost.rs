//! What a kernel costs: operations, bytes, and its heavy part in words.

use super::{Access, Arena, Body, Core, Factor, Instr, Kernel};
use crate::op::ReduceOp;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

impl Kernel {
    /// Multiply-adds and elementwise operations, counted as floating-point operations.
    pub fn flops(&self) -> u64 {
        let ops = |body: &Body| {
            body.instrs
                .iter()
                .filter(|i| matches!(i, Instr::Unary(..) | Instr::Binary(..) | Instr::Select(..)))
                .count() as u64
        };
        let points = self.points() as u64;
        points * ops(&self.body)
            + match &self.core {
                Core::Map => 0,
                Core::Reduce { inner, passes, last } => {
                    let each: u64 = passes.iter().map(|p| ops(&p.pre) + 1).sum();
                    points * inner.len() as u64 * (each + ops(last))
                }
                Core::Matmul { k, .. } => points * 2 * u64::from(*k),
            }
    }

    /// Bytes that it reads and writes, every word counted once per access: what it would move if
    /// caches were perfect within an access and of no use between two.
    pub fn traffic(&self) -> u64 {
        let outer: Vec<usize> = self.domain.dims().collect();
        let core = match &self.core {
            Core::Map => 0,
            Core::Reduce { inner, passes, last } => {
                let domain: Vec<usize> = self.domain.dims().chain(inner.dims()).collect();
                passes.iter().map(|p| &p.pre).chain([last]).map(|b| body_words(b, &domain)).sum()
            }
            Core::Matmul { a, b, .. } => factor_words(a) + factor_words(b),
        };
        4 * (core + body_words(&self.body, &outer))
    }

    /// Whether it writes state, so that it may do something else when it runs again. Any other kernel writes only
    /// what it does not read: what is alive at the same time shares no memory.
    pub fn updates(&self) -> bool {
        let (passes, last) = match &self.core {
            Core::Reduce { passes, last, .. } => (&passes[..], Some(last)),
            _ => (&[][..], None),
        };
        let bodies = passes.iter().map(|p| &p.pre).chain(last).chain([&self.body]);
        bodies
            .flat_map(|body| &body.stores)
            .any(|s| matches!(s.access.loc.arena, Arena::State | Arena::StateU))
    }

    /// Its heavy part, for people: `[64, 784]·[784, 128]`, `sum over [10]`, or nothing.
    pub fn heavy(&self) -> String {
        match &self.core {
            Core::Map => String::new(),
            Core::Reduce { inner, passes, .. } => {
                let ops: Vec<&str> = passes
                    .iter()
                    .map(|pass| match pass.op {
                        ReduceOp::Sum => "sum",
                        ReduceOp::Max => "max",
                    })
                    .collect();
                format!("{} over {inner}", ops.join(", "))
            }
            Core::Matmul { batch: 1, m, n, k, .. } => format!("[{m}, {k}]·[{k}, {n}]"),
            Core::Matmul { batch, m, n, k, .. } => format!("{batch} × [{m}, {k}]·[{k}, {n}]"),
        }
    }
}

/// Words that a body reads and writes over a domain.
fn body_words(body: &Body, domain: &[usize]) -> u64 {
    let loads = body.instrs.iter().filter_map(|instr| match instr {
        Instr::Load(access, _) => Some(access),
        // A gathered row for every index; the index is an instruction of its own.
        Instr::Gather { access, .. } => Some(access),
        _ => None,
    });
    loads.chain(body.stores.iter().map(|store| &store.access)).map(|a| words(a, domain)).sum()
}

/// Distinct words of a factor: its points, or where windows overlap no more than lie between the
/// first and the last.
fn factor_words(factor: &Factor) -> u64 {
    let axes = || [&factor.batch, &factor.kept, &factor.summed].into_iter().flat_map(|a| &a.0);
    let points: u64 = axes().map(|a| u64::from(a.0)).product();
    let span: u64 = axes().map(|a| u64::from(a.0 - 1) * u64::from(a.1.unsigned_abs())).sum();
    points.min(span + 1)
}

/// Distinct words that an access reaches over a domain.
fn words(access: &Access, domain: &[usize]) -> u64 {
    let axes = domain.iter().zip(access.strides);
    axes.map(|(&size, stride)| if stride == 0 { 1 } else { size as u64 }).product()
}
