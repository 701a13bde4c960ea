//! A wrong use of an op is an error that names the op and the shapes, and never a panic: what is
//! built after the mistake must not matter.

use tilde_graph::{BatchNorm, Binary, Graph, GraphError, Init, Program, Tensor, Unary, Var, optim};

/// Variables to misuse.
struct Vars {
    /// `f32 [2, 3]`.
    a: Var,
    /// `f32 [4, 5]`.
    b: Var,
    /// `f32 [3, 2, 3]`.
    batch: Var,
    /// `f32 []`.
    one: Var,
    /// `u32 [7]`.
    index: Var,
    /// `u32 [6, 2]`.
    packed: Var,
    /// Data, `f32 [2, 3]`.
    data: Var,
}

fn build(wrong: impl FnOnce(&Graph, &Vars)) -> Result<usize, GraphError> {
    let mut p = Program::new("wrong");
    let vars = Vars {
        a: p.state("a", [2, 3], Init::Constant(0.0)),
        b: p.state("b", [4, 5], Init::Constant(0.0)),
        batch: p.state("batch", [3, 2, 3], Init::Constant(0.0)),
        one: p.state("one", [], Init::Constant(0.0)),
        index: p.state_u("index", [7]),
        packed: p.state_u("packed", [6, 2]),
        data: p.data("data", [2, 3]),
    };
    p.entry("run", |g| wrong(g, &vars))
}

