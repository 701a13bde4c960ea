//! A program that crosses to an engine compiles there to what it compiles to here, and what comes back is
//! its plan without the kernels.

use tilde_graph::optim::{Adam, AdamOptions};
use tilde_graph::wire::{read_layout, read_program, write_layout, write_program};
use tilde_graph::{Init, Plan, Program, compile};

/// Every kind of variable, two entries, a table, draws, a convolution and an optimiser.
fn program() -> Program {
    let mut p = Program::new("crossing");
    let rows = p.data("rows", [9, 4, 4, 1]);
    let classes = p.data_u("classes", [9]);
    let shift = p.input("shift", [6, 1]);
    let count = p.state_u("count", [1]);
    let kept = p.scratch("kept", [6, 1]);
    let rate = p.knob("rate", 0.01);
    p.knob("unused", 1.0);
    let mut group = p.group("net");
    let w = group.param(&mut p, "w", [3, 3, 1, 2], Init::Normal(0.5));
    let v = group.param(&mut p, "v", [8, 1], Init::Normal(0.5));
    let adam = Adam::new(&mut p, &group, "adam", AdamOptions::default());
    p.entry("train", |g| {
        let at = g.indices(6, 9);
        let hidden = g.read(rows).gather(at).conv(g.param(w), 1, 0).tanh().reshape([6, 8]);
        let wanted = g.read(classes).gather(at).to_f32().reshape([6, 1]) + g.read(shift);
        let loss = (hidden.matmul(g.param(v)) - wanted + g.normal([6, 1]) * 0.1).square().mean();
        adam.update(g, g.grad_group(loss, &group), g.knob(rate));
        g.assign(kept, wanted);
        g.output("loss", loss);
    })
    .expect("the shapes fit");
    p.entry("look", |g| {
        g.assign(count, g.read(count) + g.constant_u(1));
        g.output("kept", g.read(kept));
        g.output("table", g.table(&[0.5, 2.5, 7.0], [3]) * g.uniform([3]));
    })
    .expect("the shapes fit");
    p
}

#[test]
fn a_program_crosses_whole() {
    let here = program();
    let there = read_program(&write_program(&here)).expect("it is a program");
    assert_eq!(compile(&there), compile(&here));
}

#[test]
fn a_layout_and_its_program_are_the_plan_without_kernels() {
    let program = program();
    let plan = compile(&program);
    let words = write_layout(&plan);
    let mut expected: Plan = plan;
    expected.tables.clear();
    expected.entries.iter_mut().for_each(|entry| entry.kernels.clear());
    assert_eq!(read_layout(&program, &words), Some(expected));
}

#[test]
fn what_does_not_fit_is_refused() {
    let program = program();
    let bytes = write_program(&program);
    assert!(read_program(&bytes[..bytes.len() - 1]).is_none());
    let words = write_layout(&compile(&program));
    assert_eq!(read_layout(&program, &words[..words.len() - 1]), None);
    let longer = [&words[..], &[0]].concat();
    assert_eq!(read_layout(&program, &longer), None);
}
