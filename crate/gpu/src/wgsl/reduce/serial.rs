//! Reductions with an invocation per point.

use super::{Reduce, combined, dtype};
use crate::wgsl::combine::identity;
use crate::wgsl::source::Source;
use crate::wgsl::{Shader, map};
use tilde_graph::ReduceOp;
use tilde_graph::plan::Pass;

/// Longest run of additions into one sum before a fresh one is started: rounding errors then grow
/// with the run and the number of runs, not with their product.
const RUN: usize = 64;

impl Reduce<'_> {
    /// The shader of loops over the elements, one for each pass.
    pub(super) fn serial(&self) -> Shader {
        let mut source = Source::default();
        let mut core = String::new();
        for (i, pass) in self.passes.iter().enumerate() {
            core += &self.serial_pass(&mut source, i, pass);
        }
        if !self.last.instrs.is_empty() {
            let (elements, last) = (self.inner.len(), self.element(&mut source, self.last, 8));
            core += &format!("    for (var inner = 0u; inner < {elements}u; inner++) {{\n{last}    }}\n");
        }
        map::point(source, self.kernel, &core)
    }

    fn serial_pass(&self, source: &mut Source, i: usize, pass: &Pass) -> String {
        let (elements, identity) = (self.inner.len(), identity(pass.op, dtype(pass)));
        if pass.op == ReduceOp::Sum && elements > RUN {
            let element = self.element(source, &pass.pre, 12);
            let total = combined(pass, "run");
            format!(
                "    var result{i} = {identity};
    for (var start = 0u; start < {elements}u; start += {RUN}u) {{
        var run = {identity};
        let end = min(start + {RUN}u, {elements}u);
        for (var inner = start; inner < end; inner++) {{
{element}            run = {total};
        }}
        result{i} += run;
    }}
"
            )
        } else {
            let element = self.element(source, &pass.pre, 8);
            let total = combined(pass, &format!("result{i}"));
            format!(
                "    var result{i} = {identity};
    for (var inner = 0u; inner < {elements}u; inner++) {{
{element}        result{i} = {total};
    }}
"
            )
        }
    }
}
