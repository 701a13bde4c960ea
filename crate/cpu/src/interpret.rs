//! The reference implementation: every node of a graph in `f64`, one loop each, nothing fused. Both
//! backends are tested against it.
//!
//! It shares no code with the compiler or the executor, except the random words, which are integers and
//! the same everywhere.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use tilde_graph::rng::{site_key, threefry2x32, unit};
use tilde_graph::{Binary, DType, Node, Op, Program, ReduceOp, Shape, Unary, Var};

/// A tensor's contents.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Floats.
    F(Vec<f64>),
    /// Integers.
    U(Vec<u32>),
}

impl Values {
    /// The floats; empty for integers.
    pub fn f(&self) -> &[f64] {
        match self {
            Values::F(v) => v,
            Values::U(_) => &[],
        }
    }

    /// The integers; empty for floats.
    pub fn u(&self) -> &[u32] {
        match self {
            Values::U(v) => v,
            Values::F(_) => &[],
        }
    }

    fn pick(&self, from: impl Iterator<Item = Option<usize>>) -> Values {
        match self {
            Values::F(v) => Values::F(from.map(|i| i.map_or(0.0, |i| v[i])).collect()),
            Values::U(v) => Values::U(from.map(|i| i.map_or(0, |i| v[i])).collect()),
        }
    }
}

/// Runs the entries of a program.
pub struct Interpreter {
    program: Program,
    vars: Vec<Values>,
    knobs: Vec<f64>,
    invocations: Vec<u32>,
    seed: u64,
    /// What the last run of each entry gave out.
    outputs: BTreeMap<String, Values>,
}

impl Interpreter {
    /// Variables start from the seed, as on a device; data and inputs as zeros.
    pub fn new(program: &Program, seed: u64) -> Interpreter {
        let vars = program.vars().iter().enumerate().map(|(i, v)| match v.dtype {
            DType::F32 => {
                let values = program.initial_values(tilde_graph::VarId(i as u32), seed);
                Values::F(values.into_iter().map(f64::from).collect())
            }
            DType::U32 => Values::U(vec![0; v.shape.len()]),
        });
        Interpreter {
            vars: vars.collect(),
            knobs: program.knobs().iter().map(|k| f64::from(k.1)).collect(),
            invocations: vec![0; program.entries().len()],
            program: program.clone(),
            seed,
            outputs: BTreeMap::new(),
        }
    }

    /// Replaces a variable's contents.
    pub fn write(&mut self, var: Var, values: Values) {
        self.vars[var.id().0 as usize] = values;
    }

    /// A variable's contents.
    pub fn read(&self, var: Var) -> &Values {
        &self.vars[var.id().0 as usize]
    }

    /// Sets knob `index`.
    pub fn set_knob(&mut self, index: usize, value: f64) {
        self.knobs[index] = value;
    }

    /// Sets how often an entry is taken to have run.
    pub fn set_invocation(&mut self, entry: usize, count: u32) {
        self.invocations[entry] = count;
    }

    /// What an output was when its entry last ran.
    pub fn output(&self, name: &str) -> Option<&Values> {
        self.outputs.get(name)
    }

    /// Runs an entry once: all reads see the values at its start.
    pub fn run(&mut self, entry: usize) {
        let e = &self.program.entries()[entry];
        let mut values: Vec<Values> = Vec::with_capacity(e.nodes().len());
        for node in e.nodes() {
            let value = self.eval(entry, node, &values);
            values.push(value);
        }
        for (name, node) in e.outputs() {
            self.outputs.insert(name.clone(), values[*node as usize].clone());
        }
        for (var, node) in e.assigns() {
            self.vars[var.0 as usize] = values[*node as usize].clone();
        }
        self.invocations[entry] = self.invocations[entry].wrapping_add(1);
    }

