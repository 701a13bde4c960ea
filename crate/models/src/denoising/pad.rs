//! An image to draw on, which is corrupted and restored as it is.

use crate::prelude::*;

/// The image, and which held-out one may take its place.
pub(super) struct Pad {
    /// `[D]`, 0..=1, the first row on top.
    pub pixels: Vec<f32>,
    height: usize,
    width: usize,
    next: u32,
}

impl Pad {
    /// Begins with the first of the held-out images `[n, D]`.
    pub fn new(sets: &ImageSets, held_out: &[f32]) -> Pad {
        let (height, width) = (sets.train.height, sets.train.width);
        Pad { pixels: held_out[..height * width].to_vec(), height, width, next: 1 }
    }

    /// Takes the next of the held-out images `[n, D]`.
    pub fn take_next(&mut self, held_out: &[f32]) {
        let area = self.pixels.len();
        let at = self.next as usize % (held_out.len() / area) * area;
        self.pixels = held_out[at..at + area].to_vec();
        self.next = self.next.wrapping_add(1);
    }

    /// Makes it black.
    pub fn erase(&mut self) {
        self.pixels.fill(0.0);
    }

    /// Paints with a soft brush at points `[N, 2]`, in units of its side from bottom left. It stands three
    /// times beside itself, so that places repeat to the right.
    ///
    /// # Errors
    /// [`Error::BadData`] for points far outside.
    pub fn paint(&mut self, points: &[f32]) -> Result<(), Error> {
        if points.iter().any(|x| x.abs() > 4.0) {
            let message = "'draw' takes points of the picture, 0 to 3 across and 0 to 1 up.";
            return Err(Error::BadData(message.into()));
        }
        let radius = (0.045 * self.height.max(self.width) as f32).max(0.7);
        for p in points.chunks_exact(2) {
            let x = (p[0] - tilde_graph::real::floorf(p[0])) * self.width as f32;
            let y = (1.0 - p[1]) * self.height as f32;
            for (i, pixel) in self.pixels.iter_mut().enumerate() {
                let (dx, dy) = ((i % self.width) as f32 + 0.5 - x, (i / self.width) as f32 + 0.5 - y);
                let ink = radius + 0.5 - tilde_graph::real::sqrtf(dx * dx + dy * dy);
                *pixel = pixel.max(ink.max(0.0).min(1.0));
            }
        }
        Ok(())
    }

    /// What a checkpoint holds of it.
    pub fn save(&self) -> [Saved; 2] {
        let shape = vec![self.pixels.len()];
        let pixels = Saved { name: PIXELS.into(), shape, values: SavedValues::F32(self.pixels.clone()) };
        [pixels, Saved::words(NEXT, &[], &[self.next])]
    }

    /// Takes it back.
    ///
    /// # Errors
    /// [`Error::BadFile`] if it is missing or of another size.
    pub fn load(&mut self, saved: &[Saved]) -> Result<(), Error> {
        let pixels = Saved::find(saved, PIXELS, "F32", &[self.pixels.len()])?;
        let next = Saved::find(saved, NEXT, "U32", &[])?;
        if let (SavedValues::F32(pixels), SavedValues::U32(next)) = (pixels, next) {
            (self.pixels, self.next) = (pixels.clone(), next[0]);
        }
        Ok(())
    }
}

/// Names in a checkpoint.
const PIXELS: &str = "pad";
const NEXT: &str = "pad.next";
