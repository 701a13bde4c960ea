//! What comes from outside: the user's own data, and the files that are shipped beside the program.

use super::Images;
use alloc::string::String;
use alloc::vec::Vec;

/// What an exhibit may learn from besides what it generates itself.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Data of the user's own, which replaces the data set of the settings.
    pub user: Option<UserData>,
    /// The shipped 8×8 digits, as the IDX files' bytes: images and labels. Needed by the exhibits
    /// whose settings name them.
    pub digits: Option<(Vec<u8>, Vec<u8>)>,
    /// The course's lessons, as one text. Needed likewise.
    pub lessons: Option<String>,
    /// The characters that weights which are about to be loaded know, in order. A text is read with them
    /// in place of its own.
    pub alphabet: Option<String>,
}

/// Data of the user's own.
#[derive(Clone, Debug)]
pub enum UserData {
    /// `[N, 2]` points, row-major.
    Points(Vec<f32>),
    /// Points of two classes.
    Classed {
        /// `[N, 2]`, row-major.
        points: Vec<f32>,
        /// 0 or 1 for each point, `[N]`.
        classes: Vec<u8>,
    },
    /// Images with optional labels.
    Images(Images),
    /// A text; of a network, as [`plain::write`](super::network::plain::write) writes it.
    Text(String),
}