/// A mistake, the op that must be named, and what the message must hold.
type Case = (&'static str, &'static [&'static str], for<'g> fn(&'g Graph, &Vars) -> Tensor<'g>);

/// Mistakes that yield a tensor.
const CASES: &[Case] = &[
    ("add", &["[2, 3]", "[4, 5]"], |g, v| g.read(v.a) + g.read(v.b)),
    ("sub", &["[2, 3]", "[4, 5]"], |g, v| g.read(v.a) - g.read(v.b)),
    ("mul", &["[2, 3]", "[4, 5]"], |g, v| g.read(v.a) * g.read(v.b)),
    ("div", &["[2, 3]", "[4, 5]"], |g, v| g.read(v.a) / g.read(v.b)),
    ("max2", &["[2, 3]", "[4, 5]"], |g, v| g.read(v.a).maximum(g.read(v.b))),
    ("min2", &["[2, 3]", "[4, 5]"], |g, v| g.read(v.a).minimum(g.read(v.b))),
    ("pow", &["[2, 3]", "[4, 5]"], |g, v| g.read(v.a).pow(g.read(v.b))),
    ("lt", &["[2, 3]", "[4, 5]"], |g, v| g.read(v.a).lt(g.read(v.b))),
    ("le", &["[2, 3]", "[4, 5]"], |g, v| g.read(v.a).binary(Binary::Le, g.read(v.b))),
    ("eq", &["[2, 3]", "[4, 5]"], |g, v| g.read(v.a).equal(g.read(v.b))),
    ("rem", &["[7]", "[6, 2]"], |g, v| g.read(v.index).binary(Binary::Rem, g.read(v.packed))),
    ("rem", &["F32"], |g, v| g.read(v.a).binary(Binary::Rem, g.read(v.a))),
    ("and", &["F32"], |g, v| g.read(v.a).binary(Binary::And, g.read(v.a))),
    ("shr", &["F32"], |g, v| g.read(v.a).binary(Binary::Shr, g.read(v.a))),
    ("add", &["F32", "U32"], |g, v| g.read(v.one) + g.read(v.index)),
    ("div", &["U32"], |g, v| g.read(v.index) / g.read(v.index)),
    ("pow", &["U32"], |g, v| g.read(v.index).pow(g.read(v.index))),
    ("exp", &["F32", "U32"], |g, v| g.read(v.index).exp()),
    ("to_f32", &["U32", "F32"], |g, v| g.read(v.a).to_f32()),
    ("unit_from_bits", &["U32", "F32"], |g, v| g.read(v.a).unary(Unary::UnitFromBits)),
    ("select", &["[2, 3]", "[4, 5]", "[]"], |g, v| g.read(v.a).select(g.read(v.b), g.read(v.one))),
    ("select", &["F32", "U32"], |g, v| g.read(v.one).select(g.read(v.one), g.read(v.index))),
    ("select", &["U32", "F32"], |g, v| g.read(v.index).select(g.read(v.one), g.read(v.one))),
    ("broadcast", &["[2, 3]", "[4, 5]"], |g, v| g.read(v.a).broadcast([4, 5])),
    ("broadcast", &["[2, 3]", "[3]"], |g, v| g.read(v.a).broadcast([3])),
    ("reshape", &["[2, 3]", "6", "[4, 2]", "8"], |g, v| g.read(v.a).reshape([4, 2])),
    ("permute", &["[2, 3]", "[0, 0]"], |g, v| g.read(v.a).permute(&[0, 0])),
    ("permute", &["[2, 3]", "[0]"], |g, v| g.read(v.a).permute(&[0])),
    ("permute", &["[2, 3]", "[1, 99]"], |g, v| g.read(v.a).permute(&[1, 99])),
    ("slice", &["[2, 3]", "1..4", "axis 1"], |g, v| g.read(v.a).slice_axis(1, 1, 3)),
    ("slice", &["[2, 3]", "axis 2"], |g, v| g.read(v.a).slice_axis(2, 0, 1)),
    ("pad", &["[2, 3]", "axis 2"], |g, v| g.read(v.a).pad(2, 1, 1)),
    ("sum", &["[2, 3]", "axis 2"], |g, v| g.read(v.a).sum_axes(&[0, 2])),
    ("max", &["[2, 3]", "axis 5"], |g, v| g.read(v.a).max_keep(&[5])),
    ("max", &["[2, 3]", "axis 2"], |g, v| g.read(v.a).log_sum_exp(2)),
    ("sum", &["F32", "U32"], |g, v| g.read(v.index).sum()),
    ("matmul", &["[2, 3]", "[4, 5]"], |g, v| g.read(v.a).matmul(g.read(v.b))),
    ("matmul", &["[2, 3]ᵀ", "[4, 5]"], |g, v| g.read(v.a).matmul_tn(g.read(v.b))),
    ("matmul", &["[2, 3]", "[4, 5]ᵀ"], |g, v| g.read(v.a).matmul_nt(g.read(v.b))),
    ("matmul", &["[2, 3]", "[3, 2, 3]"], |g, v| g.read(v.a).matmul(g.read(v.batch))),
    ("matmul", &["[]", "[2, 3]"], |g, v| g.read(v.one).matmul(g.read(v.a))),
    ("matmul", &["[3, 2, 3]", "[1, 3, 2]"], |g, v| {
        g.read(v.batch).matmul(g.read(v.batch).slice(0, 1).permute(&[0, 2, 1]))
    }),
    ("matmul", &["[3, 2, 1, 3]", "[2, 3, 3, 1]"], |g, v| {
        g.read(v.batch).reshape([3, 2, 1, 3]).matmul(g.read(v.batch).reshape([2, 3, 3, 1]))
    }),
    ("gather", &["[]", "[7]"], |g, v| g.read(v.one).gather(g.read(v.index))),
    ("gather", &["[2, 3]", "[6, 2]"], |g, v| g.read(v.a).gather(g.read(v.packed))),
    ("gather", &["[2, 3]", "F32"], |g, v| g.read(v.a).gather(g.read(v.one))),
    ("gather_bytes", &["[6, 2]", "9 bytes", "[7]"], |g, v| g.read(v.packed).gather_bytes(g.read(v.index), 9)),
    ("gather_bytes", &["[2, 3]", "[7]"], |g, v| g.read(v.a).gather_bytes(g.read(v.index), 4)),
    ("concat", &["[2, 3]", "[4, 5]", "axis 0"], |g, v| g.concat(&[g.read(v.a), g.read(v.b)], 0)),
    ("concat", &["[2, 3]", "axis 2"], |g, v| g.concat(&[g.read(v.a), g.read(v.a)], 2)),
    ("concat", &["[2, 3]", "[3, 2, 3]"], |g, v| g.concat(&[g.read(v.a), g.read(v.batch)], 0)),
    ("concat", &["part"], |g, _| g.concat(&[], 0)),
    ("table", &["3 values", "[2, 2]"], |g, _| g.table(&[1.0, 2.0, 3.0], [2, 2])),
    ("iota", &["[2, 3]", "axis 2"], |g, _| g.iota([2, 3], 2)),
    ("grad", &["[2, 3]"], |g, v| g.grad(g.read(v.a), &[g.read(v.a)])[0]),
];

/// An image `[1, 3, 3, 2]`.
fn image<'g>(g: &'g Graph, v: &Vars) -> Tensor<'g> {
    g.read(v.batch).reshape([1, 3, 3, 2])
}

