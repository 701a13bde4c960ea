//! Reductions, in one of three ways: an invocation per point that loops over the elements; a
//! workgroup per few points with a tree in workgroup memory; or two dispatches, of which the first
//! reduces shares. Every way combines in a fixed order: the same bits every time.

use super::body::{Scope, coordinates, statements};
use super::combine::{combine, identity};
use super::grid::Grid;
use super::source::{Source, fill, type_name};
use super::{Shader, Target, map, split};
use tilde_graph::plan::{Access, Body, Core, Instr, Kernel, Reg};
use tilde_graph::{DType, ReduceOp, Shape};

/// Longest run of additions into one sum before a fresh one is started: rounding errors then grow
/// with the run and the number of runs, not with their product.
const RUN: usize = 64;

/// A reduction taken apart.
struct Reduce<'a> {
    kernel: &'a Kernel,
    op: ReduceOp,
    inner: &'a Shape,
    pre: &'a Body,
    value: Reg,
}

/// How a reduction is spread over invocations.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strategy {
    /// An invocation per point.
    Serial,
    /// Workgroups of `columns` points by `lanes` invocations each.
    Tree { columns: u32, lanes: u32 },
    /// `parts` invocations per point, then a second dispatch.
    Split { parts: u32 },
}

/// The shaders of a reduction kernel.
pub(super) fn shaders(kernel: &Kernel, target: Target) -> Vec<Shader> {
    let Core::Reduce { op, inner, pre, value } = &kernel.core else {
        unreachable!("the caller matched a reduction")
    };
    let reduce = Reduce { kernel, op: *op, inner, pre, value: *value };
    match reduce.strategy(target) {
        Strategy::Serial => vec![reduce.serial()],
        Strategy::Tree { columns, lanes } => vec![reduce.tree(columns, lanes)],
        Strategy::Split { parts } => {
            let finish = split::finish(kernel, parts, reduce.op, reduce.dtype());
            vec![reduce.split(parts), finish]
        }
    }
}

impl Reduce<'_> {
    fn dtype(&self) -> DType {
        self.pre.types[self.value as usize]
    }

    fn strategy(&self, target: Target) -> Strategy {
        let (points, elements) = (self.kernel.points(), self.inner.len());
        // The invocations that keep the adapter busy, and the fewest elements worth one.
        let (busy, least) = match target {
            Target::Hardware => (16_384, 16),
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
                let size = 256;
                let columns = if self.walks_points() { 32.min(size) } else { 1 };
                // A workgroup's tree is enough unless it would leave most of the adapter idle.
                let lanes = (size / columns).min(elements.next_power_of_two() as u32);
                if wanted as u32 > 8 * lanes {
                    Strategy::Split { parts: wanted as u32 }
                } else {
                    Strategy::Tree { columns, lanes }
                }
            }
        }
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
        let (points, elements) = self
            .pre
            .instrs
            .iter()
            .filter_map(|instr| match instr {
                Instr::Load(access, _) => Some(access),
                _ => None,
            })
            .fold((0, 0), |(points, elements), a| {
                (points + u32::from(step(a, rank - 1) == 1), elements + u32::from(step(a, last) == 1))
            });
        points > elements
    }

    /// Coordinates of element `inner` and the body before the reduction.
    fn element(&self, source: &mut Source, indent: usize) -> String {
        let rank = self.kernel.domain.rank();
        let linear = format!("point * {}u + inner", self.inner.len());
        let scope = Scope { prefix: 'p', rank: rank + self.inner.rank(), linear: &linear, indent };
        coordinates("inner", rank, self.inner.dims(), indent) + &statements(source, self.pre, &scope)
    }

    fn combined(&self, into: &str) -> String {
        combine(self.op, into, &format!("p{}", self.value))
    }

    fn serial(&self) -> Shader {
        let mut source = Source::default();
        let (elements, identity) = (self.inner.len(), identity(self.op, self.dtype()));
        let core = if self.op == ReduceOp::Sum && elements > RUN {
            let element = self.element(&mut source, 12);
            let total = self.combined("run");
            format!(
                "    var core = {identity};
    for (var start = 0u; start < {elements}u; start += {RUN}u) {{
        var run = {identity};
        let end = min(start + {RUN}u, {elements}u);
        for (var inner = start; inner < end; inner++) {{
{element}            run = {total};
        }}
        core += run;
    }}
"
            )
        } else {
            let element = self.element(&mut source, 8);
            let total = self.combined("core");
            format!(
                "    var core = {identity};
    for (var inner = 0u; inner < {elements}u; inner++) {{
{element}        core = {total};
    }}
"
            )
        };
        map::point(source, self.kernel, &core)
    }

    fn tree(&self, columns: u32, lanes: u32) -> Shader {
        let mut source = Source::default();
        let domain = &self.kernel.domain;
        let grid = Grid::of((self.kernel.points() as u64).div_ceil(u64::from(columns)));
        let pre = self.element(&mut source, 12);
        let scope = Scope { prefix: 'r', rank: domain.rank(), linear: "point", indent: 8 };
        let body = statements(&mut source, &self.kernel.body, &scope);
        let main = fill(
            kernel!("reduce_tree"),
            &[
                ("COLUMNS", &columns),
                ("LANES", &lanes),
                ("SIZE", &(columns * lanes)),
                ("TYPE", &type_name(self.dtype())),
                ("ROW", &grid.row()),
                ("POINTS", &self.kernel.points()),
                ("INNER", &self.inner.len()),
                ("COORDINATES", &coordinates("point", 0, domain.dims(), 4)),
                ("IDENTITY", &identity(self.op, self.dtype())),
                ("PRE", &pre),
                ("COMBINE", &self.combined("total")),
                ("COMBINE_VALUE", &combine(self.op, "total", "value")),
                ("BODY", &body),
            ],
        );
        source.shader(&main, grid.groups)
    }

    fn split(&self, parts: u32) -> Shader {
        let mut source = Source::default();
        let points = self.kernel.points() as u32;
        source.scratch(self.dtype(), parts * points);
        let grid = Grid::of(u64::from(parts * points).div_ceil(u64::from(map::SIZE)));
        let pre = self.element(&mut source, 8);
        let (point, part) = if self.walks_points() {
            (format!("invocation % {points}u"), format!("invocation / {points}u"))
        } else {
            (format!("invocation / {parts}u"), format!("invocation % {parts}u"))
        };
        let main = fill(
            kernel!("reduce_split"),
            &[
                ("SIZE", &map::SIZE),
                ("ROW", &(grid.row() * map::SIZE)),
                ("PARTS", &parts),
                ("POINTS", &points),
                ("POINT", &point),
                ("PART", &part),
                ("INNER", &self.inner.len()),
                ("COORDINATES", &coordinates("point", 0, self.kernel.domain.dims(), 4)),
                ("IDENTITY", &identity(self.op, self.dtype())),
                ("PRE", &pre),
                ("COMBINE", &self.combined("total")),
            ],
        );
        source.shader(&main, grid.groups)
    }
}
