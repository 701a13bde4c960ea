use super::*;
use crate::data::Images;
use alloc::string::ToString;
use alloc::vec;

/// A file as `numpy.save` writes it.
fn file(descr: &str, shape: &str, values: &[u8]) -> Vec<u8> {
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(values);
    bytes
}

fn f32s(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

fn f64s(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

fn images(bytes: &[u8]) -> Images {
    match parse(bytes) {
        Ok(Parsed::Images(images)) => images,
        other => panic!("{other:?}"),
    }
}

fn message(bytes: &[u8]) -> String {
    let error = parse(bytes).unwrap_err();
    assert_eq!(error.code(), "bad-file");
    error.to_string()
}

#[test]
fn reads_points_of_every_type() {
    let expected = Parsed::Points(vec![1.0, 2.0, 3.0, 4.0]);
    let values = [1.0, 2.0, 3.0, 4.0];
    assert_eq!(parse(&file("<f4", "(2, 2)", &f32s(&values.map(|v| v as f32)))).unwrap(), expected);
    assert_eq!(parse(&file("<f8", "(2, 2)", &f64s(&values))).unwrap(), expected);
    assert_eq!(parse(&file("|u1", "(2, 2)", &[1, 2, 3, 4])).unwrap(), expected);
}

#[test]
fn reads_images_of_every_layout() {
    let pixels: Vec<u8> = (0..32).map(|i| i * 8).collect();
    for shape in ["(2, 4, 4)", "(2, 16)", "(2, 4, 4, 1)", "(2, 1, 4, 4)"] {
        let images = images(&file("|u1", shape, &pixels));
        assert_eq!((images.n, images.height, images.width, images.levels), (2, 4, 4, 255));
        assert_eq!(images.pixels, pixels, "{shape}");
    }
}

#[test]
fn colours_become_grey_wherever_the_channels_are() {
    // A red and a white pixel; the fourth channel is opacity.
    let last = [255, 0, 0, 255, 255, 255];
    let planes = [255, 255, 0, 255, 0, 255];
    let rgba = [255, 0, 0, 9, 255, 255, 255, 0];
    let cases: [(&str, &[u8]); 3] =
        [("(2, 1, 1, 3)", &last), ("(1, 3, 1, 2)", &planes), ("(2, 1, 1, 4)", &rgba)];
    for (shape, values) in cases {
        let images = images(&file("|u1", shape, values));
        assert_eq!((images.pixels[0], *images.pixels.last().unwrap()), (76, 255), "{shape}");
    }
}

#[test]
fn floats_may_have_any_of_the_usual_ranges() {
    for values in [[0.0, 0.5, 1.0, 0.2], [-1.0, 0.0, 1.0, -0.6], [0.0, 127.5, 255.0, 51.0]] {
        let images = images(&file("<f8", "(1, 2, 2)", &f64s(&values)));
        assert_eq!((images.pixels, images.levels), (vec![0, 128, 255, 51], 255));
    }
    // scikit-learn's digits: floats from 0 to 16.
    let images = images(&file("<f4", "(1, 2, 2)", &f32s(&[0.0, 8.0, 16.0, 4.0])));
    assert_eq!(images.pixels, [0, 128, 255, 64]);
}

#[test]
fn bytes_of_few_levels_keep_them() {
    let binary = images(&file("|b1", "(1, 2, 2)", &[0, 1, 1, 0]));
    assert_eq!((binary.pixels, binary.levels), (vec![0, 1, 1, 0], 1));
    let black = images(&file("|u1", "(1, 2, 2)", &[0; 4]));
    assert_eq!((black.pixels, black.levels), (vec![0; 4], 1));
}

#[test]
fn large_images_are_shrunk() {
    let images = images(&file("|u1", "(1, 100, 50)", &[200; 5_000]));
    assert_eq!((images.height, images.width), (32, 32));
    assert_eq!(images.pixels, [200; 1_024]);
}

#[test]
fn labels_are_bytes_of_rank_one() {
    assert_eq!(parse(&file("|u1", "(3,)", &[7, 1, 0])).unwrap(), Parsed::Labels(vec![7, 1, 0]));
}

#[test]
fn longer_headers_of_version_two_are_read() {
    let one = file("|u1", "(3,)", &[7, 1, 0]);
    let mut two = b"\x93NUMPY\x02\x00".to_vec();
    two.extend([one[8], one[9], 0, 0]);
    two.extend(&one[10..]);
    assert_eq!(parse(&two).unwrap(), Parsed::Labels(vec![7, 1, 0]));
}

#[test]
fn every_truncation_is_refused() {
    let bytes = file("<f4", "(2, 2)", &f32s(&[1.0; 4]));
    for length in 6..bytes.len() {
        assert_eq!(parse(&bytes[..length]).unwrap_err().code(), "bad-file");
    }
    assert_eq!(
        message(&bytes[..bytes.len() - 4]),
        "This NPY file says float32 of shape (2, 2) (144 bytes) but holds 140 bytes."
    );
    assert_eq!(message(&bytes[..20]), "This NPY file ends in its header: it holds 20 bytes.");
}

#[test]
fn hostile_sizes_are_refused_before_they_are_allocated() {
    assert_eq!(
        message(&file("<f8", "(18446744073709551615, 2)", &[])),
        "This NPY file says float64 of shape (18446744073709551615, 2), which is more than the 268,435,456 bytes that can be read."
    );
    assert_eq!(
        message(&file("|u1", "(1000, 0, 5)", &[])),
        "This NPY file says 1,000 images of 0×5: there is nothing to learn from."
    );
    assert_eq!(
        message(b"\x93NUMPY\x02\x00\xff\xff\xff\xffx"),
        "This NPY file says its header has 4,294,967,295 bytes; up to 10,000 are read."
    );
    assert!(message(&file("|u1", "(1,1,1,1,1,1,1,1)", &[1])).starts_with("The header of this"));
}

#[test]
fn other_contents_are_named() {
    assert_eq!(
        message(&file("<i8", "(1, 2)", &[0; 16])),
        "This NPY file holds values of type <i8; expected uint8, float32 or float64, little-endian (array.astype('float32') gives one)."
    );
    let c_order = file("|u1", "(2, 2, 2)", &[0; 8]);
    let text = String::from_utf8_lossy(&c_order[10..]).replace("False", "True ");
    let fortran = [&c_order[..10], text.as_bytes()].concat();
    assert_eq!(
        message(&fortran),
        "This NPY file is in Fortran order; expected C order (numpy.ascontiguousarray gives it)."
    );
    assert!(message(&file("|u1", "(2, 3)", &[0; 6])).starts_with(
        "This NPY file holds uint8 of shape (2, 3); expected points (N, 2), images (N, height, width)"
    ));
    assert_eq!(
        message(&file("<f4", "(1, 2)", &f32s(&[1.0, f32::NAN]))),
        "Point 0 of this NPY file has the coordinate NaN; coordinates must be finite."
    );
    assert_eq!(
        message(&file("<f4", "(1, 2, 2)", &f32s(&[0.0, 1.0, -3.0, 0.0]))),
        "The pixels of this NPY file go from -3 to 1; expected 0 to 1, −1 to 1 or 0 to 255."
    );
    assert_eq!(message(b"\x93NUMPY\x09\x00\x10\x00"), "This NPY file is of version 9; expected 1, 2 or 3.");
}
