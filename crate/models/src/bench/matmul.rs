//! A matrix product.

use super::Task;
use super::draws::Uniforms;
use alloc::vec::Vec;
use tilde_graph::{GraphError, Init, Program};

/// C = A·B of n×n matrices with elements in ±1; the "loss" is the first element of C.
pub fn square(n: usize) -> Result<Task, GraphError> {
    let mut program = Program::new("bench matmul");
    let factors = [program.data("a", [n, n]), program.data("b", [n, n])];
    // Kept, so that all of it is computed and written.
    let product = program.state("c", [n, n], Init::Constant(0.0));
    let step = program.entry("multiply", |g| {
        let c = g.read(factors[0]).matmul(g.read(factors[1]));
        g.assign(product, c);
        g.output("loss", c.slice(0, 1).slice_axis(1, 0, 1));
    })?;
    let mut uniforms = Uniforms::batch();
    let data = factors.into_iter().map(|factor| (factor, uniforms.signed(n * n))).collect();
    Ok(Task { program, data, step: Vec::from([step]) })
}
