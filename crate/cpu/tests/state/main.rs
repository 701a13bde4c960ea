//! What an entry promises about state: it reads all of it as it was at its start, whatever the
//! order of its kernels; and one seed gives one result, bit for bit.

mod device;
mod random;

use device::{LOADS, Load, now, start, values};
use tilde_cpu::Interpreter;
use tilde_graph::optim::{Adam, AdamOptions};
use tilde_graph::{Device, Graph, Init, Program, Tensor, Unary, Var};

fn counting(from: u16, len: u16) -> Init {
    Init::Values((from..from + len).map(f32::from).collect())
}

/// Runs once and compares two variables.
fn expect(program: &Program, vars: [Var; 2], wanted: [Vec<f32>; 2]) {
    for load in LOADS {
        let mut cpu = start(program, load, 0);
        cpu.run(&[(0, 1)], 1).expect("runs");
        for (var, wanted) in vars.into_iter().zip(&wanted) {
            assert_eq!(values(&mut cpu, var), *wanted, "{}", cpu.plan());
        }
    }
}

fn pair(shape: [usize; 2], build: impl FnOnce(&Graph, [Var; 2])) -> (Program, [Var; 2]) {
    let len = (shape[0] * shape[1]) as u16;
    let mut p = Program::new("pair");
    let a = p.state("a", shape, counting(1, len));
    let b = p.state("b", shape, counting(1001, len));
    p.entry("run", |g| build(g, [a, b])).expect("legal shapes");
    (p, [a, b])
}

fn numbers(from: u16, len: u16) -> Vec<f32> {
    (from..from + len).map(f32::from).collect()
}

#[test]
fn two_variables_are_exchanged() {
    // More than one block of points, and a single number.
    for shape in [[30, 40], [1, 1]] {
        let len = (shape[0] * shape[1]) as u16;
        let (p, vars) = pair(shape, |g, [a, b]| {
            g.assign(a, g.read(b));
            g.assign(b, g.read(a));
        });
        expect(&p, vars, [numbers(1001, len), numbers(1, len)]);
    }
}

#[test]
fn two_variables_are_exchanged_through_arithmetic() {
    let (p, vars) = pair([30, 40], |g, [a, b]| {
        g.assign(a, g.read(b) + 1.0);
        g.assign(b, g.read(a) * 2.0);
    });
    let doubled = numbers(1, 1200).iter().map(|x| 2.0 * x).collect();
    expect(&p, vars, [numbers(1002, 1200), doubled]);
}

#[test]
fn a_variable_is_transposed_in_place() {
    let (p, vars) = pair([30, 30], |g, [a, b]| {
        g.assign(a, g.read(a).permute(&[1, 0]));
        // And reads of other elements than the one written, within one kernel.
        let b_old = g.read(b);
        g.assign(b, g.concat(&[b_old.slice(1, 29), b_old.slice(0, 1)], 0));
    });
    let transposed = (0..900u16).map(|i| f32::from(i % 30 * 30 + i / 30 + 1)).collect();
    let rolled = (0..900u16).map(|i| f32::from((i + 30) % 900 + 1001)).collect();
    expect(&p, vars, [transposed, rolled]);
}

#[test]
fn a_matrix_is_multiplied_by_itself_in_place() {
    let (p, vars) = pair([3, 3], |g, [a, b]| {
        g.assign(a, g.read(a).matmul(g.read(a)));
        g.assign(b, g.read(a));
    });
    let squared = vec![30.0, 36.0, 42.0, 66.0, 81.0, 96.0, 102.0, 126.0, 150.0];
    expect(&p, vars, [squared, numbers(1, 9)]);
}

#[test]
fn a_counter_is_read_before_it_counts() {
    let mut p = Program::new("counter");
    let count = p.state("count", [], Init::Constant(0.0));
    let seen = p.state("seen", [700], Init::Constant(-1.0));
    p.entry("run", |g| {
        let n = g.read(count);
        g.assign(count, n + 1.0);
        g.assign(seen, n.broadcast([700]) * 10.0);
    })
    .expect("legal shapes");
    for load in LOADS {
        let mut cpu = start(&p, load, 0);
        for run in 0..4u8 {
            cpu.run(&[(0, 1)], 1).expect("runs");
            assert_eq!(values(&mut cpu, seen), vec![10.0 * f32::from(run); 700]);
            assert_eq!(values(&mut cpu, count), [f32::from(run) + 1.0]);
        }
    }
}

#[test]
fn an_output_shows_the_state_before_the_step() {
    let mut p = Program::new("outputs");
    let w = p.state("w", [600], Init::Constant(3.0));
    p.entry("run", |g| {
        g.output("before", g.read(w));
        g.output("sum", g.read(w).sum());
        g.assign(w, g.read(w) - 1.0);
    })
    .expect("legal shapes");
    for load in LOADS {
        let mut cpu = start(&p, load, 0);
        cpu.run(&[(0, 1)], 2).expect("runs");
        let [before, sum] = [0, 1].map(|i| cpu.plan().entries[0].outputs[i].loc);
        assert_eq!(now(cpu.read(before.arena, before.offset, 600)), [2.0; 600]);
        assert_eq!(now(cpu.read(sum.arena, sum.offset, 1)), [1200.0]);
        assert_eq!(values(&mut cpu, w), [1.0; 600]);
    }
}

