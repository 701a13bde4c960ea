//! A program: declared variables and knobs, and several entries over them.

use crate::graph::{Built, Graph, GraphError};
use crate::rng::Stream;
use crate::{DType, Shape};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Index of a variable in its program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct VarId(pub u32);

/// Index of an entry in its program.
pub type EntryId = usize;

/// A live scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Knob(pub u32);

/// A handle to a declared variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Var(VarId);

impl Var {
    /// Its index.
    pub fn id(self) -> VarId {
        self.0
    }
}

/// What a variable is for; decides where it lives and who writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// Learned, or carried from step to step: saved in checkpoints.
    State,
    /// Carried from one entry to the next while an answer is worked out, and worth nothing after it:
    /// not saved, and not set at the start.
    Scratch,
    /// A data set: written by the host when the exhibit opens, read only on the device.
    Data,
    /// An argument: written by the host before a run (`f32`).
    Input,
}

impl Role {
    /// Whether entries may assign it.
    pub fn writable(self) -> bool {
        matches!(self, Role::State | Role::Scratch)
    }
}

/// Initial values, drawn on the host.
#[derive(Clone, Debug, PartialEq)]
pub enum Init {
    /// All the same.
    Constant(f32),
    /// Uniform in ±bound.
    Uniform(f32),
    /// Normal with mean 0 and this standard deviation.
    Normal(f32),
    /// Given values.
    Values(Vec<f32>),
    /// The same as another variable's.
    Copy(VarId),
}

impl Init {
    /// Of a variable that crossed without them.
    fn none() -> Init {
        Init::Constant(0.0)
    }
}

/// A declared variable.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VarDecl {
    /// Its name, as in checkpoints: "generator", "adam.m", "chains".
    pub name: String,
    /// Element type.
    pub dtype: DType,
    /// Shape. A parameter group is one flat `[P]`.
    pub shape: Shape,
    /// What it is for.
    pub role: Role,
    /// Initial values (for a group, those of its parameters are used instead). Drawn by whoever built
    /// the program, so they do not cross to an engine; nor do the parameters.
    #[serde(skip, default = "Init::none")]
    pub init: Init,
    /// For a parameter group: names, places and initial values of the parameters.
    #[serde(skip)]
    pub params: Vec<ParamDecl>,
}

/// A named part of a parameter group.
#[derive(Clone, Debug)]
pub struct ParamDecl {
    /// Its name, as in checkpoints: "generator.w1".
    pub name: String,
    /// First element in the group's variable; a multiple of 4.
    pub offset: u32,
    /// Its shape.
    pub shape: Shape,
    /// Initial values.
    pub init: Init,
}

/// A parameter: a named, shaped part of a group's flat variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Param {
    pub(crate) group: GroupVar,
    pub(crate) offset: u32,
    pub(crate) shape: Shape,
}

impl Param {
    /// Its shape.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Its place in the group's flat variable.
    pub fn range(&self) -> core::ops::Range<usize> {
        self.offset as usize..self.offset as usize + self.shape.len()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GroupVar(VarId);

impl GroupVar {
    pub(crate) fn var(self) -> Var {
        Var(self.0)
    }
}

/// Parameters that are optimised together, in one flat variable: a whole optimiser step is one
/// elementwise kernel over it.
#[derive(Clone, Debug)]
pub struct Group {
    var: VarId,
    params: Vec<Param>,
}

impl Group {
    /// The flat variable `[P]`.
    pub fn var(&self) -> Var {
        Var(self.var)
    }

    /// The parameters, in order of declaration.
    pub fn params(&self) -> &[Param] {
        &self.params
    }

    /// Adds a parameter. The full name is `group.name`.
    pub fn param(&mut self, program: &mut Program, name: &str, shape: impl Into<Shape>, init: Init) -> Param {
        self.add(program, name, shape.into(), init)
    }

    fn add(&mut self, program: &mut Program, name: &str, shape: Shape, init: Init) -> Param {
        let decl = &mut program.vars[self.var.0 as usize];
        let offset = decl.shape.dim(0) as u32;
        // Rows of four words keep vector loads aligned.
        let padded = shape.len().div_ceil(4) * 4;
        decl.shape = Shape::new(&[offset as usize + padded]);
        decl.params.push(ParamDecl { name: format!("{}.{name}", decl.name), offset, shape, init });
        let param = Param { group: GroupVar(self.var), offset, shape };
        self.params.push(param);
        param
    }

    /// The parameter read from another flat variable of the same layout (averaged weights).
    pub fn of(&self, param: Param, flat: Var) -> Param {
        Param { group: GroupVar(flat.id()), ..param }
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
    pub fn nodes(&self) -> &[crate::graph::Node] {
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
    /// An empty program.
    pub fn new(name: &str) -> Program {
        Program { name: name.to_string(), vars: vec![], knobs: vec![], entries: vec![] }
    }

    fn declare(&mut self, name: &str, dtype: DType, shape: Shape, role: Role, init: Init) -> Var {
        let id = VarId(self.vars.len() as u32);
        self.vars.push(VarDecl { name: name.to_string(), dtype, shape, role, init, params: vec![] });
        Var(id)
    }

    /// A group of parameters; add them before building entries.
    pub fn group(&mut self, name: &str) -> Group {
        let init = Init::Constant(0.0);
        let var = self.declare(name, DType::F32, Shape::new(&[0]), Role::State, init);
        Group { var: var.id(), params: vec![] }
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
        self.declare(name, DType::F32, shape, Role::State, init)
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
        let graph = Graph::new(core::mem::take(&mut self.vars));
        build(&graph);
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
