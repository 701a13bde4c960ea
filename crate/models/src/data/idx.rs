//! IDX, the format MNIST is published in: two zero bytes, a type, the number of axes, the size of
//! each axis as a big-endian `u32`, then the values. Read here: bytes (type 8) with three axes
//! (images) or one (labels). Format: the end of <http://yann.lecun.com/exdb/mnist/>.

use super::images::Images;
use super::reader::{self, MAX_BYTES, Parsed, bad, check_images, check_rows};
use super::text::thousands;
use crate::Error;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Reads images or labels, after what the header says.
pub(super) fn parse(bytes: &[u8]) -> Result<Parsed, Error> {
    match header(bytes)? {
        (Sizes::Labels(n), values) => {
            let says = || format!("{} labels", thousands(n));
            check_rows("IDX", n, "label")?;
            check_length(bytes, values, Some(n), says)?;
            Ok(Parsed::Labels(values.to_vec()))
        }
        (Sizes::Images([n, height, width]), values) => {
            let says = || format!("{} of {height}×{width}", reader::images(n));
            check_images("IDX", n, height, width)?;
            let needed = (n * height).checked_mul(width);
            check_length(bytes, values, needed, says)?;
            let shape = [n, height, width].map(|size| size as usize);
            let area = shape[1] * shape[2];
            let most = values.iter().copied().max().unwrap_or(0);
            Ok(Parsed::Images(reader::collect(shape, reader::white(most), |i, image| {
                image.copy_from_slice(&values[i * area..][..area]);
            })))
        }
    }
}

/// Reads images.
///
/// # Errors
/// [`Error::BadFile`] if the file holds labels, or as [`parse`].
pub(super) fn images(bytes: &[u8]) -> Result<Images, Error> {
    match parse(bytes)? {
        Parsed::Images(images) => Ok(images),
        _ => bad("Expected an IDX file of images (3 axes); this one holds labels (1 axis).".into()),
    }
}

/// Reads labels.
///
/// # Errors
/// [`Error::BadFile`] if the file holds images, or as [`parse`].
pub(super) fn labels(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    match parse(bytes)? {
        Parsed::Labels(labels) => Ok(labels),
        _ => bad("Expected an IDX file of labels (1 axis); this one holds images (3 axes).".into()),
    }
}

enum Sizes {
    Labels(u64),
    /// Count, height, width.
    Images([u64; 3]),
}

/// The sizes in the header, and the bytes after it.
fn header(bytes: &[u8]) -> Result<(Sizes, &[u8]), Error> {
    let &[0, 0, kind, axes, ref rest @ ..] = bytes else {
        return bad("Expected an IDX file, which starts with two zero bytes; this one does not.".into());
    };
    if kind != 8 {
        return bad(format!(
            "This IDX file holds values of type 0x{kind:02x}{}; expected 0x08 (unsigned bytes).",
            match kind {
                0x09 => " (signed bytes)",
                0x0b => " (16-bit integers)",
                0x0c => " (32-bit integers)",
                0x0d => " (32-bit floats)",
                0x0e => " (64-bit floats)",
                _ => "",
            }
        ));
    }
    let count = match axes {
        1 | 3 => usize::from(axes),
        _ => {
            return bad(format!(
                "This IDX file has {axes} axes; expected 3 (images: count, height, width) or 1 (labels)."
            ));
        }
    };
    if rest.len() < 4 * count {
        return bad(format!(
            "This IDX file ends in its header: {} bytes are needed and it holds {}.",
            4 + 4 * count,
            bytes.len()
        ));
    }
    let (sizes, values) = rest.split_at(4 * count);
    let size = |axis: usize| {
        let four = [0, 1, 2, 3].map(|k| sizes[4 * axis + k]);
        u64::from(u32::from_be_bytes(four))
    };
    let sizes = if count == 1 { Sizes::Labels(size(0)) } else { Sizes::Images([0, 1, 2].map(size)) };
    Ok((sizes, values))
}