/// Training with draws: a network that learns to denoise.
fn noisy_training() -> (Program, Var) {
    let mut p = Program::new("denoise");
    let mut group = p.group("net");
    let w1 = group.param(&mut p, "w1", [5, 33], Init::Normal(0.4));
    let b1 = group.param(&mut p, "b1", [33], Init::Uniform(0.1));
    let w2 = group.param(&mut p, "w2", [33, 5], Init::Normal(0.2));
    let adam = Adam::new(&mut p, &group, "adam", AdamOptions::default());
    p.entry("step", |g| {
        let clean = g.uniform([17, 5]);
        let hidden = ((clean + g.normal([17, 5]) * 0.3).matmul(g.param(w1)) + g.param(b1)).silu();
        let kept = hidden * g.bernoulli(g.full(0.8, [17, 33]));
        let loss = (kept.matmul(g.param(w2)) - clean).square().mean();
        let grad: Tensor = g.grad_group(loss, &group);
        adam.update(g, grad, g.constant(0.01));
    })
    .expect("legal shapes");
    (p, group.var())
}

#[test]
fn one_seed_gives_one_result_bit_for_bit() {
    let (program, weights) = noisy_training();
    let run = |load: Load, seed: u64, schedule: &[(usize, u32)], times: u32| -> Vec<u32> {
        let mut cpu = start(&program, load, seed);
        cpu.run(schedule, times).expect("runs");
        values(&mut cpu, weights).into_iter().map(f32::to_bits).collect()
    };
    for load in LOADS {
        let first = run(load, 7, &[(0, 1)], 50);
        assert!(first.iter().all(|w| f32::from_bits(*w).is_finite()));
        assert_eq!(first, run(load, 7, &[(0, 1)], 50), "again");
        assert_eq!(first, run(load, 7, &[(0, 25)], 2), "in two halves");
        assert_ne!(first, run(load, 8, &[(0, 1)], 50), "another seed");
        assert_ne!(first, run(load, 7, &[(0, 1)], 49), "a step less");
    }
}

/// Two networks with padded parameters, trained in turn, each through the other.
#[test]
fn entries_in_turn_agree_with_the_interpreter() {
    let mut p = Program::new("turns");
    let nets: Vec<_> = ["first", "second"]
        .into_iter()
        .map(|name| {
            let mut group = p.group(name);
            let w = group.param(&mut p, "w", [3, 3], Init::Normal(0.5));
            let unused = group.param(&mut p, "unused", [5], Init::Normal(0.5));
            let b = group.param(&mut p, "b", [3], Init::Normal(0.5));
            let adam = Adam::new(&mut p, &group, name, AdamOptions::default());
            (group, [w, unused, b], adam)
        })
        .collect();
    for (own, name) in ["train first", "train second"].into_iter().enumerate() {
        p.entry(name, |g| {
            let x = nets
                .iter()
                .fold(g.normal([9, 3]), |x, (_, [w, _, b], _)| (x.matmul(g.param(*w)) + g.param(*b)).tanh());
            let (group, _, adam) = &nets[own];
            adam.update(g, g.grad_group((x - 0.5).square().mean(), group), g.constant(0.05));
        })
        .expect("legal shapes");
    }
    for load in LOADS {
        let mut cpu = start(&p, load, 3);
        let mut judge = Interpreter::new(&p, 3);
        for _ in 0..10 {
            cpu.run(&[(0, 2), (1, 1)], 1).expect("runs");
            [0, 0, 1].into_iter().for_each(|e| judge.run(e));
        }
        for (group, _, _) in &nets {
            let exact = judge.read(group.var()).f();
            for (fast, exact) in values(&mut cpu, group.var()).into_iter().zip(exact) {
                assert!((f64::from(fast) - exact).abs() < 1e-5, "{fast} where the judge has {exact}");
            }
        }
    }
}

/// The number is computed where it is used and lies nowhere in memory.
#[test]
fn a_number_that_is_computed_picks_a_row() {
    let mut p = Program::new("rows");
    let row = p.state("row", [1], Init::Constant(0.0));
    let table = p.state("table", [4, 3], counting(0, 12));
    let picked = p.state("picked", [1, 3], Init::Constant(0.0));
    let run = |g: &Graph| {
        let at = g.read(row);
        g.assign(picked, g.read(table).gather(at.unary(Unary::ToU32)));
        g.assign(row, at + 1.0);
    };
    p.entry("run", run).expect("legal shapes");
    for load in LOADS {
        let mut cpu = start(&p, load, 0);
        for i in 0..4 {
            cpu.run(&[(0, 1)], 1).expect("runs");
            assert_eq!(values(&mut cpu, picked), numbers(3 * i, 3), "{}", cpu.plan());
        }
    }
}
