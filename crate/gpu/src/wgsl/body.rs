//! A [`Body`] as WGSL statements: one `let` per register, then the stores.

use super::axes::step;
use super::source::{Helper, Source, type_name};
use std::fmt::Write;
use tilde_graph::plan::{Access, Body, Guard, Instr, Reg};
use tilde_graph::{Binary, DType, Shape, Unary};

/// The names that a body is written in.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    /// First letter of the registers.
    pub(super) prefix: char,
    /// Number of axes; their coordinates are `c0`, `c1`, …
    pub(super) rank: usize,
    /// The point's row-major number.
    pub(super) linear: &'a str,
    /// Spaces before a statement.
    pub(super) indent: usize,
}

impl Scope<'_> {
    /// The name of a register.
    pub(super) fn reg(&self, reg: Reg) -> String {
        format!("{}{reg}", self.prefix)
    }
}

/// The statements of `body`. They use the scope's names, and `result0`, … for the core's results.
///
/// A store to an arena of vectors is a whole vector, since WGSL lets a write of one component touch
/// the other three, which may be another invocation's. It waits for the last of four neighbours,
/// whose place among them is `lane`.
pub(super) fn statements(source: &mut Source, body: &Body, scope: &Scope) -> String {
    let mut text = String::new();
    let indent = " ".repeat(scope.indent);
    for (r, instr) in body.instrs.iter().enumerate() {
        let name = scope.reg(r as Reg);
        // Writing to a String cannot fail, here and below.
        let _ = match instr {
            Instr::Load(access, guards) if !guards.is_empty() => {
                let scalar = type_name(access.loc.arena.dtype());
                let inside = guards.iter().map(guard).collect::<Vec<_>>().join(" && ");
                let word = word(source, access, scope.rank);
                let default = format!("{indent}var {name} = {scalar}();");
                writeln!(text, "{default}\n{indent}if ({inside}) {{ {name} = {word}; }}")
            }
            _ => {
                let value = value(source, body, instr, scope);
                writeln!(text, "{indent}let {name} = {value};")
            }
        };
    }
    for store in &body.stores {
        let Access { loc, .. } = store.access;
        let (index, reg) = (index(source, &store.access, scope.rank), scope.reg(store.reg));
        let _ = if source.is_vectors(loc.arena) {
            let (kept, vector) = (source.keep(), source.vector(loc.arena, &index));
            writeln!(text, "{indent}{kept}[lane] = {reg};")
                .and(writeln!(text, "{indent}if (lane == 3u) {{ {vector} = {kept}; }}"))
        } else {
            writeln!(text, "{indent}{} = {reg};", source.word(loc.arena, &index))
        };
    }
    text
}

/// `let` statements for the coordinates `c<first>`, … of point number `linear` in a box.
pub(super) fn coordinates(linear: &str, first: usize, shape: &Shape, indent: usize) -> String {
    let mut text = String::new();
    let indent = " ".repeat(indent);
    let mut step = 1;
    for axis in (0..shape.rank()).rev() {
        let dim = shape.dim(axis);
        let _ = write!(text, "{indent}let c{} = {linear}", first + axis);
        if step > 1 {
            let _ = write!(text, " / {step}u");
        }
        if axis > 0 {
            let _ = write!(text, " % {dim}u");
        }
        text.push_str(";\n");
        step *= dim;
    }
    text
}

/// The word at an access, as an expression.
fn word(source: &mut Source, access: &Access, rank: usize) -> String {
    let index = index(source, access, rank);
    source.word(access.loc.arena, &index)
}

/// Where that word is in its arena.
fn index(source: &mut Source, access: &Access, rank: usize) -> String {
    source.offset(access.loc) + &steps(access, rank)
}

/// ` + c0 * 3u - c1 * 2u`: the walk of an access along its axes.
fn steps(access: &Access, rank: usize) -> String {
    access.strides[..rank]
        .iter()
        .enumerate()
        .map(|(axis, stride)| step(&format!("c{axis}"), *stride))
        .collect()
}

/// Whether a coordinate is inside its bounds, in one comparison: below `lo` it wraps.
fn guard(guard: &Guard) -> String {
    let Guard { axis, lo, hi } = guard;
    match lo {
        0 => format!("c{axis} < {hi}u"),
        _ => format!("c{axis} - {lo}u < {}u", hi - lo),
    }
}

