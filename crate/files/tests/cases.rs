//! The cases of `tests/cases`, each with what its README expects.

mod common;

use common::{bytes, path};
use tilde_files::{Added, Choice, Crop, Files, Read, Want};
use tilde_models::data::network::plain;
use tilde_models::data::{Images, UserData};

/// What an exhibit of these kinds makes of files, pictures decoded as the command does.
fn read_as(kinds: &[&str], files: &[(&str, Vec<u8>)], choice: &Choice) -> Read {
    let mut all = Files::new(Want::of(kinds.iter().copied()));
    for (name, bytes) in files {
        match all.add(name, bytes.clone()) {
            Ok(Added::Taken) => {}
            Ok(Added::Picture(_)) => {
                let picture = image::load_from_memory(bytes).expect("a picture").into_rgba8();
                let [width, height] = [picture.width(), picture.height()].map(|n| n as usize);
                all.add_picture(name, width, height, picture.as_raw()).expect("a small one");
            }
            Err(error) => {
                return Read { data: Err(error), ..all.read(choice) };
            }
        }
    }
    all.read(choice)
}

/// The same for one case, as it is.
fn case(kinds: &[&str], name: &str) -> Read {
    read_as(kinds, &[(name, bytes(name))], &Choice::default())
}

/// The pictures of a folder, in the order of their names.
fn folder(name: &str) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = std::fs::read_dir(path(name))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(path).unwrap()))
        .collect();
    all.sort();
    all
}

/// Why it was refused.
fn refusal(read: &Read) -> String {
    let error = read.data.as_ref().expect_err("a refusal");
    assert_eq!(error.code(), "bad-file");
    error.to_string()
}

/// Its images.
fn images_of(read: &Read) -> &Images {
    match read.data.as_ref() {
        Ok(UserData::Images(images)) => images,
        other => panic!("{other:?}"),
    }
}

/// Its points.
fn points(read: &Read) -> &[f32] {
    match read.data.as_ref() {
        Ok(UserData::Points(points)) => points,
        other => panic!("{other:?}"),
    }
}

/// Its text.
fn text(read: &Read) -> &str {
    match read.data.as_ref() {
        Ok(UserData::Text(text)) => text,
        other => panic!("{other:?}"),
    }
}

fn idx(n: usize, side: usize, value: impl Fn(usize) -> u8) -> Vec<u8> {
    let mut file = vec![0, 0, 8, 3];
    [n, side, side].iter().for_each(|&size| file.extend((size as u32).to_be_bytes()));
    file.extend((0..n * side * side).map(value));
    file
}

fn pictures(name: &str, choice: &Choice) -> Read {
    let files = folder(name);
    let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(name, bytes)| (&**name, bytes.clone())).collect();
    read_as(&["images"], &files, choice)
}

/// Mean brightness of the rim of an image.
fn rim(image: &[u8], side: usize) -> f64 {
    let on = |at: &usize| [0, side - 1].contains(&(at / side)) || [0, side - 1].contains(&(at % side));
    let all: Vec<f64> = (0..side * side).filter(on).map(|at| f64::from(image[at])).collect();
    all.iter().sum::<f64>() / all.len() as f64
}

#[test]
fn white_ink_on_nothing_is_white_on_black() {
    let read = pictures("white-on-transparent", &Choice::default());
    let images = images_of(&read);
    assert_eq!((images.n, images.height), (6, 28));
    for i in 0..6 {
        let image = images.image(i);
        assert!(rim(image, 28) < 5.0 && image.iter().any(|&p| p > 200), "{i}");
    }
    assert!(read.notes[0].contains("transparent"), "{:?}", read.notes);
}

#[test]
fn a_mixed_lot_has_one_polarity_and_says_so() {
    let read = pictures("mixed", &Choice::default());
    let images = images_of(&read);
    assert_eq!((images.n, images.height, images.width), (13, 28, 28));
    for i in 0..13 {
        let image = images.image(i);
        assert!(rim(image, 28) < 30.0, "the ground of picture {i} is {}", rim(image, 28));
        assert!(image.iter().any(|&p| p > 150), "picture {i} is blank");
        // Margins: the first and the last column are no lighter than the ground.
        assert!((0..28).all(|y| image[28 * y] < 60 && image[28 * y + 27] < 60), "bars in {i}");
    }
    assert_eq!(read.notes, ["They are of several shapes; margins are of each one's own ground."]);
    // Inverted by hand, all of them are.
    let other = pictures("mixed", &Choice { invert: true, ..Choice::default() });
    assert!(images_of(&other).pixels.iter().zip(&images.pixels).all(|(a, b)| a + b == 255));
}

