//! The user's own files, read by the rules of the page (`tilde-files`); pictures are decoded here.

use crate::args::Reading;
use crate::failure::Failure;
use image::{DynamicImage, ImageDecoder, ImageReader};
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use tilde_files::{Added, Choice, Crop, Files, MAX_BYTES, Want};
use tilde_models::Card;
use tilde_models::exhibit::UserData;

/// Reads files that belong together, as the card's exhibit takes them: pictures or a folder of them, an array
/// with or without a file of labels, a table, a text or a network. What was done to them is said on standard
/// error. `None` for no files.
///
/// # Errors
/// A failure that says what was expected and what was found.
pub fn read(reading: &Reading, card: &Card) -> Result<Option<UserData>, Failure> {
    if reading.data.is_empty() {
        return Ok(None);
    }
    if card.data.is_empty() {
        return Err(Failure::Failed(format!("'{}' takes no data of your own.", card.id)));
    }
    let mut files = Files::new(Want::of(card.data.iter().copied()));
    for path in &listed(&reading.data)? {
        let bytes = bytes(path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // Decoded only where it is wanted: an exhibit of points is told what it is.
        let packed = bytes.clone();
        if let Added::Picture(what) = files.add(&name, bytes)? {
            picture(&mut files, path, what, &packed)?;
        }
    }
    let mut choice = Choice {
        crop: reading.crop.map_or(Crop::Whole, Crop::from),
        transpose: reading.transpose,
        invert: reading.invert,
        ..Choice::default()
    };
    // Arrays and columns are chosen by their names, which the first reading tells.
    let known = files.read(&choice);
    if let Some(name) = &reading.array {
        let names: Vec<&str> = known.arrays.iter().map(|array| &*array.name).collect();
        let Some(at) = names.iter().position(|known| known == name) else {
            return Err(Failure::Usage(format!(
                "There is no array '{name}'. There are: {}.",
                names.join(", ")
            )));
        };
        choice.array = Some(at);
    }
    let known = files.read(&choice);
    if let Some(columns) = &reading.columns {
        let names = known.table.as_ref().map(|table| &table.names[..]).unwrap_or_default();
        choice.columns =
            columns.split(',').map(|column| numbered(column.trim(), names)).collect::<Result<_, _>>()?;
        if !(2..=3).contains(&choice.columns.len()) {
            return Err(Failure::Usage(
                "--columns takes two columns, x and y, or three with the class.".into(),
            ));
        }
    }
    let read = files.read(&choice);
    for note in &read.notes {
        eprintln!("{note}");
    }
    let asks = read.table.is_some_and(|table| table.asks);
    read.data.map(Some).map_err(|error| match (Failure::from(error), asks && reading.columns.is_none()) {
        (Failure::Failed(message), true) => {
            Failure::Failed(format!("{message} With --columns 1,2 they are two."))
        }
        (failure, _) => failure,
    })
}

/// A column by its name or its number from 1.
fn numbered(column: &str, names: &[String]) -> Result<usize, Failure> {
    let by_name = names.iter().position(|name| name == column);
    let by_number = || column.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    by_name.or_else(by_number).ok_or_else(|| {
        Failure::Usage(format!("There is no column '{column}'. There are: {}.", names.join(", ")))
    })
}

/// The files, and the pictures of folders in the order of their names.
fn listed(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let unread = |e| Failure::file(path, "read", &e);
        let entries = fs::read_dir(path).map_err(unread)?.collect::<Result<Vec<_>, _>>().map_err(unread)?;
        let is_picture = |path: &PathBuf| {
            let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
            ["png", "jpg", "jpeg"].iter().any(|known| extension == *known)
        };
        let mut found: Vec<PathBuf> = entries.into_iter().map(|e| e.path()).filter(is_picture).collect();
        if found.is_empty() {
            return Err(Failure::Failed(format!(
                "{} holds no PNG or JPEG picture; give a folder that does.",
                path.display()
            )));
        }
        found.sort();
        files.append(&mut found);
    }
    Ok(files)
}

/// The bytes of a file. One byte over the limit is enough to be refused for.
fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let unread = |e| Failure::file(path, "read", &e);
    let mut bytes = Vec::new();
    fs::File::open(path).map_err(unread)?.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unread)?;
    Ok(bytes)
}

/// Decodes a picture. What a browser reads besides PNG and JPEG is named.
fn picture(files: &mut Files, path: &Path, what: &str, bytes: &[u8]) -> Result<(), Failure> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if !["a PNG picture", "a JPEG picture"].contains(&what) {
        return Err(Failure::Failed(format!(
            "{name} is {what}; the command reads PNG and JPEG. Convert it first."
        )));
    }
    let decoded = decoded(bytes).map_err(|e| Failure::file(path, "read as a picture", &e))?.into_rgba8();
    let [width, height] = [decoded.width(), decoded.height()].map(|edge| edge as usize);
    Ok(files.add_picture(&name, width, height, decoded.as_raw())?)
}

/// The pixels of a picture, turned as it says: browsers do that, too.
fn decoded(bytes: &[u8]) -> image::ImageResult<DynamicImage> {
    let mut decoder = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}
