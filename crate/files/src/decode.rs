//! Bytes as text.

use crate::bad;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use tilde_models::Error;
use tilde_models::data::text::thousands;

/// What text a file was, if not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf16,
}

/// A text in UTF-8, or in UTF-16 if it begins with the mark of that. Every line ends in `\n`, whatever it
/// ended in.
///
/// # Errors
/// [`Error::BadFile`] that names the line that is not.
pub(crate) fn text(name: &str, bytes: &[u8]) -> Result<(String, Encoding), Error> {
    let (text, encoding) = match bytes {
        [0xff, 0xfe, rest @ ..] => (utf16(name, rest, u16::from_le_bytes)?, Encoding::Utf16),
        [0xfe, 0xff, rest @ ..] => (utf16(name, rest, u16::from_be_bytes)?, Encoding::Utf16),
        _ => match core::str::from_utf8(bytes) {
            Ok(text) => (text.strip_prefix('\u{feff}').unwrap_or(text).to_string(), Encoding::Utf8),
            Err(error) => {
                let before = &bytes[..error.valid_up_to()];
                let breaks = |at: usize| match before[at] {
                    b'\n' => true,
                    b'\r' => before.get(at + 1) != Some(&b'\n'),
                    _ => false,
                };
                let line = 1 + (0..before.len()).filter(|&at| breaks(at)).count() as u64;
                return bad(format!(
                    "Line {} of {name} is not UTF-8 (byte {:02x}). Save the file as UTF-8.",
                    thousands(line),
                    bytes[error.valid_up_to()]
                ));
            }
        },
    };
    Ok((lines(text), encoding))
}

/// The same with `\n` at the end of each line.
pub(crate) fn lines(text: String) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
}

/// Whether bytes can be text at all: no zero bytes, unless they begin as UTF-16.
pub(crate) fn may_be_text(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || !bytes.contains(&0)
}

fn utf16(name: &str, bytes: &[u8], word: fn([u8; 2]) -> u16) -> Result<String, Error> {
    let words: Vec<u16> = bytes.chunks_exact(2).map(|two| word([two[0], two[1]])).collect();
    match (String::from_utf16(&words), bytes.len() % 2) {
        (Ok(text), 0) => Ok(text),
        _ => bad(format!("{name} begins as UTF-16 and is broken off. Save the file as UTF-8.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_in_two_codes_and_three_ends_of_lines() {
        let utf16 = |mark: [u8; 2], word: fn(u16) -> [u8; 2]| {
            [mark.to_vec(), "a\r\né".encode_utf16().flat_map(word).collect()].concat()
        };
        for (bytes, encoding) in [
            (b"\xef\xbb\xbfa\r\n\xc3\xa9".to_vec(), Encoding::Utf8),
            (b"a\r\xc3\xa9".to_vec(), Encoding::Utf8),
            (b"a\n\xc3\xa9".to_vec(), Encoding::Utf8),
            (utf16([0xff, 0xfe], u16::to_le_bytes), Encoding::Utf16),
            (utf16([0xfe, 0xff], u16::to_be_bytes), Encoding::Utf16),
        ] {
            assert_eq!(text("f", &bytes).unwrap(), ("a\né".to_string(), encoding));
        }
    }

    #[test]
    fn other_bytes_are_named_with_their_line() {
        let message = |bytes: &[u8]| text("f", bytes).unwrap_err().to_string();
        assert_eq!(
            message(b"a\r\nb\rc\nGr\xf6\xdfe"),
            "Line 4 of f is not UTF-8 (byte f6). Save the file as UTF-8."
        );
        assert!(message(b"\xff\xfea\0b").contains("UTF-16 and is broken off"));
        assert!(message(b"\xff\xfe\0\xd8").contains("UTF-16 and is broken off"));
    }
}
