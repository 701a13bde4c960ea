//! The compiled form of an entry: a list of fused kernels over planned memory. It is plain data:
//! printable, testable, and the same for every device.
//!
//! # Memory
//! All storage is 32-bit words in seven [`Arena`]s. State, data and io live as long as the loaded
//! program and are shared by its entries; work memory is reused by every entry, and within an
//! entry by tensors whose lives do not overlap.
//!
//! # Kernels
//! A [`Kernel`] is a *domain* (a box of coordinates, row-major, axes of size 1 dropped, at most
//! six axes), an optional heavy core (a reduction or a matrix product), and a [`Body`]: a
//! straight-line scalar program that runs once per point of the domain. Registers are single
//! assignment: instruction `i` defines register `i`.

mod cost;

use crate::op::{Binary, ReduceOp, Unary};
use crate::{DType, Shape, VarId};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Where a word lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Arena {
    /// Parameters, moments, averages, chains: `f32`, saved in checkpoints.
    State,
    /// Integer state: counters. Saved in checkpoints.
    StateU,
    /// Activations and gradients of the running entry: `f32`.
    Work,
    /// Integer temporaries of the running entry.
    WorkU,
    /// `f32` data written by the host, read only on the device; constant tables of the plans too.
    Data,
    /// `u32` data written by the host, read only: packed images, labels, and the draw-site keys.
    DataU,
    /// Knobs, inputs written by the host and outputs read by it: `f32`.
    Io,
}

impl Arena {
    /// All arenas, in binding order.
    pub const ALL: [Arena; 7] =
        [Arena::State, Arena::StateU, Arena::Work, Arena::WorkU, Arena::Data, Arena::DataU, Arena::Io];

    /// Element type.
    pub fn dtype(self) -> DType {
        match self {
            Arena::StateU | Arena::WorkU | Arena::DataU => DType::U32,
            _ => DType::F32,
        }
    }
}

/// A place in memory: an arena and an offset in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Loc {
    /// Which arena.
    pub arena: Arena,
    /// Words from its start. A guarded load may begin before its buffer, so that the offset wraps
    /// around zero; it reads nothing there.
    pub offset: u32,
}

/// Strided addressing: the word at domain coordinate `c` is `loc.offset + Σ c[a]·strides[a]`
/// (the view's own offset is already inside `loc`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The word at coordinate 0.
    pub loc: Loc,
    /// Step per domain axis, in words; may be 0 (broadcast) or negative.
    pub strides: [i32; 6],
}

/// A bound on one domain axis for a guarded load: `lo ≤ c[axis] < hi`, else the load gives 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    /// Domain axis.
    pub axis: u8,
    /// First coordinate inside.
    pub lo: u32,
    /// First coordinate outside.
    pub hi: u32,
}

/// Index of an earlier instruction of the same body.
pub type Reg = u16;

/// One scalar instruction.
#[derive(Clone, Debug, PartialEq)]
pub enum Instr {
    /// A constant.
    Const(f32),
    /// An integer constant.
    ConstU(u32),
    /// A word of memory. With guards, 0 outside them (and nothing is read there).
    Load(Access, Vec<Guard>),
    /// A word of a gathered row: `access.loc.offset + min(index, rows−1)·row_stride + Σ c·strides`.
    Gather {
        /// Register of the row index (`u32`).
        index: Reg,
        /// Address of row 0.
        access: Access,
        /// Words between rows.
        row_stride: u32,
        /// Number of rows; larger indices take the last.
        rows: u32,
    },
    /// One byte of a packed row, as `f32` 0..=255: byte number `Σ c·strides` of the row, four to
    /// a word, least significant first. `access.strides` count bytes, `row_stride` counts words.
    GatherByte {
        /// Register of the row index (`u32`).
        index: Reg,
        /// Address of row 0 (words); strides in bytes.
        access: Access,
        /// Words between rows.
        row_stride: u32,
        /// Number of rows; larger indices take the last.
        rows: u32,
    },
    /// The coordinate along a domain axis, `u32`.
    Index(u8),
    /// The domain point's row-major linear index → word of Threefry-2x32 with the key at `key`
    /// (two words of [`Arena::DataU`]), counter `(linear >> 1, invocation)`, word `linear & 1`,
    /// where the invocation is the `u32` at `counter`.
    Random {
        /// The two key words.
        key: Loc,
        /// The entry's invocation counter.
        counter: Loc,
    },
    /// The core's result at this point: the matrix product (0), or what pass `.0` of a reduction
    /// gave for this outer point.
    Result(u8),
    /// One argument.
    Unary(Unary, Reg),
    /// Two arguments; the type is that of the operands.
    Binary(Binary, DType, Reg, Reg),
    /// `.0 > 0 ? .1 : .2`; the type is that of `.1` and `.2`.
    Select(DType, Reg, Reg, Reg),
}