    fn eval(&self, entry: usize, node: &Node, done: &[Values]) -> Values {
        let shape = &node.shape;
        let x = |i: usize| &done[node.inputs[i] as usize];
        let in_shape = |i: usize| self.program.entries()[entry].nodes()[node.inputs[i] as usize].shape;
        match &node.op {
            Op::Const(c) => Values::F(vec![f64::from(*c); shape.len()]),
            Op::ConstU(c) => Values::U(vec![*c; shape.len()]),
            Op::Table(t) => Values::F(t.iter().map(|&v| f64::from(v)).collect()),
            Op::Knob(i) => Values::F(vec![self.knobs[*i as usize]]),
            Op::Read(var) => self.vars[var.0 as usize].clone(),
            Op::Iota(axis) => Values::U(points(shape).map(|c| c[*axis as usize] as u32).collect()),
            Op::RandomBits(site) => {
                let key = site_key(self.seed, entry as u32, *site);
                let word = |i: usize| threefry2x32(key, [(i / 2) as u32, self.invocations[entry]])[i % 2];
                Values::U((0..shape.len()).map(word).collect())
            }
            Op::Unary(op) => unary(*op, x(0)),
            Op::Binary(op) => binary(*op, x(0), x(1)),
            Op::Select => {
                let c = x(0).f();
                let choose = |i: usize| c[i] > 0.0;
                match (x(1), x(2)) {
                    (Values::F(a), Values::F(b)) => {
                        Values::F((0..c.len()).map(|i| if choose(i) { a[i] } else { b[i] }).collect())
                    }
                    (a, b) => {
                        Values::U((0..c.len()).map(|i| if choose(i) { a.u()[i] } else { b.u()[i] }).collect())
                    }
                }
            }
            Op::Reduce(op, mask) => {
                let from = in_shape(0);
                let start = if *op == ReduceOp::Sum { 0.0 } else { f64::NEG_INFINITY };
                let mut out = vec![start; shape.len()];
                for (i, c) in points(&from).enumerate() {
                    let kept: Vec<usize> =
                        (0..from.rank()).filter(|a| mask & (1 << a) == 0).map(|a| c[a]).collect();
                    let at = linear(shape, &kept);
                    let v = x(0).f()[i];
                    out[at] = if *op == ReduceOp::Sum { out[at] + v } else { maximum(out[at], v) };
                }
                Values::F(out)
            }
            Op::Matmul { ta, tb } => {
                Values::F(matmul(x(0).f(), in_shape(0), x(1).f(), in_shape(1), *ta, *tb))
            }
            Op::Conv { stride } => {
                let (from, w) = (in_shape(0), in_shape(1));
                let (image, window) = (x(0).f(), x(1).f());
                let mut out = vec![0.0; shape.len()];
                let n = shape.dim(3);
                windows(&from, &w, shape, *stride as usize, |at, tap, result| {
                    let row = out[result..][..n].iter_mut().zip(&window[tap..][..n]);
                    row.for_each(|(out, w)| *out += image[at] * w);
                });
                Values::F(out)
            }
            Op::ConvWeights { stride } => {
                let (from, dy) = (in_shape(0), in_shape(1));
                let (image, change) = (x(0).f(), x(1).f());
                let mut out = vec![0.0; shape.len()];
                let n = shape.dim(3);
                windows(&from, shape, &dy, *stride as usize, |at, tap, result| {
                    let row = out[tap..][..n].iter_mut().zip(&change[result..][..n]);
                    row.for_each(|(out, dy)| *out += image[at] * dy);
                });
                Values::F(out)
            }
            Op::Flip(mask) => x(0).pick(points(shape).map(|c| {
                let turned = |a: usize| if mask & (1 << a) != 0 { shape.dim(a) - 1 - c[a] } else { c[a] };
                let at: Vec<usize> = (0..shape.rank()).map(turned).collect();
                Some(linear(shape, &at))
            })),
            Op::Reshape | Op::Stop => x(0).clone(),
            Op::Permute(perm) => {
                let from = in_shape(0);
                x(0).pick(points(shape).map(|c| {
                    let mut at = vec![0; from.rank()];
                    (0..from.rank()).for_each(|a| at[perm[a] as usize] = c[a]);
                    Some(linear(&from, &at))
                }))
            }
            Op::Broadcast => {
                let from = in_shape(0);
                let lead = shape.rank() - from.rank();
                x(0).pick(points(shape).map(|c| {
                    let at: Vec<usize> = (0..from.rank()).map(|a| c[a + lead].min(from.dim(a) - 1)).collect();
                    Some(linear(&from, &at))
                }))
            }
            Op::Slice(starts) => {
                let from = in_shape(0);
                x(0).pick(points(shape).map(|c| {
                    let at: Vec<usize> = (0..from.rank()).map(|a| c[a] + starts[a] as usize).collect();
                    Some(linear(&from, &at))
                }))
            }
            Op::Pad(starts) => {
                let from = in_shape(0);
                x(0).pick(points(shape).map(|c| {
                    let inside =
                        |a: usize| (starts[a] as usize..starts[a] as usize + from.dim(a)).contains(&c[a]);
                    let at: Option<Vec<usize>> =
                        (0..from.rank()).map(|a| inside(a).then(|| c[a] - starts[a] as usize)).collect();
                    at.map(|at| linear(&from, &at))
                }))
            }
            Op::Concat(axis) => {
                let axis = *axis as usize;
                let parts: Vec<(Shape, &Values)> =
                    (0..node.inputs.len()).map(|i| (in_shape(i), x(i))).collect();
                let find = |mut c: [usize; 6]| {
                    let mut p = 0;
                    while c[axis] >= parts[p].0.dim(axis) {
                        c[axis] -= parts[p].0.dim(axis);
                        p += 1;
                    }
                    (p, linear(&parts[p].0, &c[..shape.rank()]))
                };
                match node.dtype {
                    DType::F32 => {
                        Values::F(points(shape).map(find).map(|(p, i)| parts[p].1.f()[i]).collect())
                    }
                    DType::U32 => {
                        Values::U(points(shape).map(find).map(|(p, i)| parts[p].1.u()[i]).collect())
                    }
                }
            }
            Op::Gather => {
                let (from, index) = (in_shape(0), x(1).u());
                x(0).pick(points(shape).map(|c| {
                    let mut at = c[..shape.rank()].to_vec();
                    at[0] = (index[c[0]] as usize).min(from.dim(0) - 1);
                    Some(linear(&from, &at))
                }))
            }
            Op::GatherBytes => {
                let (from, index) = (in_shape(0), x(1).u());
                let byte = |c: [usize; 6]| {
                    let row = (index[c[0]] as usize).min(from.dim(0) - 1);
                    let word = x(0).u()[row * from.dim(1) + c[1] / 4];
                    f64::from(word >> (8 * (c[1] % 4)) & 255)
                };
                Values::F(points(shape).map(byte).collect())
            }
        }
    }
}