#[test]
fn drawings_of_both_polarities_become_light_on_dark() {
    let mut files = Files::new(Want::of(["images"]));
    for (i, (ground, ink)) in [(255, 0), (0, 255), (240, 30), (255, 90), (128, 20)].into_iter().enumerate() {
        let level = |at: usize| {
            if (14 + i..20 + i).contains(&(at / 40)) && (5..30).contains(&(at % 40)) { ink } else { ground }
        };
        let rgba: Vec<u8> = (0..40 * 40).flat_map(|at| [level(at), level(at), level(at), 255]).collect();
        files.add_picture("drawing", 40, 40, &rgba).expect("a small one");
    }
    let read = files.read(&Choice::default());
    let images = images_of(&read);
    for i in 0..5 {
        let image = images.image(i);
        assert!(rim(image, 28) < *image.iter().max().unwrap() as f64, "{i}");
    }
    assert_eq!(read.notes, ["4 of 5 are dark on light, and were inverted, so that all are light on dark."]);
}

#[test]
fn a_page_that_is_named_otherwise_is_called_a_page() {
    let message = refusal(&case(&["images"], "html-named-train-images-idx3-ubyte.gz"));
    assert!(message.contains("is an HTML page, not IDX"), "{message}");
    assert!(!message.contains('x') || !message.contains(" x "), "{message}");
    assert!(message.ends_with("Expected images."), "{message}");
    let message = refusal(&case(&["points"], "html-named-train-images-idx3-ubyte.gz"));
    assert!(
        message.contains("is an HTML page, not a table") && message.ends_with("Expected points."),
        "{message}"
    );
    let message = refusal(&case(&["network"], "html-named-train-images-idx3-ubyte.gz"));
    assert!(message.contains("is an HTML page, not BIF"), "{message}");
}

#[test]
fn labels_of_eight_bytes_are_labels() {
    let files = [("images.idx", idx(200, 8, |i| (i * 37 % 256) as u8)), ("y.npy", bytes("labels-int64.npy"))];
    for order in [[0, 1], [1, 0]] {
        let files = order.map(|i| files[i].clone());
        let read = read_as(&["images"], &files, &Choice::default());
        let images = images_of(&read);
        assert_eq!((images.n, images.labels.len()), (200, 200));
        assert!(images.labels.iter().max() > Some(&0));
        assert!(read.notes[0].contains("labels are in y.npy"), "{:?}", read.notes);
    }
    let message = refusal(&case(&["images"], "labels-int64.npy"));
    assert!(message.contains("as labels do") && message.contains("Expected images"), "{message}");
}

#[test]
fn points_of_any_plain_type() {
    assert_eq!(points(&case(&["points"], "points-f2.npy")).len(), 100);
    assert_eq!(points(&case(&["points"], "points-i8.npy")).len(), 100);
    for kinds in [["points"], ["images"]] {
        assert!(refusal(&case(&kinds, "scalar.npy")).contains("a single number"));
        assert!(refusal(&case(&kinds, "object.npy")).contains("Python objects"));
    }
}

#[test]
fn one_column_or_two_is_asked() {
    let read = case(&["points"], "one-column.csv");
    assert!(read.table.as_ref().is_some_and(|table| table.asks));
    let message = refusal(&read);
    assert!(message.contains("one number with a decimal comma"), "{message}");
    let file = [("one-column.csv", bytes("one-column.csv"))];
    let two = read_as(&["points"], &file, &Choice { one_column: Some(false), ..Choice::default() });
    assert_eq!(points(&two), [32.0, 56.0, 41.0, 12.0, 50.0, 99.0]);
    let one = read_as(&["points"], &file, &Choice { one_column: Some(true), ..Choice::default() });
    assert!(refusal(&one).contains("one column"));
    let said = read_as(&["points"], &file, &Choice { columns: vec![1, 0], ..Choice::default() });
    assert_eq!(points(&said)[..2], [56.0, 32.0]);
}