/// Writes a register to memory at every point of the domain.
#[derive(Clone, Debug, PartialEq)]
pub struct Store {
    /// Where.
    pub access: Access,
    /// Which register.
    pub reg: Reg,
}

/// A straight-line scalar program and what it keeps.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Body {
    /// Instruction `i` defines register `i`.
    pub instrs: Vec<Instr>,
    /// Types of the registers.
    pub types: Vec<DType>,
    /// What is written.
    pub stores: Vec<Store>,
}

/// Several axes taken as one, outermost first: sizes and strides in words. Neighbours that one
/// stride serves are merged, axes of size 1 dropped; no axis at all is a single point.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Axes(pub Vec<(u32, i32)>);

impl Axes {
    /// Of sizes and strides, outermost first.
    pub fn new(axes: impl IntoIterator<Item = (usize, i32)>) -> Axes {
        let mut merged: Vec<(u32, i32)> = Vec::new();
        for (size, stride) in axes.into_iter().filter(|a| a.0 != 1) {
            match merged.last_mut() {
                Some(last) if last.1 == stride * size as i32 => *last = (last.0 * size as u32, stride),
                _ => merged.push((size as u32, stride)),
            }
        }
        Axes(merged)
    }

    /// Number of points.
    pub fn points(&self) -> u32 {
        self.0.iter().map(|a| a.0).product()
    }

    /// The one stride that reaches every point: 0 of a single point, `None` of several axes.
    pub fn stride(&self) -> Option<i32> {
        match self.0[..] {
            [] => Some(0),
            [(_, stride)] => Some(stride),
            _ => None,
        }
    }

    /// Words from the first point to point `at`, counted row-major.
    pub fn offset(&self, mut at: u32) -> i32 {
        let mut offset = 0;
        for &(size, stride) in self.0.iter().rev() {
            offset += (at % size) as i32 * stride;
            at /= size;
        }
        offset
    }
}

/// One of the two factors of a product: where its element at (batch, row or column, summed) is.
/// Windows of a convolution are a factor like any other: their axes overlap in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    /// The first element.
    pub loc: Loc,
    /// Along the batch.
    pub batch: Axes,
    /// Along the rows (left) or columns (right) of the result.
    pub kept: Axes,
    /// Along the summed dimension.
    pub summed: Axes,
}

/// One pass of a reduction over the inner axes: `combine over inner points of pre(outer ++ inner)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Pass {
    /// How elements combine.
    pub op: ReduceOp,
    /// Runs per point of `outer ++ inner`; it may store, and may use the results of earlier passes
    /// ([`Instr::Result`] with a smaller number).
    pub pre: Body,
    /// The register of `pre` that is reduced.
    pub value: Reg,
}

/// The heavy part of a kernel.
#[derive(Clone, Debug, PartialEq)]
pub enum Core {
    /// None: a map over the domain.
    Map,
    /// Passes over the rows of `outer ++ inner`, one after another for each outer point. The
    /// kernel's body runs once per outer point after the passes.
    Reduce {
        /// The reduced axes' sizes. In `pre` and `last` they follow the outer ones.
        inner: Shape,
        /// At least one. Softmax has two: a maximum, then a sum of exponentials.
        passes: Vec<Pass>,
        /// Runs per point of `outer ++ inner` after all passes, with all results; empty for a plain
        /// reduction.
        last: Body,
    },
    /// `Σ_k a[batch, m, k]·b[batch, k, n]`; the kernel's domain has `batch·m·n` points in that
    /// order, whatever its axes.
    Matmul {
        /// Number of products.
        batch: u32,
        /// Rows of each result.
        m: u32,
        /// Columns of each result.
        n: u32,
        /// The summed dimension.
        k: u32,
        /// The left factor: rows are kept.
        a: Factor,
        /// The right factor: columns are kept.
        b: Factor,
    },
}

