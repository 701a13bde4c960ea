//! Gzip and ZIP. What comes out is limited before it is made.

use crate::{MAX_BYTES, bad};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use tilde_models::Error;
use tilde_models::data::text::{excerpt, thousands};

/// Most files of a ZIP archive.
const MAX_ENTRIES: usize = 1_000;

/// The contents of a gzip file, of one part or several.
pub(crate) fn gunzip(name: &str, mut bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    let broken = || format!("{name} starts like gzip, and then it is broken off or damaged.");
    while bytes.starts_with(&[0x1f, 0x8b]) {
        let Some(body) = gzip_body(bytes) else { return bad(broken()) };
        let room = MAX_BYTES as usize - out.len();
        let (part, used) = inflate(name, body, room)?.ok_or_else(|| Error::BadFile(broken()))?;
        let Some(&[a, b, c, d, e, f, g, h]) = body[used..].first_chunk::<8>() else { return bad(broken()) };
        let (sum, size) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
        if sum != crc32(&part) || size != part.len() as u32 {
            return bad(broken());
        }
        if out.is_empty() {
            out = part;
        } else {
            out.extend_from_slice(&part);
        }
        bytes = &body[used + 8..];
    }
    Ok(out)
}

/// What follows the header of a part.
fn gzip_body(bytes: &[u8]) -> Option<&[u8]> {
    let (header, mut rest) = bytes.split_at_checked(10)?;
    let [_, _, 8, flags, ..] = *header else { return None };
    if flags & 4 != 0 {
        let (size, after) = rest.split_at_checked(2)?;
        rest = after.get(usize::from(u16::from_le_bytes([size[0], size[1]]))..)?;
    }
    // The name and the comment end with a zero.
    for flag in [8, 16] {
        if flags & flag != 0 {
            rest = &rest[rest.iter().position(|&b| b == 0)? + 1..];
        }
    }
    if flags & 2 != 0 { rest.get(2..) } else { Some(rest) }
}

/// The inflated bytes and how many were used; `None` for what is no deflated data.
///
/// # Errors
/// [`Error::BadFile`] if they are more than `most`.
fn inflate(name: &str, bytes: &[u8], most: usize) -> Result<Option<(Vec<u8>, usize)>, Error> {
    let mut state = alloc::boxed::Box::<DecompressorOxide>::default();
    let mut out = vec![0; (4 * bytes.len()).min(1 << 20).min(most)];
    let (mut used, mut made) = (0, 0);
    loop {
        let (status, took, gave) =
            decompress(&mut state, &bytes[used..], &mut out, made, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF);
        used += took;
        made += gave;
        match status {
            TINFLStatus::Done => {
                out.truncate(made);
                return Ok(Some((out, used)));
            }
            TINFLStatus::HasMoreOutput if out.len() >= most => {
                return bad(format!(
                    "{name} unpacks to more than {} bytes, which is the most that can be read.",
                    thousands(MAX_BYTES)
                ));
            }
            TINFLStatus::HasMoreOutput => out.resize((2 * out.len()).max(64).min(most), 0),
            _ => return Ok(None),
        }
    }
}

/// A file of a ZIP archive.
pub(crate) struct Entry {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// What an archive holds.
pub(crate) struct Archive {
    /// Names of all its files.
    pub names: Vec<String>,
    /// Those that end in ".npy".
    pub arrays: Vec<Entry>,
}

/// The NPY files of an archive, unpacked.
pub(crate) fn unzip(name: &str, bytes: &[u8]) -> Result<Archive, Error> {
    let broken =
        || Error::BadFile(format!("{name} starts like a ZIP archive, and then it is broken off or damaged."));
    let directory = directory(bytes).ok_or_else(broken)?;
    let mut archive = Archive { names: Vec::new(), arrays: Vec::new() };
    let mut room = MAX_BYTES as usize;
    for listed in directory {
        let inner = format!("{} in {name}", excerpt(&listed.name));
        if listed.name.ends_with(".npy") {
            if listed.flags & 1 != 0 {
                return bad(format!("{inner} is encrypted."));
            }
            let packed = listed.data(bytes).ok_or_else(broken)?;
            let bytes = match listed.method {
                0 if packed.len() <= room => packed.to_vec(),
                0 => return bad(format!("{name} unpacks to more than {} bytes.", thousands(MAX_BYTES))),
                8 => inflate(name, packed, room)?.ok_or_else(broken)?.0,
                _ => {
                    return bad(format!(
                        "{inner} is packed in a way that is not read here; use numpy.savez."
                    ));
                }
            };
            if crc32(&bytes) != listed.sum {
                return Err(broken());
            }
            room -= bytes.len();
            let stem = listed.name.trim_end_matches(".npy").to_string();
            archive.arrays.push(Entry { name: stem, bytes });
        }
        archive.names.push(listed.name);
    }
    Ok(archive)
}

/// A line of the central directory.
struct Listed {
    name: String,
    flags: u16,
    method: u16,
    sum: u32,
    packed: usize,
    offset: usize,
}

impl Listed {
    /// Its packed bytes. The header before them has lengths of its own.
    fn data<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let header = bytes.get(self.offset..)?.get(..30)?;
        let skip = 30 + word(header, 26)? + word(header, 28)?;
        bytes.get(self.offset..)?.get(skip..)?.get(..self.packed)
    }
}

