//! A program: declared variables and knobs, and several entries over them.

use crate::Shape;
use crate::graph::{Built, Graph, GraphError, Node};
use crate::op::{DType, VarId};
use crate::rng::Stream;
use crate::var::{Group, GroupVar, Holds, Init, Knob, Param, ParamDecl, Role, Var, VarDecl};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Index of an entry in its program.
pub type EntryId = usize;

impl Group {
    /// Adds a parameter. The full name is `group.name`.
    pub fn param(&mut self, program: &mut Program, name: &str, shape: impl Into<Shape>, init: Init) -> Param {
        program.param(self, name, shape.into(), init)
    }
}

/// An entry's graph.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// Its name.
    pub name: String,
    pub(crate) built: Built,
}

impl Entry {
    /// The nodes, in topological order.
    pub fn nodes(&self) -> &[Node] {
        &self.built.nodes
    }

    /// What is assigned when the entry ends.
    pub fn assigns(&self) -> &[(VarId, u32)] {
        &self.built.assigns
    }

    /// What is given out.
    pub fn outputs(&self) -> &[(String, u32)] {
        &self.built.outputs
    }
}

/// Variables, knobs and entries.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Program {
    /// Its name.
    pub name: String,
    pub(crate) vars: Vec<VarDecl>,
    pub(crate) knobs: Vec<(String, f32)>,
    pub(crate) entries: Vec<Entry>,
}

impl Program {
    /// A program of nothing, for what needs no tensors.
    pub const fn empty() -> Program {
        Program { name: String::new(), vars: vec![], knobs: vec![], entries: vec![] }
    }

    /// A program without variables, knobs and entries yet.
    pub fn new(name: &str) -> Program {
        Program { name: name.to_string(), vars: vec![], knobs: vec![], entries: vec![] }
    }

    fn declare(&mut self, name: &str, dtype: DType, shape: Shape, role: Role, init: Init) -> Var {
        let id = VarId(self.vars.len() as u32);
        self.vars.push(VarDecl {
            name: name.to_string(),
            dtype,
            shape,
            role,
            learned: false,
            init,
            holds: Holds::Any,
            params: vec![],
        });
        Var(id)
    }

    /// The same of what is learned.
    fn learn(&mut self, name: &str, shape: Shape, init: Init) -> Var {
        let var = self.declare(name, DType::F32, shape, Role::State, init);
        self.vars[var.id().0 as usize].learned = true;
        var
    }

    /// A group of parameters; add them before building entries.
    pub fn group(&mut self, name: &str) -> Group {
        let var = self.learn(name, Shape::new(&[0]), Init::Constant(0.0));
        Group { var: var.id(), params: vec![] }
    }

    fn param(&mut self, group: &mut Group, name: &str, shape: Shape, init: Init) -> Param {
        let decl = &mut self.vars[group.var.0 as usize];
        let offset = decl.shape.dim(0) as u32;
        // Rows of four words keep vector loads aligned.
        let padded = shape.len().div_ceil(4) * 4;
        decl.shape = Shape::new(&[offset as usize + padded]);
        decl.params.push(ParamDecl { name: format!("{}.{name}", decl.name), offset, shape, init });
        let param = Param { group: GroupVar(group.var), offset, shape };
        group.params.push(param);
        param
    }

    /// Float state.
    pub fn state(&mut self, name: &str, shape: impl Into<Shape>, init: Init) -> Var {
        self.declare(name, DType::F32, shape.into(), Role::State, init)
    }

    /// Float state of the same flat shape as a group: moments, averages. `copy` starts it as the
    /// parameters themselves, otherwise as zeros.
    pub fn state_like(&mut self, group: &Group, name: &str, copy: bool) -> Var {
        let shape = self.vars[group.var.0 as usize].shape;
        let init = if copy { Init::Copy(group.var) } else { Init::Constant(0.0) };
        self.learn(name, shape, init)
    }

    /// A count that begins at 0, as float state of one number.
    pub fn counter(&mut self, name: &str) -> Var {
        let counter = self.state(name, [], Init::Constant(0.0));
        self.hold(counter, Holds::Count);
        counter
    }