/// One dispatch.
#[derive(Clone, Debug, PartialEq)]
pub struct Kernel {
    /// Names of the graph ops in it, for people.
    pub label: String,
    /// The (outer) domain that `body` runs over.
    pub domain: Shape,
    /// The heavy part.
    pub core: Core,
    /// Runs per point of the domain, after the core.
    pub body: Body,
}

/// A named output in [`Arena::Io`].
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub loc: Loc,
    /// Its shape, dense.
    pub shape: Shape,
}

/// One compiled entry.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryPlan {
    /// The entry's name.
    pub name: String,
    /// Dispatches, in order. Each sees all writes of the earlier ones.
    pub kernels: Vec<Kernel>,
    /// Its outputs.
    pub outputs: Vec<Output>,
    /// Where its draw-site keys are: two words per site, the site's ordinal being the index.
    pub keys: Loc,
    /// Number of draw sites.
    pub sites: u32,
    /// Its invocation counter (one word of [`Arena::StateU`]); the last kernel adds one to it.
    pub counter: Loc,
}

/// A variable's place.
#[derive(Clone, Debug, PartialEq)]
pub struct VarPlan {
    /// Its declaration.
    pub id: VarId,
    /// Where it is.
    pub loc: Loc,
    /// Its shape, dense.
    pub shape: Shape,
    /// Whether it must stay finite: see [`VarDecl::learned`](crate::VarDecl).
    pub learned: bool,
}

/// A compiled program: every entry's kernels over one memory layout.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The program's name.
    pub name: String,
    /// Entries, in declaration order.
    pub entries: Vec<EntryPlan>,
    /// Variables, in declaration order.
    pub vars: Vec<VarPlan>,
    /// Words in each arena, in the order of [`Arena::ALL`]; never 0 and always a multiple of 4.
    pub words: [u32; 7],
    /// Where knob `i` is: `knobs.offset + i` in [`Arena::Io`].
    pub knobs: Loc,
    /// Number of knobs.
    pub knob_count: u32,
    /// Constant tables to be written once when the plan is loaded ([`Arena::Data`]).
    pub tables: Vec<(Loc, Vec<f32>)>,
}

impl Plan {
    /// A plan of nothing: for what needs no device, where the compiler would only be more to download.
    pub fn empty() -> Plan {
        Plan {
            name: String::new(),
            entries: Vec::new(),
            vars: Vec::new(),
            words: [4; 7],
            knobs: Loc { arena: Arena::Io, offset: 0 },
            knob_count: 0,
            tables: Vec::new(),
        }
    }
}

impl Kernel {
    /// Points of the outer domain.
    pub fn points(&self) -> usize {
        self.domain.len()
    }
}

impl Plan {
    /// The entry called `name`, with its index.
    pub fn entry(&self, name: &str) -> Option<(usize, &EntryPlan)> {
        self.entries.iter().enumerate().find(|(_, e)| e.name == name)
    }

    /// Offset and words, in [`Arena::State`], of each variable that must stay finite.
    pub fn learned(&self) -> impl Iterator<Item = [u32; 2]> {
        self.vars.iter().filter(|v| v.learned).map(|v| [v.loc.offset, v.shape.len() as u32])
    }

    /// Bytes of an arena.
    pub fn bytes(&self, arena: Arena) -> u64 {
        4 * u64::from(self.words[arena as usize])
    }
}

impl fmt::Display for Loc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.arena {
            Arena::State => "state",
            Arena::StateU => "state_u",
            Arena::Work => "work",
            Arena::WorkU => "work_u",
            Arena::Data => "data",
            Arena::DataU => "data_u",
            Arena::Io => "io",
        };
        write!(f, "{name}+{}", self.offset)
    }
}

