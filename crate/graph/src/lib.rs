//! Tensor graphs for Tilde.
//!
//! A model is a [`Program`]: declared state plus several *entries*, each a graph of [`Tensor`]s.
//! [`Graph::grad`] adds the backward nodes to the same graph; [`compile()`] turns an entry into a
//! [`Plan`], a list of fused kernels over planned memory, which any [`Device`] can run.
//!
//! Nothing here knows what a device is or which models exist. The crate needs `alloc` only.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod angle;
mod compile;
mod compose;
mod conv;
mod device;
mod grad;
mod graph;
mod op;
pub mod optim;
pub mod plan;
mod program;
pub mod real;
pub mod rng;
mod shape;
mod tensor;
mod var;
pub mod wire;

pub use compile::compile;
pub use compose::BatchNorm;
pub use device::{Device, DeviceError, Task};
pub use graph::{Graph, GraphError, Node, NodeId, Tensor};
pub use op::{Binary, DType, Op, ReduceOp, Unary, VarId};
pub use plan::Plan;
pub use program::{EntryId, Program};
pub use shape::Shape;
pub use var::{Group, Holds, Init, Knob, Param, Role, Var, VarDecl};
