//! Random assignments: several variables of all sizes, each set to something made of the others.
//! Values stay whole and below 2²⁴, so that the CPU and the interpreter give equal answers.

use super::device::{LOADS, now, start, values};
use proptest::prelude::*;
use tilde_cpu::Interpreter;
use tilde_graph::rng::Stream;
use tilde_graph::{Device, Graph, Init, Program, Shape, Tensor, Var};

/// One number in two forms, a row, a matrix, and a square one of more than a block.
const SHAPES: [&[usize]; 8] = [&[], &[], &[1], &[6], &[6], &[5, 6], &[5, 6], &[25, 25]];

/// x modulo 1024, so that nothing grows.
fn wrapped(x: Tensor<'_>) -> Tensor<'_> {
    x - (x * (1.0 / 1024.0)).unary(tilde_graph::Unary::Floor) * 1024.0
}

/// A tensor of `shape` made of those that exist.
fn made<'g>(g: &'g Graph, s: &mut Stream, vars: &[Var], shape: Shape) -> Tensor<'g> {
    let any = |s: &mut Stream| g.read(vars[s.below(vars.len() as u32) as usize]);
    let x = any(s);
    let like = |s: &mut Stream| {
        let fitting: Vec<&Var> = vars.iter().filter(|v| g.read(**v).shape() == shape).collect();
        g.read(*fitting[s.below(fitting.len() as u32) as usize])
    };
    let rank = shape.rank();
    match s.below(9) {
        0 => like(s),
        1 => like(s) + like(s) * 3.0,
        2 => like(s) + wrapped(x.sum()),
        3 => x.reshape([x.shape().len()]).slice(x.shape().len() - 1, 1).sum().broadcast(shape),
        4 if rank > 0 => {
            let (y, n) = (like(s), shape.dim(0));
            g.concat(&[y.slice(n / 2, n - n / 2), y.slice(0, n / 2)], 0)
        }
        5 if rank > 0 && shape.dim(rank - 1) > 1 => {
            like(s).slice_axis(rank - 1, 1, shape.dim(rank - 1) - 1).pad(rank - 1, 0, 1)
        }
        6 if rank == 2 && shape.dim(0) == shape.dim(1) => like(s).permute(&[1, 0]) + like(s),
        7 if rank > 0 => like(s).max_keep(&[0]).broadcast(shape),
        8 if rank == 2 => wrapped(like(s).sum_keep(&[1])) + like(s),
        _ => like(s) + 1.0,
    }
}

fn program(seed: u64) -> (Program, Vec<Var>) {
    let mut s = Stream::new(seed, 5);
    let mut p = Program::new("random state");
    let mut vars = vec![];
    for (i, shape) in SHAPES.into_iter().enumerate() {
        let shape = Shape::new(shape);
        let start = (0..shape.len()).map(|_| s.below(100) as f32).collect();
        vars.push(p.state(&format!("v{i}"), shape, Init::Values(start)));
    }
    for name in ["first", "second"] {
        p.entry(name, |g| {
            for (i, var) in vars.iter().enumerate().filter(|(i, _)| (seed >> i) & 1 == 0) {
                let value = made(g, &mut s, &vars, Shape::new(SHAPES[i]));
                let plain = s.below(2) == 0;
                g.assign(*var, if plain { value } else { wrapped(value) });
            }
            for i in 0..3 {
                let shape = Shape::new(SHAPES[s.below(SHAPES.len() as u32) as usize]);
                g.output(&format!("{name} {i}"), made(g, &mut s, &vars, shape));
            }
        })
        .expect("the generator keeps to legal shapes");
    }
    (p, vars)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn assignments_agree_with_the_interpreter(seed in any::<u64>()) {
        let (program, vars) = program(seed);
        for load in LOADS {
            let mut cpu = start(&program, load, 0);
            let mut judge = Interpreter::new(&program, 0);
            for entry in [0, 1, 0] {
                cpu.run(&[(entry, 1)], 1).expect("runs");
                judge.run(entry);
                for out in cpu.plan().entries[entry].outputs.clone() {
                    let fast = now(cpu.read(out.loc.arena, out.loc.offset, out.shape.len() as u32));
                    let fast: Vec<f64> = fast.into_iter().map(f64::from).collect();
                    prop_assert_eq!(&fast[..], judge.output(&out.name).unwrap().f(), "{} of\n{}", out.name, cpu.plan());
                }
                for var in &vars {
                    let fast: Vec<f64> = values(&mut cpu, *var).into_iter().map(f64::from).collect();
                    prop_assert_eq!(&fast[..], judge.read(*var).f(), "{:?} in\n{}", var, cpu.plan());
                }
            }
        }
    }
}
