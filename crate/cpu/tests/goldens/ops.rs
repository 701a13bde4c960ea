//! Every differentiable op, and some that are composed of them: values, and the gradients of
//! Σ y·cotangent.

use super::Tested;
use super::file::{Array, Record, array, number, whole};
use super::trial::{EXACT, Tolerance, Trial};
use tilde_graph::{Binary, Graph, Knob, Tensor, Unary, Var};

/// Arguments of a builder besides its operands.
pub struct Given<'r> {
    pub record: &'r Record,
    /// Integers of the record: rows to gather, classes.
    pub words: Option<Var>,
    /// Numbers of the record, with all their digits.
    pub numbers: &'r [Knob],
}

impl Given<'_> {
    /// A list of whole numbers of the record.
    pub fn list(&self, name: &str) -> Vec<usize> {
        whole(&self.record.given[name]).into_iter().map(|x| x as usize).collect()
    }

    /// A whole number of the record.
    pub fn count(&self, name: &str) -> usize {
        number(&self.record.given[name]) as usize
    }

    fn slope(&self) -> f32 {
        number(&self.record.given["slope"]) as f32
    }

    fn flag(&self, name: &str) -> bool {
        self.record.given[name].as_bool().expect("a flag")
    }

    /// The record's integers, in the graph.
    pub fn index<'g>(&self, g: &'g Graph) -> Tensor<'g> {
        g.read(self.words.expect("integers"))
    }
}

