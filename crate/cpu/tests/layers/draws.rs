//! Draws of classes: their frequencies, and that the executor and the interpreter draw the same.

use super::parity::{now, start};
use tilde_cpu::{Cpu, Interpreter};
use tilde_graph::{Device, Init, Program, compile};

/// Draws of each distribution.
const N: usize = 20_000;

#[test]
fn gumbel_numbers_have_their_distribution() {
    let mut p = Program::new("gumbel");
    p.entry("run", |g| g.output("x", g.gumbel([N]))).expect("legal");
    let mut judge = Interpreter::new(&p, 11);
    judge.run(0);
    let mut x = judge.output("x").expect("given").f().to_vec();
    x.sort_by(f64::total_cmp);
    // Kolmogorov's distance to exp(−exp(−x)): above 1.95/√N once in a thousand seeds.
    let below = |x: f64| (-(-x).exp()).exp();
    let gaps = x.iter().enumerate().map(|(i, x)| (below(*x) - i as f64 / N as f64).abs());
    let distance = gaps.fold(0.0, f64::max);
    assert!(distance < 1.95 / (N as f64).sqrt(), "{distance}");
    assert!(x[0] > -3.0 && x[N - 1] < 17.0);
}

#[test]
fn large_gumbel_numbers_keep_their_digits() {
    let (mut p, mut uniform) = (Program::new("gumbel"), Program::new("uniform"));
    p.entry("run", |g| g.output("x", g.gumbel([N]))).expect("legal");
    uniform.entry("run", |g| g.output("u", g.uniform([N]))).expect("legal");
    let (mut judge, mut source) = (Interpreter::new(&p, 3), Interpreter::new(&uniform, 3));
    let plan = compile(&p);
    let mut cpu = Cpu::load(plan.clone()).expect("small");
    start(&mut cpu, &p, 3);
    judge.run(0);
    source.run(0);
    cpu.run(&[(0, 1)], 1).expect("runs");
    let out = &plan.entries[0].outputs[0];
    let fast = now(cpu.read(out.loc.arena, out.loc.offset, N as u32));
    let (x, u) = (judge.output("x").expect("given").f(), source.output("u").expect("given").f());
    assert!(u.iter().filter(|u| **u < 0.01).count() > 100, "numbers that come of the series");
    for ((x, fast), u) in x.iter().zip(fast).zip(u) {
        // The first draw of each program: the same words.
        let wanted = -(-(-u).ln_1p()).ln();
        assert!((x - wanted).abs() < 3e-7, "{x} against {wanted} at {u}");
        assert!((f64::from(fast) - wanted).abs() < 3e-6, "{fast} against {wanted} at {u}");
    }
}

#[test]
fn classes_come_up_as_often_as_they_should() {
    let logits = [1.0f32, -0.5, 2.0, 0.0, -4.0];
    let total: f64 = logits.iter().map(|l| f64::from(*l).exp()).sum();
    let mut p = Program::new("categorical");
    let rows = p.state("logits", [5], Init::Values(logits.to_vec()));
    p.entry("run", |g| {
        let drawn = g.categorical(g.read(rows).broadcast([N, 5]));
        g.output("counts", drawn.one_hot(5).sum_axes(&[0]));
        let soft = g.gumbel_softmax(g.read(rows).broadcast([N, 5]), g.constant(0.3));
        g.output("soft counts", soft.arg_max(1).one_hot(5).sum_axes(&[0]));
        g.output("sums", soft.sum_axes(&[1]));
    })
    .expect("legal");
    let plan = compile(&p);
    let mut cpu = Cpu::load(plan.clone()).expect("small");
    start(&mut cpu, &p, 5);
    cpu.run(&[(0, 1)], 1).expect("runs");
    let mut read = |name: &str| {
        let out = plan.entries[0].outputs.iter().find(|o| o.name == name).expect("given");
        now(cpu.read(out.loc.arena, out.loc.offset, out.shape.len() as u32))
    };
    for name in ["counts", "soft counts"] {
        // χ² with 4 degrees of freedom: above 18.5 once in a thousand seeds.
        let chi2: f64 = read(name)
            .iter()
            .zip(logits)
            .map(|(count, l)| {
                let expected = f64::from(l).exp() / total * N as f64;
                (f64::from(*count) - expected).powi(2) / expected
            })
            .sum();
        assert!(chi2 < 18.5, "{name}: {chi2}");
    }
    assert!(read("sums").iter().all(|s| (s - 1.0).abs() < 1e-5));
}

#[test]
fn the_executor_draws_the_classes_of_the_judge() {
    const V: usize = 65;
    const ROWS: usize = 512;
    let mut p = Program::new("categorical");
    let logits = p.state("logits", [ROWS, V], Init::Normal(2.0));
    // The first draws of the first entries of two programs are the same.
    p.entry("run", |g| g.output("class", g.categorical(g.read(logits)).to_f32())).expect("legal");
    let mut noisy = Program::new("noisy");
    let same = noisy.state("logits", [ROWS, V], Init::Normal(2.0));
    noisy.entry("run", |g| g.output("noisy", g.read(same) + g.gumbel([ROWS, V]))).expect("legal");
    let mut judge = Interpreter::new(&noisy, 9);
    let plan = compile(&p);
    for load in [Cpu::load, Cpu::load_portable] {
        let mut cpu = load(plan.clone()).expect("small");
        start(&mut cpu, &p, 9);
        judge.set_invocation(0, 0);
        for _ in 0..3 {
            cpu.run(&[(0, 1)], 1).expect("runs");
            judge.run(0);
            let out = &plan.entries[0].outputs[0];
            let classes = now(cpu.read(out.loc.arena, out.loc.offset, ROWS as u32));
            let rows = judge.output("noisy").expect("given").f();
            for (class, row) in classes.iter().zip(rows.chunks(V)) {
                let best = row.iter().fold(f64::NEG_INFINITY, |m, x| m.max(*x));
                // Of two within rounding of one another, either.
                assert!(best - row[*class as usize] < 1e-5, "{class} in {row:?}");
            }
        }
    }
}