/// Windows `[3, 3, 2, 1]`.
fn windows<'g>(g: &'g Graph, v: &Vars) -> Tensor<'g> {
    g.read(v.batch).reshape([3, 3, 2, 1])
}

/// Mistakes with images.
const IMAGES: &[Case] = &[
    ("conv", &["[2, 3]", "[3, 3, 2, 1]"], |g, v| g.read(v.a).conv(windows(g, v), 1, 0)),
    ("conv", &["[1, 3, 3, 2]", "[2, 3]"], |g, v| image(g, v).conv(g.read(v.a), 1, 0)),
    ("conv", &["[1, 3, 3, 2]", "[1, 3, 3, 2]"], |g, v| image(g, v).conv(image(g, v), 1, 0)),
    ("conv", &["[1, 3, 3, 2]", "stride"], |g, v| image(g, v).conv(windows(g, v), 0, 0)),
    ("conv", &["[1, 2, 3, 2]", "[3, 3, 2, 1]"], |g, v| {
        image(g, v).slice_axis(1, 0, 2).conv(windows(g, v), 1, 0)
    }),
    ("conv_transpose", &["[1, 3, 3, 2]", "[3, 3, 2, 1]"], |g, v| {
        image(g, v).conv_transpose(windows(g, v), 1, 0)
    }),
    ("conv_transpose", &["[1, 1, 1, 1]", "[3, 3, 2, 1]", "padding"], |g, v| {
        g.read(v.one).reshape([1, 1, 1, 1]).conv_transpose(windows(g, v), 1, 2)
    }),
    ("conv_transpose", &["[3]", "[2, 3]"], |g, v| {
        g.read(v.batch).slice(0, 1).slice_axis(1, 0, 1).reshape([3]).conv_transpose(g.read(v.a), 1, 0)
    }),
    ("flip", &["[2, 3]", "axis 2"], |g, v| g.read(v.a).flip(&[0, 2])),
    ("average_pool", &["[1, 3, 3, 2]", "2 by 2"], |g, v| image(g, v).average_pool(2)),
    ("average_pool", &["[2, 3]"], |g, v| g.read(v.a).average_pool(1)),
    ("upsample", &["[2, 3]"], |g, v| g.read(v.a).upsample(2)),
    ("upsample", &["[1, 3, 3, 2]", "0"], |g, v| image(g, v).upsample(0)),
    ("group_norm", &["[1, 3, 3, 2]", "3 groups"], |g, v| image(g, v).group_norm(3, 1e-5)),
    ("group_norm", &["[1, 3, 3, 2]", "0 groups"], |g, v| image(g, v).group_norm(0, 1e-5)),
    ("group_norm", &["[2, 3]"], |g, v| g.read(v.a).group_norm(1, 1e-5)),
];

