//! Files of the user's own, told apart by what is in them and not by their names.
//!
//! Every size that a file states is checked against the limits, and against the bytes that are really
//! there, before anything of that size is allocated. The formats are in `idx`, `npy` and `csv`, and what
//! these share in `reader`.

use super::reader::bad;
use super::text::{excerpt, thousands};
use super::{csv, idx, npy};
use crate::Error;
use alloc::format;
use alloc::string::String;

pub use super::reader::{MAX_BYTES, MAX_EDGE, MAX_ROWS, Parsed};

/// Reads an IDX file (as MNIST is published, unpacked), an NPY file or points as text.
///
/// `name` is only for messages.
///
/// # Errors
/// [`Error::BadFile`] with what was expected and what was found, if the file is of another kind,
/// inconsistent, or over a limit ([`MAX_BYTES`], [`MAX_ROWS`], [`MAX_EDGE`]).
pub fn parse(name: &str, bytes: &[u8]) -> Result<Parsed, Error> {
    let name = excerpt(name);
    let size = bytes.len() as u64;
    if size > MAX_BYTES {
        return bad(format!(
            "{name} has {} bytes; files of up to {} can be read.",
            thousands(size),
            thousands(MAX_BYTES)
        ));
    }
    match bytes {
        [] => bad(format!("{name} is empty.")),
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => npy::parse(bytes),
        [0, 0, _, _, ..] => idx::parse(bytes),
        [0x1f, 0x8b, ..] => bad(format!("{name} is packed with gzip; unpack it first.")),
        [b'P', b'K', ..] => bad(format!("{name} is a ZIP or NPZ archive; take one NPY file out of it.")),
        [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] | [b'G', b'I', b'F', b'8', ..] => {
            bad(format!("{name} is a picture; turn it into grey values first, as the page does."))
        }
        _ => match core::str::from_utf8(bytes) {
            Ok(text) if !bytes.contains(&0) => csv::parse(text).map(Parsed::Points),
            _ => bad(format!(
                "{name} is none of IDX (images or labels), NPY, or points as text with x, y on \
                 each line; it starts with the bytes{}.",
                bytes.iter().take(4).map(|b| format!(" {b:02x}")).collect::<String>()
            )),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    fn message(bytes: &[u8]) -> String {
        let error = parse("mine.bin", bytes).unwrap_err();
        assert_eq!(error.code(), "bad-file");
        error.to_string()
    }

    #[test]
    fn other_kinds_of_file_are_named() {
        assert_eq!(message(b""), "mine.bin is empty.");
        assert_eq!(message(&[0x1f, 0x8b, 8]), "mine.bin is packed with gzip; unpack it first.");
        assert_eq!(message(b"PK\x03\x04"), "mine.bin is a ZIP or NPZ archive; take one NPY file out of it.");
        assert_eq!(
            message(b"\x89PNG\r\n"),
            "mine.bin is a picture; turn it into grey values first, as the page does."
        );
        assert_eq!(
            message(&[0xfe, 0xed, 0xfa, 0xce, 0x00]),
            "mine.bin is none of IDX (images or labels), NPY, or points as text with x, y on each line; it starts with the bytes fe ed fa ce."
        );
    }

    proptest! {
        /// Whatever the bytes, the answer comes back, and what is accepted is consistent.
        #[test]
        fn no_file_breaks_the_reader(
            kind in 0..4usize,
            mut bytes in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            let start: &[u8] = [
                &b""[..],
                b"\0\0\x08\x03\0\0\0\x01",
                b"\x93NUMPY\x01\0\x40\0{'descr': '<f4', 'fortran_order': False, 'shape': (",
                b"x,y\n1,2\n",
            ][kind];
            bytes.splice(0..0, start.iter().copied());
            match parse("f", &bytes) {
                Ok(Parsed::Images(i)) => {
                    prop_assert_eq!(i.pixels.len(), i.n * i.area());
                    prop_assert!(i.pixels.iter().all(|&p| p <= i.levels));
                }
                Ok(Parsed::Labels(l)) => prop_assert!(!l.is_empty()),
                Ok(Parsed::Points(p)) => prop_assert!(p.iter().all(|v| v.is_finite())),
                Err(error) => prop_assert_eq!(error.code(), "bad-file"),
            }
        }
    }
}
