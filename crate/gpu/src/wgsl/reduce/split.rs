//! The first of the two dispatches of a split reduction, which reduces shares.

use super::{Reduce, combined, dtype};
use crate::wgsl::body::coordinates;
use crate::wgsl::combine::identity;
use crate::wgsl::grid::Grid;
use crate::wgsl::source::{Source, fill};
use crate::wgsl::{Shader, map};
use tilde_graph::plan::Pass;

impl Reduce<'_> {
    /// The shader that reduces `parts` shares of each point into the scratch buffer.
    pub(super) fn split(&self, pass: &Pass, parts: u32) -> Shader {
        let mut source = Source::default();
        let points = self.kernel.points() as u32;
        source.scratch(dtype(pass), parts * points);
        let grid = Grid::of(u64::from(parts * points).div_ceil(u64::from(map::SIZE)));
        let pre = self.element(&mut source, &pass.pre, 8);
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
                ("COORDINATES", &coordinates("point", 0, &self.kernel.domain, 4)),
                ("IDENTITY", &identity(pass.op, dtype(pass))),
                ("PRE", &pre),
                ("COMBINE", &combined(pass, "total")),
            ],
        );
        source.shader(&main, grid.groups)
    }
}
