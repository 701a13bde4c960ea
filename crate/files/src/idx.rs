//! IDX, the format MNIST is published in: two zero bytes, a type, the number of axes, the size of each axis
//! as a big-endian `u32`, then the values, big-endian. Format: the end of
//! <http://yann.lecun.com/exdb/mnist/>.

use crate::array::{Array, Kind};
use crate::bad;
use alloc::format;
use alloc::vec::Vec;
use tilde_models::Error;

/// The array of a file.
///
/// # Errors
/// [`Error::BadFile`] for another type, and those of [`Array::new`].
pub(crate) fn read(bytes: Vec<u8>) -> Result<Array, Error> {
    let &[0, 0, kind, axes, ref rest @ ..] = &bytes[..] else {
        return bad("An IDX file starts with two zero bytes; this one does not.".into());
    };
    let kind = match kind {
        0x08 => Kind::U8,
        0x09 => Kind::I8,
        0x0b => Kind::I16,
        0x0c => Kind::I32,
        0x0d => Kind::F32,
        0x0e => Kind::F64,
        _ => {
            return bad(format!(
                "This IDX file holds values of type 0x{kind:02x}, which the format has not."
            ));
        }
    };
    let header = 4 * usize::from(axes);
    let Some(sizes) = rest.get(..header) else {
        return bad(format!(
            "This IDX file ends in its header: {} bytes are needed and it holds {}.",
            4 + header,
            bytes.len()
        ));
    };
    let size = |four: &[u8]| four.iter().fold(0, |size, &byte| 256 * size + u64::from(byte));
    let shape: Vec<u64> = sizes.chunks_exact(4).map(size).collect();
    Array::new("IDX", kind, true, &shape, false, bytes, 4 + header)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};

    fn file(kind: u8, sizes: &[u32], values: usize) -> Vec<u8> {
        let mut bytes = alloc::vec![0, 0, kind, sizes.len() as u8];
        sizes.iter().for_each(|size| bytes.extend(size.to_be_bytes()));
        bytes.extend((0..values).map(|i| (i % 251) as u8));
        bytes
    }

    fn message(bytes: &[u8]) -> String {
        read(bytes.to_vec()).err().unwrap().to_string()
    }

    #[test]
    fn arrays_of_bytes_and_of_wider_numbers() {
        let images = read(file(8, &[3, 5, 5], 75)).unwrap();
        assert_eq!((&images.shape[..], images.value(74)), (&[3, 5, 5][..], 74.0));
        let wide = read(file(0x0b, &[2], 4)).unwrap();
        assert_eq!([0, 1].map(|i| wide.value(i)), [1.0, 515.0]);
    }

    #[test]
    fn every_truncation_is_refused() {
        let bytes = file(8, &[2, 3, 3], 18);
        assert!(read(bytes.clone()).is_ok());
        for length in 0..bytes.len() {
            assert!(read(bytes[..length].to_vec()).is_err());
        }
        assert_eq!(
            message(&bytes[..10]),
            "This IDX file ends in its header: 16 bytes are needed and it holds 10."
        );
        assert_eq!(
            message(&file(8, &[60_000, 28, 28], 9)),
            "This IDX file says uint8 of shape (60000, 28, 28) (47,040,016 bytes) but holds 25 bytes."
        );
    }
}
