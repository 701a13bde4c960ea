//! The operations of tensors, as methods and operators: a model reads like its equations.

use crate::Shape;
use crate::graph::Tensor;
use crate::op::{Binary, DType, Op, ReduceOp, Unary};
use alloc::format;
use core::ops;

impl<'g> Tensor<'g> {
    /// An elementwise function.
    pub fn unary(self, op: Unary) -> Tensor<'g> {
        let wants = match op {
            Unary::UnitFromBits | Unary::ToF32 => DType::U32,
            _ => DType::F32,
        };
        if self.dtype() != wants {
            return self.graph.fail(op.name(), format!("takes {wants:?}, not {:?}", self.dtype()));
        }
        let dtype = if op == Unary::ToU32 { DType::U32 } else { DType::F32 };
        self.graph.push(Op::Unary(op), &[self.id], self.shape(), dtype)
    }

    /// An elementwise function of two tensors, broadcast to one shape.
    pub fn binary(self, op: Binary, other: Tensor<'g>) -> Tensor<'g> {
        let (a, b) = (self.shape(), other.shape());
        let Some(shape) = a.broadcast(&b) else {
            return self.graph.fail(op.name(), format!("{a} and {b} do not broadcast"));
        };
        let dtype = if self.dtype() == other.dtype() { op.dtype(self.dtype()) } else { None };
        let Some(dtype) = dtype else {
            return self
                .graph
                .fail(op.name(), format!("does not take {:?} and {:?}", self.dtype(), other.dtype()));
        };
        let (x, y) = (self.broadcast(shape), other.broadcast(shape));
        self.graph.push(Op::Binary(op), &[x.id, y.id], shape, dtype)
    }

    /// Repeats sizes of 1, and missing leading axes, to `shape`.
    pub fn broadcast(self, shape: impl Into<Shape>) -> Tensor<'g> {
        self.broadcast_to(shape.into())
    }

    fn broadcast_to(self, to: Shape) -> Tensor<'g> {
        let from = self.shape();
        if from.broadcast(&to) != Some(to) {
            return self.graph.fail("broadcast", format!("{from} does not broadcast to {to}"));
        }
        self.graph.push(Op::Broadcast, &[self.id], to, self.dtype())
    }

    /// The same elements in row-major order under another shape.
    pub fn reshape(self, shape: impl Into<Shape>) -> Tensor<'g> {
        self.reshape_to(shape.into())
    }

    fn reshape_to(self, to: Shape) -> Tensor<'g> {
        let from = self.shape();
        if from.len() != to.len() {
            return self
                .graph
                .fail("reshape", format!("{from} has {} elements and {to} {}", from.len(), to.len()));
        }
        self.graph.push(Op::Reshape, &[self.id], to, self.dtype())
    }

    /// Reorders axes: output axis `i` is input axis `axes[i]`.
    pub fn permute(self, axes: &[usize]) -> Tensor<'g> {
        let from = self.shape();
        let mut seen = 0u32;
        axes.iter().for_each(|&a| seen |= 1u32.checked_shl(a as u32).unwrap_or(0));
        if axes.len() != from.rank() || seen != (1 << from.rank()) - 1 {
            return self.graph.fail("permute", format!("{axes:?} is no order of the axes of {from}"));
        }
        let mut shape = Shape::SCALAR;
        let mut perm = [0; 6];
        for (i, &a) in axes.iter().enumerate() {
            shape.push(from.dim(a));
            perm[i] = a as u8;
        }
        self.graph.push(Op::Permute(perm), &[self.id], shape, self.dtype())
    }

    /// Elements `start .. start + len` along an axis.
    pub fn slice_axis(self, axis: usize, start: usize, len: usize) -> Tensor<'g> {
        let from = self.shape();
        if axis >= from.rank() || start + len > from.dim(axis) {
            let range = format!("{start}..{}", start + len);
            return self.graph.fail("slice", format!("{range} is outside axis {axis} of {from}"));
        }
        let mut starts = [0; 6];
        starts[axis] = start as u32;
        self.graph.push(Op::Slice(starts), &[self.id], from.with(axis, len), self.dtype())
    }

    /// Elements `start .. start + len` along the first axis.
    pub fn slice(self, start: usize, len: usize) -> Tensor<'g>
    where
        Self: Sized,
    {
        self.slice_axis(0, start, len)
    }

    /// Zeros before and after along an axis.
    pub fn pad(self, axis: usize, before: usize, after: usize) -> Tensor<'g> {
        let from = self.shape();
        if axis >= from.rank() {
            return self.graph.fail("pad", format!("{from} has no axis {axis}"));
        }
        let mut starts = [0; 6];
        starts[axis] = before as u32;
        let to = from.with(axis, before + from.dim(axis) + after);
        self.graph.push(Op::Pad(starts), &[self.id], to, self.dtype())
    }

    fn reduce(self, op: ReduceOp, axes: &[usize], keep: bool) -> Tensor<'g> {
        let from = self.shape();
        let name = Op::Reduce(op, 0).name();
        if let Some(a) = axes.iter().find(|&&a| a >= from.rank()) {
            return self.graph.fail(name, format!("{from} has no axis {a}"));
        }
        if self.dtype() != DType::F32 {
            return self.graph.fail(name, format!("takes F32, not {:?}", self.dtype()));
        }
        let mask = axes.iter().fold(0u8, |m, &a| m | 1 << a);
        let gone = |a: usize| mask & (1 << a) != 0;
        let small = from.without(gone);
        let out = if (0..from.rank()).all(|a| !gone(a) || from.dim(a) == 1) {
            self.reshape(small)
        } else {
            self.graph.push(Op::Reduce(op, mask), &[self.id], small, DType::F32)
        };
        if keep {
            let mut kept = from;
            axes.iter().for_each(|&a| kept = kept.with(a, 1));
            return out.reshape(kept);
        }
        out
    }

    /// The sum over some axes, which vanish.
    pub fn sum_axes(self, axes: &[usize]) -> Tensor<'g> {
        self.reduce(ReduceOp::Sum, axes, false)
    }

    /// The sum over some axes, kept with size 1.
    pub fn sum_keep(self, axes: &[usize]) -> Tensor<'g> {
        self.reduce(ReduceOp::Sum, axes, true)
    }

    /// The sum of all elements.
    pub fn sum(self) -> Tensor<'g> {
        self.sum_axes(&[0, 1, 2, 3, 4, 5][..self.shape().rank()])
    }

    /// The mean of all elements.
    pub fn mean(self) -> Tensor<'g> {
        self.sum() * (1.0 / self.shape().len() as f32)
    }

    /// The mean over some axes, which vanish.
    pub fn mean_axes(self, axes: &[usize]) -> Tensor<'g> {
        let sum = self.sum_axes(axes);
        let count = self.shape().len() / sum.shape().len().max(1);
        sum * (1.0 / count as f32)
    }

    /// The maximum over some axes, which vanish.
    pub fn max_axes(self, axes: &[usize]) -> Tensor<'g> {
        self.reduce(ReduceOp::Max, axes, false)
    }

    /// The maximum over some axes, kept with size 1.
    pub fn max_keep(self, axes: &[usize]) -> Tensor<'g> {
        self.reduce(ReduceOp::Max, axes, true)
    }

    /// log Σ exp over one axis, which vanishes; the maximum is taken out first.
    pub fn log_sum_exp(self, axis: usize) -> Tensor<'g> {
        let top = self.max_keep(&[axis]).stop();
        let sum = (self - top).exp().sum_keep(&[axis]);
        (sum.ln() + top).reshape(self.shape().without(|a| a == axis))
    }

    /// The matrix product `self · other` over the last two axes; leading axes are a batch and must
    /// be equal.
    pub fn matmul(self, other: Tensor<'g>) -> Tensor<'g> {
        self.matmul_flags(other, false, false)
    }

    /// `selfᵀ · other`.
    pub fn matmul_tn(self, other: Tensor<'g>) -> Tensor<'g> {
        self.matmul_flags(other, true, false)
    }

    /// `self · otherᵀ`.
    pub fn matmul_nt(self, other: Tensor<'g>) -> Tensor<'g> {
        self.matmul_flags(other, false, true)
    }

    pub(crate) fn matmul_flags(self, other: Tensor<'g>, ta: bool, tb: bool) -> Tensor<'g> {
        let (a, b) = (self.shape(), other.shape());
        let rank = a.rank();
        let batch = |s: &Shape| s.without(|axis| axis + 2 >= rank);
        let fits = rank >= 2 && b.rank() == rank && batch(&a) == batch(&b);
        let (m, k) =
            if fits { (a.dim(rank - 2 + ta as usize), a.dim(rank - 1 - ta as usize)) } else { (0, 0) };
        let (k2, n) =
            if fits { (b.dim(rank - 2 + tb as usize), b.dim(rank - 1 - tb as usize)) } else { (0, 1) };
        if !fits || k != k2 || self.dtype() != DType::F32 || other.dtype() != DType::F32 {
            let t = |s: &Shape, t: bool| format!("{s}{}", if t { "ᵀ" } else { "" });
            return self.graph.fail("matmul", format!("{} and {} do not multiply", t(&a, ta), t(&b, tb)));
        }
        let mut shape = batch(&a);
        shape.push(m);
        shape.push(n);
        self.graph.push(Op::Matmul { ta, tb }, &[self.id, other.id], shape, DType::F32)
    }

    /// Rows picked by `u32` indices `[B]`: `[N, ..] → [B, ..]`. An index past the end takes the
    /// last row.
    pub fn gather(self, index: Tensor<'g>) -> Tensor<'g> {
        let (table, rows) = (self.shape(), index.shape());
        if table.rank() == 0 || rows.rank() != 1 || index.dtype() != DType::U32 {
            return self
                .graph
                .fail("gather", format!("{table} cannot be indexed by {:?} {rows}", index.dtype()));
        }
        self.graph.push(Op::Gather, &[self.id, index.id], table.with(0, rows.len()), self.dtype())
    }

    /// Rows of packed bytes picked by `u32` indices `[B]`: `u32 [N, W] → f32 [B, columns]`, 0..=255.
    pub fn gather_bytes(self, index: Tensor<'g>, columns: usize) -> Tensor<'g> {
        let (table, rows) = (self.shape(), index.shape());
        let fits = table.rank() == 2 && rows.rank() == 1 && columns <= 4 * table.dim(table.rank() - 1);
        if !fits || self.dtype() != DType::U32 || index.dtype() != DType::U32 {
            return self
                .graph
                .fail("gather_bytes", format!("{table} does not hold {columns} bytes a row for {rows}"));
        }
        let shape = Shape::new(&[rows.len(), columns]);
        self.graph.push(Op::GatherBytes, &[self.id, index.id], shape, DType::F32)
    }

    /// `self > 0 ? a : b`, broadcast.
    pub fn select(self, a: Tensor<'g>, b: Tensor<'g>) -> Tensor<'g> {
        let shape = self.shape().broadcast(&a.shape()).and_then(|s| s.broadcast(&b.shape()));
        let Some(shape) = shape else {
            let message = format!("{}, {} and {} do not broadcast", self.shape(), a.shape(), b.shape());
            return self.graph.fail("select", message);
        };
        if self.dtype() != DType::F32 || a.dtype() != b.dtype() {
            return self.graph.fail(
                "select",
                format!("does not take {:?} ? {:?} : {:?}", self.dtype(), a.dtype(), b.dtype()),
            );
        }
        let ids = [self.broadcast(shape).id, a.broadcast(shape).id, b.broadcast(shape).id];
        self.graph.push(Op::Select, &ids, shape, a.dtype())
    }

    /// The tensor itself, with no gradient through it.
    pub fn stop(self) -> Tensor<'g> {
        self.graph.push(Op::Stop, &[self.id], self.shape(), self.dtype())
    }

    /// eˣ.
    pub fn exp(self) -> Tensor<'g> {
        self.unary(Unary::Exp)
    }

    /// Natural logarithm.
    pub fn ln(self) -> Tensor<'g> {
        self.unary(Unary::Log)
    }

    /// √x.
    pub fn sqrt(self) -> Tensor<'g> {
        self.unary(Unary::Sqrt)
    }

    /// x².
    pub fn square(self) -> Tensor<'g> {
        self * self
    }

    /// tanh x.
    pub fn tanh(self) -> Tensor<'g> {
        self.unary(Unary::Tanh)
    }

    /// The logistic function.
    pub fn sigmoid(self) -> Tensor<'g> {
        self.unary(Unary::Sigmoid)
    }

    /// log(1 + eˣ).
    pub fn softplus(self) -> Tensor<'g> {
        self.unary(Unary::Softplus)
    }

    /// max(x, 0).
    pub fn relu(self) -> Tensor<'g> {
        self.unary(Unary::Leaky(0.0))
    }

    /// x where positive, else slope·x.
    pub fn leaky_relu(self, slope: f32) -> Tensor<'g> {
        self.unary(Unary::Leaky(slope))
    }

    /// x · σ(x).
    pub fn silu(self) -> Tensor<'g> {
        self * self.sigmoid()
    }

    /// |x|.
    pub fn abs(self) -> Tensor<'g> {
        self.unary(Unary::Abs)
    }

    /// sin x.
    pub fn sin(self) -> Tensor<'g> {
        self.unary(Unary::Sin)
    }

    /// cos x.
    pub fn cos(self) -> Tensor<'g> {
        self.unary(Unary::Cos)
    }

    /// `u32 → f32`.
    pub fn to_f32(self) -> Tensor<'g> {
        self.unary(Unary::ToF32)
    }

    /// The larger of the two.
    pub fn maximum(self, other: Tensor<'g>) -> Tensor<'g> {
        self.binary(Binary::Max, other)
    }

    /// The smaller of the two.
    pub fn minimum(self, other: Tensor<'g>) -> Tensor<'g> {
        self.binary(Binary::Min, other)
    }

    /// Clamped to `lo..=hi`.
    pub fn clamp(self, lo: f32, hi: f32) -> Tensor<'g> {
        self.maximum(self.graph.constant(lo)).minimum(self.graph.constant(hi))
    }

    /// `self` to the power of `exponent`, for `self > 0`.
    pub fn pow(self, exponent: Tensor<'g>) -> Tensor<'g> {
        self.binary(Binary::Pow, exponent)
    }

    /// 1 where smaller, else 0.
    pub fn lt(self, other: Tensor<'g>) -> Tensor<'g> {
        self.binary(Binary::Lt, other)
    }

    /// 1 where equal, else 0.
    pub fn equal(self, other: Tensor<'g>) -> Tensor<'g> {
        self.binary(Binary::Eq, other)
    }

    /// log-sigmoid cross-entropy of logits with targets in 0..=1, elementwise:
    /// softplus(l) − l·t.
    pub fn bce_with_logits(self, target: Tensor<'g>) -> Tensor<'g> {
        self.softplus() - self * target
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident, $op:expr) => {
        impl<'g> ops::$trait for Tensor<'g> {
            type Output = Tensor<'g>;
            fn $method(self, other: Tensor<'g>) -> Tensor<'g> {
                self.binary($op, other)
            }
        }
        impl<'g> ops::$trait<f32> for Tensor<'g> {
            type Output = Tensor<'g>;
            fn $method(self, other: f32) -> Tensor<'g> {
                self.binary($op, self.graph.constant(other))
            }
        }
        impl<'g> ops::$trait<Tensor<'g>> for f32 {
            type Output = Tensor<'g>;
            fn $method(self, other: Tensor<'g>) -> Tensor<'g> {
                other.graph.constant(self).binary($op, other)
            }
        }
    };
}

operator!(Add, add, Binary::Add);
operator!(Sub, sub, Binary::Sub);
operator!(Mul, mul, Binary::Mul);
operator!(Div, div, Binary::Div);

impl<'g> ops::Neg for Tensor<'g> {
    type Output = Tensor<'g>;
    fn neg(self) -> Tensor<'g> {
        self.unary(Unary::Neg)
    }
}
