//! Kernels as WGSL text.
//!
//! One kernel is one dispatch, or two where few points have many elements each: the first then
//! leaves partial results in a scratch buffer, the second combines them and runs the body. Sizes
//! and strides are written into the text as constants.

/// A template, without its comments (see `build.rs`).
macro_rules! kernel {
    ($name:literal) => {
        include_str!(concat!(env!("OUT_DIR"), "/", $name, ".wgsl"))
    };
}

mod axes;
mod body;
mod collapse;
mod grid;
mod map;
mod matmul;
mod reduce;
mod source;
mod split;

pub(crate) use source::{OFFSETS_BINDING, SCRATCH_BINDING, read_only};
use tilde_graph::plan::{Core, Kernel};

/// The kind of adapter that shaders are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// A real GPU: thousands of invocations at once, shared memory, cheap barriers.
    Hardware,
    /// A GPU emulated by a CPU: a few invocations at once, and workgroup barriers that are slow to
    /// compile and to run.
    Software,
}

/// One dispatch of a kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shader {
    /// The whole WGSL module; its entry point is `main`.
    pub text: String,
    /// Workgroups along x and y; along z there is one.
    pub groups: [u32; 2],
    /// Words of the scratch buffer it writes or reads.
    pub scratch: u32,
    /// What its uniform buffer holds: where in the arenas its accesses begin, in words.
    pub offsets: Vec<u32>,
}

/// The shaders of `kernel`, in the order in which they are dispatched.
pub fn wgsl(kernel: &Kernel, target: Target) -> Vec<Shader> {
    let kernel = collapse::collapse(kernel);
    match &kernel.core {
        Core::Map => vec![map::shader(&kernel)],
        Core::Reduce { .. } => reduce::shaders(&kernel, target),
        Core::Matmul { .. } => matmul::shaders(&kernel, target),
    }
}

/// The identity and the combining expression of a reduction.
mod combine {
    use tilde_graph::{DType, ReduceOp};

    /// What a reduction of nothing gives. The least `f32` is finite: WGSL has no infinity.
    pub(super) fn identity(op: ReduceOp, dtype: DType) -> &'static str {
        match (op, dtype) {
            (ReduceOp::Sum, DType::F32) => "0.0",
            (ReduceOp::Max, DType::F32) => "-3.4028234663852886e38",
            (_, DType::U32) => "0u",
        }
    }

    /// The combination of two expressions.
    pub(super) fn combine(op: ReduceOp, a: &str, b: &str) -> String {
        match op {
            ReduceOp::Sum => format!("{a} + {b}"),
            ReduceOp::Max => format!("max({a}, {b})"),
        }
    }
}
