//! The reference: a plan's kernels as plain loops, in `f64` between load and store.

use tilde_graph::plan::*;
use tilde_graph::{Binary, DType, Plan, ReduceOp, Shape, Unary};

/// A register's value.
#[derive(Clone, Copy, Debug)]
pub enum Value {
    F(f64),
    U(u32),
}

impl Value {
    fn f(self) -> f64 {
        match self {
            Value::F(x) => x,
            Value::U(x) => panic!("{x} is an integer"),
        }
    }

    fn u(self) -> u32 {
        match self {
            Value::U(x) => x,
            Value::F(x) => panic!("{x} is a float"),
        }
    }
}

/// All arenas: floats as `f32`, integers as `u32`.
#[derive(Clone)]
pub struct Memory {
    pub floats: [Vec<f32>; 7],
    pub integers: [Vec<u32>; 7],
}

impl Memory {
    pub fn zeros(words: [u32; 7]) -> Memory {
        let length = |i: usize, dtype| {
            if Arena::ALL[i].dtype() == dtype { words[i] as usize } else { 0 }
        };
        Memory {
            floats: std::array::from_fn(|i| vec![0.0; length(i, DType::F32)]),
            integers: std::array::from_fn(|i| vec![0; length(i, DType::U32)]),
        }
    }

    fn load(&self, arena: Arena, word: usize) -> Value {
        match arena.dtype() {
            DType::F32 => Value::F(f64::from(self.floats[arena as usize][word])),
            DType::U32 => Value::U(self.integers[arena as usize][word]),
        }
    }

    fn store(&mut self, arena: Arena, word: usize, value: Value) {
        match arena.dtype() {
            DType::F32 => self.floats[arena as usize][word] = value.f() as f32,
            DType::U32 => self.integers[arena as usize][word] = value.u(),
        }
    }

    /// Runs every kernel of the plan's first entry once.
    pub fn run(&mut self, plan: &Plan) {
        for kernel in &plan.entries[0].kernels {
            self.kernel(kernel);
        }
    }

    fn kernel(&mut self, kernel: &Kernel) {
        for (point, c) in points(&kernel.domain).enumerate() {
            let results = match &kernel.core {
                Core::Map => Vec::new(),
                Core::Reduce { inner, passes, last } => self.rows(inner, passes, last, &c, point),
                Core::Matmul { m, n, k, a, b, .. } => {
                    let [m, n] = [m, n].map(|size| *size as usize);
                    let (row, column) = (point / n % m, point % n);
                    let product = |k: usize| {
                        let item = point / n / m;
                        self.factor(a, item, row, k) * self.factor(b, item, column, k)
                    };
                    vec![Value::F((0..*k as usize).map(product).sum())]
                }
            };
            self.body(&kernel.body, &c, point, &results);
        }
    }

    /// The results of the passes over one row, after which its last body has run.
    fn rows(&mut self, inner: &Shape, passes: &[Pass], last: &Body, c: &[usize], point: usize) -> Vec<Value> {
        let mut results = Vec::new();
        let row = |i, element: Vec<usize>| ([c, &element].concat(), point * inner.len() + i);
        for Pass { op, pre, value } in passes {
            let elements = points(inner).enumerate().map(|(i, element)| {
                let (c, point) = row(i, element);
                self.body(pre, &c, point, &results)[*value as usize]
            });
            let combine = |a, b| match (op, a, b) {
                (ReduceOp::Sum, Value::F(a), Value::F(b)) => Value::F(a + b),
                (ReduceOp::Max, Value::F(a), Value::F(b)) => Value::F(a.max(b)),
                (ReduceOp::Sum, a, b) => Value::U(a.u().wrapping_add(b.u())),
                (ReduceOp::Max, a, b) => Value::U(a.u().max(b.u())),
            };
            let result = elements.reduce(combine);
            results.push(result.expect("a row has elements"));
        }
        for (i, element) in points(inner).enumerate() {
            let (c, point) = row(i, element);
            self.body(last, &c, point, &results);
        }
        results
    }

    /// The word of a factor at batch, row or column, and summed dimension.
    fn factor(&self, factor: &Factor, item: usize, kept: usize, k: usize) -> f64 {
        let steps = axes(&factor.batch, item) + axes(&factor.kept, kept) + axes(&factor.summed, k);
        let word = i64::from(factor.loc.offset) + steps;
        self.load(factor.loc.arena, usize::try_from(word).expect("a word in the arena")).f()
    }

