//! Arrays and pictures as small grey images of one polarity: bright ink on a dark ground.

use crate::array::Array;
use crate::frame::{Crop, Ground, cut, ground};
use crate::picture::Picture;
use crate::resize::Resize;
use crate::{MAX_EDGE, MAX_IMAGES, bad};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use tilde_models::Error;
use tilde_models::data::text::{count, decimal, thousands};
use tilde_models::data::{Images, MAX_SIDE};

/// Side of pictures that are not all small squares of one size, and of ink that is cut out.
const SIDE: usize = 28;
/// Smallest rows `[N, D]` that are taken for flattened square images.
const MIN_FLAT: usize = 16;
/// Images that the polarity of an array is judged by.
const JUDGED: usize = 200;
/// How far a value may be beyond a range: what single precision loses.
const SLACK: f64 = 1e-4;

/// What is done to images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Orient {
    pub crop: Crop,
    pub transpose: bool,
    pub invert: bool,
    /// Whether arrays keep their polarity.
    pub as_is: bool,
}

/// How images lie in an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    n: usize,
    height: usize,
    width: usize,
    channels: usize,
    /// Numbers from an image, a row, a column and a channel to the next.
    strides: [usize; 4],
}

/// How the images of an array lie: `[N, H, W]`, `[N, H, W, C]` or `[N, C, H, W]` with 1, 3 or 4 channels, or
/// `[N, D]` with D a square number. `None` for other shapes.
pub(crate) fn layout(array: &Array) -> Option<Layout> {
    let s = &array.strides;
    Some(match array.shape[..] {
        [n, d] if d >= MIN_FLAT => {
            let side = libm::round(libm::sqrt(d as f64)) as usize;
            if side * side != d {
                return None;
            }
            Layout { n, height: side, width: side, channels: 1, strides: [s[0], side * s[1], s[1], 0] }
        }
        [n, height, width] => Layout { n, height, width, channels: 1, strides: [s[0], s[1], s[2], 0] },
        // Tiny images could be read either way; then the way that makes them square is right.
        [n, height, width, channels @ (1 | 3 | 4)]
            if height == width || !matches!(height, 1 | 3 | 4) || width != channels =>
        {
            Layout { n, height, width, channels, strides: [s[0], s[1], s[2], s[3]] }
        }
        [n, channels @ (1 | 3 | 4), height, width] => {
            Layout { n, height, width, channels, strides: [s[0], s[2], s[3], s[1]] }
        }
        _ => return None,
    })
}

/// Grey value of a number: (value + offset) · factor.
struct Scale {
    offset: f64,
    factor: f64,
    /// The byte of white.
    levels: u8,
    note: String,
}

/// How numbers become bytes: 0 to 1, −1 to 1, 0 to 255 (or few levels of their own), or 16 bits.
fn scale(array: &Array) -> Result<Scale, Error> {
    let (low, high) = array.range()?;
    let [a, b] = [low, high].map(decimal);
    let new = |offset: f64, white: f64, levels: u8, words: &str| {
        let note = format!("Values go from {a} to {b}, so {words}.");
        Ok(Scale { offset, factor: f64::from(levels) / white, levels, note })
    };
    let float = array.kind.is_float();
    let slack = if float { SLACK } else { 0.0 };
    if low >= -slack && high <= 1.0 + slack {
        return new(0.0, 1.0, if float { 255 } else { 1 }, "0 is black and 1 is white");
    }
    if low >= -1.0 - slack && high <= 1.0 + slack {
        return new(1.0, 2.0, 255, "−1 is black and 1 is white");
    }
    if low >= -255.0 * slack && high <= 255.0 * (1.0 + slack) {
        // Few levels, such as the 16 of scikit-learn's digits: the brightest is white.
        if high <= 16.0 {
            let levels = if float { 255 } else { high as u8 };
            return new(0.0, high, levels, &format!("0 is black and {b} is white"));
        }
        return new(0.0, 255.0, 255, "0 is black and 255 is white");
    }
    if !float && low >= -128.0 && high <= 127.0 {
        return new(128.0, 255.0, 255, "−128 is black and 127 is white");
    }
    if !float && low >= 0.0 && high <= 65_535.0 {
        return new(0.0, 65_535.0, 255, "0 is black and 65535 is white");
    }
    bad(format!("The pixels of this file go from {a} to {b}; expected 0 to 1, −1 to 1 or 0 to 255."))
}