/// Mistakes with layers, classes and draws.
const LAYERS: &[Case] = &[
    ("softmax", &["[2, 3]", "axis 2"], |g, v| g.read(v.a).softmax(2)),
    ("log_softmax", &["[2, 3]", "axis 3"], |g, v| g.read(v.a).log_softmax(3)),
    ("cross_entropy", &["[2, 3]", "[7]"], |g, v| g.read(v.a).cross_entropy(g.read(v.index))),
    ("cross_entropy", &["[3, 2, 3]", "[7]"], |g, v| g.read(v.batch).cross_entropy(g.read(v.index))),
    ("cross_entropy", &["[2, 3]", "F32 [2]"], |g, v| g.read(v.a).cross_entropy(g.read(v.a).max_axes(&[1]))),
    ("cross_entropy", &["U32 [6, 2]", "[6]"], |g, v| {
        g.read(v.packed).cross_entropy(g.read(v.index).slice(0, 6))
    }),
    ("layer_norm", &["[]"], |g, v| g.read(v.one).layer_norm(1e-5)),
    ("rms_norm", &["[]"], |g, v| g.read(v.one).rms_norm(1e-5)),
    ("moments", &["[]"], |g, v| g.read(v.one).moments().0),
    ("moments", &["U32", "[6, 2]"], |g, v| g.read(v.packed).moments().1),
    ("batch_norm", &["[3]"], |g, v| g.read(v.a).slice(0, 1).reshape([3]).batch_norm(1e-5)),
    ("one_hot", &["F32", "[2, 3]"], |g, v| g.read(v.a).one_hot(4)),
    ("embedding", &["[3, 2, 3]", "[7]"], |g, v| g.read(v.batch).embedding(g.read(v.index))),
    ("embedding", &["[2, 3]", "F32 [4, 5]"], |g, v| g.read(v.a).embedding(g.read(v.b))),
    ("attention", &["q [2, 3]", "k [4, 5]", "v [4, 5]"], |g, v| {
        g.read(v.a).attention(g.read(v.b), g.read(v.b), None)
    }),
    ("attention", &["k [2, 3]", "v [4, 5]"], |g, v| g.read(v.a).attention(g.read(v.a), g.read(v.b), None)),
    ("attention", &["q [3, 2, 3]", "mask [2, 3]"], |g, v| {
        let x = g.read(v.batch);
        x.attention(x, x, Some(g.read(v.a)))
    }),
    ("attention", &["q []"], |g, v| g.read(v.one).attention(g.read(v.one), g.read(v.one), None)),
    ("attention_cached", &["q [3, 1, 3]", "[3, 2, 3]", "F32 []"], |g, v| {
        let (all, one) = (g.read(v.batch), g.read(v.batch).slice_axis(1, 0, 1));
        one.attention_cached([one, one], [all, all], g.read(v.one)).0
    }),
    ("attention_cached", &["q [3, 2, 3]", "k [3, 2, 3]", "U32 []"], |g, v| {
        let all = g.read(v.batch);
        all.attention_cached([all, all], [all, all], g.constant_u(0)).0
    }),
    ("cumsum", &["[2, 3]", "axis 2"], |g, v| g.read(v.a).cumsum(2)),
    ("arg_max", &["[2, 3]", "axis 2"], |g, v| g.read(v.a).arg_max(2)),
    ("ranks", &["[]"], |g, v| g.read(v.one).ranks()),
    ("ranks", &["U32", "[7]"], |g, v| g.read(v.index).ranks()),
    ("top_k_mask", &["[2, 3]", "F32 [4, 5]"], |g, v| g.read(v.a).top_k_mask(g.read(v.b))),
    ("top_k_mask", &["[2, 3]", "U32 []"], |g, v| g.read(v.a).top_k_mask(g.constant_u(2))),
    ("top_k_mask", &["U32", "[7]"], |g, v| g.read(v.index).top_k_mask(g.constant(2.0))),
    ("top_k", &["[2, 3]", "4"], |g, v| g.read(v.a).top_k(4).0),
    ("categorical", &["[]"], |g, v| g.categorical(g.read(v.one))),
    ("categorical", &["U32", "[7]"], |g, v| g.categorical(g.read(v.index))),
    ("gumbel_softmax", &["[]"], |g, v| g.gumbel_softmax(g.read(v.one), g.constant(1.0))),
    ("gumbel_softmax", &["[2, 3]", "[4, 5]"], |g, v| g.gumbel_softmax(g.read(v.a), g.read(v.b))),
    ("straight_through", &["[2, 3]", "[4, 5]"], |g, v| g.read(v.a).straight_through(g.read(v.b))),
    ("clip_global_norm", &["[2, 3]"], |g, v| optim::clip_global_norm(g.read(v.b), g.read(v.a))),
];

