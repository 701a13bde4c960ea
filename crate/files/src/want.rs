//! What an exhibit takes, and the words for it.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What an exhibit takes of the user's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Want {
    /// Grey images.
    pub images: bool,
    /// Points of the plane.
    pub points: bool,
    /// Points of the plane with two classes.
    pub classes: bool,
    /// A text.
    pub text: bool,
    /// A Bayesian network.
    pub network: bool,
}

impl Want {
    /// Of a card's kinds of data.
    pub fn of<'a>(kinds: impl IntoIterator<Item = &'a str>) -> Want {
        let mut want = Want::default();
        for kind in kinds {
            match kind {
                "images" => want.images = true,
                "points" => want.points = true,
                "classes" => want.classes = true,
                "text" => want.text = true,
                "network" => want.network = true,
                _ => {}
            }
        }
        want
    }

    /// Whether points are taken, with or without classes.
    pub(crate) fn plane(self) -> bool {
        self.points || self.classes
    }

    /// Whether whatever is a text is taken as it stands.
    pub(crate) fn prose(self) -> bool {
        self.text || self.network
    }

    /// What is expected: "images or points".
    pub(crate) fn nouns(self) -> String {
        let nouns = [
            (self.images, "images"),
            (self.points, "points"),
            (self.classes, "points with two classes"),
            (self.text, "a text"),
            (self.network, "a Bayesian network"),
        ];
        joined(&nouns, "no file")
    }

    /// How it is written: "IDX, NPY, NPZ, PNG or JPEG".
    pub(crate) fn formats(self) -> String {
        let formats = [
            (self.images, "IDX"),
            (self.plane(), "a table (CSV)"),
            (self.images || self.plane(), "NPY"),
            (self.images || self.plane(), "NPZ"),
            (self.images, "PNG"),
            (self.images, "JPEG"),
            (self.text, "a text"),
            (self.network, "BIF"),
        ];
        joined(&formats, "anything that is read here")
    }

    /// The refusal of a file that is something else: `what` with its article.
    pub(crate) fn refusal(self, name: &str, what: &str) -> String {
        format!("{name} is {what}, not {}. Expected {}.", self.formats(), self.nouns())
    }
}

/// The words that hold, as a list that ends in "or".
fn joined(words: &[(bool, &str)], none: &str) -> String {
    let words: Vec<&str> = words.iter().filter(|(holds, _)| *holds).map(|(_, word)| *word).collect();
    match words[..] {
        [] => none.to_string(),
        [word] => word.to_string(),
        [ref first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