/// The images of an array, with what was done to them. Labels are those of the images that were in it.
///
/// # Errors
/// [`Error::BadFile`] if they cannot be learned from.
pub(crate) fn of_array(
    array: &Array,
    layout: Layout,
    labels: Option<Vec<u8>>,
    orient: Orient,
    notes: &mut Vec<String>,
) -> Result<Images, Error> {
    let Layout { n, height, width, channels, strides } = layout;
    let says = || format!("This file holds {} of {height}×{width}", count(n as u64, "image"));
    if height > MAX_EDGE || width > MAX_EDGE {
        return bad(format!("{}; an edge may have up to {} pixels.", says(), thousands(MAX_EDGE as u64)));
    }
    if n < 2 {
        return bad(format!("{}; at least two are needed, to learn from and to hold out.", says()));
    }
    let Scale { offset, factor, levels, note } = scale(array)?;
    notes.push(note);
    let stride = n.div_ceil(MAX_IMAGES);
    let kept = n.div_ceil(stride);
    if stride > 1 {
        let [n, kept] = [n, kept].map(|n| thousands(n as u64));
        notes.push(format!("Of {n} images {kept} are used, spread evenly."));
    }
    let fill = |i: usize, image: &mut [u8]| {
        for (pixel, grey) in image.iter_mut().enumerate() {
            let [y, x] = [pixel / width, pixel % width];
            let place = i * strides[0] + y * strides[1] + x * strides[2];
            let channel = |c: usize| array.value(place + c * strides[3]);
            let value = if channels < 3 {
                channel(0)
            } else {
                // ITU-R BT.601.
                0.299 * channel(0) + 0.587 * channel(1) + 0.114 * channel(2)
            };
            // Beyond the ends there is only slack, which the conversion cuts off.
            *grey = (((value + offset) * factor + 0.5) as u8).min(levels);
        }
    };
    let mut image = vec![0; height * width];
    // Bytes of 256 levels, which grounds and averages need.
    let fine = |image: &mut [u8]| {
        if levels < 255 {
            image
                .iter_mut()
                .for_each(|p| *p = ((u32::from(*p) * 255 + u32::from(levels) / 2) / u32::from(levels)) as u8);
        }
    };
    let (mut light, mut judged) = (0, 0);
    for i in (0..n).step_by(n.div_ceil(JUDGED)) {
        fill(i, &mut image);
        fine(&mut image);
        judged += 1;
        light += usize::from(ground(&image, height, width).is_some_and(|ground| ground.light));
    }
    let auto = 2 * light > judged && !orient.as_is;
    if auto {
        notes.push("They are dark on light, and were inverted.".into());
    }
    let side = match orient.crop {
        Crop::Whole => height.max(width).min(MAX_SIDE),
        Crop::Middle => height.min(width).min(MAX_SIDE),
        Crop::Ink => SIDE,
    };
    let whole = orient.crop != Crop::Ink && (height, width) == (side, side);
    let mut pixels = Vec::with_capacity(kept * side * side);
    let mut fit = Fit::new(side);
    for i in (0..n).step_by(stride) {
        fill(i, &mut image);
        if whole {
            pixels.extend_from_slice(&image);
        } else {
            fine(&mut image);
            let ground = ground(&image, height, width);
            fit.append(&image, [height, width], ground, orient.crop, &mut pixels);
        }
    }
    let labels = labels.unwrap_or_default().into_iter().step_by(stride).collect();
    finish(
        pixels,
        if whole { levels } else { 255 },
        [kept, side],
        labels,
        auto != orient.invert,
        orient.transpose,
    )
}

