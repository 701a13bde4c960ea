//! NaN, ±∞ and ±0 through every kernel: one program, and what the interpreter makes of it.

use tilde_cpu::{Interpreter, Values};
use tilde_graph::{Binary, Graph, Program, Tensor, Unary, Var};

/// Numbers that kernels treat in a way of their own, among others that they do not.
const NUMBERS: [f32; 9] = [f32::NAN, f32::NEG_INFINITY, f32::INFINITY, -0.0, 0.0, 0.3, -1.5, 2.5, -2.5];
/// All pairs of them.
const PAIRS: usize = NUMBERS.len() * NUMBERS.len();

const UNARY: [(&str, Unary); 17] = [
    ("neg", Unary::Neg),
    ("exp", Unary::Exp),
    ("log", Unary::Log),
    ("sqrt", Unary::Sqrt),
    ("tanh", Unary::Tanh),
    ("sigmoid", Unary::Sigmoid),
    ("softplus", Unary::Softplus),
    ("abs", Unary::Abs),
    ("sign", Unary::Sign),
    ("floor", Unary::Floor),
    ("sin", Unary::Sin),
    ("cos", Unary::Cos),
    ("relu", Unary::Leaky(0.0)),
    ("leaky", Unary::Leaky(0.2)),
    ("relu_slope", Unary::LeakySlope(0.0)),
    ("leaky_slope", Unary::LeakySlope(0.2)),
    ("probit", Unary::Probit),
];

const BINARY: [(&str, Binary); 10] = [
    ("add", Binary::Add),
    ("sub", Binary::Sub),
    ("mul", Binary::Mul),
    ("div", Binary::Div),
    ("max", Binary::Max),
    ("min", Binary::Min),
    ("pow", Binary::Pow),
    ("lt", Binary::Lt),
    ("le", Binary::Le),
    ("eq", Binary::Eq),
];

/// Rows and columns of the matrices: more than a group, and no multiple of the lanes.
const SIZE: usize = 37;

/// A program of one entry, and what its variables hold.
pub struct Special {
    pub program: Program,
    pub inputs: Vec<(Var, Vec<f32>)>,
    pub outputs: Vec<String>,
}

/// Every op of every kind of kernel.
pub fn special() -> Special {
    let mut p = Program::new("special");
    let (x, y) = (p.data("x", [PAIRS]), p.data("y", [PAIRS]));
    let singles: Vec<Var> = (0..NUMBERS.len()).map(|i| p.data(&format!("single{i}"), [])).collect();
    let matrix = p.data("matrix", [SIZE, SIZE]);
    let narrow = p.data("narrow", [SIZE, 3]);
    let image = p.data("image", [1, 6, 6, 2]);
    let window = p.data("window", [3, 3, 2, 2]);
    let mut outputs = Vec::new();
    p.entry("run", |g| {
        let mut give = |name: String, value: Tensor| {
            g.output(&name, value);
            outputs.push(name);
        };
        let (x, y) = (g.read(x), g.read(y));
        for (name, op) in UNARY {
            give(name.into(), x.unary(op));
        }
        for (name, op) in BINARY {
            give(name.into(), x.binary(op, y));
            for (i, &single) in singles.iter().enumerate() {
                let single = g.read(single).broadcast([PAIRS]);
                give(format!("{name} a number {i}"), x.binary(op, single));
                give(format!("a number {i} {name}"), single.binary(op, x));
            }
        }
        give("select".into(), x.select(y, x + 1.0));
        give("clamp".into(), x.clamp(-1.0, 1.0));
        of_matrices(g, [g.read(matrix), g.read(narrow)], &mut give);
        give("convolution".into(), g.read(image).conv(g.read(window), 1, 1));
    })
    .expect("the shapes fit");
    let pair = |i: usize| [NUMBERS[i / NUMBERS.len()], NUMBERS[i % NUMBERS.len()]];
    let mut inputs = vec![
        (x, (0..PAIRS).map(|i| pair(i)[0]).collect()),
        (y, (0..PAIRS).map(|i| pair(i)[1]).collect::<Vec<f32>>()),
    ];
    inputs.extend(singles.into_iter().zip(NUMBERS.map(|x| vec![x])));
    // One number of its own in some rows, at places that fall into groups and behind them.
    let mut values = plain(SIZE * SIZE);
    for (row, number) in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY].into_iter().enumerate() {
        values[SIZE * (3 * row) + 2] = number;
        values[SIZE * (3 * row + 1) + SIZE - 1] = number;
        values[SIZE * (3 * row + 2) + 17] = number;
    }
    values[SIZE * 20..SIZE * 21].fill(f32::NEG_INFINITY);
    inputs.push((matrix, values));
    inputs.push((narrow, plain(SIZE * 3)));
    let mut values = plain(72);
    values[31] = f32::NAN;
    inputs.push((image, values));
    inputs.push((window, plain(36)));
    Special { program: p, inputs, outputs }
}

/// Numbers without zeros, of both signs.
fn plain(len: usize) -> Vec<f32> {
    (0..len).map(|i| (i * 7 % 11) as f32 / 4.0 - 1.3).collect()
}

fn of_matrices<'g>(_: &'g Graph, [m, n]: [Tensor<'g>; 2], give: &mut impl FnMut(String, Tensor<'g>)) {
    for axis in [0, 1] {
        give(format!("sum over {axis}"), m.sum_axes(&[axis]));
        give(format!("maximum over {axis}"), m.max_axes(&[axis]));
        give(format!("softmax over {axis}"), m.softmax(axis));
    }
    give("maximum of all".into(), m.max_axes(&[0, 1]));
    give("product".into(), m.matmul(m));
    give("product with a transposed one".into(), m.matmul(m.permute(&[1, 0])));
    give("narrow product".into(), m.matmul(n));
}

impl Special {
    /// What the interpreter makes of it: each output's name and numbers.
    pub fn judged(&self) -> Vec<(String, Vec<f64>)> {
        let mut judge = Interpreter::new(&self.program, 1);
        for (var, values) in &self.inputs {
            judge.write(*var, Values::F(values.iter().map(|&v| f64::from(v)).collect()));
        }
        judge.run(0);
        let given = |name: &String| judge.output(name).expect("it is an output").f().to_vec();
        self.outputs.iter().map(|name| (name.clone(), given(name))).collect()
    }
}

/// Fails unless the numbers are the same: NaN where NaN is expected, the same infinity, the same zero.
pub fn same(what: &str, got: &[f32], expected: &[f64]) {
    assert_eq!(got.len(), expected.len(), "{what}");
    for (i, (&a, &b)) in got.iter().zip(expected).enumerate() {
        let alike = match b {
            b if b.is_nan() => a.is_nan(),
            b if b.is_infinite() => f64::from(a) == b,
            _ => (f64::from(a) - b).abs() <= 2e-6 * b.abs().max(1.0),
        };
        assert!(alike, "{what}[{i}] is {a}, not {b}");
    }
}