/// All coordinates of a shape in row-major order.
fn points(shape: &Shape) -> impl Iterator<Item = [usize; 6]> + use<> {
    let shape = *shape;
    (0..shape.len()).map(move |mut i| {
        let mut c = [0; 6];
        for a in (0..shape.rank()).rev() {
            c[a] = i % shape.dim(a);
            i /= shape.dim(a);
        }
        c
    })
}

fn linear(shape: &Shape, at: &[usize]) -> usize {
    (0..shape.rank()).fold(0, |i, a| i * shape.dim(a) + at[a])
}

/// Calls `visit` with the linear indices of every product of a convolution, all channels of the
/// result at once: the image's element, and the first of the window's and of the result's.
fn windows(
    image: &Shape,
    window: &Shape,
    result: &Shape,
    stride: usize,
    mut visit: impl FnMut(usize, usize, usize),
) {
    let n = result.dim(3);
    for (pixel, r) in points(&result.with(3, 1)).enumerate() {
        for ky in 0..window.dim(0) {
            for kx in 0..window.dim(1) {
                let from = linear(image, &[r[0], r[1] * stride + ky, r[2] * stride + kx, 0]);
                let tap = linear(window, &[ky, kx, 0, 0]);
                for c in 0..window.dim(2) {
                    visit(from + c, tap + c * n, pixel * n);
                }
            }
        }
    }
}

fn matmul(a: &[f64], sa: Shape, b: &[f64], sb: Shape, ta: bool, tb: bool) -> Vec<f64> {
    let r = sa.rank();
    let (ra, ca) = (sa.dim(r - 2), sa.dim(r - 1));
    let (rb, cb) = (sb.dim(r - 2), sb.dim(r - 1));
    let batch = sa.len() / (ra * ca).max(1);
    let (m, k) = if ta { (ca, ra) } else { (ra, ca) };
    let n = if tb { rb } else { cb };
    let mut out = vec![0.0; batch * m * n];
    for z in 0..batch {
        for i in 0..m {
            for j in 0..n {
                let mut sum = 0.0;
                for l in 0..k {
                    let x = a[z * ra * ca + if ta { l * ca + i } else { i * ca + l }];
                    let y = b[z * rb * cb + if tb { j * cb + l } else { l * cb + j }];
                    sum += x * y;
                }
                out[(z * m + i) * n + j] = sum;
            }
        }
    }
    out
}