fn value(source: &mut Source, body: &Body, instr: &Instr, scope: &Scope) -> String {
    let reg = |r: &Reg| scope.reg(*r);
    match instr {
        Instr::Const(c) => float(*c),
        Instr::ConstU(c) => format!("{c}u"),
        Instr::Load(access, _) => word(source, access, scope.rank),
        Instr::Gather { index, access, row_stride, rows } => {
            let offset = source.offset(access.loc);
            let row = format!("min({}, {}u) * {row_stride}u", reg(index), rows - 1);
            let index = format!("{offset} + {row}{}", steps(access, scope.rank));
            source.word(access.loc.arena, &index)
        }
        Instr::GatherByte { index, access, row_stride, rows } => {
            let offset = source.offset(access.loc);
            let row = format!("min({}, {}u) * {row_stride}u", reg(index), rows - 1);
            let byte = format!("(0u{})", steps(access, scope.rank));
            let index = format!("{offset} + {row} + {byte} / 4u");
            let word = source.word(access.loc.arena, &index);
            format!("f32(({word} >> (8u * ({byte} % 4u))) & 255u)")
        }
        Instr::Index(axis) => format!("c{axis}"),
        Instr::Random { key, counter } => {
            source.helper(Helper::Random);
            let at = source.offset(*key);
            let first = source.word(key.arena, &at);
            let second = source.word(key.arena, &format!("{at} + 1u"));
            let at = source.offset(*counter);
            let invocation = source.word(counter.arena, &at);
            let linear = scope.linear;
            format!("random_word(vec2<u32>({first}, {second}), {linear}, {invocation})")
        }
        Instr::Result(i) => format!("result{i}"),
        Instr::Unary(op, a) => unary(source, op, &reg(a)),
        Instr::Binary(op, _, a, b) => binary(op, &reg(a), &reg(b)),
        Instr::Select(_, condition, a, b) => {
            let zero = match body.types[*condition as usize] {
                DType::F32 => "0.0",
                DType::U32 => "0u",
            };
            format!("select({}, {}, {} > {zero})", reg(b), reg(a), reg(condition))
        }
    }
}

fn unary(source: &mut Source, op: &Unary, a: &str) -> String {
    let mut helper = |name: &str, helper: Helper| {
        source.helper(helper);
        format!("{name}({a})")
    };
    match op {
        Unary::Neg => format!("-{a}"),
        Unary::Exp => format!("exp(clamp({a}, -87.0, 87.0))"),
        Unary::Log => format!("log({a})"),
        Unary::Sqrt => format!("sqrt({a})"),
        // Several drivers compute tanh from e^2x and give NaN for large arguments.
        Unary::Tanh => format!("tanh(clamp({a}, -15.0, 15.0))"),
        Unary::Sigmoid => helper("sigmoid", Helper::Sigmoid),
        Unary::Softplus => helper("softplus", Helper::Softplus),
        Unary::Probit => helper("probit", Helper::Probit),
        Unary::Abs => format!("abs({a})"),
        Unary::Sign => format!("sign({a})"),
        Unary::Floor => format!("floor({a})"),
        Unary::Sin => format!("sin({a})"),
        Unary::Cos => format!("cos({a})"),
        Unary::Leaky(0.0) => format!("max({a}, 0.0)"),
        Unary::Leaky(slope) => format!("select({a} * {}, {a}, {a} > 0.0)", float(*slope)),
        Unary::LeakySlope(slope) => format!("select({}, 1.0, {a} > 0.0)", float(*slope)),
        Unary::UnitFromBits => format!("(f32({a} >> 9u) + 0.5) * {}", float(1.0 / 8_388_608.0)),
        Unary::ToF32 => format!("f32({a})"),
        Unary::ToU32 => format!("u32(max({a}, 0.0))"),
    }
}

fn binary(op: &Binary, a: &str, b: &str) -> String {
    match op {
        Binary::Add => format!("{a} + {b}"),
        Binary::Sub => format!("{a} - {b}"),
        Binary::Mul => format!("{a} * {b}"),
        Binary::Div => format!("{a} / {b}"),
        Binary::Max => format!("max({a}, {b})"),
        Binary::Min => format!("min({a}, {b})"),
        Binary::Pow => format!("pow({a}, {b})"),
        Binary::Lt => format!("select(0.0, 1.0, {a} < {b})"),
        Binary::Le => format!("select(0.0, 1.0, {a} <= {b})"),
        Binary::Eq => format!("select(0.0, 1.0, {a} == {b})"),
        Binary::Rem => format!("{a} % {b}"),
        Binary::And => format!("{a} & {b}"),
        Binary::Shr => format!("{a} >> ({b} & 31u)"),
    }
}

/// A literal of exactly this value: small integers as such, the rest by their bits, because
/// printing decimals would add a float formatter to the wasm. What is not finite has no literal:
/// infinities become the largest finite number of their sign.
fn float(value: f32) -> String {
    debug_assert!(!value.is_nan(), "NaN has no WGSL literal");
    let value = value.max(f32::MIN).min(f32::MAX);
    let integer = value as i32;
    let positive_zero = value.to_bits() == 0;
    if integer as f32 == value && integer.abs() < 1 << 20 && (integer != 0 || positive_zero) {
        format!("{integer}.0")
    } else {
        format!("bitcast<f32>({:#010x}u)", value.to_bits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_exact() {
        assert_eq!(float(-3.0), "-3.0");
        assert_eq!(float(0.0), "0.0");
        assert_eq!(float(-0.0), "bitcast<f32>(0x80000000u)");
        assert_eq!(float(0.1), "bitcast<f32>(0x3dcccccdu)");
        assert_eq!(float(f32::INFINITY), "bitcast<f32>(0x7f7fffffu)");
    }

    #[test]
    fn coordinates_divide_only_where_they_must() {
        assert_eq!(coordinates("point", 0, &Shape::new(&[7]), 0), "let c0 = point;\n");
        assert_eq!(
            coordinates("inner", 1, &Shape::new(&[2, 3]), 0),
            "let c2 = inner % 3u;\nlet c1 = inner / 3u;\n"
        );
    }
}
