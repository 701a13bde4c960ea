//! The primitive operations. Everything else is composed of these.

use crate::Shape;
use alloc::rc::Rc;
use serde::{Deserialize, Serialize};

/// Index of a variable in its program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct VarId(pub u32);

/// Element type. Integers are stored as `u32`, never as bit patterns inside an `f32` array, where
/// small ones are denormals that a GPU may flush to zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DType {
    /// 32-bit float.
    F32,
    /// 32-bit unsigned integer.
    U32,
}

/// Elementwise functions of one argument; `f32 → f32` unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Unary {
    /// −x.
    Neg,
    /// eˣ; the argument is clamped to ±87 so that the result stays finite.
    Exp,
    /// Natural logarithm.
    Log,
    /// √x.
    Sqrt,
    /// tanh x.
    Tanh,
    /// 1 / (1 + e⁻ˣ), computed from e^−|x|.
    Sigmoid,
    /// log(1 + eˣ) = max(x, 0) + log1p(e^−|x|).
    Softplus,
    /// |x|.
    Abs,
    /// −1, 0 or 1.
    Sign,
    /// Largest integer ≤ x.
    Floor,
    /// sin x. Keep |x| ≤ π on a GPU: WGSL promises accuracy only there.
    Sin,
    /// cos x. Keep |x| ≤ π on a GPU.
    Cos,
    /// x where x > 0, else slope·x. Slope 0 is ReLU.
    Leaky(f32),
    /// 1 where x > 0, else the slope: the derivative of [`Unary::Leaky`], which may be taken from
    /// its output as well as from its input.
    LeakySlope(f32),
    /// Φ⁻¹(u), the standard normal quantile of u in (0, 1).
    Probit,
    /// `u32 → f32`: (x >> 9 + ½)·2⁻²³, uniform in (0, 1), exact in `f32`.
    UnitFromBits,
    /// `u32 → f32`, rounded to nearest.
    ToF32,
    /// `f32 → u32`, truncated; negative arguments give 0.
    ToU32,
}

/// Elementwise functions of two arguments. Comparisons give `f32` 1 or 0; integer ops wrap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Binary {
    /// a + b (both types).
    Add,
    /// a − b (both types).
    Sub,
    /// a · b (both types).
    Mul,
    /// a / b (`f32`).
    Div,
    /// The larger (both types).
    Max,
    /// The smaller (both types).
    Min,
    /// aᵇ for a > 0, as e^(b·log a) (`f32`).
    Pow,
    /// a < b (both types → `f32`).
    Lt,
    /// a ≤ b (both types → `f32`).
    Le,
    /// a = b (both types → `f32`).
    Eq,
    /// a mod b (`u32`; b must not be 0).
    Rem,
    /// Bitwise and (`u32`).
    And,
    /// Logical shift right by b mod 32 (`u32`).
    Shr,
}

/// How a reduction combines elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ReduceOp {
    /// The sum.
    Sum,
    /// The maximum.
    Max,
}

/// A graph node's operation. Operands are node ids held beside it, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Op {
    /// One `f32` everywhere.
    Const(f32),
    /// One `u32` everywhere.
    ConstU(u32),
    /// Given values, row-major.
    Table(Rc<[f32]>),
    /// The value of a live scalar.
    Knob(u32),
    /// A variable as it was when the entry started.
    Read(VarId),
    /// The coordinate along an axis, `u32`.
    Iota(u8),
    /// Random words of the draw site: Threefry-2x32 of (element, invocation). `u32`.
    RandomBits(u32),
    /// One argument.
    Unary(Unary),
    /// Two arguments of one shape.
    Binary(Binary),
    /// operand 0 > 0 ? operand 1 : operand 2.
    Select,
    /// Reduction over the axes of a bit mask; they vanish from the shape.
    Reduce(ReduceOp, u8),
    /// Matrix product over the last two axes, the leading ones being a batch. The flags transpose
    /// the operands: `[.., K, M]` and `[.., N, K]` then.
    Matmul {
        /// The left operand is stored transposed.
        ta: bool,
        /// The right operand is stored transposed.
        tb: bool,
    },
    /// Cross-correlation of `x [B, H, W, C]` with `w [KH, KW, C, N]`, nothing added around `x`:
    /// `[B, OH, OW, N]` with OH = ⌊(H − KH)/stride⌋ + 1.
    Conv {
        /// Pixels between neighbouring windows, both ways.
        stride: u32,
    },
    /// The gradient of [`Op::Conv`] with respect to `w`, of `x [B, H, W, C]` and
    /// `dy [B, OH, OW, N]`; the node's shape `[KH, KW, C, N]` says how large the windows are.
    ConvWeights {
        /// Pixels between neighbouring windows, both ways.
        stride: u32,
    },
    /// The same elements in order, under another shape.
    Reshape,
    /// Axes reordered: output axis i is input axis `perm[i]`.
    Permute([u8; 6]),
    /// Sizes of 1, and missing leading axes, repeated.
    Broadcast,
    /// A box: starts per axis; the node's shape gives the sizes.
    Slice([u32; 6]),
    /// The axes of a bit mask run backwards.
    Flip(u8),
    /// Zeros around: how many before each axis; the node's shape gives the total.
    Pad([u32; 6]),
    /// Operands joined along an axis.
    Concat(u8),
    /// Rows of operand 0 (`[N, ..]`) picked by operand 1 (`u32 [B]`): `[B, ..]`. An index past the
    /// end takes the last row.
    Gather,
    /// Like `Gather`, where operand 0 is `u32 [N, W]` holding four bytes a word, least significant
    /// first: gives `f32 [B, C]`, 0..=255, C ≤ 4·W.
    GatherBytes,
    /// The operand itself, with no gradient through it.
    Stop,
}