fn unary(op: Unary, x: &Values) -> Values {
    let f: fn(f64) -> f64 = match op {
        Unary::UnitFromBits => return Values::F(x.u().iter().map(|&w| f64::from(unit(w))).collect()),
        Unary::ToF32 => return Values::F(x.u().iter().map(|&w| f64::from(w)).collect()),
        Unary::ToU32 => return Values::U(x.f().iter().map(|&v| v as u32).collect()),
        Unary::Leaky(s) => {
            return Values::F(x.f().iter().map(|&v| if v > 0.0 { v } else { f64::from(s) * v }).collect());
        }
        Unary::LeakySlope(s) => {
            let slope = |v: f64| if v > 0.0 { 1.0 } else { f64::from(s) };
            return Values::F(x.f().iter().map(|&v| if v.is_nan() { v } else { slope(v) }).collect());
        }
        Unary::Neg => |x| -x,
        Unary::Exp => |x| libm::exp(x.clamp(-87.0, 87.0)),
        Unary::Log => libm::log,
        Unary::Sqrt => tilde_graph::real::sqrt,
        Unary::Tanh => libm::tanh,
        Unary::Sigmoid => |x| 1.0 / (1.0 + libm::exp(-x)),
        Unary::Softplus => |x| maximum(x, 0.0) + libm::log1p(libm::exp(-x.abs())),
        Unary::Abs => f64::abs,
        Unary::Sign => |x| if x.is_nan() { x } else { f64::from(x > 0.0) - f64::from(x < 0.0) },
        Unary::Floor => libm::floor,
        Unary::Sin => libm::sin,
        Unary::Cos => libm::cos,
        Unary::Probit => probit,
    };
    Values::F(x.f().iter().map(|&v| f(v)).collect())
}

/// The larger, as IEEE 754-2019 has it: NaN if either is, and −0 is smaller than +0.
fn maximum(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        return f64::NAN;
    }
    if a == b && a.is_sign_negative() || a < b { b } else { a }
}

/// Φ⁻¹ by Newton's method on Φ(z) = erfc(−z/√2)/2; NaN outside of 0 to 1.
fn probit(u: f64) -> f64 {
    if !(0.0..=1.0).contains(&u) {
        return f64::NAN;
    }
    if u == 0.0 || u == 1.0 {
        return if u == 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let mut z = 0.0;
    for _ in 0..60 {
        let density = libm::exp(-0.5 * z * z) / tilde_graph::real::sqrt(core::f64::consts::TAU);
        let step = (0.5 * libm::erfc(-z / core::f64::consts::SQRT_2) - u) / density.max(1e-300);
        // Bounded, because the tails are flat.
        z -= step.clamp(-0.5, 0.5);
    }
    z
}

fn binary(op: Binary, x: &Values, y: &Values) -> Values {
    if let (Values::U(a), Values::U(b)) = (x, y) {
        let u = |f: fn(u32, u32) -> u32| Values::U(a.iter().zip(b).map(|(a, b)| f(*a, *b)).collect());
        let f =
            |f: fn(&u32, &u32) -> bool| Values::F(a.iter().zip(b).map(|(a, b)| f64::from(f(a, b))).collect());
        return match op {
            Binary::Add => u(u32::wrapping_add),
            Binary::Sub => u(u32::wrapping_sub),
            Binary::Mul => u(u32::wrapping_mul),
            Binary::Max => u(u32::max),
            Binary::Min => u(u32::min),
            Binary::Rem => u(|a, b| a.checked_rem(b).unwrap_or(0)),
            Binary::And => u(|a, b| a & b),
            Binary::Shr => u(u32::wrapping_shr),
            Binary::Lt => f(|a, b| a < b),
            Binary::Le => f(|a, b| a <= b),
            _ => f(|a, b| a == b),
        };
    }
    let f: fn(f64, f64) -> f64 = match op {
        Binary::Add => |a, b| a + b,
        Binary::Sub => |a, b| a - b,
        Binary::Mul => |a, b| a * b,
        Binary::Div => |a, b| a / b,
        Binary::Max => maximum,
        Binary::Min => |a, b| -maximum(-a, -b),
        // For a ≥ 0, with the ends of `Exp`.
        Binary::Pow => |a, b| libm::exp((b * libm::log(a)).clamp(-87.0, 87.0)),
        Binary::Lt => |a, b| f64::from(a < b),
        Binary::Le => |a, b| f64::from(a <= b),
        _ => |a, b| f64::from(a == b),
    };
    Values::F(x.f().iter().zip(y.f()).map(|(a, b)| f(*a, *b)).collect())
}