/// Checks that the file is as long as its header says. `needed`: bytes of values, `None` if they
/// are more than can be counted.
fn check_length(
    bytes: &[u8],
    values: &[u8],
    needed: Option<u64>,
    says: impl Fn() -> String,
) -> Result<(), Error> {
    let Some(needed) = needed.filter(|&needed| needed <= MAX_BYTES) else {
        return bad(format!(
            "This IDX file says {}, which is more than the {} bytes that can be read.",
            says(),
            thousands(MAX_BYTES)
        ));
    };
    if values.len() as u64 == needed {
        return Ok(());
    }
    let header = bytes.len() - values.len();
    bad(format!(
        "This IDX file says {} ({} bytes) but holds {} bytes.",
        says(),
        thousands(needed + header as u64),
        thousands(bytes.len() as u64)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

    fn file(kind: u8, sizes: &[u32], values: usize) -> Vec<u8> {
        let mut bytes = vec![0, 0, kind, sizes.len() as u8];
        sizes.iter().for_each(|size| bytes.extend(size.to_be_bytes()));
        bytes.extend((0..values).map(|i| (i % 251) as u8));
        bytes
    }

    fn message(bytes: &[u8]) -> String {
        parse(bytes).unwrap_err().to_string()
    }

    #[test]
    fn reads_images_and_labels() {
        let bytes = file(8, &[3, 5, 5], 75);
        let images = images(&bytes).unwrap();
        assert_eq!((images.n, images.height, images.width, images.levels), (3, 5, 5, 255));
        assert_eq!(images.pixels, bytes[16..]);
        let bytes = file(8, &[4], 4);
        assert_eq!(labels(&bytes).unwrap(), [0, 1, 2, 3]);
    }

    #[test]
    fn few_levels_are_their_own_white() {
        let images = images(&file(8, &[1, 4, 4], 16)).unwrap();
        assert_eq!(images.levels, 15);
    }

    #[test]
    fn a_short_file_says_how_short() {
        let mut bytes = file(8, &[60_000, 28, 28], 0);
        bytes.resize(1_024, 0);
        assert_eq!(
            message(&bytes),
            "This IDX file says 60,000 images of 28×28 (47,040,016 bytes) but holds 1,024 bytes."
        );
        assert_eq!(message(&file(8, &[9], 10)), "This IDX file says 9 labels (17 bytes) but holds 18 bytes.");
    }

    #[test]
    fn every_truncation_is_refused() {
        let bytes = file(8, &[2, 3, 3], 18);
        assert!(parse(&bytes).is_ok());
        for length in 0..bytes.len() {
            assert_eq!(parse(&bytes[..length]).unwrap_err().code(), "bad-file");
        }
        assert_eq!(
            message(&bytes[..10]),
            "This IDX file ends in its header: 16 bytes are needed and it holds 10."
        );
    }

    #[test]
    fn hostile_sizes_are_refused_before_they_are_allocated() {
        let most = u32::MAX;
        assert_eq!(
            message(&file(8, &[most, most, most], 8)),
            "This IDX file says 4,294,967,295 images of 4294967295×4294967295; an edge may have up to 1,024 pixels."
        );
        assert_eq!(
            message(&file(8, &[most, 28, 28], 8)),
            "This IDX file says 4,294,967,295 images; up to 1,000,000 can be read."
        );
        assert_eq!(
            message(&file(8, &[1_000_000, 1_024, 1_024], 8)),
            "This IDX file says 1,000,000 images of 1024×1024, which is more than the 268,435,456 bytes that can be read."
        );
        assert_eq!(
            message(&file(8, &[0, 28, 28], 0)),
            "This IDX file says 0 images of 28×28: there is nothing to learn from."
        );
        assert_eq!(message(&file(8, &[0], 0)), "This IDX file says it has no labels.");
    }

    #[test]
    fn other_types_and_ranks_are_named() {
        assert_eq!(
            message(&file(0x0d, &[2, 2, 2], 32)),
            "This IDX file holds values of type 0x0d (32-bit floats); expected 0x08 (unsigned bytes)."
        );
        assert_eq!(
            message(&file(8, &[2, 2], 4)),
            "This IDX file has 2 axes; expected 3 (images: count, height, width) or 1 (labels)."
        );
        assert!(images(&file(8, &[2], 2)).is_err());
        assert!(labels(&file(8, &[1, 1, 1], 1)).is_err());
    }
}
