//! What the compiler promises about the plans it makes: how few kernels, how little memory, and
//! that a plan can be read.

use tilde_graph::optim::{Adam, AdamOptions, average};
use tilde_graph::plan::{Arena, Body, Core, Instr, Kernel, Store};
use tilde_graph::{Graph, Group, Init, Plan, Program, Tensor, Unary, Var, compile};

fn stores(kernel: &Kernel) -> impl Iterator<Item = &Store> {
    let (passes, last) = match &kernel.core {
        Core::Reduce { passes, last, .. } => (&passes[..], Some(last)),
        _ => (&[][..], None),
    };
    let bodies = passes.iter().map(|p| &p.pre).chain(last).chain([&kernel.body]);
    bodies.flat_map(|b| &b.stores)
}

/// Whether a kernel writes any word of a variable.
fn writes(plan: &Plan, kernel: &Kernel, var: Var) -> bool {
    let v = &plan.vars[var.id().0 as usize];
    let range = v.loc.offset..v.loc.offset + v.shape.len() as u32;
    stores(kernel).any(|s| s.access.loc.arena == v.loc.arena && range.contains(&s.access.loc.offset))
}

fn one_entry(build: impl FnOnce(&mut Program) -> Box<dyn FnOnce(&Graph)>) -> Plan {
    let mut p = Program::new("test");
    let entry = build(&mut p);
    p.entry("run", entry).expect("legal shapes");
    compile(&p)
}

/// A group of five parameters, of which three need padding.
fn parameters(p: &mut Program) -> Group {
    let mut group = p.group("net");
    for (name, shape) in [("w1", &[3, 17][..]), ("b1", &[17]), ("w2", &[17, 2]), ("b2", &[2]), ("scale", &[])]
    {
        group.param(p, name, shape, Init::Normal(0.1));
    }
    group
}

#[test]
fn an_adam_step_over_a_group_is_one_kernel_and_the_scalar_update() {
    for decay in [0.0, 0.01] {
        let plan = one_entry(|p| {
            let group = parameters(p);
            let adam = Adam::new(p, &group, "adam", AdamOptions { decay, ..AdamOptions::default() });
            let averaged = p.state_like(&group, "average", true);
            let grad = p.input("grad", p.vars()[group.var().id().0 as usize].shape);
            let rate = p.knob("rate", 1e-3);
            Box::new(move |g| {
                let w = adam.update(g, g.read(grad), g.knob(rate));
                average(g, averaged, w, g.constant(0.99));
            })
        });
        let [update, scalars] = &plan.entries[0].kernels[..] else { panic!("two kernels, not\n{plan}") };
        assert_eq!((&update.core, update.points()), (&Core::Map, 52 + 20 + 36 + 4 + 4), "{update}");
        assert_eq!(update.body.stores.len(), 4, "weights, both moments and their average: {update}");
        assert_eq!((scalars.points(), scalars.body.stores.len()), (1, 1), "{scalars}");
        assert_eq!(plan.words[Arena::Work as usize], 4, "nothing crosses kernels, so the least there can be");
    }
}

#[test]
fn in_a_training_step_one_kernel_writes_weights_and_moments() {
    let mut p = Program::new("train");
    let group = parameters(&mut p);
    let adam = Adam::new(&mut p, &group, "adam", AdamOptions::default());
    let x = p.input("x", [8, 3]);
    p.entry("run", |g| {
        let [w1, b1, w2, b2, scale] = [0, 1, 2, 3, 4].map(|i| g.param(group.params()[i]));
        let hidden = (g.read(x).matmul(w1) + b1).tanh();
        let loss = ((hidden.matmul(w2) + b2) * scale).square().mean();
        adam.update(g, g.grad_group(loss, &group), g.constant(0.01));
    })
    .expect("legal shapes");
    let plan = compile(&p);
    let state: Vec<&Kernel> = plan.entries[0]
        .kernels
        .iter()
        .filter(|k| stores(k).any(|s| s.access.loc.arena == Arena::State) && k.points() > 1)
        .collect();
    let [update] = state[..] else { panic!("one kernel, not {}\n{plan}", state.len()) };
    assert!(writes(&plan, update, group.var()), "{update}");
    assert_eq!(update.body.stores.len(), 3, "{update}");
}

