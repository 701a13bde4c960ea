//! Gradients with respect to something in the middle: what is simplified in a graph must not lead
//! around it.

use tilde_cpu::Interpreter;
use tilde_graph::{Graph, Init, Program, Tensor};

/// What lies in the middle, made of `x [2, 4, 6, 2]`, and what is made of it.
type Case = (&'static str, Op, Op);
type Op = for<'g> fn(&'g Graph, Tensor<'g>) -> Tensor<'g>;

/// Windows `[3, 3, 2, 2]`.
fn windows(g: &Graph) -> Tensor<'_> {
    g.iota([36], 0).to_f32().sin().reshape([3, 3, 2, 2])
}

const CASES: &[Case] = &[
    ("reshape of a reshape", |_, x| x.reshape([8, 12]), |_, t| t.reshape([96])),
    ("reshape back", |_, x| x.reshape([96]), |_, t| t.reshape([2, 4, 6, 2])),
    ("pad of a pad", |_, x| x.pad(1, 1, 0), |_, t| t.pad(2, 0, 3)),
    ("slice of a pad", |_, x| x.pad(1, 1, 2), |_, t| t.slice_axis(1, 0, 3)),
    ("slice of a convolution", |g, x| x.conv(windows(g), 1, 1), |_, t| t.slice_axis(1, 1, 2)),
    (
        "sum of pads",
        |_, x| x.slice_axis(1, 0, 1).pad(1, 1, 2),
        |g, t| t + g.iota([2, 2, 6, 2], 1).to_f32().cos().pad(1, 2, 0),
    ),
    (
        "convolved windows",
        |g, x| x.slice_axis(2, 0, 3).slice_axis(1, 0, 3) + windows(g).sum(),
        |g, t| {
            let w = t.permute(&[1, 2, 3, 0]);
            g.iota([1, 7, 5, 2], 2).to_f32().sin().conv(w, 2, 1)
        },
    ),
    (
        "transposed windows",
        |_, x| x.reshape([4, 6, 2, 2]),
        |g, t| g.iota([1, 3, 2, 2], 2).to_f32().sin().conv_transpose(t, 2, 1),
    ),
    ("slice of a slice", |_, x| x.slice_axis(1, 1, 3), |_, t| t.slice_axis(2, 2, 3).slice_axis(1, 1, 1)),
    ("permute back", |_, x| x.permute(&[3, 0, 2, 1]), |_, t| t.permute(&[1, 3, 2, 0])),
    ("flip back", |_, x| x.flip(&[1]), |_, t| t.flip(&[1])),
    ("broadcast", |_, x| x.slice(0, 1), |_, t| t.broadcast([2, 4, 6, 2])),
    ("parts of a concatenation", |g, x| g.concat(&[x, x.tanh()], 3), |_, t| t.slice_axis(3, 1, 2)),
];

/// By the chain rule, Σ t·∂L/∂t has the gradient ∂L/∂x if L depends on x through t alone. Of squares,
/// so that gradients of gradients come in, too.
#[test]
fn the_chain_rule_holds_through_what_is_simplified() {
    for (name, middle, after) in CASES {
        for second in [false, true] {
            let mut p = Program::new(name);
            let x = p.state("x", [2, 4, 6, 2], Init::Normal(1.0));
            p.entry("run", |g| {
                let x = g.read(x);
                let t = middle(g, x);
                let y = after(g, t);
                let mut loss = (y * y.square()).sum();
                if second {
                    loss = g.grad(loss, &[t])[0].square().sum();
                }
                let through = (t * g.grad(loss, &[t])[0].stop()).sum();
                g.output("whole", g.grad(loss, &[x])[0]);
                g.output("chain", g.grad(through, &[x])[0]);
            })
            .unwrap_or_else(|e| panic!("{name}: {e}"));
            let mut judge = Interpreter::new(&p, 1);
            judge.run(0);
            let [whole, chain] = ["whole", "chain"].map(|out| judge.output(out).expect("given").f());
            let size = whole.iter().fold(0.0f64, |m, x| m.max(x.abs()));
            assert!(size > 1e-3, "{name}: the loss depends on x");
            for (i, (a, b)) in whole.iter().zip(chain).enumerate() {
                assert!((a - b).abs() <= 1e-12 * size, "{name}, second {second}, [{i}]: {a} against {b}");
            }
        }
    }
}