    fn body(&mut self, body: &Body, c: &[usize], point: usize, results: &[Value]) -> Vec<Value> {
        let mut regs: Vec<Value> = Vec::new();
        for (r, instr) in body.instrs.iter().enumerate() {
            let reg = |r: &Reg| regs[*r as usize];
            let value = match instr {
                Instr::Const(x) => Value::F(f64::from(*x)),
                Instr::ConstU(x) => Value::U(*x),
                Instr::Load(access, guards) => {
                    let inside = |g: &Guard| (g.lo as usize..g.hi as usize).contains(&c[g.axis as usize]);
                    match (guards.iter().all(inside), access.loc.arena.dtype()) {
                        (true, _) => self.load(access.loc.arena, word(access, c)),
                        (false, DType::F32) => Value::F(0.0),
                        (false, DType::U32) => Value::U(0),
                    }
                }
                Instr::Gather { index, access, row_stride, rows } => {
                    let row = reg(index).u().min(rows - 1) * row_stride;
                    self.load(access.loc.arena, word(access, c) + row as usize)
                }
                Instr::GatherByte { index, access, row_stride, rows } => {
                    let row = (reg(index).u().min(rows - 1) * row_stride) as usize;
                    let byte = word(access, c) - access.loc.offset as usize;
                    let at = access.loc.offset as usize + row + byte / 4;
                    let word = self.load(access.loc.arena, at).u();
                    Value::F(f64::from(word.to_le_bytes()[byte % 4]))
                }
                Instr::Index(axis) => Value::U(c[*axis as usize] as u32),
                Instr::Random { key, counter } => {
                    let word = |loc: &Loc, i| self.load(loc.arena, loc.offset as usize + i).u();
                    let key = [word(key, 0), word(key, 1)];
                    let block = threefry(key, [point as u32 / 2, word(counter, 0)]);
                    Value::U(block[point % 2])
                }
                Instr::Result(i) => results[*i as usize],
                Instr::Unary(op, a) => unary(op, reg(a)),
                Instr::Binary(op, _, a, b) => binary(op, reg(a), reg(b)),
                Instr::Select(_, condition, a, b) => {
                    let positive = match reg(condition) {
                        Value::F(x) => x > 0.0,
                        Value::U(x) => x > 0,
                    };
                    if positive { reg(a) } else { reg(b) }
                }
            };
            assert_eq!(matches!(value, Value::F(_)), body.types[r] == DType::F32);
            regs.push(value);
        }
        for store in &body.stores {
            let at = word(&store.access, c);
            self.store(store.access.loc.arena, at, regs[store.reg as usize]);
        }
        regs
    }
}

/// The coordinates of a box, row-major.
fn points(shape: &Shape) -> impl Iterator<Item = Vec<usize>> + use<> {
    let dims: Vec<usize> = shape.dims().collect();
    (0..shape.len()).map(move |mut point| {
        let mut c = vec![0; dims.len()];
        for axis in (0..dims.len()).rev() {
            c[axis] = point % dims[axis];
            point /= dims[axis];
        }
        c
    })
}

/// Words from the first point of some axes to number `at`.
fn axes(axes: &Axes, mut at: usize) -> i64 {
    let mut words = 0;
    for (size, stride) in axes.0.iter().rev() {
        words += (at % *size as usize) as i64 * i64::from(*stride);
        at /= *size as usize;
    }
    words
}

fn word(access: &Access, c: &[usize]) -> usize {
    let steps = c.iter().zip(access.strides).map(|(c, stride)| *c as i64 * i64::from(stride));
    usize::try_from(i64::from(access.loc.offset) + steps.sum::<i64>()).expect("a word in the arena")
}

/// Threefry-2x32-20 as in the paper: rotations by a table, a key injection every four rounds.
pub fn threefry(key: [u32; 2], counter: [u32; 2]) -> [u32; 2] {
    let turns = [13, 15, 26, 6, 17, 29, 16, 24];
    let keys = [key[0], key[1], key[0] ^ key[1] ^ 0x1BD1_1BDA];
    let [mut x, mut y] = [counter[0].wrapping_add(key[0]), counter[1].wrapping_add(key[1])];
    for round in 0..20 {
        x = x.wrapping_add(y);
        y = y.rotate_left(turns[round % 8]) ^ x;
        if round % 4 == 3 {
            let i = round / 4 + 1;
            x = x.wrapping_add(keys[i % 3]);
            y = y.wrapping_add(keys[(i + 1) % 3]).wrapping_add(i as u32);
        }
    }
    [x, y]
}

