//! What a program declares: variables, live scalars, and parameters in groups. Graphs read and assign
//! them, so they stand below both [`Graph`](crate::Graph) and [`Program`](crate::Program).

use crate::Shape;
use crate::op::{DType, VarId};
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A live scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Knob(pub u32);

/// A handle to a declared variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Var(pub(crate) VarId);

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
    /// Temporary values that one entry leaves for another, such as the chains of a sampler while it
    /// runs: not saved in checkpoints, and not initialised.
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

/// What the numbers of a variable may be, where not every number makes sense: a checkpoint is held against it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Holds {
    /// Any finite number.
    #[default]
    Any,
    /// How often something was done: whole numbers from 0 to 2²⁴, up to which floats count exactly. A count
    /// stops there.
    Count,
    /// Numbers from 0, such as means of squares.
    NotNegative,
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
    /// Whether it is a parameter group or follows one, as moments and averages do: what must stay finite
    /// for training to go on.
    pub learned: bool,
    /// Initial values (for a group, those of its parameters are used instead). Drawn by whoever built
    /// the program, so they do not cross to an engine; nor do the parameters.
    #[serde(skip, default = "Init::none")]
    pub init: Init,
    /// What its numbers may be. No engine asks for it.
    #[serde(skip)]
    pub holds: Holds,
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
pub(crate) struct GroupVar(pub(crate) VarId);

impl GroupVar {
    pub(crate) fn var(self) -> Var {
        Var(self.0)
    }
}

/// Parameters that are optimised together, in one flat variable: a whole optimiser step is one
/// elementwise kernel over it.
#[derive(Clone, Debug)]
pub struct Group {
    pub(crate) var: VarId,
    pub(crate) params: Vec<Param>,
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

    /// The parameter read from another flat variable of the same layout (averaged weights).
    pub fn of(&self, param: Param, flat: Var) -> Param {
        Param { group: GroupVar(flat.id()), ..param }
    }
}
