//! Random programs for the parity tests of every backend.

#![allow(dead_code, reason = "each test binary uses a part")]

pub mod layers;
pub mod special;

use tilde_graph::rng::Stream;
use tilde_graph::{Graph, Init, Program, Tensor, Unary, Var};

/// A program with one entry "run" over random ops, its float variables, and its outputs' names.
pub struct RandomProgram {
    pub program: Program,
    pub state: Vec<Var>,
    pub outputs: Vec<String>,
}

/// Sizes that find edges: 1, odd, not multiples of four, longer than a block.
const SIZES: [usize; 9] = [1, 2, 3, 4, 5, 7, 16, 33, 70];

/// Draws a program from a seed. `smooth` keeps to differentiable ops, without draws.
pub fn random_program(seed: u64, smooth: bool) -> RandomProgram {
    let mut s = Stream::new(seed, 77);
    let size = |s: &mut Stream| SIZES[s.below(if smooth { 6 } else { 9 }) as usize];
    let (m, k, n) = (size(&mut s), size(&mut s), size(&mut s));
    let mut p = Program::new("random");
    let a = p.state("a", [m, k], Init::Uniform(1.0));
    let b = p.state("b", [k, n], Init::Uniform(1.0));
    let c = p.state("c", [m, n], Init::Uniform(1.0));
    let row = p.state("row", [n], Init::Uniform(1.0));
    let scalar = p.state("scalar", [], Init::Uniform(1.0));
    let knob = p.knob("knob", 0.3);
    let mut outputs = vec![];
    p.entry("run", |g| {
        let mut pool: Vec<Tensor> = vec![g.read(c), g.read(a).matmul(g.read(b)), g.read(row), g.read(scalar)];
        pool.push(g.knob(knob));
        for _ in 0..4 + s.below(14) {
            let x = pool[s.below(pool.len() as u32) as usize];
            let y = pool[s.below(pool.len() as u32) as usize];
            pool.push(step(g, &mut s, x, y, smooth));
        }
        for i in 0..2 {
            let x = pool[pool.len() - 1 - i];
            let name = format!("out{i}");
            g.output(&name, x);
            outputs.push(name);
        }
        let loss = pool.iter().fold(g.constant(0.0), |l, t| l + t.mean());
        g.output("loss", loss);
        for (i, grad) in g.grad(loss, &[g.read(a), g.read(b), g.read(c), g.read(row)]).into_iter().enumerate()
        {
            let name = format!("grad{i}");
            g.output(&name, grad);
            outputs.push(name);
        }
        // In place, through a transposed read, and a counter.
        g.assign(c, g.read(c) * 0.5 + 0.1);
        g.assign(row, g.read(row).reshape([1, n]).permute(&[1, 0]).reshape([n]) + g.read(scalar));
        g.assign(scalar, g.read(scalar) + 1.0);
        outputs.push("loss".to_string());
    })
    .expect("the generator keeps to legal shapes");
    RandomProgram { program: p, state: vec![a, b, c, row, scalar], outputs }
}

fn step<'g>(g: &'g Graph, s: &mut Stream, x: Tensor<'g>, y: Tensor<'g>, smooth: bool) -> Tensor<'g> {
    let fits = x.shape().broadcast(&y.shape()).is_some();
    let rank = x.shape().rank();
    match s.below(if smooth { 17 } else { 24 }) {
        0 if fits => x + y,
        1 if fits => x - y,
        2 if fits => x * y,
        3 if fits => x / (y.square() + 1.0),
        4 => x.tanh(),
        5 => x.sigmoid(),
        6 => x.softplus(),
        7 => (x * 0.3).exp(),
        8 => (x.square() + 0.5).ln(),
        9 => (x.square() + 0.5).sqrt(),
        10 => x.sin(),
        11 if rank > 0 => x.sum_axes(&[s.below(rank as u32) as usize]) * 0.2,
        12 if rank > 0 => x.sum_keep(&[rank - 1]) * 0.2,
        13 if rank == 2 => x.permute(&[1, 0]).tanh(),
        14 if rank > 0 && x.shape().dim(0) > 1 => x.slice(1, x.shape().dim(0) - 1) + 0.1,
        15 if rank > 0 => x.pad(rank - 1, 1, 2) * 0.7,
        16 if rank == 2 && y.shape().rank() == 2 && x.shape().dim(1) == y.shape().dim(1) => {
            g.concat(&[x, y], 0)
        }
        17 => x.leaky_relu(0.2),
        18 => x.abs() + x.unary(Unary::Sign),
        19 if rank > 0 => x.max_axes(&[rank - 1]),
        20 if fits => x.lt(y).select(x, y),
        21 if rank > 0 => x * g.normal(x.shape()) * 0.3,
        22 if rank == 2 => x.gather(g.indices(5, x.shape().dim(0))),
        23 => g.bernoulli(x.sigmoid()) + x,
        _ => x * 0.9 + 0.05,
    }
}
