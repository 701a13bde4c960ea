//! Reductions, in one of three ways: an invocation per point that loops over the elements; a
//! workgroup per few points with a tree in workgroup memory; or two dispatches, of which the first
//! reduces shares. Every way combines in a fixed order: the same bits every time.
//!
//! Several passes over a row, and what follows them for each of its elements, stay in one dispatch:
//! an invocation walks the same elements every time, so that it finds what it stored.

mod serial;
mod split;
mod tree;

use super::body::{Scope, coordinates, statements};
use super::combine::combine;
use super::source::Source;
use super::{Shader, Target, split as halves};
use tilde_graph::plan::{Access, Body, Core, Instr, Kernel, Pass};
use tilde_graph::{DType, Shape};
use tree::Tree;

/// Invocations that keep a real GPU busy.
const BUSY: usize = 16_384;

/// A reduction taken apart.
struct Reduce<'a> {
    kernel: &'a Kernel,
    inner: &'a Shape,
    passes: &'a [Pass],
    last: &'a Body,
}

/// How a reduction is spread over invocations.
enum Strategy {
    /// An invocation per point.
    Serial,
    /// A workgroup per few points.
    Tree(Tree),
    /// `parts` invocations per point, then a second dispatch.
    Split { parts: u32 },
}

/// The shaders of a reduction kernel.
pub(super) fn shaders(kernel: &Kernel, target: Target) -> Vec<Shader> {
    let Core::Reduce { inner, passes, last } = &kernel.core else {
        unreachable!("the caller matched a reduction")
    };
    let reduce = Reduce { kernel, inner, passes, last };
    let plain = passes.len() == 1 && last.instrs.is_empty();
    match if plain { reduce.strategy(target) } else { reduce.row_strategy(target) } {
        Strategy::Serial => vec![reduce.serial()],
        Strategy::Tree(tree) => vec![reduce.tree(&tree)],
        Strategy::Split { parts } => {
            let pass = &passes[0];
            vec![reduce.split(pass, parts), halves::finish(kernel, parts, pass.op, dtype(pass))]
        }
    }
}

/// The type that a pass reduces.
fn dtype(pass: &Pass) -> DType {
    pass.pre.types[pass.value as usize]
}

/// An element of a pass combined into a variable.
fn combined(pass: &Pass, into: &str) -> String {
    combine(pass.op, into, &format!("p{}", pass.value))
}

impl Reduce<'_> {
    /// The way of one plain reduction.
    fn strategy(&self, target: Target) -> Strategy {
        let (points, elements) = (self.kernel.points(), self.inner.len());
        // The invocations that keep the adapter busy, and the fewest elements for one of them.
        let (busy, least) = match target {
            Target::Hardware => (BUSY, 16),
            Target::Software => (64, 256),
        };
        if points >= busy || elements <= least {
            return Strategy::Serial;
        }
        let wanted = (busy / points).min(elements / least).max(1);
        match target {
            Target::Software if wanted > 1 => Strategy::Split { parts: wanted as u32 },
            Target::Software => Strategy::Serial,
            Target::Hardware => {
                let side_by_side = self.walks_points();
                let columns = if side_by_side { 32 } else { 1 };
                // A workgroup's tree is enough unless it would leave most of the adapter idle.
                let lanes = (256 / columns).min(elements.next_power_of_two() as u32);
                if wanted as u32 > 8 * lanes {
                    Strategy::Split { parts: wanted as u32 }
                } else {
                    Strategy::Tree(Tree { columns, lanes, side_by_side })
                }
            }
        }
    }

    /// The way of several passes, or of one with something to do for every element after it.
    fn row_strategy(&self, target: Target) -> Strategy {
        let (points, elements) = (self.kernel.points(), self.inner.len());
        if target == Target::Software || elements <= 16 || (points >= BUSY && elements < 64) {
            return Strategy::Serial;
        }
        // Every pass has workgroup memory of its own, of which 16 KiB are certain.
        let most = 256.min(4096 / self.passes.len().next_power_of_two()) as u32;
        let side_by_side = self.walks_points();
        let (columns, lanes) = if side_by_side {
            // Memory is read in pieces of eight words at least.
            let columns = if points < 2048 { 8 } else { 32 };
            (columns, (most / columns).min(elements.next_power_of_two() as u32))
        } else {
            let lanes = (elements.div_ceil(4).next_power_of_two() as u32).min(most);
            ((64 / lanes).max(1), lanes)
        };
        Strategy::Tree(Tree { columns, lanes, side_by_side })
    }

    /// Whether neighbouring points lie closer together in memory than neighbouring elements, so
    /// that invocations side by side should take neighbouring points.
    fn walks_points(&self) -> bool {
        let rank = self.kernel.domain.rank();
        if rank == 0 {
            return false;
        }
        let last = rank + self.inner.rank() - 1;
        let step = |a: &Access, axis: usize| a.strides[axis].unsigned_abs();
        let bodies = self.passes.iter().map(|pass| &pass.pre).chain([self.last]);
        let (points, elements) = bodies
            .flat_map(|body| &body.instrs)
            .filter_map(|instr| match instr {
                Instr::Load(access, _) => Some(access),
                _ => None,
            })
            .fold((0, 0), |(points, elements), a| {
                (points + u32::from(step(a, rank - 1) == 1), elements + u32::from(step(a, last) == 1))
            });
        points > elements
    }

    /// Coordinates of element `inner` and a body that runs on it.
    fn element(&self, source: &mut Source, body: &Body, indent: usize) -> String {
        let rank = self.kernel.domain.rank();
        let linear = format!("point * {}u + inner", self.inner.len());
        let scope = Scope { prefix: 'p', rank: rank + self.inner.rank(), linear: &linear, indent };
        coordinates("inner", rank, self.inner, indent) + &statements(source, body, &scope)
    }
}
