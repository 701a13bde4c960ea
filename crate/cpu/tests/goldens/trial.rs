//! One graph, its inputs and the answers expected of it, on every backend here.

use super::file::Array;
use tilde_cpu::{Cpu, Interpreter, Values};
use tilde_graph::plan::{Arena, Loc};
use tilde_graph::{DType, Device, Graph, Group, Init, Knob, Program, Shape, Var, VarId, compile};

/// How far an element may be off, relative to the larger of 1 and itself.
#[derive(Clone, Copy)]
pub struct Tolerance {
    pub f64: f64,
    pub f32: f64,
}

/// The bound for what is computed in a few steps from numbers of moderate size: rounding alone.
pub const EXACT: Tolerance = Tolerance { f64: 2e-14, f32: 1e-6 };

enum What {
    Output(String),
    Variable(Var),
}

struct Expected {
    after: usize,
    what: What,
    values: Vec<f64>,
}

/// A program of one entry "run", and what is known about it.
pub struct Trial {
    pub program: Program,
    name: String,
    floats: Vec<(Var, Vec<f64>)>,
    words: Vec<(Var, Vec<u32>)>,
    numbers: Vec<f64>,
    expected: Vec<Expected>,
}

impl Trial {
    /// An empty one, named for messages.
    pub fn new(name: &str) -> Trial {
        Trial {
            program: Program::new(name),
            name: name.to_string(),
            floats: vec![],
            words: vec![],
            numbers: vec![],
            expected: vec![],
        }
    }

    /// A given tensor.
    pub fn input(&mut self, values: &Array) -> Var {
        let name = format!("input{}", self.floats.len());
        let var = self.program.input(&name, &values.shape[..]);
        self.floats.push((var, values.data.clone()));
        var
    }

    /// Given integers.
    pub fn words(&mut self, values: &[u32]) -> Var {
        let var = self.program.data_u("words", [values.len()]);
        self.words.push((var, values.to_vec()));
        var
    }

    /// A given number. It is a knob, so that the interpreter has all of its digits, where a constant
    /// of the graph would be rounded to `f32`.
    pub fn number(&mut self, value: f64) -> Knob {
        self.numbers.push(value);
        self.program.knob("number", value as f32)
    }

    /// A flat variable that entries may assign, starting from these values.
    pub fn state(&mut self, name: &str, start: Vec<f64>) -> Var {
        let var = self.program.state(name, [start.len()], Init::Constant(0.0));
        self.floats.push((var, start));
        var
    }

    /// A group with these parameters, in this order, starting from these values.
    pub fn group(&mut self, name: &str, weights: &[(String, Array)]) -> Group {
        let mut group = self.program.group(name);
        for (name, w) in weights {
            group.param(&mut self.program, name, &w.shape[..], Init::Constant(0.0));
        }
        let start = self.flat(&group, weights);
        self.floats.push((group.var(), start));
        group
    }

    /// A group's flat variable from the values of its parameters; zeros between them.
    pub fn flat(&self, group: &Group, weights: &[(String, Array)]) -> Vec<f64> {
        let decl = &self.program.vars()[group.var().id().0 as usize];
        let mut flat = vec![0.0; decl.shape.len()];
        assert_eq!(decl.params.len(), weights.len(), "{}: as many values as parameters", self.name);
        for p in &decl.params {
            let (_, w) = weights
                .iter()
                .find(|(name, _)| p.name == format!("{}.{name}", decl.name))
                .unwrap_or_else(|| panic!("no value for {}", p.name));
            flat[p.offset as usize..][..p.shape.len()].copy_from_slice(&w.data);
        }
        flat
    }

    /// Builds the entry.
    pub fn entry(&mut self, build: impl FnOnce(&Graph)) {
        self.program.entry("run", build).unwrap_or_else(|e| panic!("{}: {e}", self.name));
    }

    /// Expects an output to have these values, and this shape, after the first run.
    pub fn output(&mut self, name: &str, values: &Array) {
        let entry = &self.program.entries()[0];
        let node = entry.outputs().iter().find(|o| o.0 == name).expect("an output of the entry").1;
        let shape = entry.nodes()[node as usize].shape;
        assert_eq!(shape, Shape::new(&values.shape), "{}: shape of {name}", self.name);
        self.output_after(1, name, values.data.clone());
    }

    /// Expects an output to have these values after so many runs.
    pub fn output_after(&mut self, after: usize, name: &str, values: Vec<f64>) {
        self.expected.push(Expected { after, what: What::Output(name.to_string()), values });
    }