/// Builds an op from its operands.
pub type Build = for<'g> fn(&'g Graph, &[Tensor<'g>], &Given) -> Tensor<'g>;

/// Compares an op's value and gradients with a record. `numbers` are constants that must not be
/// rounded, `words` integers.
pub fn check_op(r: &Record, words: &[u32], numbers: &[f64], tolerance: Tolerance, build: Build) {
    let mut t = Trial::new(&r.id);
    let args: Vec<Var> = r.args().iter().map(|a| t.input(a)).collect();
    let cotangent = r.given.get("cotangent").map(|c| t.input(&array(c)));
    let numbers: Vec<Knob> = numbers.iter().map(|n| t.number(*n)).collect();
    let words = (!words.is_empty()).then(|| t.words(words));
    t.entry(|g| {
        let x: Vec<Tensor> = args.iter().map(|a| g.read(*a)).collect();
        let y = build(g, &x, &Given { record: r, words, numbers: &numbers });
        g.output("y", y);
        if let Some(c) = cotangent {
            for (i, grad) in g.grad((y * g.read(c)).sum(), &x).into_iter().enumerate() {
                g.output(&format!("gradient {i}"), grad);
            }
        }
    });
    t.output("y", &array(&r.out["y"]));
    let grads: Vec<Array> = r.grads();
    assert_eq!(grads.len(), if cotangent.is_some() { args.len() } else { 0 }, "{}: gradients", r.id);
    grads.iter().enumerate().for_each(|(i, grad)| t.output(&format!("gradient {i}"), grad));
    t.check(tolerance);
}

fn unary(r: &Record) {
    let tolerance = match r.name() {
        // dΦ⁻¹/du = √2π·e^(y²/2): the graph's √2π is an f32, 1.1e-10 from the number, and the error
        // of y is multiplied by y = 4.8 at u = 1e-6.
        "unary.probit" => Tolerance { f64: 2e-10, f32: 5e-6 },
        _ => EXACT,
    };
    check_op(r, &[], &[], tolerance, |_, x, given| {
        x[0].unary(match given.record.name() {
            "unary.neg" => Unary::Neg,
            "unary.exp" => Unary::Exp,
            "unary.log" => Unary::Log,
            "unary.sqrt" => Unary::Sqrt,
            "unary.tanh" => Unary::Tanh,
            "unary.sigmoid" => Unary::Sigmoid,
            "unary.softplus" => Unary::Softplus,
            "unary.abs" => Unary::Abs,
            "unary.sign" => Unary::Sign,
            "unary.floor" => Unary::Floor,
            "unary.sin" => Unary::Sin,
            "unary.cos" => Unary::Cos,
            "unary.leaky" | "unary.relu" => Unary::Leaky(given.slope()),
            "unary.leaky_slope" => Unary::LeakySlope(given.slope()),
            "unary.probit" => Unary::Probit,
            other => panic!("no unary op {other}"),
        })
    });
}

fn binary(r: &Record) {
    check_op(r, &[], &[], EXACT, |_, x, given| {
        let op = match given.record.name() {
            "binary.add" => Binary::Add,
            "binary.sub" => Binary::Sub,
            "binary.mul" => Binary::Mul,
            "binary.div" => Binary::Div,
            "binary.max2" => Binary::Max,
            "binary.min2" => Binary::Min,
            "binary.pow" => Binary::Pow,
            "binary.lt" => Binary::Lt,
            "binary.le" => Binary::Le,
            "binary.eq" => Binary::Eq,
            other => panic!("no binary op {other}"),
        };
        x[0].binary(op, x[1])
    });
}

fn reduce(r: &Record) {
    check_op(r, &[], &[], EXACT, |_, x, given| {
        let axes = given.list("axes");
        if given.record.name().starts_with("reduce.sum") {
            x[0].sum_axes(&axes)
        } else {
            x[0].max_axes(&axes)
        }
    });
}

fn matmul(r: &Record) {
    // Up to 33 products are summed, in another order than PyTorch's.
    check_op(r, &[], &[], Tolerance { f32: 2e-6, ..EXACT }, |_, x, given| {
        match (given.flag("ta"), given.flag("tb")) {
            (false, false) => x[0].matmul(x[1]),
            (true, false) => x[0].matmul_tn(x[1]),
            (false, true) => x[0].matmul_nt(x[1]),
            // There is no method for both; a permutation is a view of the left operand.
            (true, true) => {
                let rank = x[0].shape().rank();
                let mut axes: Vec<usize> = (0..rank).collect();
                axes.swap(rank - 2, rank - 1);
                x[0].permute(&axes).matmul_nt(x[1])
            }
        }
    });
}

fn layout(r: &Record) {
    let rows = r.given.get("rows").map_or(vec![], whole);
    check_op(r, &rows, &[], EXACT, |g, x, given| match given.record.name() {
        "layout.broadcast.columns" => x[0] + x[1],
        "layout.broadcast.rows" | "layout.broadcast.batch" => x[0] * x[1],
        "layout.permute" => x[0].permute(&given.list("perm")),
        "layout.reshape" => x[0].reshape(&given.list("shape")[..]),
        "layout.slice" => {
            let (starts, sizes) = (given.list("starts"), given.list("sizes"));
            (0..3).fold(x[0], |t, a| t.slice_axis(a, starts[a], sizes[a]))
        }
        "layout.pad" => {
            let (before, shape) = (given.list("before"), given.list("shape"));
            (0..2).fold(x[0], |t, a| t.pad(a, before[a], shape[a] - before[a] - t.shape().dim(a)))
        }
        "layout.concat" => g.concat(x, number(&given.record.given["axis"]) as usize),
        "layout.gather" => x[0].gather(given.index(g)),
        other => panic!("no layout op {other}"),
    });
}

fn composed(r: &Record) {
    let classes = r.given.get("classes").map_or(vec![], whole);
    let tolerance = match r.name() {
        // The logits are scaled by 30, and with them the rounding.
        "composed.logsumexp" => Tolerance { f32: 5e-6, ..EXACT },
        _ => EXACT,
    };
    check_op(r, &classes, &[], tolerance, |g, x, given| match given.record.name() {
        "composed.bce_with_logits" | "composed.bce_with_logits.extreme" => x[0].bce_with_logits(x[1]),
        "composed.log_softmax" => x[0].log_softmax(1),
        "composed.softmax" => x[0].softmax(1),
        "composed.logsumexp" => (x[0] * 30.0).log_sum_exp(1),
        "composed.cross_entropy" => x[0].cross_entropy(given.index(g)).sum() / x[0].shape().dim(0) as f32,
        "composed.linear_leaky" => (x[0].matmul(x[1]) + x[2]).leaky_relu(given.slope()),
        "composed.variance" => {
            let mean = x[0].sum_keep(&[1]) / x[0].shape().dim(1) as f32;
            (x[0] - mean).square().sum_axes(&[1]) / x[0].shape().dim(1) as f32
        }
        other => panic!("{other} is not composed here"),
    });
}

fn select(r: &Record) {
    check_op(r, &[], &[], EXACT, |_, x, _| x[0].select(x[1], x[2]));
}

/// The records of `torch.json` that hold one op.
pub const TESTED: &[Tested] = &[
    ("unary.", unary),
    ("binary.", binary),
    ("select", select),
    ("reduce.", reduce),
    ("matmul.", matmul),
    ("layout.", layout),
    ("composed.", composed),
];

#[test]
fn ops_agree_with_pytorch() {
    super::run("torch", TESTED);
}