impl Op {
    /// The op's name, for messages and printed plans.
    pub fn name(&self) -> &'static str {
        match self {
            Op::Const(_) | Op::ConstU(_) => "const",
            Op::Table(_) => "table",
            Op::Knob(_) => "knob",
            Op::Read(_) => "read",
            Op::Iota(_) => "iota",
            Op::RandomBits(_) => "random_bits",
            Op::Unary(u) => u.name(),
            Op::Binary(b) => b.name(),
            Op::Select => "select",
            Op::Reduce(ReduceOp::Sum, _) => "sum",
            Op::Reduce(ReduceOp::Max, _) => "max",
            Op::Matmul { .. } => "matmul",
            Op::Conv { .. } => "conv",
            Op::ConvWeights { .. } => "conv_weights",
            Op::Reshape => "reshape",
            Op::Permute(_) => "permute",
            Op::Broadcast => "broadcast",
            Op::Slice(_) => "slice",
            Op::Flip(_) => "flip",
            Op::Pad(_) => "pad",
            Op::Concat(_) => "concat",
            Op::Gather => "gather",
            Op::GatherBytes => "gather_bytes",
            Op::Stop => "stop",
        }
    }
}

impl Unary {
    /// The function's name.
    pub fn name(&self) -> &'static str {
        match self {
            Unary::Neg => "neg",
            Unary::Exp => "exp",
            Unary::Log => "log",
            Unary::Sqrt => "sqrt",
            Unary::Tanh => "tanh",
            Unary::Sigmoid => "sigmoid",
            Unary::Softplus => "softplus",
            Unary::Abs => "abs",
            Unary::Sign => "sign",
            Unary::Floor => "floor",
            Unary::Sin => "sin",
            Unary::Cos => "cos",
            Unary::Leaky(_) => "leaky",
            Unary::LeakySlope(_) => "leaky_slope",
            Unary::Probit => "probit",
            Unary::UnitFromBits => "unit_from_bits",
            Unary::ToF32 => "to_f32",
            Unary::ToU32 => "to_u32",
        }
    }
}

impl Binary {
    /// The function's name.
    pub fn name(&self) -> &'static str {
        match self {
            Binary::Add => "add",
            Binary::Sub => "sub",
            Binary::Mul => "mul",
            Binary::Div => "div",
            Binary::Max => "max2",
            Binary::Min => "min2",
            Binary::Pow => "pow",
            Binary::Lt => "lt",
            Binary::Le => "le",
            Binary::Eq => "eq",
            Binary::Rem => "rem",
            Binary::And => "and",
            Binary::Shr => "shr",
        }
    }

    /// The result's type for operands of type `of`; `None` where the op does not take that type.
    pub fn dtype(&self, of: DType) -> Option<DType> {
        use Binary::*;
        match (self, of) {
            (Lt | Le | Eq, _) => Some(DType::F32),
            (Div | Pow, DType::F32) => Some(DType::F32),
            (Rem | And | Shr, DType::U32) => Some(DType::U32),
            (Add | Sub | Mul | Max | Min, t) => Some(t),
            _ => None,
        }
    }
}

/// Strides and offset of a view over a base buffer, in elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Affine {
    /// First element.
    pub offset: i32,
    /// Step per axis of the view.
    pub strides: [i32; 6],
}

impl Affine {
    /// The dense row-major layout of `shape`.
    pub fn dense(shape: &Shape) -> Affine {
        Affine { offset: 0, strides: shape.strides() }
    }

    /// Whether this is `shape`'s dense layout (axes of size 1 may have any stride).
    pub fn is_dense(&self, shape: &Shape) -> bool {
        let dense = shape.strides();
        (0..shape.rank()).all(|a| shape.dim(a) == 1 || self.strides[a] == dense[a])
    }
}
