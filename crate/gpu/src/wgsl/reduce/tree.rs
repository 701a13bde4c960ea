//! A workgroup per few points, with a tree in workgroup memory.

use super::{Reduce, combined, dtype};
use crate::wgsl::Shader;
use crate::wgsl::body::{Scope, coordinates, statements};
use crate::wgsl::combine::{combine, identity};
use crate::wgsl::grid::Grid;
use crate::wgsl::source::{Source, fill, type_name};

/// Workgroups of `columns` points by `lanes` invocations each; both are powers of two.
pub(super) struct Tree {
    pub(super) columns: u32,
    pub(super) lanes: u32,
    /// Whether invocations side by side take neighbouring points, or neighbouring elements.
    pub(super) side_by_side: bool,
}

impl Reduce<'_> {
    /// The shader of a tree for each pass.
    pub(super) fn tree(&self, tree: &Tree) -> Shader {
        let Tree { columns, lanes, side_by_side } = *tree;
        let mut source = Source::default();
        let domain = &self.kernel.domain;
        let (points, elements) = (self.kernel.points(), self.inner.len());
        let grid = Grid::of((points as u64).div_ceil(u64::from(columns)));
        let (size, column, lane) = if side_by_side {
            (format!("{columns}, {lanes}"), "local.x", "local.y")
        } else {
            (format!("{lanes}, {columns}"), "local.y", "local.x")
        };
        // Invocations between lanes of a column, and the number of its first lane.
        let (reach, first) =
            if side_by_side { (columns, "column".into()) } else { (1, format!("column * {lanes}u")) };
        let (mut shares, mut passes) = (String::new(), String::new());
        for (i, pass) in self.passes.iter().enumerate() {
            let scalar = type_name(dtype(pass));
            shares += &format!("var<workgroup> share{i}: array<{scalar}, {}>;\n", columns * lanes);
            let total = format!("total{i}");
            // Lanes other than the first need a result for what follows only.
            let result = if i + 1 < self.passes.len() || !self.last.instrs.is_empty() {
                format!("    workgroupBarrier();\n    let result{i} = share{i}[{first}];")
            } else {
                format!("    let result{i} = total{i};")
            };
            passes += &fill(
                kernel!("reduce_tree_pass"),
                &[
                    ("PASS", &i),
                    ("LANES", &lanes),
                    ("REACH", &reach),
                    ("POINTS", &points),
                    ("INNER", &elements),
                    ("IDENTITY", &identity(pass.op, dtype(pass))),
                    ("PRE", &self.element(&mut source, &pass.pre, 12)),
                    ("COMBINE", &combined(pass, &total)),
                    ("COMBINE_VALUE", &combine(pass.op, &total, "value")),
                    ("RESULT", &result),
                ],
            );
        }
        if !self.last.instrs.is_empty() {
            let last = self.element(&mut source, self.last, 12);
            passes += &format!(
                "    if (point < {points}u) {{
        for (var inner = lane; inner < {elements}u; inner += {lanes}u) {{
{last}        }}
    }}
"
            );
        }
        let scope = Scope { prefix: 'r', rank: domain.rank(), linear: "point", indent: 8 };
        let body = statements(&mut source, &self.kernel.body, &scope);
        let main = fill(
            kernel!("reduce_tree"),
            &[
                ("SHARES", &shares),
                ("SIZE", &size),
                ("COLUMN", &column),
                ("LANE", &lane),
                ("COLUMNS", &columns),
                ("ROW", &grid.row()),
                ("POINTS", &points),
                ("COORDINATES", &coordinates("point", 0, domain.dims(), 4)),
                ("PASSES", &passes),
                ("BODY", &body),
            ],
        );
        source.shader(&main, grid.groups)
    }
}
