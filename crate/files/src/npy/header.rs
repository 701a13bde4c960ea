//! The header of an NPY file: where it ends, and the entries of its dictionary.

use crate::bad;
use alloc::format;
use alloc::vec::Vec;
use tilde_models::Error;
use tilde_models::data::text::thousands;

/// Longest header that is read, in bytes; NumPy's own limit.
const MAX_HEADER: usize = 10_000;

/// The header's text, and where the values begin.
pub(super) fn split(bytes: &[u8]) -> Result<(&str, usize), Error> {
    let short = || {
        bad(format!("This NPY file ends in its header: it holds {} bytes.", thousands(bytes.len() as u64)))
    };
    let (length, start) = match *bytes {
        [_, _, _, _, _, _, 1, _, a, b, ..] => (u32::from(u16::from_le_bytes([a, b])), 10),
        [_, _, _, _, _, _, 2 | 3, _, a, b, c, d, ..] => (u32::from_le_bytes([a, b, c, d]), 12),
        [_, _, _, _, _, _, version @ (0 | 4..), ..] => {
            return bad(format!("This NPY file is of version {version}; expected 1, 2 or 3."));
        }
        _ => return short(),
    };
    let length = length as usize;
    if length > MAX_HEADER {
        return bad(format!(
            "This NPY file says its header has {} bytes; up to {} are read.",
            thousands(length as u64),
            thousands(MAX_HEADER as u64)
        ));
    }
    let Some(header) = bytes[start..].get(..length) else { return short() };
    match core::str::from_utf8(header) {
        Ok(header) => Ok((header, start + length)),
        Err(_) => bad("The header of this NPY file is not text.".into()),
    }
}

/// What follows `'key':` in the header.
pub(super) fn entry<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    const QUOTES: [char; 2] = ['\'', '"'];
    let mut rest = header;
    loop {
        (_, rest) = rest.split_once(QUOTES)?;
        if let Some(after) = rest.strip_prefix(key).and_then(|after| after.strip_prefix(QUOTES)) {
            return Some(after.trim_start().strip_prefix(':')?.trim_start());
        }
    }
}

/// The text between the quotes at the start.
pub(super) fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    text.get(1..)?.split_once(quote).map(|(inside, _)| inside)
}

/// The sizes of a tuple at the start: "(3, 4)", "(3,)", "()". Six at most.
pub(super) fn sizes(text: &str) -> Option<Vec<u64>> {
    let (inside, _) = text.strip_prefix('(')?.split_once(')')?;
    let inside = inside.trim().trim_end_matches(',');
    if inside.is_empty() {
        return Some(Vec::new());
    }
    let sizes: Option<Vec<u64>> = inside.split(',').take(7).map(|size| size.trim().parse().ok()).collect();
    sizes.filter(|sizes| sizes.len() < 7)
}
