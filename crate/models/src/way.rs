//! Where something has been in the plane.

use crate::{Error, Saved, shapes};
use alloc::format;
use alloc::vec::Vec;

/// Places in their order, of which the first stays however many follow.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// `[N, 2]`, the present place last.
    places: Vec<f32>,
    /// Places that are remembered.
    most: usize,
}

impl Way {
    /// One that begins here, and remembers so many places.
    pub fn new(at: [f64; 2], most: usize) -> Way {
        Way { places: at.map(|x| x as f32).to_vec(), most }
    }

    /// Goes on to another place.
    pub fn go(&mut self, at: [f64; 2]) {
        if self.places.len() >= 2 * self.most {
            self.places.drain(2..4);
        }
        self.places.extend(at.map(|x| x as f32));
    }

    /// Where it began.
    pub fn began(&self) -> [f64; 2] {
        [0, 1].map(|i| f64::from(self.places[i]))
    }

    /// Whether it has left the place where it began.
    pub fn has_moved(&self) -> bool {
        self.places.len() > 2
    }

    /// Its pieces `[N, 4]`. Where places were forgotten there is none: from its beginning to the oldest one that is left would
    /// be a jump.
    pub fn pieces(&self) -> Vec<f32> {
        let full = self.places.len() >= 2 * self.most;
        shapes::path(&self.places[if full { 2 } else { 0 }..])
    }

    /// For a checkpoint: doubles `[N, 2]`.
    pub fn save(&self, name: &'static str) -> Saved {
        let places: Vec<f64> = self.places.iter().map(|&x| f64::from(x)).collect();
        Saved::doubles(name, &[places.len() / 2, 2], &places)
    }

    /// The same from a checkpoint.
    ///
    /// # Errors
    /// [`Error::BadFile`] if it is missing, has no place or more than are remembered, or one where nothing can be.
    pub fn load(
        saved: &[Saved],
        name: &str,
        most: usize,
        can: impl Fn([f64; 2]) -> bool,
    ) -> Result<Way, Error> {
        let count = Saved::rows(saved, name);
        let places = Saved::find_doubles(saved, name, &[count, 2])?;
        if count == 0 || count > most || !places.chunks_exact(2).all(|at| can([at[0], at[1]])) {
            return Err(Error::BadFile(format!(
                "The file's '{name}' leaves its plane. Choose another file."
            )));
        }
        Ok(Way { places: places.iter().map(|&x| x as f32).collect(), most })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_stays_and_no_piece_jumps() {
        let mut way = Way::new([-1.0, 0.0], 5);
        assert!(!way.has_moved() && way.pieces().is_empty());
        for i in 0..9 {
            way.go([f64::from(i), 0.0]);
            assert!(way.has_moved());
            assert!(way.pieces().chunks_exact(4).all(|piece| piece[2] - piece[0] == 1.0), "{i}");
        }
        assert_eq!(way.began(), [-1.0, 0.0]);
        assert_eq!(way.places, [-1.0, 0.0, 5.0, 0.0, 6.0, 0.0, 7.0, 0.0, 8.0, 0.0]);
        let saved = [way.save("trail")];
        assert_eq!(Way::load(&saved, "trail", 5, |_| true), Ok(way));
        assert!(Way::load(&saved, "trail", 4, |_| true).is_err());
        assert!(Way::load(&saved, "trail", 5, |at| at[0] < 8.0).is_err());
        assert!(Way::load(&[], "trail", 5, |_| true).is_err());
    }
}
