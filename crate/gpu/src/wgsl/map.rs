//! Kernels without a core, and whatever else computes one point per invocation.

use super::Shader;
use super::body::{Scope, coordinates, statements};
use super::grid::Grid;
use super::source::{Source, fill};
use tilde_graph::plan::Kernel;

/// Invocations in a workgroup: two warps or one wave, and every adapter allows it.
pub(super) const SIZE: u32 = 64;

/// A map: the body at every point.
pub(super) fn shader(kernel: &Kernel) -> Shader {
    point(Source::default(), kernel, "")
}

/// One invocation per point of the domain, which runs `core` (statements that define the core's
/// results, or nothing) and then the body.
pub(super) fn point(mut source: Source, kernel: &Kernel, core: &str) -> Shader {
    let domain = &kernel.domain;
    let grid = Grid::of((kernel.points() as u64).div_ceil(u64::from(SIZE)));
    let scope = Scope { prefix: 'r', rank: domain.rank(), linear: "point", indent: 4 };
    let body = statements(&mut source, &kernel.body, &scope);
    let main = fill(
        kernel!("point"),
        &[
            ("SIZE", &SIZE),
            ("ROW", &(grid.row() * SIZE)),
            ("POINTS", &kernel.points()),
            ("COORDINATES", &coordinates("point", 0, domain, 4)),
            ("CORE", &core),
            ("BODY", &body),
        ],
    );
    source.shader(&main, grid.groups)
}