fn word(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?)))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// The central directory, which the last bytes of the archive point to.
fn directory(bytes: &[u8]) -> Option<Vec<Listed>> {
    // At the very end but for a comment.
    let first = bytes.len().checked_sub(22)?;
    let end =
        (first.saturating_sub(65_535)..=first).rev().find(|&at| bytes[at..].starts_with(b"PK\x05\x06"))?;
    let count = word(bytes, end + 10)?;
    let mut at = long(bytes, end + 16)? as usize;
    if count > MAX_ENTRIES {
        return None;
    }
    let mut all = Vec::new();
    for _ in 0..count {
        let line = bytes.get(at..)?;
        if !line.starts_with(b"PK\x01\x02") {
            return None;
        }
        let lengths = [word(line, 28)?, word(line, 30)?, word(line, 32)?];
        let name = String::from_utf8_lossy(line.get(46..)?.get(..lengths[0])?).into_owned();
        all.push(Listed {
            name,
            flags: word(line, 8)? as u16,
            method: word(line, 10)? as u16,
            sum: long(line, 16)?,
            packed: long(line, 20)? as usize,
            offset: long(line, 42)? as usize,
        });
        at += 46 + lengths.iter().sum::<usize>();
    }
    Some(all)
}

/// The sum of bytes that gzip and ZIP keep, ISO 3309.
fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut i = 0;
        while i < 256 {
            let (mut c, mut k) = (i as u32, 0);
            while k < 8 {
                c = if c & 1 != 0 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 };
                k += 1;
            }
            table[i] = c;
            i += 1;
        }
        table
    };
    !bytes.iter().fold(!0, |c, &b| TABLE[((c ^ u32::from(b)) & 255) as usize] ^ (c >> 8))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use miniz_oxide::deflate::compress_to_vec;

    /// As gzip writes it, with a name.
    pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut out = b"\x1f\x8b\x08\x08\0\0\0\0\0\x03name\0".to_vec();
        out.extend(compress_to_vec(bytes, 6));
        out.extend(crc32(bytes).to_le_bytes());
        out.extend((bytes.len() as u32).to_le_bytes());
        out
    }

    /// As numpy.savez (`pack` false) and numpy.savez_compressed write it.
    pub(crate) fn zip(files: &[(&str, Vec<u8>)], pack: bool) -> Vec<u8> {
        let (mut out, mut directory) = (Vec::new(), Vec::new());
        for (name, bytes) in files {
            let packed = if pack { compress_to_vec(bytes, 6) } else { bytes.clone() };
            let mut common = [20u16, 0, if pack { 8 } else { 0 }, 0, 0].map(u16::to_le_bytes).concat();
            common.extend(crc32(bytes).to_le_bytes());
            common.extend((packed.len() as u32).to_le_bytes());
            common.extend((bytes.len() as u32).to_le_bytes());
            common.extend((name.len() as u16).to_le_bytes());
            let offset = out.len() as u32;
            // NumPy leaves room for sizes beyond four gigabytes.
            out.extend(
                [b"PK\x03\x04".as_slice(), &common, &20u16.to_le_bytes(), name.as_bytes(), &[0; 20], &packed]
                    .concat(),
            );
            directory.extend(
                [b"PK\x01\x02\x14\0".as_slice(), &common, &[0; 12], &offset.to_le_bytes(), name.as_bytes()]
                    .concat(),
            );
        }
        let (start, size, n) = (out.len() as u32, directory.len() as u32, files.len() as u16);
        out.extend(directory);
        out.extend(b"PK\x05\x06\0\0\0\0");
        out.extend([n.to_le_bytes(), n.to_le_bytes()].concat());
        out.extend([size.to_le_bytes(), start.to_le_bytes()].concat());
        out.extend([0, 0]);
        out
    }

    #[test]
    fn crc_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn gzip_comes_back_whole_or_not_at_all() {
        let bytes: Vec<u8> = (0..5_000u32).map(|i| ((i * i) >> 3) as u8).collect();
        let packed = gzip(&bytes);
        assert_eq!(gunzip("f", &packed).unwrap(), bytes);
        assert_eq!(
            gunzip("f", &[gzip(&bytes), gzip(b"more")].concat()).unwrap(),
            [&bytes[..], b"more"].concat()
        );
        for length in [2, 9, 12, 100, packed.len() - 1] {
            let message = gunzip("f", &packed[..length]).unwrap_err().to_string();
            assert!(message.contains("broken off"), "{message}");
        }
        let mut damaged = packed.clone();
        damaged[40] ^= 4;
        assert!(gunzip("f", &damaged).is_err());
    }

    #[test]
    fn archives_give_their_arrays() {
        let files = [("a.npy", vec![7; 1000]), ("notes.txt", b"hello".to_vec()), ("b.npy", vec![1, 2])];
        for pack in [false, true] {
            let bytes = zip(&files, pack);
            let archive = unzip("f", &bytes).unwrap();
            assert_eq!(archive.names, ["a.npy", "notes.txt", "b.npy"]);
            assert_eq!(archive.arrays.len(), 2);
            assert_eq!((&*archive.arrays[0].name, &archive.arrays[0].bytes), ("a", &files[0].1));
            assert!(unzip("f", &bytes[..bytes.len() - 3]).is_err());
        }
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_made() {
        let zeros = compress_to_vec(&vec![0; 1 << 22], 9);
        assert!(inflate("f", &zeros, 1 << 20).unwrap_err().to_string().contains("unpacks to more than"));
    }
}
