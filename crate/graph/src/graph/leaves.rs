//! What a graph is built from and what it leaves behind: numbers, variables, draws, tensors joined,
//! gradients of a group, assignments and outputs.

use super::{Graph, NodeId, Tensor};
use crate::Shape;
use crate::op::{DType, Op, Unary};
use crate::var::{Group, Knob, Param, Var};
use alloc::format;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

impl Graph {
    /// A number as a scalar tensor.
    pub fn constant(&self, value: f32) -> Tensor<'_> {
        self.push(Op::Const(value), &[], Shape::SCALAR, DType::F32)
    }

    /// An integer as a scalar tensor.
    pub fn constant_u(&self, value: u32) -> Tensor<'_> {
        self.push(Op::ConstU(value), &[], Shape::SCALAR, DType::U32)
    }

    /// `shape` filled with one number.
    pub fn full(&self, value: f32, shape: impl Into<Shape>) -> Tensor<'_> {
        self.push(Op::Const(value), &[], shape.into(), DType::F32)
    }

    /// Given values, row-major.
    pub fn table(&self, values: &[f32], shape: impl Into<Shape>) -> Tensor<'_> {
        let shape = shape.into();
        if values.len() != shape.len() {
            return self.fail("table", format!("{} values do not fill {shape}", values.len()));
        }
        self.push(Op::Table(values.into()), &[], shape, DType::F32)
    }

    /// The value of a live scalar: changing it recompiles nothing.
    pub fn knob(&self, knob: Knob) -> Tensor<'_> {
        self.push(Op::Knob(knob.0), &[], Shape::SCALAR, DType::F32)
    }

    /// A variable as it was when the entry started.
    pub fn read(&self, var: Var) -> Tensor<'_> {
        let decl = &self.vars[var.id().0 as usize];
        self.push(Op::Read(var.id()), &[], decl.shape, decl.dtype)
    }

    /// A parameter: a view of its group's flat variable.
    pub fn param(&self, param: Param) -> Tensor<'_> {
        let flat = self.read(param.group.var());
        flat.slice(param.offset as usize, param.shape.len()).reshape(param.shape)
    }

    /// The coordinate along `axis` of `shape`, as `u32`.
    pub fn iota(&self, shape: impl Into<Shape>, axis: usize) -> Tensor<'_> {
        let shape = shape.into();
        if axis >= shape.rank() {
            return self.fail("iota", format!("{shape} has no axis {axis}"));
        }
        self.push(Op::Iota(axis as u8), &[], shape, DType::U32)
    }

    /// Fresh random words. Every call is a draw site of its own: its ordinal within the entry is
    /// part of the key, so no optimisation ever moves a draw.
    pub fn random_bits(&self, shape: impl Into<Shape>) -> Tensor<'_> {
        let site = {
            let sites = &mut self.inner.borrow_mut().built.sites;
            *sites += 1;
            *sites - 1
        };
        self.push(Op::RandomBits(site), &[], shape.into(), DType::U32)
    }

    /// Fresh uniform numbers in (0, 1).
    pub fn uniform(&self, shape: impl Into<Shape>) -> Tensor<'_> {
        self.random_bits(shape).unary(Unary::UnitFromBits)
    }

    /// Fresh standard normal numbers: Φ⁻¹ of a uniform.
    pub fn normal(&self, shape: impl Into<Shape>) -> Tensor<'_> {
        self.uniform(shape).unary(Unary::Probit)
    }

    /// Fresh Bernoulli draws, 1 with the given probabilities, else 0; no gradient.
    pub fn bernoulli<'g>(&'g self, p: Tensor<'g>) -> Tensor<'g> {
        self.uniform(p.shape()).lt(p).stop()
    }

    /// Fresh indices, uniform in `0..n`, `u32`. The 23 random bits make the bias below n·2⁻²³.
    pub fn indices(&self, count: usize, n: usize) -> Tensor<'_> {
        let picked = (self.uniform([count]) * n as f32).unary(Unary::ToU32);
        picked.minimum(self.constant_u(n.max(1) as u32 - 1))
    }

    /// Tensors joined along an axis.
    pub fn concat<'g>(&'g self, parts: &[Tensor<'g>], axis: usize) -> Tensor<'g> {
        let Some(first) = parts.first() else {
            return self.fail("concat", "needs at least one part".to_string());
        };
        let mut size = 0;
        for part in parts {
            let (a, b) = (first.shape(), part.shape());
            let fits = a.rank() == b.rank()
                && axis < a.rank()
                && a.with(axis, 0) == b.with(axis, 0)
                && first.dtype() == part.dtype();
            if !fits {
                return self.fail("concat", format!("{a} and {b} do not join along axis {axis}"));
            }
            size += b.dim(axis);
        }
        let inputs: Vec<NodeId> = parts.iter().map(|t| t.id).collect();
        self.push(Op::Concat(axis as u8), &inputs, first.shape().with(axis, size), first.dtype())
    }

    /// The gradients of a group's parameters, flat, in the layout of the group's variable. Padding
    /// between parameters is 0.
    pub fn grad_group<'g>(&'g self, loss: Tensor<'g>, group: &Group) -> Tensor<'g> {
        let wrt: Vec<Tensor<'g>> = group.params().iter().map(|&p| self.param(p)).collect();
        self.flatten_group(group, &self.grad(loss, &wrt))
    }

    /// One tensor per parameter, in order of declaration, joined in the layout of the group's
    /// variable.
    pub fn flatten_group<'g>(&'g self, group: &Group, tensors: &[Tensor<'g>]) -> Tensor<'g> {
        if tensors.len() != group.params().len() {
            return self.fail(
                "flatten",
                format!("{} tensors for {} parameters", tensors.len(), group.params().len()),
            );
        }
        let mut parts = vec![];
        let mut at = 0;
        for (p, tensor) in group.params().iter().zip(tensors) {
            if tensor.shape() != p.shape {
                return self.fail("flatten", format!("{} does not fill {}", tensor.shape(), p.shape));
            }
            if p.offset > at {
                parts.push(self.full(0.0, [(p.offset - at) as usize]));
            }
            parts.push(tensor.reshape([p.shape.len()]));
            at = p.offset + p.shape.len() as u32;
        }
        let total = self.vars[group.var().id().0 as usize].shape.len() as u32;
        if total > at {
            parts.push(self.full(0.0, [(total - at) as usize]));
        }
        self.concat(&parts, 0)
    }

    /// Sets a variable when the entry ends. Shapes and types must agree; a variable is assigned at
    /// most once per entry.
    pub fn assign(&self, var: Var, value: Tensor<'_>) {
        let decl = &self.vars[var.id().0 as usize];
        if decl.shape != value.shape() || decl.dtype != value.dtype() {
            let message = format!(
                "'{}' is {:?} {} and cannot take {:?} {}",
                decl.name,
                decl.dtype,
                decl.shape,
                value.dtype(),
                value.shape()
            );
            self.fail("assign", message);
            return;
        }
        if !decl.role.writable() {
            self.fail("assign", format!("'{}' is written by the host only", decl.name));
            return;
        }
        if self.inner.borrow().built.assigns.iter().any(|(v, _)| *v == var.id()) {
            self.fail("assign", format!("'{}' is assigned twice in one entry", decl.name));
            return;
        }
        self.inner.borrow_mut().built.assigns.push((var.id(), value.id));
    }

    /// Gives a tensor (`f32`) out under a name for the host to read.
    pub fn output(&self, name: &str, value: Tensor<'_>) {
        if value.dtype() != DType::F32 {
            self.fail("output", format!("'{name}' must be f32"));
            return;
        }
        self.inner.borrow_mut().built.outputs.push((name.to_string(), value.id));
    }
}