#[test]
fn tables_are_read_by_their_headers() {
    for (name, expected) in [
        ("pandas-index.csv", &[1.5, 2.5, 2.5, 3.5, 0.5, 1.0][..]),
        ("label-column.csv", &[1.0, 2.0, 2.0, 3.0]),
        ("quoted.csv", &[1.0, 2.0, 3.0, 4.0]),
        ("semicolon-decimal-comma.csv", &[1.5, 2.5, 2.5, 3.5]),
        ("cr-only.csv", &[1.0, 2.0, 3.0, 4.0]),
    ] {
        let read = case(&["points"], name);
        assert_eq!(points(&read), expected, "{name}");
        let table = read.table.expect("a table");
        let [x, y] = table.columns[..2] else { panic!("{name}") };
        assert_eq!([&*table.names[x], &*table.names[y]], ["x", "y"], "{name}");
        assert!(!table.asks);
    }
    // One row: read as a table, and refused for what it holds.
    let read = case(&["points"], "utf16.csv");
    assert_eq!(read.table.as_ref().expect("a table").names, ["x", "y"]);
    assert!(refusal(&read).contains("holds 1 point"), "{}", refusal(&read));
    // Another choice of columns.
    let file = [("pandas-index.csv", bytes("pandas-index.csv"))];
    let other = read_as(&["points"], &file, &Choice { columns: vec![0, 2], ..Choice::default() });
    assert_eq!(points(&other)[..4], [0.0, 2.5, 1.0, 3.5]);
}

#[test]
fn labels_are_classes_where_there_are_any() {
    let read = case(&["classes"], "label-column.csv");
    match &read.data {
        Ok(UserData::Classed { points, classes }) => {
            assert_eq!((&points[..], &classes[..]), (&[1.0, 2.0, 2.0, 3.0][..], &[0, 1][..]));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(read.table.expect("a table").columns, [0, 1, 2]);
    assert!(refusal(&case(&["classes"], "quoted.csv")).contains("no column of classes"));
}

#[test]
fn networks_are_read_or_refused_with_their_place() {
    let read = case(&["network"], "thirds.bif");
    let network = plain::read(text(&read)).expect("our own form");
    assert!(network.nodes[0].table.iter().all(|p| (p - 1.0 / 3.0).abs() < 1e-14));
    assert!(read.notes[0].contains("of A sum to 0.999"), "{:?}", read.notes);
    let message = refusal(&case(&["network"], "row-twice.bif"));
    assert!(message.contains("Line 10") && message.contains("the row (a) of B is given twice"), "{message}");
    let message = refusal(&case(&["network"], "row-sum.bif"));
    assert_eq!(message, "Line 13 of the network: the row (a) of B sums to 1.1, and must sum to 1.");
    let long = case(&["network"], "long-name.bif");
    assert_eq!(plain::read(text(&long)).unwrap().nodes[0].name, "VentricularFibrillationOccurrence");
    assert!(plain::read(text(&case(&["network"], "bom.bif"))).is_ok());
    let message = refusal(&case(&["network"], "latin1.bif"));
    assert!(message.contains("Line 3 of latin1.bif is not UTF-8"), "{message}");
}

#[test]
fn texts_are_counted_in_characters_and_their_lines_are_lines() {
    let read = case(&["text"], "cr-only.txt");
    assert!(text(&read).starts_with("line 0 of the old mac file\nline 1 "));
    assert_eq!(text(&case(&["text"], "thousand.txt")).len(), 1_000);
    let message = refusal(&case(&["text"], "surrogates.txt"));
    assert!(message.contains("has 603 characters; from 1,000"), "{message}");
}

#[test]
fn what_nothing_can_be_learned_from_is_refused() {
    assert!(refusal(&case(&["images"], "one-image.idx")).contains("1 image of 8×8; at least two"));
    assert_eq!(
        refusal(&case(&["images"], "all-zero.idx")),
        "All 200 images are alike, so there is nothing to learn."
    );
}

#[test]
fn images_are_transposed_and_cropped_on_request() {
    // A bright bar in the first rows of each image.
    let file = [("bars.idx", idx(9, 12, |i| if i % 144 < 24 + i / 144 { 255 } else { 0 }))];
    let plain = read_as(&["images"], &file, &Choice::default());
    let turned = read_as(&["images"], &file, &Choice { transpose: true, ..Choice::default() });
    let (a, b) = (images_of(&plain).image(0), images_of(&turned).image(0));
    assert!((0..144).all(|at| a[at] == b[at % 12 * 12 + at / 12]));
    assert_ne!(a, b);
    let ink = read_as(
        &["images"],
        &[("digit.idx", idx(5, 20, |i| u8::from(i % 400 / 20 == 10 && i % 20 == 3 + i / 400) * 255))],
        &Choice { crop: Crop::Ink, ..Choice::default() },
    );
    assert!(refusal(&ink).contains("alike"), "one pixel of ink, cut out, is alike everywhere");
}
