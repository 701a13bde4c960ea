use super::*;
use alloc::string::{String, ToString};
use alloc::vec;

/// A file as `numpy.save` writes it.
pub(crate) fn file(descr: &str, shape: &str, values: &[u8]) -> Vec<u8> {
    of_version(1, descr, false, shape, values)
}

fn of_version(version: u8, descr: &str, fortran: bool, shape: &str, values: &[u8]) -> Vec<u8> {
    let fortran = if fortran { "True" } else { "False" };
    let mut header = format!("{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = vec![0x93, b'N', b'U', b'M', b'P', b'Y', version, 0];
    match version {
        1 => bytes.extend((header.len() as u16).to_le_bytes()),
        _ => bytes.extend((header.len() as u32).to_le_bytes()),
    }
    bytes.extend(header.as_bytes());
    bytes.extend(values);
    bytes
}

fn values(bytes: Vec<u8>) -> Vec<f64> {
    let array = read(bytes).unwrap();
    let [n, m] = array.shape[..] else { panic!("{:?}", array.shape) };
    (0..n).flat_map(|i| (0..m).map(move |j| (i, j))).map(|(i, j)| array.value(array.at(i, j))).collect()
}

fn message(bytes: Vec<u8>) -> String {
    read(bytes).err().unwrap().to_string()
}

#[test]
fn every_version_order_and_type() {
    let expected = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    for version in 1..=3 {
        assert_eq!(values(of_version(version, "'|u1'", false, "(3, 2)", &[1, 2, 3, 4, 5, 6])), expected);
        assert_eq!(values(of_version(version, "'|u1'", true, "(3, 2)", &[1, 3, 5, 2, 4, 6])), expected);
    }
    let little: Vec<u8> = expected.iter().flat_map(|&v| (v as i64).to_le_bytes()).collect();
    let big: Vec<u8> = expected.iter().flat_map(|&v| (v as f32).to_be_bytes()).collect();
    assert_eq!(values(file("'<i8'", "(3, 2)", &little)), expected);
    assert_eq!(values(file("'>f4'", "(3, 2)", &big)), expected);
    for (descr, size) in [
        ("|b1", 1),
        ("i1", 1),
        ("<i2", 2),
        (">u2", 2),
        ("<f2", 2),
        ("<u4", 4),
        ("=i4", 4),
        ("<u8", 8),
        (">f8", 8),
    ] {
        assert_eq!(values(file(&format!("'{descr}'"), "(1, 2)", &vec![0; 2 * size])), [0.0, 0.0], "{descr}");
    }
}

#[test]
fn what_is_no_plain_number_is_named() {
    for (descr, what) in [
        ("'<c8'", "complex numbers"),
        ("'|O'", "Python objects"),
        ("'<U5'", "texts"),
        ("'<M8[ns]'", "dates"),
        ("'<f16'", "long doubles"),
        ("[('x', '<f4'), ('y', '<f4')]", "records"),
        ("'é'", "of type “é”"),
    ] {
        let message = message(file(descr, "(2,)", &[0; 16]));
        assert!(message.contains(what), "{message}");
    }
    assert!(message(file("'<f8'", "()", &[0; 8])).contains("a single number"));
}

#[test]
fn every_truncation_is_refused() {
    let whole = file("'<f4'", "(2, 2)", &[0; 16]);
    for length in 6..whole.len() {
        assert!(read(whole[..length].to_vec()).is_err(), "{length}");
    }
    assert!(message(whole[..40].to_vec()).contains("ends in its header"));
    assert_eq!(
        message(b"\x93NUMPY\x09\x00\x10\x00".to_vec()),
        "This NPY file is of version 9; expected 1, 2 or 3."
    );
    assert!(message(file("'<f4'", "(2, x)", &[])).contains("should state"));
}