/// Pictures that were chosen together, with what was done to them.
///
/// # Errors
/// [`Error::BadFile`] if they cannot be learned from.
pub(crate) fn of_pictures(
    pictures: &[&Picture],
    orient: Orient,
    notes: &mut Vec<String>,
) -> Result<Images, Error> {
    let n = pictures.len();
    if n < 2 {
        return bad("There is 1 picture; at least two are needed, to learn from and to hold out.".into());
    }
    let size = |picture: &Picture| [picture.height, picture.width];
    let [height, width] = size(pictures[0]);
    let alike = pictures.iter().all(|picture| size(picture) == [height, width]);
    let side = match orient.crop {
        Crop::Whole if alike && height == width => height,
        Crop::Middle if alike => height.min(width),
        _ => SIDE,
    };
    let side = if side > MAX_SIDE { SIDE } else { side };
    let opacity = pictures.iter().filter(|picture| picture.opacity).count();
    if opacity > 0 {
        notes.push(match (opacity == n, opacity) {
            (true, _) => {
                "They are transparent: their one ink is bright, and what lies under it is black.".into()
            }
            (_, 1) => "1 is transparent: its one ink is bright, and what lies under it is black.".into(),
            (_, some) => {
                format!("{some} are transparent: their one ink is bright, and what lies under it is black.")
            }
        });
    }
    let grounds: Vec<Option<Ground>> =
        pictures.iter().map(|picture| ground(&picture.grey, picture.height, picture.width)).collect();
    let light = grounds.iter().flatten().filter(|ground| ground.light).count();
    let grounded = grounds.iter().flatten().count();
    // Drawings are brought to one polarity; photographs stay as they are.
    let drawings = 2 * grounded >= n;
    let mostly = 2 * light > grounded;
    let inverted = |ground: &Option<Ground>| drawings && ground.map_or(mostly, |ground| ground.light);
    let auto = grounds.iter().filter(|ground| inverted(ground)).count();
    match auto {
        0 => {}
        _ if auto == n => notes.push("They are dark on light, and were inverted.".into()),
        1 => notes.push(format!(
            "1 of {} is dark on light, and was inverted, so that all are light on dark.",
            thousands(n as u64)
        )),
        _ => notes.push(format!(
            "{} of {} are dark on light, and were inverted, so that all are light on dark.",
            thousands(auto as u64),
            thousands(n as u64)
        )),
    }
    if !alike {
        notes.push(match orient.crop {
            Crop::Whole => "They are of several shapes; margins are of each one's own ground.".into(),
            _ => "They are of several shapes.".into(),
        });
    }
    let mut pixels = Vec::with_capacity(n * side * side);
    let mut fit = Fit::new(side);
    for (picture, ground) in pictures.iter().zip(&grounds) {
        let start = pixels.len();
        fit.append(&picture.grey, size(picture), *ground, orient.crop, &mut pixels);
        if inverted(ground) {
            pixels[start..].iter_mut().for_each(|p| *p = 255 - *p);
        }
    }
    finish(pixels, 255, [n, side], Vec::new(), orient.invert, orient.transpose)
}

/// Brings images to one side.
struct Fit {
    side: usize,
    square: Vec<u8>,
    /// The last span and its resizing: most images have the same.
    last: Option<(usize, Resize)>,
}

impl Fit {
    fn new(side: usize) -> Fit {
        Fit { side, square: Vec::new(), last: None }
    }

    fn append(
        &mut self,
        image: &[u8],
        size: [usize; 2],
        ground: Option<Ground>,
        crop: Crop,
        out: &mut Vec<u8>,
    ) {
        let span = cut(image, size, ground, crop, &mut self.square);
        if span == self.side {
            out.extend_from_slice(&self.square);
            return;
        }
        if self.last.as_ref().is_none_or(|(known, _)| *known != span) {
            self.last = Some((span, Resize::new([span; 2], [self.side; 2])));
        }
        if let Some((_, resize)) = &self.last {
            resize.append(&self.square, out);
        }
    }
}

/// The last things that are done to the pixels of `n` squares, and what is asked of all of them.
fn finish(
    mut pixels: Vec<u8>,
    levels: u8,
    [n, side]: [usize; 2],
    labels: Vec<u8>,
    invert: bool,
    transpose: bool,
) -> Result<Images, Error> {
    let area = side * side;
    if pixels.chunks_exact(area).all(|image| image == &pixels[..area]) {
        return bad(format!("All {} images are alike, so there is nothing to learn.", thousands(n as u64)));
    }
    if invert {
        pixels.iter_mut().for_each(|p| *p = levels - *p);
    }
    if transpose {
        for image in pixels.chunks_exact_mut(area) {
            for y in 0..side {
                for x in 0..y {
                    image.swap(y * side + x, x * side + y);
                }
            }
        }
    }
    Images::new(pixels, levels, [n, side, side], labels)
}
