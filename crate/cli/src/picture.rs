//! Samples as a file: points as a scatter and images as a grid, in PNG; text as text.

use crate::failure::Failure;
use image::{Rgb, RgbImage};
use std::path::Path;
use tilde_models::Run;
use tilde_models::card::ViewKind;
use tilde_models::exhibit::Samples;

/// Side of a scatter, and about that of a grid, in pixels.
const SIDE: u32 = 640;
/// Radius of a point in pixels.
const RADIUS: f32 = 2.2;
/// How much of a point's colour is laid over what is below it.
const OPACITY: f32 = 0.6;
/// Pixels between two images of a grid.
const GAP: u32 = 2;
/// What is behind points.
const PAPER: Rgb<u8> = Rgb([255, 255, 255]);
/// What is behind images.
const FRAME: Rgb<u8> = Rgb([96, 96, 96]);
/// The colour of what a model made, as on the page.
const MODEL: [u8; 3] = [0xc7, 0x4c, 0x05];

/// Draws samples of a run to a file; texts are written, an empty line between them.
///
/// # Errors
/// If they are of a kind that cannot be drawn, or the file cannot be written.
pub fn write(path: &Path, run: &mut Run, samples: &Samples) -> Result<(), Failure> {
    let picture = match (samples.kind, &samples.shape[..]) {
        ("points", [_, 2]) => scatter(&samples.data, extent(run)?),
        ("images", &[n, height, width]) => grid(&samples.data, n, height, width),
        ("text", &[_, length]) => {
            return std::fs::write(path, texts(&samples.data, length))
                .map_err(|e| Failure::file(path, "written", &e));
        }
        (kind, _) => return Err(Failure::Failed(format!("{kind} cannot be drawn; use --json instead."))),
    };
    picture.save_with_format(path, image::ImageFormat::Png).map_err(|e| Failure::file(path, "written", &e))
}

/// Code points as lines of text.
fn texts(data: &[f32], length: usize) -> String {
    let text = |codes: &[f32]| codes.iter().filter_map(|&c| char::from_u32(c as u32)).collect::<String>();
    data.chunks(length).map(text).collect::<Vec<_>>().join("\n\n")
}

/// The box that the page shows points in: x₀, x₁, y₀, y₁.
fn extent(run: &mut Run) -> Result<[f32; 4], Failure> {
    let views = run.settings().card().views;
    match views.iter().find(|v| v.kind == ViewKind::Points) {
        Some(view) => Ok(pollster::block_on(run.view(view.id))?.extent),
        None => Ok([-3.0, 3.0, -3.0, 3.0]),
    }
}

/// Discs with smooth rims, y upwards.
fn scatter(points: &[f32], [x0, x1, y0, y1]: [f32; 4]) -> RgbImage {
    let mut picture = RgbImage::from_pixel(SIDE, SIDE, PAPER);
    let side = SIDE as f32;
    for point in points.chunks_exact(2) {
        let [x, y] = [(point[0] - x0) / (x1 - x0) * side, (y1 - point[1]) / (y1 - y0) * side];
        let reach = RADIUS + 1.0;
        let range = |centre: f32| (centre - reach).max(0.0) as u32..(centre + reach).clamp(0.0, side) as u32;
        for row in range(y) {
            for column in range(x) {
                let distance = (column as f32 + 0.5 - x).hypot(row as f32 + 0.5 - y);
                let cover = (RADIUS + 0.5 - distance).clamp(0.0, 1.0) * OPACITY;
                let pixel = &mut picture.get_pixel_mut(column, row).0;
                for (channel, model) in pixel.iter_mut().zip(MODEL) {
                    *channel = (f32::from(*channel) * (1.0 - cover) + f32::from(model) * cover).round() as u8;
                }
            }
        }
    }
    picture
}

/// Grey images side by side, every pixel a square.
fn grid(images: &[f32], n: usize, height: usize, width: usize) -> RgbImage {
    let columns = (n as f64).sqrt().ceil() as usize;
    let rows = n.div_ceil(columns);
    let zoom = (SIDE / (columns * width.max(height)) as u32).max(1);
    let [cell_width, cell_height] = [width, height].map(|size| size as u32 * zoom + GAP);
    let mut picture =
        RgbImage::from_pixel(columns as u32 * cell_width + GAP, rows as u32 * cell_height + GAP, FRAME);
    for (i, image) in images.chunks_exact(height * width).enumerate() {
        let left = (i % columns) as u32 * cell_width + GAP;
        let top = (i / columns) as u32 * cell_height + GAP;
        for y in 0..height as u32 * zoom {
            for x in 0..width as u32 * zoom {
                let value = image[(y / zoom) as usize * width + (x / zoom) as usize];
                let grey = (value.clamp(0.0, 1.0) * 255.0).round() as u8;
                picture.put_pixel(left + x, top + y, Rgb([grey; 3]));
            }
        }
    }
    picture
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_where_it_should_be() {
        let picture = scatter(&[1.0, 2.0], [-3.0, 3.0, -3.0, 3.0]);
        // (1 + 3)/6 of the width from the left, (3 − 2)/6 of the height from the top.
        assert_ne!(picture.get_pixel(426, 106), &PAPER);
        let inked = picture.pixels().filter(|p| **p != PAPER).count();
        assert!((12..40).contains(&inked), "{inked}");
    }

    #[test]
    fn points_far_outside_are_left_out() {
        let far = [1e30, 0.0, -1e30, 0.0, f32::INFINITY, 0.0];
        assert!(scatter(&far, [-3.0, 3.0, -3.0, 3.0]).pixels().all(|p| *p == PAPER));
    }

    #[test]
    fn images_stand_in_rows() {
        // Three images of 2×1: the third begins the second row.
        let picture = grid(&[0.0, 1.0, 0.0, 0.0, 1.0, 1.0], 3, 1, 2);
        let zoom = SIDE / 4;
        assert_eq!(picture.dimensions(), (2 * (2 * zoom + GAP) + GAP, 2 * (zoom + GAP) + GAP));
        assert_eq!(picture.get_pixel(GAP, GAP), &Rgb([0; 3]));
        assert_eq!(picture.get_pixel(GAP + zoom, GAP), &Rgb([255; 3]));
        assert_eq!(picture.get_pixel(GAP, 2 * GAP + zoom), &Rgb([255; 3]));
        assert_eq!(picture.get_pixel(0, 0), &FRAME);
    }
}
