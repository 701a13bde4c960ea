//! What a file is, from its first bytes.

/// Formats that are read here, and the name of what is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Npy,
    Idx,
    Gzip,
    Zip,
    /// A picture of pixels, which whoever asks decodes.
    Picture(&'static str),
    /// Something else, with its article.
    Other(&'static str),
    /// Perhaps text.
    Unknown,
}

/// Beginnings of files, and what they are.
const BINARY: &[(&[u8], Kind)] = &[
    (b"\x93NUMPY", Kind::Npy),
    (b"\x1f\x8b", Kind::Gzip),
    (b"PK\x03\x04", Kind::Zip),
    (b"PK\x05\x06", Kind::Zip),
    (b"\x89PNG\r\n\x1a\n", Kind::Picture("a PNG picture")),
    (b"\xff\xd8\xff", Kind::Picture("a JPEG picture")),
    (b"GIF87a", Kind::Picture("a GIF picture")),
    (b"GIF89a", Kind::Picture("a GIF picture")),
    (b"II*\0", Kind::Other("a TIFF picture")),
    (b"MM\0*", Kind::Other("a TIFF picture")),
    (b"%PDF-", Kind::Other("a PDF document")),
    (b"BZh", Kind::Other("packed with bzip2 (unpack it first)")),
    (b"\xfd7zXZ\0", Kind::Other("packed with xz (unpack it first)")),
    (b"\x28\xb5\x2f\xfd", Kind::Other("packed with Zstandard (unpack it first)")),
    (b"7z\xbc\xaf\x27\x1c", Kind::Other("a 7-Zip archive (unpack it first)")),
    (b"Rar!\x1a\x07", Kind::Other("a RAR archive (unpack it first)")),
    (b"\x89HDF\r\n\x1a\n", Kind::Other("an HDF5 file")),
    (b"MATLAB 5.0 MAT-file", Kind::Other("a MATLAB file")),
    (b"PAR1", Kind::Other("a Parquet file")),
    (b"ARROW1", Kind::Other("an Arrow file")),
    (b"SQLite format 3\0", Kind::Other("an SQLite database")),
    (b"\x80\x02", Kind::Other("pickled Python objects")),
    (b"\x80\x03", Kind::Other("pickled Python objects")),
    (b"\x80\x04", Kind::Other("pickled Python objects")),
    (b"\x80\x05", Kind::Other("pickled Python objects")),
    (b"\xd0\xcf\x11\xe0", Kind::Other("an old Office document (save it as CSV)")),
    (b"\x7fELF", Kind::Other("a program")),
    (b"\0asm", Kind::Other("a WebAssembly module")),
    (b"OggS", Kind::Other("a sound")),
    (b"ID3", Kind::Other("a sound")),
    (b"fLaC", Kind::Other("a sound")),
];

/// Beginnings of texts in small letters, and what they are.
const TEXTS: &[(&str, &str)] = &[
    ("<!doctype html", "an HTML page"),
    ("<html", "an HTML page"),
    ("<head", "an HTML page"),
    ("<body", "an HTML page"),
    ("<svg", "an SVG drawing"),
    ("{\\rtf", "an RTF document"),
    ("%!ps", "a PostScript document"),
    ("@relation", "an ARFF file"),
];

/// What the bytes are.
pub(crate) fn of(bytes: &[u8]) -> Kind {
    let starts = |start: &[u8]| bytes.starts_with(start);
    if let Some((_, kind)) = BINARY.iter().find(|(start, _)| starts(start)) {
        return *kind;
    }
    match *bytes {
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Kind::Picture("a WebP picture"),
        [b'R', b'I', b'F', b'F', ..] => Kind::Other("a sound"),
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Kind::Picture("a BMP picture"),
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', ..] => Kind::Picture("an AVIF picture"),
        [_, _, _, _, b'f', b't', b'y', b'p', b'h', b'e', ..] => Kind::Other("an HEIC picture"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Kind::Other("a film"),
        [_, _, _, _, _, _, _, 0, b'{', b'"', ..] => Kind::Other("a file of weights (safetensors)"),
        // The types of values of IDX, and one to four axes.
        [0, 0, 8 | 9 | 0x0b..=0x0e, 1..=4, ..] => Kind::Idx,
        _ => Kind::Unknown,
    }
}

/// What a text is that is no plain one: an HTML page, an SVG drawing, JSON, a notebook.
pub(crate) fn of_text(text: &str) -> Option<&'static str> {
    let start: alloc::string::String =
        text.trim_start().chars().take(2_000).collect::<alloc::string::String>().to_ascii_lowercase();
    if let Some((_, what)) = TEXTS.iter().find(|(begin, _)| start.starts_with(begin)) {
        return Some(what);
    }
    // After the declaration of XML, a comment or a type of document.
    if start.starts_with("<?xml") || start.starts_with("<!") {
        return Some(if start.contains("<svg") {
            "an SVG drawing"
        } else if start.contains("<html") {
            "an HTML page"
        } else {
            "an XML file"
        });
    }
    if start.starts_with("{\"")
        || start.starts_with("{\n")
        || start.starts_with("[{")
        || start.starts_with("[[")
    {
        return Some("a JSON file");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_what_they_hold() {
        for (bytes, kind) in [
            (&b"\x93NUMPY\x01\0"[..], Kind::Npy),
            (b"\0\0\x08\x03\0\0\0\x01", Kind::Idx),
            (b"\x89PNG\r\n\x1a\n....", Kind::Picture("a PNG picture")),
            (b"RIFF....WEBPVP8 ", Kind::Picture("a WebP picture")),
            (b"%PDF-1.4", Kind::Other("a PDF document")),
            (b"BM and more words", Kind::Unknown),
            (b"\0\0\0\0", Kind::Unknown),
            (b"", Kind::Unknown),
            (b"\xa0\x01\0\0\0\0\0\0{\"a\":", Kind::Other("a file of weights (safetensors)")),
        ] {
            assert_eq!(of(bytes), kind, "{bytes:?}");
        }
        for (text, what) in [
            ("\n <!DOCTYPE html><p>", Some("an HTML page")),
            ("<?xml version='1.0'?>\n<svg xmlns=", Some("an SVG drawing")),
            ("<?xml version='1.0'?><note/>", Some("an XML file")),
            ("{\"a\": 1}", Some("a JSON file")),
            ("x,y\n1,2", None),
            ("<3 you", None),
        ] {
            assert_eq!(of_text(text), what, "{text}");
        }
    }
}
