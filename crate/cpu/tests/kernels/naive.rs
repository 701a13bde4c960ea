//! A kernel evaluated point by point, as its documentation says.

use tilde_graph::plan::{Access, Arena, Axes, Body, Core, Factor, Instr, Kernel};
use tilde_graph::{Binary, ReduceOp, Shape, Unary};

/// The two arenas that these kernels use.
pub struct Arenas {
    data: Vec<f64>,
    pub work: Vec<f64>,
}

impl Arenas {
    pub fn new(inputs: &[f32], work: u32) -> Arenas {
        Arenas { data: inputs.iter().map(|&x| x.into()).collect(), work: vec![0.0; work as usize] }
    }

    fn word(&mut self, access: &Access, at: &[usize]) -> &mut f64 {
        let offset: i64 = at.iter().zip(access.strides).map(|(&c, s)| c as i64 * i64::from(s)).sum();
        let word = (i64::from(access.loc.offset) + offset) as usize;
        match access.loc.arena {
            Arena::Data => &mut self.data[word],
            _ => &mut self.work[word],
        }
    }

    /// One point of a body; gives its registers.
    fn point(&mut self, body: &Body, at: &[usize], results: &[f64]) -> Vec<f64> {
        let mut regs: Vec<f64> = vec![];
        for instr in &body.instrs {
            let r = |i: &u16| regs[*i as usize];
            let value = match instr {
                Instr::Const(c) => f64::from(*c),
                Instr::Load(access, guards) => {
                    let inside = |axis: u8| at[axis as usize] as u32;
                    match guards.iter().all(|g| g.lo <= inside(g.axis) && inside(g.axis) < g.hi) {
                        true => *self.word(access, at),
                        false => 0.0,
                    }
                }
                Instr::Index(axis) => at[*axis as usize] as f64,
                Instr::Result(i) => results[*i as usize],
                Instr::Unary(Unary::Exp, x) => r(x).exp(),
                Instr::Unary(Unary::Sqrt, x) => r(x).sqrt(),
                Instr::Unary(Unary::ToF32, x) => r(x),
                Instr::Binary(Binary::Add, _, x, y) => r(x) + r(y),
                Instr::Binary(Binary::Sub, _, x, y) => r(x) - r(y),
                Instr::Binary(Binary::Mul, _, x, y) => r(x) * r(y),
                Instr::Binary(Binary::Div, _, x, y) => r(x) / r(y),
                other => panic!("no kernel here has {other:?}"),
            };
            regs.push(value);
        }
        for store in &body.stores {
            *self.word(&store.access, at) = regs[store.reg as usize];
        }
        regs
    }

    pub fn run(&mut self, kernel: &Kernel) {
        for (linear, outer) in points(&kernel.domain).into_iter().enumerate() {
            let results = match &kernel.core {
                Core::Map => vec![],
                Core::Reduce { inner, passes, last } => {
                    let row: Vec<Vec<usize>> =
                        points(inner).into_iter().map(|i| [outer.clone(), i].concat()).collect();
                    let mut results = vec![];
                    for pass in passes {
                        let values =
                            row.iter().map(|at| self.point(&pass.pre, at, &results)[pass.value as usize]);
                        let result = match pass.op {
                            ReduceOp::Sum => values.sum(),
                            ReduceOp::Max => values.fold(f64::NEG_INFINITY, f64::max),
                        };
                        results.push(result);
                    }
                    row.iter().for_each(|at| drop(self.point(last, at, &results)));
                    results
                }
                Core::Matmul { m, n, k, a, b, .. } => {
                    let point = linear as u32;
                    let (batch, row, column) = (point / n / m, point / n % m, point % n);
                    let product = |k| self.factor(a, batch, row, k) * self.factor(b, batch, column, k);
                    vec![(0..*k).map(product).sum()]
                }
            };
            self.point(&kernel.body, &outer, &results);
        }
    }

    fn factor(&self, factor: &Factor, batch: u32, kept: u32, summed: u32) -> f64 {
        let offset = |axes: &Axes, at| i64::from(axes.offset(at));
        let offset =
            offset(&factor.batch, batch) + offset(&factor.kept, kept) + offset(&factor.summed, summed);
        self.data[(i64::from(factor.loc.offset) + offset) as usize]
    }
}

/// All coordinates, row-major.
fn points(shape: &Shape) -> Vec<Vec<usize>> {
    shape.dims().fold(vec![vec![]], |all, d| {
        all.iter().flat_map(|at| (0..d).map(|c| [&at[..], &[c]].concat())).collect()
    })
}