fn unary(op: &Unary, a: Value) -> Value {
    let slope = |s: &f32| f64::from(*s);
    Value::F(match op {
        Unary::Neg => -a.f(),
        Unary::Exp => a.f().clamp(-87.0, 87.0).exp(),
        Unary::Log => a.f().ln(),
        Unary::Sqrt => a.f().sqrt(),
        Unary::Tanh => a.f().tanh(),
        Unary::Sigmoid => 1.0 / (1.0 + (-a.f()).exp()),
        Unary::Softplus => a.f().max(0.0) + (-a.f().abs()).exp().ln_1p(),
        Unary::Abs => a.f().abs(),
        Unary::Sign if a.f() == 0.0 => 0.0,
        Unary::Sign => a.f().signum(),
        Unary::Floor => a.f().floor(),
        Unary::Sin => a.f().sin(),
        Unary::Cos => a.f().cos(),
        Unary::Leaky(s) => {
            if a.f() > 0.0 {
                a.f()
            } else {
                slope(s) * a.f()
            }
        }
        Unary::LeakySlope(s) => {
            if a.f() > 0.0 {
                1.0
            } else {
                slope(s)
            }
        }
        Unary::Probit => quantile(a.f()),
        Unary::UnitFromBits => (f64::from(a.u() >> 9) + 0.5) / 8_388_608.0,
        Unary::ToF32 => f64::from(a.u() as f32),
        Unary::ToU32 => return Value::U(a.f() as u32),
    })
}

fn binary(op: &Binary, a: Value, b: Value) -> Value {
    let truth = |t: bool| Value::F(f64::from(u8::from(t)));
    match (op, a, b) {
        (Binary::Add, Value::F(a), Value::F(b)) => Value::F(a + b),
        (Binary::Sub, Value::F(a), Value::F(b)) => Value::F(a - b),
        (Binary::Mul, Value::F(a), Value::F(b)) => Value::F(a * b),
        (Binary::Max, Value::F(a), Value::F(b)) => Value::F(a.max(b)),
        (Binary::Min, Value::F(a), Value::F(b)) => Value::F(a.min(b)),
        (Binary::Div, a, b) => Value::F(a.f() / b.f()),
        (Binary::Pow, a, b) => Value::F(a.f().powf(b.f())),
        (Binary::Lt, Value::F(a), Value::F(b)) => truth(a < b),
        (Binary::Le, Value::F(a), Value::F(b)) => truth(a <= b),
        (Binary::Eq, Value::F(a), Value::F(b)) => truth(a == b),
        (Binary::Lt, a, b) => truth(a.u() < b.u()),
        (Binary::Le, a, b) => truth(a.u() <= b.u()),
        (Binary::Eq, a, b) => truth(a.u() == b.u()),
        (Binary::Add, a, b) => Value::U(a.u().wrapping_add(b.u())),
        (Binary::Sub, a, b) => Value::U(a.u().wrapping_sub(b.u())),
        (Binary::Mul, a, b) => Value::U(a.u().wrapping_mul(b.u())),
        (Binary::Max, a, b) => Value::U(a.u().max(b.u())),
        (Binary::Min, a, b) => Value::U(a.u().min(b.u())),
        (Binary::Rem, a, b) => Value::U(a.u() % b.u()),
        (Binary::And, a, b) => Value::U(a.u() & b.u()),
        (Binary::Shr, a, b) => Value::U(a.u() >> (b.u() & 31)),
    }
}

/// The normal quantile by bisection of its distribution function, which is integrated by
/// Simpson's rule: slow, and independent of any polynomial.
fn quantile(u: f64) -> f64 {
    if u > 0.5 {
        return -quantile(1.0 - u);
    }
    let density = |x: f64| (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt();
    let below = |x: f64| {
        let (steps, from) = (400, x - 8.0);
        let h = (x - from) / f64::from(steps);
        let weight = |i| {
            if i == 0 || i == steps { 1.0 } else { f64::from(2 + 2 * (i % 2)) }
        };
        (0..=steps).map(|i| weight(i) * density(from + h * f64::from(i))).sum::<f64>() * h / 3.0
    };
    let (mut low, mut high) = (-9.0, 0.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if below(middle) < u { low = middle } else { high = middle }
    }
    low
}

#[test]
fn threefry_gives_the_published_words() {
    assert_eq!(threefry([0; 2], [0; 2]), [0x6b20_0159, 0x99ba_4efe]);
    let ones = [u32::MAX; 2];
    assert_eq!(threefry(ones, ones), [0x1cb9_96fc, 0xbb00_2be7]);
}
