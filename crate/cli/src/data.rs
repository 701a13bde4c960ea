//! The user's own files: IDX and NPY (gzip too), points as text, pictures or a folder of them.

use crate::failure::Failure;
use flate2::read::GzDecoder;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use tilde_models::Card;
use tilde_models::data::file::MAX_BYTES;
use tilde_models::data::{Images, MAX_SIDE, Parsed, parse};
use tilde_models::exhibit::UserData;

/// Side of pictures that are not all small squares of one size.
const SIDE: usize = 28;

/// Reads files that belong together: points, or images with or without a file of their labels, or
/// pictures; for an exhibit that takes a text or a network, one file of it. `None` for no files.
///
/// # Errors
/// A failure that says what was expected and what was found.
pub fn read(paths: &[PathBuf], card: &Card) -> Result<Option<UserData>, Failure> {
    let [first, ..] = paths else { return Ok(None) };
    if card.data.iter().any(|kind| ["text", "network"].contains(kind)) {
        return text(paths).map(|text| Some(UserData::Text(text)));
    }
    if paths.iter().all(|path| path.is_dir() || is_picture(path)) {
        return pictures(paths).map(|images| Some(UserData::Images(images)));
    }
    let (mut images, mut labels, mut points) = (None, None, None);
    for path in paths {
        match parse(&path.display().to_string(), &bytes(path)?)? {
            Parsed::Images(found) if images.is_none() => images = Some(found),
            Parsed::Labels(found) if labels.is_none() => labels = Some(found),
            Parsed::Points(found) if points.is_none() => points = Some(found),
            _ => {
                return Err(Failure::Failed(format!(
                    "{}: a second file of its kind; give one.",
                    path.display()
                )));
            }
        }
    }
    match (images, labels, points) {
        (None, None, Some(points)) => Ok(Some(UserData::Points(points))),
        (Some(images), None, None) => Ok(Some(UserData::Images(images))),
        (Some(images), Some(labels), None) => Ok(Some(UserData::Images(images.with_labels(labels)?))),
        (None, Some(_), _) => Err(Failure::Failed(format!(
            "{} holds labels only; give the images, too, with a second --data.",
            first.display()
        ))),
        _ => Err(Failure::Failed("Images and points were given together; give one of them.".into())),
    }
}

fn text(paths: &[PathBuf]) -> Result<String, Failure> {
    let [path] = paths else { return Err(Failure::Failed("Give one file of text.".into())) };
    String::from_utf8(bytes(path)?)
        .map_err(|_| Failure::Failed(format!("{} is no text in UTF-8.", path.display())))
}

fn is_picture(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    ["png", "jpg", "jpeg"].iter().any(|known| extension == *known)
}

/// The bytes of a file, unpacked if they are gzip. One byte over the limit is enough to be refused
/// for.
fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let unread = |e| Failure::file(path, "read", &e);
    let mut packed = Vec::new();
    fs::File::open(path).map_err(unread)?.take(MAX_BYTES + 1).read_to_end(&mut packed).map_err(unread)?;
    if !packed.starts_with(&[0x1f, 0x8b]) {
        return Ok(packed);
    }
    let mut bytes = Vec::new();
    GzDecoder::new(&packed[..]).take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unread)?;
    Ok(bytes)
}

/// Pictures, and those of folders in the order of their names.
fn pictures(paths: &[PathBuf]) -> Result<Images, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let unread = |e| Failure::file(path, "read", &e);
        let entries = fs::read_dir(path).map_err(unread)?.collect::<Result<Vec<_>, _>>().map_err(unread)?;
        let mut found: Vec<PathBuf> =
            entries.into_iter().map(|e| e.path()).filter(|p| is_picture(p)).collect();
        if found.is_empty() {
            return Err(Failure::Failed(format!(
                "{} holds no PNG or JPEG picture; give a folder that does.",
                path.display()
            )));
        }
        found.sort();
        files.append(&mut found);
    }
    let images = files.iter().map(|path| picture(path)).collect::<Result<Vec<_>, _>>()?;
    let size = |image: &Images| (image.height, image.width);
    let (height, width) = size(&images[0]);
    let keep = height == width && height <= MAX_SIDE && images.iter().all(|i| size(i) == (height, width));
    let side = if keep { height } else { SIDE };
    let mut pixels = Vec::with_capacity(images.len() * side * side);
    for image in &images {
        pixels.extend(image.resized(side)?.pixels);
    }
    Ok(Images::new(pixels, u8::MAX, [images.len(), side, side], Vec::new())?)
}

/// One picture in grey, on white where it is transparent.
fn picture(path: &Path) -> Result<Images, Failure> {
    let picture =
        image::open(path).map_err(|e| Failure::file(path, "read as a picture", &e))?.into_luma_alpha8();
    let (width, height) = picture.dimensions();
    let on_white = |[grey, alpha]: [u8; 2]| {
        let [grey, alpha] = [u32::from(grey), u32::from(alpha)];
        ((grey * alpha + 255 * (255 - alpha) + 127) / 255) as u8
    };
    let pixels = picture.pixels().map(|p| on_white(p.0)).collect();
    Ok(Images::new(pixels, u8::MAX, [1, height as usize, width as usize], Vec::new())?)
}