    /// Expects a variable to have these values after so many runs.
    pub fn variable_after(&mut self, after: usize, var: Var, values: Vec<f64>) {
        self.expected.push(Expected { after, what: What::Variable(var), values });
    }

    /// Runs on every backend and compares.
    pub fn check(&self, tolerance: Tolerance) {
        assert!(!self.expected.is_empty(), "{}: nothing is compared", self.name);
        let runs = self.expected.iter().map(|e| e.after).max().unwrap_or(0);
        let mut judge = Interpreter::new(&self.program, 0);
        self.floats.iter().for_each(|(var, v)| judge.write(*var, Values::F(v.clone())));
        self.words.iter().for_each(|(var, v)| judge.write(*var, Values::U(v.clone())));
        self.numbers.iter().enumerate().for_each(|(i, v)| judge.set_knob(i, *v));
        for run in 1..=runs {
            judge.run(0);
            self.compare("interpreter", run, tolerance.f64, |what| match what {
                What::Output(name) => judge.output(name).expect("given out").f().to_vec(),
                What::Variable(var) => judge.read(*var).f().to_vec(),
            });
        }
        let plan = compile(&self.program);
        let loaded = [("cpu", Cpu::load(plan.clone())), ("portable cpu", Cpu::load_portable(plan.clone()))];
        for (backend, cpu) in loaded {
            let mut cpu = cpu.expect("a small plan");
            let single = |v: &[f64]| v.iter().map(|x| *x as f32).collect::<Vec<f32>>();
            for (i, var) in plan.vars.iter().enumerate().filter(|v| v.1.loc.arena.dtype() == DType::F32) {
                let start = self.program.initial_values(VarId(i as u32), 0);
                cpu.write(var.loc.arena, var.loc.offset, &start);
            }
            for (var, values) in &self.floats {
                let loc = plan.vars[var.id().0 as usize].loc;
                cpu.write(loc.arena, loc.offset, &single(values));
            }
            for (var, values) in &self.words {
                let loc = plan.vars[var.id().0 as usize].loc;
                cpu.write_u(loc.arena, loc.offset, values);
            }
            cpu.write(plan.knobs.arena, plan.knobs.offset, &single(&self.numbers));
            for run in 1..=runs {
                cpu.run(&[(0, 1)], 1).expect("the CPU does not fail");
                self.compare(backend, run, tolerance.f32, |what| {
                    let (loc, shape) = match what {
                        What::Output(name) => {
                            let out = plan.entries[0].outputs.iter().find(|o| o.name == *name);
                            out.map(|o| (o.loc, o.shape)).expect("an output of the plan")
                        }
                        What::Variable(var) => {
                            let v = &plan.vars[var.id().0 as usize];
                            (v.loc, v.shape)
                        }
                    };
                    read(&mut cpu, loc, shape.len()).into_iter().map(f64::from).collect()
                });
            }
        }
    }

    fn compare(&self, backend: &str, run: usize, tolerance: f64, mut read: impl FnMut(&What) -> Vec<f64>) {
        for e in self.expected.iter().filter(|e| e.after == run) {
            let what = match &e.what {
                What::Output(name) => name.clone(),
                What::Variable(var) => self.program.vars()[var.id().0 as usize].name.clone(),
            };
            let got = read(&e.what);
            let place = format!("{} on the {backend}, {what} after run {run}", self.name);
            assert_eq!(got.len(), e.values.len(), "{place}: number of elements");
            let off = |i: usize| (got[i] - e.values[i]).abs() / e.values[i].abs().max(1.0);
            let worst = (0..got.len()).map(off).fold(0.0, f64::max);
            println!("{worst:.1e} of {tolerance:.1e}: {place}");
            for i in 0..got.len() {
                // Not `>`: NaN must fail.
                let fits = off(i) <= tolerance;
                assert!(
                    fits,
                    "{place}[{i}]: {} where {} was expected, off by {:.1e}",
                    got[i],
                    e.values[i],
                    off(i)
                );
            }
        }
    }
}

/// Reads floats of a device that never waits.
pub fn read(cpu: &mut Cpu, loc: Loc, len: usize) -> Vec<f32> {
    ready(cpu.read(loc.arena, loc.offset, len as u32))
}

/// Reads integers of a device that never waits.
pub fn read_u(cpu: &mut Cpu, arena: Arena, offset: u32, len: usize) -> Vec<u32> {
    ready(cpu.read_u(arena, offset, len as u32))
}

fn ready<T>(mut task: tilde_graph::Task<'_, T>) -> T {
    match task.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(value) => value.expect("the CPU does not fail"),
        std::task::Poll::Pending => panic!("the CPU never waits"),
    }
}
