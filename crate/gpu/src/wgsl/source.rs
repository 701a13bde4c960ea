//! The module around a shader's entry point: the bindings and helper functions that it uses, and
//! no others, since a smaller module compiles faster.
//!
//! Offsets into the arenas are not in the text but in a uniform buffer, so that kernels which
//! differ in nothing else (the layers of a network, the same network in two entries) share one
//! pipeline: compiling is most of the time that a program takes to load.

use super::Shader;
use std::fmt::Write;
use tilde_graph::DType;
use tilde_graph::plan::{Arena, Loc};

/// The binding of the scratch buffer; the arenas come before it, in the order of [`Arena::ALL`].
pub(crate) const SCRATCH_BINDING: u32 = Arena::ALL.len() as u32;

/// The binding of the offsets.
pub(crate) const OFFSETS_BINDING: u32 = SCRATCH_BINDING + 1;

/// A function that WGSL lacks.
#[derive(Clone, Copy)]
pub(super) enum Helper {
    Sigmoid,
    Softplus,
    Probit,
    Random,
}

const HELPERS: [&str; 4] = [kernel!("sigmoid"), kernel!("softplus"), kernel!("probit"), kernel!("threefry")];

/// What a module declares.
#[derive(Default)]
pub(super) struct Source {
    arenas: [bool; Arena::ALL.len()],
    vectors: [bool; Arena::ALL.len()],
    helpers: [bool; HELPERS.len()],
    scratch: Option<(DType, u32)>,
    offsets: Vec<u32>,
    /// Vectors that are collected word by word before they are stored.
    kept: u32,
}

impl Source {
    /// Declares an arena and gives its name.
    fn arena(&mut self, arena: Arena) -> &'static str {
        self.arenas[arena as usize] = true;
        arena_name(arena)
    }

    /// Declares an arena as vectors of four, so that aligned runs of four words are one load.
    /// To be called before the arena is accessed.
    pub(super) fn vectors(&mut self, arena: Arena) {
        debug_assert!(!self.arenas[arena as usize], "{arena:?} is in use already");
        self.vectors[arena as usize] = true;
    }

    /// Whether an arena is declared as vectors.
    pub(super) fn is_vectors(&self, arena: Arena) -> bool {
        self.vectors[arena as usize]
    }

    /// A word of an arena, as an expression that can be read, and assigned where the arena is not
    /// declared as vectors.
    pub(super) fn word(&mut self, arena: Arena, index: &str) -> String {
        let name = self.arena(arena);
        if self.vectors[arena as usize] {
            format!("{name}[({index}) >> 2u][({index}) & 3u]")
        } else {
            format!("{name}[{index}]")
        }
    }

    /// The four words from `index`, a multiple of four, in an arena declared as vectors.
    pub(super) fn vector(&mut self, arena: Arena, index: &str) -> String {
        debug_assert!(self.vectors[arena as usize], "{arena:?} is no array of vectors");
        format!("{}[({index}) >> 2u]", self.arena(arena))
    }

    /// Declares a vector that an invocation keeps for itself and gives its name.
    pub(super) fn keep(&mut self) -> String {
        self.kept += 1;
        format!("kept{}", self.kept - 1)
    }

    /// The expression of an offset, which is kept in the uniform buffer.
    pub(super) fn offset(&mut self, loc: Loc) -> String {
        let (vector, lane) = (self.offsets.len() / 4, self.offsets.len() % 4);
        self.offsets.push(loc.offset);
        let lane = ["x", "y", "z", "w"][lane];
        format!("offsets[{vector}].{lane}")
    }

    /// Declares a helper function.
    pub(super) fn helper(&mut self, helper: Helper) {
        self.helpers[helper as usize] = true;
    }

    /// Declares `scratch`, the buffer of so many words between the two dispatches of a split
    /// kernel.
    pub(super) fn scratch(&mut self, dtype: DType, words: u32) {
        self.scratch = Some((dtype, words));
    }

    /// The shader with `main`, its entry point's text.
    pub(super) fn shader(self, main: &str, groups: [u32; 2]) -> Shader {
        let text = self.module(main);
        let scratch = self.scratch.map_or(0, |(_, words)| words);
        Shader { text, groups, scratch, offsets: self.offsets }
    }

    fn module(&self, main: &str) -> String {
        let mut text = String::new();
        for arena in Arena::ALL.into_iter().filter(|a| self.arenas[*a as usize]) {
            let access = if read_only(arena) { "read" } else { "read_write" };
            let (binding, name) = (arena as u32, arena_name(arena));
            let scalar = type_name(arena.dtype());
            if self.vectors[arena as usize] {
                declare(&mut text, binding, access, name, &format!("vec4<{scalar}>"));
            } else {
                declare(&mut text, binding, access, name, scalar);
            }
        }
        if let Some((dtype, _)) = self.scratch {
            let scalar = type_name(dtype);
            declare(&mut text, SCRATCH_BINDING, "read_write", "scratch", scalar);
        }
        if !self.offsets.is_empty() {
            let vectors = self.offsets.len().div_ceil(4);
            // Writing to a String cannot fail, here and below.
            let _ = writeln!(
                text,
                "@group(0) @binding({OFFSETS_BINDING}) \
                 var<uniform> offsets: array<vec4<u32>, {vectors}>;"
            );
        }
        for i in 0..self.kept {
            let _ = writeln!(text, "var<private> kept{i}: vec4<f32>;");
        }
        for (helper, used) in HELPERS.iter().zip(self.helpers) {
            if used {
                text.push('\n');
                text.push_str(helper);
            }
        }
        text.push('\n');
        text.push_str(main);
        text
    }
}

/// Whether kernels never write to `arena`.
pub(crate) fn read_only(arena: Arena) -> bool {
    matches!(arena, Arena::Data | Arena::DataU)
}

fn declare(text: &mut String, binding: u32, access: &str, name: &str, element: &str) {
    let _ = writeln!(text, "@group(0) @binding({binding}) var<storage, {access}> {name}: array<{element}>;");
}

/// The WGSL name of an element type.
pub(super) fn type_name(dtype: DType) -> &'static str {
    match dtype {
        DType::F32 => "f32",
        DType::U32 => "u32",
    }
}

fn arena_name(arena: Arena) -> &'static str {
    match arena {
        Arena::State => "state",
        Arena::StateU => "state_u",
        Arena::Work => "work",
        Arena::WorkU => "work_u",
        Arena::Data => "data",
        Arena::DataU => "data_u",
        Arena::Io => "io",
    }
}

/// `template` with every `{{NAME}}` replaced by its text.
pub(super) fn fill(template: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
    let mut text = String::with_capacity(2 * template.len());
    let mut rest = template;
    while let Some((before, after)) = split_once(rest, b"{{") {
        let (name, after) = split_once(after, b"}}").expect("a placeholder ends with braces");
        let value = values.iter().find(|(n, _)| *n == name);
        let (_, value) = value.unwrap_or_else(|| panic!("the placeholder {name} has no text"));
        text.push_str(before);
        let _ = write!(text, "{value}");
        rest = after;
    }
    text.push_str(rest);
    text
}

/// The text before and after `mark`. The standard library's search for a string is larger than all
/// templates together.
fn split_once<'a>(text: &'a str, mark: &[u8; 2]) -> Option<(&'a str, &'a str)> {
    let at = text.as_bytes().windows(2).position(|two| two == mark)?;
    Some((text.get(..at)?, text.get(at + 2..)?))
}
