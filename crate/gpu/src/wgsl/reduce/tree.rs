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
        let (domain, points) = (&self.kernel.domain, self.kernel.points());
        let grid = Grid::of((points as u64).div_ceil(u64::from(columns)));
        let (reach, column) = if side_by_side { (columns, "% columns") } else { (1, "/ lanes") };
        let more = !self.last.instrs.is_empty();
        let (mut shares, mut passes) = (String::new(), String::new());
        for (i, pass) in self.passes.iter().enumerate() {
            let scalar = type_name(dtype(pass));
            shares += &format!("var<workgroup> share{i}: array<{scalar}, {}>;\n", columns * lanes);
            let total = format!("total{i}");
            let element = self.element(&mut source, &pass.pre, 12);
            // Lanes other than the first need a result for what follows only.
            let result = if more || i + 1 < self.passes.len() {
                format!("workgroupBarrier();\n    let result{i} = share{i}[slot - lane * reach];")
            } else {
                format!("let result{i} = total{i};")
            };
            passes += &fill(
                kernel!("reduce_tree_pass"),
                &[
                    ("PASS", &i),
                    ("IDENTITY", &identity(pass.op, dtype(pass))),
                    (
                        "ELEMENTS",
                        &elements(&format!("{element}            {total} = {};\n", combined(pass, &total))),
                    ),
                    ("COMBINE", &combine(pass.op, &total, "value")),
                    ("RESULT", &result),
                ],
            );
        }
        if more {
            passes += &elements(&self.element(&mut source, self.last, 12));
        }
        let scope = Scope { prefix: 'r', rank: domain.rank(), linear: "point", indent: 8 };
        let body = statements(&mut source, &self.kernel.body, &scope);
        let main = fill(
            kernel!("reduce_tree"),
            &[
                ("POINTS", &points),
                ("ELEMENTS", &self.inner.len()),
                ("COLUMNS", &columns),
                ("LANES", &lanes),
                ("REACH", &reach),
                ("SHARES", &shares),
                ("COLUMN", &column),
                ("ROW", &grid.row()),
                ("COORDINATES", &coordinates("point", 0, domain, 4)),
                ("PASSES", &passes),
                ("BODY", &body),
            ],
        );
        source.shader(&main, grid.groups)
    }
}

/// The loop over a lane's elements.
fn elements(body: &str) -> String {
    format!(
        "    if (point < points) {{
        for (var inner = lane; inner < elements; inner += lanes) {{
{body}        }}
    }}
"
    )
}