fn all() -> impl Iterator<Item = &'static Case> {
    [CASES, IMAGES, LAYERS].into_iter().flatten()
}

fn check(op: &str, fragments: &[&str], result: Result<usize, GraphError>) {
    let error = result.err().unwrap_or_else(|| panic!("{op} with {fragments:?} was accepted"));
    assert_eq!(error.op, op, "{error}");
    for fragment in fragments {
        assert!(error.message.contains(fragment), "'{error}' does not say {fragment}");
    }
    assert!(error.to_string().starts_with(&format!("{op}: ")), "{error}");
}

#[test]
fn messages_name_the_op_and_the_shapes() {
    for (op, fragments, wrong) in all() {
        check(op, fragments, build(|g, v| g.output("y", wrong(g, v))));
    }
}

#[test]
fn what_follows_a_mistake_neither_panics_nor_hides_it() {
    for (op, fragments, wrong) in all() {
        let result = build(|g, v| {
            let y = wrong(g, v);
            let z = y.matmul(g.read(v.a)).log_sum_exp(1).slice(3, 4).permute(&[2, 0]).gather(y);
            let w =
                g.concat(&[y, z, g.read(v.b)], 3).pad(1, 1, 1).mean_axes(&[1, 4]).select(y, z).max_keep(&[2]);
            let u = y.softmax(1).layer_norm(1e-5).conv(z, 2, 1).cumsum(3).group_norm(2, 1e-5).top_k(2).0;
            let u = u.attention(y, z, Some(w)).conv_transpose(w, 2, 1).upsample(2).cross_entropy(y);
            let u = g.gumbel_softmax(u.batch_norm(1e-5).embedding(u.arg_max(1)), y).straight_through(z);
            let loss = (w + g.read(v.b)).mean() + u.mean();
            g.grad(loss, &[y, g.read(v.a)]);
            g.assign(v.a, w);
            g.output("w", w);
        });
        check(op, fragments, result);
    }
}

#[test]
fn assignments_name_the_variable_and_both_shapes() {
    check("assign", &["'a'", "[2, 3]", "[4, 5]"], build(|g, v| g.assign(v.a, g.read(v.b))));
    check("assign", &["'one'", "F32", "U32"], build(|g, v| g.assign(v.one, g.constant_u(1))));
    check("assign", &["'data'", "host"], build(|g, v| g.assign(v.data, g.read(v.a))));
    let twice = build(|g, v| {
        g.assign(v.a, g.read(v.a) + 1.0);
        g.assign(v.a, g.read(v.a) + 2.0);
    });
    check("assign", &["'a'", "twice"], twice);
    check("output", &["'rows'", "f32"], build(|g, v| g.output("rows", g.read(v.index))));
}

#[test]
fn batches_that_do_not_suit_the_averages_are_named() {
    let train = |shape: [usize; 2]| {
        let mut p = Program::new("wrong");
        let x = p.input("x", shape);
        let norm = BatchNorm::new(&mut p, "norm", 3);
        p.entry("run", |g| g.output("y", norm.train(g, g.read(x))))
    };
    check("batch_norm", &["[5, 4]", "[3] channels"], train([5, 4]));
    check("batch_norm", &["[1, 3]", "two elements"], train([1, 3]));
    assert_eq!(train([2, 3]), Ok(0));
}

#[test]
fn the_first_mistake_is_the_one_reported() {
    let result = build(|g, v| {
        let _ = g.read(v.a) + g.read(v.b);
        let _ = g.read(v.a).matmul(g.read(v.b));
    });
    check("add", &["[2, 3]", "[4, 5]"], result);
}

#[test]
fn right_uses_are_accepted() {
    let result = build(|g, v| {
        let y = g.read(v.batch).matmul(g.read(v.batch).permute(&[0, 2, 1])).sum_axes(&[0]);
        g.output("y", g.read(v.a).matmul_tn(y) + g.read(v.one));
        g.assign(v.a, g.read(v.data).gather(g.read(v.index)).slice(0, 2));
    });
    assert_eq!(result, Ok(0));
}