#[test]
fn bias_and_activation_are_in_the_kernel_of_the_product() {
    let activations: [fn(Tensor<'_>) -> Tensor<'_>; 4] =
        [|x| x.relu(), |x| x.silu(), |x| x.tanh(), |x| x.leaky_relu(0.2)];
    for activation in activations {
        let plan = one_entry(|p| {
            let x = p.input("x", [16, 9]);
            let w = p.state("w", [9, 20], Init::Normal(0.1));
            let b = p.state("b", [20], Init::Constant(0.0));
            Box::new(move |g| g.output("y", activation(g.read(x).matmul(g.read(w)) + g.read(b))))
        });
        let [kernel] = &plan.entries[0].kernels[..] else { panic!("one kernel, not\n{plan}") };
        assert!(matches!(kernel.core, Core::Matmul { k: 9, .. }), "{kernel}");
        assert_eq!(kernel.body.stores.len(), 1, "{kernel}");
        assert_eq!(kernel.body.stores[0].access.loc.arena, Arena::Io, "{kernel}");
    }
}

#[test]
fn transposed_and_sliced_operands_are_not_copied() {
    let plan = one_entry(|p| {
        let x = p.input("x", [9, 30]);
        let w = p.state("w", [40, 9], Init::Normal(0.1));
        Box::new(move |g| {
            let rows = g.read(x).slice_axis(1, 4, 16).permute(&[1, 0]);
            g.output("y", rows.matmul_nt(g.read(w).slice(10, 20)));
        })
    });
    assert_eq!(plan.entries[0].kernels.len(), 1, "{plan}");
}

#[test]
fn the_argument_of_a_reduction_is_computed_inside_it() {
    let plan = one_entry(|p| {
        let x = p.input("x", [16, 50]);
        let y = p.input("y", [16, 50]);
        Box::new(move |g| {
            let rows = (g.read(x) - g.read(y)).square().sum_axes(&[1]);
            g.output("rows", (rows + 1.0).ln());
        })
    });
    let [kernel] = &plan.entries[0].kernels[..] else { panic!("one kernel, not\n{plan}") };
    assert!(matches!(kernel.core, Core::Reduce { .. }), "{kernel}");
}

#[test]
fn a_draw_is_made_where_it_is_used() {
    let plan = one_entry(|p| {
        let x = p.state("x", [100], Init::Constant(0.0));
        Box::new(move |g| g.assign(x, g.read(x) + 0.1 * g.normal([100])))
    });
    let [noise, count] = &plan.entries[0].kernels[..] else { panic!("two kernels, not\n{plan}") };
    let drawn = |b: &Body| b.instrs.iter().any(|i| matches!(i, Instr::Random { .. }));
    assert!(
        drawn(&noise.body) && noise.body.instrs.iter().any(|i| matches!(i, Instr::Unary(Unary::Probit, _)))
    );
    assert_eq!(count.points(), 1, "{count}");
    assert_eq!(plan.entries[0].sites, 1);
}

#[test]
fn what_nothing_needs_is_not_computed() {
    let plan = one_entry(|p| {
        let x = p.input("x", [16, 16]);
        Box::new(move |g| {
            let x = g.read(x);
            let _ = x.matmul(x).exp().sum();
            g.output("y", x.sum());
        })
    });
    assert_eq!(plan.entries[0].kernels.len(), 1, "{plan}");
}

#[test]
fn equal_expressions_are_computed_once() {
    let plan = one_entry(|p| {
        let x = p.input("x", [16, 16]);
        Box::new(move |g| {
            let y = |g: &Graph| g.read(x).matmul(g.read(x)).id();
            assert_eq!(y(g), y(g));
            g.output("y", g.read(x).matmul(g.read(x)) - g.read(x).matmul(g.read(x)));
        })
    });
    let products = plan.entries[0].kernels.iter().filter(|k| matches!(k.core, Core::Matmul { .. }));
    assert_eq!(products.count(), 1, "{plan}");
}

/// A chain of products, each of which needs only the one before.
fn chain(length: usize) -> Plan {
    one_entry(|p| {
        let x = p.input("x", [32, 32]);
        let w = p.state("w", [32, 32], Init::Normal(0.1));
        Box::new(move |g| {
            let y = (0..length).fold(g.read(x), |y, _| y.matmul(g.read(w)).tanh());
            g.output("y", y);
        })
    })
}

#[test]
fn tensors_whose_lives_do_not_overlap_share_memory() {
    let buffer = 32 * 32;
    for length in [4, 10] {
        let plan = chain(length);
        let buffers = length as u32 - 1;
        let peak = plan.words[Arena::Work as usize];
        assert!(peak < buffers * buffer, "{peak} words for {buffers} buffers of {buffer}");
        assert_eq!(peak, 2 * buffer, "an argument and a result are all that is alive\n{plan}");
    }
}

#[test]
fn entries_share_work_memory() {
    let mut p = Program::new("two");
    let x = p.input("x", [32, 32]);
    for name in ["first", "second"] {
        p.entry(name, |g| {
            let x = g.read(x);
            g.output("y", x.matmul(x).matmul(x));
        })
        .expect("legal shapes");
    }
    let plan = compile(&p);
    assert_eq!(plan.words[Arena::Work as usize], 32 * 32, "{plan}");
}

#[test]
fn buffers_alive_at_once_do_not_overlap() {
    // Four products of the input are all needed at the end.
    let plan = one_entry(|p| {
        let x = p.input("x", [16, 16]);
        Box::new(move |g| {
            let x = g.read(x);
            let y: Vec<Tensor> = (1..=4).map(|i| (x * i as f32).matmul(x)).collect();
            g.output("y", y[0].matmul(y[1]).matmul(y[2]).matmul(y[3]));
        })
    });
    let mut written: Vec<u32> = vec![];
    for kernel in plan.entries[0].kernels.iter().filter(|k| matches!(k.core, Core::Matmul { .. })).take(4) {
        written.extend(
            stores(kernel).filter(|s| s.access.loc.arena == Arena::Work).map(|s| s.access.loc.offset),
        );
    }
    assert!(plan.words[Arena::Work as usize] >= 4 * 256, "{plan}");
    written.sort_unstable();
    assert!(written.windows(2).all(|w| w[1] - w[0] >= 256), "{written:?}\n{plan}");
}

#[test]
fn a_plan_prints() {
    let mut p = Program::new("printed");
    let x = p.data("x", [8, 3]);
    let w = p.state("w", [3, 5], Init::Normal(0.1));
    p.entry("train", |g| {
        let y = (g.read(x).matmul(g.read(w)) + g.normal([8, 5])).leaky_relu(0.25);
        g.output("loss", y.square().mean());
        g.assign(w, g.read(w) * 0.5);
    })
    .expect("legal shapes");
    let text = compile(&p).to_string();
    for words in [
        "plan printed: State 64 B",
        "entry train:",
        "1 draw sites",
        "FLOP",
        "1 × [8, 3]·[3, 5]",
        "threefry key data_u+0",
        "leaky(0.25)",
        "= Sum of",
        "store ",
    ] {
        assert!(text.contains(words), "'{words}' is missing in\n{text}");
    }
}

#[test]
fn compiling_twice_gives_one_plan() {
    assert_eq!(chain(5), chain(5));
}