fn write_access(f: &mut fmt::Formatter<'_>, access: &Access, rank: usize) -> fmt::Result {
    write!(f, "{}{:?}", access.loc, &access.strides[..rank])
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.loc)?;
        for (name, axes) in [("batch", &self.batch), ("kept", &self.kept), ("summed", &self.summed)] {
            if !axes.0.is_empty() {
                write!(f, " {name}")?;
            }
            for (size, stride) in &axes.0 {
                write!(f, " {size}×{stride}")?;
            }
        }
        Ok(())
    }
}

fn write_body(f: &mut fmt::Formatter<'_>, body: &Body, rank: usize, indent: &str) -> fmt::Result {
    for (r, instr) in body.instrs.iter().enumerate() {
        write!(f, "{indent}r{r} = ")?;
        match instr {
            Instr::Const(c) => write!(f, "{c}")?,
            Instr::ConstU(c) => write!(f, "{c}u")?,
            Instr::Load(a, guards) => {
                f.write_str("load ")?;
                write_access(f, a, rank)?;
                for g in guards {
                    write!(f, " if {} <= c{} < {}", g.lo, g.axis, g.hi)?;
                }
            }
            Instr::Gather { index, access, row_stride, .. } => {
                write!(f, "gather r{index}*{row_stride} ")?;
                write_access(f, access, rank)?;
            }
            Instr::GatherByte { index, access, row_stride, .. } => {
                write!(f, "gather_byte r{index}*{row_stride} ")?;
                write_access(f, access, rank)?;
            }
            Instr::Index(axis) => write!(f, "c{axis}")?,
            Instr::Random { key, counter } => write!(f, "threefry key {key} invocation {counter}")?,
            Instr::Result(i) => write!(f, "result {i}")?,
            Instr::Unary(u @ (Unary::Leaky(s) | Unary::LeakySlope(s)), a) => {
                write!(f, "{}({s}) r{a}", u.name())?;
            }
            Instr::Unary(u, a) => write!(f, "{} r{a}", u.name())?,
            Instr::Binary(b, _, x, y) => write!(f, "{} r{x} r{y}", b.name())?,
            Instr::Select(_, c, x, y) => write!(f, "r{c} > 0 ? r{x} : r{y}")?,
        }
        f.write_str("\n")?;
    }
    for store in &body.stores {
        write!(f, "{indent}store ")?;
        write_access(f, &store.access, rank)?;
        writeln!(f, " = r{}", store.reg)?;
    }
    Ok(())
}

impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} over {}", self.label, self.domain)?;
        match &self.core {
            Core::Map => writeln!(f)?,
            Core::Reduce { inner, passes, last } => {
                let rank = self.domain.rank() + inner.rank();
                writeln!(f, ", rows of {inner}")?;
                for (i, Pass { op, pre, value }) in passes.iter().enumerate() {
                    writeln!(f, "      result {i} = {op:?} of r{value} in")?;
                    write_body(f, pre, rank, "      | ")?;
                }
                if !last.instrs.is_empty() {
                    writeln!(f, "      then")?;
                    write_body(f, last, rank, "      | ")?;
                }
            }
            Core::Matmul { batch, m, n, k, a, b } => {
                writeln!(f, ", {batch} × [{m}, {k}]·[{k}, {n}] of {a} and {b}")?;
            }
        }
        write_body(f, &self.body, self.domain.rank(), "    ")
    }
}

impl fmt::Display for EntryPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flops: u64 = self.kernels.iter().map(Kernel::flops).sum();
        writeln!(
            f,
            "entry {}: {} kernels, {flops} FLOP, {} draw sites",
            self.name,
            self.kernels.len(),
            self.sites
        )?;
        for (i, kernel) in self.kernels.iter().enumerate() {
            write!(f, "  {i:>3} {kernel}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "plan {}:", self.name)?;
        for arena in Arena::ALL {
            write!(f, " {arena:?} {} B", self.bytes(arena))?;
        }
        writeln!(f)?;
        for entry in &self.entries {
            write!(f, "{entry}")?;
        }
        Ok(())
    }
}