    /// Says what the numbers of a variable may be.
    pub fn hold(&mut self, var: Var, holds: Holds) {
        self.vars[var.0.0 as usize].holds = holds;
    }

    /// Integer state.
    pub fn state_u(&mut self, name: &str, shape: impl Into<Shape>) -> Var {
        self.declare(name, DType::U32, shape.into(), Role::State, Init::Constant(0.0))
    }

    /// Float scratch.
    pub fn scratch(&mut self, name: &str, shape: impl Into<Shape>) -> Var {
        self.declare(name, DType::F32, shape.into(), Role::Scratch, Init::Constant(0.0))
    }

    /// Integer scratch.
    pub fn scratch_u(&mut self, name: &str, shape: impl Into<Shape>) -> Var {
        self.declare(name, DType::U32, shape.into(), Role::Scratch, Init::Constant(0.0))
    }

    /// A float data set.
    pub fn data(&mut self, name: &str, shape: impl Into<Shape>) -> Var {
        self.declare(name, DType::F32, shape.into(), Role::Data, Init::Constant(0.0))
    }

    /// An integer data set (packed images, labels).
    pub fn data_u(&mut self, name: &str, shape: impl Into<Shape>) -> Var {
        self.declare(name, DType::U32, shape.into(), Role::Data, Init::Constant(0.0))
    }

    /// A float argument.
    pub fn input(&mut self, name: &str, shape: impl Into<Shape>) -> Var {
        self.declare(name, DType::F32, shape.into(), Role::Input, Init::Constant(0.0))
    }

    /// A live scalar with its default.
    pub fn knob(&mut self, name: &str, default: f32) -> Knob {
        self.knobs.push((name.to_string(), default));
        Knob(self.knobs.len() as u32 - 1)
    }

    /// Builds an entry.
    ///
    /// # Errors
    /// The first mistake made in `build`.
    pub fn entry(&mut self, name: &str, build: impl FnOnce(&Graph)) -> Result<EntryId, GraphError> {
        let graph = self.begin();
        build(&graph);
        self.end(name, graph)
    }

    // Apart from `entry`, of which a module has a copy for each of its entries.
    fn begin(&mut self) -> Graph {
        Graph::new(core::mem::take(&mut self.vars))
    }

    fn end(&mut self, name: &str, graph: Graph) -> Result<EntryId, GraphError> {
        let (vars, built) = graph.finish();
        self.vars = vars;
        self.entries.push(Entry { name: name.to_string(), built: built? });
        Ok(self.entries.len() - 1)
    }

    /// The variables, in order of declaration.
    pub fn vars(&self) -> &[VarDecl] {
        &self.vars
    }

    /// The knobs' names and defaults.
    pub fn knobs(&self) -> &[(String, f32)] {
        &self.knobs
    }

    /// The entries, in order of declaration.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Initial values of a float variable, drawn from the seed.
    pub fn initial_values(&self, var: VarId, seed: u64) -> Vec<f32> {
        let decl = &self.vars[var.0 as usize];
        if let Init::Copy(of) = decl.init {
            return self.initial_values(of, seed);
        }
        let mut out = vec![0.0; decl.shape.len()];
        if decl.params.is_empty() {
            fill(&mut out, &decl.init, &mut Stream::new(seed, var.0 << 16));
        }
        for (i, p) in decl.params.iter().enumerate() {
            let part = &mut out[p.offset as usize..][..p.shape.len()];
            fill(part, &p.init, &mut Stream::new(seed, var.0 << 16 | (i as u32 + 1)));
        }
        out
    }
}

fn fill(out: &mut [f32], init: &Init, stream: &mut Stream) {
    match init {
        Init::Constant(c) => out.fill(*c),
        Init::Uniform(bound) => out.iter_mut().for_each(|x| *x = bound * (2.0 * stream.uniform() - 1.0)),
        Init::Normal(sd) => out.iter_mut().for_each(|x| *x = sd * stream.normal()),
        Init::Values(values) => out.copy_from_slice(values),
        // Resolved by the caller.
        Init::Copy(_) => {}
    }
}
